//! What an authenticator says about itself, as data. Reader, engine, checker and documentation go by it.

use super::config::{Config, Key};
use crate::authenticator::Authenticator;
use crate::session::Purpose;
use std::sync::Arc;

/// One kind of authenticator: what it declares, and how it is made from its configuration.
pub struct Kind {
    /// What it declares.
    pub declaration: &'static Declaration,
    /// Makes one from a configuration that the reader checked against the declaration's keys.
    pub build: fn(&Config) -> Arc<dyn Authenticator>,
}

/// What an authenticator may do. The engine faults on anything else.
#[derive(Debug)]
pub struct Declaration {
    /// Its name in YAML.
    pub name: &'static str,
    /// What it does, in one sentence for operators.
    pub summary: &'static str,
    /// The keys that it takes beside `requirement`.
    pub keys: &'static [Key],
    /// What must be there before it can do its work.
    pub needs: &'static [Need],
    /// How it may end.
    pub outcomes: &'static [Outcome],
    /// What its success may establish.
    pub establishes: &'static [Establishes],
    /// Which questions it may ask.
    pub asks: &'static [AskKind],
    /// Whether it may show a page of its own.
    pub shows: bool,
}

impl Declaration {
    /// Whether it has something to do in a frame of this purpose. What needs an identity has nothing to do where there is none, and
    /// where an identity's owner is sought, knowing somebody without regard to the identity is no answer. After a login
    /// nothing is found out, made or linked any more.
    pub fn has_a_place_in(&self, purpose: Purpose) -> bool {
        let needs_identity = self.needs.contains(&Need::Identity);
        match purpose {
            Purpose::Login => !needs_identity,
            Purpose::FirstLogin => {
                needs_identity || !self.establishes.contains(&Establishes::User) && !self.needs.contains(&Need::User)
            }
            Purpose::PostLogin => {
                self.establishes.iter().all(|what| *what == Establishes::SecondFactor)
                    && !self.needs.contains(&Need::ExistingUser)
            }
        }
    }
}

/// What an authenticator needs from those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A brokered identity: the flow serves first logins.
    Identity,
    /// An existing user that the identity may belong to.
    ExistingUser,
    /// A realm that can send mail.
    Mail,
    /// Somebody who has signed in.
    User,
    /// Somebody who has signed in or proved the account.
    Owner,
}

/// How an execution ended, in records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It did what it is there for.
    Succeeded,
    /// It doesn't apply to this person.
    Attempted,
    /// It waits for the person.
    Challenged,
    /// The person may try again on the same page.
    Retry,
    /// It can't be tried any more; the next alternative may.
    Exhausted,
    /// It ended the login.
    Denied,
    /// A sub-flow whose condition holds, so that it is there.
    Entered,
}

impl Outcome {
    /// The name in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Attempted => "attempted",
            Self::Challenged => "challenged",
            Self::Retry => "retry",
            Self::Exhausted => "exhausted",
            Self::Denied => "denied",
            Self::Entered => "entered",
        }
    }
}

/// What an authenticator's work may establish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Establishes {
    /// Who signs in.
    User,
    /// That an existing user may own the identity. It proves nothing.
    ExistingUser,
    /// A new user.
    NewUser,
    /// A proof that the identity belongs to an existing user.
    Proof,
    /// The profile that a new user gets.
    Profile,
    /// A brokered identity, whose first-login flow is called if it isn't linked.
    Identity,
    /// That whoever signs in holds the account's second factor.
    SecondFactor,
}

/// The kinds of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskKind {
    /// [`crate::Question::LiveSession`].
    LiveSession,
    /// [`crate::Question::FindUsers`].
    FindUsers,
    /// [`crate::Question::FindUser`].
    FindUser,
    /// [`crate::Question::FindCandidates`].
    FindCandidates,
    /// [`crate::Question::IdentitiesOf`].
    IdentitiesOf,
    /// [`crate::Question::FindIdentity`].
    FindIdentity,
    /// [`crate::Question::Redeem`].
    Redeem,
    /// [`crate::Question::CheckPassword`].
    CheckPassword,
    /// [`crate::Question::CheckOneTimeCode`].
    CheckOneTimeCode,
    /// [`crate::Question::TryOneTimeCode`].
    TryOneTimeCode,
    /// [`crate::Question::HashPassword`].
    HashPassword,
    /// [`crate::Question::ReserveMail`].
    ReserveMail,
    /// [`crate::Question::ReserveRecovery`].
    ReserveRecovery,
    /// [`crate::Question::FindToken`].
    FindToken,
    /// [`crate::Question::CheckMailCode`].
    CheckMailCode,
    /// [`crate::Question::GrantedScopes`].
    GrantedScopes,
}
