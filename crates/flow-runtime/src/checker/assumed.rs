//! Conditions that no setting decides: each of their atoms is assumed to hold, and assumed not to, and stays so for a whole login. What they
//! ask about somebody who isn't there can't be answered, as ever.

use crate::definition::condition::{Cel, Condition, NamedFact};
use crate::definition::{Level, Node};
use crate::flow_test::Serves;
use crate::linking::expression::Subject;
use crate::{Flow, Requirement};

/// More combinations than this aren't tried.
const MOST: usize = 256;

/// What each atom is assumed to come to. None: it can't be answered.
pub(super) type Assumed = Vec<(Condition, Option<bool>)>;

/// What stays of a binding when it is explored, so that it decides some atoms itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fixed {
    pub(super) serves: Serves,
    pub(super) provider: bool,
    pub(super) client: bool,
}

/// Every combination of what the flow's atoms may come to. None: there are too many.
pub(super) fn combinations(flow: &Flow, fixed: Fixed) -> Option<Vec<Assumed>> {
    let mut atoms = Vec::new();
    collect(&flow.level, fixed, &mut atoms);
    let mut all: Vec<Assumed> = vec![Vec::new()];
    for atom in atoms {
        let excluded =
            |assumed: &Assumed| assumed.iter().any(|(other, holds)| *holds == Some(true) && exclude_each_other(other, &atom));
        let with = |assumed: &Assumed, holds: Option<bool>| {
            let mut assumed = assumed.clone();
            assumed.push((atom.clone(), holds));
            assumed
        };
        let holding: Vec<Assumed> =
            all.iter().filter(|assumed| !excluded(assumed)).map(|assumed| with(assumed, Some(true))).collect();
        let open: Vec<Assumed> = all.iter().filter(|_| can_err(&atom)).map(|assumed| with(assumed, None)).collect();
        all = all.iter().map(|assumed| with(assumed, Some(false))).chain(holding).chain(open).collect();
        if all.len() > MOST {
            return None;
        }
    }
    Some(all)
}

/// Nobody comes from two providers, or from two clients, or has proved two addresses.
fn exclude_each_other(one: &Condition, other: &Condition) -> bool {
    match (one, other) {
        (Condition::Provider(one), Condition::Provider(other)) => one != other,
        (Condition::OneOf(NamedFact::Client, one), Condition::OneOf(NamedFact::Client, other))
        | (Condition::OneOf(NamedFact::IdentityDomain, one), Condition::OneOf(NamedFact::IdentityDomain, other))
        | (Condition::OneOf(NamedFact::IdentityAuthority, one), Condition::OneOf(NamedFact::IdentityAuthority, other))
        | (Condition::OneOf(NamedFact::UserDomain, one), Condition::OneOf(NamedFact::UserDomain, other))
        | (Condition::OneOf(NamedFact::UserAddressProvedBy, one), Condition::OneOf(NamedFact::UserAddressProvedBy, other)) => {
            one.is_disjoint(other)
        }
        _ => false,
    }
}

fn collect(level: &Level, fixed: Fixed, atoms: &mut Vec<Condition>) {
    for execution in level.executions.iter().filter(|execution| execution.requirement != Requirement::Disabled) {
        if let Node::SubFlow { when, level, .. } = &execution.node {
            if let Some(condition) = when {
                collect_from(condition, fixed, atoms);
            }
            collect(level, fixed, atoms);
        }
    }
}

fn collect_from(condition: &Condition, fixed: Fixed, atoms: &mut Vec<Condition>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| collect_from(part, fixed, atoms)),
        Condition::Not(part) => collect_from(part, fixed, atoms),
        atom if is_decided(atom, fixed) || atoms.contains(atom) => {}
        atom => atoms.push(atom.clone()),
    }
}

