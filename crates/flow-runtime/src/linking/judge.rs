//! Applies the rules that an identity meets, one after another, until one decides.

use super::Case;
use super::reasons::{Considered, Finding, Passed, Reasons, Turned};
use super::rule::{AccountField, LinkingRule, OnMatch, OnMissing, OnSeveral};
use super::set::Compiled;
use super::value::Wanted;
use super::verdict::{Judgement, LinkingVerdict, One, Refusal};
use crate::ask::{Candidate, Candidates, Sought};
use crate::authenticator::hand_over::{self, Comer};
use crate::definition::Flow;
use domain::{AccountState, AttributeName, LinkingDomain, ProofKind, RuleName, UserId, Username};

/// What one rule came to.
struct Weighed {
    finding: Finding,
    passed: Vec<Passed>,
    /// None: the next rule is tried.
    verdict: Option<LinkingVerdict>,
}

/// The accounts that a rule may take, each with the value that found it.
type Taken<'a> = Vec<(&'a Candidate, &'a Wanted)>;

impl Case<'_> {
    /// What to look for: the profile's address and username, and what the rules want.
    pub fn sought(&self) -> Sought {
        let wanted_name = self.profile.username.as_deref().and_then(|name| Username::parse(name).ok());
        let mut sought = Sought { domain: self.linking_domain(), wanted: wanted_name, ..Sought::default() };
        sought.emails.extend(self.profile.email.iter().map(|email| email.address.clone()));
        for compiled in self.rules() {
            for wanted in compiled.finder.wanted(self).into_iter().flatten() {
                wanted.add_to(&mut sought);
            }
        }
        sought.handed_out = self.handed_out(&sought);
        sought
    }

    /// Whose the identity may be, of the accounts that were found by [`Case::sought`].
    pub fn judge(&self, found: &Candidates) -> Judgement {
        let rules = self.rules();
        let elsewhere = self.policy.rules.rules().len().saturating_sub(rules.len());
        let mut reasons = Reasons { elsewhere, username_taken: found.wanted_is_taken, ..Reasons::default() };
        for compiled in rules {
            let Weighed { finding, passed, verdict } = self.weigh(compiled, found);
            let rule = compiled.rule.name.clone();
            reasons.considered.push(Considered { rule: rule.clone(), finding, passed });
            if let Some(verdict) = verdict {
                reasons.decided = Some(rule);
                return Judgement { verdict, reasons };
            }
        }
        Judgement { verdict: LinkingVerdict::Nobody, reasons }
    }

    /// Whether that rule would still link this account without asking, as it is now.
    pub fn links_alone(&self, rule: &RuleName, account: &Candidate) -> bool {
        self.still_finds(rule, account).is_some_and(|one| one.links_alone)
    }

    /// What the rules say of this account now, that this one of them found: it must still find it, and whichever decides of this account must be
    /// content too. None: it isn't found any more, or refused, or the rule is gone.
    pub(crate) fn still_finds(&self, rule: &RuleName, account: &Candidate) -> Option<One> {
        let alone = Candidates { accounts: vec![account.clone()], ..Candidates::default() };
        let own = self.rules().into_iter().find(|compiled| compiled.rule.name == *rule)?;
        let own = taken(self.weigh(own, &alone).verdict?)?;
        let decided = taken(self.rules().into_iter().find_map(|compiled| self.decides_alone(rule, compiled, &alone))?)?;
        let demand = match (own.demand, decided.demand) {
            (Some(one), Some(other)) => Some(one.intersection(&other).copied().collect()),
            (one, other) => one.or(other),
        };
        Some(One { demand, links_alone: own.links_alone && decided.links_alone, ..decided })
    }

    /// A rule by an attribute that passes on where it finds several accounts may have done so: that it finds this one alone decides nothing.
    /// Addresses that are proved and usernames are one account's.
    fn decides_alone(&self, found_by: &RuleName, compiled: &Compiled, alone: &Candidates) -> Option<LinkingVerdict> {
        let verdict = self.weigh(compiled, alone).verdict?;
        let Compiled { rule, finder } = compiled;
        let may_find_several = matches!(finder.by.account, AccountField::Attribute(_)) && rule.on_several == OnSeveral::Skip;
        let may_pass_on = rule.name != *found_by && may_find_several;
        let decides = !may_pass_on || !matches!(verdict, LinkingVerdict::One(_));
        decides.then_some(verdict)
    }

    /// The linking domain of the identity's provider.
    fn linking_domain(&self) -> LinkingDomain {
        let provider = self.policy.provider(&self.identity.key.provider);
        provider.map(|provider| provider.linking_domain.clone()).unwrap_or_default()
    }

    fn rules(&self) -> Vec<&Compiled> {
        let domain = self.profile.email.as_ref().map(|email| email.address.domain());
        self.policy.rules.meeting(self.identity, domain)
    }

    fn weigh(&self, compiled: &Compiled, found: &Candidates) -> Weighed {
        let Compiled { rule, finder } = compiled;
        let wanted = match finder.wanted(self) {
            Ok(wanted) => wanted,
            Err(Finding::Missing { .. }) if rule.on_missing == OnMissing::Deny => return refused(rule, Refusal::Missing, vec![]),
            Err(finding) => return Weighed { finding, passed: vec![], verdict: None },
        };
        if self.lacks_the_providers_word(compiled) {
            return Weighed { finding: Finding::Unvouched, passed: vec![], verdict: None };
        }
        let mut passed = Vec::new();
        let mut taken = self.having(&wanted, found, &mut passed);
        match &finder.by.account {
            AccountField::Email => self.without_claims(&mut taken, rule, found, &mut passed),
            AccountField::Attribute(name) => self.without_planted(&mut taken, (rule, name), &mut passed),
            AccountField::Username => {}
        }
        if !self.eligible(&mut taken, compiled, &mut passed) {
            return refused(rule, Refusal::Undecided, passed);
        }
        self.conclude(compiled, &taken, found, passed)
    }

    fn lacks_the_providers_word(&self, Compiled { rule, finder }: &Compiled) -> bool {
        let by_address = finder.by.account == AccountField::Email;
        by_address && rule.require_verified.upstream && !(finder.is_by_address() && self.vouched_address().is_some())
    }

    /// The accounts that have one of the values.
    fn having<'a>(&self, wanted: &'a [Wanted], found: &'a Candidates, passed: &mut Vec<Passed>) -> Taken<'a> {
        let mut taken = Vec::new();
        for account in &found.accounts {
            let Some(value) = wanted.iter().find(|value| value.is_had_by(&account.user)) else { continue };
            if account.user.state == AccountState::Deleted {
                pass(passed, account, Turned::Deleted);
            } else if account.user.linking_domain != self.linking_domain() {
                pass(passed, account, Turned::OtherDomain);
            } else {
                taken.push((account, value));
            }
        }
        taken
    }

    /// Of the accounts that have an address, those that only claim it are left out, unless one is alone with its claim, something could
    /// prove or end it, and nothing outranks it. Such claims are easily made by strangers, so they never make a login ambiguous.
    fn without_claims(&self, taken: &mut Taken<'_>, rule: &LinkingRule, found: &Candidates, passed: &mut Vec<Passed>) {
        let has_owner = taken.iter().any(|(account, value)| has_proved(account, value));
        let claims = taken.iter().filter(|(account, value)| !has_proved(account, value)).count();
        let trusted = self.trusted_address().is_some();
        taken.retain(|(account, value)| {
            let several = claims > 1 || found.more_claims;
            let turned = match () {
                () if has_proved(account, value) => return true,
                () if rule.require_verified.local => Turned::Unproved,
                () if !has_owner && !several && self.is_handed_over(rule, account) => return true,
                () if has_owner || trusted => Turned::Outranked,
                () if several => Turned::NotTheOnlyClaim,
                () if !account.user.has_password && !self.can_be_mailed(value) => Turned::Unprovable,
                () => return true,
            };
            pass(passed, account, turned);
            false
        });
    }

    /// Of the accounts that have a value of an attribute, those that it was planted on are left out: values are easily asserted at providers
    /// that hand none out, so they neither make a login ambiguous nor stand in its way. Only where nobody else has the value, and the
    /// account has proved the very address that the person came with, is it theirs to prove.
    fn without_planted(&self, taken: &mut Taken<'_>, by: (&LinkingRule, &AttributeName), passed: &mut Vec<Passed>) {
        let has_holder = taken.iter().any(|(account, _)| self.has_for_sure(by, account));
        taken.retain(|(account, _)| {
            let stays = self.has_for_sure(by, account) || !has_holder && self.comes_with_an_address_of(account);
            if !stays {
                pass(passed, account, Turned::Planted);
            }
            stays
        });
    }

    fn comes_with_an_address_of(&self, account: &Candidate) -> bool {
        let asserted = self.profile.email.as_ref().filter(|email| !email.typed);
        asserted.is_some_and(|email| account.user.has_proved(&email.address))
    }

    /// Whether an account that only claims the address goes to this person in place. Where the rule or the flow doesn't link on a word,
    /// nothing would hand it over, and the word outranks the claim.
    fn is_handed_over(&self, rule: &LinkingRule, account: &Candidate) -> bool {
        if !self.takes_the_word(rule) {
            return false;
        }
        let provider = &self.identity.key.provider;
        let comer = self.trusted_address().map(|trusted| Comer { provider, trusted });
        comer.is_some_and(|comer| hand_over::goes_over(self.policy, comer, (&account.user, &account.identities)))
    }

    fn takes_the_word(&self, rule: &LinkingRule) -> bool {
        let accepts = rule.proofs.is_empty() || rule.proofs.contains(&ProofKind::TrustedAssertion);
        let links = |flow: &Flow| flow.authenticators().any(|(_, authenticator)| authenticator.takes_a_word(rule.auto_link));
        accepts && self.flow.is_none_or(links)
    }

    fn can_be_mailed(&self, value: &Wanted) -> bool {
        let asserted = self.profile.email.as_ref().filter(|email| !email.typed);
        let names = |email: &crate::session::ProfileEmail| matches!(value, Wanted::Email(address) if email.address.names_the_same_mailbox_as(address));
        self.policy.sends_mail && asserted.is_some_and(names)
    }

    /// Leaves out those that the rule doesn't take. False: its expression couldn't be evaluated.
    fn eligible(&self, taken: &mut Taken<'_>, Compiled { rule, finder }: &Compiled, passed: &mut Vec<Passed>) -> bool {
        let mut decided = true;
        taken.retain(|(account, _)| {
            let turned = excluded(rule, account).or_else(|| match finder.expression.as_ref()?.holds(self, account) {
                Ok(true) => None,
                Ok(false) => Some(Turned::Expression),
                Err(_) => {
                    decided = false;
                    Some(Turned::Expression)
                }
            });
            match turned {
                None => true,
                Some(turned) => {
                    pass(passed, account, turned);
                    false
                }
            }
        });
        decided
    }

    fn conclude(
        &self,
        Compiled { rule, finder }: &Compiled,
        taken: &Taken<'_>,
        found: &Candidates,
        passed: Vec<Passed>,
    ) -> Weighed {
        let account = finder.by.account.clone();
        let there_may_be_more = found.more && account != AccountField::Email;
        match taken.as_slice() {
            [] if !there_may_be_more => Weighed { finding: Finding::NoAccount { account }, passed, verdict: None },
            _ if rule.on_match == OnMatch::Deny => refused(rule, Refusal::Matched, passed),
            [(account, value)] if !there_may_be_more => {
                let accepts = rule.proofs.is_empty() || rule.proofs.contains(&ProofKind::TrustedAssertion);
                let proved = self.proves(&finder.by, value, &account.user, !rule.authorities.is_empty());
                let proved = proved || finder.is_by_address() && self.is_handed_over(rule, account);
                let links_alone = rule.auto_link && accepts && proved;
                let demand = (!rule.proofs.is_empty()).then(|| rule.proofs.clone());
                let one = One { rule: rule.name.clone(), account: (*account).clone(), demand, links_alone };
                let finding = Finding::Found { account: account.user.id, links_alone };
                Weighed { finding, passed, verdict: Some(LinkingVerdict::One(Box::new(one))) }
            }
            several => several_found(rule, several.iter().map(|(account, _)| account.user.id).collect(), passed),
        }
    }
}

