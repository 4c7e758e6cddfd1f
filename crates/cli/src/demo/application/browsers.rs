//! Which browser is signed in as whom, for as long as the demo runs.

use super::broker::{Account, Trip};
use axum::http::{HeaderMap, header};
use domain::{Digest, Secret};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Cookies of `localhost` are shared by all ports, so the name says whose it is.
const COOKIE: &str = "braid_demo_application";

/// More browsers or trips than this are not remembered.
const KEPT: usize = 1000;

#[derive(Default)]
pub(super) struct Browsers(Mutex<BTreeMap<Digest, Browser>>);

#[derive(Default)]
struct Browser {
    /// Logins that began and didn't end yet, by their state.
    trips: BTreeMap<String, Trip>,
    account: Option<Arc<Account>>,
}

impl Browsers {
    fn all(&self) -> MutexGuard<'_, BTreeMap<Digest, Browser>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A login begins.
    pub(super) fn depart(&self, browser: &Secret, trip: Trip) {
        let mut all = self.all();
        if all.len() >= KEPT {
            all.clear();
        }
        let trips = &mut all.entry(Digest::of(browser)).or_default().trips;
        if trips.len() >= KEPT {
            trips.clear();
        }
        trips.insert(trip.state().to_owned(), trip);
    }

    /// A login comes back, once.
    pub(super) fn arrive(&self, browser: &Secret, state: &str) -> Option<Trip> {
        self.all().get_mut(&Digest::of(browser))?.trips.remove(state)
    }

    pub(super) fn sign_in(&self, browser: &Secret, account: Account) {
        self.all().entry(Digest::of(browser)).or_default().account = Some(Arc::new(account));
    }

    pub(super) fn sign_out(&self, browser: &Secret) {
        self.all().remove(&Digest::of(browser));
    }

    pub(super) fn account(&self, browser: &Secret) -> Option<Arc<Account>> {
        self.all().get(&Digest::of(browser))?.account.clone()
    }
}

/// What the browser's cookie holds.
pub(super) fn secret_of(headers: &HeaderMap) -> Option<Secret> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split("; ")).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| Secret::new(value))
}

/// The cookie that remembers a browser.
pub(super) fn cookie(browser: &Secret) -> String {
    format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax", browser.reveal())
}
