//! Mails about passwords, second factors and addresses: a title, a few sentences, and perhaps a link between them. English.

use crate::mail::{Letter, Mail};
use crate::name::mailed;
use crate::words;
use askama::Template;

/// What such a mail says. A paragraph is a list of sentences; the text part has each on a line of its own.
pub(crate) struct Note<'a> {
    realm: String,
    subject: String,
    title: &'static str,
    before: Vec<Vec<String>>,
    /// What the link is called, and where it leads.
    link: Option<(&'static str, &'a str)>,
    after: Vec<Vec<String>>,
}

#[derive(Template)]
#[template(path = "mails/note.txt", whitespace = "preserve")]
struct Text<'a> {
    note: &'a Note<'a>,
}

#[derive(Template)]
#[template(path = "mails/note.html")]
struct Html<'a> {
    realm: &'a str,
    note: &'a Note<'a>,
}

impl<'a> Note<'a> {
    pub(crate) fn reset_password(realm: String, letter: &Letter<'a>, client: &str, fresh: bool) -> Self {
        let client = mailed(client, words::SOME_CLIENT);
        let what = if fresh {
            vec![
                "Nobody has shown yet that this mail address is theirs, so you get a fresh account with it.".to_owned(),
                "If that is you, choose its password:".to_owned(),
            ]
        } else {
            vec!["If that is you, choose a new one:".to_owned()]
        };
        Self {
            subject: format!("A new password for {realm}"),
            title: "A new password",
            before: vec![
                vec![format!("Somebody who signs in to {client} has forgotten the password of your account in {realm}.")],
                what,
            ],
            link: Some(("Choose a password", letter.link)),
            after: vec![how_the_link_works(letter), not_you()],
            realm,
        }
    }

    pub(crate) fn no_password(realm: String, providers: &[String], client: &str) -> Self {
        let client = mailed(client, words::SOME_CLIENT);
        let providers: Vec<String> = providers.iter().map(|provider| mailed(provider, words::SOME_PROVIDER)).collect();
        Self {
            subject: format!("How you sign in to {realm}"),
            title: "Your account has no password",
            before: vec![
                vec![format!("Somebody who signs in to {client} has forgotten the password of your account in {realm}.")],
                vec![
                    format!("That account has none. You sign in with {}.", providers.join(" or ")),
                    "So there is nothing to reset. Start again, and choose that on the page where you sign in.".to_owned(),
                ],
                vec!["If this wasn't you, ignore this mail. Nothing has changed.".to_owned()],
            ],
            link: None,
            after: Vec::new(),
            realm,
        }
    }

    pub(crate) fn password_changed(realm: String, account: &str) -> Self {
        let account = mailed(account, words::SOMEBODY);
        Self {
            subject: format!("Your password in {realm} was changed"),
            title: "Your password was changed",
            before: vec![
                vec![
                    format!("The account {account} in {realm} has a new password."),
                    "Whoever was signed in to it elsewhere is signed out.".to_owned(),
                ],
                wasnt_you(&realm),
            ],
            link: None,
            after: Vec::new(),
            realm,
        }
    }

    pub(crate) fn second_factor_set(realm: String, account: &str) -> Self {
        let account = mailed(account, words::SOMEBODY);
        Self {
            subject: format!("Your account in {realm} has a new second factor"),
            title: "Your account has a new second factor",
            before: vec![
                vec![
                    format!("An authenticator app was set up for the account {account} in {realm}."),
                    "From now on the account asks for a code of that app when somebody signs in.".to_owned(),
                    "If there was another app before, its codes don't count any more.".to_owned(),
                    "Whoever was signed in elsewhere is signed out.".to_owned(),
                ],
                wasnt_you(&realm),
            ],
            link: None,
            after: Vec::new(),
            realm,
        }
    }

    pub(crate) fn confirm_address(realm: String, letter: &Letter<'a>, account: &str, (from, to): (Option<&str>, &str)) -> Self {
        let account = mailed(account, words::SOMEBODY);
        let to = mailed(to, words::SOMEBODY);
        let wish = match from {
            Some(from) => {
                let from = mailed(from, words::SOMEBODY);
                format!("The account {account} in {realm} has the mail address {from} and is to have {to} instead.")
            }
            None => format!("The account {account} in {realm} says that {to} is its mail address."),
        };
        Self {
            subject: format!("Is this your mail address, {to}?"),
            title: "Is this your mail address?",
            before: vec![vec![wish], vec!["If that account is yours, confirm it:".to_owned()]],
            link: Some(("See the account", letter.link)),
            after: vec![how_the_link_works(letter), not_you()],
            realm,
        }
    }

    pub(crate) fn address_taken(realm: String, address: &str) -> Self {
        let address = mailed(address, words::SOMEBODY);
        Self {
            subject: format!("You have an account in {realm} already"),
            title: "You have an account already",
            before: vec![
                vec![format!("Somebody wants to use {address} for another account in {realm}.")],
                vec![
                    "An account with this address exists already, so nothing has changed.".to_owned(),
                    "If it was you: sign in to the account that has the address, or choose another address.".to_owned(),
                ],
                vec!["If it wasn't you, ignore this mail.".to_owned()],
            ],
            link: None,
            after: Vec::new(),
            realm,
        }
    }

    pub(crate) fn address_changed(realm: String, account: &str, to: &str) -> Self {
        let (account, to) = (mailed(account, words::SOMEBODY), mailed(to, words::SOMEBODY));
        Self {
            subject: format!("Your mail address in {realm} was changed"),
            title: "Your mail address was changed",
            before: vec![
                vec![
                    format!("The account {account} in {realm} has the mail address {to} from now on."),
                    "This address doesn't belong to it any more.".to_owned(),
                ],
                wasnt_you(&realm),
            ],
            link: None,
            after: Vec::new(),
            realm,
        }
    }

    pub(crate) fn mail(&self) -> Result<Mail, askama::Error> {
        Ok(Mail {
            subject: self.subject.clone(),
            text: Text { note: self }.render()?,
            html: Html { realm: &self.realm, note: self }.render()?,
        })
    }
}

fn how_the_link_works(letter: &Letter<'_>) -> Vec<String> {
    vec![
        format!("The link works once, for {}.", words::span(letter.lifetime)),
        "In the browser where you began, press the button on the page.".to_owned(),
        "In another browser the page shows a code: type it where you began.".to_owned(),
    ]
}

fn not_you() -> Vec<String> {
    vec![
        "If this wasn't you, ignore this mail.".to_owned(),
        "Nothing happens unless the code is typed or the button pressed in the browser where it began.".to_owned(),
        "Give the code to nobody.".to_owned(),
    ]
}

fn wasnt_you(realm: &str) -> Vec<String> {
    vec!["If this was you, there is nothing to do.".to_owned(), format!("If it wasn't, tell those who run {realm} at once.")]
}
