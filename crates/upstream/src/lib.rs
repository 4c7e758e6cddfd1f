//! Speaks to identity providers, and ends in a [`domain::BrokeredIdentity`].
//!
//! What comes in is a trip (the secrets of one login's way to a provider and back) and what came back on the callback;
//! what goes out is who the provider says this is, or one [`UpstreamError`]. No database, no web framework, no clock and
//! no randomness: the time is an argument, and so is every secret. All requests leave through [`Http`], which refuses to
//! reach into the internal network.

mod claims;
mod discovery;
mod error;
mod http;
mod id_token;
mod json;
mod jws;
mod kept;
mod keys;
mod provider;
mod settings;
mod token;
mod trip;
mod user_info;

pub use discovery::DiscoveryError;
pub use error::{ClaimsError, DocumentError, UpstreamError};
pub use http::{GuardError, Http, HttpError, HttpSettings, HttpSetupError};
pub use id_token::IdTokenError;
pub use json::JsonError;
pub use jws::JwsError;
pub use keys::KeyError;
pub use provider::OidcProvider;
pub use settings::{ClaimsMapping, OidcSettings, SettingsError, SigningAlg, TokenAuth};
pub use token::TokenError;
pub use trip::{CallbackError, Trip};
pub use user_info::UserInfoError;
