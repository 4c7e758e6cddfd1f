//! A whole Braid, from the request to the database and back, without a socket to it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail by panicking; clippy takes what a macro makes into a test for something else"
)]

mod authorize;
mod cookies;
mod differential;
mod log;
mod mail;
mod people;
mod provider_trouble;
mod races;
mod rehearsal;
mod reload;
mod stories;
mod takeover;
mod tokens;
mod upstream_answers;
mod web;
