//! What must have come of a test.

use super::{account, step, value};
use crate::DenialCode;
use crate::flow_test::{ExpectedAccount, Linked, Mail, PROOFS, Then, Whom};
use crate::reader::code;
use crate::reader::diagnostic::{Problems, Span};
use crate::reader::lower::fields::Fields;
use crate::reader::lower::text;
use crate::reader::suggest::quoted;
use crate::reader::tree::{Entry, Shape};
use domain::{ProviderAlias, Username};

const KEYS: &[&str] = &["signed-in", "denied", "shows", "linked", "mails", "changes", "scopes", "accounts"];

const ACCOUNT_KEYS: &[&str] =
    &["email", "proved", "password", "second-factor", "username", "given-name", "family-name", "state", "identities"];

/// Understands what is expected.
pub(super) fn then(entry: &Entry, problems: &mut Problems) -> Then {
    let mut fields = Fields::of(value::mapping(entry, problems));
    let mut then = Then::default();
    let signed_in = fields.take("signed-in");
    then.signed_in = signed_in.and_then(|entry| Some((entry.key_span, whom(text(entry, problems)?, entry.place(), problems)?)));
    then.denied = fields.take("denied").and_then(|entry| Some((entry.key_span, denial(entry, problems)?)));
    then.shows = fields.take("shows").and_then(|entry| Some((entry.key_span, step::shown(entry, problems)?)));
    then.linked = fields.take("linked").and_then(|entry| Some((entry.key_span, linked(entry, problems)?)));
    then.mails = fields.take("mails").map(|entry| (entry.key_span, mails(entry, problems)));
    let changes = fields.take("changes");
    then.changes_nothing = changes.and_then(|entry| value::word(entry, &[("nothing", entry.key_span)], problems));
    let scopes = fields.take("scopes").map(|entry| (entry.key_span, value::texts(entry, problems)));
    then.scopes = scopes.map(|(span, scopes)| (span, scopes.into_iter().map(|(scope, _)| scope.to_owned()).collect()));
    for entry in fields.take("accounts").map_or_else(Default::default, |entry| value::mapping(entry, problems)) {
        let whose = whom(&entry.key, entry.key_span, problems);
        let expected = expected(entry, problems);
        then.accounts.extend(whose.map(|whose| (entry.key_span, whose, expected)));
    }
    if let (Some(_), Some((span, _))) = (&then.signed_in, &then.denied) {
        problems
            .report(&code::BAD_TEST_VALUE, *span, "somebody who signs in isn't refused")
            .help("delete `denied`, or `signed-in`");
    }
    fields.refuse_others("`then`", KEYS, problems);
    then
}

fn whom(given: &str, place: Span, problems: &mut Problems) -> Option<Whom> {
    if given == account::NEW { Some(Whom::New) } else { account::name(given, place, problems).map(Whom::Named) }
}

fn denial(entry: &Entry, problems: &mut Problems) -> Option<DenialCode> {
    let known: Vec<(&'static str, DenialCode)> = DenialCode::ALL.iter().map(|code| (code.as_str(), *code)).collect();
    value::word(entry, &known, problems)
}

/// `nothing`, a proof, or a proof and to whom.
fn linked(entry: &Entry, problems: &mut Problems) -> Option<Linked> {
    let by = |entry: &Entry, problems: &mut Problems| value::word(entry, PROOFS, problems);
    match &entry.value.shape {
        Shape::Text { text, .. } if text == "nothing" => Some(Linked::Nothing),
        Shape::Mapping(entries) => {
            let mut fields = Fields::of(entries);
            let to = fields.take("to").and_then(|entry| whom(text(entry, problems)?, entry.place(), problems));
            let proof = fields.take("by");
            if proof.is_none() {
                problems
                    .report(&code::MISSING_KEY, entry.key_span, "`linked` doesn't say by what")
                    .label("`by` is missing")
                    .help("write `linked: { to: ada, by: password }`");
            }
            let proof = proof.and_then(|entry| by(entry, problems));
            fields.refuse_others("`linked`", &["to", "by"], problems);
            Some(Linked::By { proof: proof?, to })
        }
        _ => by(entry, problems).map(|proof| Linked::By { proof, to: None }),
    }
}

fn mails(entry: &Entry, problems: &mut Problems) -> Vec<Mail> {
    let mut mails = Vec::new();
    for node in value::list(entry, problems) {
        let Some(entries) = value::entries(node, node.span, "a mail", problems) else { continue };
        match entries {
            [only] => mails.extend(step::one_mail(only, problems)),
            _ => {
                problems
                    .report(&code::UNKNOWN_STEP, node.span, "a mail is one key with its value")
                    .help("write `- prove-address: ada@example.org`: which mail, and where to");
            }
        }
    }
    mails
}

fn expected(entry: &Entry, problems: &mut Problems) -> ExpectedAccount {
    let mut fields = Fields::of(value::mapping(entry, problems));
    let mut line = |key: &str| fields.take(key).and_then(|entry| value::line(entry, problems));
    let (email, username) = (line("email"), line("username"));
    let (given_name, family_name) = (line("given-name"), line("family-name"));
    let proved = fields.take("proved").and_then(|entry| value::flag(entry, problems));
    let password = fields.take("password").and_then(|entry| value::flag(entry, problems));
    let second_factor = fields.take("second-factor").and_then(|entry| value::flag(entry, problems));
    let state = fields.take("state").and_then(|entry| value::word(entry, account::STATES, problems));
    let identities = fields.take("identities").map(|entry| {
        let texts = value::texts(entry, problems);
        let mut read: Vec<_> =
            texts.into_iter().filter_map(|(alias, span)| value::read(alias, span, ProviderAlias::parse, problems)).collect();
        read.sort();
        read
    });
    fields.refuse_others(&format!("the account {}", quoted(&entry.key)), ACCOUNT_KEYS, problems);
    ExpectedAccount { email, proved, password, second_factor, username, given_name, family_name, state, identities }
}

/// The accounts that are named.
pub(super) fn who_is_named(then: &Then) -> impl Iterator<Item = (&Username, Span)> {
    let signed_in = then.signed_in.iter().map(|(span, whom)| (whom, *span));
    let linked = then.linked.iter().filter_map(|(span, linked)| match linked {
        Linked::By { to: Some(whom), .. } => Some((whom, *span)),
        Linked::By { to: None, .. } | Linked::Nothing => None,
    });
    let accounts = then.accounts.iter().map(|(span, whom, _)| (whom, *span));
    signed_in.chain(linked).chain(accounts).filter_map(|(whom, span)| match whom {
        Whom::Named(name) => Some((name, span)),
        Whom::New => None,
    })
}
