//! Keycloak's conditions, and what stands in their place.

use super::{Effect, Imported, Outcome, enters, import, runs, with_flow};
use serde_json::{Value, json};

/// What comes of a login page where this condition stands before a refusal.
fn guarded(condition: &str, settings: Value) -> Imported {
    behind(condition, settings, runs("deny-access-authenticator", "REQUIRED", 2))
}

/// What comes of a login page that has this condition before something else.
fn behind(condition: &str, settings: Value, what: Value) -> Imported {
    let mut condition = runs(condition, "REQUIRED", 1);
    condition["authenticatorConfig"] = json!("c");
    let top = json!([runs("auth-username-password-form", "REQUIRED", 1), enters("some", "CONDITIONAL", 2)]);
    with_flow("browserFlow", top, json!({ "some": [condition, what] }), json!([{ "alias": "c", "config": settings }]))
}

fn when(it: &Imported) -> String {
    let tree = it.tree("own");
    let line = tree.lines().find(|line| line.contains("[some]")).unwrap_or_else(|| panic!("{tree}"));
    line.split_once(" when ").map_or("always", |(_, when)| when).to_owned()
}

fn says(it: &Imported, effect: Effect, condition: &str, part: &str) {
    let place = format!("some › {condition}");
    assert!(it.says(effect, &place, part), "{part:?} isn't in {:#?}", it.flow("own").differences);
}

#[test]
fn an_attribute_is_a_fact() {
    let id = "conditional-user-attribute";
    for (settings, expected) in [
        (json!({ "attribute_name": "team", "attribute_expected_value": "red" }), "user.attribute team red"),
        (json!({ "attribute_name": "team", "attribute_expected_value": "red", "not": "true" }), "not user.attribute team red"),
        (json!({ "attribute_name": "team", "attribute_expected_value": "red", "regex": "true" }), "user.attribute team red"),
        (
            json!({ "attribute_name": "firstName", "attribute_expected_value": "Ada" }),
            "`has(user.given_name) && user.given_name == 'Ada'`",
        ),
    ] {
        let it = guarded(id, settings);
        assert_eq!(when(&it), expected);
        assert_eq!(it.flow("own").differences.iter().filter(|it| it.effect == Effect::Laxer).count(), 0);
    }
    let it = guarded(id, json!({ "attribute_name": "costCenter", "attribute_expected_value": "7 \"a\"" }));
    assert_eq!(when(&it), "user.attribute costcenter 7 \"a\"");
    says(&it, Effect::Laxer, id, "calls the attribute `costcenter`");
    let groups = json!({ "attribute_name": "team", "attribute_expected_value": "red", "include_group_attributes": "true" });
    says(&guarded(id, groups.clone()), Effect::Laxer, id, "groups");
    let mut negated = groups;
    negated["not"] = json!("true");
    says(&guarded(id, negated), Effect::Stricter, id, "groups");
}

/// What can't be asked is asked of everybody, and the report says what it was.
#[test]
fn what_cannot_be_asked_is_asked_of_everybody() {
    for (id, settings, part) in [
        (
            "conditional-user-attribute",
            json!({ "attribute_name": "team", "attribute_expected_value": "r.*", "regex": "true" }),
            "whether `team` fits the pattern `r.*`",
        ),
        ("conditional-user-attribute", json!({ "attribute_name": "email", "attribute_expected_value": "a@x.org" }), "`email`"),
        ("conditional-user-attribute", json!({}), "isn't named"),
        ("conditional-user-role", json!({}), "isn't named"),
        ("conditional-client-scope", json!({}), "isn't named"),
        (
            "conditional-sub-flow-executed",
            json!({ "flow_to_check": "forms", "check_result": "not-executed" }),
            "only if the sub-flow “forms” has not succeeded before",
        ),
        ("conditional-credential", json!({ "credentials": "password##otp" }), "one of these was not shown: password, otp"),
        ("conditional-acme", json!({}), "where `conditional-acme` holds"),
    ] {
        let it = guarded(id, settings);
        assert_eq!(when(&it), "always", "{id}");
        says(&it, Effect::Stricter, id, part);
        says(&it, Effect::Stricter, id, "is asked of everybody");
        assert!(!it.report.needs_a_look(), "nothing is less safe");
    }
}

