//! How a realm has its flows bound, and what that leaves open.

use super::assumed::Fixed;
use super::check::Scope;
use super::realm::Realm;
use super::setting::{Joins, Rules, Setting, Word};
use crate::definition::declaration::{Establishes, Need};
use crate::definition::waiver::Assumption;
use crate::flow_test::Serves;
use crate::linking::{AccountField, Matching, OnMatch, OnSeveral};
use crate::{Flow, RealmPolicy};
use domain::{Assurance, ClientId, FlowName, ProviderAlias, ProviderPolicy, Wish};
use std::collections::BTreeSet;

/// A flow as a realm has it: what for, for whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Binding {
    /// The flow.
    pub flow: FlowName,
    /// What it serves.
    pub serves: Serves,
    /// The provider that people come through. None: any, or none.
    pub provider: Option<ProviderAlias>,
    /// The client that sends them. None: any.
    pub client: Option<ClientId>,
}

/// Every binding of a realm.
pub fn bindings(policy: &RealmPolicy) -> BTreeSet<Binding> {
    let wishes = [Wish::SignIn, Wish::Create, Wish::Recover, Wish::VerifyAddress, Wish::ChangeAddress, Wish::SecondFactor];
    let is_served = |wish: &Wish| *wish != Wish::SecondFactor || policy.bindings.second_factor.is_some();
    let of_wishes = wishes.into_iter().filter(is_served).map(|wish| Binding {
        flow: policy.flow_for(wish).clone(),
        serves: Serves::Wish(wish),
        provider: None,
        client: None,
    });
    let mut bindings: BTreeSet<Binding> = of_wishes.collect();
    let bound = |serves, flow: &FlowName, provider: &ProviderPolicy, client: Option<&ClientId>| Binding {
        flow: flow.clone(),
        serves,
        provider: Some(provider.alias.clone()),
        client: client.cloned(),
    };
    for provider in policy.providers.iter().filter(|provider| provider.enabled && !provider.link_only) {
        bindings.insert(bound(Serves::FirstLogin, &provider.first_login_flow, provider, None));
        bindings.extend(provider.post_login_flow.iter().map(|flow| bound(Serves::PostLogin, flow, provider, None)));
        for client in policy.clients.values().filter(|client| client.enabled) {
            let (first, post) = (client.first_login_flow.iter(), client.post_login_flow.iter());
            bindings.extend(first.map(|flow| bound(Serves::FirstLogin, flow, provider, Some(&client.id))));
            bindings.extend(post.map(|flow| bound(Serves::PostLogin, flow, provider, Some(&client.id))));
        }
    }
    bindings
}

/// What a flow is for, judged by what it has.
pub(super) fn looks_like(flow: &Flow) -> Serves {
    let has = |need| flow.authenticators().any(|(_, found)| found.declaration().needs.contains(&need));
    let signs_in = flow.authenticators().any(|(_, found)| found.declaration().establishes.contains(&Establishes::User));
    match (has(Need::Identity), signs_in) {
        (true, _) => Serves::FirstLogin,
        (false, true) => Serves::Wish(Wish::SignIn),
        (false, false) => Serves::PostLogin,
    }
}

/// What is explored for a binding. None: it can't be made.
pub(super) fn scope(policy: &RealmPolicy, binding: &Binding, flow: &Flow) -> Option<Scope> {
    let provider = binding.provider.as_ref().and_then(|alias| policy.provider(alias));
    let realm = Realm::around(&flow.name, binding.serves, provider, binding.client.as_ref())?;
    let words = provider.map(words_of);
    let rules = rules_of(policy);
    let said = |setting: &Setting| words.as_ref().is_none_or(|words| words.contains(&setting.word));
    let settings =
        Setting::all(binding.serves, &[policy.sends_mail]).into_iter().filter(|setting| setting.joins == Joins::AsSetUp);
    let first_login = binding.serves == Serves::FirstLogin;
    let settings = settings.filter(|setting| !first_login || said(setting) && rules.contains(&setting.rules));
    let trusted = provider.is_some_and(|provider| provider.trust_email == Assurance::Everybody);
    let wants_mail = matches!(binding.serves, Serves::Wish(Wish::Recover | Wish::VerifyAddress | Wish::ChangeAddress));
    let promises = policy.sends_mail || !wants_mail;
    let met = |assumption: &Assumption| match assumption {
        Assumption::Mail => policy.sends_mail || !promises,
        Assumption::TrustedAssertion => trusted,
    };
    Some(Scope {
        realm,
        settings: settings.collect(),
        fixed: Fixed { serves: binding.serves, provider: provider.is_some(), client: binding.client.is_some() },
        is_all: false,
        promises,
        unmet: flow.assumes.iter().filter(|assumption| !met(assumption)).map(|assumption| assumption.as_str()).collect(),
    })
}

/// All that the verdict on a binding depends on: two that are equal in it have the same verdict. Rules make a difference only by what they
/// can come to, so most changes of a rule make none. None: there is no such flow, or it can't be explored.
pub fn depends_on(policy: &RealmPolicy, binding: &Binding) -> Option<String> {
    let flow = policy.flow(&binding.flow)?;
    let Scope { realm, settings, fixed, is_all, promises, unmet } = scope(policy, binding, flow)?;
    let around = format!("{:?} {:?} {settings:?} {fixed:?} {is_all} {promises} {unmet:?}", realm.provider, realm.client);
    Some(format!("{} {:?} {:?} {around}", flow.revision.0, flow.waivers, flow.assumes))
}

/// What the provider may say, by what it is trusted with.
fn words_of(provider: &ProviderPolicy) -> Vec<Word> {
    match (&provider.trust_email, provider.authorities.is_empty()) {
        (Assurance::Nobody, true) => vec![Word::Nothing, Word::Untrusted, Word::Silent],
        (Assurance::Everybody, true) => vec![Word::Nothing, Word::Trusted, Word::Own, Word::Silent],
        _ => vec![Word::Nothing, Word::Trusted, Word::Own, Word::Untrusted, Word::Silent],
    }
}

/// What the realm's rules can come to.
fn rules_of(policy: &RealmPolicy) -> BTreeSet<Rules> {
    let mut all = BTreeSet::from([Rules::Usual]);
    if policy.rules.rules().len() == 0 {
        all.insert(Rules::Nobody);
    }
    for rule in policy.rules.rules() {
        all.extend(rule.proofs.iter().map(|kind| Rules::Wants(*kind)));
        all.extend(rule.auto_link.then_some(Rules::Alone));
        all.extend((rule.on_several == OnSeveral::Deny).then_some(Rules::Several));
        all.extend((rule.on_match == OnMatch::Deny).then_some(Rules::Refuse));
        let by = match &rule.matching {
            Matching::Exact(by) | Matching::Custom { find_by: by, .. } => Some(&by.account),
            Matching::Regex { account, .. } => Some(account),
            Matching::Domain(_) => None,
        };
        all.extend(by.is_some_and(|field| *field != AccountField::Email).then_some(Rules::ByName));
    }
    all
}
