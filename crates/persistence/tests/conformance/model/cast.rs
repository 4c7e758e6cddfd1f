//! Who plays: people with their mailboxes, passwords and identities, and the providers that speak for them.
//!
//! A provider whose word policy takes for an address is honest about it; the others say whatever suits whoever asks.

use super::random::Random;
use crate::scene::{address, client};
use domain::{
    AssertedEmail, Assurance, BrokeredIdentity, ClientPolicy, EmailAddress, ExistingLink, FlowName, IdentityKey, ProofKind,
    ProviderAlias, ProviderPolicy, RealmId, RuleName, Subject, UnprovedClaims, Vouched,
};
use flow_runtime::linking::{AccountField, Claim, FindBy, LinkingRule, Matching, RequireVerified, RuleSet};
use flow_runtime::{Bindings, Flow, Limits, RealmPolicy};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

const NAMES: [&str; 5] = ["ada", "bob", "cyd", "dan", "eve"];

const FIRST_LOGINS: [&str; 4] =
    ["first-broker-login", "first-broker-login-auto-link", "first-broker-login-by-rule", "keycloak-first-broker-login"];

/// Somebody, and what they really have.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) name: &'static str,
    /// What nobody else knows, the usual one first.
    pub(super) passwords: [String; 2],
    /// The mailboxes that this person reads. Some are read by two.
    pub(super) mailboxes: Vec<EmailAddress>,
    /// What providers say when this person signs in there.
    pub(super) identities: Vec<BrokeredIdentity>,
}

impl Person {
    /// Whether this person reads the mail that goes there.
    pub(super) fn reads(&self, mailbox: &EmailAddress) -> bool {
        self.mailboxes.iter().any(|own| own.names_the_same_mailbox_as(mailbox))
    }
}

/// The people of one sequence, and what their realm allows.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) people: Vec<Person>,
    /// The address that everybody is after.
    pub(super) prize: EmailAddress,
    pub(super) policy: RealmPolicy,
}

static SHIPPED: LazyLock<BTreeMap<FlowName, Arc<Flow>>> = LazyLock::new(|| {
    let flows = flow_runtime::reader::shipped().unwrap();
    flows.into_iter().map(|(name, flow)| (name, Arc::new(flow))).collect()
});

impl Cast {
    pub(super) fn new(realm: &RealmId, random: &mut Random) -> Self {
        let policy = policy(realm, random);
        let count = 2 + random.below(4);
        let prize = random.pick(&mailboxes(0, NAMES[0])).clone();
        let people = NAMES.iter().take(count).enumerate().map(|(who, name)| person(who, name, &prize, &policy, random)).collect();
        Self { people, prize, policy }
    }

    /// An address that somebody says is theirs: mostly the one that everybody is after.
    pub(super) fn some_address(&self, who: usize, random: &mut Random) -> EmailAddress {
        if random.once_in(3) { random.pick(&self.people[who].mailboxes).clone() } else { self.prize.clone() }
    }

    /// Who really holds this identity.
    pub(super) fn holder_of(&self, key: &IdentityKey) -> Option<usize> {
        self.people.iter().position(|person| person.identities.iter().any(|identity| identity.key == *key))
    }
}

fn mailboxes(who: usize, name: &str) -> Vec<EmailAddress> {
    let mut own = vec![address(&format!("{name}@campus.example")), address(&format!("{name}@mail.example"))];
    if who < 2 {
        own.push(address("team@campus.example"));
    }
    own
}

fn person(who: usize, name: &'static str, prize: &EmailAddress, policy: &RealmPolicy, random: &mut Random) -> Person {
    let own = mailboxes(who, name);
    let places = [("campus", None), ("social", None), ("social", None), ("fed", Some("uni")), ("fed", Some("public"))];
    let identity = |(number, (provider, authority)): (usize, &(&str, Option<&str>))| {
        let subject = if authority.is_some() { name.to_owned() } else { format!("{name}-{number}") };
        let key = IdentityKey {
            provider: alias(provider),
            issuer: format!("https://{provider}.example"),
            authority: authority.map(str::to_owned),
            subject: Subject::parse(&subject).unwrap(),
        };
        BrokeredIdentity { email: said(&key, policy, (&own, prize), random), ..nobody(key, name) }
    };
    let identities = places.iter().enumerate().map(identity).collect();
    let passwords = [format!("the secret of {name}"), format!("the other secret of {name}")];
    Person { name, passwords, identities, mailboxes: own }
}

