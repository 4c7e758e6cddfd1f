//! The realms that people meet: a provider for each first-login flow that comes with Braid, trusted with more or less.

use flow_runtime::definition::declaration::Need;
use flow_runtime::linking::{AccountField, Claim, FindBy, LinkingRule, Matching, RuleSet};
use flow_runtime::reader::shipped;
use std::sync::Arc;
use testkit::{Place, Scene, World};

/// A realm, live.
pub(crate) struct Realm {
    pub(crate) world: World,
    pub(crate) providers: Vec<&'static str>,
}

/// What providers are trusted with, one after the other.
const WAYS_OF_TRUST: &[&[(&str, &str)]] = &[
    &[("trust-email", "true"), ("reauthentication", "auth-time")],
    &[("trust-email", "false"), ("reauthentication", "auth-time")],
    &[("trust-email", "[corp.example]"), ("on-existing-link", "replace")],
    &[("trust-email", "true"), ("unproved-accounts", "hand-over")],
    &[("trust-email", "false"), ("on-existing-link", "ask")],
    &[("trust-email", "[corp.example]"), ("on-existing-link", "deny"), ("reauthentication", "auth-time")],
];

impl Realm {
    /// A realm without rules of its own.
    pub(crate) async fn plain() -> Self {
        Self::open(|scene| scene, 0).await
    }

    /// A realm that finds people by number, by name and by address.
    pub(crate) async fn with_rules() -> Self {
        Self::open(|scene| scene.with(|settings| settings.realms[0].policy.rules = Arc::new(rules())), 3).await
    }

    async fn open(change: impl FnOnce(Scene) -> Scene, first: usize) -> Self {
        let mut scene = Scene::on(Place::Memory).provider("campus", "reauthentication", "auth-time");
        let mut providers = vec!["campus", "social"];
        for (at, (name, flow)) in shipped().unwrap().into_iter().enumerate() {
            if !flow.authenticators().any(|(_, found)| found.declaration().needs.contains(&Need::Identity)) {
                continue;
            }
            let alias: &'static str = Box::leak(format!("p{at}").into_boxed_str());
            scene = scene.provider(alias, "first-login-flow", name.as_str());
            scene = scene.provider(alias, "claims", "{ attributes: { number: number } }");
            if at % 2 == 0 {
                scene = scene.provider(alias, "hands-out", "[number]");
            }
            for (key, value) in WAYS_OF_TRUST[(at + first) % WAYS_OF_TRUST.len()] {
                scene = scene.provider(alias, key, value);
            }
            providers.push(alias);
        }
        Self { world: change(scene).open().await, providers }
    }
}

fn rules() -> RuleSet {
    let rule = |name: &str, priority, claim, account| {
        LinkingRule::new(name.to_owned().try_into().unwrap(), priority, Matching::Exact(FindBy { claim, account }))
    };
    let number = || domain::AttributeName::parse("number").unwrap();
    let by_number = rule("numbers", 1, Claim::Attribute(number()), AccountField::Attribute(number()));
    let by_name = rule("names", 2, Claim::Username, AccountField::Username);
    let by_address = rule("addresses", 3, Claim::Email, AccountField::Email);
    RuleSet::compile(vec![LinkingRule { auto_link: true, ..by_number }, by_name, by_address]).unwrap()
}
