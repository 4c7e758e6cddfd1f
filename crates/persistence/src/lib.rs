//! Keeps and finds, on SQLite and PostgreSQL.
//!
//! [`Store`] answers the runtime's questions and commits what the runtime decided, in one transaction each. It interprets
//! nothing: what a row means for a login is decided elsewhere. Unique keys, guards and compare-and-swap are the only defence
//! against races, so any node may serve any request.
//!
//! This crate must not know HTTP, pages, protocols or the clock.

pub mod accounts;
pub mod acts;
pub mod attempts;
mod attributes;
pub mod audit;
pub mod bulk;
pub mod candidates;
mod column;
pub mod commit;
pub mod consents;
pub mod decisions;
mod entity;
pub mod error;
pub mod flows;
pub mod grants;
pub mod identities;
pub mod keyring;
pub mod keys;
mod one_time;
pub mod open;
pub mod oracle;
pub mod outbox;
pub mod purge;
pub mod rules;
pub mod secrets;
pub mod sessions;
pub mod single_use;
mod store;
pub mod tokens;
pub mod users;

pub use acts::{ByHand, Linked, NewTie, PrimarySet, Unlinked};
pub use attempts::{CountKey, Counted};
pub use audit::AuditRecord;
pub use bulk::Arrived;
pub use commit::{Commit, Committed, SessionWrite};
pub use error::StoreError;
pub use flows::{FlowAct, FlowState, FlowToApply, StoredRevision};
pub use grants::{Redeemed, Refreshed};
pub use keyring::{Keyring, KeyringError, SealError, SealingKey};
pub use one_time::OneTimeCodes;
pub use open::{MigrateError, OpenError};
pub use oracle::{Violation, check};
pub use outbox::DueNotice;
pub use rules::{RulePut, StoredRule};
pub use single_use::SingleUse;
pub use store::Store;
