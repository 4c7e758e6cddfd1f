//! The settings in which a flow is explored: who has an account already, what the provider says, and how the realm is set up.

use crate::flow_test::Serves;
use crate::linking::{AccountField, Claim, FindBy, LinkingRule, Matching, OnMatch, OnSeveral, RequireVerified, RuleSet};
use domain::{ProofKind, RuleName};
use std::collections::BTreeSet;

/// What the provider says of the address, and whether its word is taken for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// No address at all.
    Nothing,
    /// It vouches and is trusted.
    Trusted,
    /// It vouches for another address, that nobody has, and is trusted: whoever comes may still type the one that it is all about.
    Own,
    /// It vouches, but isn't trusted.
    Untrusted,
    /// It is trusted, but says nothing about the address.
    Silent,
}

/// The accounts that have the address of whoever comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Existing {
    /// None.
    Nobody,
    /// One that has proved it.
    Owner {
        /// Whether it has a password.
        password: bool,
    },
    /// One that has proved it, without a password, that came through the same provider before, by another identity.
    OwnerAtProvider,
    /// One that only says so.
    Claimant {
        /// Whether it has a password.
        password: bool,
    },
    /// Two that only say so.
    TwoClaimants,
    /// One that only says so, without a password, that came through the same provider before, by an identity that proves nothing.
    ClaimantAtProvider,
    /// One that has proved it, and one that only says so.
    OwnerAndClaimant,
    /// One that has proved it, and is closed.
    Closed,
}

/// What the realm's linking rules come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rules {
    /// Those of a realm without rules of its own.
    Usual,
    /// They never find anybody.
    Nobody,
    /// They find the account, and want this proof.
    Wants(ProofKind),
    /// They find the account by its username, which anybody may have taken.
    ByName,
    /// They find the account, and link it alone where a trusted word proves it.
    Alone,
    /// They find several accounts where there are several, and can't tell which.
    Several,
    /// They find the account, and refuse.
    Refuse,
}

/// What the provider says of accounts that are there, where one of its identities comes to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Joins {
    /// As the provider is set up.
    AsSetUp,
    /// An account that only claims an address for which its word is taken is handed over.
    HandedOver,
    /// The new identity takes the place of the others that the account has of it.
    Instead,
    /// The person is asked whether the account should have one more.
    IfWanted,
    /// One is enough.
    Refused,
}

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own about the setting")]
pub struct Setting {
    /// The provider's word.
    pub word: Word,
    /// The accounts that have the address already.
    pub existing: Existing,
    /// What linking rules come to.
    pub rules: Rules,
    /// What the provider says of accounts that are there.
    pub joins: Joins,
    /// Whether the realm sends mail.
    pub mails: bool,
    /// Whether something is due at the account of whoever signs in: a claimed address to be proved, a password to be renewed, a profile
    /// to be completed.
    pub due: bool,
    /// Whether the browser is signed in already, to one's own account.
    pub live: bool,
    /// Whether the accounts that are there have a second factor.
    pub factor: bool,
}

impl Existing {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Nobody,
        Self::Owner { password: true },
        Self::Owner { password: false },
        Self::OwnerAtProvider,
        Self::Claimant { password: true },
        Self::Claimant { password: false },
        Self::TwoClaimants,
        Self::ClaimantAtProvider,
        Self::OwnerAndClaimant,
        Self::Closed,
    ];

    fn has_claimant(self) -> bool {
        matches!(self, Self::Claimant { .. } | Self::TwoClaimants | Self::ClaimantAtProvider | Self::OwnerAndClaimant)
    }

    /// Whether an account came through the provider before, by another identity.
    pub(super) fn is_at_provider(self) -> bool {
        matches!(self, Self::OwnerAtProvider | Self::ClaimantAtProvider)
    }
}

impl Setting {
    /// Every setting that can make a difference to a flow that serves this, with mail or without.
    pub fn all(serves: Serves, mails: &[bool]) -> Vec<Self> {
        let without = match serves {
            Serves::FirstLogin => first_logins(mails),
            Serves::Wish(_) => {
                let mut settings = each(&[Word::Nothing], &Existing::ALL, mails, &[false, true]);
                let live = each(&[Word::Nothing], &[Existing::Nobody], mails, &[false, true]);
                settings.extend(live.into_iter().map(|setting| Setting { live: true, ..setting }));
                settings
            }
            Serves::PostLogin => each(&[Word::Nothing], &Existing::ALL, mails, &[false, true]),
        };
        let with = without.clone().into_iter().filter(|setting| setting.differs_with_a_factor(serves));
        without.into_iter().chain(with.map(|setting| Self { factor: true, ..setting })).collect()
    }

