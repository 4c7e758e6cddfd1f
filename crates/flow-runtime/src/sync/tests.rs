//! Who owns a value: by example, and as a law over long histories.

use super::*;
use crate::write::NewUser;
use domain::{CanonicalSubject, FlowName, ProviderAlias, Subject, Timestamp, UserId};
use proptest::prelude::*;

fn user() -> User {
    let (id, subject) = (UserId::from_bytes([1; 16]), CanonicalSubject::from_bytes([1; 16]));
    NewUser::unknown(id, subject, Timestamp::from_seconds(0)).as_user()
}

fn provider(name: &str, sync: Sync) -> ProviderPolicy {
    let (alias, flow) = (ProviderAlias::parse(name).unwrap(), FlowName::parse("first-broker-login").unwrap());
    ProviderPolicy {
        sync_profile: [(ProfileField::GivenName, sync)].into(),
        sync_attributes: [(team(), sync)].into(),
        ..ProviderPolicy::new(alias, name.into(), flow)
    }
}

fn team() -> AttributeName {
    AttributeName::parse("team").unwrap()
}

/// Somebody with this given name and team.
fn identity(provider: &str, subject: &str, value: Option<&str>) -> BrokeredIdentity {
    BrokeredIdentity {
        key: IdentityKey {
            provider: ProviderAlias::parse(provider).unwrap(),
            issuer: format!("https://{provider}.example"),
            authority: None,
            subject: Subject::parse(subject).unwrap(),
        },
        email: None,
        username: None,
        given_name: value.map(str::to_owned),
        family_name: None,
        picture: None,
        attributes: value.map(|value| (team(), vec![value.to_owned()])).into_iter().collect(),
        auth_time: None,
        claims: BTreeMap::new(),
    }
}

/// The account after a login with the primary identity, and whether something was written.
fn after(user: &User, sync: Sync, identity: &BrokeredIdentity) -> (User, bool) {
    let policy = provider(identity.key.provider.as_str(), sync);
    match in_step(user, &policy, identity, true) {
        Some(change) => (change.made_to(user.clone()), true),
        None => (user.clone(), false),
    }
}

fn values(user: &User) -> (Option<&str>, Option<&str>) {
    let team = user.attributes.get(&team()).and_then(|attribute| attribute.values.first());
    (user.given_name.as_deref(), team.map(String::as_str))
}

/// The account with both values given by somebody.
fn given(value: &str, by: &Provenance) -> User {
    let attribute = Attribute { values: vec![value.into()], provenance: by.clone() };
    User {
        given_name: Some(value.into()),
        origins: [(ProfileField::GivenName, by.clone())].into(),
        attributes: [(team(), attribute)].into(),
        ..user()
    }
}

#[test]
fn what_is_free_is_imported_and_follows_its_identity() {
    let (first, changed) = after(&user(), Sync::Import, &identity("campus", "1", Some("ada")));
    assert!(changed);
    assert_eq!(values(&first), (Some("ada"), Some("ada")));
    let (second, _) = after(&first, Sync::Import, &identity("campus", "1", Some("augusta")));
    assert_eq!(values(&second), (Some("augusta"), Some("augusta")));
    let (third, _) = after(&second, Sync::Import, &identity("campus", "1", None));
    assert_eq!(values(&third), (None, None));
    assert_eq!(third, user(), "nothing is left of what was taken back");
}

#[test]
fn the_same_again_writes_nothing() {
    for sync in [Sync::Import, Sync::Force] {
        let ada = identity("campus", "1", Some("ada"));
        let (first, _) = after(&user(), sync, &ada);
        assert!(!after(&first, sync, &ada).1);
        assert!(!after(&first, sync, &identity("campus", "2", Some("ada"))).1, "nor does another identity that says the same");
        assert!(!after(&user(), sync, &identity("campus", "1", None)).1);
    }
}

#[test]
fn what_somebody_else_gave_is_neither_replaced_nor_taken_back() {
    let other = given_by(&identity("social", "1", None));
    for owner in [Provenance::Typed, Provenance::Administrator, other] {
        let account = given("vic", &owner);
        for value in [Some("ada"), None] {
            assert!(!after(&account, Sync::Import, &identity("campus", "1", value)).1, "{owner:?} {value:?}");
        }
        let (forced, _) = after(&account, Sync::Force, &identity("campus", "1", Some("ada")));
        assert_eq!(values(&forced), (Some("ada"), Some("ada")));
    }
    let without_an_owner = User { origins: BTreeMap::new(), ..given("vic", &Provenance::Typed) };
    assert!(!after(&without_an_owner, Sync::Import, &identity("campus", "1", Some("ada"))).1);
}

#[test]
fn what_one_identity_gave_is_not_taken_back_by_another_of_its_provider() {
    let (account, _) = after(&user(), Sync::Import, &identity("campus", "1", Some("ada")));
    assert!(!after(&account, Sync::Import, &identity("campus", "2", None)).1);
    let (account, _) = after(&account, Sync::Import, &identity("campus", "2", Some("augusta")));
    assert_eq!(values(&account), (Some("augusta"), Some("augusta")), "but it may be replaced");
    assert!(!after(&account, Sync::Import, &identity("campus", "1", None)).1);
}

