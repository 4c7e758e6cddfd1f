//! Whether the nodes that serve would take a change of the database: asked before it is written.

use super::ReloadError;
use super::proved::proved;
use crate::config::{ConfigError, Documents, FlowSource, Problems, play};
use crate::realm::{RealmError, flows, rules};
use crate::settings::RealmSettings;
use domain::RuleName;
use flow_runtime::reader::read;
use flow_runtime::{RealmPolicy, Revision};
use persistence::{FlowState, Store, StoredRevision, StoredRule};
use tracing::subscriber::{NoSubscriber, with_default};

/// A change of what the database says of a realm.
#[derive(Debug, Clone, Copy)]
pub enum Change<'a> {
    /// This linking rule is there.
    Rule {
        /// Its name.
        name: &'a RuleName,
        /// Its text.
        document: &'a str,
    },
    /// Where the files say the first revision, the second one is served.
    RollBack {
        /// What the files say.
        over: &'a Revision,
        /// What is served instead.
        to: &'a StoredRevision,
    },
}

/// Judges a realm as it would be after a change, as each node does that serves. The error says what no node would take.
pub async fn foresee(
    store: &Store,
    settings: &RealmSettings,
    documents: &Documents,
    change: Change<'_>,
) -> Result<(), ReloadError> {
    let id = &settings.policy.realm;
    let mut state = store.flow_state(id).await?;
    let mut stored = store.linking_rules(id).await?;
    let mut documents = documents.clone();
    match change {
        Change::Rule { name, document } => put(&mut stored, name, document),
        Change::RollBack { over, to } => {
            state.rollbacks.insert(over.clone(), to.revision.clone());
            documents.insert(to.name.clone(), FlowSource { text: to.document.clone(), origin: to.origin.clone() });
        }
    }
    let policy = policy(store, settings, &state, &stored).await;
    let policy = policy.map_err(|source| ReloadError::Realm(id.clone(), source))?;
    let own = match change {
        Change::Rule { .. } => None,
        Change::RollBack { to, .. } => Some(to.clone()),
    };
    let judging = tokio::task::spawn_blocking(move || {
        // What holds is for the logs of those that serve.
        let mut problems = with_default(NoSubscriber::new(), || proved(&documents, &policy));
        if let Some(read) = own.as_ref().and_then(|own| read(&own.document, &own.origin).ok()) {
            let mut red = Problems::new("", "");
            play(&read.flow.name.to_string(), &read, &policy.flows, &mut red);
            problems.extend(red.into_error().problems);
        }
        problems
    });
    let problems = judging.await?;
    if problems.is_empty() { Ok(()) } else { Err(ConfigError { problems }.into()) }
}

fn put(stored: &mut Vec<StoredRule>, name: &RuleName, document: &str) {
    let now = crate::adapters::now();
    stored.retain(|rule| rule.name != *name);
    stored.push(StoredRule { name: name.clone(), document: document.to_owned(), created_at: now, updated_at: now });
}

async fn policy(
    store: &Store,
    settings: &RealmSettings,
    state: &FlowState,
    stored: &[StoredRule],
) -> Result<RealmPolicy, RealmError> {
    let rules = rules(settings, stored)?;
    let (flows, _) = flows(settings, state, store, None).await?;
    let mut policy = RealmPolicy { rules, flows, ..settings.policy.clone() };
    state.revoked.iter().for_each(|revision| policy.revisions.revoke(revision.clone()));
    Ok(policy)
}
