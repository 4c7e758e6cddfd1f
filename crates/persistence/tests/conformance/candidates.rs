//! Who may own an identity.

use crate::database::Database;
use crate::living::{badge, live};
use crate::on_every_database;
use crate::scene::*;
use domain::{AccountState, Attribute, Attributes, LinkingDomain, Provenance, ProviderAlias, UserId, Username};
use flow_runtime::{Candidates, NewUser, Sought};
use persistence::Store;

on_every_database!(
    an_account_is_found_once_by_each_of_its_values,
    accounts_of_other_domains_and_realms_are_not_found,
    candidates_are_bounded,
    a_crowd_hides_neither_an_owner_nor_a_username,
    a_crowd_of_another_domain_hides_nobody,
    a_crowd_with_a_planted_value_hides_nobody_who_was_given_it,
    a_wanted_name_is_taken_in_whatever_domain,
    what_is_tied_is_read_with_its_account,
);

async fn find(store: &Store, sought: &Sought) -> Candidates {
    store.find_candidates(&realm(), sought).await.unwrap()
}

fn ids(found: &Candidates) -> Vec<UserId> {
    found.accounts.iter().map(|candidate| candidate.user.id).collect()
}

fn by_address(text: &str) -> Sought {
    Sought { emails: vec![address(text)], ..Sought::default() }
}

fn by_name(text: &str) -> Sought {
    Sought { usernames: vec![Username::parse(text).unwrap()], ..Sought::default() }
}

fn by_badge(text: &str) -> Sought {
    Sought { attributes: vec![(badge(), text.to_owned())], ..Sought::default() }
}

async fn an_account_is_found_once_by_each_of_its_values(database: &Database) {
    let store = &database.store;
    for name in ["ada", "bob"] {
        live(store, name).await;
    }
    make(store, &person_at("carol", typed("ada@example.org"))).await;
    store.set_state(&realm(), id("bob"), AccountState::Disabled, &by(), at(5)).await.unwrap();
    assert_eq!(ids(&find(store, &by_name("ada")).await), [id("ada")]);
    assert_eq!(ids(&find(store, &by_badge("ada's badge")).await), [id("ada")]);
    assert_eq!(ids(&find(store, &by_name("bob")).await), [id("bob")], "a closed account is told, so that it is not made again");
    let mut both = vec![id("ada"), id("carol")];
    both.sort_by_key(ToString::to_string);
    assert_eq!(ids(&find(store, &by_address("ADA@example.org")).await), both, "proved or not, whatever the case");
    let all = Sought {
        usernames: by_name("ada").usernames,
        attributes: by_badge("ada's badge").attributes,
        ..by_address("ada@example.org")
    };
    let found = find(store, &all).await;
    assert_eq!((ids(&found), found.more), (both, false), "each once");
    assert!(find(store, &Sought::default()).await.accounts.is_empty());
    for nobody in [by_name("ada-lovelace"), by_badge("Ada's badge"), by_address("ada@example.com")] {
        assert!(find(store, &nobody).await.accounts.is_empty(), "{nobody:?}");
    }
}

async fn accounts_of_other_domains_and_realms_are_not_found(database: &Database) {
    let store = &database.store;
    live(store, "ada").await;
    let staff = LinkingDomain::parse("staff").unwrap();
    for sought in [by_name("ada"), by_badge("ada's badge"), by_address("ada@example.org")] {
        assert!(find(store, &Sought { domain: staff.clone(), ..sought.clone() }).await.accounts.is_empty(), "{sought:?}");
        assert!(store.find_candidates(&other_realm(), &sought).await.unwrap().accounts.is_empty(), "{sought:?}");
    }
    let carol = NewUser { linking_domain: staff.clone(), ..person_at("carol", proved("ada@example.org")) };
    make(store, &carol).await;
    assert_eq!(ids(&find(store, &by_address("ada@example.org")).await), [id("ada")]);
    assert_eq!(ids(&find(store, &Sought { domain: staff, ..by_address("ada@example.org") }).await), [carol.id]);
}

async fn candidates_are_bounded(database: &Database) {
    let store = &database.store;
    for number in 0..20 {
        let owner = format!("owner {number}");
        let attributes = [(badge(), domain::Attribute::entered(vec!["shared".into()]).unwrap())].into();
        make(store, &NewUser { attributes, ..person(&owner) }).await;
    }
    let found = find(store, &by_badge("shared")).await;
    assert_eq!((found.accounts.len(), found.more), (Sought::MOST, true));
    let listed = ids(&found);
    assert!(listed.is_sorted_by_key(ToString::to_string), "always the same ones, in the order of their ids");
}

