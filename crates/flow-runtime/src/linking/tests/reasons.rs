//! The tree of reasons says which rule decided and why the others didn't, and nobody's values.

use super::*;

fn three() -> RealmPolicy {
    rules(vec![
        rule("by-employee", 1, exact(Claim::Attribute(attribute("employee")), AccountField::Attribute(attribute("employee")))),
        rule("by-name", 2, exact(Claim::Username, AccountField::Username)),
        LinkingRule { auto_link: true, ..rule("by-address", 3, exact(Claim::Email, AccountField::Email)) },
        LinkingRule { providers: [alias("other")].into(), ..rule("of-others", 4, exact(Claim::Email, AccountField::Email)) },
    ])
}

fn vic() -> BrokeredIdentity {
    BrokeredIdentity { username: Some("vic".into()), ..with_email("campus", "vic@x.org", Vouched::Yes) }
}

#[test]
fn the_reasons_in_plain_english() {
    let judgement = judged(&three(), &vic(), &[account(1).proved("vic@x.org"), account(2).claims("vic@x.org")]);
    let lines = judgement.reasons.lines();
    let (found, passed) = (id(1), id(2));
    let expected = [
        "by-employee: the provider sent no employee, so the next rule is tried.".to_owned(),
        "by-name: no account that it may take has this username.".to_owned(),
        format!("by-address: it found {found}, which a trusted assertion proves: it is linked without a question."),
        format!("  {passed} was passed over: it never proved the address."),
        "One more rule is for other providers, authorities or domains.".to_owned(),
        "The rule by-address decided.".to_owned(),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn reasons_name_nobodys_values() {
    let mut vic = vic();
    vic.attributes.insert(attribute("employee"), vec!["secret-7".into()]);
    let accounts = [account(1).proved("vic@x.org").called("vic").has("employee", "secret-7"), account(2).claims("vic@x.org")];
    let judgement = judged(&three(), &vic, &accounts);
    let stored = serde_json::to_string(&judgement.reasons).unwrap();
    let said = judgement.reasons.lines().join("\n");
    for value in ["vic", "x.org", "secret", "s-1"] {
        assert!(!stored.contains(value) && !said.contains(value), "{value} in {stored} or {said}");
    }
    assert_eq!(serde_json::from_str::<crate::linking::Reasons>(&stored).unwrap(), judgement.reasons);
}

#[test]
fn nobody_is_explained_too() {
    let judgement = judged(&three(), &vic(), &[]);
    assert_eq!(judgement.reasons.decided, None);
    assert_eq!(judgement.reasons.considered.len(), 3);
    assert_eq!(judgement.reasons.lines().last().unwrap(), "No rule found an account.");
}
