//! What no rule can lower.

use super::*;
use domain::ProofKind;

fn auto(matching: Matching) -> LinkingRule {
    LinkingRule { auto_link: true, ..finding("r", matching) }
}

fn by_address() -> RealmPolicy {
    rules(vec![auto(exact(Claim::Email, AccountField::Email))])
}

#[test]
fn ph_14_an_address_opens_only_on_a_trusted_word() {
    let owner = [account(1).proved("vic@x.org")];
    assert_eq!(one(&judged(&by_address(), &with_email("campus", "vic@x.org", Vouched::Yes), &owner)), Some((id(1), true)));
    for (provider, vouched) in [("campus", Vouched::No), ("campus", Vouched::Silent), ("social", Vouched::Yes)] {
        let judgement = judged(&by_address(), &with_email(provider, "vic@x.org", vouched), &owner);
        assert_eq!(one(&judgement), Some((id(1), false)), "{provider} {vouched:?}");
    }
    let elsewhere = [account(1).proved("vic@y.org")];
    assert_eq!(one(&judged(&by_address(), &with_email("campus", "vic@y.org", Vouched::Yes), &elsewhere)), Some((id(1), false)));
}

#[test]
fn ph_17_an_account_that_only_claims_an_address_is_never_opened_by_it() {
    let claimant = [account(1).claims("vic@x.org")];
    let trusted = judged(&by_address(), &with_email("campus", "vic@x.org", Vouched::Yes), &claimant);
    assert_eq!(one(&trusted), None, "a trusted word outranks the claim");
    let untrusted = judged(&by_address(), &with_email("social", "vic@x.org", Vouched::Yes), &claimant);
    assert_eq!(one(&untrusted), Some((id(1), false)));
}

#[test]
fn a_typed_address_opens_nothing() {
    let (policy, vic) = (by_address(), with_email("campus", "vic@x.org", Vouched::Yes));
    let profile = Profile { email: Some(ProfileEmail { address: address("vic@x.org"), typed: true }), ..profile(&vic) };
    let found = Candidates { accounts: vec![account(1).proved("vic@x.org")], ..Candidates::default() };
    let judgement = Case { policy: &policy, identity: &vic, profile: &profile, flow: None }.judge(&found);
    assert_eq!(one(&judgement), Some((id(1), false)));
}

#[test]
fn an_unvouched_address_finds_only_where_the_rule_lets_it() {
    let owner = [account(1).proved("vic@x.org")];
    let silent = with_email("campus", "vic@x.org", Vouched::Silent);
    let strict = rules(vec![rule("r", 1, exact(Claim::Email, AccountField::Email))]);
    assert_eq!(one(&judged(&strict, &silent, &owner)), None);
    assert_eq!(one(&judged(&strict, &with_email("social", "vic@x.org", Vouched::Yes), &owner)), Some((id(1), false)));
    assert_eq!(one(&judged(&strict, &with_email("social", "vic@x.org", Vouched::Yes), &[account(1).claims("vic@x.org")])), None);
}

#[test]
fn an_attribute_opens_only_where_the_provider_hands_it_out_on_both_sides() {
    let matching = exact(Claim::Attribute(attribute("employee")), AccountField::Attribute(attribute("employee")));
    let vic = with_attribute("campus", "employee", &["7"]);
    let from = |alias_text: &str| Provenance::Provider { provider: alias(alias_text), vouched: false, identity: None };
    let links = |hands_out: bool, provenance: Provenance| {
        let mut policy = rules(vec![auto(matching.clone())]);
        if hands_out {
            policy.providers[0].hands_out.insert(attribute("employee"));
        }
        one(&judged(&policy, &vic, &[account(1).has_from("employee", "7", provenance)]))
    };
    assert_eq!(links(true, from("campus")), Some((id(1), true)));
    assert_eq!(links(true, Provenance::Administrator), Some((id(1), true)));
    assert_eq!(links(true, Provenance::Typed), None, "a squatter typed the value");
    assert_eq!(links(true, from("social")), None, "another provider said so");
    assert_eq!(links(false, from("campus")), None, "anybody may have said so there");
    assert_eq!(links(false, Provenance::Administrator), Some((id(1), false)));
}

/// A rule by `employee`, which `campus` hands out and `social` doesn't.
fn by_employee() -> RealmPolicy {
    let mut policy =
        rules(vec![auto(exact(Claim::Attribute(attribute("employee")), AccountField::Attribute(attribute("employee"))))]);
    policy.providers[0].hands_out.insert(attribute("employee"));
    policy
}