/// Keycloak refuses those for whom no condition holds. To ask them and let them in would be laxer.
#[test]
fn a_condition_that_cannot_be_asked_and_guards_the_way_in_refuses_everybody() {
    let sub_flows =
        json!({ "some": [runs("conditional-acme", "REQUIRED", 1), runs("auth-username-password-form", "REQUIRED", 2)] });
    let it = with_flow("browserFlow", json!([enters("some", "CONDITIONAL", 1)]), sub_flows, json!([]));
    assert_eq!(it.tree("own"), "Required deny message= reveals=nothing\n");
    says(&it, Effect::Stricter, "conditional-acme", "nobody gets past");
    assert_eq!(it.flow("own").result, Outcome::NeedsWork);
}

#[test]
fn levels_of_authentication_ask_everybody_for_everything() {
    let levels = json!({
        "first": [runs("conditional-level-of-authentication", "REQUIRED", 1), runs("auth-username-password-form", "REQUIRED", 2)],
        "second": [with("conditional-level-of-authentication", "two"), runs("auth-otp-form", "REQUIRED", 2)]
    });
    let config = json!([{ "alias": "two", "config": { "loa-condition-level": "2", "loa-max-age": "300" } }]);
    let it =
        with_flow("browserFlow", json!([enters("first", "CONDITIONAL", 1), enters("second", "CONDITIONAL", 2)]), levels, config);
    assert_eq!(
        it.tree("own"),
        "Required [first]\n  Required username-and-password\nRequired [second]\n  Required [one-time code]\n    Alternative one-time-code\n    Alternative set-up-one-time-code replace=no\n"
    );
    let place = "second › conditional-level-of-authentication";
    assert!(it.says(
        Effect::Stricter,
        place,
        "wants level 2 and the session doesn't have it yet, and asks again after 300 seconds"
    ));
    assert_eq!(it.flow("own").result, Outcome::Usable);
}

fn with(id: &str, settings: &str) -> Value {
    let mut execution = runs(id, "REQUIRED", 1);
    execution["authenticatorConfig"] = json!(settings);
    execution
}

#[test]
fn a_scope_is_a_fact_and_so_is_who_has_it_without_asking() {
    let sub_flows = [("some", json!([with("conditional-client-scope", "c"), runs("deny-access-authenticator", "REQUIRED", 2)]))];
    for (negate, clients, expected) in [
        ("false", json!([{ "clientId": "shop" }]), "scope staff"),
        ("true", json!([{ "clientId": "shop" }]), "not scope staff"),
        (
            "false",
            json!([{ "clientId": "shop", "defaultClientScopes": ["staff"] }, { "clientId": "b" }]),
            "scope staff or client shop",
        ),
    ] {
        let top = json!([runs("auth-username-password-form", "REQUIRED", 1), enters("some", "CONDITIONAL", 2)]);
        let mut flows = vec![json!({ "alias": "own", "topLevel": true, "authenticationExecutions": top })];
        flows.extend(sub_flows.iter().map(|(alias, runs)| json!({ "alias": alias, "authenticationExecutions": runs })));
        let config = json!([{ "alias": "c", "config": { "client_scope": "staff", "negate": negate } }]);
        let realm =
            json!({ "browserFlow": "own", "authenticationFlows": flows, "authenticatorConfig": config, "clients": clients });
        let it = import(&realm.to_string());
        assert_eq!(when(&it), expected);
        assert!(!it.report.needs_a_look());
    }
    let alone = guarded("conditional-client-scope", json!({ "client_scope": "staff" }));
    says(&alone, Effect::Laxer, "conditional-client-scope", "export the realm with its clients");
}

#[test]
fn roles_of_clients_and_roles_that_cannot_be_called_so_are_roles_with_other_names() {
    let id = "conditional-user-role";
    let it = guarded(id, json!({ "condUserRole": "House Keeper" }));
    assert_eq!(when(&it), "user.role house-keeper");
    says(&it, Effect::Laxer, id, "which is called `house-keeper`");

    let condition = with(id, "c");
    let flows = json!([
        { "alias": "own", "topLevel": true, "authenticationExecutions":
            [runs("auth-username-password-form", "REQUIRED", 1), enters("some", "CONDITIONAL", 2)] },
        { "alias": "some", "authenticationExecutions": [condition, runs("deny-access-authenticator", "REQUIRED", 2)] }
    ]);
    let config = json!([{ "alias": "c", "config": { "condUserRole": "web.shop.admin", "negate": "true" } }]);
    let clients = json!([{ "clientId": "web.shop" }]);
    let realm = json!({ "browserFlow": "own", "authenticationFlows": flows, "authenticatorConfig": config, "clients": clients });
    let it = import(&realm.to_string());
    assert_eq!(when(&it), "not user.role web-shop-admin");
    says(&it, Effect::Stricter, id, "the role `admin` of the client `web.shop`");
}

