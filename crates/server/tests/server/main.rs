//! A whole Braid, from the request to the database and back, without a socket to it.

mod authorize;
mod cookies;
mod log;
mod mail;
mod people;
mod provider_trouble;
mod races;
mod stories;
mod takeover;
mod tokens;
mod upstream_answers;
mod web;
