//! The realms.

use super::client::OwnFlows;
use super::fields::{At, Fields};
use super::flows::{self, Flows};
use super::problem::{Problems, Span};
use super::provider::{self, Checks};
use super::rules::{self, Scope};
use super::{client, mail, origin};
use crate::settings::RealmSettings;
use domain::{ClientId, ClientPolicy, ProviderAlias, ProviderPolicy, RealmId};
use downstream::Client;
use flow_runtime::{Bindings, Limits, RealmPolicy};
use std::collections::BTreeMap;
use std::sync::Arc;
use upstream::OidcSettings;

/// All realms of the file, in its order.
pub(super) fn realms(root: &mut Fields, checks: &Checks<'_>, problems: &mut Problems<'_>) -> Vec<RealmSettings> {
    let node = root.take("realms");
    let entries = node.map(|node| Fields::of(node, "`realms`", problems).into_entries()).unwrap_or_default();
    if entries.is_empty() {
        let remedy = "add `realms:` with one below it, as `main: { name: Example, origin: https://login.example.org }`";
        problems.at(root.span, "there is no realm", remedy);
    }
    let mut origins: BTreeMap<String, Span> = BTreeMap::new();
    let mut realms = Vec::new();
    for (id, node) in entries {
        let fields = Fields::of(node, "a realm", problems).named_at(id.span);
        realms.extend(realm(&id, fields, checks, &mut origins, problems));
    }
    realms
}

fn realm(
    id: &At<String>,
    mut fields: Fields,
    checks: &Checks<'_>,
    origins: &mut BTreeMap<String, Span>,
    problems: &mut Problems<'_>,
) -> Option<RealmSettings> {
    let realm = RealmId::parse(&id.value);
    if let Err(error) = &realm {
        problems.at(id.span, error.to_string(), "write a short name; `name` is what people see");
    }
    let name = fields.optional_text("name", problems);
    let origin = origin::of_realm(&mut fields, origins, problems);
    let mail = mail::route(&mut fields, checks.around, problems);
    let bindings = bindings(&mut fields, checks.flows, problems);
    let limits = limits(&mut fields, problems);
    let (policies, providers, is_whole) = providers(&mut fields, checks, problems);
    let linking = rules::rules(&mut fields, &Scope { providers: &providers, is_whole }, problems);
    let clients = clients(&mut fields, checks, problems);
    fields.end(problems);

    let policy = RealmPolicy {
        name: name.map_or_else(|| id.value.clone(), |name| name.value),
        realm: realm.ok()?,
        flows: checks.flows.clone(),
        revisions: flow_runtime::Revisions::default(),
        bindings: bindings?,
        providers: policies,
        clients: clients.iter().map(|(client, flows)| (client.id.clone(), with_flows(client.policy(), flows))).collect(),
        rules: linking.as_ref().map(|(_, set)| Arc::clone(set)).unwrap_or_default(),
        sends_mail: mail.is_some(),
        limits,
    };
    let linking_rules = linking.map(|(rules, _)| rules);
    let clients = clients.into_iter().map(|(client, _)| client).collect();
    Some(RealmSettings { policy, origin: origin?, providers, clients, mail, linking_rules })
}

fn bindings(fields: &mut Fields, flows: &Flows, problems: &mut Problems<'_>) -> Option<Bindings> {
    let node = fields.take("flows");
    let mut bound = match node {
        Some(node) => Fields::of(node, "`flows` of a realm", problems),
        None => Fields::empty(fields.span),
    };
    let browser = flows::named(&mut bound, "browser", "browser", flows, problems);
    let registration = flows::named(&mut bound, "registration", "registration", flows, problems);
    let forgotten_password = flows::named(&mut bound, "forgotten-password", "forgotten-password", flows, problems);
    let verify_address = flows::named(&mut bound, "verify-address", "verify-address", flows, problems);
    let change_address = flows::named(&mut bound, "change-address", "change-address", flows, problems);
    let second_factor = flows::named_if_given(&mut bound, "second-factor", flows, problems);
    bound.end(problems);
    Some(Bindings {
        browser: browser?,
        registration: registration?,
        forgotten_password: forgotten_password?,
        verify_address: verify_address?,
        change_address: change_address?,
        second_factor,
    })
}

