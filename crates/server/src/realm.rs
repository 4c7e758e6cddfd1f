//! A realm, ready to serve.

use crate::adapters;
use crate::config::{self, ConfigError};
use crate::hub_keys::HubKeys;
use crate::mail::{Post, PostError};
use crate::settings::RealmSettings;
use domain::{ClientId, ProviderAlias, RealmId, Timestamp};
use downstream::{Client, Endpoints, KeyError, KeyRing, SigningAlg, SigningKey};
use flow_runtime::RealmPolicy;
use persistence::{Store, StoreError};
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
    /// The mail's settings are wrong.
    #[error("the realm's mail can't be set up: {0}")]
    Mail(String),
}

/// A realm, ready to serve. Its issuer is its origin.
pub(crate) struct Realm {
    pub(crate) policy: RealmPolicy,
    pub(crate) origin: String,
    pub(crate) host: String,
    pub(crate) keys: KeyRing,
    pub(crate) hub: HubKeys,
    pub(crate) providers: BTreeMap<ProviderAlias, OidcProvider>,
    pub(crate) clients: BTreeMap<ClientId, Client>,
    pub(crate) post: Option<Post>,
}

impl Realm {
    pub(crate) async fn open(
        settings: RealmSettings,
        store: &Store,
        http: &Arc<Http>,
        now: Timestamp,
    ) -> Result<Self, RealmError> {
        let stored = store.linking_rules(&settings.policy.realm).await.map_err(RealmError::Store)?;
        let rules = match stored.as_slice() {
            [] => Arc::clone(&settings.policy.rules),
            stored => Arc::new(config::with_stored(&settings, stored).map_err(|error| RealmError::Rules(listed(&error)))?),
        };
        let RealmSettings { policy, origin, providers, clients, mail, linking_rules: _ } = settings;
        let policy = RealmPolicy { rules, ..policy };
        let wants_rsa = clients.iter().any(|client| client.signing_alg == SigningAlg::Rs256);
        let secret = store.realm_secret(&policy.realm, "hub", adapters::fresh_entropy().expand("hub"), now).await;
        let provider = |settings: upstream::OidcSettings| {
            let alias = settings.alias.clone();
            match OidcProvider::new(settings, Arc::clone(http)) {
                Ok(provider) => Ok((alias, provider)),
                Err(source) => Err(RealmError::Provider(alias, source)),
            }
        };
        Ok(Self {
            keys: keys(store, &policy.realm, wants_rsa, now).await?,
            hub: HubKeys::new(&secret.map_err(RealmError::Store)?),
            providers: providers.into_iter().map(provider).collect::<Result<_, _>>()?,
            clients: clients.into_iter().map(|client| (client.id.clone(), client)).collect(),
            post: mail.as_ref().map(Post::new).transpose().map_err(|error| RealmError::Mail(explain(&error)))?,
            host: origin.split_once("://").map_or_else(String::new, |(_, host)| host.to_owned()),
            policy,
            origin,
        })
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

/// The realm's keys; those that are missing are made. Of two nodes that start at once, one makes each key.
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
    for key in &made {
        store.insert_signing_key(realm, 0, key, now).await.map_err(RealmError::Store)?;
    }
    let keys = if made.is_empty() { stored } else { store.signing_keys(realm).await.map_err(RealmError::Store)? };
    KeyRing::new(keys).map_err(RealmError::Key)
}
