//! A pretend world: a realm, its accounts, its mailbox and its providers, made of values. Nothing in it waits, or fails by chance.
//!
//! It answers the engine's questions as the driver does and commits as the store does, so that a flow can be tried on invented people.
//! A judge compares each commit with what really happened in this world and never asks the engine.

mod accounts;
mod answers;
mod commit;
mod credentials;
mod driver;
mod login;
mod oracle;

pub use commit::Refused;
pub use driver::{Came, Race};
pub use login::{Login, awaited_mail, form, request, request_for};

use crate::definition::declaration::AskKind;
use crate::linking::Reasons;
use crate::{Counter, Notice, RealmPolicy};
use domain::{
    ActionToken, AuditEvent, BrokeredIdentity, BrowserSession, ClientId, Digest, Entropy, ExchangeId, IdentityKey,
    LinkedIdentity, OneTimeSecret, Secret, SessionKey, Timestamp, UpstreamFailure, User, UserId,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a provider will answer to a code.
pub type Answer = Result<Box<BrokeredIdentity>, UpstreamFailure>;

/// What really happened, whatever the engine believes. Links and sessions are judged by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Given {
    /// In this login, somebody typed this user's password.
    Password(SessionKey, UserId),
    /// In this login, somebody typed a code of the application that belongs to this user's account.
    OneTimeCode(SessionKey, UserId),
    /// In this login, somebody used what only the reader of this mail can know.
    Mail(SessionKey, Digest),
    /// In this login, what only the reader of a mail can know was used up for this account.
    Mailbox(SessionKey, UserId),
    /// In this login, what only the reader of a mail to this address can know was used up.
    Address(SessionKey, String),
    /// In this login, this account got a password or an address. Whether it might is judged there.
    Renewed(SessionKey, UserId),
    /// In this login, this account was made.
    Account(SessionKey, UserId),
    /// In this login, a provider asserted this identity.
    Identity(SessionKey, IdentityKey),
    /// In this login, on a trip that was to prove an account, a provider asserted this identity, and that it had just logged in.
    CameBack(SessionKey, IdentityKey),
}

/// A trip to a provider, as the world saw it begin.
#[derive(Debug, Clone)]
pub struct Trip {
    /// When it began.
    pub began: Timestamp,
    /// Whether it was to prove an account, so that whoever comes back from it neither signs in nor is linked.
    pub proves: bool,
}

/// One realm and everything that is stored of it.
#[derive(Debug, Clone)]
pub struct World {
    /// The realm as its logins see it.
    pub policy: RealmPolicy,
    /// The time.
    pub now: Timestamp,
    /// Accounts.
    pub users: BTreeMap<UserId, User>,
    /// Passwords in the clear: nobody's, in no real world.
    pub passwords: BTreeMap<UserId, String>,
    /// What one-time codes are made of.
    pub seeds: BTreeMap<UserId, OneTimeSecret>,
    /// Linked identities.
    pub identities: BTreeMap<IdentityKey, LinkedIdentity>,
    /// Browser sessions by the digest of their cookie.
    pub sessions: BTreeMap<Digest, BrowserSession>,
    /// Tokens of mails that nobody has used.
    pub unused: BTreeSet<Digest>,
    /// All tokens of mails.
    pub issued: BTreeMap<Digest, ActionToken>,
    /// What users granted clients.
    pub granted: BTreeMap<(UserId, ClientId), Vec<String>>,
    /// What was counted against limits, by what it is counted for.
    pub spent: BTreeMap<(Counter, String), u32>,
    /// Mails, the newest last.
    pub outbox: Vec<Notice>,
    /// The audit trail, the newest last.
    pub audit: Vec<AuditEvent>,
    /// Answers of providers by code.
    pub upstream: BTreeMap<String, Answer>,
    /// Trips whose answer was fetched.
    pub redeemed: BTreeSet<ExchangeId>,
    /// Trips that began.
    pub trips: BTreeMap<ExchangeId, Trip>,
    /// What providers asserted of those who signed in, by login, the newest last.
    pub asserted: Vec<(SessionKey, BrokeredIdentity)>,
    /// What really happened.
    pub given: BTreeSet<Given>,
    /// The questions of the last event.
    pub asked: Vec<AskKind>,
    /// Why the linking rules came to their last verdict.
    pub reasons: Option<Reasons>,
    /// What the judge found wrong.
    pub wrongs: Vec<String>,
    /// Whether the judge takes a link without a proof that the flow's author waived. Who looks for such links doesn't set it.
    pub accepts_waived: bool,
    /// How much entropy was drawn.
    pub drawn: u64,
}

