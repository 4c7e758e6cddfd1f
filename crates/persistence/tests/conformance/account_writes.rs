//! What a login changes of an account that stays: password, address, profile, and what is tied to it.

use crate::clients::refresh;
use crate::database::Database;
use crate::living::{Living, badge, live, somebody, tie, tie_id};
use crate::on_every_database;
use crate::scene::*;
use domain::{
    AddressProof, AssertedEmail, Attribute, AuditKind, Epoch, LinkedIdentity, LinkingDomain, ProfileField, Provenance, RoleName,
    Secret, TermsVersion, Version, Vouched,
};
use flow_runtime::{Conflict, Guard, NewUser, ProfileChange, UnlinkReason, Write};
use persistence::{Commit, Committed, Refreshed, Store};
use std::collections::BTreeMap;

on_every_database!(
    an_identity_gives_its_place_to_another,
    an_identity_that_is_not_the_accounts_stays,
    a_tie_moves_the_version_of_its_account,
    a_new_password_of_a_login_kills_the_past,
    inv_4_an_address_is_changed_and_proved,
    inv_4_a_proved_address_is_taken_once_in_a_domain,
    an_account_is_handed_over_with_nothing_unproved,
    a_profile_is_changed_with_its_attributes,
    an_assurance_keeps_the_time_at_which_it_began,
    decisions_are_found_by_their_frame,
);

async fn user(store: &Store, name: &str) -> domain::User {
    store.find_user(&realm(), id(name)).await.unwrap().unwrap()
}

async fn an_identity_gives_its_place_to_another(database: &Database) {
    let store = &database.store;
    let Living { refresh: token, .. } = live(store, "ada").await;
    let before = user(store, "ada").await.version;
    let replaced = Write::Unlink { identity: tie_id("ada", 1), user: id("ada"), why: UnlinkReason::Replaced };
    let commit = Commit {
        guards: vec![Guard { user: id("ada"), version: before }],
        ..writes(vec![replaced, Write::Link(Box::new(tie("ada", 3)))])
    };
    assert_eq!(store.commit(&realm(), &commit).await.unwrap(), Committed::Done { version: None });
    let own = store.identities_of(&realm(), id("ada")).await.unwrap();
    let keys: Vec<_> = own.iter().map(|link| (link.key.clone(), link.primary)).collect();
    assert_eq!(keys, [(identity("ada2"), true), (identity("ada3"), false)]);
    assert!(store.live_session(&realm(), &digest("ada"), at(11)).await.unwrap().is_none());
    assert!(matches!(refresh(store, &token, at(11), 1).await, Refreshed::Refused(_)));
    assert_eq!(store.commit(&realm(), &commit).await.unwrap(), Committed::GuardMoved, "nothing of it happens twice");
    let records = store.audit_records(&realm(), 100).await.unwrap();
    let off = records.iter().find(|record| record.kind == AuditKind::IdentityUnlinked.as_str()).unwrap();
    assert_eq!((off.user, off.detail.as_deref()), (Some(id("ada")), Some("replaced")));
}

async fn an_identity_that_is_not_the_accounts_stays(database: &Database) {
    let store = &database.store;
    for name in ["ada", "eve"] {
        live(store, name).await;
    }
    let before = user(store, "eve").await;
    done(store, vec![Write::Unlink { identity: tie_id("ada", 1), user: id("eve"), why: UnlinkReason::Replaced }]).await;
    assert_eq!(user(store, "eve").await, before);
    assert_eq!(store.identities_of(&realm(), id("ada")).await.unwrap().len(), 2);
    assert_eq!(recorded(store, AuditKind::IdentityUnlinked).await, 0);
}

async fn a_tie_moves_the_version_of_its_account(database: &Database) {
    let (store, ada) = (&database.store, person("ada"));
    make(store, &ada).await;
    let commit = |subject| Commit {
        guards: vec![Guard { user: ada.id, version: Version(0) }],
        ..writes(vec![Write::Link(Box::new(link("ada", subject)))])
    };
    assert_eq!(store.commit(&realm(), &commit("a1")).await.unwrap(), Committed::Done { version: None });
    assert_eq!(store.commit(&realm(), &commit("a2")).await.unwrap(), Committed::GuardMoved, "there is one more by now");
    assert_eq!(user(store, "ada").await.version, Version(1));
}

