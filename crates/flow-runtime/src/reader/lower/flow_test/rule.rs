//! Linking rules as the configuration has them: the same keys with the same meaning. Without `priority` they count in their order.

use super::value;
use crate::linking::{
    AccountField, Claim, FindBy, LinkingRule, Matching, OnMatch, OnMissing, OnSeveral, RequireVerified, RuleSet,
};
use crate::reader::code;
use crate::reader::diagnostic::{Problems, Span};
use crate::reader::lower::fields::Fields;
use crate::reader::lower::text;
use crate::reader::suggest::quoted;
use crate::reader::tree::{Entry, Node, Shape};
use domain::{AttributeName, ProofKind, ProviderAlias, RuleName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const KEYS: &[&str] = &[
    "name",
    "priority",
    "providers",
    "authorities",
    "match",
    "auto-link",
    "require-verified",
    "proofs",
    "never",
    "only",
    "on-match",
    "on-missing",
    "on-several",
];

const PROOFS: &[(&str, ProofKind)] = &[
    ("password", ProofKind::Password),
    ("mailbox", ProofKind::Mailbox),
    ("linked-provider", ProofKind::LinkedProvider),
    ("trusted-assertion", ProofKind::TrustedAssertion),
];

/// Understands the rules of a test. None: one of them can't be used.
pub(super) fn rules(entry: &Entry, problems: &mut Problems) -> Option<Arc<RuleSet>> {
    let nodes = value::list(entry, problems);
    let mut places: BTreeMap<RuleName, Span> = BTreeMap::new();
    let mut rules = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        let Some(rule) = rule(node, at, problems) else { continue };
        places.insert(rule.name.clone(), node.span);
        rules.push(rule);
    }
    if rules.len() < nodes.len() {
        return None;
    }
    match RuleSet::compile(rules) {
        Ok(set) => Some(Arc::new(set)),
        Err(found) => {
            for problem in found {
                let place = places.get(&problem.rule).copied().unwrap_or(entry.key_span);
                problems.report(&code::BAD_RULE, place, problem.what.clone()).help(problem.remedy.clone());
            }
            None
        }
    }
}

fn rule(node: &Node, at: usize, problems: &mut Problems) -> Option<LinkingRule> {
    let mut fields = Fields::of(value::entries(node, node.span, "a linking rule", problems)?);
    let missing = |key: &str, problems: &mut Problems| {
        problems
            .report(&code::MISSING_KEY, node.span, format!("the linking rule has no `{key}`"))
            .label(format!("`{key}` is missing"))
            .help("write it as in the configuration");
    };
    let name = fields.take("name");
    if name.is_none() {
        missing("name", problems);
    }
    let name = name.and_then(|entry| value::parsed(entry, RuleName::parse, problems));
    let matching = fields.take("match");
    if matching.is_none() {
        missing("match", problems);
    }
    let matching = matching.and_then(|entry| self::matching(entry, problems));
    let priority = fields.take("priority").and_then(|entry| value::count(entry, problems));
    let priority = priority.unwrap_or_else(|| u32::try_from(at).unwrap_or(u32::MAX));
    let mut rule = LinkingRule::new(RuleName::parse("rule").ok()?, priority, Matching::Exact(FindBy::default()));
    rule.providers =
        set(fields.take("providers"), |text, span, problems| value::read(text, span, ProviderAlias::parse, problems), problems);
    rule.authorities = set(fields.take("authorities"), |text, _, _| Some(text.to_owned()), problems);
    rule.auto_link = fields.take("auto-link").and_then(|entry| value::flag(entry, problems)).unwrap_or(false);
    rule.require_verified =
        fields.take("require-verified").map_or_else(RequireVerified::default, |entry| verified(entry, problems));
    for (word, span) in fields.take("proofs").map_or_else(Vec::new, |entry| value::texts(entry, problems)) {
        let words: Vec<&'static str> = PROOFS.iter().map(|(word, _)| *word).collect();
        let known = value::known("proofs", word, span, &words, problems);
        rule.proofs.extend(PROOFS.iter().filter(|(word, _)| Some(*word) == known).map(|(_, kind)| *kind));
    }
    rule.never = fields.take("never").map_or_else(BTreeMap::new, |entry| values(entry, problems));
    rule.only = fields.take("only").map_or_else(BTreeMap::new, |entry| values(entry, problems));
    let on_match = [("offer", OnMatch::Offer), ("deny", OnMatch::Deny)];
    rule.on_match = fields.take("on-match").and_then(|entry| value::word(entry, &on_match, problems)).unwrap_or_default();
    let on_missing = [("skip", OnMissing::Skip), ("deny", OnMissing::Deny)];
    rule.on_missing = fields.take("on-missing").and_then(|entry| value::word(entry, &on_missing, problems)).unwrap_or_default();
    let on_several = [("deny", OnSeveral::Deny), ("skip", OnSeveral::Skip)];
    rule.on_several = fields.take("on-several").and_then(|entry| value::word(entry, &on_several, problems)).unwrap_or_default();
    fields.refuse_others("a linking rule", KEYS, problems);
    Some(LinkingRule { name: name?, matching: matching?, ..rule })
}

