//! A client, its requests, and what the OpenID provider makes of them.

use crate::scene::*;
use domain::{AuthenticationMethod, Digest, Entropy, IdentityKey, Secret, Timestamp, User};
use downstream::code::issue_code;
use downstream::token::{CodeRequest, RefreshRequest};
use downstream::{
    Client, ClientRegistration, CodeGrant, Grant, GrantRequest, Issuance, RefreshRefusal, RefreshToken, SignedIn, TokenError,
    TokenRequest, grant,
};
use flow_runtime::NewUser;
use persistence::{Commit, Committed, Redeemed, Refreshed, Store, StoreError};

const BACK: &str = "https://app.example/back";

/// A client with a secret, which needs no PKCE.
pub(crate) fn app() -> Client {
    let registration = ClientRegistration {
        pkce_required: false,
        ..ClientRegistration::new("app", "App", vec![digest("client secret")], vec![BACK.into()])
    };
    Client::register(registration).unwrap()
}

/// A code for somebody who just signed in.
pub(crate) fn code_for(user: &NewUser, seed: u8) -> (Secret, CodeGrant) {
    code_through(user, None, &Entropy::from_bytes([seed; 32]))
}

/// A code for somebody who just signed in, through an identity.
pub(crate) fn code_through(user: &NewUser, identity: Option<IdentityKey>, entropy: &Entropy) -> (Secret, CodeGrant) {
    let signed_in = SignedIn {
        user: user.id,
        subject: user.subject.clone(),
        epoch: domain::Epoch::default(),
        auth_time: at(0),
        methods: vec![AuthenticationMethod::Password],
        identity,
        browser_session: Some(digest("s")),
    };
    let code = entropy.secret("code");
    let kept = issue_code(&code, &login("l").request, &signed_in, at(0));
    (code, kept)
}

/// Stores a code as the end of a login.
pub(crate) async fn keep(store: &Store, code: &CodeGrant) {
    let commit = Commit { code: Some(code.clone()), ..nothing() };
    assert_eq!(store.commit(&realm(), &commit).await.unwrap(), Committed::Done { version: None });
}

/// Makes somebody, keeps a code for them, and says which.
pub(crate) async fn signed_in(store: &Store, name: &str) -> (Secret, CodeGrant) {
    let user = person(name);
    make(store, &user).await;
    let (code, kept) = code_for(&user, 1);
    keep(store, &kept).await;
    (code, kept)
}

/// A token request with a code.
pub(crate) async fn redeem(store: &Store, code: &Secret, now: Timestamp) -> Redeemed<TokenError> {
    redeem_with(store, code, now, &Entropy::from_bytes([200; 32])).await
}

/// The same, with entropy of its own.
pub(crate) async fn redeem_with(store: &Store, code: &Secret, now: Timestamp, entropy: &Entropy) -> Redeemed<TokenError> {
    try_to_redeem(store, code, now, entropy).await.unwrap()
}

/// The same, where the database may fail.
pub(crate) async fn try_to_redeem(
    store: &Store,
    code: &Secret,
    now: Timestamp,
    entropy: &Entropy,
) -> Result<Redeemed<TokenError>, StoreError> {
    let GrantRequest::Code(request) =
        read(&[("grant_type", "authorization_code"), ("code", code.reveal()), ("redirect_uri", BACK)])
    else {
        panic!("that is a code request")
    };
    redeem_request(store, &request, now, entropy).await
}

async fn redeem_request(
    store: &Store,
    request: &CodeRequest,
    now: Timestamp,
    entropy: &Entropy,
) -> Result<Redeemed<TokenError>, StoreError> {
    let client = app();
    let decide = |code: CodeGrant, user: Option<&User>| -> Result<Issuance, TokenError> {
        grant::redeem(code, request, &client, user, now, entropy)
    };
    store.redeem_code(&realm(), &request.digest(), now, decide).await
}

/// A token request with a refresh token. Every request has entropy of its own.
pub(crate) async fn refresh(store: &Store, token: &Secret, now: Timestamp, seed: u8) -> Refreshed {
    refresh_with(store, token, now, &Entropy::from_bytes([seed; 32])).await
}

/// The same, with entropy of any kind.
pub(crate) async fn refresh_with(store: &Store, token: &Secret, now: Timestamp, entropy: &Entropy) -> Refreshed {
    try_to_refresh(store, token, now, entropy).await.unwrap()
}

/// The same, where the database may fail.
pub(crate) async fn try_to_refresh(
    store: &Store,
    token: &Secret,
    now: Timestamp,
    entropy: &Entropy,
) -> Result<Refreshed, StoreError> {
    let GrantRequest::Refresh(request) = read(&[("grant_type", "refresh_token"), ("refresh_token", token.reveal())]) else {
        panic!("that is a refresh request")
    };
    refresh_request(store, &request, now, entropy).await
}

async fn refresh_request(
    store: &Store,
    request: &RefreshRequest,
    now: Timestamp,
    entropy: &Entropy,
) -> Result<Refreshed, StoreError> {
    let client = app();
    let decide = |token: &RefreshToken, grant: &Grant, user: Option<&User>| -> Result<Issuance, RefreshRefusal> {
        grant::refresh(request, token, grant, &client, user, now, entropy)
    };
    store.refresh(&realm(), &request.digest(), now, decide).await
}

/// The refresh token of an answer.
pub(crate) fn refresh_token(issuance: &Issuance) -> Secret {
    issuance.refresh.as_ref().unwrap().0.clone()
}

/// A digest that no code or token has.
pub(crate) fn unknown() -> Digest {
    digest("never issued")
}

fn read(form: &[(&str, &str)]) -> GrantRequest {
    let mut form: Vec<(String, String)> = form.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    form.push(("client_id".into(), "app".into()));
    form.push(("client_secret".into(), "client secret".into()));
    TokenRequest::read(&form, None).unwrap().grant
}