async fn a_new_password_of_a_login_kills_the_past(database: &Database) {
    let store = &database.store;
    let Living { refresh: token, .. } = live(store, "ada").await;
    let hash = Secret::new("$argon2id$v=19$m=1,t=1,p=1$bmV3$aGFzaA");
    done(store, vec![Write::SetPassword { user: id("ada"), hash: hash.clone() }]).await;
    let (stored, ada) = store.password_hash(&realm(), id("ada")).await.unwrap().unwrap();
    assert_eq!((stored, ada.epoch), (hash, Epoch(1)));
    assert!(store.live_session(&realm(), &digest("ada"), at(11)).await.unwrap().is_none());
    assert!(matches!(refresh(store, &token, at(11), 1).await, Refreshed::Refused(_)));
    assert_eq!(recorded(store, AuditKind::PasswordChanged).await, 1);
}

async fn inv_4_an_address_is_changed_and_proved(database: &Database) {
    let store = &database.store;
    live(store, "ada").await;
    for (round, (owned, kind)) in
        [(typed("new@example.org"), AuditKind::AddressChanged), (proved("NEW@example.org"), AuditKind::AddressProved)]
            .into_iter()
            .enumerate()
    {
        done(store, vec![Write::SetAddress { user: id("ada"), address: Box::new(owned.clone()) }]).await;
        let ada = user(store, "ada").await;
        assert_eq!((ada.email, ada.epoch.0), (Some(owned), i64::try_from(round).unwrap() + 1));
        assert_eq!(recorded(store, kind).await, 1);
    }
    let found = store.find_users(&realm(), None, Some(&address("new@example.org"))).await.unwrap().by_email;
    assert_eq!(found.len(), 1);
    let former = store.find_users(&realm(), None, Some(&address("ada@example.org"))).await.unwrap().by_email;
    assert!(former.is_empty());
}

async fn inv_4_a_proved_address_is_taken_once_in_a_domain(database: &Database) {
    let store = &database.store;
    let staff = LinkingDomain::parse("staff").unwrap();
    make(store, &person_at("ada", proved("shared@example.org"))).await;
    make(store, &person_at("bob", typed("shared@example.org"))).await;
    let elsewhere = NewUser { linking_domain: staff.clone(), ..person_at("carol", proved("shared@example.org")) };
    make(store, &elsewhere).await;
    make(store, &NewUser { linking_domain: staff, ..person_at("dave", typed("shared@example.org")) }).await;
    for name in ["bob", "dave"] {
        let owned = Box::new(proved("Shared@example.org"));
        let prove = store.commit(&realm(), &writes(vec![Write::SetAddress { user: id(name), address: owned }])).await.unwrap();
        assert_eq!(prove, Committed::Conflict(Conflict::Address), "{name}");
        let proof = AddressProof::Mailbox { at: at(9) };
        let take = store.commit(&realm(), &writes(vec![Write::HandOver { user: id(name), proof }])).await.unwrap();
        assert_eq!(take, Committed::Conflict(Conflict::Address), "{name}");
        assert_eq!(user(store, name).await.version, Version(0), "nothing happened");
    }
}

async fn an_account_is_handed_over_with_nothing_unproved(database: &Database) {
    let store = &database.store;
    let accepted_terms = [(TermsVersion::parse("1").unwrap(), at(1))].into();
    let squatter = NewUser { email: Some(typed("vic@example.org")), accepted_terms, ..somebody("vic") };
    let assured = LinkedIdentity { assured: Some(AddressProof::Mailbox { at: at(3) }), ..tie("vic", 2) };
    done(
        store,
        vec![
            Write::CreateUser(Box::new(squatter.clone())),
            Write::Link(Box::new(tie("vic", 1))),
            Write::Link(Box::new(assured)),
            Write::StartBrowserSession(Box::new(browser_session("squatter", &squatter))),
        ],
    )
    .await;
    let roles = [RoleName::parse("editor").unwrap()];
    store.change_roles(&realm(), squatter.id, (&roles, &[]), &by(), at(8)).await.unwrap().unwrap();
    let proof = AddressProof::Mailbox { at: at(9) };
    done(store, vec![Write::HandOver { user: squatter.id, proof: proof.clone() }]).await;
    let vic = user(store, "vic").await;
    assert!(!vic.has_password && vic.has_proved(&address("vic@example.org")));
    assert!(vic.roles.is_empty() && vic.accepted_terms.is_empty(), "neither is the new owner's");
    assert_eq!((vic.email.unwrap().proof, vic.epoch), (Some(proof), Epoch(1)));
    let left = store.identities_of(&realm(), squatter.id).await.unwrap();
    assert_eq!(left.iter().map(|link| (link.key.clone(), link.primary)).collect::<Vec<_>>(), [(identity("vic2"), true)]);
    assert!(store.live_session(&realm(), &digest("squatter"), at(10)).await.unwrap().is_none());
    assert_eq!(recorded(store, AuditKind::UnprovedRemoved).await, 1);
    assert_eq!(recorded(store, AuditKind::IdentityUnlinked).await, 1);
}

