//! Linking rules: one reader for those of the configuration and those of the database.

use super::fields::{At, Fields, closest, count, list, one_of, short, text, word};
use super::policy::attribute;
use super::problem::{Problems, Span};
use super::tree::{Node, Shape};
use domain::{AttributeName, ProofKind, ProviderAlias, RuleName};
use flow_runtime::linking::{
    AccountField, Claim, FindBy, LinkingRule, Matching, OnMatch, OnMissing, OnSeveral, RequireVerified, RuleField, RuleProblem,
    RuleSet,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use upstream::OidcSettings;

/// What rules may name.
pub(super) struct Scope<'s> {
    /// The realm's providers.
    pub(super) providers: &'s [OidcSettings],
    /// Whether these are all: a provider that couldn't be read may be the one that is named.
    pub(super) is_whole: bool,
}

/// A rule, and where its keys stand.
pub(super) struct Written {
    pub(super) rule: LinkingRule,
    pub(super) span: Span,
    keys: Places,
}

/// The rules of a realm in the configuration. None: it has no such key.
pub(super) fn rules(
    fields: &mut Fields,
    scope: &Scope<'_>,
    problems: &mut Problems<'_>,
) -> Option<(Vec<LinkingRule>, Arc<RuleSet>)> {
    let is_there = fields.has("linking-rules");
    let entries = fields.mappings("linking-rules", "a linking rule", problems);
    let mut written: BTreeMap<RuleName, Written> = BTreeMap::new();
    for entry in entries {
        let Some(rule) = rule(entry, scope, problems) else { continue };
        match written.get(&rule.rule.name) {
            Some(first) => super::realm::twice("linking rule", rule.rule.name.as_str(), first.span, rule.span, problems),
            None => _ = written.insert(rule.rule.name.clone(), rule),
        }
    }
    let mut in_order: Vec<&Written> = written.values().collect();
    in_order.sort_by_key(|written| written.span);
    let rules: Vec<LinkingRule> = in_order.into_iter().map(|written| written.rule.clone()).collect();
    match RuleSet::compile(rules.clone()) {
        Ok(set) => is_there.then(|| (rules, Arc::new(set))),
        Err(found) => {
            for problem in found {
                if let Some(rule) = written.get(&problem.rule) {
                    rule.say(&problem, problems);
                }
            }
            None
        }
    }
}

impl Written {
    /// Reports what is wrong with the rule, at the key that it is about.
    pub(super) fn say(&self, problem: &RuleProblem, problems: &mut Problems<'_>) {
        let key = self.keys.get(&problem.field);
        let span = key.map_or(self.span, |key| point(key, problem.at));
        problems.at(span, problem.what.clone(), problem.remedy.clone());
    }
}

/// A place in a text that is written on one line, plain or in quotes; else the text as a whole.
fn point(key: &At<Option<String>>, at: Option<usize>) -> Span {
    let (Some(text), Some(at)) = (&key.value, at) else { return key.span };
    let quotes = match key.span.length.checked_sub(text.chars().count()) {
        Some(0) => 0,
        Some(2) => 1,
        _ => return key.span,
    };
    let before = text.get(..at).map_or(0, |before| before.chars().count());
    Span { column: key.span.column.saturating_add(quotes).saturating_add(before), length: 1, ..key.span }
}

/// Where the keys of a rule stand, and what those that are texts say.
type Places = BTreeMap<RuleField, At<Option<String>>>;

