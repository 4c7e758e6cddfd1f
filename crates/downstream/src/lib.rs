//! Braid as an OpenID provider for clients: which requests are good, what answers them, and what is kept in between.
//!
//! Everything here is a value in and a value out. There is no database, web framework or clock: the server looks things
//! up, passes them in with `now` and `entropy`, and stores what comes out. The only randomness is in making keys.
//!
//! The server's way through it:
//! 1. `/authorize`: [`authorize::requested_client`], look the client up, [`authorize::authorize`]. After the login
//!    [`code::issue_code`], store the [`CodeGrant`], redirect to [`location::success_location`].
//! 2. `/token`: [`TokenRequest::read`], look the client up, [`TokenRequest::authenticate`]; then [`grant::redeem`] or
//!    [`grant::refresh`], store what they give, and answer with [`mint::mint`].
//! 3. `/userinfo`: [`access::bearer_token`], [`access::verify_access_token`], load the [`Grant`], [`Grant::is_alive`],
//!    [`claims::userinfo`].

pub mod access;
pub mod authorize;
pub mod claims;
pub mod client;
pub mod code;
pub mod discovery;
pub mod error;
pub mod grant;
mod jwt;
pub mod keys;
pub mod location;
pub mod mint;
mod params;
mod pkce;
pub mod redirect;
pub mod scope;
pub mod token;

pub use access::AccessToken;
pub use authorize::{PageReason, Refusal};
pub use claims::Claims;
pub use client::{Client, ClientKind, ClientRegistration, RegistrationError, RegistrationProblem, SecretMethod};
pub use code::{CodeGrant, SignedIn};
pub use discovery::Endpoints;
pub use error::{ErrorCode, TokenError};
pub use grant::{Grant, Issuance, RefreshRefusal, RefreshToken};
pub use keys::{KeyError, KeyRing, SigningAlg, SigningKey};
pub use mint::TokenResponse;
pub use redirect::{RedirectUri, RedirectUriError};
pub use token::{GrantRequest, TokenRequest};

#[cfg(test)]
mod tests;
