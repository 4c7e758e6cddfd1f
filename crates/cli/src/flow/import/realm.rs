//! A realm as Keycloak exports it, as far as flows go. What isn't about flows is read over.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The largest export that is read, in bytes. Without its users, a realm is far smaller.
pub(super) const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// The most flows that are read, sub-flows too.
const MOST_FLOWS: usize = 1_000;

/// The most executions that one flow may come to, with all its sub-flows.
pub(super) const MOST_EXECUTIONS: usize = 500;

/// A realm.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_field_names, reason = "the names are Keycloak's")]
pub(super) struct Realm {
    pub(super) realm: Option<String>,
    pub(super) browser_flow: Option<String>,
    pub(super) registration_flow: Option<String>,
    pub(super) direct_grant_flow: Option<String>,
    pub(super) reset_credentials_flow: Option<String>,
    pub(super) client_authentication_flow: Option<String>,
    pub(super) docker_authentication_flow: Option<String>,
    pub(super) first_broker_login_flow: Option<String>,
    pub(super) registration_allowed: Option<bool>,
    pub(super) reset_password_allowed: Option<bool>,
    /// In seconds: how long a mail's link works.
    pub(super) action_token_generated_by_user_lifespan: Option<u64>,
    pub(super) authentication_flows: Vec<Flow>,
    pub(super) authenticator_config: Vec<Config>,
    pub(super) identity_providers: Vec<Provider>,
    pub(super) clients: Vec<Client>,
    pub(super) required_actions: Vec<RequiredAction>,
}

/// A flow or sub-flow.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Flow {
    pub(super) id: Option<String>,
    pub(super) alias: String,
    pub(super) description: Option<String>,
    /// The kind: `basic-flow`, `form-flow` or `client-flow`.
    pub(super) provider_id: Option<String>,
    #[serde(default)]
    pub(super) top_level: bool,
    #[serde(default)]
    pub(super) authentication_executions: Vec<Execution>,
}

/// One execution. The old spelling of `authenticatorFlow` is in every export and says nothing more.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Execution {
    pub(super) authenticator: Option<String>,
    pub(super) flow_alias: Option<String>,
    pub(super) authenticator_config: Option<String>,
    pub(super) requirement: Requirement,
    #[serde(default)]
    pub(super) priority: i64,
}

/// What an execution means for its level, in Keycloak's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Requirement {
    Required,
    Alternative,
    Conditional,
    Disabled,
}

/// The settings of an execution.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    alias: String,
    #[serde(default)]
    config: BTreeMap<String, Option<String>>,
}

/// An identity provider.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Provider {
    pub(super) alias: String,
    pub(super) first_broker_login_flow_alias: Option<String>,
    pub(super) post_broker_login_flow_alias: Option<String>,
}

/// A client, as far as flows go. Its own flows are named by id.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are Keycloak's")]
pub(super) struct Client {
    pub(super) client_id: Option<String>,
    #[serde(default)]
    pub(super) authentication_flow_binding_overrides: BTreeMap<String, Option<String>>,
    /// The scopes that it has without asking for them.
    #[serde(default)]
    pub(super) default_client_scopes: Vec<String>,
}

/// Something that people have to do before they are signed in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequiredAction {
    pub(super) alias: String,
    #[serde(default)]
    pub(super) enabled: bool,
    /// Whether every new account has to.
    #[serde(default)]
    pub(super) default_action: bool,
}

impl Realm {
    /// Reads an export. The problem is one sentence for the operator.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            return Err("this is a list; export one realm, and give the file of that realm".to_owned());
        }
        let mut realm: Self = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => format!("this isn't a realm as Keycloak exports it: {error}"),
            _ => format!("this isn't JSON that can be read: {error}"),
        })?;
        if realm.authentication_flows.is_empty() {
            return Err("there are no flows in it: `authenticationFlows` is missing or empty".to_owned());
        }
        if realm.authentication_flows.len() > MOST_FLOWS {
            return Err(format!("there are more than {MOST_FLOWS} flows in it"));
        }
        once("flows have the alias", realm.authentication_flows.iter().map(|flow| flow.alias.as_str()))?;
        once("flows have the id", realm.authentication_flows.iter().filter_map(|flow| flow.id.as_deref()))?;
        once("configurations have the alias", realm.authenticator_config.iter().map(|config| config.alias.as_str()))?;
        for flow in &mut realm.authentication_flows {
            flow.authentication_executions.sort_by_key(|execution| execution.priority);
        }
        for flow in &realm.authentication_flows {
            realm.size_of(flow, &mut Vec::new(), &mut 0)?;
        }
        Ok(realm)
    }

    /// Follows every sub-flow, so that nothing later meets a cycle, a gap or too much.
    fn size_of<'r>(&'r self, flow: &'r Flow, path: &mut Vec<&'r str>, size: &mut usize) -> Result<(), String> {
        if path.contains(&flow.alias.as_str()) {
            return Err(format!("the flow “{}” contains itself: {} → {}", flow.alias, path.join(" → "), flow.alias));
        }
        path.push(&flow.alias);
        for execution in &flow.authentication_executions {
            *size += 1;
            if *size > MOST_EXECUTIONS {
                let first = path.first().copied().unwrap_or_default();
                return Err(format!("the flow “{first}” has more than {MOST_EXECUTIONS} executions"));
            }
            if let Some(alias) = &execution.flow_alias {
                let inner = self.flow(alias);
                let inner = inner.ok_or_else(|| format!("“{}” runs the flow “{alias}”, which isn't in the file", flow.alias))?;
                self.size_of(inner, path, size)?;
            } else if execution.authenticator.is_none() {
                return Err(format!("an execution of “{}” has neither `authenticator` nor `flowAlias`", flow.alias));
            }
        }
        path.pop();
        Ok(())
    }

    /// The flow with this alias.
    pub(super) fn flow(&self, alias: &str) -> Option<&Flow> {
        self.authentication_flows.iter().find(|flow| flow.alias == alias)
    }

    /// The client and its role that a name with a dot means, as Keycloak reads it.
    pub(super) fn client_role<'n>(&self, name: &'n str) -> Option<(&'n str, &'n str)> {
        let is_client = |id: &str| self.clients.iter().any(|client| client.client_id.as_deref() == Some(id));
        let mut parts =
            name.rmatch_indices('.').filter_map(|(dot, _)| Some((name.get(..dot)?, name.get(dot..)?.strip_prefix('.')?)));
        parts.find(|(client, _)| is_client(client))
    }

    /// The clients that have a scope without asking for it.
    pub(super) fn clients_with(&self, scope: &str) -> Vec<&str> {
        let has = |client: &&Client| client.default_client_scopes.iter().any(|own| own == scope);
        self.clients.iter().filter(has).filter_map(|client| client.client_id.as_deref()).collect()
    }

    /// Whether every new account has to do this.
    pub(super) fn asks_new_accounts(&self, action: &str) -> bool {
        self.required_actions.iter().any(|own| own.alias == action && own.enabled && own.default_action)
    }

    /// A setting of an execution.
    pub(super) fn setting(&self, execution: &Execution, key: &str) -> Option<&str> {
        let alias = execution.authenticator_config.as_deref()?;
        let config = self.authenticator_config.iter().find(|config| config.alias == alias)?;
        config.config.get(key)?.as_deref()
    }
}

fn once<'a>(what: &str, values: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for value in values {
        if !seen.insert(value) {
            return Err(format!("two {what} “{value}”, so it can't be told which one is meant"));
        }
    }
    Ok(())
}
