//! Whether flows may serve: what the checker proves holds wherever they are bound. What was found good once in this process isn't looked
//! at again as long as nothing about it changes.

use crate::config::{Documents, Problem, Problems};
use domain::{Digest, Wish};
use flow_runtime::checker::{Binding, Checked, Property, bindings, check, depends_on, never_happens};
use flow_runtime::flow_test::Serves;
use flow_runtime::reader::{Severity, read};
use flow_runtime::{Flow, RealmPolicy};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The most that is remembered; then it is forgotten, and found again.
const MOST: usize = 10_000;

/// What was found good, by all that it depends on.
static GOOD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn is_known(key: &str) -> bool {
    GOOD.lock().unwrap_or_else(PoisonError::into_inner).contains(key)
}

fn remember(key: String) {
    let mut good = GOOD.lock().unwrap_or_else(PoisonError::into_inner);
    if good.len() >= MOST {
        good.clear();
    }
    good.insert(key);
}

/// What is broken or undecided, and not waived, in a flow that a realm has bound.
pub(super) fn proved(documents: &Documents, policy: &RealmPolicy) -> Vec<Problem> {
    proved_by(documents, policy, &mut |binding| check(policy, binding))
}

fn proved_by(documents: &Documents, policy: &RealmPolicy, check: &mut dyn FnMut(&Binding) -> Checked) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut looked_at = BTreeSet::new();
    for binding in bindings(policy) {
        // What was revoked doesn't serve at all.
        let Some(flow) = policy.flow(&binding.flow) else { continue };
        if looked_at.insert(binding.flow.clone()) {
            problems.extend(idle(documents, &binding, flow));
        }
        let key = key_of(policy, &binding);
        if key.as_deref().is_some_and(is_known) {
            continue;
        }
        let began = crate::adapters::now();
        let checked = check(&binding);
        told(policy, &binding, &checked, crate::adapters::now().since(began));
        if checked.may_serve() || is_only_without_mail(policy, &binding, &checked) {
            key.into_iter().for_each(remember);
        } else {
            problems.extend(found(documents, (&binding, flow), &checked));
        }
    }
    problems
}

/// What never happens in a flow, wherever it is bound: a guard that has no turn guards nobody.
fn idle(documents: &Documents, binding: &Binding, flow: &Flow) -> Vec<Problem> {
    let key = format!("{} {:?} {:?}", flow.revision.0, flow.waivers, flow.assumes);
    if is_known(&key) {
        return Vec::new();
    }
    let checked = never_happens(flow);
    if checked.may_serve() {
        remember(key);
        return Vec::new();
    }
    found(documents, (binding, flow), &checked)
}

/// What people ask for that needs a mail can't be finished in a realm that sends none. That harms nobody, and keeps nothing else from
/// serving.
fn is_only_without_mail(policy: &RealmPolicy, binding: &Binding, checked: &Checked) -> bool {
    let needs_mail = matches!(binding.serves, Serves::Wish(Wish::Recover | Wish::VerifyAddress | Wish::ChangeAddress));
    let only_unfinished = checked.undecided.is_none() && checked.findings.iter().all(|found| found.property == Property::P4);
    !policy.sends_mail && needs_mail && only_unfinished
}

/// All that the verdict on a binding depends on, in short. None: there is nothing to remember.
fn key_of(policy: &RealmPolicy, binding: &Binding) -> Option<String> {
    depends_on(policy, binding).map(|text| Digest::of_bytes(text.as_bytes()).as_str().to_owned())
}

fn told(policy: &RealmPolicy, binding: &Binding, checked: &Checked, took: Duration) {
    let provider = binding.provider.as_ref().map(tracing::field::display);
    let client = binding.client.as_ref().map(tracing::field::display);
    let (realm, flow, states, ms) = (&policy.realm, &binding.flow, checked.states, took.as_millis());
    match (checked.may_serve() || is_only_without_mail(policy, binding, checked), checked.waived.len()) {
        (true, 0) => tracing::info!(%realm, %flow, provider, client, states, ms, "a flow was checked, and holds"),
        (true, waived) => {
            tracing::warn!(%realm, %flow, provider, client, states, ms, waived, "a flow was checked, and holds but for what is waived");
        }
        (false, _) => tracing::error!(%realm, %flow, provider, client, states, ms, "a flow was checked, and may not serve"),
    }
}

