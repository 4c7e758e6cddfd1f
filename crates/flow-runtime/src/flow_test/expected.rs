//! What must have come of a test.

use super::step::{Mail, Shown};
use crate::DenialCode;
use crate::reader::Span;
use domain::{AccountState, ProofKind, ProviderAlias, Username};

/// What must have come of a test. What isn't said isn't looked at.
#[derive(Debug, Clone, Default)]
pub struct Then {
    /// Who signed in.
    pub signed_in: Option<(Span, Whom)>,
    /// Why the login was refused.
    pub denied: Option<(Span, DenialCode)>,
    /// What the login shows.
    pub shows: Option<(Span, Shown)>,
    /// What was tied to whom.
    pub linked: Option<(Span, Linked)>,
    /// All mails, oldest first.
    pub mails: Option<(Span, Vec<Mail>)>,
    /// Whether accounts and identities are as they were.
    pub changes_nothing: Option<Span>,
    /// What the application was granted.
    pub scopes: Option<(Span, Vec<String>)>,
    /// How accounts are.
    pub accounts: Vec<(Span, Whom, ExpectedAccount)>,
}

/// An account of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// One that the test began with, or that somebody made meanwhile.
    Named(Username),
    /// The one that the login made.
    New,
}

/// What was tied in the login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linked {
    /// No identity.
    Nothing,
    /// One identity, with this proof.
    By {
        /// The proof.
        proof: ProofKind,
        /// To whom. None: to whoever signed in.
        to: Option<Whom>,
    },
}

/// How an account is. What isn't said isn't looked at.
#[derive(Debug, Clone, Default)]
pub struct ExpectedAccount {
    /// Its address, or `none`.
    pub email: Option<String>,
    /// Whether its address is proved.
    pub proved: Option<bool>,
    /// Whether it has a password.
    pub password: Option<bool>,
    /// Whether it has a second factor.
    pub second_factor: Option<bool>,
    /// Its username, or `none`.
    pub username: Option<String>,
    /// Its given name, or `none`.
    pub given_name: Option<String>,
    /// Its family name, or `none`.
    pub family_name: Option<String>,
    /// Whether it can be used.
    pub state: Option<AccountState>,
    /// The providers of its identities, in order of their names.
    pub identities: Option<Vec<ProviderAlias>>,
}
