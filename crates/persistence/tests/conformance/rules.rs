//! Linking rules in the database.

use crate::database::Database;
use crate::on_every_database;
use crate::scene::*;
use domain::{AuditKind, RuleName};
use persistence::RulePut;

on_every_database!(
    a_rule_is_kept_replaced_and_taken_out,
    a_rule_belongs_to_its_realm,
    nodes_that_put_one_rule_at_once_leave_one,
    nodes_that_give_one_priority_at_once_leave_one,
);

fn name(text: &str) -> RuleName {
    RuleName::parse(text).unwrap()
}

async fn a_rule_is_kept_replaced_and_taken_out(database: &Database) {
    let store = &database.store;
    store.put_linking_rule(&realm(), (&name("by-id"), 1), "first", &by(), at(1)).await.unwrap();
    store.put_linking_rule(&realm(), (&name("by-address"), 2), "other", &by(), at(2)).await.unwrap();
    store.put_linking_rule(&realm(), (&name("by-id"), 1), "second", &by(), at(3)).await.unwrap();
    let rules = store.linking_rules(&realm()).await.unwrap();
    let told: Vec<_> =
        rules.iter().map(|rule| (rule.name.as_str(), rule.document.as_str(), rule.created_at, rule.updated_at)).collect();
    assert_eq!(told, [("by-address", "other", at(2), at(2)), ("by-id", "second", at(1), at(3))]);

    assert!(store.remove_linking_rule(&realm(), &name("by-id"), &by(), at(4)).await.unwrap());
    assert!(!store.remove_linking_rule(&realm(), &name("by-id"), &by(), at(5)).await.unwrap(), "it is gone");
    assert_eq!(store.linking_rules(&realm()).await.unwrap().len(), 1);
    assert_eq!(recorded(store, AuditKind::LinkingRuleChanged).await, 4, "each change once, and nothing else");
    let newest = store.audit_records(&realm(), 1).await.unwrap();
    assert!(newest[0].detail.as_deref().unwrap().starts_with("remove by-id by "), "{newest:?}");
}

async fn a_rule_belongs_to_its_realm(database: &Database) {
    let store = &database.store;
    store.put_linking_rule(&realm(), (&name("by-id"), 1), "text", &by(), at(1)).await.unwrap();
    assert!(store.linking_rules(&other_realm()).await.unwrap().is_empty());
    assert!(!store.remove_linking_rule(&other_realm(), &name("by-id"), &by(), at(2)).await.unwrap());
    store.put_linking_rule(&other_realm(), (&name("by-id"), 1), "another", &by(), at(3)).await.unwrap();
    assert_eq!(store.linking_rules(&realm()).await.unwrap()[0].document, "text");
}

async fn nodes_that_put_one_rule_at_once_leave_one(database: &Database) {
    let mut nodes = tokio::task::JoinSet::new();
    for number in 0..4 {
        let node = database.second_node().await;
        nodes.spawn(async move {
            let text = number.to_string();
            node.put_linking_rule(&realm(), (&name("by-id"), 1), &text, &by(), at(number)).await.unwrap();
        });
    }
    nodes.join_all().await;
    assert_eq!(database.store.linking_rules(&realm()).await.unwrap().len(), 1);
    assert_eq!(recorded(&database.store, AuditKind::LinkingRuleChanged).await, 4);
}

async fn nodes_that_give_one_priority_at_once_leave_one(database: &Database) {
    let mut nodes = tokio::task::JoinSet::new();
    for number in 0..4 {
        let node = database.second_node().await;
        nodes.spawn(async move {
            let own = name(&format!("rule-{number}"));
            node.put_linking_rule(&realm(), (&own, 7), "text", &by(), at(number)).await.unwrap()
        });
    }
    let put = nodes.join_all().await;
    assert_eq!(put.iter().filter(|put| **put == RulePut::Kept).count(), 1, "{put:?}");
    let store = &database.store;
    let kept = store.linking_rules(&realm()).await.unwrap();
    assert_eq!((kept.len(), recorded(store, AuditKind::LinkingRuleChanged).await), (1, 1));
    let other = name("another");
    assert_eq!(store.put_linking_rule(&realm(), (&other, 8), "text", &by(), at(5)).await.unwrap(), RulePut::Kept);
    let moved = store.put_linking_rule(&realm(), (&other, 7), "moved", &by(), at(6)).await.unwrap();
    assert_eq!(moved, RulePut::PriorityTaken, "nor does a rule move there");
    assert_eq!(store.linking_rules(&realm()).await.unwrap().iter().filter(|rule| rule.document == "text").count(), 2);
    assert_eq!(store.put_linking_rule(&realm(), (&kept[0].name, 9), "text", &by(), at(7)).await.unwrap(), RulePut::Kept);
    assert_eq!(store.put_linking_rule(&realm(), (&other, 7), "moved", &by(), at(8)).await.unwrap(), RulePut::Kept);
    assert_eq!(store.put_linking_rule(&other_realm(), (&other, 7), "text", &by(), at(9)).await.unwrap(), RulePut::Kept);
}
