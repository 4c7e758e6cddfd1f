//! What a step comes to.

use crate::definition::declaration::Outcome;
use crate::definition::weighed::Weighed;
use crate::definition::{ExecutionId, Revision};
use crate::linking::Reasons;
use domain::{AuthenticationMethod, Digest, FlowName, FrameId, IdentityKey, Secret, Timestamp, UpstreamExchange, User, UserId};
use serde::{Deserialize, Serialize};

/// What follows a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The login rests on a page, which [`crate::view()`] draws.
    Show,
    /// The browser goes to a provider.
    Redirect(UpstreamExchange),
    /// The login is over; the browser goes to the client with the code.
    Finished(Box<Finish>),
    /// The login is over; a page says why, or the client is told.
    Denied(Denial),
}

/// The end of a login that went well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finish {
    /// Who signed in, and how.
    pub signed_in: SignedIn,
    /// The scopes that the client gets.
    pub scopes: Vec<String>,
    /// The authorization code for the client. Stored only inside the sealed session document.
    pub code: Secret,
    /// The secret of the new browser session's cookie. None if the browser was signed in already.
    pub cookie: Option<Secret>,
}

/// Who signed in, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The account.
    pub user: User,
    /// How the person authenticated.
    pub methods: Vec<AuthenticationMethod>,
    /// The identity that was used, if it was one.
    pub identity: Option<IdentityKey>,
    /// When the person authenticated.
    pub auth_time: Timestamp,
    /// The browser session, new or old.
    pub browser_session: Digest,
}

/// A polite no. Data for a person; the texts are the pages'.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    /// Which.
    pub code: DenialCode,
    /// Whether the browser goes straight back to the client instead of showing a page (`prompt=none`, or the person left).
    pub to_client: bool,
    /// What the flow says to the person, if it says something of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The stable codes of denials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DenialCode {
    /// The account is closed.
    AccountDisabled,
    /// Something ended what lived on the account while its owner was signing in: a new password, another address, a sign-out everywhere.
    AccountChanged,
    /// The provider is not (or no longer) in use.
    ProviderDisabled,
    /// The provider lets in only certain authorities behind it, and this identity is of another.
    AuthorityRefused,
    /// Identities of this provider belong to accounts, but don't begin a login.
    LinkOnly,
    /// A linking rule matches several accounts, so it can't be told which one is meant.
    Ambiguous,
    /// A linking rule refuses the login.
    RefusedByRule,
    /// Nothing in the flow could be used by this person.
    NoWayLeft,
    /// There is no account, and the flow makes none.
    NoAccount,
    /// An account may have the address, and nothing that this person could do here would prove it.
    NoProofPossible,
    /// The account has an identity of this provider already, and gets no other one.
    ProviderAlreadyLinked,
    /// A page would have been needed, but none may be shown.
    InteractionRequired,
    /// Nobody is signed in, and no page may be shown.
    LoginRequired,
    /// Consent is needed, and no page may be shown.
    ConsentRequired,
    /// The person refused consent.
    ConsentRefused,
    /// The person went back to the client.
    Left,
    /// The flow was changed or taken away under the login.
    FlowGone,
    /// The client was disabled under the login.
    ClientDisabled,
    /// Two commits in a row found the world changed, again and again.
    Busy,
    /// A condition could not be decided, so it denies.
    Undecided,
    /// The flow says no, perhaps with words of its own.
    DeniedByFlow,
    /// The person didn't accept the terms.
    TermsRefused,
    /// Two steps of one login signed in two accounts.
    OtherUser,
}

impl DenialCode {
    /// Why somebody who was in an account is out of it: it is closed, or its past has died. Only for those who have shown that it is theirs.
    pub(crate) fn of_lost(now: Option<&User>) -> Self {
        if now.is_some_and(User::is_open) { Self::AccountChanged } else { Self::AccountDisabled }
    }

