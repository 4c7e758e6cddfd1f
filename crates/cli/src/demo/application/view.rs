//! The application's pages.

use super::broker::{Account, Problem};
use crate::demo::page::Frame;
use askama::Template;
use serde_json::{Map, Value};

/// A claim, as it is shown.
pub(super) struct Claim {
    name: String,
    value: String,
    meaning: &'static str,
}

/// Nobody is signed in.
#[derive(Template)]
#[template(path = "demo/signed_out.html")]
pub(super) struct SignedOut<'a> {
    frame: Frame,
    mailbox: &'a str,
}

impl<'a> SignedOut<'a> {
    pub(super) fn new(mailbox: &'a str) -> Self {
        Self { frame: Frame::new(), mailbox }
    }
}

/// Somebody is signed in.
#[derive(Template)]
#[template(path = "demo/signed_in.html")]
pub(super) struct SignedIn<'a> {
    frame: Frame,
    mailbox: &'a str,
    person: String,
    id_token: Vec<Claim>,
    user_info: Vec<Claim>,
    refreshed: u32,
    may_refresh: bool,
}

impl<'a> SignedIn<'a> {
    pub(super) fn new(account: &Account, mailbox: &'a str) -> Self {
        let text = |name: &str| account.user_info.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        let person = text("name").or_else(|| text("preferred_username")).or_else(|| text("email")).or_else(|| text("sub"));
        Self {
            frame: Frame::new(),
            mailbox,
            person: person.unwrap_or_default(),
            id_token: claims(&account.id_token),
            user_info: claims(&account.user_info),
            refreshed: account.refreshed,
            may_refresh: account.may_refresh(),
        }
    }
}

/// Signing in didn't work.
#[derive(Template)]
#[template(path = "demo/failed.html")]
pub(super) struct Failed<'a> {
    frame: Frame,
    mailbox: &'a str,
    reason: String,
}

impl<'a> Failed<'a> {
    pub(super) fn new(problem: &Problem, mailbox: &'a str) -> Self {
        Self { frame: Frame::new(), mailbox, reason: problem.to_string() }
    }
}

/// The claims that people look for first, in this order. The others follow by their names.
const FIRST: [&str; 7] = ["sub", "name", "given_name", "family_name", "preferred_username", "email", "email_verified"];

fn claims(all: &Map<String, Value>) -> Vec<Claim> {
    let place = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
    let mut shown: Vec<_> = all.iter().filter(|(_, value)| !value.is_null()).collect();
    shown.sort_by_key(|(name, _)| (place(name), name.as_str()));
    let claim = |(name, value): (&String, &Value)| Claim { name: name.clone(), value: written(value), meaning: meaning(name) };
    shown.into_iter().map(claim).collect()
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(written).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn meaning(claim: &str) -> &'static str {
    match claim {
        "sub" => "the account: it never changes, whichever provider was used",
        "iss" => "who says all this",
        "aud" => "to whom",
        "exp" => "until when the token is good, in seconds since 1970",
        "iat" => "when the token was made",
        "auth_time" => "when the person signed in",
        "amr" => "how: fed is a provider, pwd a password, mail a mail proof",
        "identity_provider" => "which provider was used this time",
        "sid" => "names this sign-in",
        "nonce" => "ties the token to this login",
        "at_hash" => "ties the token to its access token",
        "email" => "the address",
        "email_verified" => "whether there is a proof for exactly this address",
        "name" | "given_name" | "family_name" | "preferred_username" | "picture" => "what the person is called",
        _ => "",
    }
}
