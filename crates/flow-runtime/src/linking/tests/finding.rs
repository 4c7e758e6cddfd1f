//! What each kind of match finds.

use super::*;
use crate::linking::{OnMatch, OnMissing, OnSeveral, Refusal};
use domain::ProofKind;

#[test]
fn exact_finds_the_account_whose_value_is_the_claim() {
    let by_username = rules(vec![finding("r", exact(Claim::Username, AccountField::Username))]);
    let vic = BrokeredIdentity { username: Some("VIC".into()), ..identity("social") };
    let accounts = [account(1).called("vic"), account(2).called("victor")];
    assert_eq!(one(&judged(&by_username, &vic, &accounts)), Some((id(1), false)));

    let by_upn =
        rules(vec![rule("r", 1, exact(Claim::Attribute(attribute("upn")), AccountField::Attribute(attribute("login"))))]);
    let vic = with_attribute("social", "upn", &["vic@corp"]);
    let accounts = [account(1).has("login", "vic@corp"), account(2).has("login", "VIC@corp"), account(3).has("upn", "vic@corp")];
    assert_eq!(one(&judged(&by_upn, &vic, &accounts)), Some((id(1), false)), "attributes are compared byte for byte");

    let by_subject = rules(vec![rule("r", 1, exact(Claim::Subject, AccountField::Attribute(attribute("old-id"))))]);
    assert_eq!(one(&judged(&by_subject, &identity("social"), &[account(1).has("old-id", "s-1")])), Some((id(1), false)));
}

#[test]
fn an_address_in_another_claim_finds_but_never_opens() {
    let upn = finding("r", exact(Claim::Attribute(attribute("upn")), AccountField::Email));
    let policy = rules(vec![upn]);
    let vic = with_attribute("campus", "upn", &["vic@x.org"]);
    assert_eq!(one(&judged(&policy, &vic, &[account(1).proved("vic@x.org")])), Some((id(1), false)));
    assert_eq!(one(&judged(&policy, &with_attribute("campus", "upn", &["no address"]), &[account(1).proved("vic@x.org")])), None);
}

#[test]
fn domain_guards_and_the_whole_address_finds() {
    let domains = ["X.org".to_owned(), "bücher.example".to_owned()].into();
    let policy = rules(vec![LinkingRule { auto_link: true, ..rule("r", 1, Matching::Domain(domains)) }]);
    let accounts = [account(1).proved("vic@x.org"), account(2).proved("ada@x.org"), account(3).proved("vic@sub.x.org")];
    assert_eq!(one(&judged(&policy, &with_email("campus", "vic@x.org", Vouched::Yes), &accounts)), Some((id(1), true)));
    assert_eq!(one(&judged(&policy, &with_email("campus", "new@x.org", Vouched::Yes), &accounts)), None);
    let bücher = with_email("campus", "a@bücher.example", Vouched::Yes);
    assert_eq!(one(&judged(&policy, &bücher, &[account(4).proved("a@xn--bcher-kva.example")])), Some((id(4), false)));
}

#[test]
fn ph_60_a_domain_that_only_looks_like_a_listed_one_meets_no_rule() {
    let policy = rules(vec![rule("r", 1, Matching::Domain(["corp.com".to_owned()].into()))]);
    for other in ["vic@corp.com.evil.org", "vic@evilcorp.com", "vic@sub.corp.com"] {
        let judgement = judged(&policy, &with_email("social", other, Vouched::Yes), &[account(1).proved(other)]);
        assert_eq!(one(&judgement), None, "{other}");
        assert_eq!((judgement.reasons.considered.len(), judgement.reasons.elsewhere), (0, 1));
    }
}

#[test]
fn regex_finds_by_what_its_group_caught() {
    let matching = Matching::Regex {
        claim: Claim::Email,
        pattern: r"(?<value>[a-z]+)@(staff|students)\.x\.org".into(),
        account: AccountField::Attribute(attribute("campus-id")),
    };
    let policy = rules(vec![rule("r", 1, matching)]);
    let accounts = [account(1).has("campus-id", "vic"), account(2).has("campus-id", "ada")];
    let found = |email| one(&judged(&policy, &with_email("campus", email, Vouched::Yes), &accounts));
    assert_eq!(found("vic@staff.x.org"), Some((id(1), false)));
    assert_eq!(found("ada@students.x.org"), Some((id(2), false)));
    assert_eq!(found("vic@staff.x.org.evil.org"), None, "the whole claim must match");
    assert_eq!(found("x.vic@staff.x.org"), None, "the whole claim must match");
}