fn set<T: Ord>(
    entry: Option<&Entry>,
    mut read: impl FnMut(&str, Span, &mut Problems) -> Option<T>,
    problems: &mut Problems,
) -> BTreeSet<T> {
    let texts = entry.map_or_else(Vec::new, |entry| value::texts(entry, problems));
    texts.into_iter().filter_map(|(text, span)| read(text, span, problems)).collect()
}

fn values(entry: &Entry, problems: &mut Problems) -> BTreeMap<AttributeName, BTreeSet<String>> {
    let read = super::identity::attributes(entry, problems);
    read.into_iter().map(|(name, values)| (name, values.into_iter().collect())).collect()
}

fn verified(entry: &Entry, problems: &mut Problems) -> RequireVerified {
    if let Shape::Mapping(entries) = &entry.value.shape {
        let mut fields = Fields::of(entries);
        let mut side = |key: &str| fields.take(key).and_then(|entry| value::flag(entry, problems)).unwrap_or(true);
        let read = RequireVerified { upstream: side("upstream"), local: side("local") };
        fields.refuse_others("`require-verified`", &["upstream", "local"], problems);
        return read;
    }
    value::flag(entry, problems).map_or_else(RequireVerified::default, |both| RequireVerified { upstream: both, local: both })
}

fn matching(entry: &Entry, problems: &mut Problems) -> Option<Matching> {
    let words = ["exact", "domain", "regex", "custom"];
    let [only] = value::mapping(entry, problems) else {
        problems
            .report(&code::BAD_RULE, entry.place(), "`match` has exactly one key")
            .help("write `match: { exact: { claim: email, account: email } }`");
        return None;
    };
    match value::known("match", &only.key, only.key_span, &words, problems)? {
        "exact" => find_by(only, problems).map(Matching::Exact),
        "domain" => Some(Matching::Domain(set(Some(only), |text, _, _| Some(text.to_owned()), problems))),
        "regex" => {
            let mut fields = Fields::of(value::mapping(only, problems));
            let claim = fields.take("claim").and_then(|entry| claim(entry, problems));
            let pattern = fields.take("pattern").and_then(|entry| text(entry, problems)).map(str::to_owned);
            let account = fields.take("account").and_then(|entry| account(entry, problems));
            fields.refuse_others("`regex`", &["claim", "pattern", "account"], problems);
            incomplete(claim.is_none() || pattern.is_none() || account.is_none(), only, problems);
            Some(Matching::Regex { claim: claim?, pattern: pattern?, account: account? })
        }
        _ => {
            let mut fields = Fields::of(value::mapping(only, problems));
            let expression = fields.take("expression").and_then(|entry| text(entry, problems)).map(str::to_owned);
            let by = fields.take("find-by").map_or_else(|| Some(FindBy::default()), |entry| find_by(entry, problems));
            fields.refuse_others("`custom`", &["expression", "find-by"], problems);
            incomplete(expression.is_none(), only, problems);
            Some(Matching::Custom { expression: expression?, find_by: by? })
        }
    }
}

fn incomplete(is_so: bool, entry: &Entry, problems: &mut Problems) {
    if is_so {
        let message = format!("{} doesn't say all that it must", quoted(&entry.key));
        problems.report(&code::BAD_RULE, entry.key_span, message).help("write it as in the configuration");
    }
}

fn find_by(entry: &Entry, problems: &mut Problems) -> Option<FindBy> {
    let mut fields = Fields::of(value::mapping(entry, problems));
    let claim = fields.take("claim").and_then(|entry| claim(entry, problems));
    let account = fields.take("account").and_then(|entry| account(entry, problems));
    fields.refuse_others(&quoted(&entry.key), &["claim", "account"], problems);
    incomplete(claim.is_none() || account.is_none(), entry, problems);
    Some(FindBy { claim: claim?, account: account? })
}

fn claim(entry: &Entry, problems: &mut Problems) -> Option<Claim> {
    Some(match text(entry, problems)? {
        "email" => Claim::Email,
        "username" => Claim::Username,
        "subject" => Claim::Subject,
        _ => Claim::Attribute(value::parsed(entry, AttributeName::parse, problems)?),
    })
}

fn account(entry: &Entry, problems: &mut Problems) -> Option<AccountField> {
    Some(match text(entry, problems)? {
        "email" => AccountField::Email,
        "username" => AccountField::Username,
        _ => AccountField::Attribute(value::parsed(entry, AttributeName::parse, problems)?),
    })
}
