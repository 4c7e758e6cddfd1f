//! Authorization codes: what is kept between the redirect and the token request.

use domain::{
    AuthenticationMethod, AuthorizeRequest, BrowserSession, CanonicalSubject, ClientId, Digest, Epoch, GrantId, IdentityKey,
    Secret, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use std::time::Duration;

/// How long a code is good.
pub const CODE_LIFETIME: Duration = Duration::from_mins(1);

/// Who signed in, and how, when a code is issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The account.
    pub user: UserId,
    /// The subject that this client knows the account by.
    pub subject: CanonicalSubject,
    /// The account's epoch when it signed in.
    pub epoch: Epoch,
    /// When the person last authenticated.
    pub auth_time: Timestamp,
    /// How.
    pub methods: Vec<AuthenticationMethod>,
    /// The identity that was used, if it was one.
    pub identity: Option<IdentityKey>,
    /// The browser session, if there is one.
    pub browser_session: Option<Digest>,
}

impl From<&BrowserSession> for SignedIn {
    fn from(session: &BrowserSession) -> Self {
        Self {
            user: session.user,
            subject: session.subject.clone(),
            epoch: session.epoch,
            auth_time: session.auth_time,
            methods: session.methods.clone(),
            identity: session.identity.clone(),
            browser_session: Some(session.id.clone()),
        }
    }
}

/// An authorization code, as it is stored. Being presented uses it up, whatever comes of it: the server deletes it (or
/// marks it) in the transaction that stores the outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeGrant {
    /// Digest of the code. The code itself is stored nowhere.
    pub digest: Digest,
    /// The client that it was issued to.
    pub client: ClientId,
    /// Where it was sent.
    pub redirect_uri: String,
    /// Whether the authorize request named the redirect URI, so that the token request must too.
    pub redirect_uri_was_given: bool,
    /// The account.
    pub user: UserId,
    /// The subject that this client knows the account by.
    pub subject: CanonicalSubject,
    /// The account's epoch when it signed in.
    pub epoch: Epoch,
    /// What was granted.
    pub scopes: Vec<String>,
    /// For the ID token.
    pub nonce: Option<String>,
    /// The S256 challenge.
    pub code_challenge: Option<String>,
    /// When the person last authenticated.
    pub auth_time: Timestamp,
    /// How.
    pub methods: Vec<AuthenticationMethod>,
    /// The identity that was used, if it was one.
    pub identity: Option<IdentityKey>,
    /// The browser session that it came from.
    pub browser_session: Option<Digest>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Timestamp,
}

impl CodeGrant {
    /// The id of the grant that grows out of a code. A code that comes back names by it what has to be revoked, even
    /// when its own row is gone (RFC 6749 §4.1.2).
    pub fn grant_of(code: &Digest) -> GrantId {
        let hash = sha2::Sha256::new().chain_update(b"braid/grant/1\0").chain_update(code.as_str()).finalize();
        let mut id = [0; 16];
        id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        GrantId::from_bytes(id)
    }
}

/// The record to store of a code (256 random bits) for a request whose login (and consent) is complete.
pub fn issue_code(code: &Secret, request: &AuthorizeRequest, signed_in: &SignedIn, now: Timestamp) -> CodeGrant {
    CodeGrant {
        digest: Digest::of(code),
        client: request.client.clone(),
        redirect_uri: request.redirect_uri.clone(),
        redirect_uri_was_given: request.redirect_uri_was_given,
        user: signed_in.user,
        subject: signed_in.subject.clone(),
        epoch: signed_in.epoch,
        scopes: request.scopes.clone(),
        nonce: request.nonce.clone(),
        code_challenge: request.code_challenge.clone(),
        auth_time: signed_in.auth_time,
        methods: signed_in.methods.clone(),
        identity: signed_in.identity.clone(),
        browser_session: signed_in.browser_session.clone(),
        issued_at: now,
        expires_at: now.plus(CODE_LIFETIME),
    }
}