fn found(documents: &Documents, (binding, flow): (&Binding, &Flow), checked: &Checked) -> Vec<Problem> {
    let whose = binding.provider.as_ref().map_or_else(String::new, |alias| format!(" (for the provider “{alias}”)"));
    let source = documents.get(&binding.flow);
    let document = source.and_then(|source| Some((read(&source.text, &source.origin).ok()?, source)));
    let mut problems = Problems::new("", "");
    if let Some((document, source)) = document.filter(|(document, _)| document.flow.revision == flow.revision) {
        let diagnostics = checked.diagnostics(&document, &source.origin);
        for problem in diagnostics.into_iter().filter(|problem| problem.code.severity == Severity::Error) {
            let reason = format!("{}{whose} [{}]", problem.message, problem.code.id);
            problems.in_document(&source.origin, &problem.span, reason, problem.help.unwrap_or_default());
        }
    }
    let problems = problems.into_error().problems;
    if !problems.is_empty() {
        return problems;
    }
    let reason = format!("the flow “{}” may not serve{whose}", binding.flow);
    let remedy = "`braid flow check --config` says why".to_owned();
    vec![Problem::of_file(source.map_or_else(String::new, |source| source.origin.clone()), reason, remedy)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{FlowName, ProofKind, ProviderAlias, ProviderPolicy, RealmId, RuleName};
    use flow_runtime::linking::{AccountField, Claim, FindBy, LinkingRule, Matching, OnMatch, RuleSet};
    use flow_runtime::{Bindings, Limits, Revisions};
    use std::collections::BTreeMap;
    use std::sync::Arc;

    fn realm(rules: Vec<LinkingRule>) -> RealmPolicy {
        let flow = |name: &str| FlowName::parse(name).unwrap();
        let campus = ProviderAlias::parse("campus-of-the-judge").unwrap();
        let provider = ProviderPolicy::new(campus, "Campus".into(), flow("first-broker-login-by-rule"));
        RealmPolicy {
            realm: RealmId::parse("demo").unwrap(),
            name: "Demo".into(),
            flows: flow_runtime::reader::shipped().unwrap().into_iter().map(|(name, flow)| (name, Arc::new(flow))).collect(),
            revisions: Revisions::default(),
            bindings: Bindings {
                browser: flow("browser"),
                registration: flow("registration"),
                forgotten_password: flow("forgotten-password"),
                verify_address: flow("verify-address"),
                change_address: flow("change-address"),
                second_factor: Some(flow("second-factor")),
            },
            providers: vec![provider],
            clients: BTreeMap::new(),
            rules: Arc::new(RuleSet::compile(rules).unwrap()),
            sends_mail: true,
            limits: Limits::default(),
        }
    }

    fn rule(name: &str, account: AccountField) -> LinkingRule {
        let by = FindBy { claim: Claim::Email, account };
        LinkingRule::new(RuleName::parse(name).unwrap(), 1, Matching::Exact(by))
    }

    /// What is explored anew when these rules begin to count.
    fn explored(rules: Vec<LinkingRule>) -> Vec<Serves> {
        let (policy, mut explored) = (realm(rules), Vec::new());
        let problems = proved_by(&Documents::new(), &policy, &mut |binding| {
            explored.push(binding.serves);
            check(&policy, binding)
        });
        assert!(problems.is_empty(), "{problems:?}");
        explored
    }

    /// Logins wait while a changed rule is judged. Most changes of a rule can't make a difference, so there is nothing to wait for.
    #[test]
    fn only_a_rule_that_can_come_to_something_new_is_judged_anew() {
        assert!(!explored(vec![rule("address", AccountField::Email)]).is_empty(), "the first look at the realm");
        let another = LinkingRule { priority: 7, ..rule("another", AccountField::Email) };
        assert_eq!(explored(vec![another]), [], "a rule that can come to the same");
        let stricter = LinkingRule { proofs: [ProofKind::Password].into(), ..rule("stricter", AccountField::Email) };
        assert_eq!(explored(vec![stricter.clone()]), [Serves::FirstLogin], "what rules come to matters at first logins alone");
        let refuses = LinkingRule { on_match: OnMatch::Deny, ..rule("refuses", AccountField::Email) };
        assert_eq!(explored(vec![refuses]), [Serves::FirstLogin]);
        assert_eq!(explored(vec![stricter]), [], "what was proved stays proved");
    }
}
