//! Revisions of flows, and editions of realms.

use crate::database::Database;
use crate::on_every_database;
use crate::scene::*;
use domain::{AuditKind, FlowName, RuleName, Version};
use flow_runtime::Revision;
use persistence::{Committed, FlowState, FlowToApply, Store};
use std::collections::{BTreeMap, BTreeSet};

on_every_database!(
    what_was_applied_is_kept_and_told_once,
    nodes_that_apply_one_flow_at_once_leave_one,
    a_revision_is_revoked_and_allowed_again,
    a_flow_is_rolled_back_and_released,
    flows_belong_to_their_realm,
    rel_58_what_was_decided_before_a_change_is_not_committed,
);

fn name(text: &str) -> FlowName {
    FlowName::parse(text).unwrap()
}

fn revision(text: &str) -> Revision {
    Revision(text.to_owned())
}

fn flow(flow: &str, text: &str) -> FlowToApply {
    FlowToApply {
        name: name(flow),
        revision: revision(&format!("{flow} {text}")),
        document: text.to_owned(),
        origin: format!("{flow}.yaml"),
    }
}

async fn apply(store: &Store, flows: &[FlowToApply], second: i64) -> Vec<FlowName> {
    store.apply_flows(&realm(), flows, &by(), at(second)).await.unwrap()
}

async fn told(store: &Store, flow: &str) -> Vec<(String, String)> {
    let acts = store.flow_history(&realm(), &name(flow)).await.unwrap();
    acts.into_iter().map(|act| (act.act, act.revision.0)).collect()
}

async fn what_was_applied_is_kept_and_told_once(database: &Database) {
    let store = &database.store;
    assert_eq!(apply(store, &[flow("a", "1"), flow("b", "1")], 1).await, [name("a"), name("b")]);
    assert_eq!(apply(store, &[flow("a", "1"), flow("b", "1")], 2).await, [], "nothing changed");
    assert_eq!(apply(store, &[flow("a", "2"), flow("b", "1")], 3).await, [name("a")]);
    assert_eq!(apply(store, &[flow("a", "1"), flow("b", "1")], 4).await, [name("a")], "back to what it was");
    let expected = [("applied", "a 1"), ("applied", "a 2"), ("applied", "a 1")].map(|(act, at)| (act.to_owned(), at.to_owned()));
    assert_eq!(told(store, "a").await, expected);
    let kept = store.flow_revisions(&realm(), &name("a")).await.unwrap();
    let kept: Vec<_> = kept.iter().map(|kept| (kept.document.as_str(), kept.origin.as_str(), kept.created_at)).collect();
    assert_eq!(kept, [("1", "a.yaml", at(1)), ("2", "a.yaml", at(3))]);
    assert_eq!(recorded(store, AuditKind::FlowChanged).await, 4);
    assert_eq!(store.flow_revision(&realm(), &revision("a 3")).await.unwrap(), None);
    assert_eq!(store.edition(&realm()).await.unwrap(), 0, "what is in the files moves nothing");
}

async fn nodes_that_apply_one_flow_at_once_leave_one(database: &Database) {
    let mut nodes = tokio::task::JoinSet::new();
    for number in 0..4 {
        let node = database.second_node().await;
        nodes.spawn(async move {
            apply(&node, &[flow("a", "1"), flow("b", "1")], number).await;
            apply(&node, &[flow("b", "2"), flow("a", "2")], number).await;
        });
    }
    nodes.join_all().await;
    assert_eq!(database.store.flow_revisions(&realm(), &name("a")).await.unwrap().len(), 2);
    let heads = database.store.flow_heads(&realm()).await.unwrap();
    assert_eq!(heads.keys().collect::<Vec<_>>(), [&name("a"), &name("b")]);
}

async fn a_revision_is_revoked_and_allowed_again(database: &Database) {
    let store = &database.store;
    apply(store, &[flow("a", "1")], 1).await;
    let (flow, one) = (name("a"), revision("a 1"));
    assert!(!store.revoke_flow(&realm(), (&flow, &revision("a 9")), &by(), at(2)).await.unwrap(), "there is no such revision");
    assert!(store.revoke_flow(&realm(), (&flow, &one), &by(), at(2)).await.unwrap());
    assert!(!store.revoke_flow(&realm(), (&flow, &one), &by(), at(3)).await.unwrap(), "it is revoked");
    let state = FlowState { edition: 1, revoked: BTreeSet::from([one.clone()]), rollbacks: BTreeMap::new() };
    assert_eq!(store.flow_state(&realm()).await.unwrap(), state);
    apply(store, &[self::flow("a", "2")], 4).await;
    apply(store, &[self::flow("a", "1")], 5).await;
    assert!(store.flow_revision(&realm(), &one).await.unwrap().unwrap().revoked.is_some(), "applied again, and still revoked");
    assert!(store.allow_flow(&realm(), (&flow, &one), &by(), at(6)).await.unwrap());
    assert!(!store.allow_flow(&realm(), (&flow, &one), &by(), at(7)).await.unwrap());
    assert_eq!(store.flow_state(&realm()).await.unwrap(), FlowState { edition: 2, ..FlowState::default() });
    let acts: Vec<_> = told(store, "a").await.into_iter().map(|(act, _)| act).collect();
    assert_eq!(acts, ["applied", "revoked", "applied", "applied", "allowed"]);
    assert_eq!(recorded(store, AuditKind::FlowChanged).await, 5);
}

