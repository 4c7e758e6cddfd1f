//! Flows that link without a proof, because their authors accept that: what is kept of it, and what becomes of it when they don't any more.

use super::*;
use domain::{Accepted, AuditKind, ProofKind};

on_every_database!(in_memory:
    a_link_without_a_proof_says_so_for_ever,
    a_waiver_that_was_taken_back_links_nobody_who_waits_already,
);

/// Everybody looks at their profile; then whoever's address has an account is linked to it.
const WAIVED: &str = "flow: welcome\nwaivers:\n  - { property: P1, at: who is it / auto-set-existing-user, for: welcome, reason: one directory }\n  \
    - { property: P3, at: who is it / auto-set-existing-user, for: welcome, reason: one directory }\n  \
    - { property: P10, at: who is it / auto-set-existing-user, for: welcome, reason: one directory }\nexecutions:\n  \
    - review-profile: { update: on }\n  - flow: who is it\n    executions:\n      - create-user-if-unique: { requirement: alternative }\n      \
    - auto-set-existing-user: { requirement: alternative, proof: none }\n";

/// Somebody whose address is Vic's, at the review.
async fn at_the_review(world: &World, browser: &mut testkit::Browser) -> (testkit::Begun, testkit::Answer) {
    world.user("vic", ADDRESS, PASSWORD, true).await;
    world.provider("social").will_assert(person("somebody-at-social", ADDRESS, false));
    let (begun, page) = go_through(browser, &world.app("app"), "social").await;
    (begun, page.shows("Check your details"))
}

async fn a_link_without_a_proof_says_so_for_ever(place: Place) {
    let world = scene(place).flow("welcome.yaml", WAIVED).open().await;
    let mut browser = world.browser();
    let (begun, page) = at_the_review(&world, &mut browser).await;
    let back = browser.submit(&page, "continue", &[("email", ADDRESS)]).await;
    begun.code(&back);
    let vic = world.accounts_with(ADDRESS).await.remove(0);
    let link = world.links_of(&vic).await.remove(0);
    assert_eq!(link.proof.kind, ProofKind::Waived);
    let Accepted::Login { flow: by, revision: with, .. } = &link.proof.accepted else { panic!("{:?}", link.proof) };
    assert_eq!((by, with), (&flow("welcome"), &revision(&health(&world, 0).await, "welcome").0));

    let records = world.store().audit_records(world.realm(), 100).await.unwrap();
    let of_kind = |kind: AuditKind| records.iter().find(|record| record.kind == kind.as_str());
    let linked = of_kind(AuditKind::IdentityLinked).unwrap();
    assert_eq!((linked.user, linked.detail.as_deref()), (Some(vic.id), Some("waived")));
    world.finish().await;
}

async fn a_waiver_that_was_taken_back_links_nobody_who_waits_already(place: Place) {
    let world = scene(place).flow("welcome.yaml", WAIVED).open().await;
    let mut browser = world.browser();
    let (_, page) = at_the_review(&world, &mut browser).await;
    world.writes_flow(0, "welcome.yaml", ASKING);
    taken(&world, 0).await;
    browser.submit(&page, "continue", &[("email", ADDRESS)]).await.shows("We can't sign you in this way");
    let vic = world.accounts_with(ADDRESS).await.remove(0);
    assert!(world.links_of(&vic).await.is_empty());
    assert_eq!(world.recorded(AuditKind::IdentityLinked).await, 0);
    world.finish().await;
}
