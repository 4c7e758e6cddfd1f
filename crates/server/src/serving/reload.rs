//! Taking what the files, or the database, say now.

use super::status::Refusal;
use super::{Configured, Occasion, Opened, Serving, Status, judge};
use crate::adapters;
use crate::braid::Shared;
use crate::config::{ConfigError, Loaded, Seen, Source};
use crate::realm::{Making, Realm, RealmError};
use crate::settings::RealmSettings;
use domain::{RealmId, Timestamp};
use persistence::{ByHand, FlowToApply, Store, StoreError};
use std::collections::BTreeMap;
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
    pub(crate) again: Again,
    pub(crate) configured: Configured,
    pub(crate) opened: Opened,
}

/// When files are read again though nothing about them has changed.
#[derive(Debug)]
pub(crate) enum Again {
    /// They serve, or what is wrong stands in them.
    Never,
    /// They were refused beside what the database said then: the editions of its realms.
    WithOtherEditions(BTreeMap<String, i64>),
    /// Something else broke.
    Soon,
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
        let state = store.flow_state(id).await?;
        let making = Making { store, state: &state, http: &configured.http, before, now };
        realms.push(realm(settings, &making).await?);
    }
    judge(configured, &realms, occasion).await?;
    if let Occasion::Files(why) = occasion {
        for settings in &configured.realms {
            apply(configured, settings.policy.flows.values(), (store, &settings.policy.realm), why, now).await?;
        }
    }
    Ok(realms)
}

async fn realm(settings: &RealmSettings, making: &Making<'_>) -> Result<Arc<Realm>, ReloadError> {
    let made = Realm::make(settings, making).await;
    made.map(Arc::new).map_err(|source| ReloadError::Realm(settings.policy.realm.clone(), source))
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
            Ok(settings) => {
                // First the editions: what changes meanwhile is a reason to try again.
                let editions = self.store.editions().await;
                let taken = self.take(&mut reloading, settings, why).await;
                reloading.again = again(&taken, editions.ok());
                taken
            }
            Err(error) => {
                reloading.again = Again::Never;
                Err(error.into())
            }
        };
        match &taken {
            Ok(()) => tracing::info!(why, "the configuration was reloaded"),
            Err(error) => {
                let refusal = Refusal::new(error, adapters::now());
                refusal.log("the configuration");
                self.change_status(|status| status.files = Some(refusal));
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
            let status = Status { taken_at: adapters::now(), taken, files: None, database: BTreeMap::new(), waits_for_a_restart };
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
        let Some(current) = before.realm(id).filter(|realm| realm.edition <= edition) else { return Ok(()) };
        let settings = reloading.configured.realms.iter().find(|settings| settings.policy.realm == *id);
        let Some(settings) = settings else { return Ok(()) };
        let state = self.store.flow_state(id).await?;
        // However long the rest is judged.
        self.change_realm(id, |realm| realm.with_revoked(&state));
        let making = Making {
            store: &self.store,
            state: &state,
            http: &reloading.configured.http,
            before: Some(current),
            now: adapters::now(),
        };
        match renewed(&reloading.configured, settings, &making).await {
            Ok(realm) => {
                tracing::info!(realm = %id, "rules or flows were changed in the database");
                self.change_realm(id, |before| Realm::clone(&realm).with_the_past_of(before, adapters::now()));
                self.change_status(|status| _ = status.database.remove(id));
                Ok(())
            }
            Err(ReloadError::Store(error) | ReloadError::Realm(_, RealmError::Store(error))) => Err(error),
            Err(error) => {
                let refusal = Refusal::new(&error, adapters::now());
                refusal.log("what the database says");
                // Of the edition that was looked at: what was written meanwhile is looked at next.
                self.change_realm(id, |realm| realm.without(&state));
                self.change_status(|status| _ = status.database.insert(id.clone(), refusal));
                Ok(())
            }
        }
    }

    fn change_realm(&self, id: &RealmId, change: impl FnOnce(&Realm) -> Realm) {
        self.change(|serving| {
            if let Some(realm) = serving.realms.iter_mut().find(|realm| realm.id() == id) {
                *realm = Arc::new(change(realm));
            }
        });
    }

    fn change_status(&self, change: impl FnOnce(&mut Status)) {
        self.change(|serving| change(Arc::make_mut(&mut serving.status)));
    }
}

/// One realm made ready and judged, as the database says now.
async fn renewed(configured: &Configured, settings: &RealmSettings, making: &Making<'_>) -> Result<Arc<Realm>, ReloadError> {
    let realm = realm(settings, making).await?;
    judge(configured, std::slice::from_ref(&realm), Occasion::Database).await?;
    Ok(realm)
}

/// When what was just tried is tried again.
fn again(taken: &Result<(), ReloadError>, editions: Option<BTreeMap<String, i64>>) -> Again {
    match (taken, editions) {
        (Ok(()), _) => Again::Never,
        (Err(ReloadError::Store(_) | ReloadError::Realm(_, RealmError::Store(_))), _) | (Err(_), None) => Again::Soon,
        (Err(_), Some(editions)) => Again::WithOtherEditions(editions),
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