fn limits(fields: &mut Fields, problems: &mut Problems<'_>) -> Limits {
    let mut limits = Limits::default();
    let Some(node) = fields.take("limits") else { return limits };
    let mut given = Fields::of(node, "`limits`", problems);
    let counts: [(&'static str, &mut u32); 7] = [
        ("passwords-per-account", &mut limits.passwords_per_account),
        ("passwords-per-network", &mut limits.passwords_per_network),
        ("registrations-per-network", &mut limits.registrations_per_network),
        ("mails-per-address", &mut limits.mails_per_address),
        ("mails-per-network", &mut limits.mails_per_network),
        ("codes-per-mail", &mut limits.codes_per_mail),
        ("one-time-codes-per-account", &mut limits.one_time_codes_per_account),
    ];
    for (key, slot) in counts {
        *slot = given.count(key, problems).unwrap_or(*slot);
    }
    let spans: [(&'static str, &mut std::time::Duration); 5] = [
        ("password-window", &mut limits.password_window),
        ("mail-window", &mut limits.mail_window),
        ("resend-after", &mut limits.resend_after),
        ("login-lifetime", &mut limits.login_lifetime),
        ("session-lifetime", &mut limits.session_lifetime),
    ];
    for (key, slot) in spans {
        *slot = given.duration(key, problems).unwrap_or(*slot);
    }
    given.end(problems);
    limits
}

/// The providers, and whether these are all that stand there.
fn providers(
    fields: &mut Fields,
    checks: &Checks<'_>,
    problems: &mut Problems<'_>,
) -> (Vec<ProviderPolicy>, Vec<OidcSettings>, bool) {
    let mut seen: BTreeMap<ProviderAlias, Span> = BTreeMap::new();
    let (mut policies, mut settings, mut is_whole) = (Vec::new(), Vec::new(), true);
    for entry in fields.mappings("providers", "a provider", problems) {
        let Some((alias, policy, oidc)) = provider::provider(entry, checks, problems) else {
            is_whole = false;
            continue;
        };
        if let Some(first) = seen.get(&alias.value) {
            twice("provider", alias.value.as_str(), *first, alias.span, problems);
        } else {
            seen.insert(alias.value, alias.span);
            policies.push(policy);
            settings.push(oidc);
        }
    }
    (policies, settings, is_whole)
}

fn with_flows(policy: ClientPolicy, OwnFlows { first_login, post_login }: &OwnFlows) -> ClientPolicy {
    ClientPolicy { first_login_flow: first_login.clone(), post_login_flow: post_login.clone(), ..policy }
}

fn clients(fields: &mut Fields, checks: &Checks<'_>, problems: &mut Problems<'_>) -> Vec<(Client, OwnFlows)> {
    let mut seen: BTreeMap<ClientId, Span> = BTreeMap::new();
    let mut clients = Vec::new();
    for entry in fields.mappings("clients", "a client", problems) {
        let Some((client, flows)) = client::client(entry, checks, problems) else { continue };
        if let Some(first) = seen.get(&client.value.id) {
            twice("client", client.value.id.as_str(), *first, client.span, problems);
        } else {
            seen.insert(client.value.id.clone(), client.span);
            clients.push((client.value, flows));
        }
    }
    clients
}

pub(super) fn twice(what: &str, name: &str, first: Span, second: Span, problems: &mut Problems<'_>) {
    let reason = format!("the realm has a {what} “{name}” on line {} already", first.line);
    problems.at(second, reason, "give one of the two another name, or remove it");
}