/// What a provider says of an address: the truth where its word counts.
fn said(
    key: &IdentityKey,
    policy: &RealmPolicy,
    (own, prize): (&[EmailAddress], &EmailAddress),
    random: &mut Random,
) -> Option<AssertedEmail> {
    if random.once_in(8) {
        return None;
    }
    let address = if random.once_in(3) { random.pick(own).clone() } else { prize.clone() };
    let trusted = policy.provider(&key.provider).is_some_and(|provider| provider.is_trusted_for(key, &address));
    let vouched = *random.pick(&[Vouched::Yes, Vouched::Yes, Vouched::Yes, Vouched::No, Vouched::Silent]);
    let truth = own.iter().any(|own| own.names_the_same_mailbox_as(&address));
    let vouched = if trusted && !truth { Vouched::Silent } else { vouched };
    Some(AssertedEmail { address, vouched })
}

fn nobody(key: IdentityKey, name: &str) -> BrokeredIdentity {
    BrokeredIdentity {
        key,
        email: None,
        username: Some(name.to_owned()),
        given_name: None,
        family_name: None,
        picture: None,
        attributes: BTreeMap::new(),
        auth_time: None,
        claims: BTreeMap::new(),
    }
}

fn policy(realm: &RealmId, random: &mut Random) -> RealmPolicy {
    let client = ClientPolicy {
        id: client(),
        name: "App".into(),
        enabled: true,
        consent: random.once_in(8),
        first_login_flow: None,
        post_login_flow: None,
    };
    RealmPolicy {
        realm: realm.clone(),
        name: "Model".into(),
        flows: SHIPPED.clone(),
        revisions: flow_runtime::Revisions::default(),
        bindings: Bindings {
            browser: flow("browser"),
            registration: flow("registration"),
            forgotten_password: flow("forgotten-password"),
            verify_address: flow("verify-address"),
            change_address: flow("change-address"),
            second_factor: Some(flow("second-factor")),
        },
        providers: providers(random),
        clients: BTreeMap::from([(client.id.clone(), client)]),
        rules: Arc::new(RuleSet::compile(rules(random)).unwrap()),
        sends_mail: !random.once_in(10),
        limits: Limits::default(),
    }
}

/// Rules that offer accounts by address or by name, some of them carelessly.
fn rules(random: &mut Random) -> Vec<LinkingRule> {
    let by = |claim, account| Matching::Exact(FindBy { claim, account });
    let matching = [by(Claim::Email, AccountField::Email), by(Claim::Username, AccountField::Username)];
    let proofs = BTreeSet::from([ProofKind::Password, ProofKind::Mailbox, ProofKind::TrustedAssertion]);
    let mut rules = Vec::new();
    for (priority, matching) in (1..).zip(matching) {
        let name = RuleName::parse(&format!("rule-{priority}")).unwrap();
        let rule = LinkingRule {
            auto_link: priority == 1 && random.once_in(2),
            require_verified: RequireVerified { upstream: random.once_in(2), local: random.once_in(2) },
            proofs: if random.once_in(3) { proofs.clone() } else { BTreeSet::new() },
            ..LinkingRule::new(name, priority, matching)
        };
        rules.extend((!random.once_in(3)).then_some(rule));
    }
    rules
}

fn providers(random: &mut Random) -> Vec<ProviderPolicy> {
    let mut provider = |name: &str, trust_email| ProviderPolicy {
        trust_email,
        on_existing_link: *random.pick(&[ExistingLink::Add, ExistingLink::Add, ExistingLink::Replace, ExistingLink::Deny]),
        proves_fresh_login: random.once_in(2),
        unproved_claims: *random.pick(&[UnprovedClaims::Release, UnprovedClaims::HandOver]),
        ..ProviderPolicy::new(alias(name), name.to_uppercase(), flow(random.pick::<&str>(&FIRST_LOGINS)))
    };
    let campus = provider("campus", Assurance::Domains(vec!["campus.example".into()]));
    let social = provider("social", Assurance::Nobody);
    let mut fed = provider("fed", Assurance::Nobody);
    fed.authorities = BTreeMap::from([("uni".to_owned(), Assurance::Everybody)]);
    fed.only_listed_authorities = random.once_in(4);
    vec![campus, social, fed]
}

fn flow(name: &str) -> FlowName {
    FlowName::parse(name).unwrap()
}

fn alias(name: &str) -> ProviderAlias {
    ProviderAlias::parse(name).unwrap()
}
