//! What is written down of every security-relevant change.

use crate::{CanonicalSubject, ProviderAlias, UserId};
use serde::{Deserialize, Serialize};

/// The kinds of change that are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditKind {
    /// An account was made.
    UserCreated,
    /// An identity was tied to an account.
    IdentityLinked,
    /// An identity was taken off an account.
    IdentityUnlinked,
    /// Another identity feeds the account's profile from now on.
    PrimaryChanged,
    /// An account has another address.
    AddressChanged,
    /// An account proved its address.
    AddressProved,
    /// What an account had without proof was taken off it, because its address was proved by somebody else.
    UnprovedRemoved,
    /// An account was locked.
    UserLocked,
    /// An account was deleted; its subject stays taken.
    UserDeleted,
    /// An account's attributes were changed by hand.
    AttributesChanged,
    /// An account lost an address that it had never proved.
    AddressReleased,
    /// Somebody signed in.
    SignedIn,
    /// A login was refused.
    LoginRefused,
    /// A client was granted scopes.
    ConsentGranted,
    /// A family of refresh tokens was ended because an old one came back.
    RefreshReused,
    /// An authorization code came back a second time.
    CodeReused,
    /// An account was opened or closed.
    UserEnabled,
    /// An account was closed.
    UserDisabled,
    /// A browser session was ended by its owner.
    SignedOut,
    /// An account's password was set.
    PasswordChanged,
    /// An administrator wants an account's password to be replaced.
    PasswordRenewalRequired,
    /// An account's roles were changed.
    RolesChanged,
    /// An account got a username.
    UsernameChanged,
    /// The person accepted terms.
    TermsAccepted,
    /// An account got a second factor, perhaps in the place of another one.
    SecondFactorSet,
    /// An account lost its second factor.
    SecondFactorRemoved,
    /// What a client held was taken back.
    GrantRevoked,
    /// A linking rule was put into the database, changed there or taken out.
    LinkingRuleChanged,
    /// A revision of a flow was applied, rolled back to, revoked or allowed again.
    FlowChanged,
}

impl AuditKind {
    /// The name in storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserCreated => "user-created",
            Self::IdentityLinked => "identity-linked",
            Self::IdentityUnlinked => "identity-unlinked",
            Self::PrimaryChanged => "primary-changed",
            Self::AddressChanged => "address-changed",
            Self::AddressProved => "address-proved",
            Self::UnprovedRemoved => "unproved-removed",
            Self::UserLocked => "user-locked",
            Self::UserDeleted => "user-deleted",
            Self::AttributesChanged => "attributes-changed",
            Self::AddressReleased => "address-released",
            Self::SignedIn => "signed-in",
            Self::LoginRefused => "login-refused",
            Self::ConsentGranted => "consent-granted",
            Self::RefreshReused => "refresh-reused",
            Self::CodeReused => "code-reused",
            Self::UserEnabled => "user-enabled",
            Self::UserDisabled => "user-disabled",
            Self::SignedOut => "signed-out",
            Self::PasswordChanged => "password-changed",
            Self::PasswordRenewalRequired => "password-renewal-required",
            Self::RolesChanged => "roles-changed",
            Self::UsernameChanged => "username-changed",
            Self::TermsAccepted => "terms-accepted",
            Self::SecondFactorSet => "second-factor-set",
            Self::SecondFactorRemoved => "second-factor-removed",
            Self::GrantRevoked => "grant-revoked",
            Self::LinkingRuleChanged => "linking-rule-changed",
            Self::FlowChanged => "flow-changed",
        }
    }
}

/// One record. Personal values are by reference; secrets have no place in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// What happened.
    pub kind: AuditKind,
    /// To whom.
    pub user: Option<UserId>,
    /// Their subject.
    pub subject: Option<CanonicalSubject>,
    /// Through which provider.
    pub provider: Option<ProviderAlias>,
    /// A short fixed text: the proof's kind, the client, the reason.
    pub detail: Option<String>,
}