/// One rule. None if something was reported without which it is none.
pub(super) fn rule(mut given: Fields, scope: &Scope<'_>, problems: &mut Problems<'_>) -> Option<Written> {
    let (fields, mut keys) = (&mut given, Places::new());
    let name = name(fields, problems);
    let priority = must_have(fields, RuleField::Priority, &mut keys, problems);
    let priority = priority.and_then(|node| count(&node, "priority", problems));
    let providers = providers(fields, scope, &mut keys, problems);
    let authorities = texts(fields, RuleField::Authorities, &mut keys, problems);
    let matching = must_have(fields, RuleField::Match, &mut keys, problems);
    let matching = matching.and_then(|node| matched_by(node, &mut keys, problems));
    let auto_link = take(fields, RuleField::AutoLink, &mut keys);
    let auto_link = auto_link.map_or(Some(false), |node| flag(&node, "auto-link", problems));
    let require_verified = take(fields, RuleField::RequireVerified, &mut keys);
    let require_verified = require_verified.map_or(Some(RequireVerified::default()), |node| verified(node, problems));
    let proofs = take(fields, RuleField::Proofs, &mut keys).map_or_else(BTreeSet::new, |node| proofs(node, problems));
    let never = take(fields, RuleField::Never, &mut keys).map_or_else(BTreeMap::new, |node| values(node, "never", problems));
    let only = take(fields, RuleField::Only, &mut keys).map_or_else(BTreeMap::new, |node| values(node, "only", problems));
    let on_match = fields.word("on-match", OnMatch::default(), &[("offer", OnMatch::Offer), ("deny", OnMatch::Deny)], problems);
    let missing = [("skip", OnMissing::Skip), ("deny", OnMissing::Deny)];
    let on_missing = fields.word("on-missing", OnMissing::default(), &missing, problems);
    let several = [("deny", OnSeveral::Deny), ("skip", OnSeveral::Skip)];
    let on_several = fields.word("on-several", OnSeveral::default(), &several, problems);
    given.end(problems);
    let name = name?;
    let rule = LinkingRule {
        providers,
        authorities,
        auto_link: auto_link?,
        require_verified: require_verified?,
        proofs,
        never,
        only,
        on_match: on_match?,
        on_missing: on_missing?,
        on_several: on_several?,
        ..LinkingRule::new(name.value, priority?, matching?)
    };
    let written = Written { rule, span: name.span, keys };
    written.fits(scope, problems);
    Some(written)
}

fn take(fields: &mut Fields, field: RuleField, keys: &mut Places) -> Option<Node> {
    let node = fields.take(field.as_str())?;
    let said = if let Shape::Text(text) = &node.shape { Some(text.clone()) } else { None };
    keys.insert(field, At { value: said, span: node.span });
    Some(node)
}

fn must_have(fields: &mut Fields, field: RuleField, keys: &mut Places, problems: &mut Problems<'_>) -> Option<Node> {
    let node = take(fields, field, keys);
    if node.is_none() {
        let example = match field {
            RuleField::Priority => "10",
            RuleField::Match => "{ exact: { claim: email, account: email } }",
            RuleField::Pattern => "'(?<value>[0-9]+)@corp'",
            RuleField::Expression => "'account.email_proved'",
            _ => "email",
        };
        problems.at(fields.span, format!("`{field}` is missing"), format!("add `{field}: {example}`"));
    }
    node
}

fn name(fields: &mut Fields, problems: &mut Problems<'_>) -> Option<At<RuleName>> {
    let given = fields.text("name", "employee-id", problems)?;
    match RuleName::parse(&given.value) {
        Ok(name) => Some(At { value: name, span: given.span }),
        Err(error) => {
            problems.at(given.span, error.to_string(), "write a short name, as in `employee-id`");
            None
        }
    }
}

fn providers(fields: &mut Fields, scope: &Scope<'_>, keys: &mut Places, problems: &mut Problems<'_>) -> BTreeSet<ProviderAlias> {
    let Some(node) = take(fields, RuleField::Providers, keys) else { return BTreeSet::new() };
    let mut read = BTreeSet::new();
    for item in list(node) {
        let Some(given) = text(item, "providers", problems) else { continue };
        let alias = scope.providers.iter().map(|provider| &provider.alias).find(|alias| alias.as_str() == given.value);
        read.extend(alias.cloned());
        if alias.is_none() && scope.is_whole {
            let known: Vec<&str> = scope.providers.iter().map(|provider| provider.alias.as_str()).collect();
            let remedy = match closest(&given.value, &known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the realm has {}", one_of(&known)),
            };
            problems.at(given.span, format!("the realm has no provider “{}”", short(&given.value)), remedy);
        }
    }
    read
}

