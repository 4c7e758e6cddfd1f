//! What outlives one request: browser sessions, action tokens, and the numbers that end them.

use crate::{CanonicalSubject, ClientId, Digest, EmailAddress, FlowName, FrameId, IdentityKey, SessionKey, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Moves when an account's past must die: whatever carries an older one is dead, without a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub i64);

impl Epoch {
    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Moves with every change of a row. A guard names the one that a decision was made on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub i64);

/// How somebody authenticated (RFC 8176 names where it has one).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthenticationMethod {
    /// A password here: `pwd`.
    Password,
    /// An identity provider: `fed`.
    Federated,
    /// A mail proof here: `mail`.
    Mail,
    /// A code of the account's authenticator application: `otp`.
    OneTimeCode,
}

impl AuthenticationMethod {
    /// The `amr` value.
    pub const fn amr(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::Federated => "fed",
            Self::Mail => "mail",
            Self::OneTimeCode => "otp",
        }
    }
}

/// A post-login flow that let somebody through. It says nothing of the flow as it is changed later, nor of other clients, which it may treat
/// otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedFlow {
    /// The flow.
    pub flow: FlowName,
    /// Its revision then.
    pub revision: String,
    /// The client that the person was on the way to.
    pub client: ClientId,
}

/// A finished browser login. The cookie holds the secret, this its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowserSession {
    /// Digest of the cookie's secret.
    pub id: Digest,
    /// Who is signed in.
    pub user: UserId,
    /// The account's subject.
    pub subject: CanonicalSubject,
    /// The account's epoch when it signed in.
    pub epoch: Epoch,
    /// How.
    pub methods: Vec<AuthenticationMethod>,
    /// The identity that was used, if it was one.
    pub identity: Option<IdentityKey>,
    /// The post-login flow that let the person through before it began.
    pub passed: Option<PassedFlow>,
    /// When the person last authenticated.
    pub auth_time: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// What an action token may be used for. The purpose is part of its key, so a token of one kind is nothing elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenPurpose {
    /// Proves a mailbox inside a first login.
    ProveAddress,
    /// Lets a new password be set.
    ResetPassword,
    /// Proves the address of the account that is signed in.
    VerifyAddress,
    /// Proves the address that the account that is signed in is to have.
    ChangeAddress,
}

impl TokenPurpose {
    /// The name in storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProveAddress => "prove-address",
            Self::ResetPassword => "reset-password",
            Self::VerifyAddress => "verify-address",
            Self::ChangeAddress => "change-address",
        }
    }
}

/// The name of no purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is no purpose of a token")]
pub struct TokenPurposeError;

impl TryFrom<String> for TokenPurpose {
    type Error = TokenPurposeError;
    fn try_from(text: String) -> Result<Self, TokenPurposeError> {
        [Self::ProveAddress, Self::ResetPassword, Self::VerifyAddress, Self::ChangeAddress]
            .into_iter()
            .find(|purpose| purpose.as_str() == text)
            .ok_or(TokenPurposeError)
    }
}

/// A single-use thing in a mail, bound to one execution of one login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionToken {
    /// Digest of the token in the mail.
    pub digest: Digest,
    /// What it is for.
    pub purpose: TokenPurpose,
    /// The login that it belongs to.
    pub session: SessionKey,
    /// The frame that waits for it.
    pub frame: FrameId,
    /// The account that it proves, with its epoch when the mail was written. None when it proves an address only.
    pub user: Option<(UserId, Epoch)>,
    /// The mailbox.
    pub address: EmailAddress,
    /// When it stops working.
    pub expires_at: Timestamp,
}
