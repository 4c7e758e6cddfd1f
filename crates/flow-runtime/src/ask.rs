//! What the driver is asked, and what it answers.
//!
//! Facts come with the version of what they were read from (a [`domain::User`] carries its own). What a decision rests on
//! is checked again when it is committed.

use crate::definition::declaration::AskKind;
use domain::{
    ActionToken, AttributeName, BrokeredIdentity, BrowserSession, CallbackParams, ClientId, Digest, EmailAddress, IdentityKey,
    LinkedIdentity, LinkingDomain, ProviderAlias, Secret, Timestamp, UpstreamExchange, UpstreamFailure, User, UserId, Username,
};
use std::collections::BTreeSet;
use std::time::Duration;

/// What the driver is asked. No transaction is open while it finds the answer.
#[derive(Debug, Clone)]
pub enum Question {
    /// Which live browser session has this digest? → [`Fact::LiveSession`]
    LiveSession(Digest),
    /// Who has this username, who this address (proved or not)? → [`Fact::FoundUsers`]
    FindUsers {
        /// The username.
        username: Option<Username>,
        /// The address.
        email: Option<EmailAddress>,
    },
    /// How is this user now? → [`Fact::FoundUser`]
    FindUser(UserId),
    /// Who may own an identity with these values? → [`Fact::Candidates`]
    FindCandidates(Box<Sought>),
    /// Which identities has this user now? → [`Fact::OwnIdentities`]
    IdentitiesOf(UserId),
    /// Is this identity linked, and whose is it? → [`Fact::FoundIdentity`]
    FindIdentity(IdentityKey),
    /// Trade the code for the identity. The driver first uses up the exchange, so that it happens once. → [`Fact::Brokered`]
    Redeem {
        /// The trip.
        exchange: UpstreamExchange,
        /// What came back.
        params: CallbackParams,
    },
    /// Is this the user's password? The driver first commits the reservations. Where there is no such user (or no
    /// password) it takes the same time and answers the same. → [`Fact::Password`]
    CheckPassword {
        /// The user. None: nobody has that name.
        user: Option<UserId>,
        /// The name as typed, to count tries by where there is no user.
        login: String,
        /// What was typed.
        password: Secret,
        /// What is counted.
        reservations: Vec<Reservation>,
    },
    /// Is this a code of the application that this account's owner has, and not used before? The driver first commits the reservations; a
    /// right code is used up by that. → [`Fact::OneTimeCode`]
    CheckOneTimeCode {
        /// Whose.
        user: UserId,
        /// What was typed, digits only.
        code: Secret,
        /// What is counted.
        reservations: Vec<Reservation>,
    },
    /// Does this new key make this code now? The driver first commits the reservations. → [`Fact::TriedOneTimeCode`]
    TryOneTimeCode {
        /// Whose it will be.
        user: UserId,
        /// The key in base32.
        seed: Secret,
        /// What was typed, digits only.
        code: Secret,
        /// What is counted.
        reservations: Vec<Reservation>,
    },
    /// What is stored of this new password? The driver first commits the reservations. → [`Fact::PasswordHash`]
    HashPassword {
        /// What was typed.
        password: Secret,
        /// What is counted.
        reservations: Vec<Reservation>,
    },
    /// May a mail go there? The driver commits the reservations. → [`Fact::MailReserved`]
    ReserveMail {
        /// The mailbox.
        address: EmailAddress,
        /// What is counted.
        reservations: Vec<Reservation>,
    },
    /// May somebody ask for a new password of whoever has this name? The driver commits the reservations, whether there is
    /// somebody or not. → [`Fact::MailReserved`]
    ReserveRecovery {
        /// The name as typed.
        name: String,
        /// What is counted.
        reservations: Vec<Reservation>,
    },
    /// Which unused token has this digest? → [`Fact::FoundToken`]
    FindToken(Digest),
    /// Is this the short code of that token? The driver first commits the reservation. → [`Fact::MailCode`]
    CheckMailCode {
        /// The newest mail's token.
        token: Digest,
        /// What was typed, digits only.
        code: Secret,
        /// What is counted.
        reservation: Reservation,
    },
    /// Which scopes has this user granted this client? → [`Fact::GrantedScopes`]
    GrantedScopes {
        /// The user.
        user: UserId,
        /// The client.
        client: ClientId,
    },
}

