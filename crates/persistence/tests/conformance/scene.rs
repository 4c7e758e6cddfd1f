//! People, identities and logins for the cases. Times are seconds after noon.

use domain::{
    Accepted, ActionToken, AddressProof, AuthenticationMethod, AuthorizeRequest, BrowserSession, CanonicalSubject, ClientId,
    Digest, EmailAddress, Entropy, Epoch, FlowName, FrameId, IdentityId, IdentityKey, LinkProof, LinkedIdentity, OwnedAddress,
    Prompt, ProofKind, Provenance, ProviderAlias, RealmId, SessionKey, Subject, Timestamp, TokenPurpose, UserId, Username,
    Version, Wish,
};
use flow_runtime::definition::declaration::Outcome;
use flow_runtime::{AuthenticationSession, Decision, ExecutionId, NewUser, Rest, Revision, Write};
use persistence::{ByHand, Commit, Committed, SessionWrite, Store};
use std::collections::BTreeMap;

/// The realm of most cases.
pub(crate) fn realm() -> RealmId {
    RealmId::parse("demo").unwrap()
}

/// A realm beside it.
pub(crate) fn other_realm() -> RealmId {
    RealmId::parse("other").unwrap()
}

/// A point in time.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_750_000_000 + seconds)
}

/// 16 bytes for a name.
fn bytes(name: &str) -> [u8; 16] {
    Entropy::from_bytes([9; 32]).id(name)
}

/// The id of a person.
pub(crate) fn id(name: &str) -> UserId {
    UserId::from_bytes(bytes(name))
}

/// The digest of a secret with this name.
pub(crate) fn digest(name: &str) -> Digest {
    Digest::of_bytes(name.as_bytes())
}

/// An address.
pub(crate) fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

/// An address that its owner proved.
pub(crate) fn proved(text: &str) -> OwnedAddress {
    OwnedAddress { proof: Some(AddressProof::Mailbox { at: at(0) }), ..typed(text) }
}

/// An address that somebody typed.
pub(crate) fn typed(text: &str) -> OwnedAddress {
    OwnedAddress { address: address(text), provenance: Provenance::Typed, proof: None }
}

/// Somebody who is to be made, with neither username nor address.
pub(crate) fn person(name: &str) -> NewUser {
    let subject = CanonicalSubject::from_bytes(bytes(&format!("subject of {name}")));
    NewUser { given_name: Some(name.to_owned()), ..NewUser::unknown(id(name), subject, at(0)) }
}

/// Somebody with a username.
pub(crate) fn person_called(name: &str) -> NewUser {
    NewUser { username: Some(Username::parse(name).unwrap()), ..person(name) }
}

/// Somebody with an address.
pub(crate) fn person_at(name: &str, email: OwnedAddress) -> NewUser {
    NewUser { email: Some(email), ..person(name) }
}

/// An identity at the provider `campus`.
pub(crate) fn identity(subject: &str) -> IdentityKey {
    IdentityKey {
        provider: ProviderAlias::parse("campus").unwrap(),
        issuer: "https://campus.example".into(),
        authority: None,
        subject: Subject::parse(subject).unwrap(),
    }
}

/// A tie of an identity to somebody.
pub(crate) fn link(owner: &str, subject: &str) -> LinkedIdentity {
    LinkedIdentity {
        id: IdentityId::from_bytes(bytes(&format!("{owner} as {subject}"))),
        key: identity(subject),
        user: id(owner),
        primary: true,
        label: format!("{subject}@campus.example"),
        email: None,
        assured: None,
        claims: BTreeMap::new(),
        proof: LinkProof {
            kind: ProofKind::Created,
            at: at(0),
            accepted: Accepted::Login {
                frame: frame(),
                flow: FlowName::parse("first-broker-login").unwrap(),
                revision: "r1".into(),
                rule: None,
            },
        },
        created_at: at(0),
        updated_at: at(0),
        last_sign_in_at: at(0),
        arrived: false,
    }
}

