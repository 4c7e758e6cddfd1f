//! What conditions can ask for, and that what can't be answered is a no.

use super::after_login::with_steps;
use crate::world::{Login, Person, World, flow_name, someone};
use domain::{Attribute, AttributeName, RoleName, Vouched};
use flow_runtime::event::action;
use flow_runtime::{DenialCode, Page, Rest};

fn letter(holds: bool) -> &'static str {
    if holds { "denied" } else { "through" }
}

fn outcome(login: &Login) -> &'static str {
    match &login.session().rest {
        Rest::Finished { .. } => "through",
        Rest::Denied { denial, .. } if denial.code == DenialCode::DeniedByFlow => "denied",
        Rest::Denied { denial, .. } if denial.code == DenialCode::Undecided => "undecided",
        other => panic!("{other:?}"),
    }
}

/// A world that says no to whoever signs in while this holds.
fn no_if(when: &str) -> World {
    with_steps(&format!("  - flow: no\n    when: {when}\n    executions:\n      - deny\n"))
}

fn of_ada(w: &mut World) -> Login {
    let id = w.user("ada").password("correct horse").proved("ada@x.org").done();
    let department = AttributeName::parse("department").unwrap();
    let physics = Attribute::entered(vec!["physics".into()]).unwrap();
    w.change(id, |user| {
        user.roles = [RoleName::parse("editor").unwrap()].into();
        user.attributes.insert(department, physics);
    });
    let mut login = w.login();
    login.sends(w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    login
}

#[test]
fn facts_about_whoever_signs_in_the_client_and_its_request() {
    for (when, holds) in [
        ("user.has-password", true),
        ("user.address-proved", true),
        ("{ user.address-proved-by: mailbox }", true),
        ("{ user.address-proved-by: [provider, administrator] }", false),
        ("{ user.domain: X.org }", true),
        ("{ user.domain: [y.org, z.org] }", false),
        ("{ user.role: editor }", true),
        ("{ user.role: [admin, owner] }", false),
        ("{ user.attribute: { department: [law, physics] } }", true),
        ("{ user.attribute: { department: law } }", false),
        ("login.first", false),
        ("{ client: shop }", true),
        ("{ client: [bank, other] }", false),
        ("{ scope: profile }", true),
        ("{ scope: [email, groups] }", false),
        ("{ provider: campus }", false),
        ("{ not: { provider: [campus, social] } }", true),
        ("{ cel: \"user.domain == 'x.org' && 'editor' in user.roles && !login.first\" }", true),
        ("{ cel: 'client.id == \"shop\" && request.scopes.exists(s, s == \"profile\")' }", true),
        ("{ cel: \"'physics' in user.attributes.department && user.email_proved\" }", true),
    ] {
        let mut w = no_if(when);
        let login = of_ada(&mut w);
        assert_eq!(outcome(&login), letter(holds), "{when}");
    }
}

#[test]
fn an_expression_that_errs_denies() {
    for when in ["{ cel: \"user.given_name == 'Ada'\" }", "{ not: { cel: \"user.given_name == 'Ada'\" } }"] {
        let mut w = no_if(when);
        assert_eq!(outcome(&of_ada(&mut w)), "undecided", "{when}");
        assert!(w.sessions.is_empty());
    }
}

#[test]
fn an_address_that_nobody_has_proved_is_none_for_expressions() {
    for (when, expected) in [
        ("{ cel: \"user.domain == 'corp.example'\" }", "undecided"),
        ("{ cel: \"user.email.endsWith('@corp.example')\" }", "undecided"),
        ("{ cel: \"has(user.email) && user.domain == 'corp.example'\" }", "through"),
        ("{ user.domain: corp.example }", "through"),
    ] {
        let mut w = no_if(when);
        w.user("mallory").password("correct horse").claims("mallory@corp.example").done();
        let mut login = w.login();
        login.sends(&mut w, action::CONTINUE, &[("username", "mallory"), ("password", "correct horse")]);
        assert_eq!(outcome(&login), expected, "{when}");
    }
}

/// As in CEL: what decides alone decides, wherever it stands.
#[test]
fn a_part_that_can_not_be_answered_is_guarded_by_one_that_decides() {
    let (errs, yes, no) = ("{ cel: \"user.given_name == 'Ada'\" }", "user.has-password", "{ not: user.has-password }");
    for (when, expected) in [
        (format!("{{ all: [{no}, {errs}] }}"), "through"),
        (format!("{{ all: [{errs}, {no}] }}"), "through"),
        (format!("{{ all: [{yes}, {errs}] }}"), "undecided"),
        (format!("{{ any: [{yes}, {errs}] }}"), "denied"),
        (format!("{{ any: [{errs}, {yes}] }}"), "denied"),
        (format!("{{ any: [{no}, {errs}] }}"), "undecided"),
        (format!("{{ not: {{ all: [{errs}, {no}] }} }}"), "denied"),
        (format!("{{ not: {errs} }}"), "undecided"),
    ] {
        let mut w = no_if(&when);
        assert_eq!(outcome(&of_ada(&mut w)), expected, "{when}");
    }
}

fn after_campus(when: &str) -> World {
    let mut w = World::new();
    w.flow(&format!(
        "flow: after\non-empty: succeed\nexecutions:\n  - flow: no\n    when: {when}\n    executions:\n      - deny\n"
    ));
    w.provider("campus").post_login_flow = Some(flow_name("after"));
    w
}

/// Whoever has no address gets an account without one.
fn of_campus(w: &mut World, person: &Person) -> &'static str {
    w.flow("flow: quick\nexecutions:\n  - create-user-if-unique\n");
    w.provider("campus").first_login_flow = flow_name("quick");
    let mut login = w.login();
    login.comes_as(w, person);
    outcome(&login)
}

