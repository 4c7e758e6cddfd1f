//! What rules find, what opens an account, and what holds for every set of rules.

mod compiling;
mod finding;
mod floors;
mod laws;
mod reasons;
mod serving;

use super::{AccountField, Case, Claim, FindBy, Judgement, LinkingRule, LinkingVerdict, Matching, RequireVerified, RuleSet};
use crate::ask::{Candidate, Candidates};
use crate::policy::{Bindings, Limits, RealmPolicy};
use crate::session::{Profile, ProfileEmail};
use domain::{
    AccountState, AddressProof, AssertedEmail, Assurance, Attribute, AttributeName, BrokeredIdentity, CanonicalSubject,
    EmailAddress, Epoch, FlowName, IdentityKey, LinkingDomain, OwnedAddress, Provenance, ProviderAlias, ProviderPolicy, RealmId,
    RuleName, Subject, Timestamp, User, UserId, Username, Version, Vouched,
};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) fn name(text: &str) -> RuleName {
    RuleName::parse(text).unwrap()
}

pub(crate) fn alias(text: &str) -> ProviderAlias {
    ProviderAlias::parse(text).unwrap()
}

pub(crate) fn attribute(text: &str) -> AttributeName {
    AttributeName::parse(text).unwrap()
}

pub(crate) fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

/// A realm whose provider `campus` is trusted with addresses at x.org, and `social` with none.
pub(crate) fn policy(rules: RuleSet) -> RealmPolicy {
    let flow = |name: &str| FlowName::parse(name).unwrap();
    let provider = |name: &str, trust_email| ProviderPolicy {
        trust_email,
        ..ProviderPolicy::new(alias(name), name.to_uppercase(), flow("first-broker-login"))
    };
    RealmPolicy {
        realm: RealmId::parse("demo").unwrap(),
        name: "Demo".into(),
        flows: BTreeMap::new(),
        revisions: crate::Revisions::default(),
        bindings: Bindings {
            browser: flow("browser"),
            registration: flow("registration"),
            forgotten_password: flow("forgotten-password"),
            verify_address: flow("verify-address"),
            change_address: flow("change-address"),
            second_factor: Some(flow("second-factor")),
        },
        providers: vec![provider("campus", Assurance::Domains(vec!["x.org".into()])), provider("social", Assurance::Nobody)],
        clients: BTreeMap::new(),
        rules: Arc::new(rules),
        sends_mail: true,
        limits: Limits::default(),
    }
}

pub(crate) fn rules(rules: Vec<LinkingRule>) -> RealmPolicy {
    policy(RuleSet::compile(rules).unwrap())
}

pub(crate) fn exact(claim: Claim, account: AccountField) -> Matching {
    Matching::Exact(FindBy { claim, account })
}

pub(crate) fn rule(text: &str, priority: u32, matching: Matching) -> LinkingRule {
    LinkingRule::new(name(text), priority, matching)
}

/// A rule that wants no word and no proof of an address: it finds, and no more.
pub(crate) fn finding(text: &str, matching: Matching) -> LinkingRule {
    LinkingRule { require_verified: RequireVerified { upstream: false, local: false }, ..rule(text, 1, matching) }
}

pub(crate) fn identity(provider: &str) -> BrokeredIdentity {
    BrokeredIdentity {
        key: IdentityKey {
            provider: alias(provider),
            issuer: format!("https://{provider}.example"),
            authority: None,
            subject: Subject::parse("s-1").unwrap(),
        },
        email: None,
        username: None,
        given_name: None,
        family_name: None,
        picture: None,
        attributes: BTreeMap::new(),
        auth_time: None,
        claims: BTreeMap::new(),
    }
}

pub(crate) fn with_email(provider: &str, email: &str, vouched: Vouched) -> BrokeredIdentity {
    BrokeredIdentity { email: Some(AssertedEmail { address: address(email), vouched }), ..identity(provider) }
}

pub(crate) fn with_attribute(provider: &str, attribute_name: &str, values: &[&str]) -> BrokeredIdentity {
    let values = values.iter().map(|&value| value.to_owned()).collect();
    BrokeredIdentity { attributes: BTreeMap::from([(attribute(attribute_name), values)]), ..identity(provider) }
}

pub(crate) fn account(number: u8) -> Candidate {
    let user = User {
        id: UserId::from_bytes([number; 16]),
        subject: CanonicalSubject::from_bytes([number; 16]),
        username: None,
        email: None,
        given_name: None,
        family_name: None,
        picture: None,
        origins: BTreeMap::new(),
        attributes: BTreeMap::new(),
        linking_domain: LinkingDomain::default(),
        state: AccountState::Open,
        has_password: true,
        password_set_at: None,
        must_renew_password: false,
        has_one_time_codes: false,
        roles: std::collections::BTreeSet::new(),
        accepted_terms: std::collections::BTreeMap::new(),
        epoch: Epoch(0),
        version: Version(1),
        created_at: Timestamp::from_seconds(1),
    };
    Candidate { user, identities: Vec::new() }
}

impl Candidate {
    pub(crate) fn called(mut self, username: &str) -> Self {
        self.user.username = Some(Username::parse(username).unwrap());
        self
    }

    pub(crate) fn claims(mut self, email: &str) -> Self {
        self.user.email = Some(OwnedAddress { address: address(email), provenance: Provenance::Typed, proof: None });
        self
    }

    pub(crate) fn proved(mut self, email: &str) -> Self {
        let proof = Some(AddressProof::Mailbox { at: Timestamp::from_seconds(1) });
        self.user.email = Some(OwnedAddress { address: address(email), provenance: Provenance::Typed, proof });
        self
    }

    pub(crate) fn has(self, attribute_name: &str, value: &str) -> Self {
        self.has_from(attribute_name, value, Provenance::Administrator)
    }

    pub(crate) fn has_from(mut self, attribute_name: &str, value: &str, provenance: Provenance) -> Self {
        let own = Attribute { values: vec![value.to_owned()], provenance };
        self.user.attributes.insert(attribute(attribute_name), own);
        self
    }
}

pub(crate) fn profile(identity: &BrokeredIdentity) -> Profile {
    Profile {
        username: identity.username.clone(),
        email: identity.email.as_ref().map(|email| ProfileEmail { address: email.address.clone(), typed: false }),
        given_name: None,
        family_name: None,
    }
}

/// What the rules say of an identity where these accounts were found.
pub(crate) fn judged(policy: &RealmPolicy, identity: &BrokeredIdentity, accounts: &[Candidate]) -> Judgement {
    let profile = profile(identity);
    let found = Candidates { accounts: accounts.to_vec(), ..Candidates::default() };
    Case { policy, identity, profile: &profile, flow: None }.judge(&found)
}

/// Whom the rules found, and whether they link it alone.
pub(crate) fn one(judgement: &Judgement) -> Option<(UserId, bool)> {
    match &judgement.verdict {
        LinkingVerdict::One(one) => Some((one.account.user.id, one.links_alone)),
        _ => None,
    }
}

pub(crate) fn id(number: u8) -> UserId {
    UserId::from_bytes([number; 16])
}
