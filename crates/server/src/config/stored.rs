//! Linking rules that are kept in the database, together with those of the configuration.

use super::fields::Fields;
use super::problem::{ConfigError, Problems, Span};
use super::rules::{self, Scope, Written};
use super::tree;
use crate::settings::RealmSettings;
use domain::RuleName;
use flow_runtime::linking::{LinkingRule, RuleSet};
use persistence::StoredRule;
use std::collections::BTreeMap;

/// Where a problem is that the whole text has.
const START: Span = Span { line: 1, column: 1, length: 1 };

/// Reads the text of one rule, YAML or JSON, as it would be kept in the database of this realm beside the others that are there.
/// `file` is how the text is named in problems. A rule of the same name is the one that it would replace.
pub fn check_rule(text: &str, file: &str, realm: &RealmSettings, others: &[StoredRule]) -> Result<LinkingRule, ConfigError> {
    let (mut problems, scope) = (Problems::new(file, text), Scope { providers: &realm.providers, is_whole: true });
    let Some(written) = read(text, &scope, &mut problems) else { return Err(problems.into_error()) };
    let mut taken = Taken::by_configuration(realm);
    // Rules that can't be read say so themselves, at the next start.
    let anything = Scope { is_whole: false, ..scope };
    let others = others.iter().filter(|other| other.name != written.rule.name);
    for other in others.filter_map(|other| read(&other.document, &anything, &mut Problems::new("", &other.document))) {
        taken.add(&other, &mut Problems::new("", ""));
    }
    if taken.add(&written, &mut problems)
        && let Err(found) = RuleSet::compile(taken.rules)
    {
        for problem in found.iter().filter(|problem| problem.rule == written.rule.name) {
            written.say(problem, &mut problems);
        }
    }
    if problems.has_no_error() { Ok(written.rule) } else { Err(problems.into_error()) }
}

/// The rules of a realm: those of the configuration, and those of the database. A rule that can't be used stops the start: without it,
/// somebody might be let into an account that it keeps them out of.
pub(crate) fn with_stored(realm: &RealmSettings, stored: &[StoredRule]) -> Result<RuleSet, ConfigError> {
    let scope = Scope { providers: &realm.providers, is_whole: true };
    let mut taken = Taken::by_configuration(realm);
    let (mut found, mut sources) = (Vec::new(), BTreeMap::new());
    for rule in stored {
        let file = format!("linking rule {} in the database of the realm {}", rule.name, realm.policy.realm);
        let mut problems = Problems::new(&file, &rule.document);
        if let Some(written) = read(&rule.document, &scope, &mut problems) {
            if written.rule.name != rule.name {
                problems.at(written.span, "the rule has another name than the one that it is kept under", "put it again");
            } else if taken.add(&written, &mut problems) {
                sources.insert(rule.name.clone(), (file.clone(), &rule.document, written));
            }
        }
        found.extend(problems.into_error().problems);
    }
    let compiled = RuleSet::compile(taken.rules);
    for problem in compiled.as_ref().err().into_iter().flatten() {
        let source = sources.get(&problem.rule);
        let mut problems = match source {
            Some((file, text, _)) => Problems::new(file, text),
            None => Problems::new("linking rules of the configuration, beside those of the database", ""),
        };
        match source {
            Some((_, _, written)) => written.say(problem, &mut problems),
            None => problems.at_secret(START, problem.what.clone(), problem.remedy.clone()),
        }
        found.extend(problems.into_error().problems);
    }
    match compiled {
        Ok(set) if found.is_empty() => Ok(set),
        _ => Err(ConfigError { problems: found }),
    }
}

/// Where a rule is kept.
#[derive(Debug, Clone, Copy)]
enum Home {
    Configuration,
    Database,
}

impl Home {
    fn words(self) -> &'static str {
        match self {
            Self::Configuration => "in the configuration",
            Self::Database => "in the database",
        }
    }
}

/// Rules that stand beside each other, and the names and priorities that they take.
struct Taken {
    rules: Vec<LinkingRule>,
    names: BTreeMap<RuleName, Home>,
    priorities: BTreeMap<u32, (RuleName, Home)>,
}

impl Taken {
    fn by_configuration(realm: &RealmSettings) -> Self {
        let rules = realm.linking_rules.clone().unwrap_or_default();
        let home = Home::Configuration;
        let names = rules.iter().map(|rule| (rule.name.clone(), home)).collect();
        let priorities = rules.iter().map(|rule| (rule.priority, (rule.name.clone(), home))).collect();
        Self { rules, names, priorities }
    }

    /// Adds a rule of the database, unless another one has its name or its priority. False: that was reported.
    fn add(&mut self, written: &Written, problems: &mut Problems<'_>) -> bool {
        let rule = &written.rule;
        if let Some(home) = self.names.get(&rule.name) {
            let reason = format!("there is a rule “{}” {} already", rule.name, home.words());
            problems.at(written.span, reason, "give one of the two another name, or remove it");
            return false;
        }
        if let Some((other, home)) = self.priorities.get(&rule.priority) {
            let reason = format!("the rule “{other}” {} has the priority {} too", home.words(), rule.priority);
            problems.at(written.place_of_priority(), reason, "give each rule a priority of its own");
            return false;
        }
        self.names.insert(rule.name.clone(), Home::Database);
        self.priorities.insert(rule.priority, (rule.name.clone(), Home::Database));
        self.rules.push(rule.clone());
        true
    }
}

fn read(text: &str, scope: &Scope<'_>, problems: &mut Problems<'_>) -> Option<Written> {
    let root = tree::parse(text, problems)?;
    rules::rule(Fields::of(root, "a linking rule", problems), scope, problems)
}
