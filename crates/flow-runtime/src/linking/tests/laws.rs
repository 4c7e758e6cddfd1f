//! What holds for every set of rules, every identity and all accounts.

use super::*;
use crate::linking::{Finding, OnMatch, OnMissing, OnSeveral};
use domain::{ProofKind, Vouched};
use proptest::prelude::*;

fn claim() -> impl Strategy<Value = Claim> {
    let attribute_claim = prop::sample::select(vec!["a", "b"]).prop_map(|text| Claim::Attribute(attribute(text)));
    prop_oneof![2 => Just(Claim::Email), 1 => Just(Claim::Username), 1 => Just(Claim::Subject), 3 => attribute_claim]
}

fn field() -> impl Strategy<Value = AccountField> {
    let own = prop::sample::select(vec!["a", "b"]).prop_map(|text| AccountField::Attribute(attribute(text)));
    prop_oneof![3 => Just(AccountField::Email), 1 => Just(AccountField::Username), 3 => own]
}

fn matching() -> impl Strategy<Value = Matching> {
    let expressions = [
        "identity.email == account.email",
        "account.email_proved || claims.a.exists(x, x in account.attributes.a)",
        "!account.open || has(identity.username) && identity.username != account.username",
        "size(claims.a) == size(account.attributes.b)",
        "true",
    ];
    let find_by = || (claim(), field()).prop_map(|(claim, account)| FindBy { claim, account });
    let custom = (prop::sample::select(expressions.to_vec()), find_by())
        .prop_map(|(text, find_by)| Matching::Custom { expression: text.into(), find_by });
    let patterns = ["(?<value>.+)@x\\.org", "(?<value>v|w)", "(?i)(?<value>[a-z]*).*"];
    let regex = (claim(), prop::sample::select(patterns.to_vec()), field())
        .prop_map(|(claim, pattern, account)| Matching::Regex { claim, pattern: pattern.into(), account });
    let domain = Just(Matching::Domain(["x.org".to_owned()].into()));
    prop_oneof![4 => find_by().prop_map(Matching::Exact), 1 => domain, 2 => regex, 2 => custom]
}

fn some_rule(number: u32) -> impl Strategy<Value = LinkingRule> {
    let values = || prop::option::weighted(0.2, Just([(attribute("b"), ["v".to_owned()].into())]));
    let switches = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), prop::bool::weighted(0.15));
    let proofs = prop::option::weighted(0.3, Just([ProofKind::Password, ProofKind::TrustedAssertion]));
    (matching(), switches, proofs, values(), values(), prop::bool::weighted(0.3)).prop_map(
        move |(matching, (auto_link, upstream, local, skip_missing, skip_several, deny), proofs, never, only, campus)| {
            LinkingRule {
                providers: campus.then(|| alias("campus")).into_iter().collect(),
                auto_link,
                require_verified: RequireVerified { upstream, local },
                proofs: proofs.into_iter().flatten().collect(),
                never: never.into_iter().flatten().collect(),
                only: only.into_iter().flatten().collect(),
                on_match: if deny { OnMatch::Deny } else { OnMatch::Offer },
                on_missing: if skip_missing { OnMissing::Skip } else { OnMissing::Deny },
                on_several: if skip_several { OnSeveral::Skip } else { OnSeveral::Deny },
                ..rule(&format!("r{number}"), number, matching)
            }
        },
    )
}

/// Rules that can be meant: what the compiler refuses is left out.
fn some_rules() -> impl Strategy<Value = Vec<LinkingRule>> {
    (some_rule(0), some_rule(1), some_rule(2), some_rule(3))
        .prop_map(|(a, b, c, d)| [a, b, c, d].into_iter().filter(|rule| RuleSet::compile(vec![rule.clone()]).is_ok()).collect())
}

fn some_identity() -> impl Strategy<Value = BrokeredIdentity> {
    let vouched = prop::sample::select(vec![Vouched::Yes, Vouched::No, Vouched::Silent]);
    let email = prop::option::of((prop::sample::select(vec!["v@x.org", "w@x.org", "v@y.org"]), vouched));
    let values = || prop::collection::vec(prop_oneof![Just("v".to_owned()), Just("w".to_owned()), any::<String>()], 0..6);
    let username = prop::option::of(prop_oneof![Just("v".to_owned()), any::<String>()]);
    (prop::sample::select(vec!["campus", "social"]), email, username, values(), values()).prop_map(
        |(provider, email, username, a, b)| {
            let email = email.map(|(text, vouched)| AssertedEmail { address: address(text), vouched });
            let attributes = [(attribute("a"), a), (attribute("b"), b)].into_iter().filter(|(_, values)| !values.is_empty());
            BrokeredIdentity { email, username, attributes: attributes.collect(), ..identity(provider) }
        },
    )
}

fn some_accounts() -> impl Strategy<Value = Vec<Candidate>> {
    let email = prop::option::of((prop::sample::select(vec!["v@x.org", "w@x.org", "v@y.org"]), any::<bool>()));
    let provenance = prop_oneof![
        Just(Provenance::Typed),
        Just(Provenance::Administrator),
        Just(Provenance::Provider { provider: alias("campus"), vouched: true, identity: None })
    ];
    let value = || prop::option::of((prop::sample::select(vec!["v", "w", "s-1"]), provenance.clone()));
    let one = (email, prop::option::of(Just("v")), value(), value(), any::<bool>());
    prop::collection::vec(one, 0..4).prop_map(|accounts| {
        let made = |(number, (email, username, a, b, has_password))| {
            let (email, username): (Option<(&str, bool)>, Option<&str>) = (email, username);
            let (a, b): (Given<'_>, Given<'_>) = (a, b);
            let mut made = account(u8::try_from(number).unwrap() + 1);
            made.user.has_password = has_password;
            made = username.map_or(made.clone(), |username| made.called(username));
            made = match email {
                Some((text, true)) => made.proved(text),
                Some((text, false)) => made.claims(text),
                None => made,
            };
            made = a.map_or(made.clone(), |(value, provenance)| made.has_from("a", value, provenance));
            b.map_or(made.clone(), |(value, provenance)| made.has_from("b", value, provenance))
        };
        accounts.into_iter().enumerate().map(made).collect()
    })
}

