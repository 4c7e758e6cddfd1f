//! `reauthenticate`: the existing account's own credential proves that it is theirs.

mod linked_provider;
mod password;

use super::Authenticator;
use crate::definition::config::{Config, Key, KeyKind};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Need, Outcome};
use std::sync::Arc;

pub(super) static KIND: Kind = Kind { declaration: &DECLARATION, build };

static DECLARATION: Declaration = Declaration {
    name: "reauthenticate",
    summary: "Asks for the existing account's own credential. It doesn't apply to an account that has none.",
    keys: &[Key {
        name: "by",
        kind: KeyKind::OneOf(&["password", "linked-provider"]),
        default: Some("password"),
        description: "Which credential is asked for: the account's password, or a fresh login at a provider that is linked to it.",
        example: "linked-provider",
    }],
    needs: &[Need::Identity, Need::ExistingUser],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged, Outcome::Retry, Outcome::Denied],
    establishes: &[Establishes::User, Establishes::Proof],
    asks: &[AskKind::CheckPassword, AskKind::Redeem, AskKind::FindIdentity],
    shows: true,
};

fn build(config: &Config) -> Arc<dyn Authenticator> {
    match config.word("by") {
        Some("linked-provider") => Arc::new(linked_provider::LinkedProvider),
        _ => Arc::new(password::Password),
    }
}
