//! What tests look like, as a JSON Schema for editors.

use super::{PROOFS, names};
use crate::DenialCode;
use serde_json::{Map, Value, json};

/// The schema of `tests:`.
pub fn schema() -> Value {
    let test = object(
        "One login of somebody invented.",
        vec![
            ("name", text("What it shows, in a few words; each name is there once.")),
            ("given", given()),
            ("identity", identity("Who comes from a provider first of all.")),
            ("steps", json!({ "type": "array", "items": step(), "description": "What happens, and what is seen on the way." })),
            ("then", then()),
        ],
    );
    let mut test = test;
    set(&mut test, "required", json!(["name", "then"]));
    json!({ "type": "array", "items": test, "description": "What must come of logins of invented people. `braid flow test` plays them." })
}

fn given() -> Value {
    let serves = [
        "sign-in",
        "registration",
        "forgotten-password",
        "verify-address",
        "change-address",
        "second-factor",
        "first-login",
        "post-login",
    ];
    let client = object(
        "An application.",
        vec![
            ("consent", flag("Whether people are asked first.")),
            ("first-login-flow", text("The first-login flow of people whom it sends.")),
            ("post-login-flow", text("The post-login flow of people whom it sends.")),
        ],
    );
    let request = object(
        "What the application asks for.",
        vec![
            ("client", text("The application. Default: `shop`.")),
            ("prompt", words("What may be shown.", &["none", "login", "consent", "select_account"])),
            ("scopes", texts("The scopes.")),
            ("max-age", text("The oldest acceptable login, like `5m`.")),
            ("login-hint", text("What to write into the login form.")),
            ("provider-hint", text("Straight to this provider.")),
            ("wish", word("What the person is sent for.", serves.get(..5).unwrap_or_default())),
        ],
    );
    object(
        "What the test begins with.",
        vec![
            ("serves", word("What the flow is for, where that isn't plain.", &serves)),
            ("accounts", map("The accounts, by name.", &account())),
            ("providers", map("Providers that are trusted with something, by alias.", &provider())),
            ("clients", map("Applications, by id.", &client)),
            ("linking-rules", json!({ "type": "array", "description": "Linking rules, as in the configuration." })),
            ("mails", word("Whether the realm sends mail. Default: `on`.", &["on", "off"])),
            ("signed-in", text("Whose session is live in the browser.")),
            ("request", request),
        ],
    )
}

fn account() -> Value {
    object(
        "An account.",
        vec![
            ("email", text("Its address, which it has proved.")),
            ("proved-by", text("`mailbox` (default), `administrator`, or a provider's alias.")),
            ("claims", text("Its address, which it never proved.")),
            ("password", text("Its password.")),
            (
                "identities",
                json!({ "type": "array", "items": identity("An identity that is tied to it."), "description": "Its identities." }),
            ),
            ("attributes", json!({ "type": "object", "description": "Values by the name of their attribute." })),
            ("roles", texts("Its roles.")),
            ("state", word("Whether it can be used. Default: `open`.", &["open", "disabled", "locked", "deleted"])),
            ("given-name", text("Its given name.")),
            ("family-name", text("Its family name.")),
            ("linking-domain", text("Its linking domain.")),
            ("must-renew-password", flag("Whether its password is to be replaced.")),
            ("second-factor", flag("Whether it has an authenticator application. `code: right` types what that shows.")),
            ("password-age", text("How long ago its password was set. Default: `1d`.")),
            ("accepted-terms", texts("The versions of terms that the person accepted.")),
        ],
    )
}

fn identity(description: &str) -> Value {
    object(
        description,
        vec![
            ("provider", text("The provider's alias.")),
            ("subject", text("The provider's id for the person. Default: `somebody`.")),
            ("authority", text("The authority behind a federation.")),
            ("email", text("The address.")),
            ("vouched", flag("Whether the provider says that it verified the address. Without it the provider says nothing.")),
            ("username", text("The name at the provider.")),
            ("given-name", text("The given name.")),
            ("family-name", text("The family name.")),
            ("attributes", json!({ "type": "object", "description": "Values by the name of their attribute." })),
            (
                "signed-in",
                text("How long ago the person signed in there: `now` or a duration. Without it the provider doesn't say."),
            ),
            ("assured", flag("Of an account's identity: whether its address counted as its holder's when it was tied.")),
        ],
    )
}

fn provider() -> Value {
    object(
        "A provider: the keys of the configuration. Without a word it is trusted with nothing.",
        vec![
            ("enabled", flag("Whether it is in use.")),
            ("link-only", flag("Whether it begins no logins.")),
            ("trust-email", json!({ "description": "`true`, `false`, or the domains whose addresses its word is taken for." })),
            ("authorities", json!({ "type": "object", "description": "Trust by authority behind a federation." })),
            ("only-listed-authorities", flag("Whether others are refused.")),
            ("hands-out", texts("The attributes that it hands out.")),
            ("linking-domain", text("Its linking domain.")),
            ("on-existing-link", word("When the account has another identity of it.", &["add", "replace", "ask", "deny"])),
            ("most-identities", json!({ "type": "integer", "description": "The most identities of it on one account." })),
            ("reauthentication", word("Whether it can prove a fresh login.", &["auth-time", "none"])),
            ("unproved-accounts", word("What becomes of accounts that only claim an address.", &["release", "hand-over"])),
            ("first-login-flow", text("Its first-login flow. Default: the flow that is tested, if it is one.")),
            ("post-login-flow", text("Its post-login flow. Default: the flow that is tested, if it is one.")),
        ],
    )
}

