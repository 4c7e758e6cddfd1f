//! `braid link rules`: linking rules that are kept in the database, beside those of the configuration.

use crate::arguments::{Hand, InRealm, RuleCommand};
use crate::failure::Failure;
use crate::realm::{For, by_hand, failed, open_store, usable};
use crate::text::{date, shown};
use domain::{RealmId, RuleName};
use persistence::RulePut;
use server::{Change, RealmSettings, config};
use std::path::Path;

/// When running nodes learn of it.
const SOON: &str = "Nodes that serve use it within a second, and each login at its next step.";

/// What the command says.
pub(super) async fn run(command: RuleCommand) -> Result<(), Failure> {
    match command {
        RuleCommand::List { realm } => list(&realm).await,
        RuleCommand::Add { realm, file, hand } => add(&realm, &file, &hand).await,
        RuleCommand::Remove { realm, name, hand } => remove(&realm, &name, &hand).await,
    }
}

async fn list(of: &InRealm) -> Result<(), Failure> {
    let (store, realm, _) = open_store(of, For::Reading).await?;
    let rules = store.linking_rules(id(&realm)).await.map_err(|error| failed(&error))?;
    if rules.is_empty() {
        println!("the database has no linking rules for the realm “{}”", id(&realm));
    }
    for rule in rules {
        println!("# {}, since {}, changed {}", rule.name, date(rule.created_at), date(rule.updated_at));
        rule.document.lines().for_each(|line| println!("{}", shown(line)));
    }
    Ok(())
}

async fn add(of: &InRealm, file: &Path, hand: &Hand) -> Result<(), Failure> {
    let by = by_hand(hand)?;
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::new(format!("{} can't be read", file.display()), "name a file with one linking rule").because(&error)
    })?;
    let (store, realm, documents) = open_store(of, For::Writing).await?;
    let others = store.linking_rules(id(&realm)).await.map_err(|error| failed(&error))?;
    let rule = config::check_rule(&text, &file.display().to_string(), &realm, &others)?;
    let change = Change::Rule { name: &rule.name, document: &text };
    usable((&store, &realm, &documents), change).await?;
    let named = (&rule.name, rule.priority);
    let put = store.put_linking_rule(id(&realm), named, &text, &by, server::now()).await.map_err(|error| failed(&error))?;
    if put == RulePut::PriorityTaken {
        let reason = format!("another rule has been given the priority {} meanwhile", rule.priority);
        return Err(Failure::new(reason, "look at `braid link rules list`, and choose another priority; nothing was changed"));
    }
    println!("the rule “{}” is in the database. {SOON}", rule.name);
    Ok(())
}

async fn remove(of: &InRealm, name: &str, hand: &Hand) -> Result<(), Failure> {
    let by = by_hand(hand)?;
    let name = RuleName::parse(name).map_err(|error| Failure::caused(&error, "take it from `braid link rules list`"))?;
    let (store, realm, _) = open_store(of, For::Writing).await?;
    let there = store.remove_linking_rule(id(&realm), &name, &by, server::now()).await.map_err(|error| failed(&error))?;
    if !there {
        let reason = format!("the database has no rule “{name}” for the realm “{}”", id(&realm));
        return Err(Failure::new(reason, "take it from `braid link rules list`; rules of the configuration are changed there"));
    }
    println!("the rule “{name}” is out of the database. {SOON}");
    Ok(())
}

fn id(realm: &RealmSettings) -> &RealmId {
    &realm.policy.realm
}
