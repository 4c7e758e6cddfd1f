//! A realm's clients.

use super::fields::{At, Fields, list};
use super::flows;
use super::problem::{Problems, Span};
use super::provider::Checks;
use super::surroundings::Surroundings;
use domain::{Digest, FlowName, Secret};
use downstream::{Client, ClientKind, ClientRegistration, RegistrationProblem, SecretMethod, SigningAlg};

/// The fewest characters of a client's secret. Only its digest is kept, and a digest of something short can be guessed.
const SECRET_CHARACTERS: usize = 16;

const REDIRECT_EXAMPLE: &str = "add `redirect-uris: [https://app.example.org/callback]`";

/// Where the parts of a client stand.
struct Spans {
    whole: Span,
    id: Span,
    name: Span,
    uris: Vec<At<String>>,
    scopes: Vec<At<String>>,
}

/// The flows of people whom a client sends, where they aren't their provider's.
#[derive(Debug, Clone, Default)]
pub(super) struct OwnFlows {
    pub(super) first_login: Option<FlowName>,
    pub(super) post_login: Option<FlowName>,
}

/// One client, with the place of its id, and its flows.
pub(super) fn client(mut fields: Fields, checks: &Checks<'_>, problems: &mut Problems<'_>) -> Option<(At<Client>, OwnFlows)> {
    let (whole, around) = (fields.span, checks.around);
    let first_login = flows::maybe(&mut fields, "first-login-flow", checks.flows, problems);
    let post_login = flows::after_login(&mut fields, checks.flows, problems);
    let id = fields.text("id", "my-application", problems);
    let name = fields.optional_text("name", problems);
    let kind = kind(&mut fields, around, problems);
    let uris = fields.texts("redirect-uris", problems).unwrap_or_default();
    let scopes = fields.texts("scopes", problems);
    let enabled = fields.flag("enabled", true, problems);
    let consent = fields.flag("consent", false, problems);
    let pkce_required = fields.flag("pkce-required", true, problems);
    let signing_alg = signing_alg(&mut fields, problems);
    fields.end(problems);
    let (id, kind) = (id?, kind?);
    let name = name.unwrap_or_else(|| id.clone());
    let mut registration = ClientRegistration::new(&id.value, &name.value, Vec::new(), values(&uris));
    registration.kind = kind;
    registration.enabled = enabled?;
    registration.consent = consent?;
    registration.pkce_required = pkce_required?;
    registration.signing_alg = signing_alg?;
    if let Some(scopes) = &scopes {
        registration.scopes = values(scopes);
    }
    let spans = Spans { whole, id: id.span, name: name.span, uris, scopes: scopes.unwrap_or_default() };
    match Client::register(registration) {
        Ok(client) => {
            Some((At { value: client, span: id.span }, OwnFlows { first_login: first_login?, post_login: post_login? }))
        }
        Err(error) => {
            error.problems.iter().for_each(|problem| report(problem, &spans, problems));
            None
        }
    }
}

fn values(texts: &[At<String>]) -> Vec<String> {
    texts.iter().map(|text| text.value.clone()).collect()
}

fn kind(fields: &mut Fields, around: &Surroundings<'_>, problems: &mut Problems<'_>) -> Option<ClientKind> {
    let whole = fields.span;
    let public = fields.flag("public", false, problems);
    let nodes: Vec<_> = [fields.take("secret"), fields.take("secrets")].into_iter().flatten().flat_map(list).collect();
    let count = nodes.len();
    let secrets: Vec<At<Secret>> = nodes.into_iter().filter_map(|node| around.secret(node, "secret", problems)).collect();
    match (public?, secrets.first()) {
        (true, None) => Some(ClientKind::Public),
        (true, Some(secret)) => {
            problems.at_secret(secret.span, "a public client can't keep a secret", "remove `public: true`, or the secret");
            None
        }
        (false, None) => {
            if count == 0 {
                let remedy = "add `secret: { file: PATH }`, or say `public: true` for an application in a browser or on a device";
                problems.at(whole, "the client has no secret", remedy);
            }
            None
        }
        (false, Some(_)) => {
            let short = secrets.iter().filter(|secret| secret.value.reveal().chars().count() < SECRET_CHARACTERS);
            let short: Vec<Span> = short.map(|secret| secret.span).collect();
            for span in &short {
                let remedy = "take a random one, as `openssl rand -base64 32` makes";
                problems.at_secret(*span, format!("the secret has fewer than {SECRET_CHARACTERS} characters"), remedy);
            }
            let digests: Vec<Digest> = secrets.iter().map(|secret| Digest::of(&secret.value)).collect();
            let methods = vec![SecretMethod::Basic, SecretMethod::Post];
            (short.is_empty() && digests.len() == count).then_some(ClientKind::Confidential { secrets: digests, methods })
        }
    }
}

fn signing_alg(fields: &mut Fields, problems: &mut Problems<'_>) -> Option<SigningAlg> {
    let Some(given) = fields.optional_text("signing-alg", problems) else { return Some(SigningAlg::Es256) };
    match given.value.as_str() {
        "ES256" => Some(SigningAlg::Es256),
        "RS256" => Some(SigningAlg::Rs256),
        _ => {
            problems.at(given.span, "Braid doesn't sign with this algorithm", "write `ES256` or `RS256`");
            None
        }
    }
}

fn report(problem: &RegistrationProblem, spans: &Spans, problems: &mut Problems<'_>) {
    let among = |texts: &[At<String>], text: &str| texts.iter().find(|at| at.value == text).map_or(spans.whole, |at| at.span);
    let (span, remedy) = match problem {
        RegistrationProblem::Id(_) => (spans.id, "write a short name without spaces; `name` is what people see"),
        RegistrationProblem::Name => (spans.name, "write what people call the application"),
        RegistrationProblem::NoRedirectUri => (spans.whole, REDIRECT_EXAMPLE),
        RegistrationProblem::RedirectUri { uri, .. } => {
            (among(&spans.uris, uri), "write the exact address that the application is called back at")
        }
        RegistrationProblem::NoSecret | RegistrationProblem::NoMethod => (spans.whole, "add `secret: { file: PATH }`"),
        RegistrationProblem::PublicWithoutPkce => (spans.whole, "remove `pkce-required: false`"),
        RegistrationProblem::NoOpenId => {
            (spans.scopes.first().map_or(spans.whole, |at| at.span), "add `openid`, or leave `scopes` out")
        }
        RegistrationProblem::UnknownScope(scope) => (among(&spans.scopes, scope), "remove it"),
    };
    problems.at(span, problem.to_string(), remedy);
}
