//! The settings of the exploration: who exists already, and what the provider says.

use crate::world::{Person, World, someone};
use domain::RuleName;
use domain::{Assurance, Vouched};
use flow_runtime::linking::{AccountField, Claim, FindBy, LinkingRule, Matching, OnSeveral, RequireVerified, RuleSet};
use std::sync::Arc;

pub(super) const ADDRESS: &str = "vic@x.org";

/// What the provider says of the address, and whether its word is taken for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Word {
    /// No address at all.
    Nothing,
    /// It vouches and is trusted.
    Trusted,
    /// It vouches, but isn't trusted.
    Untrusted,
    /// It is trusted, but says nothing about the address.
    Silent,
}

/// The accounts that have the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Existing {
    Nobody,
    Owner {
        password: bool,
    },
    /// The owner has no password, and came through the same provider before, by another identity.
    OwnerAtProvider,
    Claimant {
        password: bool,
    },
    TwoClaimants,
    OwnerAndClaimant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Setting {
    pub(super) word: Word,
    pub(super) existing: Existing,
    pub(super) mails: bool,
}

pub(super) fn all() -> impl Iterator<Item = Setting> {
    let words = [Word::Nothing, Word::Trusted, Word::Untrusted, Word::Silent];
    let existing = [
        Existing::Nobody,
        Existing::Owner { password: true },
        Existing::Owner { password: false },
        Existing::OwnerAtProvider,
        Existing::Claimant { password: true },
        Existing::Claimant { password: false },
        Existing::TwoClaimants,
        Existing::OwnerAndClaimant,
    ];
    words.into_iter().flat_map(move |word| {
        existing.into_iter().flat_map(move |existing| [true, false].map(|mails| Setting { word, existing, mails }))
    })
}

impl Existing {
    pub(super) fn owner_proved(self) -> bool {
        matches!(self, Self::Owner { .. } | Self::OwnerAtProvider | Self::OwnerAndClaimant)
    }

    /// Whether the account that the flow would find by the provider's own address has a password.
    pub(super) fn candidate_has_password(self, word: Word) -> bool {
        match self {
            Self::Owner { password } => password,
            Self::OwnerAndClaimant => true,
            Self::Claimant { password } => password && word != Word::Trusted,
            Self::Nobody | Self::OwnerAtProvider | Self::TwoClaimants => false,
        }
    }
}

/// The other identity that the owner has at the provider.
pub(super) fn others_own() -> Person {
    someone("campus", "9").called("vic")
}

impl Setting {
    pub(super) fn person(self) -> Person {
        let person = someone("campus", "1").called("newcomer");
        match self.word {
            Word::Nothing => person,
            Word::Trusted | Word::Untrusted => person.with(ADDRESS, Vouched::Yes),
            Word::Silent => person.with(ADDRESS, Vouched::Silent),
        }
    }

    pub(super) fn world(self, flow: &str) -> World {
        let mut w = World::new();
        w.policy.providers.truncate(1);
        w.campus_uses(flow);
        w.provider("campus").trust_email =
            if matches!(self.word, Word::Untrusted) { Assurance::Nobody } else { Assurance::Everybody };
        w.policy.sends_mail = self.mails;
        if flow == "first-broker-login-by-rule" {
            w.policy.rules = Arc::new(by_address());
        }
        // Old mails are told from new ones where most can be done; elsewhere one mail is enough to know.
        let most_can_be_done = self.word == Word::Untrusted && self.existing == (Existing::Owner { password: true });
        w.policy.limits.mails_per_address = if most_can_be_done { 2 } else { 1 };
        match self.existing {
            Existing::Nobody => {}
            Existing::Owner { password: true } => _ = w.user("vic").password("vics own").proved(ADDRESS).done(),
            Existing::Owner { password: false } => _ = w.user("vic").proved(ADDRESS).done(),
            Existing::OwnerAtProvider => {
                let vic = w.user("vic").proved(ADDRESS).done();
                w.link(&others_own(), vic);
                w.provider("campus").proves_fresh_login = true;
            }
            Existing::Claimant { password: true } => _ = w.user("claimant").password("claimants own").claims(ADDRESS).done(),
            Existing::Claimant { password: false } => _ = w.user("claimant").claims(ADDRESS).done(),
            Existing::TwoClaimants => {
                w.user("claimant").password("claimants own").claims(ADDRESS).done();
                w.user("other").password("others own").claims(ADDRESS).done();
            }
            Existing::OwnerAndClaimant => {
                w.user("claimant").password("claimants own").claims(ADDRESS).done();
                w.user("vic").password("vics own").proved(ADDRESS).done();
            }
        }
        w
    }
}

/// What realms without rules go by, and linked alone on a trusted word.
fn by_address() -> RuleSet {
    let by = FindBy { claim: Claim::Email, account: AccountField::Email };
    let rule = LinkingRule::new(RuleName::parse("address").unwrap(), 1, Matching::Exact(by));
    let require_verified = RequireVerified { upstream: false, local: false };
    RuleSet::compile(vec![LinkingRule { auto_link: true, require_verified, on_several: OnSeveral::Skip, ..rule }]).unwrap()
}