    /// Every code.
    pub const ALL: &[Self] = &[
        Self::AccountDisabled,
        Self::AccountChanged,
        Self::ProviderDisabled,
        Self::AuthorityRefused,
        Self::LinkOnly,
        Self::Ambiguous,
        Self::RefusedByRule,
        Self::NoWayLeft,
        Self::NoAccount,
        Self::NoProofPossible,
        Self::ProviderAlreadyLinked,
        Self::InteractionRequired,
        Self::LoginRequired,
        Self::ConsentRequired,
        Self::ConsentRefused,
        Self::Left,
        Self::FlowGone,
        Self::ClientDisabled,
        Self::Busy,
        Self::Undecided,
        Self::DeniedByFlow,
        Self::TermsRefused,
        Self::OtherUser,
    ];

    /// The stable text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountDisabled => "account-disabled",
            Self::AccountChanged => "account-changed",
            Self::ProviderDisabled => "provider-disabled",
            Self::AuthorityRefused => "authority-refused",
            Self::LinkOnly => "link-only",
            Self::Ambiguous => "ambiguous",
            Self::RefusedByRule => "refused-by-rule",
            Self::NoWayLeft => "no-way-left",
            Self::NoAccount => "no-account",
            Self::NoProofPossible => "no-proof-possible",
            Self::ProviderAlreadyLinked => "provider-already-linked",
            Self::InteractionRequired => "interaction-required",
            Self::LoginRequired => "login-required",
            Self::ConsentRequired => "consent-required",
            Self::ConsentRefused => "consent-refused",
            Self::Left => "left",
            Self::FlowGone => "flow-gone",
            Self::ClientDisabled => "client-disabled",
            Self::Busy => "busy",
            Self::Undecided => "undecided",
            Self::DeniedByFlow => "denied-by-flow",
            Self::TermsRefused => "terms-refused",
            Self::OtherUser => "other-user",
        }
    }

    /// What the client is told (OpenID Connect Core §3.1.2.6, RFC 6749 §4.1.2.1).
    pub const fn oauth_error(self) -> &'static str {
        match self {
            Self::InteractionRequired => "interaction_required",
            Self::LoginRequired | Self::AccountChanged => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::Busy => "temporarily_unavailable",
            Self::FlowGone | Self::Undecided => "server_error",
            Self::AccountDisabled
            | Self::ProviderDisabled
            | Self::AuthorityRefused
            | Self::LinkOnly
            | Self::Ambiguous
            | Self::RefusedByRule
            | Self::NoWayLeft
            | Self::NoAccount
            | Self::NoProofPossible
            | Self::ProviderAlreadyLinked
            | Self::ConsentRefused
            | Self::DeniedByFlow
            | Self::TermsRefused
            | Self::OtherUser
            | Self::Left
            | Self::ClientDisabled => "access_denied",
        }
    }
}

/// A stale or foreign event: nothing changes, the current page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejected {
    /// The form was on another page.
    OldPage,
    /// Nothing waits for this.
    NotWaiting,
    /// The page has no such button, or the form is not complete.
    UnknownAction,
    /// The login has ended.
    Over,
    /// The mail's link was used, replaced by a newer mail, or is too old.
    DeadLink,
}

/// A broken world: the engine and an authenticator disagree, or an answer doesn't fit its question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A fact of another kind than the question.
    #[error("{authenticator}: the answer doesn't fit the question")]
    WrongFact {
        /// Who asked.
        authenticator: &'static str,
    },
    /// An effect that the declaration doesn't have.
    #[error("{authenticator} did what it doesn't declare: {what}")]
    Undeclared {
        /// Who.
        authenticator: &'static str,
        /// What.
        what: &'static str,
    },
    /// More turns between two rests than any flow can need.
    #[error("the flow {flow} didn't come to rest")]
    Restless {
        /// The flow.
        flow: FlowName,
    },
    /// A proof that isn't for this user, identity and frame.
    #[error("a link without a proof that fits it was stopped")]
    ForeignProof,
    /// A frame that can't be there.
    #[error("the login's frames are broken: {0}")]
    Frames(&'static str),
}

/// What is kept of one execution's turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The frame.
    pub frame: FrameId,
    /// Its flow.
    pub flow: FlowName,
    /// That flow's revision.
    pub revision: Revision,
    /// The execution.
    pub execution: ExecutionId,
    /// What it runs.
    pub name: String,
    /// How it ended this time.
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
    /// Who signs in, if that was known by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Why linking rules came to their verdict, if they were asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Reasons>,
    /// What the condition of a sub-flow came to, if this is one that was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Weighed>,
}
