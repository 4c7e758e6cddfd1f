//! A realm, ready to serve.

use crate::adapters;
use crate::config::{self, ConfigError};
use crate::hub_keys::HubKeys;
use crate::mail::{Post, PostError};
use crate::serving::stored_flow;
use crate::settings::RealmSettings;
use domain::{ClientId, FlowName, ProviderAlias, RealmId, Timestamp};
use downstream::{Client, Endpoints, KeyError, KeyRing, SigningAlg, SigningKey};
use flow_runtime::linking::RuleSet;
use flow_runtime::{Flow, Pinned, RealmPolicy, Revision, Revisions};
use persistence::{FlowState, Store, StoreError, StoredRule};
use std::collections::BTreeMap;
use std::sync::Arc;
use upstream::{Http, OidcProvider, SettingsError};

/// Why a realm could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum RealmError {
    /// Its keys could not be read or kept.
    #[error("the realm's keys can't be read or kept")]
    Store(#[source] StoreError),
    /// Its keys could not be made.
    #[error("the realm's signing keys can't be made")]
    Key(#[source] KeyError),
    /// A provider's settings are wrong.
    #[error("the provider “{0}” can't be used")]
    Provider(ProviderAlias, #[source] SettingsError),
    /// Its linking rules can't be used.
    #[error("the realm's linking rules can't be used: {0}")]
    Rules(String),
    /// A flow was rolled back to a revision that can't be used.
    #[error(
        "the flow “{flow}” was rolled back to the revision {revision}, which this version of Braid can't use; end that with \
         `braid flow rollback {flow} --release`"
    )]
    RolledBack {
        /// The flow.
        flow: FlowName,
        /// The revision.
        revision: String,
    },
    /// The mail's settings are wrong.
    #[error("the realm's mail can't be set up: {0}")]
    Mail(String),
}

/// A realm, ready to serve. Its issuer is its origin. Clones share what is large.
#[derive(Clone)]
pub(crate) struct Realm {
    pub(crate) policy: RealmPolicy,
    /// The edition of what the database says that was looked at. What is decided here counts as long as there is no newer one.
    pub(crate) edition: i64,
    /// The edition that serves: an older one, if what the database says can't be used.
    pub(crate) serves: i64,
    pub(crate) origin: String,
    pub(crate) host: String,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) hub: Arc<HubKeys>,
    pub(crate) providers: Arc<BTreeMap<ProviderAlias, Arc<OidcProvider>>>,
    pub(crate) clients: Arc<BTreeMap<ClientId, Client>>,
    pub(crate) post: Option<Arc<Post>>,
    /// The revisions that the files say, where another one is served.
    pub(crate) rolled_back: BTreeMap<FlowName, Revision>,
    /// Since when no new login begins with these revisions.
    past: BTreeMap<Revision, Timestamp>,
}

/// What a realm is made with.
pub(crate) struct Making<'a> {
    pub(crate) store: &'a Store,
    /// What the database said of its flows. Its rules are read after it: what changes meanwhile is noticed by the edition.
    pub(crate) state: &'a FlowState,
    pub(crate) http: &'a Arc<Http>,
    /// The realm that it replaces.
    pub(crate) before: Option<&'a Realm>,
    pub(crate) now: Timestamp,
}

impl Realm {
    /// Makes a realm ready, as the configuration and the database say.
    pub(crate) async fn make(settings: &RealmSettings, making: &Making<'_>) -> Result<Self, RealmError> {
        let Making { store, state, now, .. } = *making;
        let id = &settings.policy.realm;
        let stored = store.linking_rules(id).await.map_err(RealmError::Store)?;
        let rules = rules(settings, &stored)?;
        let (flows, rolled_back) = flows(settings, state, store, making.before).await?;
        let wants_rsa = settings.clients.iter().any(|client| client.signing_alg == SigningAlg::Rs256);
        let secret = store.realm_secret(id, "hub", adapters::fresh_entropy().expand("hub"), now).await;
        let post = settings.mail.as_ref().map(Post::new).transpose().map_err(|error| RealmError::Mail(explain(&error)))?;
        let clients = settings.clients.iter().map(|client| (client.id.clone(), client.clone())).collect();
        let made = Self {
            keys: Arc::new(keys(store, id, wants_rsa, now).await?),
            hub: Arc::new(HubKeys::new(&secret.map_err(RealmError::Store)?)),
            providers: Arc::new(providers(settings, making)?),
            clients: Arc::new(clients),
            post: post.map(Arc::new),
            host: settings.origin.split_once("://").map_or_else(String::new, |(_, host)| host.to_owned()),
            policy: RealmPolicy { rules, flows, ..settings.policy.clone() },
            edition: state.edition,
            serves: state.edition,
            origin: settings.origin.clone(),
            rolled_back,
            past: BTreeMap::new(),
        };
        let made = made.with_revoked(state);
        Ok(match making.before {
            Some(before) => made.with_the_past_of(before, now),
            None => made,
        })
    }

    /// The same realm, in which no login runs what was revoked.
    pub(crate) fn with_revoked(&self, state: &FlowState) -> Self {
        let mut realm = self.clone();
        let mut revisions = Revisions::default();
        realm.policy.revisions.all_earlier().for_each(|flow| revisions.keep(Arc::clone(flow)));
        state.revoked.iter().for_each(|revision| revisions.revoke(revision.clone()));
        realm.policy.revisions = revisions;
        realm
    }

    /// The same realm, after what the database said then was looked at and couldn't be used, but for what was revoked.
    pub(crate) fn without(&self, state: &FlowState) -> Self {
        Self { edition: state.edition, ..self.with_revoked(state) }
    }

