//! From Keycloak's tree to Braid's. Where something has no equal, the flow rather refuses than lets through.

mod conditions;
mod facts;
mod forms;

use super::known::{ABSENT_FACTORS, Becomes, Known, Purpose, is_condition, known};
use super::realm::{Execution, Flow, Realm, Requirement};
use super::report::{Difference, Effect};
use super::yaml::{Item, Level, Word, on_one_line, sub_flow_name};
use std::collections::BTreeSet;

pub(super) use forms::ways_of_the_login_page;

/// A flow on its way.
pub(super) struct Translation<'r> {
    pub(super) realm: &'r Realm,
    pub(super) purpose: Purpose,
    pub(super) differences: Vec<Difference>,
    /// Whether somebody must change the file before it can be used.
    pub(super) needs_work: bool,
    /// The names of its sub-flows.
    names: BTreeSet<String>,
    /// The password is asked for on the page that asks for the name.
    asks_for_both: bool,
    /// Only those come here who have an authenticator application.
    has_application: bool,
}

/// The executions of a level, and whether something that would have succeeded is no longer among them.
pub(super) struct Translated {
    pub(super) level: Level,
    pub(super) passes: bool,
}

/// What one execution comes to.
enum Outcome {
    Stays(Item),
    /// It is gone, and would have succeeded.
    Passes(Option<Item>),
    /// It is gone.
    Gone(Option<Item>),
}

impl<'r> Translation<'r> {
    pub(super) fn new(realm: &'r Realm, purpose: Purpose) -> Self {
        Self {
            realm,
            purpose,
            differences: Vec::new(),
            needs_work: false,
            names: BTreeSet::new(),
            asks_for_both: false,
            has_application: false,
        }
    }

    /// Adds a line to the report.
    pub(super) fn say(&mut self, place: &str, effect: Effect, keycloak: &str, braid: &str, remedy: &str) {
        self.differences.push(Difference {
            execution: place.to_owned(),
            effect,
            keycloak: keycloak.to_owned(),
            braid: braid.to_owned(),
            remedy: remedy.to_owned(),
        });
    }

    /// The executions of a flow. The place is the path to it, empty at the top.
    pub(super) fn level(&mut self, flow: &'r Flow, place: &str, conditional: bool) -> Translated {
        let (conditions, others): (Vec<&Execution>, Vec<&Execution>) = flow
            .authentication_executions
            .iter()
            .partition(|execution| execution.authenticator.as_deref().is_some_and(is_condition));
        if !conditional {
            for condition in conditions.into_iter().filter(|condition| condition.requirement != Requirement::Disabled) {
                let remedy = "if it was meant to count, put `when:` on a sub-flow around what it is about";
                self.say(
                    &at(place, condition),
                    Effect::LeftOut,
                    "ignores a condition outside a conditional sub-flow",
                    "has none there",
                    remedy,
                );
            }
        }
        let required = others.iter().find(|other| matches!(other.requirement, Requirement::Required | Requirement::Conditional));
        let alone = !others.iter().any(|other| other.requirement == Requirement::Required);
        let mut level = Level::default();
        let mut passes = false;
        for execution in &others {
            let place = at(place, execution);
            let ignored = required.filter(|_| execution.requirement == Requirement::Alternative);
            let outcome = match (execution.requirement, ignored) {
                (Requirement::Disabled, _) => Outcome::Gone(Some(self.switched_off(execution, "was disabled"))),
                (_, Some(required)) => {
                    let keycloak = format!("never runs it, because “{}” beside it isn't an alternative", called(required));
                    let remedy = "put the alternatives into a required sub-flow of their own, if they were meant to run";
                    self.say(
                        &place,
                        Effect::Differs,
                        &keycloak,
                        "says so, and doesn't load such a flow; it is disabled here",
                        remedy,
                    );
                    Outcome::Gone(Some(self.switched_off(execution, "was never run by Keycloak")))
                }
                (requirement, None) => self.execution(execution, requirement, &place, alone),
            };
            let item = match outcome {
                Outcome::Stays(item) => Some(item),
                Outcome::Gone(item) => item,
                Outcome::Passes(item) => {
                    passes = true;
                    item
                }
            };
            level.items.extend(item);
        }
        if passes && level.items.iter().any(is_an_alternative) {
            // One of the alternatives would have succeeded by itself, so the level still does when its turn comes.
            level.items.push(self.always());
        }
        // What would have succeeded is required no more: without it the level is empty where no condition holds.
        level.succeeds_when_empty |= passes && has_only_conditions(&level);
        Translated { level, passes }
    }

