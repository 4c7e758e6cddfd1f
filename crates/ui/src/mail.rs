//! Mails: a subject, a text that is enough by itself, and the same as HTML. Nothing in them is loaded from elsewhere.

use crate::name::mailed;
use crate::note::Note;
use crate::words;
use askama::Template;
use flow_runtime::MailKind;
use std::time::Duration;

/// A mail without its addresses.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The subject, one line.
    pub subject: String,
    /// The text part, with `\n` at line ends.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// What the server adds to a mail.
#[derive(Clone, Copy)]
pub struct Letter<'a> {
    /// The realm's name.
    pub realm: &'a str,
    /// The address that the mail is for: the token's page for a mail that has one. Holds nothing about the recipient.
    pub link: &'a str,
    /// How long the link works from now.
    pub lifetime: Duration,
}

#[derive(Template)]
#[template(path = "mails/prove_address.txt", whitespace = "preserve")]
struct ProveAddressText<'a> {
    words: &'a ProveAddress<'a>,
}

#[derive(Template)]
#[template(path = "mails/prove_address.html")]
struct ProveAddressHtml<'a> {
    realm: &'a str,
    words: &'a ProveAddress<'a>,
}

struct ProveAddress<'a> {
    realm: String,
    provider: String,
    identity: String,
    client: String,
    links: bool,
    link: &'a str,
    lifetime: String,
}

#[derive(Template)]
#[template(path = "mails/identity_linked.txt", whitespace = "preserve")]
struct IdentityLinkedText<'a> {
    words: &'a IdentityLinked,
}

#[derive(Template)]
#[template(path = "mails/identity_linked.html")]
struct IdentityLinkedHtml<'a> {
    realm: &'a str,
    words: &'a IdentityLinked,
}

struct IdentityLinked {
    realm: String,
    provider: String,
    identity: String,
    /// What it replaces.
    replaced: Option<String>,
}

/// Writes a mail. Names are cleaned, cut, escaped, and never become links.
pub fn mail(kind: &MailKind, letter: &Letter<'_>) -> Result<Mail, askama::Error> {
    let realm = mailed(letter.realm, words::SOME_REALM);
    match kind {
        MailKind::ProveAddress { provider, identity, client, links, .. } => {
            let words = ProveAddress {
                provider: mailed(provider, words::SOME_PROVIDER),
                identity: mailed(identity, words::SOMEBODY),
                client: mailed(client, words::SOME_CLIENT),
                links: *links,
                link: letter.link,
                lifetime: words::span(letter.lifetime),
                realm,
            };
            Ok(Mail {
                subject: format!("Is this you, signing in to {}?", words.client),
                text: ProveAddressText { words: &words }.render()?,
                html: ProveAddressHtml { realm: &words.realm, words: &words }.render()?,
            })
        }
        MailKind::IdentityLinked { provider, identity, replaced } => {
            let replaced: Vec<_> = replaced.iter().map(|label| mailed(label, words::SOMEBODY)).collect();
            let words = IdentityLinked {
                provider: mailed(provider, words::SOME_PROVIDER),
                identity: mailed(identity, words::SOMEBODY),
                replaced: (!replaced.is_empty()).then(|| replaced.join(", ")),
                realm,
            };
            Ok(Mail {
                subject: format!("A new way to sign in to your account in {}", words.realm),
                text: IdentityLinkedText { words: &words }.render()?,
                html: IdentityLinkedHtml { realm: &words.realm, words: &words }.render()?,
            })
        }
        MailKind::ResetPassword { client, fresh, .. } => Note::reset_password(realm, letter, client, *fresh).mail(),
        MailKind::NoPassword { providers, client } => Note::no_password(realm, providers, client).mail(),
        MailKind::PasswordChanged { account } => Note::password_changed(realm, account).mail(),
        MailKind::SecondFactorSet { account } => Note::second_factor_set(realm, account).mail(),
        MailKind::ConfirmAddress { account, from, to, .. } => {
            Note::confirm_address(realm, letter, account, (from.as_deref(), to)).mail()
        }
        MailKind::AddressTaken { address } => Note::address_taken(realm, address).mail(),
        MailKind::AddressChanged { account, to } => Note::address_changed(realm, account, to).mail(),
    }
}
