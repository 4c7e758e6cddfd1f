//! What providers feed, at a first login, at the next ones, and when an identity joins an account.

use crate::world::{Person, World, someone};
use domain::{AttributeName, IdentityKey, ProfileField, Provenance, Sync, UserId, Version};
use flow_runtime::event::action;

fn name(text: &str) -> AttributeName {
    AttributeName::parse(text).unwrap()
}

/// Ada as campus sees her today.
fn ada(given: Option<&str>, team: Option<&str>) -> Person {
    let mut person = someone("campus", "1").vouched("ada@campus.example");
    person.0.given_name = given.map(str::to_owned);
    person.0.attributes = team.map(|team| (name("team"), vec![team.to_owned()])).into_iter().collect();
    person
}

fn gave(provenance: Option<&Provenance>, key: &IdentityKey) -> bool {
    matches!(provenance, Some(Provenance::Provider { identity: Some(identity), .. }) if **identity == *key)
}

fn told(w: &World, user: UserId) -> (Option<&str>, Option<&str>) {
    let user = &w.users[&user];
    let team = user.attributes.get(&name("team")).and_then(|attribute| attribute.values.first());
    (user.given_name.as_deref(), team.map(String::as_str))
}

fn came(w: &mut World, person: &Person) -> UserId {
    let mut login = w.login();
    login.comes_as(w, person);
    login.user()
}

#[test]
fn a_new_account_knows_who_gave_what() {
    let mut w = World::new();
    let mut person = ada(Some("Ada"), Some("analysts"));
    person.0.picture = Some("https://campus.example/ada.png".into());
    let user = came(&mut w, &person);
    let user = &w.users[&user];
    assert!(gave(user.origins.get(&ProfileField::GivenName), &person.0.key));
    assert!(gave(user.origins.get(&ProfileField::Picture), &person.0.key));
    assert!(gave(user.attributes.get(&name("team")).map(|attribute| &attribute.provenance), &person.0.key));
    assert_eq!(user.origins.get(&ProfileField::FamilyName), None, "nobody gave one");
}

#[test]
fn values_follow_the_provider_from_login_to_login() {
    let mut w = World::new();
    let user = came(&mut w, &ada(Some("Ada"), Some("analysts")));
    let before = w.users[&user].version;
    came(&mut w, &ada(Some("Ada"), Some("analysts")));
    assert_eq!(w.users[&user].version, before, "the same again writes nothing");
    let mut login = w.login();
    login.comes_as(&mut w, &ada(Some("Augusta"), None));
    assert_eq!(told(&w, user), (Some("Augusta"), None));
    assert_eq!(w.users[&user].version, Version(before.0 + 1));
    assert_eq!(login.finish().signed_in.user.given_name.as_deref(), Some("Augusta"), "and the client is told the new one");
}

#[test]
fn what_a_person_corrected_stays_theirs() {
    let mut w = World::new();
    w.flow("flow: reviewed\nexecutions:\n  - review-profile: { requirement: required, update: on }\n  - create-user-if-unique: { requirement: required }\n");
    w.campus_uses("reviewed");
    let mut login = w.login();
    login.comes_as(&mut w, &ada(Some("Ada"), None));
    login.sends(&mut w, action::CONTINUE, &[("email", "ada@campus.example"), ("given_name", "Augusta"), ("family_name", "")]);
    let user = login.user();
    assert_eq!(w.users[&user].origins.get(&ProfileField::GivenName), Some(&Provenance::Typed));
    came(&mut w, &ada(Some("Ada"), None));
    assert_eq!(told(&w, user).0, Some("Augusta"));
    w.provider("campus").sync_profile.insert(ProfileField::GivenName, Sync::Force);
    came(&mut w, &ada(Some("Ada"), None));
    assert_eq!(told(&w, user).0, Some("Ada"), "unless the operator lets the provider force it");
}

#[test]
fn what_is_ignored_is_not_even_offered_and_what_is_suggested_is_left_alone_later() {
    let mut w = World::new();
    w.provider("campus").sync_profile.insert(ProfileField::GivenName, Sync::Ignore);
    w.provider("campus").sync_attributes.insert(name("team"), Sync::Suggest);
    let user = came(&mut w, &ada(Some("Ada"), Some("analysts")));
    assert_eq!(told(&w, user), (None, Some("analysts")));
    came(&mut w, &ada(Some("Ada"), Some("others")));
    assert_eq!(told(&w, user), (None, Some("analysts")));
}

#[test]
fn only_the_primary_identity_feeds_the_profile_and_a_new_one_brings_its_attributes() {
    let mut w = World::new();
    let user = w.user("ada").password("correct horse").proved("ada@campus.example").done();
    w.link(&someone("social", "7"), user);
    let mut login = w.login();
    login.comes_as(&mut w, &ada(Some("Augusta"), Some("analysts")));
    login.presses(&mut w, action::CONTINUE);
    login.takes(&mut w, "password");
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!(login.user(), user);
    assert_eq!(told(&w, user), (None, Some("analysts")));
    came(&mut w, &ada(Some("Augusta"), Some("analysts")));
    assert_eq!(told(&w, user).0, None);
}

#[test]
fn what_an_administrator_gave_is_never_taken_by_a_login() {
    let mut w = World::new();
    let user = came(&mut w, &ada(None, Some("analysts")));
    w.change(user, |user| {
        let attribute = user.attributes.get_mut(&name("team")).unwrap();
        (attribute.values, attribute.provenance) = (vec!["admins".into()], Provenance::Administrator);
    });
    for team in [Some("analysts"), None] {
        came(&mut w, &ada(None, team));
        assert_eq!(told(&w, user).1, Some("admins"));
    }
}

#[test]
fn ph_21_an_address_that_changes_at_the_provider_changes_nothing_here() {
    let mut w = World::new();
    for field in [ProfileField::GivenName, ProfileField::FamilyName, ProfileField::Picture] {
        w.provider("campus").sync_profile.insert(field, Sync::Force);
    }
    let user = came(&mut w, &ada(Some("Ada"), None));
    let before = w.users[&user].email.clone();
    let mut elsewhere = ada(Some("Ada"), None).vouched("vic@campus.example");
    assert_eq!(came(&mut w, &elsewhere), user);
    assert_eq!(w.users[&user].email, before);
    elsewhere.0.email = None;
    came(&mut w, &elsewhere);
    assert_eq!(w.users[&user].email, before, "nor does one that is gone");
}

#[test]
fn ph_49_an_authority_moves_and_the_subject_stays_or_the_other_way_round() {
    let mut w = World::new();
    let at = |authority: &str, subject: &str| {
        let mut person = someone("campus", subject).vouched("ada@campus.example");
        person.0.key.authority = Some(authority.into());
        person
    };
    let home = came(&mut w, &at("https://idp.campus.example", "1"));
    let mut moved = at("https://idp.campus.example", "1");
    moved.0.email = None;
    assert_eq!(came(&mut w, &moved), home, "whatever else changes");
    w.waits(1);
    for (authority, subject) in [("https://social.example", "1"), ("https://idp.campus.example", "2")] {
        let mut login = w.login();
        login.comes_as(&mut w, &at(authority, subject));
        assert_eq!(
            w.owner_of(&at(authority, subject)),
            None,
            "{authority} {subject} is somebody else, who has to prove the account"
        );
    }
}