    /// What can't run stays visible.
    fn switched_off(&self, execution: &Execution, why: &str) -> Item {
        let id = execution.authenticator.as_deref().filter(|_| execution.flow_alias.is_none());
        match id.and_then(|id| known(id, self.purpose)).map(|known| known.becomes) {
            Some(Becomes::This(name, _)) => {
                Item::Authenticator { name, requirement: Word::Disabled, settings: self.settings(name, execution) }
            }
            _ => Item::Comment(format!("{} {why}", called(execution))),
        }
    }

    /// `alone`: nothing in its level is required of everybody.
    fn execution(&mut self, execution: &'r Execution, requirement: Requirement, place: &str, alone: bool) -> Outcome {
        let Some(flow) = execution.flow_alias.as_deref().and_then(|alias| self.realm.flow(alias)) else {
            return self.authenticator(execution, requirement, place);
        };
        if execution.authenticator.as_deref() == Some("registration-page-form") {
            return self.registration(flow, requirement, place);
        }
        if requirement == Requirement::Conditional {
            return self.conditional(flow, place, alone);
        }
        let Translated { level, passes } = self.level(flow, place, false);
        self.sub_flow(flow, word(requirement), None, level, passes)
    }

    /// A sub-flow with these executions; what is empty is gone, unless it has to stop somebody.
    fn sub_flow(&mut self, flow: &Flow, requirement: Word, when: Option<String>, level: Level, passes: bool) -> Outcome {
        if !level.items.iter().any(Item::is_enabled) {
            let gone = Item::Comment(format!("nothing is left of {}", on_one_line(&flow.alias)));
            return match (passes, requirement) {
                (true, Word::Alternative) => Outcome::Stays(self.always()),
                (true, _) => Outcome::Passes(Some(gone)),
                (false, Word::Required) => {
                    let place = on_one_line(&flow.alias);
                    let keycloak = "the login fails here, because nothing in this sub-flow can succeed";
                    self.say(&place, Effect::Differs, keycloak, "it is refused by `deny`", "say what should happen here");
                    self.needs_work = true;
                    Outcome::Stays(deny(Word::Required))
                }
                (false, _) => Outcome::Gone(Some(gone)),
            };
        }
        Outcome::Stays(Item::SubFlow { name: self.name(&flow.alias), requirement, when, level })
    }

    fn authenticator(&mut self, execution: &'r Execution, requirement: Requirement, place: &str) -> Outcome {
        let id = execution.authenticator.as_deref().unwrap_or_default();
        if let Some(outcome) = self.separate_pages(id, requirement, place) {
            return outcome;
        }
        let Some(known) = known(id, self.purpose) else { return self.missing(id, requirement, place) };
        if known.becomes == Becomes::MissingGuard {
            return self.missing(id, requirement, place);
        }
        self.tell_known(known, place);
        match known.becomes {
            Becomes::This(name, _) => {
                self.tell_settings(name, execution, place);
                let settings = self.settings(name, execution);
                Outcome::Stays(Item::Authenticator { name, requirement: word(requirement), settings })
            }
            Becomes::OwnCredential => Outcome::Stays(self.own_credential(word(requirement))),
            Becomes::OneTimeCode => Outcome::Stays(self.one_time_code(word(requirement), place)),
            Becomes::Part | Becomes::Nothing => Outcome::Passes(None),
            Becomes::Deny => Outcome::Stays(self.denial(execution, word(requirement), place)),
            Becomes::MissingComfort => {
                let gone = Some(Item::Comment(format!("{} has no equal", on_one_line(id))));
                if requirement == Requirement::Alternative { Outcome::Gone(gone) } else { Outcome::Passes(gone) }
            }
            Becomes::MissingGuard => self.missing(id, requirement, place),
        }
    }

