//! A realm's identity providers.

use super::fields::{At, Fields, text};
use super::flows::{self, Flows};
use super::policy;
use super::problem::{Problems, Span};
use super::surroundings::Surroundings;
use super::tree::Node;
use domain::{ProviderAlias, ProviderPolicy};
use std::collections::BTreeMap;
use std::sync::Arc;
use upstream::{ClaimsMapping, Http, OidcProvider, OidcSettings, SettingsError, SigningAlg, TokenAuth};

const DEFAULT_FLOW: &str = "first-broker-login";

/// What checks a provider: how requests leave, and the flows that there are.
pub(super) struct Checks<'c> {
    pub(super) around: &'c Surroundings<'c>,
    pub(super) http: Option<Arc<Http>>,
    pub(super) flows: &'c Flows,
}

/// Where to point when the settings of a provider are refused as a whole.
struct Spans {
    whole: Span,
    issuer: Span,
    secret: Span,
    scopes: Span,
    claims: Span,
    authority: Span,
    params: Span,
}

/// One provider: what the flows know of it, and how it is spoken to.
pub(super) fn provider(
    mut fields: Fields,
    checks: &Checks<'_>,
    problems: &mut Problems<'_>,
) -> Option<(At<ProviderAlias>, ProviderPolicy, OidcSettings)> {
    let alias = alias(&mut fields, problems);
    let name = fields.optional_text("name", problems);
    let flow = flows::named(&mut fields, "first-login-flow", DEFAULT_FLOW, checks.flows, problems);
    let after = flows::after_login(&mut fields, checks.flows, problems);
    let settings = settings(&mut fields, alias.as_ref().map(|alias| &alias.value), checks, problems);
    let bare = alias.as_ref().zip(flow).zip(after).map(|((alias, flow), post_login_flow)| {
        let name = name.map_or_else(|| alias.value.to_string(), |name| name.value);
        ProviderPolicy { post_login_flow, ..ProviderPolicy::new(alias.value.clone(), name, flow) }
    });
    let policy = policy::policy(&mut fields, settings.as_ref(), bare, problems);
    fields.end(problems);
    Some((alias?, policy?, settings?))
}

fn alias(fields: &mut Fields, problems: &mut Problems<'_>) -> Option<At<ProviderAlias>> {
    let given = fields.text("alias", "campus", problems)?;
    match ProviderAlias::parse(&given.value) {
        Ok(alias) => Some(At { value: alias, span: given.span }),
        Err(error) => {
            problems.at(given.span, error.to_string(), "the alias is part of addresses; `name` is what people see");
            None
        }
    }
}

fn settings(
    fields: &mut Fields,
    alias: Option<&ProviderAlias>,
    checks: &Checks<'_>,
    problems: &mut Problems<'_>,
) -> Option<OidcSettings> {
    let whole = fields.span;
    let issuer = fields.text("issuer", "https://login.example.org", problems);
    let client_id = fields.text("client-id", "what the provider calls Braid", problems);
    let secret = fields.take("client-secret").and_then(|node| checks.around.secret(node, "client-secret", problems));
    let usual = if secret.is_some() { TokenAuth::Basic } else { TokenAuth::None };
    let known = [("basic", TokenAuth::Basic), ("post", TokenAuth::Post), ("none", TokenAuth::None)];
    let token_auth = fields.word("token-auth", usual, &known, problems);
    let scopes = fields.texts("scopes", problems);
    let claims_node = fields.take("claims");
    let authority = fields.optional_text("authority-claim", problems);
    let params_node = fields.take("authorize-params");
    let spans = Spans {
        whole,
        issuer: issuer.as_ref().map_or(whole, |at| at.span),
        secret: secret.as_ref().map_or(whole, |at| at.span),
        scopes: scopes.as_ref().and_then(|scopes| scopes.first()).map_or(whole, |at| at.span),
        claims: claims_node.as_ref().map_or(whole, |node| node.span),
        authority: authority.as_ref().map_or(whole, |at| at.span),
        params: params_node.as_ref().map_or(whole, |node| node.span),
    };
    let claims = claims_node.map_or_else(ClaimsMapping::default, |node| claims(node, problems));
    let params = params_node.map_or_else(BTreeMap::new, |node| params(node, problems));
    let may_be_text = fields.flag("email-verified-may-be-text", false, problems);
    let user_info = fields.flag("user-info", false, problems);
    let algs = algs(fields, problems);
    let audiences = fields.texts("trusted-audiences", problems);
    let hosts = fields.texts("endpoint-hosts", problems);
    let skew = fields.duration("clock-skew", problems);

    let mut settings = OidcSettings::new(alias?.clone(), issuer?.value, client_id?.value);
    settings.client_secret = secret.map(|at| at.value);
    settings.token_auth = token_auth?;
    settings.claims = claims;
    settings.authority_claim = authority.map(|at| at.value);
    settings.authorize_params = params;
    settings.email_verified_may_be_text = may_be_text?;
    settings.user_info = user_info?;
    settings.scopes = scopes.map_or(settings.scopes, values);
    settings.signing_algs = algs.unwrap_or(settings.signing_algs);
    settings.trusted_audiences = audiences.map_or_else(Vec::new, values);
    settings.endpoint_hosts = hosts.map_or_else(Vec::new, values);
    settings.clock_skew = skew.unwrap_or(settings.clock_skew);
    if let Some(http) = &checks.http
        && let Err(error) = OidcProvider::new(settings.clone(), Arc::clone(http))
    {
        refuse(&error, &spans, problems);
        return None;
    }
    Some(settings)
}

