//! Taking what the files, or the database, say now.

use super::status::Refusal;
use super::{Configured, Occasion, Opened, Serving, Status, judge};
use crate::adapters;
use crate::braid::Shared;
use crate::config::{ConfigError, Loaded, Seen, Source};
use crate::realm::{Making, Realm, RealmError};
use domain::{RealmId, Timestamp};
use persistence::{ByHand, FlowToApply, Store, StoreError};
use std::sync::Arc;
use upstream::HttpSetupError;

/// Why something newer isn't used. What served before keeps serving.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The files can't be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Outgoing HTTP can't be set up.
    #[error("outgoing HTTP can't be set up")]
    Http(#[from] HttpSetupError),
    /// A realm can't be made ready.
    #[error("the realm “{0}” can't be made ready")]
    Realm(RealmId, #[source] RealmError),
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
    /// The work was given up.
    #[error("reading the configuration was given up")]
    Given(#[from] tokio::task::JoinError),
    /// Nobody said where the settings come from.
    #[error("these settings come from no file")]
    NoSource,
}

/// What reloads need to know of the one before. Whoever has it reloads; the others wait.
pub(crate) struct Reloading {
    pub(crate) source: Option<(Source, Seen)>,
    pub(crate) configured: Configured,
    pub(crate) opened: Opened,
}

/// Makes the realms of a configuration ready, judges them, and keeps the revisions of their flows, so that any node can go on with a
/// login that begins with one of them.
pub(crate) async fn made(
    configured: &Configured,
    store: &Store,
    before: Option<&Serving>,
    occasion: Occasion<'_>,
) -> Result<Vec<Arc<Realm>>, ReloadError> {
    let now = adapters::now();
    let mut realms = Vec::new();
    for settings in &configured.realms {
        let id = &settings.policy.realm;
        let before = before.and_then(|serving| serving.realm(id)).map(Arc::as_ref);
        let making = Making { store, http: &configured.http, before, now };
        let realm = Realm::make(settings, &making).await.map_err(|source| ReloadError::Realm(id.clone(), source))?;
        realms.push(Arc::new(realm));
    }
    judge(configured, &realms, occasion).await?;
    if let Occasion::Files(why) = occasion {
        for settings in &configured.realms {
            apply(configured, settings.policy.flows.values(), (store, &settings.policy.realm), why, now).await?;
        }
    }
    Ok(realms)
}

async fn apply(
    configured: &Configured,
    flows: impl Iterator<Item = &Arc<flow_runtime::Flow>>,
    (store, realm): (&Store, &RealmId),
    why: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let flows: Vec<FlowToApply> = flows
        .filter_map(|flow| {
            let source = configured.documents.get(&flow.name)?;
            let (document, origin) = (source.text.clone(), source.origin.clone());
            Some(FlowToApply { name: flow.name.clone(), revision: flow.revision.clone(), document, origin })
        })
        .collect();
    let hand = ByHand { by: "Braid".to_owned(), reason: why.to_owned() };
    for flow in store.apply_flows(realm, &flows, &hand, now).await? {
        if let Some(to) = flows.iter().find(|to| to.name == flow) {
            tracing::info!(%realm, %flow, revision = to.revision.0, from = to.origin, why, "a flow was applied");
        }
    }
    Ok(())
}

impl Shared {
    /// Takes what the files say now, if all of it can be used.
    pub(crate) async fn reload(&self, why: &str) -> Result<(), ReloadError> {
        let mut reloading = self.reloading.lock().await;
        let Some((source, _)) = &reloading.source else { return Err(ReloadError::NoSource) };
        let source = source.clone();
        let Loaded { settings, seen } = tokio::task::spawn_blocking(move || source.load()).await?;
        if let Some((_, last)) = &mut reloading.source {
            *last = seen;
        }
        let taken = match settings {
            Ok(settings) => self.take(&mut reloading, settings, why).await,
            Err(error) => Err(error.into()),
        };
        match &taken {
            Ok(()) => tracing::info!(why, "the configuration was reloaded"),
            Err(error) => {
                let refusal = Refusal::new(error, adapters::now());
                refusal.log("the configuration");
                self.change(|serving| {
                    serving.status = Arc::new(Status { files: Some(refusal), ..Status::clone(&serving.status) })
                });
            }
        }
        taken
    }

    async fn take(&self, reloading: &mut Reloading, settings: crate::Settings, why: &str) -> Result<(), ReloadError> {
        let (configured, fixed, warnings) = Configured::sort(settings, Some(&reloading.configured))?;
        let realms = made(&configured, &self.store, Some(&self.serving()), Occasion::Files(why)).await?;
        for warning in warnings {
            tracing::warn!(place = %warning.place, remedy = warning.remedy, "{}", warning.reason);
        }
        let waits_for_a_restart = reloading.opened.waits_for_a_restart(&fixed, &self.store);
        for key in &waits_for_a_restart {
            tracing::warn!(key, "this was changed in the configuration, and is used after the next start");
        }
        self.change(|serving| {
            let taken = serving.status.taken + 1;
            let status = Status { taken_at: adapters::now(), taken, files: None, database: None, waits_for_a_restart };
            *serving = Serving::new(&configured, kept(serving, realms), status);
        });
        reloading.configured = configured;
        Ok(())
    }

    /// A realm as the database says now, for whoever found that it is past this edition.
    pub(crate) async fn renewed(&self, realm: &Arc<Realm>) -> Result<Arc<Realm>, StoreError> {
        self.renew(realm.id(), realm.edition).await?;
        Ok(self.serving().realm(realm.id()).cloned().unwrap_or_else(|| Arc::clone(realm)))
    }

    /// Takes what the database says about a realm, if nobody else did since this edition. What can't be used leaves everything as it
    /// was, except that what was revoked never runs.
    pub(super) async fn renew(&self, id: &RealmId, edition: i64) -> Result<(), StoreError> {
        let reloading = self.reloading.lock().await;
        let before = self.serving();
        if before.realm(id).is_none_or(|realm| realm.edition > edition) {
            return Ok(());
        }
        match made(&reloading.configured, &self.store, Some(&before), Occasion::Database).await {
            Ok(realms) => {
                tracing::info!(realm = %id, "rules or flows were changed in the database");
                self.change(|serving| {
                    let status = Status { database: None, ..Status::clone(&serving.status) };
                    *serving = Serving::new(&reloading.configured, kept(serving, realms), status);
                });
                Ok(())
            }
            Err(ReloadError::Store(error) | ReloadError::Realm(_, RealmError::Store(error))) => Err(error),
            Err(error) => {
                let state = self.store.flow_state(id).await?;
                let refusal = Refusal::new(&error, adapters::now());
                refusal.log("what the database says");
                self.change(|serving| {
                    serving.status = Arc::new(Status { database: Some(refusal), ..Status::clone(&serving.status) });
                    if let Some(realm) = serving.realms.iter_mut().find(|realm| realm.id() == id) {
                        *realm = Arc::new(realm.with_revoked(&state));
                    }
                });
                Ok(())
            }
        }
    }
}

/// The new realms, with what the old ones learned while the new ones were made.
fn kept(serving: &Serving, realms: Vec<Arc<Realm>>) -> Vec<Arc<Realm>> {
    let kept = |realm: Arc<Realm>| match serving.realm(realm.id()) {
        Some(before) => Arc::new(Realm::clone(&realm).with_the_past_of(before, adapters::now())),
        None => realm,
    };
    realms.into_iter().map(kept).collect()
}