fn texts(fields: &mut Fields, field: RuleField, keys: &mut Places, problems: &mut Problems<'_>) -> BTreeSet<String> {
    let Some(node) = take(fields, field, keys) else { return BTreeSet::new() };
    list(node).into_iter().filter_map(|item| text(item, field.as_str(), problems)).map(|at| at.value).collect()
}

fn flag(node: &Node, key: &str, problems: &mut Problems<'_>) -> Option<bool> {
    if let Shape::Flag(flag) = node.shape {
        return Some(flag);
    }
    problems.at(node.span, format!("`{key}` is {}, not true or false", node.kind()), "write `true` or `false`, without quotes");
    None
}

/// `true` and `false` mean both sides.
fn verified(node: Node, problems: &mut Problems<'_>) -> Option<RequireVerified> {
    if let Shape::Flag(both) = node.shape {
        return Some(RequireVerified { upstream: both, local: both });
    }
    let mut sides = Fields::of(node, "`require-verified`", problems);
    let default = RequireVerified::default();
    let upstream = sides.flag("upstream", default.upstream, problems);
    let local = sides.flag("local", default.local, problems);
    sides.end(problems);
    Some(RequireVerified { upstream: upstream?, local: local? })
}

fn proofs(node: Node, problems: &mut Problems<'_>) -> BTreeSet<ProofKind> {
    const SHOWN: [ProofKind; 4] =
        [ProofKind::Password, ProofKind::Mailbox, ProofKind::LinkedProvider, ProofKind::TrustedAssertion];
    let known = SHOWN.map(|kind| (kind.as_str(), kind));
    list(node).into_iter().filter_map(|item| word(item, "proofs", &known, problems)).collect()
}

/// Values by attribute.
fn values(node: Node, key: &str, problems: &mut Problems<'_>) -> BTreeMap<AttributeName, BTreeSet<String>> {
    let mut read = BTreeMap::new();
    for (name, node) in Fields::of(node, &format!("`{key}`"), problems).into_entries() {
        let wanted: BTreeSet<String> =
            list(node).into_iter().filter_map(|item| text(item, &name.value, problems)).map(|at| at.value).collect();
        read.extend(attribute(&name, problems).map(|attribute| (attribute, wanted)));
    }
    read
}

/// What finds the account: one of four ways.
fn matched_by(node: Node, keys: &mut Places, problems: &mut Problems<'_>) -> Option<Matching> {
    const REMEDY: &str = "write one of `exact`, `domain`, `regex` and `custom`";
    let span = node.span;
    if !matches!(node.shape, Shape::Mapping(_)) {
        problems.at(span, format!("`match` is a mapping, not {}", node.kind()), REMEDY);
        return None;
    }
    let mut ways = Fields::of(node, "`match`", problems).into_entries();
    let (Some((way, node)), None) = (ways.pop(), ways.pop()) else {
        problems.at(span, "a rule finds accounts in one way", REMEDY);
        return None;
    };
    match way.value.as_str() {
        "exact" => Some(Matching::Exact(find_by(node, "`exact`", keys, problems)?)),
        "domain" => {
            keys.insert(RuleField::Domains, At { value: None, span: node.span });
            super::policy::domains(node, "domain", problems).map(|domains| Matching::Domain(domains.into_iter().collect()))
        }
        "regex" => {
            let mut fields = Fields::of(node, "`regex`", problems).named_at(way.span);
            let claim = claim(&mut fields, keys, problems);
            let pattern = must_have(&mut fields, RuleField::Pattern, keys, problems);
            let pattern = pattern.and_then(|node| text(node, "pattern", problems));
            let account = account(&mut fields, keys, problems);
            fields.end(problems);
            Some(Matching::Regex { claim: claim?, pattern: pattern?.value, account: account? })
        }
        "custom" => {
            let mut fields = Fields::of(node, "`custom`", problems).named_at(way.span);
            let expression = must_have(&mut fields, RuleField::Expression, keys, problems);
            let expression = expression.and_then(|node| text(node, "expression", problems));
            let find_by = match fields.take("find-by") {
                Some(node) => find_by(node, "`find-by`", keys, problems),
                None => Some(FindBy::default()),
            };
            fields.end(problems);
            Some(Matching::Custom { expression: expression?.value, find_by: find_by? })
        }
        other => {
            problems.at(way.span, format!("there is no way “{}” to find an account", short(other)), REMEDY);
            None
        }
    }
}

