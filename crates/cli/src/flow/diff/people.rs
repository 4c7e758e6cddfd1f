//! What changes for people: each of them is sent through both flows, and does the obvious at each page.

use super::cast::{Person, people, serves};
use domain::{ProviderAlias, UserId};
use flow_runtime::event::action;
use flow_runtime::flow_test::{Action, GivenIdentity, Play, Step, Stop, Where, others};
use flow_runtime::page::{Field, FieldName, WayKind};
use flow_runtime::{Flow, Page, Rest, View};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// More pages than anybody meets.
const MOST_PAGES: usize = 20;

const ADDRESS: &str = "ada@example.org";
/// Stands for the code that an application shows.
const RIGHT: &str = "right";
const NEW_PASSWORD: &str = "a brand new password of hers";

/// What is different for whom, in sentences.
pub(super) fn differences(before: &Flow, after: &Flow) -> Vec<String> {
    let serves = (serves(before), serves(after));
    if serves.0 != serves.1 {
        return vec!["the flows serve different things, so nobody can be sent through both".to_owned()];
    }
    let Ok(people) = people(serves.1) else { return vec!["the people can't be set up".to_owned()] };
    let mut groups: Vec<((String, String), Vec<String>)> = Vec::new();
    for person in &people {
        let met = (meets(before, person), meets(after, person));
        if met.0 == met.1 {
            continue;
        }
        match groups.iter_mut().find(|(known, _)| *known == met) {
            Some((_, names)) => names.push(person.name.clone()),
            None => groups.push((met, vec![person.name.clone()])),
        }
    }
    groups.into_iter().flat_map(|((old, new), names)| told(names, &old, &new)).collect()
}

fn told(names: Vec<String>, old: &str, new: &str) -> Vec<String> {
    let mut lines: Vec<String> = names;
    lines.push(format!("  before: {old}"));
    lines.push(format!("  now:    {new}"));
    lines
}

/// What somebody meets in a flow, from the first page to the end.
pub(super) fn meets(flow: &Flow, person: &Person) -> String {
    let mut tried = Tried::default();
    match Play::begin(&Arc::new(flow.clone()), &others(), &person.given) {
        Ok(mut play) => {
            let mut steps = Vec::new();
            let stop = (0..MOST_PAGES).find_map(|_| go_on(&mut play, person, &mut tried, &mut steps));
            steps.push(stop.unwrap_or_else(|| "never gets to an end".to_owned()));
            steps.dedup();
            steps.join(" → ")
        }
        Err(stop) => format!("the login breaks: {}", stop.shown),
    }
}

/// What somebody has done already.
#[derive(Default)]
struct Tried {
    ways: BTreeSet<String>,
    pages: BTreeSet<&'static str>,
}

/// Does the next thing. The end, if this is one.
fn go_on(play: &mut Play, person: &Person, tried: &mut Tried, steps: &mut Vec<String>) -> Option<String> {
    if let Some(Rest::AtProvider { exchange, .. }) = play.login.session.as_ref().map(|session| session.rest.clone()) {
        return comes_back(play, person, &exchange.provider, steps);
    }
    if play.is_over() {
        return Some(end(play, person));
    }
    let view = play.view()?;
    match answer(&view, person, tried, steps) {
        Some(action) => take(play, person, action),
        None => Some(format!("gets no further than the page {}", play.shows())),
    }
}

fn take(play: &mut Play, person: &Person, action: Action) -> Option<String> {
    play.step(&Step { span: person.span, action }).err().map(|Stop { shown, .. }| format!("the login breaks: {shown}"))
}

fn comes_back(play: &mut Play, person: &Person, provider: &ProviderAlias, steps: &mut Vec<String>) -> Option<String> {
    let at = |identity: &&GivenIdentity| identity.provider.as_ref() == Some(provider);
    // Who comes a second time comes to prove the account, as the one who owns it.
    let who = if play.login.session.as_ref()?.frame()?.identity.is_some() {
        person.identities().filter(at).last()
    } else {
        person.identities().find(at)
    };
    steps.push(format!("signs in at `{provider}`"));
    match who.cloned() {
        Some(identity) => {
            take(play, person, Action::ComesBackAs(Box::new(GivenIdentity { signed_in: Some(Duration::ZERO), ..identity })))
        }
        None => Some(format!("is nobody at `{provider}`")),
    }
}

/// What this person does at this page. None: nothing that they could do leads on.
fn answer(view: &View, person: &Person, tried: &mut Tried, steps: &mut Vec<String>) -> Option<Action> {
    if let Some(wanted) = person.wants.as_ref().filter(|wanted| offers(view, wanted) && tried.ways.insert((*wanted).clone())) {
        return Some(Action::Chooses(wanted.clone()));
    }
    if let Some((said, action)) = obvious(&view.page, person, tried) {
        steps.push(said);
        return Some(action);
    }
    let others = view.ways.iter().map(|way| name_of(&way.kind)).find(|way| tried.ways.insert(way.clone()));
    others.map(Action::Chooses)
}

