//! What happens in a test, in words. Nothing secret is in them.

use super::names::{self, mail_name, page_name};
use super::step::{Change, Mail, Shown};
use crate::write::UnlinkReason;
use crate::{Notice, View, Write};
use domain::{BrokeredIdentity, ProofKind, UpstreamFailure, UserId, Vouched};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Fields whose values nobody may read.
const SECRETS: &[&str] = &["password", "code"];

/// A page, with what matters on it.
pub(super) fn view(view: &View) -> String {
    let mut text = format!("the page `{}`", page_name(&view.page));
    let problems: Vec<String> = names::problems_of(&view.page)
        .iter()
        .map(|(field, problem)| format!("`{}` is `{}`", field.as_str(), names::problem_name(problem)))
        .collect();
    if !problems.is_empty() {
        _ = write!(text, ", which says that {}", problems.join(" and "));
    }
    let message = names::message_name(view.message.as_ref());
    if message != "none" {
        _ = write!(text, ", with the message `{message}`");
    }
    let offers = names::offers(view);
    if !offers.is_empty() {
        _ = write!(text, ", which offers {}", listed(&offers));
    }
    if names::reveals(&view.page) == Some(false) {
        text.push_str(" and doesn't say whether there is an account");
    }
    text
}

fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => quoted.concat(),
    }
}

/// What a page is expected to be.
pub(super) fn expected(shown: &Shown) -> String {
    let mut text = format!("the page `{}`", shown.page);
    if let Some(offers) = &shown.offers {
        let offers: Vec<&str> = offers.iter().map(String::as_str).collect();
        _ = write!(text, ", which offers {}", if offers.is_empty() { "nothing else".to_owned() } else { listed(&offers) });
    }
    for (field, problem) in shown.problems.iter().flatten() {
        _ = write!(text, ", which says that `{field}` is `{problem}`");
    }
    if shown.problems.as_ref().is_some_and(BTreeMap::is_empty) {
        text.push_str(", on which nothing is wrong");
    }
    for (field, value) in &shown.fields {
        _ = write!(text, ", where `{field}` holds “{value}”");
    }
    if let Some(message) = shown.message {
        _ = write!(text, ", with the message `{message}`");
    }
    match shown.reveals {
        Some(true) => text.push_str(", which says that there is an account"),
        Some(false) => text.push_str(", which doesn't say whether there is an account"),
        None => {}
    }
    text
}

/// What isn't as it should be. None: all of it is.
pub(super) fn difference(shown: &Shown, view: Option<&View>) -> Option<String> {
    let Some(view) = view else { return Some(String::new()) };
    let offers = || names::offers(view).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let wrong = || {
        let by_field = |(field, problem): &(crate::page::FieldName, _)| (field.as_str(), names::problem_name(problem).to_owned());
        names::problems_of(&view.page).iter().map(by_field).collect::<BTreeMap<_, _>>()
    };
    let other_value = shown.fields.iter().find(|(field, value)| names::field(&view.page, field) != Some(value.as_str()));
    let same = page_name(&view.page) == shown.page
        && shown.offers.as_ref().is_none_or(|expected| sorted(expected) == offers())
        && shown.problems.as_ref().is_none_or(|expected| *expected == wrong())
        && shown.reveals.is_none_or(|expected| names::reveals(&view.page) == Some(expected))
        && shown.message.is_none_or(|expected| names::message_name(view.message.as_ref()) == expected);
    match other_value {
        _ if !same => Some(String::new()),
        Some((field, _)) => {
            let value = names::field(&view.page, field);
            Some(
                value
                    .map_or_else(|| format!(", without a field `{field}`"), |value| format!(", where `{field}` holds “{value}”")),
            )
        }
        None => None,
    }
}

fn sorted(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    words.sort_unstable();
    words
}

/// A form that was filled in.
pub(super) fn filled_in(fields: &BTreeMap<&'static str, String>) -> String {
    let field = |(name, value): (&&str, &String)| {
        if SECRETS.contains(name) { format!("`{name}` with ***") } else { format!("`{name}` with “{value}”") }
    };
    let fields: Vec<String> = fields.iter().map(field).collect();
    format!("fills in {}", fields.join(", "))
}

/// Somebody who comes back from a provider.
pub(super) fn came_back(identity: &BrokeredIdentity) -> String {
    let email = match &identity.email {
        None => "without an address".to_owned(),
        Some(email) => match email.vouched {
            Vouched::Yes => format!("with {}, which the provider vouches for", email.address),
            Vouched::No => format!("with {}, which the provider has not verified", email.address),
            Vouched::Silent => format!("with {}, of which the provider says nothing", email.address),
        },
    };
    format!("comes back from `{}` as “{}”, {email}", identity.key.provider, identity.key.subject.as_str())
}