#[test]
fn facts_about_the_identity_after_its_login() {
    let mut ada = someone("campus", "1").vouched("ada@campus.example");
    ada.0.attributes.insert(AttributeName::parse("groups").unwrap(), vec!["staff".into(), "law".into()]);
    ada.0.key.authority = Some("https://idp.x.org".into());
    for (when, holds) in [
        ("{ identity.domain: campus.example }", true),
        ("{ identity.domain: [x.org, y.org] }", false),
        ("{ identity.authority: 'https://idp.x.org' }", true),
        ("{ identity.attribute: { groups: law } }", true),
        ("{ identity.attribute: { groups: art } }", false),
        ("identity.address-trusted", true),
        ("{ provider: campus }", true),
        ("login.first", true),
        ("{ cel: \"claims.groups.exists(g, g == 'staff') && identity.email_trusted && login.first\" }", true),
        ("{ cel: \"identity.domain in ['x.org', 'y.org']\" }", false),
    ] {
        let mut w = after_campus(when);
        assert_eq!(of_campus(&mut w, &ada), letter(holds), "{when}");
    }
}

#[test]
fn ph_60_the_domain_of_an_identity_is_the_providers_and_never_what_the_person_typed() {
    let mut w = after_campus("{ not: { identity.domain: x.org } }");
    w.provider("campus").first_login_flow = flow_name("edits");
    w.flow("flow: edits\nexecutions:\n  - review-profile: { update: on }\n  - create-user-if-unique\n");
    let mut login = w.login();
    login.comes_as(&mut w, &someone("campus", "1").with("vic@evil.example", Vouched::No));
    login.sends(&mut w, action::CONTINUE, &[("email", "vic@x.org")]);
    assert_eq!(outcome(&login), "denied");
}

#[test]
fn who_comes_again_is_not_there_for_the_first_time() {
    let ada = someone("campus", "1").vouched("ada@campus.example");
    let mut w = after_campus("{ not: login.first }");
    assert_eq!(of_campus(&mut w, &ada), "through");
    assert_eq!(of_campus(&mut w, &ada), "denied");
}

/// The first login is the first one that ends well. Whoever closes the browser at a page of it has not been there yet.
#[test]
fn whoever_never_got_through_comes_for_the_first_time_again() {
    let ada = someone("campus", "1").vouched("ada@campus.example");
    let mut w = World::new();
    w.flow("flow: quick\nexecutions:\n  - create-user-if-unique\n");
    w.flow("flow: after\nexecutions:\n  - flow: a welcome\n    when: login.first\n    executions:\n      - complete-profile: { ask: [given-name] }\n  - terms: { version: '1', document: Be kind. }\n");
    w.provider("campus").first_login_flow = flow_name("quick");
    w.provider("campus").post_login_flow = Some(flow_name("after"));
    for _ in 0..2 {
        let mut closed = w.login();
        closed.comes_as(&mut w, &ada);
        assert!(matches!(closed.page(&w), Page::CompleteProfile { .. }), "{:?}", closed.page(&w));
        assert_eq!(w.users.len(), 1, "the account is there since the first time");
    }
    let mut through = w.login();
    through.comes_as(&mut w, &ada);
    through.sends(&mut w, action::CONTINUE, &[("given_name", "Ada")]);
    through.presses(&mut w, action::CONTINUE);
    let id = through.user();
    w.change(id, |user| {
        user.given_name = None;
        user.accepted_terms.clear();
    });
    let mut again = w.login();
    again.comes_as(&mut w, &ada);
    assert!(matches!(again.page(&w), Page::Terms { .. }), "who was there before isn't welcomed: {:?}", again.page(&w));

    let other = someone("campus", "2");
    w.link(&other, id);
    w.identities.get_mut(&other.0.key).unwrap().arrived = false;
    let mut by_hand = w.login();
    by_hand.comes_as(&mut w, &other);
    assert!(
        matches!(by_hand.page(&w), Page::CompleteProfile { .. }),
        "an identity that somebody tied by hand: {:?}",
        by_hand.page(&w)
    );
}

#[test]
fn ph_60_a_domain_is_compared_whole() {
    for address in ["vic@corp.example.evil.org", "vic@evilcorp.example", "vic@sub.corp.example", "vic@corp.example.org"] {
        let mut w = after_campus("{ not: { identity.domain: corp.example } }");
        assert_eq!(of_campus(&mut w, &someone("campus", "1").vouched(address)), "denied", "{address}");
    }
    let mut w = after_campus("{ not: { identity.domain: corp.example } }");
    assert_eq!(of_campus(&mut w, &someone("campus", "1")), "denied", "no address is of no domain");
    assert_eq!(of_campus(&mut w, &someone("campus", "2").vouched("ada@CORP.example")), "through");
}
