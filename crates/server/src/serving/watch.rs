//! Looks for changes: in the files that the configuration was read from, and in the database.
//!
//! Files are read again each second and compared by what is in them. That needs no help of the operating system, works on network file
//! systems, and sees replaced files and swapped links as well as files that were written in place.

use crate::braid::{Shared, until};
use crate::config::Seen;
use crate::serving::Again;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often is looked.
const EVERY: Duration = Duration::from_secs(1);
/// How long files must have been left alone before they are read.
const REST: Duration = Duration::from_millis(200);
/// The same, for files that look as if somebody was still writing them.
const LONG_REST: Duration = Duration::from_secs(2);
/// How long a change is waited for to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// Looks until the process stops.
pub(crate) async fn run(shared: Arc<Shared>, stopped: watch::Receiver<bool>) {
    let stop = until(stopped);
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        tokio::select! {
            () = &mut stop => return,
            () = shared.look_around() => {}
        }
    }
}

impl Shared {
    /// Takes what changed since the last look.
    pub(crate) async fn look_around(&self) {
        self.look_at_the_database().await;
        if let Some((before, now)) = self.changed_files().await {
            settled(before, now).await;
            // Why it isn't used was logged, and stands on the health page.
            let _ = self.reload("its files changed").await;
        } else if self.is_to_be_read_again().await {
            let _ = self.reload("it may be usable now").await;
        }
    }

    async fn is_to_be_read_again(&self) -> bool {
        match &self.reloading.lock().await.again {
            Again::Never => false,
            Again::WithOtherEditions(before) => self.store.editions().await.is_ok_and(|now| now != *before),
            Again::Soon => true,
        }
    }

    async fn look_at_the_database(&self) {
        let editions = match self.store.editions().await {
            Ok(editions) => editions,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "it can't be seen whether rules or flows were changed");
                return;
            }
        };
        for realm in &self.serving().realms {
            if editions.get(realm.id().as_str()).is_some_and(|edition| *edition > realm.edition)
                && let Err(error) = self.renew(realm.id(), realm.edition).await
            {
                tracing::warn!(error = &error as &dyn std::error::Error, realm = %realm.id(), "changed rules or flows can't be read");
            }
        }
    }

    /// What the configuration was read from, and how that is now, if it isn't the same.
    async fn changed_files(&self) -> Option<(Seen, Seen)> {
        let before = self.reloading.lock().await.source.as_ref().map(|(_, seen)| seen.clone())?;
        let now = again(&before).await;
        (now != before).then_some((before, now))
    }
}

async fn again(seen: &Seen) -> Seen {
    let before = seen.clone();
    // If the work was given up, nothing was seen to change; the next look is soon.
    tokio::task::spawn_blocking(move || before.again()).await.unwrap_or_else(|_| seen.clone())
}

/// Waits until nobody is writing any more.
async fn settled(before: Seen, mut now: Seen) {
    let (mut rested, mut waited) = (Duration::ZERO, Duration::ZERO);
    while waited < PATIENCE {
        let long = now.is_unfinished_beside(&before);
        if rested >= if long { LONG_REST } else { REST } {
            return;
        }
        tokio::time::sleep(REST).await;
        let next = again(&now).await;
        rested = if next == now { rested + REST } else { Duration::ZERO };
        waited += REST;
        now = next;
    }
}