fn taken(verdict: LinkingVerdict) -> Option<One> {
    match verdict {
        LinkingVerdict::One(one) => Some(*one),
        LinkingVerdict::Nobody | LinkingVerdict::Several { .. } | LinkingVerdict::Deny { .. } => None,
    }
}

fn has_proved(account: &Candidate, value: &Wanted) -> bool {
    matches!(value, Wanted::Email(address) if account.user.has_proved(address))
}

fn excluded(rule: &LinkingRule, account: &Candidate) -> Option<Turned> {
    let has = |name, values: &std::collections::BTreeSet<String>| {
        account.user.attributes.get(name).is_some_and(|own| own.values.iter().any(|value| values.contains(value)))
    };
    let never = rule.never.iter().find(|(name, values)| has(name, values)).map(|(name, _)| Turned::Never(name.clone()));
    never.or_else(|| rule.only.iter().find(|(name, values)| !has(name, values)).map(|(name, _)| Turned::Only(name.clone())))
}

fn pass(passed: &mut Vec<Passed>, account: &Candidate, because: Turned) {
    passed.push(Passed { account: account.user.id, because });
}

fn refused(rule: &LinkingRule, why: Refusal, passed: Vec<Passed>) -> Weighed {
    let verdict = LinkingVerdict::Deny { rule: rule.name.clone(), why };
    Weighed { finding: Finding::Refused { why }, passed, verdict: Some(verdict) }
}

fn several_found(rule: &LinkingRule, accounts: Vec<UserId>, passed: Vec<Passed>) -> Weighed {
    let denied = rule.on_several == OnSeveral::Deny;
    let verdict = denied.then(|| LinkingVerdict::Several { rule: rule.name.clone(), accounts: accounts.clone() });
    Weighed { finding: Finding::Several { accounts, denied }, passed, verdict }
}