fn find_by(node: Node, what: &str, keys: &mut Places, problems: &mut Problems<'_>) -> Option<FindBy> {
    let mut fields = Fields::of(node, what, problems);
    let (claim, account) = (claim(&mut fields, keys, problems), account(&mut fields, keys, problems));
    fields.end(problems);
    Some(FindBy { claim: claim?, account: account? })
}

/// `email`, `username`, `subject`, or an attribute that the provider's mapping names.
fn claim(fields: &mut Fields, keys: &mut Places, problems: &mut Problems<'_>) -> Option<Claim> {
    let given = must_have(fields, RuleField::Claim, keys, problems).and_then(|node| text(node, "claim", problems))?;
    match given.value.as_str() {
        "email" => Some(Claim::Email),
        "username" => Some(Claim::Username),
        "subject" | "sub" => Some(Claim::Subject),
        _ => attribute(&given, problems).map(Claim::Attribute),
    }
}

/// `email`, `username`, or an attribute.
fn account(fields: &mut Fields, keys: &mut Places, problems: &mut Problems<'_>) -> Option<AccountField> {
    let given = must_have(fields, RuleField::Account, keys, problems).and_then(|node| text(node, "account", problems))?;
    match given.value.as_str() {
        "email" => Some(AccountField::Email),
        "username" => Some(AccountField::Username),
        _ => attribute(&given, problems).map(AccountField::Attribute),
    }
}

/// The claim that a rule begins with.
fn asks_for(rule: &LinkingRule) -> Option<&Claim> {
    match &rule.matching {
        Matching::Exact(by) | Matching::Custom { find_by: by, .. } => Some(&by.claim),
        Matching::Regex { claim, .. } => Some(claim),
        Matching::Domain(_) => None,
    }
}

impl Written {
    /// Reports a rule that no identity of its providers could ever meet.
    fn fits(&self, scope: &Scope<'_>, problems: &mut Problems<'_>) {
        let is_for = |provider: &&OidcSettings| self.rule.providers.is_empty() || self.rule.providers.contains(&provider.alias);
        let mut whose = scope.providers.iter().filter(is_for).peekable();
        if !scope.is_whole || whose.peek().is_none() {
            return;
        }
        if let Some(Claim::Attribute(name)) = asks_for(&self.rule)
            && !whose.clone().any(|provider| provider.claims.attributes.contains_key(name))
        {
            let reason = format!("none of the providers that this rule is for feeds “{name}”");
            let remedy = format!("add `claims: {{ attributes: {{ {name}: the-claim }} }}` to the provider");
            problems.at(self.place(RuleField::Claim), reason, remedy);
        }
        if !self.rule.authorities.is_empty() && whose.all(|provider| provider.authority_claim.is_none()) {
            let remedy = "add `authority-claim:` to the provider, or remove the line";
            problems.at(
                self.place(RuleField::Authorities),
                "none of the providers that this rule is for tells authorities",
                remedy,
            );
        }
    }

    /// Where its priority stands.
    pub(super) fn place_of_priority(&self) -> Span {
        self.place(RuleField::Priority)
    }

    fn place(&self, field: RuleField) -> Span {
        self.keys.get(&field).map_or(self.span, |key| key.span)
    }
}