/// A trip that failed.
pub(super) fn failure(failure: UpstreamFailure) -> String {
    let word = names::FAILURES.iter().find(|(_, known)| *known == failure).map_or("error", |(word, _)| word);
    format!("comes back from the provider without an identity (`{word}`)")
}

/// What somebody else did.
pub(super) fn meanwhile(change: &Change) -> String {
    match change {
        Change::Disables(name) => format!("meanwhile an administrator closes `{name}`"),
        Change::ProvesAddress(name) => format!("meanwhile the address of `{name}` is proved"),
        Change::SignsUp(account) => format!("meanwhile somebody makes the account `{}`", account.username),
        Change::Links(name, _) => format!("meanwhile an identity is tied to `{name}`"),
        Change::SwitchesOff(alias) => format!("meanwhile the provider `{alias}` is switched off"),
    }
}

/// Whether a mail is this one.
pub(super) fn is(notice: &Notice, mail: &Mail) -> bool {
    mail_name(&notice.mail) == mail.kind && notice.to.names_the_same_mailbox_as(&mail.to)
}

/// A mail.
pub fn notice(notice: &Notice) -> String {
    format!("`{}` to {}", mail_name(&notice.mail), notice.to)
}

/// A change, with accounts as they are called. Nothing secret is in it.
pub fn write(write: &Write, called: &dyn Fn(UserId) -> String) -> String {
    match write {
        Write::CreateUser(new) => match &new.email {
            None => "a new account is made, without an address".to_owned(),
            Some(email) => {
                let proved = if email.is_proved() { "proved" } else { "not proved" };
                format!("a new account is made with the address {}, {proved}", email.address)
            }
        },
        Write::ReleaseAddress { address, except } => {
            format!("{address} is taken from accounts that never proved it, except {}", called(*except))
        }
        Write::Link(link) => {
            let identity = format!("“{}” of `{}`", link.key.subject.as_str(), link.key.provider);
            format!("{identity} is tied to {}: {}", called(link.user), proof(link.proof.kind))
        }
        Write::Unlink { user, why, .. } => {
            let why = match why {
                UnlinkReason::Replaced => "the new one takes its place",
                UnlinkReason::Unproved => "it proves nothing",
                UnlinkReason::ByHand { .. } => "somebody said so",
            };
            format!("an identity is taken off {}: {why}", called(*user))
        }
        Write::SetPassword { user, .. } => format!("{} gets another password, and all that lives on it ends", called(*user)),
        Write::SetOneTimeCodes { user, .. } => {
            format!("{} gets a second factor, and all that lived on it without one ends", called(*user))
        }
        Write::SetAddress { user, address } => format!("{} gets the address {}", called(*user), address.address),
        Write::SetUsername { user, username } => format!("{} gets the username {username}", called(*user)),
        Write::AcceptTerms { user, version } => format!("{} accepts the terms {version}", called(*user)),
        Write::HandOver { user, .. } => {
            format!(
                "{} is handed over: password and identities that prove nothing go, and all that lives on it ends",
                called(*user)
            )
        }
        Write::ChangeProfile { user, .. } => format!("profile and attributes of {} are brought up to date", called(*user)),
        Write::Arrive(key) => format!("the first login with an identity of `{}` has ended well", key.provider),
        Write::TouchIdentity { key, .. } => format!("what `{}` says of the identity is kept", key.provider),
        Write::StartBrowserSession(session) => format!("a browser session of {} begins", called(session.user)),
        Write::EndBrowserSession(_) => "the browser session that was there ends".to_owned(),
        Write::IssueToken(token) => format!("a token for a mail to {} is kept", token.address),
        Write::ConsumeToken(_) => "a mail's token is used up".to_owned(),
        Write::ForgetWrongPasswords(user) => format!("wrong passwords for {} are forgotten", called(*user)),
        Write::ForgetWrongCodes(user) => format!("wrong one-time codes for {} are forgotten", called(*user)),
        Write::GrantConsent { user, client, .. } => format!("{} lets `{client}` learn what it asks for", called(*user)),
        Write::Record(event) => {
            let detail = event.detail.as_ref().map_or_else(String::new, |detail| format!(" (`{detail}`)"));
            format!("the audit trail gets `{}`{detail}", event.kind.as_str())
        }
    }
}

/// What ties an identity to its account.
pub(super) fn proof(kind: ProofKind) -> &'static str {
    match kind {
        ProofKind::Created => "the account is made for it",
        ProofKind::Password => "the account's password was given",
        ProofKind::Mailbox => "the account's proved mailbox was opened",
        ProofKind::TrustedAssertion => "a trusted word proves the account",
        ProofKind::LinkedProvider => "a fresh login with another identity of the account",
        ProofKind::Administrator => "an administrator said so",
        ProofKind::Waived => "nothing was proved: the flow links without a proof",
    }
}
