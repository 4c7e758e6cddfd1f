//! Braid against a provider that says whatever a test wants, over real sockets.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "also helpers of tests may fail the test"
)]

mod authorities;
mod browser_trip;
mod discovery;
mod documents;
mod fake;
mod id_token;
mod outgoing;
mod rotation;
mod scene;
mod signing;
mod user_info;
