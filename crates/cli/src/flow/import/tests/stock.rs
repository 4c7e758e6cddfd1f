//! Every flow that Keycloak ships.

use super::{Effect, Imported, Outcome, STOCK, import, tree};
use flow_runtime::checker::check_flow;
use flow_runtime::reader::{SHIPPED, read};
use serde_json::{Value, json};

#[test]
fn the_first_broker_login_is_the_one_that_comes_with_braid() {
    let imported = import(STOCK);
    let flow = imported.flow("first broker login");
    assert_eq!((flow.flow.as_deref(), flow.result), (Some("keycloak-first-broker-login"), Outcome::ComesWithBraid), "{flow:#?}");
    assert!(!imported.files.contains_key("keycloak-first-broker-login"), "two flows can't have one name");
    let shipped = SHIPPED.iter().find(|shipped| shipped.file == "keycloak-first-broker-login.yaml").unwrap();
    assert!(tree(&read(shipped.text, "shipped").unwrap().outline).contains("Alternative reauthenticate by=linked-provider"));
    let said: Vec<&str> = flow.differences.iter().map(|difference| difference.execution.as_str()).collect();
    for place in [
        "idp-review-profile",
        "User creation or linking › idp-create-user-if-unique",
        "First Broker Login - Conditional Organization",
    ] {
        assert!(said.contains(&place), "{place} isn't in {said:#?}");
    }
    assert_eq!(imported.differences("first broker login", Effect::Laxer), [] as [&super::Difference; 0]);
}

#[test]
fn the_browser_flow_has_its_ways_side_by_side() {
    let imported = import(STOCK);
    assert_eq!(
        imported.tree("keycloak-browser"),
        "Required [sign in]\n  Alternative cookie\n  Alternative provider\n  Alternative [forms]\n    Required username-and-password\n\
         Required [Browser - Conditional 2FA] when user.second-factor-configured\n  Required one-time-code\n"
    );
    let stricter = imported.differences("browser", Effect::Stricter);
    assert!(stricter.iter().any(|it| it.execution == "Browser - Conditional 2FA" && it.braid.contains("however they came")));
    assert_eq!(imported.flow("browser").result, Outcome::Usable);
}

#[test]
fn the_realms_switches_are_executions_of_the_login_page() {
    let mut realm: Value = serde_json::from_str(STOCK).unwrap();
    realm["registrationAllowed"] = json!(true);
    realm["resetPasswordAllowed"] = json!(true);
    realm["actionTokenGeneratedByUserLifespan"] = json!(300);
    let imported = import(&realm.to_string());
    assert!(
        imported
            .tree("keycloak-browser")
            .contains("  Alternative register\n  Alternative reset-password lifetime=5m\nRequired [")
    );
    assert_eq!(imported.tree("reset-credentials"), recovery("5m"));
    let own = imported.tree("keycloak-first-broker-login-2");
    assert!(own.contains("verify-by-email lifetime=5m"), "how long mails live is another flow than the shipped one:\n{own}");
}

fn recovery(lifetime: &str) -> String {
    format!(
        "Required reset-password lifetime={lifetime}\nRequired [Reset - Conditional OTP] when user.second-factor-configured\n  \
         Required one-time-code\n"
    )
}

/// What can be used serves as it is: nothing that is proved of flows is broken in it.
#[test]
fn the_flows_hold() {
    let imported = import(STOCK);
    for (name, text) in &imported.files {
        let checked = check_flow(&read(text, name).unwrap().flow);
        assert!(checked.may_serve(), "{name}: {checked:#?}");
    }
}

#[test]
fn registration_and_recovery_are_one_page_each() {
    let imported = import(STOCK);
    let registration = imported.flow("registration");
    assert_eq!((registration.flow.as_deref(), registration.result), (Some("registration"), Outcome::ComesWithBraid));
    assert_eq!(imported.tree("reset-credentials"), recovery("15m"));
    assert!(!imported.differences("reset credentials", Effect::Stricter).is_empty());
}

#[test]
fn what_is_no_login_in_a_browser_has_no_equal_and_says_why() {
    let imported = import(STOCK);
    for alias in ["clients", "direct grant", "docker auth", "http challenge"] {
        let flow = imported.flow(alias);
        assert_eq!((flow.result, &flow.flow), (Outcome::NoEqual, &None), "{alias}");
        assert!(!flow.differences[0].keycloak.is_empty() && !flow.differences[0].braid.is_empty(), "{alias}");
    }
    assert_eq!(imported.report.flows.len(), 8, "all that are at the top");
    assert_eq!(imported.files.keys().map(String::as_str).collect::<Vec<_>>(), ["keycloak-browser", "reset-credentials"]);
    assert!(!imported.report.needs_a_look());
}

#[test]
fn the_report_says_where_the_flows_go() {
    let imported = import(STOCK);
    let lines: Vec<String> = imported.report.bindings.iter().map(|it| format!("{}: {}: {}", it.of, it.key, it.flow)).collect();
    for line in [
        "the realm's `flows`: browser: keycloak-browser",
        "the realm's `flows`: registration: registration",
        "the realm's `flows`: forgotten-password: reset-credentials",
        "provider `campus`: first-login-flow: keycloak-first-broker-login",
        "provider `social`: first-login-flow: keycloak-first-broker-login",
    ] {
        assert!(lines.iter().any(|own| own == line), "{line} isn't in {lines:#?}");
    }
    let text = imported.report.text(Some("flows"));
    for part in [
        "browser (browser): becomes flows/keycloak-browser.yaml\n",
        "first broker login (first broker login of the realm, first login of `campus`): is `keycloak-first-broker-login`, which comes with Braid\n",
        "    Keycloak: links the identity to whichever account signs in on this form",
        "4 of 8 flows can be used, 0 need work, 4 have no equal\n",
    ] {
        assert!(text.contains(part), "{part:?} isn't in\n{text}");
    }
}

#[test]
fn the_report_for_programs_has_the_same() {
    let Imported { report, .. } = import(STOCK);
    let value = serde_json::to_value(&report).unwrap();
    assert_eq!(value["flows"].as_array().unwrap().len(), 8);
    assert_eq!(value["flows"][0]["result"], "usable");
    assert!(value["flows"][0]["differences"][0]["keycloak"].is_string(), "{value:#}");
}