/// What accounts are sought by. Each part is one indexed look-up, whatever it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// Only accounts of this domain are found.
    pub domain: LinkingDomain,
    /// Addresses, proved or not.
    pub emails: Vec<EmailAddress>,
    /// Usernames.
    pub usernames: Vec<Username>,
    /// Values of attributes.
    pub attributes: Vec<(AttributeName, String)>,
    /// Which providers hand out those attributes. Values that they or an administrator gave come before all others.
    pub handed_out: BTreeSet<(AttributeName, ProviderAlias)>,
    /// A username that is wanted for a new account, of whatever domain.
    pub wanted: Option<Username>,
}

impl Sought {
    /// The most accounts that are found. More than that are nobody's own.
    pub const MOST: usize = 16;
}

/// Who was found.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    /// Every account that has one of the values, once, in the order of their ids; at most [`Sought::MOST`].
    pub accounts: Vec<Candidate>,
    /// There are more who have one of the values for sure: a username, an attribute from somebody who hands it out, or an address that they
    /// proved.
    pub more: bool,
    /// There are more who only claim an address. Everybody else comes before them, so that no crowd of claims hides an owner.
    pub more_claims: bool,
    /// Whether the wanted username is somebody's.
    pub wanted_is_taken: bool,
}

/// An account, with what is tied to it.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The account.
    pub user: User,
    /// Its identities, the primary one first.
    pub identities: Vec<LinkedIdentity>,
}

/// One count that a costly question uses up, whatever its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// What is counted.
    pub counter: Counter,
    /// How many are allowed within the window.
    pub limit: u32,
    /// How long one counts.
    pub window: Duration,
}

/// What is counted; the driver knows the key that belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counter {
    /// Passwords, by user (or by the name as typed, where there is no user).
    PasswordByAccount,
    /// Passwords, by the network that the request came from.
    PasswordByNetwork,
    /// New passwords, by the network that the request came from.
    RegistrationByNetwork,
    /// Mails, by mailbox.
    MailByAddress,
    /// Mails, by the network that the request came from.
    MailByNetwork,
    /// Forgotten passwords, by the name as typed.
    RecoveryByName,
    /// Short codes, by the mail's token.
    CodeByToken,
    /// One-time codes, by user.
    OneTimeCodeByAccount,
}

impl Counter {
    /// The name in storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordByAccount => "password-by-account",
            Self::PasswordByNetwork => "password-by-network",
            Self::RegistrationByNetwork => "registration-by-network",
            Self::MailByAddress => "mail-by-address",
            Self::MailByNetwork => "mail-by-network",
            Self::RecoveryByName => "recovery-by-name",
            Self::CodeByToken => "code-by-token",
            Self::OneTimeCodeByAccount => "one-time-code-by-account",
        }
    }
}

/// What the driver answers.
#[derive(Debug, Clone)]
pub enum Fact {
    /// To [`Question::LiveSession`]: the session, if it hasn't expired or been ended, and its user.
    LiveSession(Option<Box<LiveSession>>),
    /// To [`Question::FindUsers`].
    FoundUsers(Box<FoundUsers>),
    /// To [`Question::FindUser`].
    FoundUser(Option<Box<User>>),
    /// To [`Question::FindCandidates`].
    Candidates(Box<Candidates>),
    /// To [`Question::IdentitiesOf`]. None: there is no such user.
    OwnIdentities(Option<Box<Candidate>>),
    /// To [`Question::FindIdentity`].
    FoundIdentity(Option<Box<KnownIdentity>>),
    /// To [`Question::Redeem`].
    Brokered(Result<Box<BrokeredIdentity>, UpstreamFailure>),
    /// To [`Question::CheckPassword`].
    Password(PasswordVerdict),
    /// To [`Question::CheckOneTimeCode`].
    OneTimeCode(OneTimeVerdict),
    /// To [`Question::TryOneTimeCode`]: the step that the code belongs to if it is right, or when to try again.
    TriedOneTimeCode(Result<Option<i64>, Timestamp>),
    /// To [`Question::HashPassword`]: a PHC string, or when to try again.
    PasswordHash(Result<Secret, Timestamp>),
    /// To [`Question::ReserveMail`] and [`Question::ReserveRecovery`]: None if the mail may go, else when to try again.
    MailReserved(Option<Timestamp>),
    /// To [`Question::FindToken`].
    FoundToken(Option<Box<ActionToken>>),
    /// To [`Question::CheckMailCode`].
    MailCode(CodeVerdict),
    /// To [`Question::GrantedScopes`].
    GrantedScopes(Vec<String>),
}