fn values(texts: Vec<At<String>>) -> Vec<String> {
    texts.into_iter().map(|text| text.value).collect()
}

fn algs(fields: &mut Fields, problems: &mut Problems<'_>) -> Option<Vec<SigningAlg>> {
    const KNOWN: [(&str, SigningAlg); 9] = [
        ("RS256", SigningAlg::RS256),
        ("RS384", SigningAlg::RS384),
        ("RS512", SigningAlg::RS512),
        ("PS256", SigningAlg::PS256),
        ("PS384", SigningAlg::PS384),
        ("PS512", SigningAlg::PS512),
        ("ES256", SigningAlg::ES256),
        ("ES384", SigningAlg::ES384),
        ("EdDSA", SigningAlg::EdDSA),
    ];
    let given = fields.texts("signing-algs", problems)?;
    let count = given.len();
    let mut read = Vec::new();
    for alg in given {
        if let Some((_, known)) = KNOWN.iter().find(|(name, _)| *name == alg.value) {
            read.push(*known);
            continue;
        }
        let remedy = format!("there are {}", super::fields::one_of(&KNOWN.map(|(name, _)| name)));
        problems.at(alg.span, "Braid knows no signing algorithm of this name", remedy);
    }
    (read.len() == count).then_some(read)
}

fn claims(node: Node, problems: &mut Problems<'_>) -> ClaimsMapping {
    let mut fields = Fields::of(node, "`claims`", problems);
    let mut mapping = ClaimsMapping::default();
    let slots: [(&'static str, &mut String); 6] = [
        ("username", &mut mapping.username),
        ("given-name", &mut mapping.given_name),
        ("family-name", &mut mapping.family_name),
        ("picture", &mut mapping.picture),
        ("email", &mut mapping.email),
        ("email-verified", &mut mapping.email_verified),
    ];
    for (key, slot) in slots {
        if let Some(claim) = fields.optional_text(key, problems) {
            *slot = claim.value;
        }
    }
    mapping.attributes = fields.take("attributes").map_or_else(BTreeMap::new, |node| policy::attributes(node, problems));
    mapping.keep = fields.texts("keep", problems).map_or_else(Vec::new, values);
    fields.end(problems);
    mapping
}

fn params(node: Node, problems: &mut Problems<'_>) -> BTreeMap<String, String> {
    let entries = Fields::of(node, "`authorize-params`", problems).into_entries();
    let read = |(key, value): (At<String>, Node)| text(value, &key.value, problems).map(|value| (key.value, value.value));
    entries.into_iter().filter_map(read).collect()
}

fn refuse(error: &SettingsError, spans: &Spans, problems: &mut Problems<'_>) {
    let (span, remedy) = match error {
        SettingsError::Issuer { .. } | SettingsError::IssuerParts => {
            (spans.issuer, "copy the `issuer` of the provider's discovery document, as in https://login.example.org".to_owned())
        }
        SettingsError::Unreachable { .. } => (
            spans.issuer,
            "use https and a public host; a provider inside your network goes into `allow-internal`, as `host:port`".to_owned(),
        ),
        SettingsError::ClientId => (spans.whole, "write the id that the provider gave to Braid".to_owned()),
        SettingsError::Secret => {
            (spans.secret, "set `client-secret` for `basic` and `post`, and leave it out for `none`".to_owned())
        }
        SettingsError::Algorithms => (spans.whole, "leave `signing-algs` out, or name one".to_owned()),
        SettingsError::Scope => (spans.scopes, "write each scope as an item of its own: `[openid, email]`".to_owned()),
        SettingsError::Address { .. } => (spans.claims, "name the claim in which the provider puts the address".to_owned()),
        SettingsError::Authority { .. } => {
            (spans.authority, "name the claim in which the federation puts the authority, as in `idp`".to_owned())
        }
        SettingsError::Keep { .. } => (spans.claims, "remove it".to_owned()),
        SettingsError::Reserved { .. } => (spans.params, "remove it".to_owned()),
    };
    let cause = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
    let reason = format!("{error}{cause}");
    if matches!(error, SettingsError::Secret) {
        problems.at_secret(span, reason, remedy);
    } else {
        problems.at(span, reason, remedy);
    }
}