#[test]
fn what_a_person_emptied_stays_empty() {
    let account = User { origins: [(ProfileField::GivenName, Provenance::Typed)].into(), ..user() };
    let (account, _) = after(&account, Sync::Import, &identity("campus", "1", Some("ada")));
    assert_eq!(values(&account), (None, Some("ada")));
}

#[test]
fn only_the_primary_identity_feeds_the_profile_and_each_feeds_attributes() {
    let ada = identity("campus", "1", Some("ada"));
    let change = in_step(&user(), &provider("campus", Sync::Import), &ada, false).unwrap();
    assert_eq!(values(&change.made_to(user())), (None, Some("ada")));
    let forced = in_step(&user(), &provider("campus", Sync::Force), &ada, false).unwrap();
    assert_eq!(values(&forced.made_to(user())), (Some("ada"), Some("ada")));
}

#[test]
fn what_is_ignored_or_only_suggested_is_never_touched() {
    let (account, _) = after(&user(), Sync::Import, &identity("campus", "1", Some("ada")));
    for sync in [Sync::Ignore, Sync::Suggest] {
        for value in [Some("augusta"), None] {
            assert!(!after(&account, sync, &identity("campus", "1", value)).1);
            assert!(!after(&user(), sync, &identity("campus", "1", value)).1);
        }
    }
}

#[derive(Debug, Clone)]
enum Act {
    /// An administrator gives both values.
    Enters(u8),
    /// Somebody signs in: provider, subject, value, how their provider is kept in step now.
    SignsIn(bool, u8, Option<u8>, Sync),
}

fn act() -> impl Strategy<Value = Act> {
    let sync = prop_oneof![1 => Just(Sync::Ignore), 1 => Just(Sync::Suggest), 4 => Just(Sync::Import), 1 => Just(Sync::Force)];
    let signs_in = (any::<bool>(), 0..2_u8, proptest::option::of(0..3_u8), sync);
    prop_oneof![
        1 => (0..3_u8).prop_map(Act::Enters),
        6 => signs_in.prop_map(|(provider, subject, value, sync)| Act::SignsIn(provider, subject, value, sync)),
    ]
}

/// The reference: who gave the value last, told apart from what the account says of it.
#[derive(Debug, Clone, PartialEq)]
enum Owner {
    Administrator,
    Identity(&'static str, String),
}

proptest! {
    #[test]
    fn a_value_is_replaced_by_its_provider_alone_and_taken_back_by_its_identity_alone(acts in proptest::collection::vec(act(), 1..40)) {
        let (mut account, mut owned): (User, Option<(String, Owner)>) = (user(), None);
        for act in acts {
            match act {
                Act::Enters(value) => {
                    account = given(&value.to_string(), &Provenance::Administrator);
                    owned = Some((value.to_string(), Owner::Administrator));
                }
                Act::SignsIn(campus, subject, value, sync) => {
                    let name = if campus { "campus" } else { "social" };
                    let (subject, value) = (subject.to_string(), value.map(|value| value.to_string()));
                    let (next, _) = after(&account, sync, &identity(name, &subject, value.as_deref()));
                    let me = Owner::Identity(name, subject);
                    let (is_mine, is_my_providers) = match &owned {
                        None => (false, true),
                        Some((_, Owner::Administrator)) => (false, false),
                        Some((_, owner @ Owner::Identity(of, _))) => (*owner == me, *of == name),
                    };
                    let says_the_same = owned.as_ref().map(|(value, _)| value) == value.as_ref();
                    let (may_replace, may_take_back) = match sync {
                        Sync::Ignore | Sync::Suggest => (false, false),
                        Sync::Import => (is_my_providers, is_mine),
                        Sync::Force => (true, true),
                    };
                    owned = match value {
                        Some(_) if says_the_same && is_my_providers => owned,
                        Some(value) if may_replace => Some((value, me)),
                        None if may_take_back => None,
                        _ => owned,
                    };
                    account = next;
                }
            }
            let value = owned.as_ref().map(|(value, _)| value.as_str());
            prop_assert_eq!(values(&account), (value, value));
            let told = account.attributes.get(&team()).map(|attribute| &attribute.provenance);
            prop_assert_eq!(told, account.origins.get(&ProfileField::GivenName));
            let fits = match (&owned, told) {
                (None, None) | (Some((_, Owner::Administrator)), Some(Provenance::Administrator)) => true,
                (Some((_, Owner::Identity(name, subject))), Some(Provenance::Provider { identity: Some(key), .. })) => {
                    key.provider.as_str() == *name && key.subject.as_str() == *subject
                }
                _ => false,
            };
            prop_assert!(fits, "{owned:?} {told:?}");
        }
    }
}
