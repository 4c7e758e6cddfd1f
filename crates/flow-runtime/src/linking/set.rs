//! The rules of a realm, compiled.

use super::index::{Index, MOST_AT_ONE, MOST_PLACES, NoPlace};
use super::matching::{self, Finder};
use super::problem::{RuleField, RuleProblem};
use super::rule::{AccountField, Claim, FindBy, LinkingRule, Matching, OnMatch, OnSeveral, RequireVerified};
use domain::{BrokeredIdentity, ProofKind, RuleName};
use std::collections::{BTreeMap, BTreeSet};

/// The most rules of a realm.
const MOST_RULES: usize = 10_000;
/// What may be asked for: the other kinds aren't shown by a person in a login.
const SHOWN: [ProofKind; 4] = [ProofKind::Password, ProofKind::Mailbox, ProofKind::LinkedProvider, ProofKind::TrustedAssertion];

/// The rules of a realm, in their order, and where to find those that an identity meets.
#[derive(Debug, Clone)]
pub struct RuleSet {
    rules: Vec<Compiled>,
    index: Index,
}

/// A rule, with what it looks for.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    pub(super) rule: LinkingRule,
    pub(super) finder: Finder,
}

impl Default for RuleSet {
    /// The rules of a realm that has none of its own: [`RuleSet::address`].
    fn default() -> Self {
        let rule = Self::address();
        let finder = rule.as_ref().and_then(|rule| Finder::compile(rule, &mut Vec::new()));
        let rules: Vec<Compiled> = rule.zip(finder).map(|(rule, finder)| Compiled { rule, finder }).into_iter().collect();
        let mut index = Index::default();
        for (number, compiled) in rules.iter().enumerate() {
            // One rule has a place in an empty index.
            _ = index.add(number, &compiled.rule);
        }
        Self { rules, index }
    }
}

impl RuleSet {
    /// The rule `address`: who has the identity's address is its account, if it proved the address; else whoever alone claims it,
    /// where no trusted word outranks the claim.
    fn address() -> Option<LinkingRule> {
        let name = RuleName::parse("address").ok()?;
        let mut rule = LinkingRule::new(name, 0, Matching::Exact(FindBy::default()));
        rule.require_verified = RequireVerified { upstream: false, local: false };
        rule.on_several = OnSeveral::Skip;
        Some(rule)
    }

    /// Compiles rules, or says everything that is wrong with them. No rules find nobody.
    pub fn compile(rules: Vec<LinkingRule>) -> Result<Self, Vec<RuleProblem>> {
        let mut problems = Vec::new();
        let mut rules = rules;
        rules.sort_by_key(|rule| rule.priority);
        if let Some(one_too_many) = rules.get(MOST_RULES) {
            let what = format!("a realm has at most {MOST_RULES} rules");
            problems.push(RuleProblem::new(&one_too_many.name, RuleField::Name, what, "put several into one"));
            return Err(problems);
        }
        are_told_apart(&rules, &mut problems);
        let mut set = Self { rules: Vec::new(), index: Index::default() };
        for mut rule in rules {
            with_domains(&mut rule, &mut problems);
            can_be_meant(&rule, &mut problems);
            if let Err(why) = set.index.add(set.rules.len(), &rule) {
                problems.push(placeless(&rule, why));
            }
            if let Some(finder) = Finder::compile(&rule, &mut problems) {
                set.rules.push(Compiled { rule, finder });
            }
        }
        if problems.is_empty() { Ok(set) } else { Err(problems) }
    }

    /// The rules, in their order.
    pub fn rules(&self) -> impl ExactSizeIterator<Item = &LinkingRule> {
        self.rules.iter().map(|compiled| &compiled.rule)
    }

    /// The rules that an identity meets, in their order.
    pub(super) fn meeting(&self, identity: &BrokeredIdentity, domain: Option<&str>) -> Vec<&Compiled> {
        self.index.meeting(identity, domain).into_iter().filter_map(|number| self.rules.get(number)).collect()
    }
}

