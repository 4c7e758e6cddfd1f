//! What a flow of Keycloak's serves, and where that is said in Braid.

use super::known::Purpose;
use super::realm::{Execution, Flow, Realm};

/// Why Braid has nothing that a flow could be: what Keycloak does, what Braid does, and what to do.
type NoEqual = (&'static str, &'static str, &'static str);

const DIRECT_GRANT: NoEqual = (
    "an application passes somebody's password on",
    "never takes a password from an application",
    "let the application send people to the login page",
);
const CLIENTS: NoEqual =
    ("says how clients authenticate", "has that in the settings of each client", "see `clients` in docs/configuration.md");
const DOCKER: NoEqual = ("signs in to a Docker registry", "doesn't speak that protocol", "");
const CHALLENGE: NoEqual = (
    "has the browser ask for the password, without a page",
    "always shows a page",
    "let these programs use a client of their own",
);

/// What a flow serves.
pub(super) struct Served {
    /// What kind of flow that is here, or why there is none.
    pub(super) purpose: Result<Purpose, NoEqual>,
    /// In words.
    pub(super) places: Vec<String>,
    /// In `braid.yaml`: whose setting, and its key.
    pub(super) keys: Vec<(String, String)>,
    /// Whether people meet the login page in it.
    pub(super) is_the_login_page: bool,
    /// The clients whose login page it is. Here the login page is the realm's.
    pub(super) clients: Vec<String>,
}

/// What a flow serves in its realm; by what is in it, if it serves nothing.
pub(super) fn served(realm: &Realm, flow: &Flow) -> Served {
    let mut served =
        Served { purpose: Err(CHALLENGE), places: Vec::new(), keys: Vec::new(), is_the_login_page: false, clients: Vec::new() };
    let is = |bound: &Option<String>| bound.as_deref() == Some(flow.alias.as_str());
    let realms_flows = || "the realm's `flows`".to_owned();
    let mut purposes = Vec::new();
    for (bound, place, key) in [
        (&realm.browser_flow, "browser", "browser"),
        (&realm.registration_flow, "registration", "registration"),
        (&realm.reset_credentials_flow, "reset credentials", "forgotten-password"),
    ] {
        if is(bound) {
            purposes.push(Ok(Purpose::Login));
            served.places.push(place.to_owned());
            served.keys.push((realms_flows(), key.to_owned()));
            served.is_the_login_page |= key == "browser";
        }
    }
    for (bound, place, no_equal) in [
        (&realm.direct_grant_flow, "direct grant", DIRECT_GRANT),
        (&realm.client_authentication_flow, "client authentication", CLIENTS),
        (&realm.docker_authentication_flow, "Docker", DOCKER),
    ] {
        if is(bound) {
            purposes.push(Err(no_equal));
            served.places.push(place.to_owned());
        }
    }
    if is(&realm.first_broker_login_flow) {
        purposes.push(Ok(Purpose::FirstLogin));
        served.places.push("first broker login of the realm".to_owned());
        let without =
            realm.identity_providers.iter().filter(|provider| !is_named(provider.first_broker_login_flow_alias.as_deref()));
        served.keys.extend(without.map(|provider| (provider_called(&provider.alias), "first-login-flow".to_owned())));
    }
    for provider in &realm.identity_providers {
        let bound = [
            (&provider.first_broker_login_flow_alias, Purpose::FirstLogin, "first login of", "first-login-flow"),
            (&provider.post_broker_login_flow_alias, Purpose::AfterProvider, "after logins of", "post-login-flow"),
        ];
        for (_, purpose, place, key) in bound.into_iter().filter(|(bound, ..)| is(bound)) {
            purposes.push(Ok(purpose));
            served.places.push(format!("{place} `{}`", provider.alias));
            served.keys.push((provider_called(&provider.alias), key.to_owned()));
        }
    }
    overrides(realm, flow, &mut served, &mut purposes);
    served.purpose =
        purposes.iter().copied().find(Result::is_ok).or(purposes.first().copied()).unwrap_or_else(|| guess(realm, flow));
    served
}

fn is_named(alias: Option<&str>) -> bool {
    alias.is_some_and(|alias| !alias.is_empty())
}

fn provider_called(alias: &str) -> String {
    format!("provider `{alias}`")
}

/// Clients may have flows of their own. They name them by id.
fn overrides(realm: &Realm, flow: &Flow, served: &mut Served, purposes: &mut Vec<Result<Purpose, NoEqual>>) {
    let Some(id) = &flow.id else { return };
    for client in &realm.clients {
        let name = client.client_id.as_deref().unwrap_or_default();
        for (key, _) in client.authentication_flow_binding_overrides.iter().filter(|(_, bound)| bound.as_deref() == Some(id)) {
            served.places.push(format!("{key} of the client `{name}`"));
            purposes.push(if key == "browser" { Ok(Purpose::Login) } else { Err(DIRECT_GRANT) });
            if key == "browser" {
                served.is_the_login_page = true;
                served.clients.push(name.to_owned());
            }
        }
    }
}

/// What a flow that serves nothing looks like.
fn guess(realm: &Realm, flow: &Flow) -> Result<Purpose, NoEqual> {
    let has = |part: &str| contains(realm, flow, &|id| id.starts_with(part));
    if flow.provider_id.as_deref() == Some("client-flow") {
        Err(CLIENTS)
    } else if has("direct-grant-") {
        Err(DIRECT_GRANT)
    } else if has("docker-") {
        Err(DOCKER)
    } else if has("basic-auth") || has("no-cookie-redirect") {
        Err(CHALLENGE)
    } else if has("idp-") {
        Ok(Purpose::FirstLogin)
    } else {
        Ok(Purpose::Login)
    }
}

fn contains(realm: &Realm, flow: &Flow, wanted: &dyn Fn(&str) -> bool) -> bool {
    flow.authentication_executions.iter().any(|execution: &Execution| {
        execution.authenticator.as_deref().is_some_and(wanted)
            || execution
                .flow_alias
                .as_deref()
                .and_then(|alias| realm.flow(alias))
                .is_some_and(|flow| contains(realm, flow, wanted))
    })
}
