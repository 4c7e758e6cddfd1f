//! Flows that somebody has edited.

use super::{Effect, Imported, Outcome, enters, first_logins, import, runs, with_flow};
use serde_json::json;

#[test]
fn alternatives_that_keycloak_ignores_are_disabled() {
    let it = first_logins(
        json!([
            runs("idp-create-user-if-unique", "REQUIRED", 1),
            runs("idp-auto-link", "ALTERNATIVE", 2),
            enters("more", "ALTERNATIVE", 3)
        ]),
        json!({ "more": [runs("idp-confirm-link", "REQUIRED", 1)] }),
    );
    assert_eq!(it.tree("own"), "Required create-user-if-unique\nDisabled auto-set-existing-user proof=trusted-assertion\n");
    assert!(it.says(Effect::Differs, "idp-auto-link", "never runs it, because “idp-create-user-if-unique”"));
    assert!(it.says(Effect::Differs, "more", "never runs it"));
    assert!(it.files["own"].contains("# more was never run by Keycloak"));
}

#[test]
fn priorities_order_a_level_whatever_their_place_in_the_file() {
    let it = first_logins(
        json!([runs("idp-auto-link", "ALTERNATIVE", 30), runs("idp-create-user-if-unique", "ALTERNATIVE", -5)]),
        json!({}),
    );
    assert_eq!(it.tree("own"), "Alternative create-user-if-unique\nAlternative auto-set-existing-user proof=trusted-assertion\n");
    assert!(it.says(Effect::Stricter, "idp-auto-link", "trusted"));
}

#[test]
fn detect_and_link_is_a_flow_that_makes_no_account() {
    let it = first_logins(
        json!([runs("idp-detect-existing-broker-user", "REQUIRED", 1), runs("idp-auto-link", "REQUIRED", 2)]),
        json!({}),
    );
    assert_eq!(it.tree("own"), "Required detect-existing-user\nRequired auto-set-existing-user proof=trusted-assertion\n");
    assert_eq!(it.flow("own").result, Outcome::Usable);
}

#[test]
fn a_condition_about_the_password_is_a_fact() {
    let it = first_logins(
        json!([
            runs("idp-detect-existing-broker-user", "REQUIRED", 1),
            enters("with password", "CONDITIONAL", 2),
            runs("idp-auto-link", "REQUIRED", 3)
        ]),
        json!({ "with password": [runs("conditional-user-configured", "REQUIRED", 1), runs("auth-password-form", "REQUIRED", 2)] }),
    );
    assert_eq!(
        it.tree("own"),
        "Required detect-existing-user\nRequired [with password] when existing-user.has-password\n  Required reauthenticate by=password\nRequired auto-set-existing-user proof=trusted-assertion\n"
    );
}

#[test]
fn a_conditional_sub_flow_without_a_condition_never_runs() {
    let it = first_logins(
        json!([runs("idp-create-user-if-unique", "REQUIRED", 1), enters("never", "CONDITIONAL", 2)]),
        json!({ "never": [runs("conditional-user-configured", "DISABLED", 1), runs("auth-otp-form", "REQUIRED", 2)] }),
    );
    assert_eq!(it.tree("own"), "Required create-user-if-unique\n");
    assert!(it.says(Effect::LeftOut, "never", "never runs"));
}

#[test]
fn t235_a_condition_outside_a_conditional_sub_flow_is_ignored_and_said() {
    let it = with_flow(
        "browserFlow",
        json!([enters("forms", "REQUIRED", 1)]),
        json!({ "forms": [runs("conditional-user-role", "REQUIRED", 1), runs("auth-username-password-form", "REQUIRED", 2)] }),
        json!([]),
    );
    assert_eq!(it.tree("own"), "Required [forms]\n  Required username-and-password\n");
    assert!(it.says(Effect::LeftOut, "forms › conditional-user-role", "ignores a condition"));
}

