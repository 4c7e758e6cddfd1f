//! Where a sequence plays: a realm in a database, what its people have shown so far, and the time.

use super::cast::Cast;
use super::truth::{By, Seen, Truth};
use crate::scene::at;
use domain::{Digest, RealmId, Timestamp, UserId};
use flow_runtime::Next;
use persistence::{Commit, Committed, Store};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

/// One node's view of it. Clones share all but the store's handle.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) store: Store,
    pub(super) realm: RealmId,
    pub(super) cast: Arc<Cast>,
    truth: Arc<Mutex<Truth>>,
    clock: Arc<AtomicI64>,
    /// Whether each commit is judged at once. It is only where nothing else happens meanwhile.
    pub(super) judges: bool,
    /// Whether commits name the versions that they rest on, as they must.
    pub(super) guards: bool,
}

impl Place {
    pub(super) fn new(store: Store, realm: RealmId, cast: Cast) -> Self {
        let cast = Arc::new(cast);
        let truth = Arc::new(Mutex::new(Truth::new(Arc::clone(&cast))));
        Self { store, realm, cast, truth, clock: Arc::new(AtomicI64::new(0)), judges: true, guards: true }
    }

    /// The same place, seen by another node.
    pub(super) fn on(&self, store: Store) -> Self {
        Self { store, ..self.clone() }
    }

    pub(super) fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().unwrap()
    }

    pub(super) fn now(&self) -> Timestamp {
        at(self.clock.load(Ordering::Relaxed))
    }

    /// Time goes on.
    pub(super) fn waits(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Commits, notes what was done, and has it judged.
    pub(super) async fn commits(&self, by: By, commit: &Commit, next: &Next) -> Committed {
        let committed = self.store.commit(&self.realm, commit).await.unwrap();
        if matches!(committed, Committed::Done { .. }) {
            self.truth().note(by, commit);
            self.judges(by, Some((commit, next))).await;
        }
        committed
    }

    /// Has the judge look at what an act has done, where nothing else happens meanwhile.
    pub(super) async fn judges(&self, by: By, done: Option<(&Commit, &Next)>) {
        if !self.judges {
            return;
        }
        if done.is_none_or(|(commit, _)| !commit.writes.is_empty()) {
            let now = self.accounts().await;
            self.truth().judge(by, done.map(|(commit, _)| commit), now);
            self.looks_at_sessions().await;
        }
        if let (Some((_, next)), By::Login { who, .. }) = (done, by) {
            self.truth().judge_end(who, next);
        }
    }

    /// Every account that there is, as it is now.
    pub(super) async fn accounts(&self) -> Vec<Seen> {
        let known: Vec<UserId> = self.truth().accounts.keys().copied().collect();
        let mut accounts = Vec::new();
        for user in known {
            let Some(found) = self.store.own_identities(&self.realm, user).await.unwrap() else {
                self.truth().wrong(format!("{user} is gone without a trace"));
                continue;
            };
            let hash = self.store.password_hash(&self.realm, user).await.unwrap().map(|(hash, _)| hash.reveal().to_owned());
            let codes = self.store.one_time_codes(&self.realm, user).await.unwrap();
            let key = codes.map(|codes| codes.secret.seed.reveal().to_owned());
            accounts.push(Seen { user: found.user, identities: found.identities, hash, key });
        }
        accounts
    }

    /// A browser session lives while its account has the same past, and what it was gained through is there.
    pub(super) async fn looks_at_sessions(&self) {
        let expected: Vec<(Digest, bool)> = self.truth().living_sessions();
        for (digest, lives) in expected {
            let found = self.store.live_session(&self.realm, &digest, self.now()).await.unwrap();
            if found.is_some() != lives {
                let what = if lives {
                    "ended without a reason"
                } else {
                    "lives on, though its account's past died or its identity is gone"
                };
                self.truth().wrong(format!("a browser session {what}"));
            }
        }
    }

    /// The end: what is stored fits what was really shown, and the oracle finds nothing.
    pub(super) async fn judges_the_end(&self) {
        let now = self.accounts().await;
        self.truth().judge_all(&now);
        let sessions = self.truth().living_sessions();
        for (digest, ..) in sessions {
            if let Some(found) = self.store.live_session(&self.realm, &digest, self.now()).await.unwrap() {
                self.truth().judge_session(&digest, &found.user);
            }
        }
        for violation in persistence::check(&self.store, &self.realm).await.unwrap() {
            self.truth().wrong(format!("the oracle: {violation:?}"));
        }
    }
}
