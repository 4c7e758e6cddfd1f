//! What a realm's configuration says about providers and clients, as the runtime needs it.

use crate::{AttributeName, ClientId, EmailAddress, FlowName, IdentityKey, LinkingDomain, ProfileField, ProviderAlias};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

/// What a realm allows a provider to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the configuration")]
pub struct ProviderPolicy {
    /// Its alias.
    pub alias: ProviderAlias,
    /// Its name on pages.
    pub name: String,
    /// A disabled provider opens nothing, also for what is in flight.
    pub enabled: bool,
    /// A link-only provider's identities are tied to accounts and prove them, but never begin a login of their own.
    pub link_only: bool,
    /// Whose addresses its word is taken for, if it vouches for them.
    pub trust_email: Assurance,
    /// The same for authorities behind a federation; for one that isn't listed, `trust_email` counts.
    pub authorities: BTreeMap<String, Assurance>,
    /// Whether identities of authorities that aren't listed are refused.
    pub only_listed_authorities: bool,
    /// The attributes whose values this provider hands out, so that its word about them is as good as the account's own.
    pub hands_out: BTreeSet<AttributeName>,
    /// The flow that decides at a first login.
    pub first_login_flow: FlowName,
    /// The flow that runs whenever somebody came through it, before they count as signed in.
    pub post_login_flow: Option<FlowName>,
    /// Its identities find accounts of this domain only, and make them there.
    pub linking_domain: LinkingDomain,
    /// What happens when the account that an identity belongs to has another identity of this provider.
    pub on_existing_link: ExistingLink,
    /// The most identities of this provider on one account. None: as many as there are.
    pub most_identities: Option<NonZeroU32>,
    /// Whether it can be made to ask for credentials again and says when it did (`auth_time`, OpenID Connect Core §2). One that
    /// can't is never offered as a proof.
    pub proves_fresh_login: bool,
    /// What becomes of an account that only claims an address for which this provider's word is taken.
    pub unproved_claims: UnprovedClaims,
    /// How parts of the profile are kept in step; [`Sync::Import`] for those not named.
    pub sync_profile: BTreeMap<ProfileField, Sync>,
    /// How attributes are kept in step; [`Sync::Import`] for those not named.
    pub sync_attributes: BTreeMap<AttributeName, Sync>,
}

impl ProviderPolicy {
    /// A provider that is trusted with nothing.
    pub fn new(alias: ProviderAlias, name: String, first_login_flow: FlowName) -> Self {
        Self {
            alias,
            name,
            enabled: true,
            link_only: false,
            trust_email: Assurance::default(),
            authorities: BTreeMap::new(),
            only_listed_authorities: false,
            hands_out: BTreeSet::new(),
            first_login_flow,
            post_login_flow: None,
            linking_domain: LinkingDomain::default(),
            on_existing_link: ExistingLink::default(),
            most_identities: None,
            proves_fresh_login: false,
            unproved_claims: UnprovedClaims::default(),
            sync_profile: BTreeMap::new(),
            sync_attributes: BTreeMap::new(),
        }
    }

    /// Whether the provider's word is enough for this address of that identity, if it vouches for it.
    pub fn is_trusted_for(&self, identity: &IdentityKey, address: &EmailAddress) -> bool {
        let own = identity.authority.as_ref().and_then(|authority| self.authorities.get(authority));
        own.unwrap_or(&self.trust_email).covers(address)
    }

    /// How this part of the profile is kept in step.
    pub fn sync_of(&self, field: ProfileField) -> Sync {
        self.sync_profile.get(&field).copied().unwrap_or_default()
    }

    /// How this attribute is kept in step.
    pub fn sync_of_attribute(&self, name: &AttributeName) -> Sync {
        self.sync_attributes.get(name).copied().unwrap_or_default()
    }

    /// Whether identities of this authority are let in.
    pub fn lets_in(&self, identity: &IdentityKey) -> bool {
        let listed = identity.authority.as_ref().is_some_and(|authority| self.authorities.contains_key(authority));
        listed || !self.only_listed_authorities
    }
}

/// What happens when somebody's account already has an identity of the same provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExistingLink {
    /// The account gets one more.
    #[default]
    Add,
    /// The new one takes the place of all others of the provider.
    Replace,
    /// The person is told, and asked whether one more is wanted.
    Ask,
    /// It is refused.
    Deny,
}

