//! Rules are kept as documents.

use super::*;

#[test]
fn a_rule_survives_being_kept() {
    let kept = r#"{"name":"r","priority":1,"match":{"exact":{"claim":{"attribute":"upn"},"account":"username"}}}"#;
    let rule: LinkingRule = serde_json::from_str(kept).unwrap();
    let expected = super::rule("r", 1, exact(Claim::Attribute(attribute("upn")), AccountField::Username));
    assert_eq!(rule, expected);
    let again: LinkingRule = serde_json::from_str(&serde_json::to_string(&rule).unwrap()).unwrap();
    assert_eq!(again, rule);
    assert!(serde_json::from_str::<LinkingRule>(&kept.replace("priority", "prioritiy")).is_err());
}
