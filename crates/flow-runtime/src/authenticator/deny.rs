//! `deny`: the flow says no, in words of its own if it has some.

use super::{Act, Authenticator, Input, Sight, Turn};
use crate::definition::config::{Key, KeyKind};
use crate::definition::declaration::{Declaration, Kind, Outcome};
use domain::Entropy;
use std::sync::Arc;

pub(super) static KIND: Kind = Kind {
    declaration: &DECLARATION,
    build: |config| {
        let reveals = config.word("reveals") == Some("account");
        Arc::new(Deny { message: config.text("message").map(str::to_owned), reveals })
    },
};

static DECLARATION: Declaration = Declaration {
    name: "deny",
    summary: "Ends the login, and tells the person what the flow says.",
    keys: &[
        Key {
            name: "message",
            kind: KeyKind::Text { most: 500, lines: true },
            default: Some(""),
            description: "What the person reads: why, and what to do. Without it they read that they can't sign in here.",
            example: "Accounts of the old school are closed. Write to help@x.org.",
        },
        Key {
            name: "reveals",
            kind: KeyKind::OneOf(&["account", "nothing"]),
            default: Some("nothing"),
            description: "Whether somebody may learn from this end that an account has their address.",
            example: "account",
        },
    ],
    needs: &[],
    outcomes: &[Outcome::Denied],
    establishes: &[],
    asks: &[],
    shows: false,
};

#[derive(Debug)]
struct Deny {
    message: Option<String>,
    reveals: bool,
}

impl Authenticator for Deny {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn reveals_accounts(&self) -> bool {
        self.reveals
    }

    /// It is no way that somebody would want to take.
    fn act(&self, _sight: &Sight<'_>, _input: Input<'_>, _entropy: &Entropy) -> Turn {
        Turn::just(Act::DenyWith(self.message.clone()))
    }
}