/// What becomes of an account that claims an address without proof, when a trusted provider vouches for that address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnprovedClaims {
    /// It loses the address to a fresh account, and keeps all else.
    #[default]
    Release,
    /// It is handed over: password and identities that prove nothing are taken off it, and everybody is signed out. What its
    /// first holder wrote there is then seen by the new one.
    HandOver,
}

/// How a value that a provider asserts is kept in step with the account's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sync {
    /// It is never taken.
    Ignore,
    /// It is offered when the account is made, may be changed then, and is never touched again.
    Suggest,
    /// It is taken while the account has no other, and taken back with the provider's.
    #[default]
    Import,
    /// It is always what the provider says, whoever set it before.
    Force,
}

/// For whom a provider's `email_verified` is believed. The default believes nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assurance {
    /// Never.
    #[default]
    Nobody,
    /// For addresses whose domain is exactly one of these A-labels.
    Domains(Vec<String>),
    /// For every address.
    Everybody,
}

impl Assurance {
    fn covers(&self, address: &EmailAddress) -> bool {
        match self {
            Self::Nobody => false,
            Self::Domains(domains) => domains.iter().any(|domain| domain == address.domain()),
            Self::Everybody => true,
        }
    }
}

/// What a realm allows a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientPolicy {
    /// Its id.
    pub id: ClientId,
    /// Its name on pages.
    pub name: String,
    /// A disabled client gets nothing.
    pub enabled: bool,
    /// Whether the person is asked before the client learns anything.
    pub consent: bool,
    /// The first-login flow of people whom this client sends, instead of their provider's.
    pub first_login_flow: Option<FlowName>,
    /// The post-login flow of people whom this client sends, instead of their provider's.
    pub post_login_flow: Option<FlowName>,
}

impl ClientPolicy {
    /// A client that anybody may be sent by: enabled, without flows of its own, and nobody is asked what it may learn.
    pub fn new(id: ClientId, name: impl Into<String>) -> Self {
        Self { id, name: name.into(), enabled: true, consent: false, first_login_flow: None, post_login_flow: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Subject;

    fn provider(trust_email: Assurance) -> ProviderPolicy {
        let (alias, flow) = (ProviderAlias::parse("campus").unwrap(), FlowName::parse("first-broker-login").unwrap());
        ProviderPolicy { trust_email, ..ProviderPolicy::new(alias, "Campus".into(), flow) }
    }

    fn at(authority: Option<&str>) -> IdentityKey {
        IdentityKey {
            provider: ProviderAlias::parse("campus").unwrap(),
            issuer: "https://campus.example".into(),
            authority: authority.map(str::to_owned),
            subject: Subject::parse("1").unwrap(),
        }
    }

    #[test]
    fn ph_14_trust_ends_at_the_listed_domains() {
        let listed = provider(Assurance::Domains(vec!["corp.com".into()]));
        let address = |text| EmailAddress::parse(text).unwrap();
        assert!(listed.is_trusted_for(&at(None), &address("vic@CORP.com")));
        for other in ["vic@corp.com.evil.org", "vic@evilcorp.com", "vic@sub.corp.com"] {
            assert!(!listed.is_trusted_for(&at(None), &address(other)), "{other}");
        }
        assert!(!provider(Assurance::default()).is_trusted_for(&at(None), &address("vic@corp.com")));
    }

    #[test]
    fn an_authority_has_trust_of_its_own() {
        let address = EmailAddress::parse("vic@corp.com").unwrap();
        let mut federation = provider(Assurance::Everybody);
        federation.authorities.insert("https://idp.corp.com".into(), Assurance::Domains(vec!["corp.com".into()]));
        federation.authorities.insert("https://social.example".into(), Assurance::Nobody);
        assert!(federation.is_trusted_for(&at(Some("https://idp.corp.com")), &address));
        assert!(!federation.is_trusted_for(&at(Some("https://social.example")), &address));
        assert!(federation.is_trusted_for(&at(Some("https://other.example")), &address), "what the provider is trusted with");
        assert!(federation.lets_in(&at(Some("https://other.example"))));
        federation.only_listed_authorities = true;
        assert!(!federation.lets_in(&at(Some("https://other.example"))) && !federation.lets_in(&at(None)));
        assert!(federation.lets_in(&at(Some("https://social.example"))));
    }
}