    /// Whether a second factor makes a difference that no other setting shows.
    fn differs_with_a_factor(&self, serves: Serves) -> bool {
        let is_owned = matches!(self.existing, Existing::Owner { .. } | Existing::OwnerAtProvider | Existing::OwnerAndClaimant);
        let is_claimed = matches!(self.existing, Existing::Claimant { password: true } | Existing::ClaimantAtProvider);
        let with_password = self.existing == Existing::Owner { password: true };
        match (serves, self.rules, self.joins) {
            (Serves::FirstLogin, Rules::Usual, Joins::AsSetUp) => {
                matches!(self.word, Word::Nothing | Word::Trusted | Word::Untrusted) && (is_owned || is_claimed)
            }
            (Serves::FirstLogin, Rules::ByName | Rules::Alone, Joins::AsSetUp) => self.word == Word::Trusted && with_password,
            (Serves::FirstLogin, Rules::Usual, Joins::HandedOver) => self.word == Word::Trusted && is_claimed,
            (Serves::FirstLogin, ..) => false,
            (Serves::Wish(_), ..) => with_password || matches!(self.existing, Existing::Nobody | Existing::OwnerAtProvider),
            (Serves::PostLogin, ..) => self.existing == Existing::Nobody,
        }
    }

    /// Whether a stranger could learn something by the account. Whoever comes with a trusted word for the address is none, and what a rule
    /// refuses, it refuses by declaration.
    pub(super) fn can_be_told(self) -> bool {
        self.existing != Existing::Nobody && self.word != Word::Trusted && self.rules == Rules::Usual
    }

    /// The same, but for the accounts that have the address.
    #[must_use]
    pub fn with(self, existing: Existing) -> Self {
        Self { existing, ..self }
    }
}

fn each(words: &[Word], existing: &[Existing], mails: &[bool], due: &[bool]) -> Vec<Setting> {
    let mut settings = Vec::new();
    for &word in words {
        for &existing in existing {
            for &mails in mails {
                let one = |&due| Setting {
                    word,
                    existing,
                    rules: Rules::Usual,
                    joins: Joins::AsSetUp,
                    mails,
                    due,
                    live: false,
                    factor: false,
                };
                settings.extend(due.iter().map(one));
            }
        }
    }
    settings
}

/// Where a rule or the provider's set-up makes a difference, it makes it in a few places.
fn first_logins(mails: &[bool]) -> Vec<Setting> {
    let words = [Word::Nothing, Word::Trusted, Word::Own, Word::Untrusted, Word::Silent];
    let mut settings = each(&words, &Existing::ALL, mails, &[false]);
    let owners = [Existing::Owner { password: true }, Existing::OwnerAtProvider, Existing::OwnerAndClaimant];
    let wanted = [ProofKind::Password, ProofKind::Mailbox, ProofKind::LinkedProvider, ProofKind::TrustedAssertion];
    let rules = [Rules::Nobody, Rules::ByName, Rules::Alone, Rules::Several, Rules::Refuse];
    for rules in rules.into_iter().chain(wanted.map(Rules::Wants)) {
        let some = each(&[Word::Trusted, Word::Silent], &owners, mails, &[false]);
        settings.extend(some.into_iter().map(|setting| Setting { rules, ..setting }));
    }
    let claimants: Vec<_> = Existing::ALL.into_iter().filter(|existing| existing.has_claimant()).collect();
    let words = [Word::Trusted, Word::Own, Word::Silent];
    let handed_over = each(&words, &claimants, mails, &[false]);
    settings.extend(handed_over.into_iter().map(|setting| Setting { joins: Joins::HandedOver, ..setting }));
    let words = [Word::Trusted, Word::Untrusted, Word::Silent];
    for joins in [Joins::Instead, Joins::IfWanted, Joins::Refused] {
        let some = each(&words, &[Existing::OwnerAtProvider], mails, &[false]);
        settings.extend(some.into_iter().map(|setting| Setting { joins, ..setting }));
    }
    settings
}

impl Rules {
    /// Rules that come to this. None: they can't be written.
    pub fn written(self) -> Option<RuleSet> {
        let name = RuleName::parse("rule").ok()?;
        let by = |claim, account| Matching::Exact(FindBy { claim, account });
        let require_verified = RequireVerified { upstream: false, local: false };
        let address = LinkingRule {
            require_verified,
            on_several: OnSeveral::Skip,
            ..LinkingRule::new(name.clone(), 1, by(Claim::Email, AccountField::Email))
        };
        let rule = match self {
            Self::Usual => return Some(RuleSet::default()),
            Self::Nobody => return RuleSet::compile(Vec::new()).ok(),
            Self::Wants(kind) => {
                LinkingRule { proofs: BTreeSet::from([kind]), auto_link: kind == ProofKind::TrustedAssertion, ..address }
            }
            Self::ByName => {
                LinkingRule { require_verified, ..LinkingRule::new(name, 1, by(Claim::Username, AccountField::Username)) }
            }
            Self::Alone => LinkingRule { auto_link: true, ..address },
            Self::Several => LinkingRule { on_several: OnSeveral::Deny, ..address },
            Self::Refuse => LinkingRule { on_match: OnMatch::Deny, ..address },
        };
        RuleSet::compile(vec![rule]).ok()
    }
}
