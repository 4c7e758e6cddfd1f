//! What runs beside requests: sending what is in the outbox, and clearing away what has expired.

use crate::adapters;
use crate::braid::{Shared, until};
use crate::mail::PostError;
use domain::Timestamp;
use persistence::DueNotice;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often the outbox is looked at when nobody says that there is something in it.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How long a mail that was taken is left to its taker.
const LEASE: Duration = Duration::from_mins(2);
const AT_ONCE: u64 = 20;
const CLEAR_EVERY: Duration = Duration::from_mins(10);

/// Runs all jobs until the process stops.
pub(crate) async fn run(shared: Arc<Shared>, stopped: watch::Receiver<bool>) {
    let mut clearing = tokio::time::interval(CLEAR_EVERY);
    let stop = until(stopped);
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return,
            () = shared.outbox.notified() => deliver(&shared, adapters::now()).await,
            () = tokio::time::sleep(LOOK_EVERY) => deliver(&shared, adapters::now()).await,
            _ = clearing.tick() => clear(&shared, adapters::now()).await,
        }
    }
}

/// Sends all mail that is due.
pub(crate) async fn deliver(shared: &Shared, now: Timestamp) {
    loop {
        match shared.store.take_due(now, AT_ONCE, LEASE).await {
            Ok(due) if due.is_empty() => return,
            Ok(due) => {
                for notice in &due {
                    send(shared, notice, now).await;
                }
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the outbox can't be read");
                return;
            }
        }
    }
}

async fn send(shared: &Shared, due: &DueNotice, now: Timestamp) {
    let serving = shared.serving();
    let Some((realm, post)) = serving.realm(&due.realm).and_then(|realm| Some((realm, realm.post.as_ref()?))) else {
        tracing::warn!(realm = %due.realm, mail = due.id, "a mail waits in a realm that sends none");
        return;
    };
    let stored = match post.send(&due.notice, &realm.policy.name, &realm.origin, now).await {
        Ok(()) => shared.store.sent(due).await,
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, realm = %due.realm, mail = due.id, tries = due.tries, "a mail did not leave");
            shared.store.failed(due, next_try(&error, due.tries, now)).await
        }
    };
    if let Err(error) = stored {
        tracing::error!(error = &error as &dyn std::error::Error, mail = due.id, "the outbox can't be written");
    }
}

/// Twice the time after each try; what the server refused for good waits until it expires, in case it is told to change its mind.
fn next_try(error: &PostError, tries: i64, now: Timestamp) -> Timestamp {
    let exponent = u32::try_from(tries.clamp(0, 10)).unwrap_or(10);
    let wait = Duration::from_secs(1 << exponent);
    now.plus(if error.is_final() { Duration::from_hours(1).max(wait) } else { wait })
}

async fn clear(shared: &Shared, now: Timestamp) {
    match shared.store.purge_expired(now).await {
        Ok(rows) => tracing::debug!(rows, "cleared what had expired"),
        Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "what expired can't be cleared"),
    }
}
