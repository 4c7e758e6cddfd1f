//! What happens in a test, and what is seen on the way.

use super::{account, identity, value};
use crate::flow_test::{Action, Change, Mail, Shown, Step, Where, names};
use crate::reader::code;
use crate::reader::diagnostic::{Problems, Span};
use crate::reader::lower::fields::Fields;
use crate::reader::lower::text;
use crate::reader::suggest::{instead_of, one_of, quoted};
use crate::reader::tree::{Entry, Node, Shape};
use domain::{EmailAddress, ProviderAlias, Username};
use std::collections::BTreeMap;

const STEPS: &[&str] = &[
    "shows",
    "presses",
    "fills-in",
    "chooses",
    "opens-mail",
    "comes-back-as",
    "comes-back-without",
    "waits",
    "meanwhile",
    "sends",
];

const CHANGES: &[&str] = &["disables", "proves-address", "signs-up", "links", "switches-off"];

/// Understands a document that is a list of steps and nothing else.
pub(in crate::reader) fn steps(root: &Node, problems: &mut Problems) -> Vec<Step> {
    match &root.shape {
        Shape::List(nodes) => nodes.iter().filter_map(|node| step(node, problems)).collect(),
        Shape::Nothing | Shape::Refused => Vec::new(),
        Shape::Text { .. } | Shape::Mapping(_) => {
            problems
                .report(&code::WRONG_TYPE, root.span, format!("steps must be a list, but this is {}", root.kind()))
                .help("begin each step with `- `, as in `- presses: continue`");
            Vec::new()
        }
    }
}

/// Understands the steps of a test.
pub(super) fn list(entry: &Entry, problems: &mut Problems) -> Vec<Step> {
    value::list(entry, problems).iter().filter_map(|node| step(node, problems)).collect()
}

fn step(node: &Node, problems: &mut Problems) -> Option<Step> {
    let [entry] = value::entries(node, node.span, "a step", problems)? else {
        problems
            .report(&code::UNKNOWN_STEP, node.span, "a step is one key with its value")
            .help(format!("begin each step with its own `- ` and {}", one_of(STEPS)));
        return None;
    };
    let action = match entry.key.as_str() {
        "shows" => shown(entry, problems).map(Action::Shows),
        "presses" => {
            let button = text(entry, problems)?;
            value::known("presses", button, entry.place(), names::BUTTONS, problems).map(Action::Presses)
        }
        "fills-in" => Some(Action::FillsIn(form(entry, problems))),
        "chooses" => way(entry, problems).map(Action::Chooses),
        "opens-mail" => opens_mail(entry, problems),
        "comes-back-as" => {
            let read = identity::identity(&entry.value, entry.place(), problems)?;
            Some(Action::ComesBackAs(Box::new(read)))
        }
        "comes-back-without" => value::word(entry, names::FAILURES, problems).map(Action::ComesBackWithout),
        "waits" => value::lasting(entry, problems).map(Action::Waits),
        "meanwhile" => meanwhile(entry, problems).map(Action::Meanwhile),
        "sends" => mail(entry, problems).map(Action::Sends),
        other => {
            problems
                .report(&code::UNKNOWN_STEP, entry.key_span, format!("there is no step {}", quoted(other)))
                .help(instead_of(other, STEPS));
            None
        }
    };
    Some(Step { span: entry.key_span, action: action? })
}

/// A page: its name, or a mapping with `page:` and what is on it.
pub(super) fn shown(entry: &Entry, problems: &mut Problems) -> Option<Shown> {
    let page = |given: &str, place: Span, problems: &mut Problems| value::known("shows", given, place, names::PAGES, problems);
    if let Shape::Text { text, .. } = &entry.value.shape {
        return Some(Shown { page: page(text, entry.place(), problems)?, ..Shown::default() });
    }
    let mut fields = Fields::of(value::entries(&entry.value, entry.place(), "`shows`", problems)?);
    let name = fields.take("page");
    if name.is_none() {
        problems
            .report(&code::MISSING_KEY, entry.key_span, "`shows` doesn't say which page")
            .label("`page` is missing")
            .help("write `shows: { page: account-exists }`, with what is on it beside `page`");
    }
    let name = name.and_then(|entry| page(text(entry, problems)?, entry.place(), problems));
    let offers = fields.take("offers").map(|entry| value::texts(entry, problems));
    let wrong = fields.take("problems").map(|entry| wrong(entry, problems));
    let reveals = fields.take("reveals").and_then(|entry| {
        let words = [("account", true), ("nothing", false)];
        value::word(entry, &words, problems)
    });
    let held = fields.take("fields").map_or_else(BTreeMap::new, |entry| form(entry, problems));
    let message = fields.take("message").and_then(|entry| {
        let given = text(entry, problems)?;
        value::known("message", given, entry.place(), names::MESSAGES, problems)
    });
    fields.refuse_others("a page", &["page", "offers", "problems", "reveals", "fields", "message"], problems);
    Some(Shown {
        page: name?,
        offers: offers.map(|offers| offers.into_iter().map(|(offer, _)| offer.to_owned()).collect()),
        problems: wrong,
        reveals,
        fields: held,
        message,
    })
}

fn wrong(entry: &Entry, problems: &mut Problems) -> BTreeMap<&'static str, String> {
    let mut read = BTreeMap::new();
    for field in value::mapping(entry, problems) {
        let name = value::known("problems", &field.key, field.key_span, names::FIELDS, problems);
        let Some(given) = text(field, problems) else { continue };
        let problem = value::known(&field.key, given, field.place(), names::PROBLEMS, problems);
        read.extend(name.zip(problem).map(|(name, problem)| (name, problem.to_owned())));
    }
    read
}

