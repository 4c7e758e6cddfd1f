//! Looks whether what must be true of the data is true. Operators may run it; tests run it after every story.
//!
//! It reads tables as they are, and so finds what the code that writes them got wrong.

mod accounts;
mod gained;
mod once;
mod secrets;
mod select;
mod tombstones;
mod trail;

use crate::{Store, StoreError};
use domain::RealmId;

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule that is broken, in words.
    pub rule: &'static str,
    /// Which rows break it: ids and counts, never personal values.
    pub what: String,
}

/// All that is wrong in a realm. Nothing should be.
pub async fn check(store: &Store, realm: &RealmId) -> Result<Vec<Violation>, StoreError> {
    let mut found = Vec::new();
    found.extend(accounts::check(store, realm).await?);
    found.extend(tombstones::check(store, realm).await?);
    found.extend(gained::check(store, realm).await?);
    found.extend(once::check(store, realm).await?);
    found.extend(trail::check(store, realm).await?);
    found.extend(secrets::check(store, realm).await?);
    Ok(found)
}