#[test]
fn a_refusal_keeps_its_words() {
    for (text, message, said) in [
        ("You can't come in here: \"ask\" for it.", "message=You can't come in here: \"ask\" for it.", None),
        ("accessDenied", "message=", Some("what its theme has for `accessDenied`")),
        ("${access.denied.for you}", "message=", Some("what its theme has for")),
    ] {
        let mut deny = runs("deny-access-authenticator", "REQUIRED", 2);
        deny["authenticatorConfig"] = json!("d");
        let top = json!([runs("auth-username-password-form", "REQUIRED", 1), deny]);
        let config = json!([{ "alias": "d", "config": { "denyErrorMessage": text } }]);
        let it = with_flow("browserFlow", top, json!({}), config);
        assert!(it.tree("own").contains(message), "{}", it.tree("own"));
        assert_eq!(said.is_some(), it.says(Effect::Differs, "deny-access-authenticator", said.unwrap_or("theme")));
    }
}

#[test]
fn somebody_who_has_an_application_shows_a_code_of_it() {
    let condition = || runs("conditional-user-configured", "REQUIRED", 1);
    let code = |requirement| runs("auth-otp-form", requirement, 2);
    for (name, executions, expected) in [
        ("required", json!([condition(), code("REQUIRED")]), "when user.second-factor-configured\n  Required one-time-code"),
        (
            "alternative",
            json!([condition(), code("ALTERNATIVE")]),
            "when user.second-factor-configured\n  Required one-time-code",
        ),
        (
            "beside what nobody has",
            json!([condition(), code("ALTERNATIVE"), runs("webauthn-authenticator", "ALTERNATIVE", 3)]),
            "when user.second-factor-configured\n  Required one-time-code",
        ),
    ] {
        let top = json!([runs("auth-username-password-form", "REQUIRED", 1), enters("some", "CONDITIONAL", 2)]);
        let it = with_flow("browserFlow", top, json!({ "some": executions }), json!([]));
        assert!(it.tree("own").contains(&format!("[some] {expected}\n")), "{name}: {}", it.tree("own"));
    }
    // Nobody can have both.
    let both = json!([condition(), code("REQUIRED"), runs("webauthn-authenticator", "REQUIRED", 3)]);
    let top = json!([runs("auth-username-password-form", "REQUIRED", 1), enters("some", "CONDITIONAL", 2)]);
    let it = with_flow("browserFlow", top, json!({ "some": both }), json!([]));
    assert!(it.says(Effect::LeftOut, "some", "nobody has such a second factor here"));
}

#[test]
fn a_code_that_everybody_needs_is_set_up_where_somebody_has_none() {
    let it = behind("conditional-user-role", json!({ "condUserRole": "staff" }), runs("auth-otp-form", "REQUIRED", 2));
    assert!(
        it.tree("own").contains(
            "[some] when user.role staff\n  Required [one-time code]\n    Alternative one-time-code\n    Alternative set-up-one-time-code"
        ),
        "{}",
        it.tree("own")
    );
    assert!(it.says(Effect::Differs, "some › auth-otp-form", "set one up at this place"));
}

#[test]
fn applications_as_a_duty_of_new_accounts_are_said() {
    let flows = json!([{ "alias": "own", "topLevel": true, "authenticationExecutions":
        [runs("auth-username-password-form", "REQUIRED", 1)] }]);
    for (action, laxer) in [
        (json!({ "alias": "CONFIGURE_TOTP", "enabled": true, "defaultAction": true }), true),
        (json!({ "alias": "CONFIGURE_TOTP", "enabled": true, "defaultAction": false }), false),
        (json!({ "alias": "CONFIGURE_TOTP", "enabled": false, "defaultAction": true }), false),
        (json!({ "alias": "UPDATE_PROFILE", "enabled": true, "defaultAction": true }), false),
    ] {
        let realm = json!({ "browserFlow": "own", "authenticationFlows": flows, "requiredActions": [action] });
        let it = import(&realm.to_string());
        assert_eq!(it.says(Effect::Laxer, "", "CONFIGURE_TOTP"), laxer, "{action}");
        assert_eq!(it.report.needs_a_look(), laxer);
    }
}