    /// The same realm, which also knows these flows for logins that began with them.
    pub(crate) fn with_earlier(&self, flows: Vec<Arc<Flow>>, now: Timestamp) -> Self {
        let mut realm = self.clone();
        for flow in flows {
            realm.past.insert(flow.revision.clone(), now);
            realm.policy.revisions.keep(flow);
        }
        realm
    }

    /// The same realm, which also knows what another one knew for logins that can still be under way.
    pub(crate) fn with_the_past_of(self, before: &Self, now: Timestamp) -> Self {
        let mut realm = self;
        let lifetime = before.policy.limits.login_lifetime.max(realm.policy.limits.login_lifetime);
        for flow in before.policy.flows.values().chain(before.policy.revisions.all_earlier()) {
            let since = before.past.get(&flow.revision).copied().unwrap_or(now);
            let is_current = realm.policy.flows.get(&flow.name).is_some_and(|current| current.revision == flow.revision);
            if !is_current && now.since(since) < lifetime {
                realm.past.insert(flow.revision.clone(), since);
                realm.policy.revisions.keep(Arc::clone(flow));
            }
        }
        realm
    }

    pub(crate) fn id(&self) -> &RealmId {
        &self.policy.realm
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(crate) fn callback_url(&self, provider: &ProviderAlias) -> String {
        self.url(&format!("/broker/{provider}/callback"))
    }

    pub(crate) fn endpoints(&self) -> Endpoints {
        Endpoints {
            authorization: self.url("/authorize"),
            token: self.url("/token"),
            userinfo: self.url("/userinfo"),
            jwks: self.url("/jwks"),
        }
    }
}

/// The rules of the configuration and of the database.
pub(crate) fn rules(settings: &RealmSettings, stored: &[StoredRule]) -> Result<Arc<RuleSet>, RealmError> {
    match stored {
        [] => Ok(Arc::clone(&settings.policy.rules)),
        stored => {
            let rules = config::with_stored(settings, stored);
            rules.map(Arc::new).map_err(|error| RealmError::Rules(listed(&error)))
        }
    }
}

/// The flows that new logins begin with: what the files say, unless that was rolled back; and what they say where it was.
pub(crate) async fn flows(
    settings: &RealmSettings,
    state: &FlowState,
    store: &Store,
    before: Option<&Realm>,
) -> Result<(BTreeMap<FlowName, Arc<Flow>>, BTreeMap<FlowName, Revision>), RealmError> {
    let (mut flows, mut rolled_back) = (BTreeMap::new(), BTreeMap::new());
    for (name, flow) in &settings.policy.flows {
        let Some(serves) = state.rollbacks.get(&flow.revision) else {
            flows.insert(name.clone(), Arc::clone(flow));
            continue;
        };
        let pinned = Pinned { flow: name.clone(), revision: serves.clone() };
        let known = before.and_then(|before| before.policy.flow_in(name, serves)).cloned();
        let found = match known {
            Some(flow) => Some(flow),
            None => stored_flow(store, &settings.policy.realm, &pinned).await.map_err(RealmError::Store)?,
        };
        let found = found.ok_or(RealmError::RolledBack { flow: pinned.flow, revision: pinned.revision.0 })?;
        rolled_back.insert(name.clone(), flow.revision.clone());
        flows.insert(name.clone(), found);
    }
    Ok((flows, rolled_back))
}

/// The providers. One that is set up as before is kept: it knows the provider's metadata and keys.
fn providers(settings: &RealmSettings, making: &Making<'_>) -> Result<BTreeMap<ProviderAlias, Arc<OidcProvider>>, RealmError> {
    let provider = |settings: &upstream::OidcSettings| {
        let alias = settings.alias.clone();
        let before = making.before.and_then(|before| before.providers.get(&alias));
        if let Some(before) = before.filter(|before| before.is_set_up(settings, making.http)) {
            return Ok((alias, Arc::clone(before)));
        }
        match OidcProvider::new(settings.clone(), Arc::clone(making.http)) {
            Ok(provider) => Ok((alias, Arc::new(provider))),
            Err(source) => Err(RealmError::Provider(alias, source)),
        }
    };
    settings.providers.iter().map(provider).collect()
}

/// All that is wrong, in one line for the log.
fn listed(error: &ConfigError) -> String {
    let told = |problem: &config::Problem| format!("{}: {}; {}", problem.place, problem.reason, problem.remedy);
    error.problems.iter().map(told).collect::<Vec<_>>().join(" | ")
}

fn explain(error: &PostError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// The realm's keys; those that are missing are made. Of two nodes that start at once, one makes each key. Whoever only reads the database
/// signs nothing: there a missing key is one of the moment, and kept nowhere.
async fn keys(store: &Store, realm: &RealmId, wants_rsa: bool, now: Timestamp) -> Result<KeyRing, RealmError> {
    let stored = store.signing_keys(realm).await.map_err(RealmError::Store)?;
    let lacks = |alg| !stored.iter().any(|key: &SigningKey| key.alg() == alg);
    let mut made = Vec::new();
    if lacks(SigningAlg::Es256) {
        made.push(SigningKey::generate_es256().map_err(RealmError::Key)?);
    }
    if wants_rsa && lacks(SigningAlg::Rs256) {
        made.push(SigningKey::generate_rs256().map_err(RealmError::Key)?);
    }
    if store.only_reads() {
        return KeyRing::new(stored.into_iter().chain(made).collect()).map_err(RealmError::Key);
    }
    for key in &made {
        store.insert_signing_key(realm, 0, key, now).await.map_err(RealmError::Store)?;
    }
    let keys = if made.is_empty() { stored } else { store.signing_keys(realm).await.map_err(RealmError::Store)? };
    KeyRing::new(keys).map_err(RealmError::Key)
}
