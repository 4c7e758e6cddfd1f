//! What a commit changes, what is sent after it, and what it rests on.

mod notice;

pub use notice::{MailKind, Notice};

use domain::{
    AccountState, ActionToken, AddressProof, Attributes, AuditEvent, AuditKind, BrowserSession, CanonicalSubject, ClientId,
    Digest, EmailAddress, IdentityId, IdentityKey, LinkedIdentity, LinkingDomain, OneTimeSecret, OwnedAddress, ProfileField,
    Provenance, Secret, TermsVersion, Timestamp, User, UserId, Username, Version,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
    /// Who gave each part of the profile.
    pub origins: BTreeMap<ProfileField, Provenance>,
    /// Further attributes.
    pub attributes: Attributes,
    /// The domain that it is made in.
    pub linking_domain: LinkingDomain,
    /// What is stored of the password, a PHC string.
    pub password_hash: Option<Secret>,
    /// What its one-time codes are made of, if it begins with a second factor.
    #[serde(default)]
    pub one_time: Option<OneTimeSecret>,
    /// The terms that the person accepted, and when.
    #[serde(default)]
    pub accepted_terms: BTreeMap<TermsVersion, Timestamp>,
    /// When.
    pub created_at: Timestamp,
}

impl NewUser {
    /// Somebody of whom nothing is known.
    pub fn unknown(id: UserId, subject: CanonicalSubject, created_at: Timestamp) -> Self {
        Self {
            id,
            subject,
            username: None,
            email: None,
            given_name: None,
            family_name: None,
            picture: None,
            origins: BTreeMap::new(),
            attributes: Attributes::new(),
            linking_domain: LinkingDomain::default(),
            password_hash: None,
            one_time: None,
            accepted_terms: BTreeMap::new(),
            created_at,
        }
    }