#[test]
fn t236_a_condition_about_a_role_is_a_fact_about_whoever_signs_in() {
    for (negate, when, effect) in
        [("false", "user.role editor", Effect::Laxer), ("true", "not user.role editor", Effect::Stricter)]
    {
        let mut condition = runs("conditional-user-role", "REQUIRED", 1);
        condition["authenticatorConfig"] = json!("c");
        let config = json!([{ "alias": "c", "config": { "condUserRole": "editor", "negate": negate } }]);
        let top = json!([runs("auth-username-password-form", "REQUIRED", 1), enters("some", "CONDITIONAL", 2)]);
        let it = with_flow(
            "browserFlow",
            top,
            json!({ "some": [condition, runs("deny-access-authenticator", "REQUIRED", 2)] }),
            config,
        );
        assert!(it.tree("own").contains(&format!("[some] when {when}\n  Required deny")), "{}", it.files["own"]);
        assert!(it.says(effect, "some › conditional-user-role", "contains the role"));
    }
}

/// What was a step that somebody had to get past stops everybody: nothing is ever less safe because Braid doesn't know it.
#[test]
fn what_is_required_and_unknown_refuses_everybody() {
    for id in ["webauthn-authenticator", "acme-face-scan", "auth-x509-client-username-form", "user-session-limits"] {
        let it = first_logins(json!([runs("idp-create-user-if-unique", "REQUIRED", 1), runs(id, "REQUIRED", 2)]), json!({}));
        assert!(it.says(Effect::Stricter, id, "no such authenticator"), "{id}");
        assert!(it.files["own"].contains("- deny: { requirement: required }"), "{}", it.files["own"]);
        assert_eq!(it.flow("own").result, Outcome::NeedsWork);
        assert!(it.report.needs_a_look());
    }
}

#[test]
fn an_unknown_alternative_is_one_way_less() {
    let it = first_logins(
        json!([runs("idp-create-user-if-unique", "ALTERNATIVE", 1), runs("acme-face-scan", "ALTERNATIVE", 2)]),
        json!({}),
    );
    assert_eq!(it.tree("own"), "Alternative create-user-if-unique\n");
    assert!(it.files["own"].contains("# acme-face-scan has no equal"));
    assert!(it.says(Effect::Stricter, "acme-face-scan", "this way is gone"));
    assert_eq!(it.flow("own").result, Outcome::Usable);
}

/// To make accounts for everybody, because the condition can't be asked, would be laxer.
#[test]
fn a_sub_flow_that_makes_accounts_under_an_unknown_condition_is_refused() {
    let it = first_logins(
        json!([enters("members", "CONDITIONAL", 1)]),
        json!({ "members": [runs("conditional-client-scope", "REQUIRED", 1), runs("idp-create-user-if-unique", "REQUIRED", 2)] }),
    );
    assert!(!it.files["own"].contains("create-user-if-unique") && it.files["own"].contains("- deny"), "{}", it.files["own"]);
    assert_eq!(it.flow("own").result, Outcome::NeedsWork);
}

#[test]
fn a_guard_under_an_unknown_condition_is_there_for_everybody() {
    let it = first_logins(
        json!([
            runs("idp-detect-existing-broker-user", "REQUIRED", 1),
            enters("guard", "CONDITIONAL", 2),
            runs("idp-auto-link", "REQUIRED", 3)
        ]),
        json!({ "guard": [runs("conditional-client-scope", "REQUIRED", 1), runs("idp-confirm-link", "REQUIRED", 2)] }),
    );
    assert!(it.tree("own").contains("Required [guard]\n  Required confirm-link reveals=account\n"));
    assert!(it.says(Effect::Stricter, "guard › conditional-client-scope", "is asked of everybody"));
}

#[test]
fn a_captcha_that_is_gone_is_said_in_the_report_and_in_the_file() {
    let mut form = enters("form", "REQUIRED", 1);
    form["authenticator"] = json!("registration-page-form");
    let parts = [("registration-user-creation", 1), ("registration-password-action", 2), ("registration-recaptcha-action", 3)];
    let parts: Vec<_> = parts.into_iter().map(|(id, priority)| runs(id, "REQUIRED", priority)).collect();
    // Without a description, so that the file has nothing of Keycloak's but what is said about it.
    let it = with_flow("browserFlow", json!([form]), json!({ "form": parts }), json!([]));
    assert_eq!(it.tree("own"), "Required register\n");
    assert!(it.says(Effect::Laxer, "form › registration-recaptcha-action", "captcha"));
    assert!(it.report.needs_a_look());
    assert!(it.report.text(None).contains("LESS SAFE: form › registration-recaptcha-action"));
    assert!(it.files["own"].contains("# LESS SAFE than there: Keycloak asks for a captcha"));
}