    /// Nothing in Braid does what it did. As an alternative it is one way less; what was required stops everybody until somebody decides.
    fn missing(&mut self, id: &str, requirement: Requirement, place: &str) -> Outcome {
        let keycloak = if ABSENT_FACTORS.contains(&id) { "asks for a second factor" } else { "runs it" };
        let gone = Item::Comment(format!("{} has no equal", on_one_line(id)));
        if requirement == Requirement::Alternative {
            self.say(place, Effect::Stricter, keycloak, "has no such authenticator; this way is gone", "");
            return Outcome::Gone(Some(gone));
        }
        let remedy = "put something in its place, or delete `deny` if the login may go on without it";
        self.say(
            place,
            Effect::Stricter,
            keycloak,
            "has no such authenticator; `deny` stands there, so nobody gets past",
            remedy,
        );
        self.needs_work = true;
        Outcome::Stays(deny(Word::Required))
    }

    fn own_credential(&mut self, requirement: Word) -> Item {
        let by = |credential: &str| Item::Authenticator {
            name: "reauthenticate",
            requirement: Word::Alternative,
            settings: vec![("by", credential.to_owned())],
        };
        let level = Level { items: vec![by("password"), by("linked-provider")], succeeds_when_empty: false };
        Item::SubFlow { name: self.name("Username Password Form for reauthentication"), requirement, when: None, level }
    }

    /// An alternative that has nothing to do, and succeeds.
    fn always(&mut self) -> Item {
        let level = Level { items: Vec::new(), succeeds_when_empty: true };
        Item::SubFlow { name: self.name("nothing more"), requirement: Word::Alternative, when: None, level }
    }

    /// A name that no other sub-flow of this flow has.
    fn name(&mut self, alias: &str) -> String {
        let wanted = sub_flow_name(alias);
        let mut name = wanted.clone();
        let mut number = 2;
        while !self.names.insert(name.clone()) {
            name = format!("{} {number}", wanted.chars().take(58).collect::<String>().trim_end());
            number += 1;
        }
        if name != alias {
            self.say(&on_one_line(alias), Effect::Renamed, "", &format!("the sub-flow is called “{name}”"), "");
        }
        name
    }

    fn tell_known(&mut self, known: &Known, place: &str) {
        if let Some((effect, keycloak, braid, remedy)) = known.difference {
            self.say(place, effect, keycloak, braid, remedy);
        }
    }
}

fn has_only_conditions(level: &Level) -> bool {
    let mut enabled = level.items.iter().filter(|item| item.is_enabled()).peekable();
    enabled.peek().is_some() && enabled.all(|item| matches!(item, Item::SubFlow { when: Some(_), .. }))
}

fn is_an_alternative(item: &Item) -> bool {
    match item {
        Item::Authenticator { requirement, .. } | Item::SubFlow { requirement, when: None, .. } => {
            *requirement == Word::Alternative
        }
        Item::SubFlow { .. } | Item::Comment(_) => false,
    }
}

/// Whether its level must have it.
pub(super) fn is_required(item: &Item) -> bool {
    match item {
        Item::Authenticator { requirement, .. } | Item::SubFlow { requirement, when: None, .. } => *requirement == Word::Required,
        Item::SubFlow { requirement, when: Some(_), .. } => *requirement != Word::Disabled,
        Item::Comment(_) => false,
    }
}

/// A step that stops everybody.
fn deny(requirement: Word) -> Item {
    Item::Authenticator { name: "deny", requirement, settings: Vec::new() }
}

fn word(requirement: Requirement) -> Word {
    match requirement {
        Requirement::Required | Requirement::Conditional => Word::Required,
        Requirement::Alternative => Word::Alternative,
        Requirement::Disabled => Word::Disabled,
    }
}

/// What an execution is called in reports.
fn called(execution: &Execution) -> String {
    on_one_line(execution.flow_alias.as_deref().or(execution.authenticator.as_deref()).unwrap_or_default())
}

fn at(place: &str, execution: &Execution) -> String {
    if place.is_empty() { called(execution) } else { format!("{place} › {}", called(execution)) }
}
