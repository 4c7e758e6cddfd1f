//! What a realm's configuration says about providers and clients, as the runtime needs it.

use crate::{ClientId, EmailAddress, FlowName, ProviderAlias};
use serde::{Deserialize, Serialize};

/// What a realm allows a provider to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderPolicy {
    /// Its alias.
    pub alias: ProviderAlias,
    /// Its name on pages.
    pub name: String,
    /// A disabled provider opens nothing, also for what is in flight.
    pub enabled: bool,
    /// Whose addresses its word is taken for, if it vouches for them.
    pub trust_email: Assurance,
    /// The flow that decides at a first login.
    pub first_login_flow: FlowName,
}

impl ProviderPolicy {
    /// Whether the provider's word is enough for this address, if it vouches for it.
    pub fn is_trusted_for(&self, address: &EmailAddress) -> bool {
        match &self.trust_email {
            Assurance::Nobody => false,
            Assurance::Domains(domains) => domains.iter().any(|domain| domain == address.domain()),
            Assurance::Everybody => true,
        }
    }
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(trust_email: Assurance) -> ProviderPolicy {
        ProviderPolicy {
            alias: ProviderAlias::parse("campus").unwrap(),
            name: "Campus".into(),
            enabled: true,
            trust_email,
            first_login_flow: FlowName::parse("first-broker-login").unwrap(),
        }
    }

    #[test]
    fn ph_14_trust_ends_at_the_listed_domains() {
        let listed = provider(Assurance::Domains(vec!["corp.com".into()]));
        let address = |text| EmailAddress::parse(text).unwrap();
        assert!(listed.is_trusted_for(&address("vic@CORP.com")));
        for other in ["vic@corp.com.evil.org", "vic@evilcorp.com", "vic@sub.corp.com"] {
            assert!(!listed.is_trusted_for(&address(other)), "{other}");
        }
        assert!(!provider(Assurance::default()).is_trusted_for(&address("vic@corp.com")));
    }
}