#[test]
fn a_name_page_and_a_password_page_are_one_page() {
    let it = with_flow(
        "browserFlow",
        json!([runs("auth-cookie", "ALTERNATIVE", 1), enters("forms", "ALTERNATIVE", 2)]),
        json!({
            "forms": [runs("auth-username-form", "REQUIRED", 1), enters("proof", "REQUIRED", 2)],
            "proof": [runs("webauthn-authenticator-passwordless", "ALTERNATIVE", 1), runs("auth-password-form", "ALTERNATIVE", 2)]
        }),
        json!([]),
    );
    assert_eq!(it.tree("own"), "Alternative cookie\nAlternative [forms]\n  Required username-and-password\n");
    assert!(it.says(Effect::Differs, "forms › auth-username-form", "on one page"));
}

#[test]
fn after_a_provider_there_may_be_nothing_to_do() {
    let flows = json!([
        { "alias": "after", "providerId": "basic-flow", "topLevel": true, "authenticationExecutions":
            [runs("allow-access-authenticator", "REQUIRED", 1), enters("factor", "CONDITIONAL", 2)] },
        { "alias": "factor", "providerId": "basic-flow", "topLevel": false, "authenticationExecutions":
            [runs("conditional-user-configured", "REQUIRED", 1), runs("auth-otp-form", "REQUIRED", 2)] }
    ]);
    let providers = json!([{ "alias": "campus", "postBrokerLoginFlowAlias": "after" }]);
    let it = import(&json!({ "realm": "r", "authenticationFlows": flows, "identityProviders": providers }).to_string());
    assert_eq!(it.tree("after"), "Required [factor] when user.second-factor-configured\n  Required one-time-code\n");
    assert!(it.files["after"].contains("on-empty: succeed\n"), "{}", it.files["after"]);
    assert_eq!(it.report.bindings[0].key, "post-login-flow");
}

#[test]
fn names_that_cannot_be_are_changed_and_said() {
    let long = "x".repeat(80);
    let flows = json!([
        { "alias": "Mein Flow – für „alle“!", "topLevel": true, "authenticationExecutions":
            [enters(&long, "REQUIRED", 1), enters("a: \"b\" # c", "REQUIRED", 2)] },
        { "alias": long, "authenticationExecutions": [runs("auth-cookie", "ALTERNATIVE", 1)] },
        { "alias": "a: \"b\" # c", "authenticationExecutions": [runs("auth-username-password-form", "REQUIRED", 1)] },
        { "alias": "mein-flow-f-r-alle", "topLevel": true, "authenticationExecutions": [runs("auth-cookie", "REQUIRED", 1)] }
    ]);
    let it = import(&json!({ "authenticationFlows": flows }).to_string());
    assert_eq!(it.files.keys().map(String::as_str).collect::<Vec<_>>(), ["keycloak-mein-flow-f-r-alle", "mein-flow-f-r-alle"]);
    assert!(it.tree("mein-flow-f-r-alle").contains("[a: \"b\" # c]"));
    let renamed = it.differences("Mein Flow – für „alle“!", Effect::Renamed);
    assert_eq!(renamed.len(), 2, "the flow and the long sub-flow: {renamed:#?}");
}

#[test]
fn a_review_page_keeps_its_setting() {
    for word in ["on", "missing", "off", "nonsense"] {
        let mut execution = runs("idp-review-profile", "REQUIRED", 1);
        execution["authenticatorConfig"] = json!("c");
        let config = json!([{ "alias": "c", "config": { "update.profile.on.first.login": word } }]);
        let it: Imported = with_flow(
            "firstBrokerLoginFlow",
            json!([execution, runs("idp-create-user-if-unique", "REQUIRED", 2)]),
            json!({}),
            config,
        );
        let expected = if word == "nonsense" { "missing" } else { word };
        assert!(it.tree("own").starts_with(&format!("Required review-profile update={expected}\n")), "{word}");
    }
}
