//! What an application asked for.

use crate::{ClientId, ProviderAlias};
use serde::{Deserialize, Serialize};

/// An authorization request that was checked against its client (OpenID Connect Core §3.1.2.1). The redirect URI in it
/// is one that the client registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizeRequest {
    /// Who asks.
    pub client: ClientId,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// Whether the request named the redirect URI, so that the token request must too (RFC 6749 §4.1.3).
    pub redirect_uri_was_given: bool,
    /// Handed back unchanged.
    pub state: Option<String>,
    /// Put into the ID token unchanged.
    pub nonce: Option<String>,
    /// The scopes granted at most, without repetition, in the order asked.
    pub scopes: Vec<String>,
    /// The S256 challenge (RFC 7636 §4.2).
    pub code_challenge: Option<String>,
    /// What may be shown.
    pub prompt: Prompt,
    /// The oldest acceptable authentication, in seconds.
    pub max_age: Option<u64>,
    /// What to write into the login form; it selects nobody.
    pub login_hint: Option<String>,
    /// Straight to this provider (`provider-hint`, `kc_idp_hint`).
    pub provider_hint: Option<ProviderAlias>,
    /// What the person is to do, beside signing in.
    pub wish: Wish,
}

/// What a person is sent to Braid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// To sign in.
    #[default]
    SignIn,
    /// To make an account (`prompt=create`, Initiating User Registration 1.0).
    Create,
    /// To set a new password, because the old one is forgotten.
    Recover,
    /// To show that the account's address is theirs.
    VerifyAddress,
    /// To give the account another address.
    ChangeAddress,
    /// To give the account a second factor.
    SecondFactor,
}

/// The `prompt` values that Braid acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "prompt is a set of flags in the standard")]
pub struct Prompt {
    /// No page may be shown.
    pub none: bool,
    /// An existing browser session doesn't count.
    pub login: bool,
    /// Consent is asked again.
    pub consent: bool,
    /// The person chooses the account; treated as `login`.
    pub select_account: bool,
}