fn planted(number: u8) -> Candidate {
    let social = Provenance::Provider { provider: alias("social"), vouched: true, identity: None };
    account(number).has_from("employee", "7", social)
}

#[test]
fn a_planted_value_neither_outranks_nor_rivals_one_that_was_handed_out() {
    let vic = with_attribute("campus", "employee", &["7"]);
    let typed = account(3).has_from("employee", "7", Provenance::Typed);
    for provenance in
        [Provenance::Administrator, Provenance::Provider { provider: alias("campus"), vouched: false, identity: None }]
    {
        let owner = account(2).has_from("employee", "7", provenance);
        let judgement = judged(&by_employee(), &vic, &[planted(1), owner, typed.clone()]);
        assert_eq!(one(&judgement), Some((id(2), true)));
        assert!(judgement.reasons.lines().iter().any(|line| line.contains("nor from a provider that hands it out")));
    }
    for accounts in [vec![planted(1)], vec![planted(1), typed]] {
        let verdict = judged(&by_employee(), &vic, &accounts).verdict;
        assert!(matches!(verdict, LinkingVerdict::Nobody), "nobody could be sure that it is theirs: {verdict:?}");
    }
}

#[test]
fn a_planted_value_finds_the_account_whose_proved_address_somebody_comes_with() {
    let vic = |vouched| BrokeredIdentity {
        attributes: with_attribute("social", "employee", &["7"]).attributes,
        ..with_email("social", "vic@x.org", vouched)
    };
    let own = planted(1).proved("vic@x.org");
    assert_eq!(one(&judged(&by_employee(), &vic(Vouched::No), std::slice::from_ref(&own))), Some((id(1), false)));
    assert_eq!(
        one(&judged(&by_employee(), &vic(Vouched::Yes), &[planted(1).claims("vic@x.org")])),
        None,
        "a claim isn't a proof"
    );
    let handed_out = account(2).has("employee", "7");
    assert_eq!(one(&judged(&by_employee(), &vic(Vouched::Yes), &[own, handed_out])), Some((id(2), false)));
}

#[test]
fn ph_49_behind_a_federation_a_value_counts_from_an_authority_that_the_rule_names() {
    let given_behind = |authority: &str| {
        let key = IdentityKey { authority: Some(authority.to_owned()), ..identity("campus").key };
        let provenance = Provenance::Provider { provider: alias("campus"), vouched: true, identity: Some(Box::new(key)) };
        account(1).has_from("employee", "7", provenance)
    };
    let matching = exact(Claim::Attribute(attribute("employee")), AccountField::Attribute(attribute("employee")));
    let mut policy = rules(vec![LinkingRule { authorities: ["a".to_owned(), "b".to_owned()].into(), ..auto(matching) }]);
    policy.providers[0].hands_out.insert(attribute("employee"));
    let mut vic = with_attribute("campus", "employee", &["7"]);
    vic.key.authority = Some("a".into());
    assert_eq!(one(&judged(&policy, &vic, &[given_behind("a")])), Some((id(1), true)));
    assert_eq!(one(&judged(&policy, &vic, &[given_behind("b")])), Some((id(1), false)));
    assert_eq!(one(&judged(&policy, &vic, &[given_behind("evil")])), None);
}

#[test]
fn a_claim_that_the_provider_does_not_hand_out_opens_no_attribute_that_it_does() {
    let matching = exact(Claim::Attribute(attribute("nickname")), AccountField::Attribute(attribute("employee")));
    let mut policy = rules(vec![auto(matching)]);
    policy.providers[0].hands_out.insert(attribute("employee"));
    let mallory = with_attribute("campus", "nickname", &["7"]);
    assert_eq!(one(&judged(&policy, &mallory, &[account(1).has("employee", "7")])), Some((id(1), false)));
}

#[test]
fn ph_49_behind_a_federation_only_a_named_authority_hands_anything_out() {
    let matching = exact(Claim::Attribute(attribute("employee")), AccountField::Attribute(attribute("employee")));
    let mut vic = with_attribute("campus", "employee", &["7"]);
    vic.key.authority = Some("https://idp.x.org".into());
    let links = |rule: LinkingRule| {
        let mut policy = rules(vec![rule]);
        policy.providers[0].hands_out.insert(attribute("employee"));
        one(&judged(&policy, &vic, &[account(1).has("employee", "7")]))
    };
    assert_eq!(links(auto(matching.clone())), Some((id(1), false)));
    let named = LinkingRule { authorities: ["https://idp.x.org".to_owned()].into(), ..auto(matching) };
    assert_eq!(links(named), Some((id(1), true)));
}