fn are_told_apart(rules: &[LinkingRule], problems: &mut Vec<RuleProblem>) {
    let mut names = BTreeSet::new();
    let mut priorities = BTreeMap::new();
    for rule in rules {
        if !names.insert(&rule.name) {
            let what = "another rule has this name";
            problems.push(RuleProblem::new(&rule.name, RuleField::Name, what, "give each rule a name of its own"));
        }
        if let Some(other) = priorities.insert(rule.priority, &rule.name) {
            let what = format!("the rule {other} has the priority {} too", rule.priority);
            problems.push(RuleProblem::new(&rule.name, RuleField::Priority, what, "give each rule a priority of its own"));
        }
    }
}

/// Turns the domains of a rule into A-labels.
fn with_domains(rule: &mut LinkingRule, problems: &mut Vec<RuleProblem>) {
    let Matching::Domain(domains) = &mut rule.matching else { return };
    let mut problem = |what: String, remedy| problems.push(RuleProblem::new(&rule.name, RuleField::Domains, what, remedy));
    if domains.is_empty() {
        problem("no domain is listed".into(), "list at least one");
    }
    for text in domains.iter().filter(|text| matching::domain(text).is_none()) {
        problem(format!("`{text}` is not a domain"), "write what stands after the “@” of an address");
    }
    *domains = domains.iter().filter_map(|text| matching::domain(text)).collect();
}

/// A rule that can't do what it says is a mistake.
fn can_be_meant(rule: &LinkingRule, problems: &mut Vec<RuleProblem>) {
    let mut problem = |field, what: &str, remedy: &str| problems.push(RuleProblem::new(&rule.name, field, what, remedy));
    let by_text = |by: &FindBy| by.account == AccountField::Email && by.claim != Claim::Email;
    let is_text_for_an_address = match &rule.matching {
        Matching::Exact(by) | Matching::Custom { find_by: by, .. } => by_text(by),
        Matching::Regex { claim, account, .. } => by_text(&FindBy { claim: claim.clone(), account: account.clone() }),
        Matching::Domain(_) => false,
    };
    let account = match &rule.matching {
        Matching::Exact(by) | Matching::Custom { find_by: by, .. } => &by.account,
        Matching::Regex { account, .. } => account,
        Matching::Domain(_) => &AccountField::Email,
    };
    if is_text_for_an_address && rule.require_verified.upstream {
        let remedy = "set `upstream: false`; the person then proves the account";
        problem(RuleField::RequireVerified, "no provider vouches for an address in another claim", remedy);
    }
    if rule.auto_link && is_text_for_an_address {
        problem(
            RuleField::AutoLink,
            "an address in another claim opens no account",
            "drop `auto-link`, or use the claim `email`",
        );
    }
    if rule.auto_link && *account == AccountField::Username {
        let remedy = "drop `auto-link`, or use an attribute that the provider hands out";
        problem(RuleField::AutoLink, "anybody may have taken a username, so it opens no account", remedy);
    }
    if rule.auto_link && rule.on_match == OnMatch::Deny {
        problem(RuleField::AutoLink, "a rule that refuses links nothing", "drop `auto-link` or `on-match: deny`");
    }
    if rule.auto_link && !rule.proofs.is_empty() && !rule.proofs.contains(&ProofKind::TrustedAssertion) {
        let remedy = "drop `auto-link`, or add `trusted-assertion` to `proofs`";
        problem(RuleField::AutoLink, "`proofs` asks for more than a trusted assertion", remedy);
    }
    if rule.proofs.iter().any(|kind| !SHOWN.contains(kind)) {
        let remedy = "list `password`, `mailbox`, `linked-provider` or `trusted-assertion`";
        problem(RuleField::Proofs, "`proofs` has one that nobody can show in a login", remedy);
    }
    for (field, wanted) in [(RuleField::Never, &rule.never), (RuleField::Only, &rule.only)] {
        if wanted.values().any(BTreeSet::is_empty) {
            problem(field, "an attribute has no values", "list at least one");
        }
    }
}

fn placeless(rule: &LinkingRule, why: NoPlace) -> RuleProblem {
    match why {
        NoPlace::TooMany => {
            let what = format!("its providers, authorities and domains make more than {MOST_PLACES} combinations");
            RuleProblem::new(&rule.name, RuleField::Match, what, "make several rules of it")
        }
        NoPlace::Crowded => {
            let what = format!("more than {MOST_AT_ONE} rules are for the same identities");
            RuleProblem::new(&rule.name, RuleField::Providers, what, "name the providers, authorities or domains that it is for")
        }
    }
}