async fn a_flow_is_rolled_back_and_released(database: &Database) {
    let store = &database.store;
    apply(store, &[flow("a", "1"), flow("b", "1")], 1).await;
    apply(store, &[flow("a", "2")], 2).await;
    let (a, one, two) = (name("a"), revision("a 1"), revision("a 2"));
    store.roll_back_flow(&realm(), &a, (&two, &one), &by(), at(3)).await.unwrap();
    store.roll_back_flow(&realm(), &a, (&two, &one), &by(), at(4)).await.unwrap();
    let state = store.flow_state(&realm()).await.unwrap();
    assert_eq!((state.edition, state.rollbacks), (2, BTreeMap::from([(two.clone(), one)])));
    assert!(!store.release_flow(&realm(), &name("b"), &two, &by(), at(5)).await.unwrap(), "that one isn't rolled back");
    assert!(store.release_flow(&realm(), &a, &two, &by(), at(6)).await.unwrap());
    assert!(!store.release_flow(&realm(), &a, &two, &by(), at(7)).await.unwrap());
    assert_eq!(store.flow_state(&realm()).await.unwrap(), FlowState { edition: 3, ..FlowState::default() });
    let acts: Vec<_> = told(store, "a").await.into_iter().map(|(act, _)| act).collect();
    assert_eq!(acts, ["applied", "applied", "rolled back to", "rolled back to", "released to"]);
}

async fn flows_belong_to_their_realm(database: &Database) {
    let store = &database.store;
    apply(store, &[flow("a", "1")], 1).await;
    let (flow, one) = (name("a"), revision("a 1"));
    assert!(!store.revoke_flow(&other_realm(), (&flow, &one), &by(), at(2)).await.unwrap());
    assert!(store.flow_revisions(&other_realm(), &flow).await.unwrap().is_empty());
    assert!(store.flow_heads(&other_realm()).await.unwrap().is_empty());
    store.revoke_flow(&realm(), (&flow, &one), &by(), at(3)).await.unwrap();
    assert_eq!(store.flow_state(&other_realm()).await.unwrap(), FlowState::default());
    let editions = store.editions().await.unwrap();
    assert_eq!(editions, BTreeMap::from([(realm().to_string(), 1)]));
}

async fn rel_58_what_was_decided_before_a_change_is_not_committed(database: &Database) {
    let store = &database.store;
    apply(store, &[flow("a", "1")], 1).await;
    let kept = keeps(login("l"), None);
    assert_eq!(store.commit_at(&realm(), &kept, Some(0)).await.unwrap(), Committed::Done { version: Some(Version(1)) });
    store.revoke_flow(&realm(), (&name("a"), &revision("a 1")), &by(), at(2)).await.unwrap();

    let next = keeps(login("l"), Some(Version(1)));
    assert_eq!(store.commit_at(&realm(), &next, Some(0)).await.unwrap(), Committed::PolicyMoved);
    assert_eq!(store.commit_at(&realm(), &keeps(login("m"), None), Some(0)).await.unwrap(), Committed::PolicyMoved);
    assert!(store.session(&realm(), login_key("m")).await.unwrap().is_none(), "nothing was stored");
    let (_, version) = store.session(&realm(), login_key("l")).await.unwrap().unwrap();
    assert_eq!(version, Version(1));

    let rule = RuleName::parse("by-id").unwrap();
    store.put_linking_rule(&realm(), (&rule, 1), "text", &by(), at(3)).await.unwrap();
    assert_eq!(store.commit_at(&realm(), &next, Some(1)).await.unwrap(), Committed::PolicyMoved, "a rule is a change too");
    assert_eq!(store.commit_at(&realm(), &next, Some(2)).await.unwrap(), Committed::Done { version: Some(Version(2)) });
    assert_eq!(store.commit_at(&realm(), &next, Some(2)).await.unwrap(), Committed::Stale);
    assert!(store.remove_linking_rule(&realm(), &rule, &by(), at(4)).await.unwrap());
    assert_eq!(store.edition(&realm()).await.unwrap(), 3);
    let last = keeps(login("l"), Some(Version(2)));
    assert_eq!(store.commit_at(&realm(), &last, None).await.unwrap(), Committed::Done { version: Some(Version(3)) });
}
