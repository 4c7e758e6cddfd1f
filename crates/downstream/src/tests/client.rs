//! Registration of clients.

use super::fixture::{CALLBACK, confidential, public, registration};
use crate::{Client, ClientKind, ClientRegistration, RegistrationProblem as P, SecretMethod, SigningAlg};

fn problems(registration: ClientRegistration) -> Vec<P> {
    Client::register(registration).expect_err("it should be refused").problems
}

#[test]
fn a_new_client_has_the_safe_settings() {
    let client = confidential("app");
    assert!(client.pkce_required && client.enabled && client.may_refresh());
    assert_eq!(client.signing_alg, SigningAlg::Es256);
    let policy = client.policy();
    assert_eq!((policy.id, policy.name.as_str(), policy.enabled, policy.consent), (client.id, "An application", true, false));
    assert_eq!(public("spa").kind, ClientKind::Public);
}

#[test]
fn registration_reports_everything_that_is_wrong() {
    let broken = ClientRegistration {
        id: "my app".to_owned(),
        name: "\u{200b}".to_owned(),
        kind: ClientKind::Confidential { secrets: vec![], methods: vec![] },
        redirect_uris: vec!["http://app.example.com/cb".to_owned(), CALLBACK.to_owned(), "nonsense".to_owned()],
        scopes: vec!["profile".to_owned(), "admin".to_owned()],
        ..registration("app")
    };
    let found = problems(broken);
    assert!(matches!(
        found.as_slice(),
        [
            P::Id(_),
            P::Name,
            P::NoSecret,
            P::NoMethod,
            P::NoOpenId,
            P::UnknownScope(_),
            P::RedirectUri { .. },
            P::RedirectUri { .. }
        ]
    ));
    assert_eq!(problems(ClientRegistration { redirect_uris: vec![], ..registration("app") }), [P::NoRedirectUri]);
}

#[test]
fn a_public_client_cannot_go_without_pkce() {
    let spa = ClientRegistration::new("spa", "An application", vec![], vec![CALLBACK.to_owned()]);
    assert_eq!(problems(ClientRegistration { pkce_required: false, ..spa }), [P::PublicWithoutPkce]);
    assert!(Client::register(ClientRegistration { pkce_required: false, ..registration("app") }).is_ok());
}

#[test]
fn a_stored_client_is_checked_again_when_it_is_read() {
    let stored = serde_json::to_value(confidential("app")).unwrap();
    assert_eq!(serde_json::from_value::<Client>(stored.clone()).unwrap(), confidential("app"));
    let mut changed = stored;
    changed["redirect_uris"] = serde_json::json!(["https://*.example.com/"]);
    let error = serde_json::from_value::<Client>(changed).unwrap_err().to_string();
    assert!(error.contains("no wildcard"), "{error}");
}

#[test]
fn the_stored_form_has_no_secret_in_it() {
    let text = serde_json::to_string(&registration("app")).unwrap();
    assert!(!text.contains(super::fixture::SECRET));
    let ClientKind::Confidential { methods, .. } = confidential("app").kind else { panic!("it has a secret") };
    assert_eq!(serde_json::to_string(&methods).unwrap(), "[\"client_secret_basic\",\"client_secret_post\"]");
    assert_eq!(methods, [SecretMethod::Basic, SecretMethod::Post]);
}