/// A browser session and its user as they are now.
#[derive(Debug, Clone)]
pub struct LiveSession {
    /// The session.
    pub session: BrowserSession,
    /// The user.
    pub user: User,
}

/// Who has a name, and who an address.
#[derive(Debug, Clone, Default)]
pub struct FoundUsers {
    /// The user with that username.
    pub by_username: Option<User>,
    /// All users with that address, proved or not.
    pub by_email: Vec<User>,
}

/// A linked identity and its user as they are now.
#[derive(Debug, Clone)]
pub struct KnownIdentity {
    /// The link.
    pub link: LinkedIdentity,
    /// The user.
    pub user: User,
}

/// What came of a password.
#[derive(Debug, Clone)]
pub enum PasswordVerdict {
    /// It is right; this is the user that it was compared with.
    Right(Box<User>),
    /// It is wrong, or there is nobody.
    Wrong,
    /// Too many tries; the next one counts from then on.
    TooMany {
        /// When to try again.
        until: Timestamp,
    },
}

/// What came of a one-time code.
#[derive(Debug, Clone)]
pub enum OneTimeVerdict {
    /// It is right; this is the user whose it is.
    Right(Box<User>),
    /// It isn't, or there are no codes for this account.
    Wrong,
    /// It was right once, and was used. The next one comes within half a minute.
    Used,
    /// Too many tries; the next one counts from then on.
    TooMany {
        /// When to try again.
        until: Timestamp,
    },
}

impl Question {
    /// The address whose holders are asked for.
    pub(crate) fn address(&self) -> Option<&EmailAddress> {
        match self {
            Self::FindUsers { email, .. } => email.as_ref(),
            Self::FindCandidates(sought) => sought.emails.first(),
            _ => None,
        }
    }

    /// The username whose holder is asked for.
    pub(crate) fn username(&self) -> Option<&Username> {
        match self {
            Self::FindUsers { username, .. } => username.as_ref(),
            Self::FindCandidates(sought) => sought.wanted.as_ref(),
            _ => None,
        }
    }

    /// Which kind of question this is.
    pub const fn kind(&self) -> AskKind {
        match self {
            Self::LiveSession(_) => AskKind::LiveSession,
            Self::FindUsers { .. } => AskKind::FindUsers,
            Self::FindUser(_) => AskKind::FindUser,
            Self::FindCandidates(_) => AskKind::FindCandidates,
            Self::IdentitiesOf(_) => AskKind::IdentitiesOf,
            Self::FindIdentity(_) => AskKind::FindIdentity,
            Self::Redeem { .. } => AskKind::Redeem,
            Self::CheckPassword { .. } => AskKind::CheckPassword,
            Self::CheckOneTimeCode { .. } => AskKind::CheckOneTimeCode,
            Self::TryOneTimeCode { .. } => AskKind::TryOneTimeCode,
            Self::HashPassword { .. } => AskKind::HashPassword,
            Self::ReserveMail { .. } => AskKind::ReserveMail,
            Self::ReserveRecovery { .. } => AskKind::ReserveRecovery,
            Self::FindToken(_) => AskKind::FindToken,
            Self::CheckMailCode { .. } => AskKind::CheckMailCode,
            Self::GrantedScopes { .. } => AskKind::GrantedScopes,
        }
    }
}

impl Fact {
    /// The users that a decision on this fact rests on, with the versions that they were read at.
    pub(crate) fn rests_on(&self) -> Option<&User> {
        match self {
            Self::LiveSession(found) => found.as_ref().map(|found| &found.user),
            Self::FoundUser(found) => found.as_deref(),
            Self::OwnIdentities(found) => found.as_ref().map(|found| &found.user),
            Self::FoundIdentity(found) => found.as_ref().map(|found| &found.user),
            Self::Password(PasswordVerdict::Right(user)) | Self::OneTimeCode(OneTimeVerdict::Right(user)) => Some(user),
            _ => None,
        }
    }
}

/// What came of a short code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeVerdict {
    /// It is the code of that token.
    Right,
    /// It isn't.
    Wrong,
    /// Too many tries for that token.
    TooMany,
}
