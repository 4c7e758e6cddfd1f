//! The protocol, at its pure boundary: one file for each part of it. Names start with the row of the security reference.

mod authorize;
mod bearer;
mod client;
mod code;
mod discovery;
mod fixture;
mod id_token;
mod keys;
mod pkce;
mod redirect;
mod refresh;
mod token_request;
