//! What people live through, from the first request to the claims that the client gets.

mod consent;
mod first_login;
mod local;
pub(crate) mod second_factor;
mod silent;
mod trouble;
mod twice;
