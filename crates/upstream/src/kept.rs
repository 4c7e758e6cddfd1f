//! A fetched document that is kept: while it is fresh nobody asks again, while the provider is down the last good one
//! serves, and many who want it at once make one request.

use domain::Timestamp;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long things hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// So long a document is not asked for again.
    pub(crate) fresh: Duration,
    /// So long the last good one serves when there is no newer one.
    pub(crate) usable: Duration,
    /// So long a failure is remembered.
    pub(crate) failed: Duration,
    /// So long after a renewal there is no other one.
    pub(crate) renewed: Duration,
}

pub(crate) struct Kept<T, E> {
    pace: Pace,
    state: Mutex<State<T, E>>,
    turn: tokio::sync::Mutex<()>,
}

struct State<T, E> {
    good: Option<(Arc<T>, Timestamp)>,
    failed: Option<(Arc<E>, Timestamp)>,
    renewed: Option<Timestamp>,
}

impl<T, E: Error + 'static> Kept<T, E> {
    pub(crate) fn new(pace: Pace) -> Self {
        let state = State { good: None, failed: None, renewed: None };
        Self { pace, state: Mutex::new(state), turn: tokio::sync::Mutex::new(()) }
    }

    /// The document. `fetch` runs only if it has to.
    pub(crate) async fn get(&self, now: Timestamp, fetch: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, Arc<E>> {
        if let Some(settled) = self.settled(now) {
            return settled;
        }
        let _turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            Err(_) => match self.last_good(now) {
                Some(good) => return Ok(good),
                None => self.turn.lock().await,
            },
        };
        match self.settled(now) {
            Some(settled) => settled,
            None => self.keep(now, fetch.await),
        }
    }

    /// Another document than `seen`, because `seen` lacks something: fetched now, unless somebody just did. `None` if it
    /// is too early to ask again, or if there was no answer.
    pub(crate) async fn renew(&self, now: Timestamp, seen: &Arc<T>, fetch: impl Future<Output = Result<T, E>>) -> Option<Arc<T>> {
        let _turn = self.turn.lock().await;
        {
            let mut state = self.state();
            match &state.good {
                Some((good, _)) if !Arc::ptr_eq(good, seen) => return Some(good.clone()),
                _ => {}
            }
            if state.renewed.is_some_and(|at| now.since(at) < self.pace.renewed) {
                return None;
            }
            state.renewed = Some(now);
        }
        self.keep(now, fetch.await).ok()
    }

    fn settled(&self, now: Timestamp) -> Option<Result<Arc<T>, Arc<E>>> {
        let state = self.state();
        match (&state.good, &state.failed) {
            (Some((good, at)), _) if now.since(*at) < self.pace.fresh => Some(Ok(good.clone())),
            (Some((good, at)), Some((_, failed)))
                if now.since(*failed) < self.pace.failed && now.since(*at) < self.pace.usable =>
            {
                Some(Ok(good.clone()))
            }
            (_, Some((error, failed))) if now.since(*failed) < self.pace.failed => Some(Err(error.clone())),
            _ => None,
        }
    }

    fn last_good(&self, now: Timestamp) -> Option<Arc<T>> {
        let state = self.state();
        state.good.as_ref().filter(|(_, at)| now.since(*at) < self.pace.usable).map(|(good, _)| good.clone())
    }

    fn keep(&self, now: Timestamp, fetched: Result<T, E>) -> Result<Arc<T>, Arc<E>> {
        match fetched {
            Ok(document) => {
                let document = Arc::new(document);
                let mut state = self.state();
                state.good = Some((document.clone(), now));
                state.failed = None;
                Ok(document)
            }
            Err(error) => {
                let error = Arc::new(error);
                self.state().failed = Some((error.clone(), now));
                let good = self.last_good(now).ok_or_else(|| error.clone())?;
                tracing::warn!(
                    error = &error as &dyn Error,
                    "a provider's document couldn't be renewed; the last good one serves"
                );
                Ok(good)
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State<T, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