#[test]
fn ph_59_a_username_is_anybodys() {
    let with_username = || exact(Claim::Username, AccountField::Username);
    assert!(RuleSet::compile(vec![auto(with_username())]).is_err());
    let mut policy = rules(vec![finding("r", with_username())]);
    policy.providers[0].hands_out.insert(attribute("username"));
    let vic = BrokeredIdentity { username: Some("vic".into()), ..identity("campus") };
    assert_eq!(one(&judged(&policy, &vic, &[account(1).called("vic")])), Some((id(1), false)));
    let as_address = BrokeredIdentity { username: Some("vic@x.org".into()), ..identity("campus") };
    assert_eq!(one(&judged(&policy, &as_address, &[account(1).proved("vic@x.org")])), None);
}

#[test]
fn accounts_of_other_linking_domains_and_tombstones_are_nobodys() {
    let vic = with_email("campus", "vic@x.org", Vouched::Yes);
    let mut sso = account(1).proved("vic@x.org");
    sso.user.linking_domain = LinkingDomain::parse("sso").unwrap();
    assert_eq!(one(&judged(&by_address(), &vic, &[sso])), None);
    let mut gone = account(1).proved("vic@x.org");
    gone.user.state = AccountState::Deleted;
    assert_eq!(one(&judged(&by_address(), &vic, &[gone])), None);
    let mut closed = account(1).proved("vic@x.org");
    closed.user.state = AccountState::Disabled;
    assert!(one(&judged(&by_address(), &vic, &[closed])).is_some(), "it is found, and then refused: a ban is not evaded");
}

#[test]
fn a_crowd_of_claims_neither_hides_an_owner_nor_makes_a_login_ambiguous() {
    let (policy, vic) = (by_address(), with_email("social", "vic@x.org", Vouched::Yes));
    let profile = profile(&vic);
    let judge = |accounts| {
        let found = Candidates { accounts, more_claims: true, ..Candidates::default() };
        Case { policy: &policy, identity: &vic, profile: &profile, flow: None }.judge(&found)
    };
    assert_eq!(one(&judge(vec![account(1).proved("vic@x.org"), account(2).claims("vic@x.org")])), Some((id(1), false)));
    assert!(matches!(judge(vec![account(2).claims("vic@x.org")]).verdict, LinkingVerdict::Nobody));
}

#[test]
fn a_rule_that_wants_more_than_a_trusted_word_links_nothing_alone() {
    let proofs = [ProofKind::Password, ProofKind::TrustedAssertion].into();
    let vic = with_email("campus", "vic@x.org", Vouched::Yes);
    let owner = [account(1).proved("vic@x.org")];
    let either = LinkingRule { proofs, ..auto(exact(Claim::Email, AccountField::Email)) };
    assert_eq!(one(&judged(&rules(vec![either.clone()]), &vic, &owner)), Some((id(1), true)));
    let password = LinkingRule { auto_link: false, proofs: [ProofKind::Password].into(), ..either };
    assert_eq!(one(&judged(&rules(vec![password]), &vic, &owner)), Some((id(1), false)));
}

#[test]
fn a_rule_links_alone_only_while_it_still_would() {
    let (policy, vic) = (by_address(), with_email("campus", "vic@x.org", Vouched::Yes));
    let profile = profile(&vic);
    let case = Case { policy: &policy, identity: &vic, profile: &profile, flow: None };
    assert!(case.links_alone(&name("r"), &account(1).proved("vic@x.org")));
    assert!(!case.links_alone(&name("r"), &account(1).proved("other@x.org")));
    assert!(!case.links_alone(&name("r"), &account(1).claims("vic@x.org")));
    assert!(!case.links_alone(&name("gone"), &account(1).proved("vic@x.org")));
}

/// A second fence: claims are left out before, and would prove nothing if they weren't.
#[test]
fn ph_17_a_trusted_word_proves_no_account_that_only_claims_the_address() {
    let (policy, vic) = (by_address(), with_email("campus", "vic@x.org", Vouched::Yes));
    let profile = profile(&vic);
    let case = Case { policy: &policy, identity: &vic, profile: &profile, flow: None };
    let wanted = crate::linking::value::Wanted::Email(address("vic@x.org"));
    assert!(case.proves(&FindBy::default(), &wanted, &account(1).proved("vic@x.org").user, false));
    assert!(!case.proves(&FindBy::default(), &wanted, &account(1).claims("vic@x.org").user, false));
}
