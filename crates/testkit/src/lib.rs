//! A whole Braid in a test: a realm on a database of its own, identity providers that say whatever the test wants,
//! browsers with cookie jars, clients that trade their codes, and a mailbox.
//!
//! Requests go through the server's router without a socket. After each test the oracle looks at the database:
//! [`World::finish`] must be called, and a world that is dropped without it fails the test.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test's world that is broken ends the test"
)]

mod answer;
mod browser;
mod client;
mod cookies;
mod crowd;
mod html;
mod mail;
mod pages;
mod phone;
mod place;
mod provider;
mod scene;
mod signing;
mod world;

pub use answer::Answer;
pub use browser::Browser;
pub use client::{App, Begun, TokenAnswer};
pub use cookies::{Cookie, Jar};
pub use crowd::Crowd;
pub use html::{Button, Form};
pub use mail::Letter;
pub use pages::{A_DECISION, LOOKUPS, Read, pages_read};
pub use phone::Phone;
pub use place::Place;
pub use provider::{Provider, Trouble};
pub use scene::Scene;
pub use world::World;

/// The public origin of the realm in tests. Nothing listens there.
pub const ORIGIN: &str = "http://localhost:4700";
