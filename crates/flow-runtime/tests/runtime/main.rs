//! Whole logins in a world made of values: stories, laws that hold for every flow, and a walk through every state of the shipped flows.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "also helpers of tests may fail the test"
)]

mod checker;
mod explorer;
mod fuzz;
mod properties;
mod stories;
mod world;