/// The value of an attribute, and who gave it.
type Given<'a> = Option<(&'a str, Provenance)>;

fn trusted_world(rules_given: Vec<LinkingRule>, hands_out: bool) -> RealmPolicy {
    let mut policy = rules(rules_given);
    if hands_out {
        policy.providers[0].hands_out.insert(attribute("a"));
    }
    policy
}

fn decided(judgement: &Judgement) -> String {
    format!("{:?}", judgement.verdict)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The oracle of the floors, in its own words.
    #[test]
    fn no_rules_whatsoever_link_alone_without_a_trusted_word(
        given in some_rules(), identity in some_identity(), accounts in some_accounts(), hands_out: bool,
    ) {
        let policy = trusted_world(given, hands_out);
        if let LinkingVerdict::One(one) = judged(&policy, &identity, &accounts).verdict && one.links_alone {
            let user = &one.account.user;
            let by_address = identity.email.as_ref().is_some_and(|email| {
                email.vouched == Vouched::Yes && email.address.domain() == "x.org" && user.has_proved(&email.address)
            });
            let handed = user.attributes.get(&attribute("a")).filter(|own| own.provenance != Provenance::Typed);
            prop_assert_eq!(identity.key.provider.as_str(), "campus");
            prop_assert!(by_address || hands_out && handed.is_some());
        }
    }

    /// Of the rules, tried one by one, the first that decides is the one that decides among all.
    #[test]
    fn the_order_of_priorities_decides(given in some_rules(), identity in some_identity(), accounts in some_accounts()) {
        let first = given.iter().find(|&rule| {
            let alone = judged(&rules(vec![rule.clone()]), &identity, &accounts);
            !matches!(alone.verdict, LinkingVerdict::Nobody)
        });
        let expected = first.map(|rule| rule.name.clone());
        let mut shuffled = given.clone();
        shuffled.reverse();
        prop_assert_eq!(judged(&rules(shuffled), &identity, &accounts).reasons.decided, expected);
    }

    #[test]
    fn one_more_rule_at_the_end_changes_no_decision(
        given in some_rules(), more in some_rule(9), identity in some_identity(), accounts in some_accounts(),
    ) {
        let before = judged(&rules(given.clone()), &identity, &accounts);
        let with_more: Vec<_> = given.into_iter().chain([more]).collect();
        if let (Ok(set), false) = (RuleSet::compile(with_more), matches!(before.verdict, LinkingVerdict::Nobody)) {
            prop_assert_eq!(decided(&judged(&policy(set), &identity, &accounts)), decided(&before));
        }
    }

    #[test]
    fn every_decision_names_its_rule_and_is_the_same_again(
        given in some_rules(), identity in some_identity(), accounts in some_accounts(), hands_out: bool,
    ) {
        let policy = trusted_world(given, hands_out);
        let judgement = judged(&policy, &identity, &accounts);
        let named = match &judgement.verdict {
            LinkingVerdict::Nobody => None,
            LinkingVerdict::One(one) => Some(&one.rule),
            LinkingVerdict::Several { rule, .. } | LinkingVerdict::Deny { rule, .. } => Some(rule),
        };
        prop_assert_eq!(judgement.reasons.decided.as_ref(), named);
        let last = judgement.reasons.considered.last();
        if let (Some(rule), Some(last)) = (named, last) {
            prop_assert_eq!(rule, &last.rule);
            let decides = matches!(
                last.finding,
                Finding::Found { .. } | Finding::Several { denied: true, .. } | Finding::Refused { .. }
            );
            prop_assert!(decides, "{:?}", last.finding);
        }
        let again = judged(&policy, &identity, &accounts);
        prop_assert_eq!(decided(&again), decided(&judgement));
        prop_assert_eq!(again.reasons, judgement.reasons);
    }

    /// An account that is found has what was looked for: the look-ups miss nobody.
    #[test]
    fn whoever_is_found_was_sought(given in some_rules(), identity in some_identity(), accounts in some_accounts()) {
        let (policy, profile) = (rules(given), profile(&identity));
        let case = Case { policy: &policy, identity: &identity, profile: &profile, flow: None };
        let sought = case.sought();
        let is_sought = |account: &&Candidate| {
            let user = &account.user;
            let by_address = |wanted: &EmailAddress| {
                user.email.as_ref().is_some_and(|email| email.address.names_the_same_mailbox_as(wanted))
            };
            let by_value = |(name, value): &(AttributeName, String)| user.attributes.get(name).is_some_and(|own| own.has(value));
            sought.emails.iter().any(by_address)
                || user.username.as_ref().is_some_and(|name| sought.usernames.contains(name))
                || sought.attributes.iter().any(by_value)
        };
        let found: Vec<_> = accounts.iter().filter(is_sought).cloned().collect();
        prop_assert_eq!(decided(&judged(&policy, &identity, &found)), decided(&judged(&policy, &identity, &accounts)));
    }
}