/// Accounts that all have this badge.
async fn crowd(store: &Store, domain: &LinkingDomain) {
    for number in 0..40 {
        let attributes = [(badge(), domain::Attribute::entered(vec!["shared".into()]).unwrap())].into();
        let one = NewUser { attributes, linking_domain: domain.clone(), ..person(&format!("one {number}")) };
        make(store, &one).await;
    }
}

async fn a_crowd_hides_neither_an_owner_nor_a_username(database: &Database) {
    let store = &database.store;
    crowd(store, &LinkingDomain::default()).await;
    // In the order of ids they come after the crowd.
    let last = |name: &str, byte: u8| NewUser { id: UserId::from_bytes([byte; 16]), ..person(name) };
    let owner = NewUser { email: Some(proved("ada@example.org")), ..last("ada", 255) };
    let called = NewUser { username: Some(Username::parse("bob").unwrap()), ..last("bob", 254) };
    for user in [&owner, &called] {
        make(store, user).await;
    }
    let sought =
        Sought { emails: by_address("ada@example.org").emails, usernames: by_name("bob").usernames, ..by_badge("shared") };
    let found = find(store, &sought).await;
    assert_eq!((found.accounts.len(), found.more), (Sought::MOST, true));
    let listed = ids(&found);
    assert!(listed.contains(&owner.id) && listed.contains(&called.id), "{listed:?}");
}

async fn a_crowd_of_another_domain_hides_nobody(database: &Database) {
    let store = &database.store;
    crowd(store, &LinkingDomain::parse("staff").unwrap()).await;
    let attributes = [(badge(), domain::Attribute::entered(vec!["shared".into()]).unwrap())].into();
    let ada = NewUser { id: UserId::from_bytes([255; 16]), attributes, ..person("ada") };
    make(store, &ada).await;
    let found = find(store, &by_badge("shared")).await;
    assert_eq!((ids(&found), found.more), (vec![ada.id], false));
}

async fn a_crowd_with_a_planted_value_hides_nobody_who_was_given_it(database: &Database) {
    let store = &database.store;
    let (campus, social) = (ProviderAlias::parse("campus").unwrap(), ProviderAlias::parse("social").unwrap());
    let from = |provider: &ProviderAlias| Provenance::Provider { provider: provider.clone(), vouched: true, identity: None };
    let badged = |provenance| Attributes::from([(badge(), Attribute { values: vec!["7".into()], provenance })]);
    for number in 0..20 {
        let provenance = if number % 2 == 0 { Provenance::Typed } else { from(&social) };
        make(store, &NewUser { attributes: badged(provenance), ..person(&format!("one {number}")) }).await;
    }
    // In the order of ids they come after the crowd.
    let last = |name: &str, byte: u8, attributes| NewUser { id: UserId::from_bytes([byte; 16]), attributes, ..person(name) };
    let given = [last("ada", 255, badged(Provenance::Administrator)), last("bob", 254, badged(from(&campus)))];
    for user in &given {
        make(store, user).await;
    }
    let found = find(store, &Sought { handed_out: [(badge(), campus)].into(), ..by_badge("7") }).await;
    assert_eq!((found.accounts.len(), found.more, found.more_claims), (Sought::MOST, false, false));
    assert!(given.iter().all(|user| ids(&found).contains(&user.id)), "{:?}", ids(&found));
    let elsewhere = (domain::AttributeName::parse("other").unwrap(), social);
    let found = find(store, &Sought { handed_out: [elsewhere].into(), ..by_badge("7") }).await;
    assert!(ids(&found).contains(&given[0].id), "what a provider hands out is said for each attribute");
}

async fn a_wanted_name_is_taken_in_whatever_domain(database: &Database) {
    let store = &database.store;
    make(store, &NewUser { linking_domain: LinkingDomain::parse("staff").unwrap(), ..person_called("ada") }).await;
    for (name, taken) in [("ada", true), ("bob", false)] {
        let sought = Sought { wanted: Some(Username::parse(name).unwrap()), ..by_address("x@example.org") };
        let found = find(store, &sought).await;
        assert_eq!((found.wanted_is_taken, found.accounts.len()), (taken, 0));
    }
}

async fn what_is_tied_is_read_with_its_account(database: &Database) {
    let store = &database.store;
    live(store, "ada").await;
    let found = find(store, &by_name("ada")).await.accounts.remove(0);
    let own = store.own_identities(&realm(), id("ada")).await.unwrap().unwrap();
    assert_eq!(found.identities, store.identities_of(&realm(), id("ada")).await.unwrap());
    assert_eq!((found.identities.len(), found.identities[0].primary), (2, true));
    assert_eq!((own.user, own.identities), (found.user, found.identities));
    assert!(store.own_identities(&realm(), id("nobody")).await.unwrap().is_none());
}
