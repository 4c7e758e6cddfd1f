//! A realm with one client and one person, for all tests.

use crate::token::{CodeRequest, RefreshRequest};
use crate::{
    Claims, Client, ClientRegistration, CodeGrant, GrantRequest, Issuance, KeyRing, SignedIn, SigningKey, TokenError,
    TokenRequest, TokenResponse, grant, mint,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    AccountState, AuthenticationMethod, AuthorizeRequest, CanonicalSubject, ClientId, Digest, EmailAddress, Entropy, Epoch,
    IdentityKey, LinkingDomain, OwnedAddress, Prompt, Provenance, ProviderAlias, Secret, Subject, Timestamp, User, UserId,
    Username, Version, Wish,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(super) const ISSUER: &str = "https://id.example.org/realms/demo";
pub(super) const CALLBACK: &str = "https://app.example.com/callback";
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// The challenge of [`VERIFIER`], from RFC 7636 appendix B.
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(super) const SECRET: &str = "a secret of the client";

pub(super) static KEYS: LazyLock<KeyRing> = LazyLock::new(new_keys);

pub(super) fn new_keys() -> KeyRing {
    KeyRing::new(vec![SigningKey::generate_es256().unwrap(), SigningKey::generate_rs256().unwrap()]).unwrap()
}

pub(super) fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

pub(super) fn in_seconds(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_800_000_000 + seconds)
}

pub(super) fn entropy(seed: u8) -> Entropy {
    Entropy::from_bytes([seed; 32])
}

pub(super) fn registration(id: &str) -> ClientRegistration {
    ClientRegistration::new(id, "An application", vec![Digest::of(&Secret::new(SECRET))], vec![CALLBACK.to_owned()])
}

pub(super) fn confidential(id: &str) -> Client {
    Client::register(registration(id)).unwrap()
}

pub(super) fn public(id: &str) -> Client {
    Client::register(ClientRegistration::new(id, "An application", vec![], vec![CALLBACK.to_owned()])).unwrap()
}

pub(super) fn with_redirect_uris(uris: &[&str]) -> Client {
    let redirect_uris = uris.iter().map(ToString::to_string).collect();
    Client::register(ClientRegistration { redirect_uris, ..registration("app") }).unwrap()
}

/// Parameters as a query or form has them.
pub(super) fn pairs(parameters: &[(&str, &str)]) -> Vec<(String, String)> {
    parameters.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A good authorization request, with some parameters set to another value (or removed, for an empty one).
pub(super) fn request_with(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut parameters = pairs(&[
        ("client_id", "app"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile email offline_access"),
        ("state", "a state"),
        ("nonce", "a nonce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    for &(name, value) in changes {
        parameters.retain(|(known, _)| known != name);
        if !value.is_empty() {
            parameters.push((name.to_owned(), value.to_owned()));
        }
    }
    parameters
}

pub(super) fn authorize_request() -> AuthorizeRequest {
    AuthorizeRequest {
        client: ClientId::parse("app").unwrap(),
        redirect_uri: CALLBACK.to_owned(),
        redirect_uri_was_given: true,
        state: Some("a state".to_owned()),
        nonce: Some("a nonce".to_owned()),
        scopes: ["openid", "profile", "email", "offline_access"].map(String::from).into(),
        code_challenge: Some(CHALLENGE.to_owned()),
        prompt: Prompt::default(),
        max_age: None,
        login_hint: None,
        provider_hint: None,
        wish: Wish::SignIn,
    }
}

pub(super) fn ada() -> User {
    User {
        id: UserId::from_bytes([1; 16]),
        subject: CanonicalSubject::from_bytes([2; 16]),
        username: Some(Username::parse("ada").unwrap()),
        email: Some(OwnedAddress {
            address: EmailAddress::parse("ada@example.org").unwrap(),
            provenance: Provenance::Typed,
            proof: None,
        }),
        given_name: Some("Ada".to_owned()),
        family_name: Some("Lovelace".to_owned()),
        picture: None,
        origins: BTreeMap::new(),
        attributes: BTreeMap::new(),
        linking_domain: LinkingDomain::default(),
        state: AccountState::Open,
        has_password: false,
        password_set_at: None,
        must_renew_password: false,
        has_one_time_codes: false,
        roles: std::collections::BTreeSet::new(),
        accepted_terms: std::collections::BTreeMap::new(),
        epoch: Epoch(4),
        version: Version(9),
        created_at: now(),
    }
}

pub(super) fn signed_in() -> SignedIn {
    let ada = ada();
    SignedIn {
        user: ada.id,
        subject: ada.subject,
        epoch: ada.epoch,
        auth_time: in_seconds(-100),
        methods: vec![AuthenticationMethod::Federated],
        identity: Some(IdentityKey {
            provider: ProviderAlias::parse("campus").unwrap(),
            issuer: "https://campus.example.edu".to_owned(),
            authority: None,
            subject: Subject::parse("4711").unwrap(),
        }),
        browser_session: Some(Digest::of_bytes(b"cookie")),
    }
}

/// A code for Ada at the client, made of this request.
pub(super) fn code_for(request: &AuthorizeRequest) -> (Secret, CodeGrant) {
    let code = entropy(1).secret("code");
    let grant = crate::code::issue_code(&code, request, &signed_in(), now());
    (code, grant)
}

/// The form of a good token request for a code, with changes as in [`request_with`].
pub(super) fn code_form(code: &Secret, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut form = pairs(&[
        ("grant_type", "authorization_code"),
        ("code", code.reveal()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]);
    for &(name, value) in changes {
        form.retain(|(known, _)| known != name);
        if !value.is_empty() {
            form.push((name.to_owned(), value.to_owned()));
        }
    }
    form
}

pub(super) fn code_request(form: &[(String, String)]) -> CodeRequest {
    match TokenRequest::read(form, None).unwrap().grant {
        GrantRequest::Code(request) => request,
        GrantRequest::Refresh(_) => panic!("a code request was expected"),
    }
}

pub(super) fn refresh_request(token: &Secret, scope: &str) -> RefreshRequest {
    let form = pairs(&[("grant_type", "refresh_token"), ("refresh_token", token.reveal()), ("scope", scope)]);
    match TokenRequest::read(&form, None).unwrap().grant {
        GrantRequest::Refresh(request) => request,
        GrantRequest::Code(_) => panic!("a refresh request was expected"),
    }
}

/// Redeems a code of this request with a form that has these changes.
pub(super) fn redeem(request: &AuthorizeRequest, client: &Client, changes: &[(&str, &str)]) -> Result<Issuance, TokenError> {
    let (secret, code) = code_for(request);
    let form = code_form(&secret, changes);
    grant::redeem(code, &code_request(&form), client, Some(&ada()), in_seconds(1), &entropy(2))
}

pub(super) fn issued() -> Issuance {
    redeem(&authorize_request(), &confidential("app"), &[]).unwrap()
}

pub(super) fn minted(issuance: &Issuance, client: &Client) -> TokenResponse {
    mint::mint(issuance, client, &Claims::of(&ada()), &KEYS, ISSUER, in_seconds(1), &entropy(3)).unwrap()
}

/// A part of a JWT, unchecked: 0 is the header, 1 the claims.
pub(super) fn part_of(jwt: &Secret, part: usize) -> Value {
    let text = jwt.reveal().split('.').nth(part).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

/// The parameters in the query of a location.
pub(super) fn answer_in(location: &str) -> Vec<(String, String)> {
    url::Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

/// One parameter in the query of a location.
pub(super) fn value_in(location: &str, name: &str) -> Option<String> {
    answer_in(location).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}
