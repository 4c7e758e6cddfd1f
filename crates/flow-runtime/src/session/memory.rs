//! What executions remember between two events.

use crate::page::{CameBackAs, FieldName, Problem, Problems};
use domain::{BrokeredIdentity, Digest, EmailAddress, Epoch, ProviderAlias, Secret, Timestamp, User, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an execution remembers between two events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Memory {
    /// What a form's page shows again: values by field (never a password), and what was wrong.
    Form {
        /// Values by field name.
        values: BTreeMap<FieldName, String>,
        /// What was wrong.
        problems: Problems,
    },
    /// A mail that was sent.
    Mail {
        /// The token of the newest mail. None: the limit was reached before one was sent.
        token: Option<Digest>,
        /// When it was sent.
        sent_at: Timestamp,
        /// What was wrong with the last try.
        problem: Option<Problem>,
        /// What the mail is for.
        errand: Errand,
    },
    /// A mailbox was opened, and a new password may be set for what it opens.
    Opened {
        /// What that is.
        recovery: Recovery,
        /// Until when.
        until: Timestamp,
        /// How its account is now; known only while a step looks at it.
        user: Option<Box<User>>,
        /// What was wrong with the last try.
        problems: Problems,
    },
    /// A new key for one-time codes that the person has been shown.
    Key {
        /// The key in base32.
        seed: Secret,
        /// What was wrong with the last code.
        problems: Problems,
    },
    /// Back from a provider with an identity whose first-login flow was called.
    Brokered(Box<BrokeredIdentity>),
    /// Back from a provider that was to prove the account, without a proof.
    CameBack {
        /// From where.
        provider: ProviderAlias,
        /// What the person is called there.
        identity: String,
        /// As whom.
        came_as: CameBackAs,
    },
}

/// What a mail is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Errand {
    /// To show that the existing account's mailbox is open to whoever brought the identity.
    Link,
    /// To set a new password.
    Recover(Recovery),
    /// To show that an address belongs to whoever signs in.
    Address {
        /// The address.
        address: EmailAddress,
        /// Whether another account has proved it, so that the mail only says so. No page may tell.
        taken: bool,
    },
}

/// A forgotten password: what was asked for, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// The name as it was typed. Pages show nothing else.
    pub name: String,
    /// The mailbox, as it is stored. For nobody it is one that doesn't exist.
    pub mailbox: EmailAddress,
    /// What that mailbox opens. No page may tell before it is opened.
    pub opens: Opens,
}

/// What a mailbox opens for somebody who forgot a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opens {
    /// The account that has proved it.
    Account(UserId, Epoch),
    /// A fresh account, because nobody has proved it.
    FreshAccount,
    /// Nothing: its account signs in with these providers, and never had a password.
    Elsewhere(Vec<String>),
    /// Nothing: there is nobody.
    Nobody,
}

impl Memory {
    /// Which of its execution's pages is shown.
    pub(super) fn stage(&self) -> &'static str {
        match self {
            Self::Mail { .. } => ".mail",
            Self::Opened { .. } => ".opened",
            _ => "",
        }
    }
}
