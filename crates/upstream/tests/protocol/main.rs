//! Braid against a provider that says whatever a test wants, over real sockets.

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
