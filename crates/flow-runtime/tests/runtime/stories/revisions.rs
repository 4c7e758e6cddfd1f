//! Flows that change while people are in them.

use crate::world::{World, flow_name, someone};
use flow_runtime::event::action;
use flow_runtime::{Arrival, DenialCode, Page, Pinned, Rejected, Rest, Step, Viewer, begin_with, view};

/// Links whoever comes with an address, because its author accepts that.
const WAIVED: &str = "flow: first-broker-login\nwaivers:\n  - { property: P1, at: auto-set-existing-user, for: first-broker-login, reason: one directory }\nexecutions:\n  - review-profile: { update: on }\n  - detect-existing-user\n  - auto-set-existing-user: { proof: none }\n";

/// Makes an account at once, and asks for nothing.
const CARELESS: &str = "flow: first-broker-login\nexecutions:\n  - create-user-if-unique\n";
const BROWSER: &str = "flow: browser\nexecutions:\n  - username-and-password\n";

#[test]
fn a_login_goes_on_with_the_revision_that_it_began_with() {
    let mut w = World::new();
    w.user("ada").proved("ada@x.org").done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched("ada@x.org"));
    let page = login.page(&w);
    w.changes_flow(CARELESS);
    assert_eq!(login.page(&w), page, "the page is as it was");
    login.presses(&mut w, action::CONTINUE);
    assert!(matches!(login.session().rest, Rest::Showing(_)), "{:?}", login.session().rest);

    let mut next = w.login();
    next.comes_as(&mut w, &someone("social", "2").vouched("bob@x.org"));
    assert_eq!(next.finish().signed_in.user.id, next.user(), "the new revision makes an account and asks for nothing");
}

#[test]
fn rel_58_a_revision_that_is_not_known_ends_the_login() {
    let mut w = World::new();
    w.user("ada").proved("ada@x.org").done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched("ada@x.org"));
    w.flow(CARELESS);
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(login.denial(), DenialCode::FlowGone);
}

#[test]
fn rel_58_a_revoked_revision_ends_its_logins_and_they_can_start_again() {
    let mut w = World::new();
    w.user("ada").proved("ada@x.org").password("lovelace").done();
    let person = someone("social", "1").vouched("ada@x.org");
    let (mut login, mut other) = (w.login(), w.login());
    login.comes_as(&mut w, &person);
    other.comes_as(&mut w, &person);
    let revoked = w.changes_flow("flow: first-broker-login\nexecutions:\n  - detect-existing-user\n  - confirm-link\n  - reauthenticate: { by: password }\n");
    w.policy.revisions.revoke(revoked);

    assert!(view(&w.policy, login.session(), w.now, Viewer::StartingBrowser).is_none(), "the page isn't there any more");
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(login.denial(), DenialCode::FlowGone);
    assert!(w.identities.is_empty());

    other.presses(&mut w, action::RESTART);
    assert!(matches!(other.page(&w), Page::Login { .. }), "{:?}", other.page(&w));
    other.comes_as(&mut w, &person);
    assert!(matches!(other.session().rest, Rest::Showing(_)), "the flow as it is now serves: {:?}", other.session().rest);
}

/// What a harmful flow has found out already doesn't count either.
#[test]
fn rel_58_a_login_ends_if_a_flow_was_revoked_that_has_done_its_part() {
    let mut w = World::new();
    w.user("ada").password("lovelace").done();
    let mut login = w.login_with(None, |request| request.client = domain::ClientId::parse("bank").unwrap());
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "lovelace")]);
    assert!(matches!(login.session().rest, Rest::Consent(_)), "{:?}", login.session().rest);
    let revoked = w.changes_flow(BROWSER);
    w.policy.revisions.revoke(revoked);
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(login.denial(), DenialCode::FlowGone);
    assert!(w.sessions.is_empty());
}

#[test]
fn rel_58_nobody_begins_with_a_revoked_revision() {
    let mut w = World::new();
    let current = w.policy.flows[&flow_name("browser")].revision.clone();
    w.policy.revisions.revoke(current);
    let login = w.login();
    assert_eq!(login.denial(), DenialCode::FlowGone);
}

#[test]
fn a_login_that_is_not_stored_yet_begins_with_what_its_page_was_drawn_with() {
    let mut w = World::new();
    let about = w.about_to_login(None, |_| {});
    let pinned = w.policy.begins_with(about.start.request.wish).unwrap();
    let entropy = domain::Entropy::from_bytes([7; 32]);
    let begun = |w: &World, pinned: Option<&Pinned>| {
        let arrival = Arrival { browser_session: None };
        match begin_with(&w.policy, about.start.clone(), pinned, &arrival, w.now, &entropy).unwrap() {
            Step::Rest(resting) => resting.session,
            other => panic!("{other:?}"),
        }
    };
    let first = begun(&w, Some(&pinned));
    assert_eq!(first, begun(&w, None));
    let before = w.changes_flow(BROWSER);
    assert_eq!(begun(&w, Some(&pinned)), first, "the same login, in the same revision");
    let (now, then) = (begun(&w, None), first.step_id());
    assert_ne!(now.step_id(), then, "a form of one revision never fits a page of another");

    w.policy.revisions.revoke(before);
    assert_eq!(begun(&w, Some(&pinned)), now, "a revoked one serves nobody: the login begins with what serves now");
    let form = flow_runtime::world::form(then, action::CONTINUE, &[("username", "ada")]);
    let stale = flow_runtime::step(&w.policy, now, form, &Arrival { browser_session: None }, w.now, &entropy).unwrap();
    assert!(matches!(stale, Step::Rejected(Rejected::OldPage)), "{stale:?}");
}

/// A waiver is an allowance: what serves now says whether it is given, whatever the login began with.
#[test]
fn a_waiver_that_was_taken_back_links_nobody_without_a_proof_any_more() {
    let asked = WAIVED;
    let taken_back = asked.replace(
        "waivers:\n  - { property: P1, at: auto-set-existing-user, for: first-broker-login, reason: one directory }\n",
        "",
    );
    let elsewhere =
        asked.replace("  - auto-set-existing-user:", "  - flow: elsewhere\n    executions:\n      - auto-set-existing-user:");
    for (now, is_linked) in [
        (None, true),
        (Some(asked.replace("one directory", "still one")), true),
        (Some(taken_back), false),
        (Some(elsewhere), false),
    ] {
        let mut w = World::new();
        w.flow(asked);
        let ada = w.user("ada").proved("ada@x.org").done();
        let person = someone("social", "1").vouched("ada@x.org");
        let mut login = w.login();
        login.comes_as(&mut w, &person);
        assert!(matches!(login.page(&w), Page::ReviewProfile { .. }), "{:?}", login.page(&w));
        if let Some(text) = &now {
            w.changes_flow(text);
        }
        let event = login.form(action::CONTINUE, &[("email", "ada@x.org")]);
        w.drive(&mut login, Some(&event), &mut |_| {}).unwrap();
        assert_eq!(w.owner_of(&person), is_linked.then_some(ada), "{now:?}");
        assert_eq!(w.wrongs.is_empty(), !is_linked, "the judge calls it what it is: {:?}", w.wrongs);
    }
}