    /// The address, if it begins with a proof of it.
    pub fn proved_address(&self) -> Option<&EmailAddress> {
        self.email.as_ref().filter(|email| email.is_proved()).map(|email| &email.address)
    }

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
            origins: self.origins.clone(),
            attributes: self.attributes.clone(),
            linking_domain: self.linking_domain.clone(),
            state: AccountState::Open,
            has_password: self.password_hash.is_some(),
            password_set_at: self.password_hash.as_ref().map(|_| self.created_at),
            must_renew_password: false,
            has_one_time_codes: self.one_time.is_some(),
            roles: BTreeSet::new(),
            accepted_terms: self.accepted_terms.clone(),
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
    /// Takes an address from all users of one's linking domain that never proved it, except that one.
    ReleaseAddress {
        /// The address.
        address: EmailAddress,
        /// Who keeps it.
        except: UserId,
    },
    /// Ties an identity to a user, and moves the user's version. It may be tied to nobody yet ([`Conflict::Identity`]).
    Link(Box<LinkedIdentity>),
    /// Takes an identity off its user, and moves the user's version. Browser sessions, codes and grants that were gained through
    /// it end; if it was the primary one, the oldest of the others becomes primary. Without effect if it isn't the user's any more.
    Unlink {
        /// The tie.
        identity: IdentityId,
        /// Whose it is.
        user: UserId,
        /// Why.
        why: UnlinkReason,
    },
    /// Sets what is stored of the password, from now on, and moves the epoch: whatever lived on the account is dead, also what its clients
    /// were granted.
    SetPassword {
        /// Whose.
        user: UserId,
        /// A PHC string.
        hash: Secret,
    },
    /// Gives the account a second factor, perhaps in the place of another one, and moves the epoch: what lived on the account began
    /// without it.
    SetOneTimeCodes {
        /// Whose.
        user: UserId,
        /// What the codes are made of.
        secret: OneTimeSecret,
    },
    /// Gives an account that has none this username, and moves the version. It may be nobody's ([`Conflict::Username`]).
    SetUsername {
        /// Whose.
        user: UserId,
        /// The name.
        username: Username,
    },
    /// The person accepted terms, at the time of the commit. The version moves.
    AcceptTerms {
        /// Who.
        user: UserId,
        /// Which.
        version: TermsVersion,
    },
    /// Gives the account this address, and moves the epoch. A proved one may be proved by nobody else ([`Conflict::Address`]).
    SetAddress {
        /// Whose.
        user: UserId,
        /// The address.
        address: Box<OwnedAddress>,
    },
    /// Hands an account that never proved its address to whoever has just proved it: the password and every identity without an
    /// assurance of its own go, the address counts as proved, the epoch moves.
    HandOver {
        /// The account.
        user: UserId,
        /// What proves the address that it claims.
        proof: AddressProof,
    },
    /// Changes profile and attributes, and moves the version.
    ChangeProfile {
        /// Whose.
        user: UserId,
        /// How they are from now on.
        profile: Box<ProfileChange>,
    },
    /// The identity opened its account; what the provider says of it is kept.
    TouchIdentity {
        /// Which.
        key: IdentityKey,
        /// What the person is called there now.
        label: String,
        /// The address as asserted now.
        email: Option<domain::AssertedEmail>,
        /// Why the address counts as the holder's.
        assured: Option<AddressProof>,
        /// The claims that are kept.
        claims: BTreeMap<String, String>,
        /// When.
        at: Timestamp,
    },
    /// A login with the identity has ended well for the first time.
    Arrive(IdentityKey),
    /// Starts a browser session.
    StartBrowserSession(Box<BrowserSession>),
    /// Ends the browser session that this login replaces.
    EndBrowserSession(Digest),
    /// Keeps a token for a mail, and uses up all others of the same login and purpose; for [`domain::TokenPurpose::ChangeAddress`] also
    /// those of the account's other logins, so that the last wish counts.
    IssueToken(Box<ActionToken>),
    /// Uses up a token. It must be there and unused ([`Conflict::Token`]).
    ConsumeToken(Digest),
    /// A right password: wrong ones before it don't count any more.
    ForgetWrongPasswords(UserId),
    /// A right one-time code: wrong ones before it don't count any more.
    ForgetWrongCodes(UserId),
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
    /// The audit record that belongs to this change, written in the same transaction. [`Write::ReleaseAddress`] and
    /// [`Write::HandOver`] have one more for each account or identity that they touch, and [`Write::Unlink`] one if there was
    /// something to take off, which only the transaction knows.
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
            Self::SetPassword { user, .. } => Some(event(AuditKind::PasswordChanged, *user)),
            Self::SetOneTimeCodes { user, .. } => Some(event(AuditKind::SecondFactorSet, *user)),
            Self::SetUsername { user, .. } => Some(event(AuditKind::UsernameChanged, *user)),
            Self::AcceptTerms { user, version } => {
                Some(AuditEvent { detail: Some(version.to_string()), ..event(AuditKind::TermsAccepted, *user) })
            }
            Self::SetAddress { user, address } => {
                let kind = if address.is_proved() { AuditKind::AddressProved } else { AuditKind::AddressChanged };
                Some(event(kind, *user))
            }
            Self::HandOver { user, .. } => Some(event(AuditKind::UnprovedRemoved, *user)),
            Self::Unlink { .. }
            | Self::ChangeProfile { .. }
            | Self::ReleaseAddress { .. }
            | Self::TouchIdentity { .. }
            | Self::Arrive(_)
            | Self::EndBrowserSession(_)
            | Self::IssueToken(_)
            | Self::ConsumeToken(_)
            | Self::ForgetWrongPasswords(_)
            | Self::ForgetWrongCodes(_) => None,
        }
    }
}

/// Why an identity is taken off an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnlinkReason {
    /// Another identity of the same provider took its place.
    Replaced,
    /// It proved nothing, and somebody else proved the account's address.
    Unproved,
    /// Somebody did it by hand.
    ByHand {
        /// Who did it, as they were signed in.
        by: String,
        /// Why, in their words.
        reason: String,
    },
}

/// Profile and attributes as they are to be, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileChange {
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// Link to a picture.
    pub picture: Option<String>,
    /// Who gave each of these.
    pub origins: BTreeMap<ProfileField, Provenance>,
    /// Further attributes.
    pub attributes: Attributes,
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