#[test]
fn a_pattern_cannot_leave_its_anchors() {
    let matching = Matching::Regex {
        claim: Claim::Username,
        pattern: r"(?<value>vic)|.*x".into(),
        account: AccountField::Attribute(attribute("login")),
    };
    let policy = rules(vec![rule("r", 1, matching)]);
    let named = |username: &str| BrokeredIdentity { username: Some(username.into()), ..identity("social") };
    let accounts = [account(1).has("login", "vic")];
    assert_eq!(one(&judged(&policy, &named("vic"), &accounts)), Some((id(1), false)));
    assert_eq!(one(&judged(&policy, &named("victor"), &accounts)), None);
    assert_eq!(one(&judged(&policy, &named("ax"), &accounts)), None, "the group caught nothing");
}

#[test]
fn custom_finds_by_the_address_and_weighs_both_sides() {
    let expression = "account.attributes.school == claims.school".to_owned();
    assert!(RuleSet::compile(vec![rule("r", 1, Matching::Custom { expression, find_by: FindBy::default() })]).is_err(), "lists");
    let expression = "claims.school.exists(s, s in account.attributes.school) && account.email_proved".to_owned();
    let policy = rules(vec![rule("r", 1, Matching::Custom { expression, find_by: FindBy::default() })]);
    let mut vic = with_email("campus", "vic@x.org", Vouched::Yes);
    vic.attributes.insert(attribute("school"), vec!["law".into()]);
    assert_eq!(one(&judged(&policy, &vic, &[account(1).proved("vic@x.org").has("school", "law")])), Some((id(1), false)));
    assert_eq!(one(&judged(&policy, &vic, &[account(1).proved("vic@x.org").has("school", "art")])), None);
}

#[test]
fn an_expression_without_an_answer_denies() {
    let expression = "account.username == 'vic'".to_owned();
    let policy = rules(vec![
        rule("guard", 1, Matching::Custom { expression, find_by: FindBy::default() }),
        rule("after", 2, exact(Claim::Email, AccountField::Email)),
    ]);
    let judgement = judged(&policy, &with_email("campus", "vic@x.org", Vouched::Yes), &[account(1).proved("vic@x.org")]);
    assert!(matches!(judgement.verdict, LinkingVerdict::Deny { ref rule, why: Refusal::Undecided } if *rule == name("guard")));
}

#[test]
fn the_lowest_number_decides() {
    let by_login = exact(Claim::Username, AccountField::Attribute(attribute("login")));
    let by_name = exact(Claim::Username, AccountField::Username);
    let vic = BrokeredIdentity { username: Some("vic".into()), ..identity("social") };
    let accounts = [account(1).has("login", "vic"), account(2).called("vic")];
    for (login, name, winner) in [(1, 2, 1), (2, 1, 2)] {
        let policy = rules(vec![rule("name", name, by_name.clone()), rule("login", login, by_login.clone())]);
        assert_eq!(one(&judged(&policy, &vic, &accounts)), Some((id(winner), false)));
    }
}

#[test]
fn a_missing_claim_is_passed_over_or_denied_as_the_rule_says() {
    let matching = exact(Claim::Attribute(attribute("employee")), AccountField::Attribute(attribute("employee")));
    let next = rule("next", 2, exact(Claim::Email, AccountField::Email));
    let vic = with_email("campus", "vic@x.org", Vouched::Yes);
    let accounts = [account(1).proved("vic@x.org")];
    let skips = rules(vec![rule("r", 1, matching.clone()), next.clone()]);
    assert_eq!(one(&judged(&skips, &vic, &accounts)), Some((id(1), false)));
    let denies = rules(vec![LinkingRule { on_missing: OnMissing::Deny, ..rule("r", 1, matching) }, next]);
    let verdict = judged(&denies, &vic, &accounts).verdict;
    assert!(matches!(verdict, LinkingVerdict::Deny { why: Refusal::Missing, .. }), "{verdict:?}");
}

