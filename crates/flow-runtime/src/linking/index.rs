//! Which rules an identity meets, without looking at the others.

use super::rule::{LinkingRule, Matching};
use domain::{BrokeredIdentity, ProviderAlias};
use std::collections::BTreeMap;

/// The most places that one rule may stand at: providers times authorities times domains.
pub(super) const MOST_PLACES: usize = 4_096;
/// The most rules at one place.
pub(super) const MOST_AT_ONE: usize = 64;

/// What a rule is for; None is everything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    provider: Option<ProviderAlias>,
    authority: Option<String>,
    domain: Option<String>,
}

/// Rules, by number, at each place that one of them is for.
#[derive(Debug, Clone, Default)]
pub(super) struct Index(BTreeMap<Place, Vec<usize>>);

/// Why a rule has no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoPlace {
    /// It would stand at too many.
    TooMany,
    /// There are too many rules already where it belongs.
    Crowded,
}

impl Index {
    /// Puts a rule where it belongs. Its domains are A-labels.
    pub(super) fn add(&mut self, number: usize, rule: &LinkingRule) -> Result<(), NoPlace> {
        let domains: Vec<_> = match &rule.matching {
            Matching::Domain(domains) => domains.iter().cloned().map(Some).collect(),
            Matching::Exact(_) | Matching::Regex { .. } | Matching::Custom { .. } => vec![None],
        };
        let providers = or_all(&rule.providers);
        let authorities = or_all(&rule.authorities);
        if providers.len().saturating_mul(authorities.len()).saturating_mul(domains.len()) > MOST_PLACES {
            return Err(NoPlace::TooMany);
        }
        for provider in &providers {
            for authority in &authorities {
                for domain in &domains {
                    let place = Place { provider: provider.clone(), authority: authority.clone(), domain: domain.clone() };
                    let there = self.0.entry(place).or_default();
                    if there.len() >= MOST_AT_ONE {
                        return Err(NoPlace::Crowded);
                    }
                    there.push(number);
                }
            }
        }
        Ok(())
    }

    /// The rules for an identity whose address is in this domain, in their order. Eight look-ups, however many rules there are.
    pub(super) fn meeting(&self, identity: &BrokeredIdentity, domain: Option<&str>) -> Vec<usize> {
        let providers = [None, Some(identity.key.provider.clone())];
        let authorities = either(identity.key.authority.clone());
        let domains = either(domain.map(str::to_owned));
        let mut found = Vec::new();
        for provider in &providers {
            for authority in &authorities {
                for domain in &domains {
                    let place = Place { provider: provider.clone(), authority: authority.clone(), domain: domain.clone() };
                    found.extend(self.0.get(&place).into_iter().flatten().copied());
                }
            }
        }
        found.sort_unstable();
        found
    }
}

fn or_all<T: Clone>(listed: &std::collections::BTreeSet<T>) -> Vec<Option<T>> {
    if listed.is_empty() { vec![None] } else { listed.iter().cloned().map(Some).collect() }
}

fn either<T>(own: Option<T>) -> Vec<Option<T>> {
    match own {
        None => vec![None],
        own => vec![None, own],
    }
}