fn obvious(page: &Page, person: &Person, tried: &mut Tried) -> Option<(String, Action)> {
    let press = |said: &str| Some((said.to_owned(), Action::Presses(action::CONTINUE)));
    let mut fill = |said: &str, page: &'static str, fields: BTreeMap<&'static str, String>| {
        tried.pages.insert(page).then(|| (said.to_owned(), Action::FillsIn(fields)))
    };
    match page {
        Page::AccountExists { reveals: true, .. } => press("reads that the account exists, and says that it is theirs"),
        Page::AccountExists { .. } => press("reads that the address may be in use, and says that it is theirs"),
        Page::Terms { .. } => press("accepts the terms"),
        Page::Consent { .. } => press("agrees to what the application learns"),
        Page::CheckMail { sent: true, .. } if person.reads_mail => {
            Some(("opens the mail that was sent".to_owned(), Action::OpensMail { to: None, place: Where::Here }))
        }
        Page::ReviewProfile { fields, .. } => fill("looks over the profile", "review", filled(fields)),
        Page::CompleteProfile { fields, .. } => fill("fills in what is missing", "complete", filled(fields)),
        Page::Register { fields, .. } => {
            let mut fields = filled(fields);
            fields.insert(FieldName::Password.as_str(), NEW_PASSWORD.to_owned());
            fill("fills in the form for an account", "register", fields)
        }
        Page::NewPassword { .. } | Page::UpdatePassword { .. } => {
            fill("sets a new password", "new password", BTreeMap::from([("password", NEW_PASSWORD.to_owned())]))
        }
        Page::OneTimeCode { .. } if person.has_second_factor => {
            fill("types a code of their application", "one-time code", BTreeMap::from([("code", RIGHT.to_owned())]))
        }
        Page::SetUpOneTimeCode { .. } => {
            fill("sets up an authenticator application", "application", BTreeMap::from([("code", RIGHT.to_owned())]))
        }
        Page::ForgottenPassword { .. } => {
            fill("asks for a new password", "forgotten", BTreeMap::from([("username", ADDRESS.to_owned())]))
        }
        Page::ChangeAddress { .. } => {
            fill("types another address", "change address", BTreeMap::from([("email", "other@example.org".to_owned())]))
        }
        Page::Reauthenticate { .. } => {
            let password = person.password.clone()?;
            fill("types the account's password", "password", BTreeMap::from([("password", password)]))
        }
        Page::Login { .. } => {
            let (name, password) = (person.account.clone()?, person.password.clone()?);
            fill("types name and password", "login", BTreeMap::from([("username", name), ("password", password)]))
        }
        Page::ProveAtProvider { providers, came_back: None, .. } => {
            let knows = |alias: &ProviderAlias| person.identities().skip(1).any(|one| one.provider.as_ref() == Some(alias));
            let (alias, _) = providers.iter().find(|(alias, _)| knows(alias))?;
            Some(("is asked to prove it at another provider".to_owned(), Action::Chooses(alias.as_str().to_owned())))
        }
        _ => None,
    }
}

/// The fields with something in those that must be filled in.
fn filled(fields: &[Field]) -> BTreeMap<&'static str, String> {
    let own = |field: &Field| match field.name {
        FieldName::Email => ADDRESS,
        FieldName::Username => "ada",
        FieldName::GivenName => "Ada",
        FieldName::FamilyName => "King",
        FieldName::Password => NEW_PASSWORD,
        FieldName::Code => "",
    };
    let value = |field: &Field| {
        let missing = field.value.is_empty() && field.required;
        if missing { own(field).to_owned() } else { field.value.clone() }
    };
    fields.iter().map(|field| (field.name.as_str(), value(field))).collect()
}

fn offers(view: &View, wanted: &str) -> bool {
    view.ways.iter().any(|way| name_of(&way.kind) == wanted)
}

fn name_of(kind: &WayKind) -> String {
    match kind {
        WayKind::Provider { alias, .. } | WayKind::LinkedProvider { alias, .. } => alias.as_str().to_owned(),
        WayKind::Login => "login".to_owned(),
        WayKind::Register => "register".to_owned(),
        WayKind::Password => "password".to_owned(),
        WayKind::Mail => "mail".to_owned(),
        WayKind::Recover => "recover".to_owned(),
        WayKind::OneTimeCode => "one-time-code".to_owned(),
    }
}

fn end(play: &Play, person: &Person) -> String {
    match play.login.session.as_ref().map(|session| &session.rest) {
        Some(Rest::Finished { finish, .. }) => signed_in(play, person, finish.signed_in.user.id),
        Some(Rest::Denied { denial, .. }) => format!("refused: {}", denial.code.as_str()),
        _ => play.shows(),
    }
}

fn signed_in(play: &Play, person: &Person, user: UserId) -> String {
    let name = |own: &domain::Username| Some(own.as_str()) == person.account.as_deref();
    let whose = match play.cast.iter().find(|(_, id)| **id == user) {
        Some((own, _)) if name(own) => "in their account",
        Some(_) => "in SOMEBODY ELSE'S account",
        None => "in a new account",
    };
    let identity = person.given.identity.as_ref().and_then(|given| {
        let is_own = |link: &&domain::LinkedIdentity| {
            link.user == user && link.key.subject == given.subject && Some(&link.key.provider) == given.provider.as_ref()
        };
        play.world.identities.values().find(is_own)
    });
    let was_there = |link: &domain::LinkedIdentity| {
        person
            .given
            .accounts
            .iter()
            .flat_map(|account| &account.identities)
            .any(|own| own.identity.subject == link.key.subject && own.identity.provider.as_ref() == Some(&link.key.provider))
    };
    match identity.filter(|link| !was_there(link)) {
        Some(link) => format!("signed in {whose}, linked by {}", proof(link.proof.kind)),
        None => format!("signed in {whose}"),
    }
}

fn proof(kind: domain::ProofKind) -> &'static str {
    match kind {
        domain::ProofKind::Created => "having made it",
        domain::ProofKind::Password => "its password",
        domain::ProofKind::Mailbox => "its mailbox",
        domain::ProofKind::TrustedAssertion => "the provider's trusted word",
        domain::ProofKind::LinkedProvider => "a fresh login at another provider",
        domain::ProofKind::Administrator => "an administrator",
        domain::ProofKind::Waived => "NOTHING, under a waiver",
    }
}