/// The one frame of all logins here.
pub(crate) fn frame() -> FrameId {
    FrameId::from_bytes(bytes("frame"))
}

/// A client's id.
pub(crate) fn client() -> ClientId {
    ClientId::parse("app").unwrap()
}

/// The key of a login.
pub(crate) fn login_key(name: &str) -> SessionKey {
    SessionKey::from_bytes(bytes(name))
}

/// A login at its first page.
pub(crate) fn login(name: &str) -> AuthenticationSession {
    AuthenticationSession {
        key: login_key(name),
        browser: digest("browser"),
        request: AuthorizeRequest {
            client: client(),
            redirect_uri: "https://app.example/back".into(),
            redirect_uri_was_given: true,
            state: Some("a state".into()),
            nonce: None,
            scopes: vec!["openid".into(), "offline_access".into()],
            code_challenge: None,
            prompt: Prompt::default(),
            max_age: None,
            login_hint: None,
            provider_hint: None,
            wish: Wish::SignIn,
        },
        frames: vec![],
        ran: std::collections::BTreeSet::new(),
        rest: Rest::Showing(ExecutionId(1)),
        message: None,
        newcomer: None,
        second_factor_of: None,
        passed: None,
        started_at: at(0),
        expires_at: at(3600),
    }
}

/// What was decided on a page.
pub(crate) fn decision(name: &str) -> Decision {
    Decision {
        frame: frame(),
        flow: FlowName::parse("browser").unwrap(),
        revision: Revision("r1".into()),
        execution: ExecutionId(1),
        name: name.to_owned(),
        outcome: Outcome::Succeeded,
        at: at(1),
        user: None,
        reasons: None,
        condition: None,
    }
}

/// Somebody's browser session.
pub(crate) fn browser_session(name: &str, user: &NewUser) -> BrowserSession {
    BrowserSession {
        id: digest(name),
        user: user.id,
        subject: user.subject.clone(),
        epoch: Epoch::default(),
        methods: vec![AuthenticationMethod::Password],
        identity: None,
        passed: None,
        auth_time: at(0),
        expires_at: at(3600),
    }
}

/// A mail's token for a login.
pub(crate) fn token(name: &str, login: &str) -> ActionToken {
    ActionToken {
        digest: digest(name),
        purpose: TokenPurpose::ProveAddress,
        session: login_key(login),
        frame: frame(),
        user: None,
        address: address("ada@example.org"),
        expires_at: at(900),
    }
}

/// A commit of nothing.
pub(crate) fn nothing() -> Commit {
    Commit { session: None, guards: vec![], writes: vec![], notices: vec![], code: None, now: at(0) }
}

/// A commit of these changes.
pub(crate) fn writes(writes: Vec<Write>) -> Commit {
    Commit { writes, ..nothing() }
}

/// A commit of a login as it was read at a version, or as it begins.
pub(crate) fn keeps(session: AuthenticationSession, read_at: Option<Version>) -> Commit {
    Commit { session: Some(SessionWrite { session, read_at, decisions: vec![] }), ..nothing() }
}

/// Commits changes that nothing stands against.
pub(crate) async fn done(store: &Store, changes: Vec<Write>) {
    assert_eq!(store.commit(&realm(), &writes(changes)).await.unwrap(), Committed::Done { version: None });
}

/// Makes somebody.
pub(crate) async fn make(store: &Store, user: &NewUser) {
    done(store, vec![Write::CreateUser(Box::new(user.clone()))]).await;
}

/// An administrator with a reason.
pub(crate) fn by() -> ByHand {
    ByHand { by: "root".into(), reason: "asked to".into() }
}

/// How many audit records of a kind there are.
pub(crate) async fn recorded(store: &Store, kind: domain::AuditKind) -> usize {
    let records = store.audit_records(&realm(), 10_000).await.unwrap();
    records.iter().filter(|record| record.kind == kind.as_str()).count()
}
