//! What must hold between the executions of a document, beyond each one by itself.

mod begins;
mod idle;
mod reachable;
mod waivers;

use super::code;
use super::diagnostic::{Problems, Span};
use super::draft::{Asked, Authenticator, Document, Execution, Level, Node, When};
use super::suggest::{one_of, quoted};
use crate::Requirement;
use crate::definition::declaration::{Establishes, Need};
use crate::definition::fact::About;
use crate::definition::waiver::Waiver;
use std::collections::BTreeMap;

/// Reports what doesn't fit together, and finds out where the waivers belong.
pub(super) fn document(document: &Document, problems: &mut Problems) -> Vec<Waiver> {
    names(&document.level, &mut BTreeMap::new(), problems);
    requirements(&document.level, problems);
    idle::level(&document.level, problems);
    reachable::level(&document.level, problems);
    let begins = begins::of(&document.level);
    let mut reached =
        Reached { identity: begins.identity, existing_user: false, user: begins.user, owner: begins.user, problems };
    reached.level(&document.level);
    waivers::of(document, problems)
}

/// Sub-flows are told apart by their names in records and on pages.
fn names<'d>(level: &'d Level, lines: &mut BTreeMap<&'d str, usize>, problems: &mut Problems) {
    for execution in &level.executions {
        let Some(Node::SubFlow(sub_flow)) = &execution.node else { continue };
        if let Some(name) = &sub_flow.name {
            if let Some(line) = lines.get(name.as_str()) {
                problems
                    .report(&code::DUPLICATE_SUB_FLOW, execution.span, format!("two sub-flows are called {}", quoted(name)))
                    .label(format!("the other one is on line {line}"))
                    .help("give one of them another name");
            } else {
                lines.insert(name, execution.span.line);
            }
        }
        names(&sub_flow.level, lines, problems);
    }
}

/// Alternatives run only where nothing at their level is required, and some execution must be enabled.
fn requirements(level: &Level, problems: &mut Problems) {
    if let Some(required) = level.executions.iter().find(|execution| execution.is_required()) {
        let alternatives =
            |execution: &&Execution| execution.requirement == Some(Requirement::Alternative) && !execution.is_required();
        for execution in level.executions.iter().filter(alternatives) {
            never_runs(execution, required, problems);
        }
    }
    if !level.executions.is_empty() && level.executions.iter().all(Execution::is_disabled) && !level.succeeds_when_empty {
        problems
            .report(&code::NOTHING_ENABLED, level.span, "every execution at this level is disabled, so the level fails")
            .help("enable one, disable the whole sub-flow, or say `on-empty: succeed`");
    }
    for execution in level.executions.iter().filter(|execution| !execution.is_disabled()) {
        if let Some(Node::SubFlow(sub_flow)) = &execution.node {
            requirements(&sub_flow.level, problems);
        }
    }
}

fn never_runs(execution: &Execution, required: &Execution, problems: &mut Problems) {
    let name = execution.name().map_or_else(|| "this execution".to_owned(), quoted);
    let other = required.name().map_or_else(|| "another execution".to_owned(), quoted);
    problems
        .report(&code::NEVER_RUNS, execution.span, format!("the alternative {name} would never run"))
        .label(format!("{other} on line {} is required", required.span.line))
        .help("make all of this level alternatives, or put the alternatives into a required sub-flow of their own");
}

/// What is there when an execution is reached, in the order of the file.
#[expect(clippy::struct_excessive_bools, reason = "each is there or not, whatever the others are")]
struct Reached<'p> {
    identity: bool,
    existing_user: bool,
    user: bool,
    owner: bool,
    problems: &'p mut Problems,
}

impl Reached<'_> {
    fn level(&mut self, level: &Level) {
        for execution in level.executions.iter().filter(|execution| !execution.is_disabled()) {
            match &execution.node {
                // It might have found a user. There is a diagnostic for it already.
                None => (self.existing_user, self.user, self.owner) = (true, true, true),
                Some(Node::Authenticator(authenticator)) => self.authenticator(authenticator, execution.span),
                Some(Node::SubFlow(sub_flow)) => {
                    if let Some(when) = &sub_flow.when {
                        self.condition(when);
                    }
                    self.level(&sub_flow.level);
                }
            }
        }
    }

    fn authenticator(&mut self, authenticator: &Authenticator, span: Span) {
        let declaration = authenticator.kind.declaration;
        if declaration.needs.contains(&Need::ExistingUser) {
            self.need_existing_user(declaration.name, span);
        }
        let nobody =
            declaration.needs.contains(&Need::User) && !self.user || declaration.needs.contains(&Need::Owner) && !self.owner;
        if nobody {
            self.need_user(declaration.name, span);
        }
        self.existing_user |= declaration.establishes.contains(&Establishes::ExistingUser);
        self.user |= declaration.establishes.contains(&Establishes::User);
        let known = [Establishes::User, Establishes::NewUser, Establishes::Proof];
        self.owner |= known.iter().any(|what| declaration.establishes.contains(what));
    }

    fn condition(&mut self, when: &When) {
        for Asked { name, about, span } in &when.asks {
            match about {
                About::ExistingUser => self.need_existing_user(name, *span),
                About::User if !self.owner => self.need_user(name, *span),
                About::Identity if !self.identity => self.need_identity(name, *span),
                About::User | About::Identity | About::Comer | About::Login => {}
            }
        }
    }

    fn need_user(&mut self, name: &str, span: Span) {
        let message = format!("`{name}` needs somebody who signs in, but nothing before it signs anybody in");
        let those = self.those_that_establish(Establishes::User);
        self.problems
            .report(&code::NEED_NOT_MET, span, message)
            .label("nobody here")
            .help(format!("put {} somewhere before it", one_of(&those)));
    }

    fn need_identity(&mut self, name: &str, span: Span) {
        self.problems
            .report(&code::NEED_NOT_MET, span, format!("`{name}` needs an identity, but this flow begins without one"))
            .label("no identity here")
            .help("ask for it in a first-login flow or a post-login flow; here there are `provider` and facts about `user`");
    }

    fn need_existing_user(&mut self, name: &str, span: Span) {
        if self.existing_user {
            return;
        }
        let finders = self.those_that_establish(Establishes::ExistingUser);
        self.problems
            .report(&code::NEED_NOT_MET, span, format!("`{name}` needs an existing user, but nothing before it finds one"))
            .label("no existing user here")
            .help(format!("put {} somewhere before it", one_of(&finders)));
    }

    /// The authenticators whose success may establish this.
    fn those_that_establish(&self, what: Establishes) -> Vec<&'static str> {
        let declared = self.problems.kinds.iter().map(|kind| kind.declaration);
        declared.filter(|d| d.establishes.contains(&what)).map(|d| d.name).collect()
    }
}