fn step() -> Value {
    let failures: Vec<&str> = names::FAILURES.iter().map(|(word, _)| *word).collect();
    let change = object(
        "What somebody else does.",
        vec![
            ("disables", text("An administrator closes this account.")),
            ("proves-address", text("This account proves its address.")),
            ("signs-up", map("Somebody makes this account.", &account())),
            ("links", json!({ "type": "object", "description": "An identity is tied to the account `to`." })),
            ("switches-off", text("This provider is switched off.")),
        ],
    );
    let mut step = object(
        "One step.",
        vec![
            ("shows", shown()),
            ("presses", word("A button of the page.", names::BUTTONS)),
            ("fills-in", map("A form is filled in and sent: values by field.", &json!({}))),
            ("chooses", text("Another way: `login`, `register`, `password`, `mail`, `recover`, or a provider's alias.")),
            ("opens-mail", json!({ "description": "`here`, `elsewhere`, or `{ to: an address, where: here }`." })),
            ("comes-back-as", identity("The browser comes back from the provider as this person.")),
            ("comes-back-without", word("The browser comes back from the provider without anybody.", &failures)),
            ("waits", text("Time passes, like `16m`.")),
            ("meanwhile", change),
            ("sends", map("The newest mail: which, and where to.", &json!({}))),
        ],
    );
    set(&mut step, "minProperties", json!(1));
    set(&mut step, "maxProperties", json!(1));
    step
}

fn shown() -> Value {
    let page = object(
        "A page, and what is on it.",
        vec![
            ("page", word("Which page.", names::PAGES)),
            ("offers", texts("All other ways that it offers.")),
            ("problems", map("What is wrong, by field.", &word("What is wrong.", names::PROBLEMS))),
            ("reveals", word("Whether it says that there is an account.", &["account", "nothing"])),
            ("fields", map("What fields hold.", &json!({}))),
            ("message", word("What it says that happened.", names::MESSAGES)),
        ],
    );
    json!({ "description": "This page is shown.", "anyOf": [word("Which page.", names::PAGES), page] })
}

fn then() -> Value {
    let denials: Vec<&str> = DenialCode::ALL.iter().map(|code| code.as_str()).collect();
    let proofs: Vec<&str> = PROOFS.iter().map(|(word, _)| *word).chain(["nothing"]).collect();
    let account = object(
        "How an account is in the end.",
        vec![
            ("email", text("Its address, or `none`.")),
            ("proved", flag("Whether its address is proved.")),
            ("password", flag("Whether it has a password.")),
            ("second-factor", flag("Whether it has an authenticator application.")),
            ("username", text("Its username, or `none`.")),
            ("given-name", text("Its given name, or `none`.")),
            ("family-name", text("Its family name, or `none`.")),
            ("state", word("Whether it can be used.", &["open", "disabled", "locked", "deleted"])),
            ("identities", texts("The providers of its identities.")),
        ],
    );
    object(
        "What must have come of it.",
        vec![
            ("signed-in", text("Who signed in: an account's name, or `new`.")),
            ("denied", word("Why the login was refused.", &denials)),
            ("shows", shown()),
            (
                "linked",
                json!({ "description": "What was tied, by which proof.", "anyOf": [word("The proof.", &proofs), { "type": "object" }] }),
            ),
            ("mails", json!({ "type": "array", "items": { "type": "object" }, "description": "All mails, oldest first." })),
            ("changes", word("Accounts and identities stay as they were.", &["nothing"])),
            ("scopes", texts("What the application was granted.")),
            ("accounts", map("How accounts are in the end, by name or `new`.", &account)),
        ],
    )
}

fn object(description: &str, keys: Vec<(&str, Value)>) -> Value {
    let properties: Map<String, Value> = keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    json!({ "type": "object", "description": description, "additionalProperties": false, "properties": properties })
}

fn map(description: &str, value: &Value) -> Value {
    json!({ "type": "object", "description": description, "additionalProperties": value })
}

fn text(description: &str) -> Value {
    json!({ "description": description })
}

fn flag(description: &str) -> Value {
    json!({ "type": "boolean", "description": description })
}

fn texts(description: &str) -> Value {
    let one = json!({ "type": ["string", "number", "boolean"] });
    json!({ "description": description, "anyOf": [one, { "type": "array", "items": one }] })
}

fn word(description: &str, words: &[&str]) -> Value {
    json!({ "description": description, "enum": words })
}

fn words(description: &str, words: &[&str]) -> Value {
    json!({ "description": description, "anyOf": [{ "enum": words }, { "type": "array", "items": { "enum": words } }] })
}

fn set(schema: &mut Value, key: &str, value: Value) {
    if let Value::Object(keys) = schema {
        keys.insert(key.to_owned(), value);
    }
}