/// Values by the name of their field.
fn form(entry: &Entry, problems: &mut Problems) -> BTreeMap<&'static str, String> {
    let mut read = BTreeMap::new();
    for field in value::mapping(entry, problems) {
        let name = value::known(&entry.key, &field.key, field.key_span, names::FIELDS, problems);
        let given = match &field.value.shape {
            Shape::Nothing => Some(""),
            _ => text(field, problems),
        };
        read.extend(name.zip(given).map(|(name, given)| (name, given.to_owned())));
    }
    read
}

/// A way: a word, or a provider's alias.
fn way(entry: &Entry, problems: &mut Problems) -> Option<String> {
    let given = text(entry, problems)?;
    if !names::WAYS.contains(&given) && ProviderAlias::parse(given).is_err() {
        problems
            .report(&code::BAD_TEST_VALUE, entry.place(), format!("nobody can choose {}", quoted(given)))
            .help(format!("use {}, or the alias of a provider", one_of(names::WAYS)));
        return None;
    }
    Some(given.to_owned())
}

fn opens_mail(entry: &Entry, problems: &mut Problems) -> Option<Action> {
    let places = [("here", Where::Here), ("elsewhere", Where::Elsewhere)];
    if matches!(entry.value.shape, Shape::Text { .. }) {
        return value::word(entry, &places, problems).map(|place| Action::OpensMail { to: None, place });
    }
    let mut fields = Fields::of(value::entries(&entry.value, entry.place(), "`opens-mail`", problems)?);
    let to = fields.take("to").and_then(|entry| value::parsed(entry, EmailAddress::parse, problems));
    let place = fields.take("where").and_then(|entry| value::word(entry, &places, problems)).unwrap_or(Where::Here);
    fields.refuse_others("`opens-mail`", &["to", "where"], problems);
    Some(Action::OpensMail { to, place })
}

/// A mail: which, and where to.
pub(super) fn mail(entry: &Entry, problems: &mut Problems) -> Option<Mail> {
    let [only] = value::mapping(entry, problems) else {
        problems
            .report(&code::UNKNOWN_STEP, entry.key_span, "a mail is one key with its value")
            .help("write `{ prove-address: ada@example.org }`: which mail, and where to");
        return None;
    };
    one_mail(only, problems)
}

/// The same as an item of a list.
pub(super) fn one_mail(entry: &Entry, problems: &mut Problems) -> Option<Mail> {
    let kind = value::known("mails", &entry.key, entry.key_span, names::MAILS, problems);
    let to = value::parsed(entry, EmailAddress::parse, problems);
    Some(Mail { kind: kind?, to: to? })
}

fn meanwhile(entry: &Entry, problems: &mut Problems) -> Option<Change> {
    let [only] = value::mapping(entry, problems) else {
        problems
            .report(&code::UNKNOWN_STEP, entry.key_span, "`meanwhile` is one key with its value")
            .help(format!("use {}", one_of(CHANGES)));
        return None;
    };
    let named = |problems: &mut Problems| account::name(text(only, problems)?, only.place(), problems);
    match value::known("meanwhile", &only.key, only.key_span, CHANGES, problems)? {
        "disables" => named(problems).map(Change::Disables),
        "proves-address" => named(problems).map(Change::ProvesAddress),
        "signs-up" => {
            let [account] = value::mapping(only, problems) else {
                problems
                    .report(&code::UNKNOWN_STEP, only.key_span, "`signs-up` is one account")
                    .help("write `signs-up: { bob: { claims: bob@example.org } }`");
                return None;
            };
            account::account(account, problems).map(|account| Change::SignsUp(Box::new(account)))
        }
        "links" => {
            let mut fields = Fields::of(value::mapping(only, problems));
            let to = fields.take("to").and_then(|entry| account::name(text(entry, problems)?, entry.place(), problems));
            let read = identity::taken(&mut fields, only.place(), problems);
            let known: Vec<&str> = identity::KEYS.iter().copied().chain(["to"]).collect();
            fields.refuse_others("`links`", &known, problems);
            if to.is_none() || read.as_ref().is_some_and(|read| read.provider.is_none()) {
                problems
                    .report(&code::UNKNOWN_STEP, only.key_span, "`links` needs an account and a provider")
                    .help("write `links: { to: ada, provider: campus, subject: \"1\" }`");
            }
            Some(Change::Links(to?, Box::new(read?)))
        }
        _ => value::parsed(only, ProviderAlias::parse, problems).map(Change::SwitchesOff),
    }
}

/// The accounts that somebody makes on the way.
pub(super) fn who_signs_up(steps: &[Step]) -> impl Iterator<Item = &Username> {
    steps.iter().filter_map(|step| match &step.action {
        Action::Meanwhile(Change::SignsUp(account)) => Some(&account.username),
        _ => None,
    })
}

/// The accounts that steps name.
pub(super) fn who_is_named(steps: &[Step]) -> impl Iterator<Item = (&Username, Span)> {
    steps.iter().filter_map(|step| match &step.action {
        Action::Meanwhile(Change::Disables(name) | Change::ProvesAddress(name) | Change::Links(name, _)) => {
            Some((name, step.span))
        }
        _ => None,
    })
}
