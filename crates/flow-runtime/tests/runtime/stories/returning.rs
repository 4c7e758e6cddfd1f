//! People whose identity is linked already.

use crate::world::{World, someone};
use domain::{AuthenticationMethod, Vouched};
use flow_runtime::definition::declaration::AskKind;
use flow_runtime::event::action;
use flow_runtime::{DenialCode, Page, Rejected};

#[test]
fn who_comes_back_is_asked_nothing() {
    let mut w = World::new();
    let ada = someone("campus", "1").vouched("ada@x.org");
    let mut first = w.login();
    first.comes_as(&mut w, &ada);
    let mut login = w.login();
    login.comes_as(&mut w, &ada);
    assert_eq!(login.user(), first.user());
    assert_eq!(w.asked, [AskKind::Redeem, AskKind::FindIdentity]);
    assert_eq!((w.users.len(), w.identities.len()), (1, 1));
    assert_eq!(login.finish().signed_in.identity.as_ref(), Some(&ada.0.key));
    assert_eq!(login.finish().signed_in.methods, [AuthenticationMethod::Federated]);
}

#[test]
fn the_account_keeps_its_address_when_the_provider_sends_another() {
    let mut w = World::new();
    let mut first = w.login();
    first.comes_as(&mut w, &someone("campus", "1").vouched("ada@campus.example"));
    let before = w.users[&first.user()].clone();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("campus", "1").with("vic@campus.example", Vouched::Yes));
    assert_eq!(w.users[&login.user()], before);
}

#[test]
fn ph_40_the_same_subject_at_two_providers_is_two_people() {
    let mut w = World::new();
    let mut first = w.login();
    first.comes_as(&mut w, &someone("campus", "1234").vouched("ada@x.org"));
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1234").vouched("bob@x.org"));
    assert_ne!(login.user(), first.user());
}

#[test]
fn ph_40_the_issuer_is_part_of_the_identity() {
    let mut w = World::new();
    let mut first = w.login();
    first.comes_as(&mut w, &someone("campus", "1234").vouched("ada@x.org"));
    let mut stranger = someone("campus", "1234").vouched("bob@x.org");
    stranger.0.key.issuer = "https://campus.example/".into();
    let mut login = w.login();
    login.comes_as(&mut w, &stranger);
    assert_ne!(login.user(), first.user());
}

#[test]
fn ph_42_an_answer_for_another_provider_is_not_taken() {
    let mut w = World::new();
    let mut login = w.login();
    login.takes(&mut w, "campus");
    let mut event = login.return_with(&mut w, Ok(Box::new(someone("campus", "1").0)));
    let flow_runtime::Event::Returned { provider, .. } = &mut event else { panic!() };
    *provider = crate::world::alias("social");
    assert_eq!(login.is_rejected(&mut w, &event), Rejected::NotWaiting);
}

#[test]
fn ph_42_an_identity_of_another_provider_is_a_broken_world() {
    let mut w = World::new();
    let mut login = w.login();
    login.takes(&mut w, "campus");
    let event = login.return_with(&mut w, Ok(Box::new(someone("social", "1").0)));
    let fault = w.drive(&mut login, Some(&event), &mut |_| {}).unwrap_err();
    assert_eq!(fault, flow_runtime::Fault::WrongFact { authenticator: "provider" });
    assert!(w.users.is_empty());
}

#[test]
fn a_trip_that_was_replaced_brings_nobody_back() {
    let mut w = World::new();
    let mut login = w.login();
    login.takes(&mut w, "campus");
    let old = login.return_with(&mut w, Ok(Box::new(someone("campus", "1").0)));
    login.presses(&mut w, action::WAY);
    assert!(login.is_at("campus"));
    assert_eq!(login.is_rejected(&mut w, &old), Rejected::NotWaiting);
    login.presses(&mut w, action::RESTART);
    assert_eq!(login.is_rejected(&mut w, &old), Rejected::NotWaiting);
}

#[test]
fn ph_46_a_new_subject_with_an_old_address_proves_itself() {
    let mut w = World::new();
    let mut first = w.login();
    first.comes_as(&mut w, &someone("campus", "1").vouched("ada@campus.example"));
    let again = someone("campus", "2").vouched("ada@campus.example");
    let mut login = w.login();
    login.comes_as(&mut w, &again);
    assert!(matches!(login.page(&w), Page::AccountExists { .. }));
    assert_eq!(w.owner_of(&again), None);
}

