//! What a commit changes, what is sent after it, and what it rests on.

use domain::{
    ActionToken, AuditEvent, AuditKind, BrowserSession, CanonicalSubject, ClientId, Digest, EmailAddress, IdentityKey,
    LinkedIdentity, OwnedAddress, Secret, Timestamp, User, UserId, Username, Version,
};
use serde::{Deserialize, Serialize};

/// A user that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUser {
    /// The key inside Braid.
    pub id: UserId,
    /// The canonical subject.
    pub subject: CanonicalSubject,
    /// The name to sign in with. It is free when it was looked up; the database has the last word.
    pub username: Option<Username>,
    /// The address.
    pub email: Option<OwnedAddress>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// Link to a picture.
    pub picture: Option<String>,
    /// What is stored of the password, a PHC string.
    pub password_hash: Option<Secret>,
    /// When.
    pub created_at: Timestamp,
}

impl NewUser {
    /// The user as it will be read after the commit.
    pub fn as_user(&self) -> User {
        User {
            id: self.id,
            subject: self.subject.clone(),
            username: self.username.clone(),
            email: self.email.clone(),
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            picture: self.picture.clone(),
            enabled: true,
            has_password: self.password_hash.is_some(),
            epoch: domain::Epoch::default(),
            version: Version::default(),
            created_at: self.created_at,
        }
    }
}

/// One change. All changes of a commit happen in one transaction, in this order, or none does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Makes a user. A proved address may be proved by nobody else ([`Conflict::Address`]), a username be nobody
    /// else's ([`Conflict::Username`]).
    CreateUser(Box<NewUser>),
    /// Takes an address from all users that never proved it, except one.
    ReleaseAddress {
        /// The address.
        address: EmailAddress,
        /// Who keeps it.
        except: UserId,
    },
    /// Ties an identity to a user. It may be tied to nobody yet ([`Conflict::Identity`]).
    Link(Box<LinkedIdentity>),
    /// The identity opened its account; what the provider says of it is kept.
    TouchIdentity {
        /// Which.
        key: IdentityKey,
        /// What the person is called there now.
        label: String,
        /// The address as asserted now.
        email: Option<domain::AssertedEmail>,
        /// When.
        at: Timestamp,
    },
    /// Starts a browser session.
    StartBrowserSession(Box<BrowserSession>),
    /// Ends the browser session that this login replaces.
    EndBrowserSession(Digest),
    /// Keeps a token for a mail, and uses up all others of the same login and purpose.
    IssueToken(Box<ActionToken>),
    /// Uses up a token. It must be there and unused ([`Conflict::Token`]).
    ConsumeToken(Digest),
    /// A right password: wrong ones before it don't count any more.
    ForgetWrongPasswords(UserId),
    /// The person let the client have these scopes.
    GrantConsent {
        /// Who.
        user: UserId,
        /// The client.
        client: ClientId,
        /// The scopes, added to those granted before.
        scopes: Vec<String>,
        /// When.
        at: Timestamp,
    },
    /// A security-relevant event that changes no other row.
    Record(AuditEvent),
}

impl Write {
    /// The audit record that belongs to this change, written in the same transaction. [`Write::ReleaseAddress`] has one for
    /// each account that it touches, which only the transaction knows.
    pub fn audit(&self) -> Option<AuditEvent> {
        let event = |kind, user| AuditEvent { kind, user: Some(user), subject: None, provider: None, detail: None };
        match self {
            Self::CreateUser(user) => {
                Some(AuditEvent { subject: Some(user.subject.clone()), ..event(AuditKind::UserCreated, user.id) })
            }
            Self::Link(link) => Some(AuditEvent {
                provider: Some(link.key.provider.clone()),
                detail: Some(link.proof.kind.as_str().to_owned()),
                ..event(AuditKind::IdentityLinked, link.user)
            }),
            Self::StartBrowserSession(session) => Some(AuditEvent {
                subject: Some(session.subject.clone()),
                provider: session.identity.as_ref().map(|identity| identity.provider.clone()),
                ..event(AuditKind::SignedIn, session.user)
            }),
            Self::GrantConsent { user, client, .. } => {
                Some(AuditEvent { detail: Some(client.to_string()), ..event(AuditKind::ConsentGranted, *user) })
            }
            Self::Record(event) => Some(event.clone()),
            Self::ReleaseAddress { .. }
            | Self::TouchIdentity { .. }
            | Self::EndBrowserSession(_)
            | Self::IssueToken(_)
            | Self::ConsumeToken(_)
            | Self::ForgetWrongPasswords(_) => None,
        }
    }
}

/// What a commit rests on: checked under lock in the transaction, in the order of user ids.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Guard {
    /// The user.
    pub user: UserId,
    /// The version that the decision was made on.
    pub version: Version,
}

/// Why a commit could not happen. The login looks again and decides anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// The identity was linked meanwhile.
    Identity,
    /// The username was taken meanwhile.
    Username,
    /// The address was proved by somebody else meanwhile.
    Address,
    /// The token was used meanwhile.
    Token,
}

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
    },
}