impl World {
    /// A realm in which nobody has an account yet.
    pub fn new(policy: RealmPolicy, now: Timestamp) -> Self {
        Self {
            policy,
            now,
            users: BTreeMap::new(),
            passwords: BTreeMap::new(),
            seeds: BTreeMap::new(),
            identities: BTreeMap::new(),
            sessions: BTreeMap::new(),
            unused: BTreeSet::new(),
            issued: BTreeMap::new(),
            granted: BTreeMap::new(),
            spent: BTreeMap::new(),
            outbox: Vec::new(),
            audit: Vec::new(),
            upstream: BTreeMap::new(),
            redeemed: BTreeSet::new(),
            trips: BTreeMap::new(),
            asserted: Vec::new(),
            given: BTreeSet::new(),
            asked: Vec::new(),
            reasons: None,
            wrongs: Vec::new(),
            accepts_waived: false,
            drawn: 0,
        }
    }

    /// Fresh entropy, the same in every run.
    pub fn entropy(&mut self) -> Entropy {
        self.drawn += 1;
        let mut bytes = [0x5a; 32];
        for (byte, drawn) in bytes.iter_mut().zip(self.drawn.to_le_bytes()) {
            *byte = drawn;
        }
        Entropy::from_bytes(bytes)
    }

    /// The token of the newest mail with a link to this address.
    pub fn newest_token(&self, to: &domain::EmailAddress) -> Option<Secret> {
        let to_them = self.outbox.iter().rev().filter(|notice| notice.to.names_the_same_mailbox_as(to));
        to_them.into_iter().find_map(|notice| notice.mail.token().cloned())
    }

    /// The code that this user's application makes next. None: it knows none.
    pub fn next_one_time_code(&self, user: UserId) -> Option<String> {
        self.seeds.get(&user).map(|secret| one_time_code(&secret.seed, secret.used.saturating_add(1)))
    }

    /// Puts a provider's answer under a new code.
    pub fn will_answer(&mut self, answer: Answer) -> domain::CallbackParams {
        let code = format!("code {}", self.upstream.len());
        self.upstream.insert(code.clone(), answer);
        domain::CallbackParams { code: Some(Secret::new(code)), iss: None, error: None }
    }
}

/// A stand-in for the HMAC of a token: six digits that nobody knows without the mail.
pub fn code_of(token: &Digest) -> String {
    let sum = token.as_str().bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(131).wrapping_add(u64::from(byte)));
    format!("{:06}", sum % 1_000_000)
}

/// A stand-in for RFC 6238: the code of a key at one step. Whoever waits for the next code asks for the next step.
pub fn one_time_code(seed: &Secret, step: i64) -> String {
    let sum = seed.reveal().bytes().fold(step.unsigned_abs(), |sum, byte| sum.wrapping_mul(131).wrapping_add(u64::from(byte)));
    format!("{:06}", sum % 1_000_000)
}

/// A stand-in for a password's hash.
fn hash_of(password: &Secret) -> Secret {
    Secret::new(format!("hash of {}", password.reveal()))
}

fn password_of(hash: &Secret) -> String {
    hash.reveal().strip_prefix("hash of ").unwrap_or_default().to_owned()
}