#[test]
fn a_closed_account_is_closed_on_every_path() {
    let mut w = World::new();
    let id = w.user("ada").password("correct horse").proved("ada@x.org").done();
    let ada = someone("campus", "1").vouched("ada@x.org");
    w.link(&ada, id);
    let mut signed_in = w.login();
    signed_in.comes_as(&mut w, &ada);
    let cookie = signed_in.finish().signed_in.browser_session.clone();
    w.disable(id);

    let mut by_identity = w.login();
    by_identity.comes_as(&mut w, &ada);
    assert_eq!(by_identity.denial(), DenialCode::AccountDisabled);

    let mut by_password = w.login();
    by_password.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    assert_eq!(by_password.denial(), DenialCode::AccountDisabled);

    let by_cookie = w.login_with(Some(cookie), |_| {});
    assert!(matches!(by_cookie.page(&w), Page::Login { .. }));

    let mut by_link = w.login();
    by_link.comes_as(&mut w, &someone("social", "2").vouched("ada@x.org"));
    by_link.presses(&mut w, action::CONTINUE);
    by_link.takes(&mut w, "password");
    by_link.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!(by_link.denial(), DenialCode::AccountDisabled);
}

#[test]
fn a_wrong_password_does_not_tell_that_the_account_is_closed() {
    let mut w = World::new();
    w.user("ada").password("correct horse").disabled().done();
    let mut login = w.login();
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "guess")]);
    assert!(matches!(login.page(&w), Page::Login { .. }));
}

#[test]
fn a_provider_that_is_disabled_in_flight_opens_nothing() {
    let mut w = World::new();
    let id = w.user("ada").password("correct horse").proved("ada@x.org").done();
    let (known, unknown) = (someone("campus", "1").vouched("ada@x.org"), someone("campus", "2").vouched("ada@x.org"));
    w.link(&known, id);

    let (mut away, mut linking) = (w.login(), w.login());
    away.takes(&mut w, "campus");
    linking.comes_as(&mut w, &unknown);
    linking.presses(&mut w, action::CONTINUE);
    w.provider("campus").enabled = false;

    away.returns(&mut w, &known);
    assert_eq!(away.denial(), DenialCode::ProviderDisabled);
    linking.presses_mail(&mut w, "ada@x.org");
    assert_eq!(linking.denial(), DenialCode::ProviderDisabled);
    assert_eq!(w.owner_of(&unknown), None);
    assert_eq!(w.login().ways(&w), ["social", "other", "register", "recover"]);
}

/// Ada has proved the account by its password, and one page is left.
fn proved_with_a_page_to_go(w: &mut World) -> (crate::world::Login, domain::UserId) {
    w.flow(
        "flow: proof-first\nexecutions:\n  - detect-existing-user: { requirement: required }\n  - reauthenticate: { requirement: required }\n  - confirm-link: { requirement: required }\n",
    );
    w.campus_uses("proof-first");
    let id = w.user("ada").password("correct horse").proved("ada@x.org").done();
    let mut login = w.login();
    login.comes_as(w, &someone("campus", "1").vouched("ada@x.org"));
    login.sends(w, action::CONTINUE, &[("password", "correct horse")]);
    assert!(matches!(login.page(w), Page::AccountExists { .. }));
    (login, id)
}

#[test]
fn a_proof_from_an_earlier_page_still_counts() {
    let mut w = World::new();
    let (mut login, id) = proved_with_a_page_to_go(&mut w);
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(login.user(), id);
}

#[test]
fn ph_25_a_proof_from_an_earlier_page_dies_with_the_account_and_with_its_epoch() {
    type Change = fn(&mut domain::User);
    let changes: [(Change, DenialCode); 2] = [
        (|user| user.state = domain::AccountState::Disabled, DenialCode::AccountDisabled),
        (|user| user.epoch = domain::Epoch(1), DenialCode::AccountChanged),
    ];
    for (change, told) in changes {
        let mut w = World::new();
        let (mut login, id) = proved_with_a_page_to_go(&mut w);
        w.change(id, change);
        login.presses(&mut w, action::CONTINUE);
        assert_eq!(login.denial(), told);
        assert!(w.identities.is_empty());
    }
}

#[test]
fn a_client_that_is_disabled_in_flight_gets_nobody() {
    let mut w = World::new();
    let mut login = w.login();
    login.takes(&mut w, "campus");
    w.client("shop").enabled = false;
    login.returns(&mut w, &someone("campus", "1").vouched("ada@x.org"));
    assert_eq!(login.denial(), DenialCode::ClientDisabled);
    assert!(w.users.is_empty() && w.sessions.is_empty());
}

#[test]
fn oidc_op_13_a_login_is_as_old_as_the_provider_says() {
    let mut w = World::new();
    let (now, hour) = (w.now, std::time::Duration::from_hours(1));
    let mut at = |at| {
        let mut login = w.login();
        login.comes_as(&mut w, &someone("campus", "1").vouched("ada@x.org").authenticated_at(at));
        login.finish().signed_in.auth_time
    };
    assert_eq!(at(now.minus(hour)), now.minus(hour), "somebody new");
    assert_eq!(at(now.minus(hour)), now.minus(hour), "somebody who comes back");
    assert!(at(now.plus(hour)) < now.plus(hour), "nobody authenticates in the future");
}