async fn a_profile_is_changed_with_its_attributes(database: &Database) {
    let store = &database.store;
    live(store, "ada").await;
    let before = user(store, "ada").await;
    let new = Attribute { values: vec!["1".into(), "2".into()], provenance: Provenance::Typed };
    let profile = ProfileChange {
        given_name: None,
        family_name: Some("King".into()),
        picture: Some("https://example.org/ada.png".into()),
        origins: [(ProfileField::FamilyName, Provenance::Typed)].into(),
        attributes: [(badge(), new.clone())].into(),
    };
    done(store, vec![Write::ChangeProfile { user: id("ada"), profile: Box::new(profile.clone()) }]).await;
    let after = user(store, "ada").await;
    assert_eq!((after.given_name, after.family_name, after.picture), (None, profile.family_name, profile.picture));
    assert_eq!((after.origins, after.attributes), (profile.origins, profile.attributes));
    assert_eq!((after.epoch, after.version), (before.epoch, Version(before.version.0 + 1)));
    let with = |value: &str| {
        let sought = flow_runtime::Sought { attributes: vec![(badge(), value.to_owned())], ..Default::default() };
        async move { store.find_candidates(&realm(), &sought).await.unwrap().accounts.len() }
    };
    assert_eq!((with("ada's badge").await, with("1").await, with("2").await), (0, 1, 1));
}

async fn an_assurance_keeps_the_time_at_which_it_began(database: &Database) {
    let store = &database.store;
    make(store, &person("ada")).await;
    done(store, vec![Write::Link(Box::new(link("ada", "a1")))]).await;
    let email = |text: &str| Some(AssertedEmail { address: address(text), vouched: Vouched::Yes });
    let word = |seconds| Some(AddressProof::Mailbox { at: at(seconds) });
    for (seconds, email, assured, kept) in [
        (10, email("a@campus.example"), word(10), word(10)),
        (20, email("a@campus.example"), word(20), word(10)),
        (30, email("b@campus.example"), word(30), word(30)),
        (40, email("b@campus.example"), None, None),
        (50, email("b@campus.example"), word(50), word(50)),
        (60, None, None, None),
    ] {
        let (key, label, at) = (identity("a1"), "ada".to_owned(), at(seconds));
        done(store, vec![Write::TouchIdentity { key, label, email, assured, claims: BTreeMap::new(), at }]).await;
        let link = store.find_identity(&realm(), &identity("a1")).await.unwrap().unwrap().link;
        assert_eq!((link.assured, link.last_sign_in_at), (kept, at), "after {seconds} seconds");
    }
}

async fn decisions_are_found_by_their_frame(database: &Database) {
    let store = &database.store;
    let other = domain::FrameId::from_bytes([8; 16]);
    let elsewhere = flow_runtime::Decision { frame: other, ..decision("elsewhere") };
    let mut commit = keeps(login("l"), None);
    commit.session.as_mut().unwrap().decisions = vec![decision("a"), elsewhere.clone(), decision("b")];
    store.commit(&realm(), &commit).await.unwrap();
    assert_eq!(store.decisions_of_frame(&realm(), frame()).await.unwrap(), ["a", "b"].map(decision));
    assert_eq!(store.decisions_of_frame(&realm(), other).await.unwrap(), [elsewhere]);
    assert!(store.decisions_of_frame(&other_realm(), frame()).await.unwrap().is_empty());
}
