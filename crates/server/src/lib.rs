//! Connects: HTTP routes, the driver of the flow runtime, configuration, mail and jobs.
//!
//! The server answers the runtime's questions, commits what it decides, and draws what it shows. It holds no policy: what
//! depends on whose identity something is belongs in `flow-runtime`.

mod adapters;
mod braid;
pub mod config;
mod cookies;
mod driver;
mod handle;
mod hub_keys;
mod jobs;
pub mod mail;
mod network;
mod one_time;
mod password;
mod realm;
mod rehearsal;
mod respond;
mod routes;
mod serving;
pub mod settings;

pub use adapters::{fresh_entropy, now};
pub use braid::{Braid, ServeError, StartError};
pub use password::PasswordCost;
pub use rehearsal::{Claims, Rehearsal, RehearsalError};
pub use respond::reference_of;
pub use serving::{Change, ReloadError, foresee};
pub use settings::{MailRoute, MailTransport, Network, RealmSettings, Settings};
pub use ui::{Asset, assets};