#[test]
fn several_accounts_are_never_the_first_one() {
    let matching = exact(Claim::Attribute(attribute("team")), AccountField::Attribute(attribute("team")));
    let vic = with_attribute("social", "team", &["blue"]);
    let accounts = [account(1).has("team", "blue"), account(2).has("team", "blue")];
    let denies = judged(&rules(vec![rule("r", 1, matching.clone())]), &vic, &accounts).verdict;
    assert!(matches!(&denies, LinkingVerdict::Several { accounts, .. } if *accounts == [id(1), id(2)]), "{denies:?}");
    let skips = rules(vec![LinkingRule { on_several: OnSeveral::Skip, ..rule("r", 1, matching.clone()) }]);
    assert!(matches!(judged(&skips, &vic, &accounts).verdict, LinkingVerdict::Nobody));
    let policy = rules(vec![rule("r", 1, matching)]);
    let (profile, found) = (profile(&vic), Candidates { accounts: accounts[..1].to_vec(), more: true, ..Candidates::default() });
    let more = Case { policy: &policy, identity: &vic, profile: &profile, flow: None }.judge(&found).verdict;
    assert!(matches!(more, LinkingVerdict::Several { .. }), "who wasn't looked at may be one: {more:?}");
}

#[test]
fn a_rule_may_be_there_to_refuse() {
    let policy = rules(vec![LinkingRule { on_match: OnMatch::Deny, ..rule("r", 1, exact(Claim::Email, AccountField::Email)) }]);
    let vic = with_email("campus", "vic@x.org", Vouched::Yes);
    let verdict = judged(&policy, &vic, &[account(1).proved("vic@x.org")]).verdict;
    assert!(matches!(verdict, LinkingVerdict::Deny { why: Refusal::Matched, .. }), "{verdict:?}");
    assert!(matches!(judged(&policy, &vic, &[]).verdict, LinkingVerdict::Nobody));
}

#[test]
fn what_a_rule_never_takes_and_what_it_takes_only() {
    let wanted = |attribute_name: &str, value: &str| [(attribute(attribute_name), [value.to_owned()].into())].into();
    let base = rule("r", 1, exact(Claim::Email, AccountField::Email));
    let vic = with_email("campus", "vic@x.org", Vouched::Yes);
    let found = |rule: &LinkingRule, account: Candidate| one(&judged(&rules(vec![rule.clone()]), &vic, &[account]));
    let never = LinkingRule { never: wanted("group", "admins"), ..base.clone() };
    assert_eq!(found(&never, account(1).proved("vic@x.org").has("group", "admins")), None);
    assert!(found(&never, account(1).proved("vic@x.org").has("group", "people")).is_some());
    let only = LinkingRule { only: wanted("path", "customers"), ..base };
    assert_eq!(found(&only, account(1).proved("vic@x.org")), None);
    assert!(found(&only, account(1).proved("vic@x.org").has("path", "customers")).is_some());
}

#[test]
fn a_rule_asks_for_the_proofs_that_it_lists() {
    let proofs = [ProofKind::Password].into();
    let policy = rules(vec![LinkingRule { proofs, ..rule("r", 1, exact(Claim::Email, AccountField::Email)) }]);
    let verdict = judged(&policy, &with_email("campus", "vic@x.org", Vouched::Yes), &[account(1).proved("vic@x.org")]).verdict;
    let LinkingVerdict::One(one) = verdict else { panic!("{verdict:?}") };
    assert_eq!(one.demand, Some([ProofKind::Password].into()));
}

#[test]
fn rules_are_for_the_providers_and_authorities_that_they_name() {
    let base = finding("r", exact(Claim::Email, AccountField::Email));
    let accounts = [account(1).proved("vic@x.org")];
    let for_campus = rules(vec![LinkingRule { providers: [alias("campus")].into(), ..base.clone() }]);
    assert!(one(&judged(&for_campus, &with_email("campus", "vic@x.org", Vouched::No), &accounts)).is_some());
    assert!(one(&judged(&for_campus, &with_email("social", "vic@x.org", Vouched::No), &accounts)).is_none());
    let for_one = rules(vec![LinkingRule { authorities: ["https://idp.x.org".to_owned()].into(), ..base }]);
    let mut vic = with_email("campus", "vic@x.org", Vouched::No);
    assert!(one(&judged(&for_one, &vic, &accounts)).is_none());
    vic.key.authority = Some("https://other.example".into());
    assert!(one(&judged(&for_one, &vic, &accounts)).is_none());
    vic.key.authority = Some("https://idp.x.org".into());
    assert!(one(&judged(&for_one, &vic, &accounts)).is_some());
}
