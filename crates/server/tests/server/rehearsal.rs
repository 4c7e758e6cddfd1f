//! A rehearsed login decides what the real one does, for the same reasons, and leaves no trace.

use crate::people::*;
use domain::ProviderAlias;
use flow_runtime::linking::Reasons;
use flow_runtime::{Next, Page, Write};
use serde_json::{Value, json};
use server::{Claims, Rehearsal, RehearsalError};
use testkit::{Place, Scene, World, on_every_database};

on_every_database!(in_memory:
    a_rehearsal_decides_as_the_login_that_follows,
    a_rehearsed_mail_is_neither_sent_nor_counted,
    what_no_provider_could_assert_is_refused,
);

async fn rehearse(world: &World, provider: &str, claims: &Value) -> Result<Rehearsal, RehearsalError> {
    let provider = ProviderAlias::parse(provider).unwrap();
    let claims = Claims { provider: &provider, json: &claims.to_string(), authority: None };
    world.braid().rehearse(world.realm(), claims).await
}

fn reasons(decisions: &[flow_runtime::Decision]) -> Vec<&Reasons> {
    decisions.iter().filter_map(|decision| decision.reasons.as_ref()).collect()
}

async fn a_rehearsal_decides_as_the_login_that_follows(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let claims = person("vic-1", VIC, true);
    let rehearsal = rehearse(&world, "campus", &claims).await.unwrap();
    let Next::Finished(finish) = &rehearsal.resting.next else { panic!("{:?}", rehearsal.resting.next) };
    assert_eq!(finish.signed_in.user.id, vic.id);
    assert!(rehearsal.resting.writes.iter().any(|write| matches!(write, Write::Link(link) if link.user == vic.id)));
    let tree = reasons(&rehearsal.resting.decisions);
    assert!(tree.iter().any(|reasons| reasons.decided.is_some()), "{tree:?}");
    assert_eq!(world.links_of(&vic).await, vec![], "nothing was written");

    world.provider("campus").will_assert(claims);
    sign_in_through(&mut world.browser(), &world.app("app"), "campus").await;
    let links = world.links_of(&vic).await;
    let frame = links[0].proof.frame().unwrap();
    let kept = world.store().decisions_of_frame(world.realm(), frame).await.unwrap();
    assert_eq!(reasons(&kept), tree, "what is kept with the link is the same tree");
    world.finish().await;
}

async fn a_rehearsed_mail_is_neither_sent_nor_counted(place: Place) {
    let scene = Scene::on(place).provider("social", "first-login-flow", "first-broker-login-auto-link");
    let world = scene.limits(|limits| limits.mails_per_address = 1).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    for _ in 0..3 {
        let rehearsal = rehearse(&world, "social", &person("eve-1", VIC, false)).await.unwrap();
        assert_eq!(rehearsal.resting.next, Next::Show);
        let page = rehearsal.view.unwrap().page;
        assert!(!matches!(page, Page::SignedIn { .. } | Page::Denied { .. }), "{page:?}");
    }
    assert!(world.mails_to(VIC).await.is_empty());
    let mut records = world.store().audit_records(world.realm(), 100).await.unwrap();
    records.retain(|record| record.kind != "flow-changed");
    assert_eq!(records.len(), 1, "Vic's account, and nothing else but the flows at the start: {records:?}");
    world.finish().await;
}

async fn what_no_provider_could_assert_is_refused(place: Place) {
    let world = Scene::on(place).open().await;
    for claims in [json!({}), json!({"sub": "x", "iss": "https://other.example"})] {
        let refused = rehearse(&world, "campus", &claims).await;
        assert!(matches!(refused, Err(RehearsalError::Claims(..))), "{refused:?}");
    }
    let nobody = rehearse(&world, "nobody", &person("x", VIC, true)).await;
    assert!(matches!(nobody, Err(RehearsalError::NoProvider(_))), "{nobody:?}");
    world.finish().await;
}