/// Whether settings cover both of what it may come to, or the binding knows.
fn is_decided(atom: &Condition, fixed: Fixed) -> bool {
    match atom {
        Condition::Named(NamedFact::UserSecondFactorConfigured) => true,
        Condition::Named(
            NamedFact::IdentityAddressTrusted
            | NamedFact::IdentityHasAddress
            | NamedFact::ExistingUserHasPassword
            | NamedFact::ExistingUserAddressProved,
        ) => fixed.serves == Serves::FirstLogin,
        Condition::Provider(_) => fixed.provider,
        Condition::OneOf(NamedFact::Client, _) => fixed.client,
        _ => false,
    }
}

/// The flow in which each atom is what it is assumed to be. None: it can't be made.
pub(super) fn assuming(flow: &Flow, assumed: &Assumed) -> Option<Flow> {
    if assumed.is_empty() {
        return Some(flow.clone());
    }
    let mut level = (*flow.level).clone();
    replace(&mut level, assumed);
    let made = Flow::new(flow.name.clone(), flow.revision.clone(), level)?;
    Some(made.with(flow.waivers.to_vec(), flow.assumes.clone()))
}

fn replace(level: &mut Level, assumed: &Assumed) {
    for execution in &mut level.executions {
        if let Node::SubFlow { when, level, .. } = &mut execution.node {
            if let Some(condition) = when {
                *condition = replaced(condition, assumed);
            }
            replace(level, assumed);
        }
    }
}

fn replaced(condition: &Condition, assumed: &Assumed) -> Condition {
    let all = |parts: &[Condition]| parts.iter().map(|part| replaced(part, assumed)).collect();
    match condition {
        Condition::All(parts) => Condition::All(all(parts)),
        Condition::Any(parts) => Condition::Any(all(parts)),
        Condition::Not(part) => Condition::Not(Box::new(replaced(part, assumed))),
        atom => match assumed.iter().find(|(one, _)| one == atom) {
            Some((_, Some(true))) => Condition::All(asked(atom).into_iter().map(|asked| Condition::Any(both(asked))).collect()),
            Some((_, Some(false))) => Condition::Any(asked(atom).into_iter().map(|asked| Condition::All(both(asked))).collect()),
            // A fact without the value that it takes.
            Some((_, None)) => Condition::Named(NamedFact::Scope),
            None => atom.clone(),
        },
    }
}

/// Both ways: of these one holds, and one doesn't, but where it can't be answered.
fn both(asked: Condition) -> Vec<Condition> {
    vec![asked.clone(), Condition::Not(Box::new(asked))]
}

/// Conditions that can be answered where the atom can, as far as that hangs on who is there.
fn asked(atom: &Condition) -> Vec<Condition> {
    let Condition::Cel(cel) = atom else { return vec![atom.clone()] };
    let about = |subject| match subject {
        Subject::Identity => Some(Condition::Named(NamedFact::IdentityHasAddress)),
        Subject::Account => Some(Condition::Named(NamedFact::ExistingUserHasPassword)),
        Subject::User => Some(Condition::Named(NamedFact::UserHasPassword)),
        Subject::Login => None,
    };
    cel.expression.subjects().filter_map(about).collect()
}

/// Whether it may be impossible to answer although everybody is there whom it asks about.
fn can_err(atom: &Condition) -> bool {
    matches!(atom, Condition::Cel(cel) if names_what_may_be_absent(cel))
}

/// Whether an expression names a text that not everybody has, and never asks `has(…)` of it. Who has an address has a domain.
fn names_what_may_be_absent(cel: &Cel) -> bool {
    const TEXTS: [(&str, &[&str]); 6] = [
        ("email", &["email", "domain"]),
        ("domain", &["email", "domain"]),
        ("username", &["username"]),
        ("given_name", &["given_name"]),
        ("family_name", &["family_name"]),
        ("authority", &["authority"]),
    ];
    let text: String = cel.text.chars().filter(|c| !c.is_whitespace()).collect();
    let goes_on = |after: &str| after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    ["identity", "account", "user"].iter().any(|whose| {
        TEXTS.iter().any(|(name, guards)| {
            let is_named = text.split(&format!("{whose}.{name}")).skip(1).any(|after| !goes_on(after));
            is_named && !guards.iter().any(|guard| text.contains(&format!("has({whose}.{guard})")))
        })
    })
}
