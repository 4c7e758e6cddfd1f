//! What is sent after a commit.

use domain::{EmailAddress, Secret, Timestamp};
use serde::{Deserialize, Serialize};

/// What is sent after a commit, at least once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Where to: always a stored or asserted address, never one from a form of this request.
    pub to: EmailAddress,
    /// What.
    pub mail: MailKind,
    /// When it is of no use any more.
    pub expires_at: Timestamp,
}

/// The mails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailKind {
    /// “Is this you?” at a first login. Sealed where it is stored, because it holds the token.
    ProveAddress {
        /// The token for the link.
        token: Secret,
        /// The provider's name.
        provider: String,
        /// What the person is called at the provider.
        identity: String,
        /// The client's name.
        client: String,
        /// Whether an existing account is linked (else a new one takes the address).
        links: bool,
    },
    /// An identity was linked to the account of this address.
    IdentityLinked {
        /// The provider's name.
        provider: String,
        /// What the person is called at the provider.
        identity: String,
        /// What they were called there by identities that it replaced.
        #[serde(default)]
        replaced: Vec<String>,
    },
    /// The way to a new password.
    ResetPassword {
        /// The token for the link.
        token: Secret,
        /// The client's name.
        client: String,
        /// Whether a fresh account takes the address, because nobody has proved it.
        fresh: bool,
    },
    /// There is no password to forget: the account signs in with providers.
    NoPassword {
        /// The providers' names.
        providers: Vec<String>,
        /// The client's name.
        client: String,
    },
    /// The account of this address has a new password.
    PasswordChanged {
        /// The account.
        account: String,
    },
    /// The account of this address has a second factor now, perhaps in the place of another one.
    SecondFactorSet {
        /// The account.
        account: String,
    },
    /// “Is this your address?”, to the address that an account is to have.
    ConfirmAddress {
        /// The token for the link.
        token: Secret,
        /// The account.
        account: String,
        /// The address that it has now, masked, if it is another one.
        from: Option<String>,
        /// The address that it gets.
        to: String,
    },
    /// Somebody wants this address for an account, but another account has proved it.
    AddressTaken {
        /// The address.
        address: String,
    },
    /// The account of this address has another one now.
    AddressChanged {
        /// The account.
        account: String,
        /// Its new address, masked.
        to: String,
    },
}

impl MailKind {
    /// The token of its link, if it has one.
    pub fn token(&self) -> Option<&Secret> {
        match self {
            Self::ProveAddress { token, .. } | Self::ResetPassword { token, .. } | Self::ConfirmAddress { token, .. } => {
                Some(token)
            }
            _ => None,
        }
    }
}
