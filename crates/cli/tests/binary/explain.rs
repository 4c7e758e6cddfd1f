//! `braid link explain` and `braid link why`.

use crate::place::{Ended, Place};
use domain::RealmId;
use persistence::{Commit, Committed, Keyring, SealingKey, Store};
use serde_json::{Value, json};

fn explained(place: &Place, claims: &Value, more: &[&str]) -> Ended {
    place.write("claims.json", &claims.to_string());
    let arguments = ["link", "explain", "--realm", "main", "--provider", "campus", "--claims", "claims.json"];
    place.braid(&[&arguments, more].concat())
}

#[test]
fn a_match_is_explained_and_nothing_is_written() {
    let (place, crowd) = Place::with_crowd(20);
    let known = json!({"sub": crowd.identity(4, 0).subject.as_str()});
    let back = explained(&place, &known, &[]);
    assert_eq!(back.code, 0, "{}", back.err);
    assert!(back.out.contains(&format!("comes to rest: signed in to {}", crowd.person(4).user.subject)), "{}", back.out);

    let (owner, address) = (crowd.person(5).user.subject, crowd.address(5));
    let identities = || place.braid(&["identity", "list", &owner.to_string(), "--json", "--realm", "main"]).out;
    let before = identities();
    let claims = json!({"sub": "new-1", "email": address.as_str(), "email_verified": true});
    let told = explained(&place, &claims, &[]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.out.contains(&format!("comes to rest: signed in to {owner}")), "{}", told.out);
    assert!(told.out.contains(&format!("it found {owner}")) && told.out.contains(" decided."), "{}", told.out);
    assert!(told.out.contains(&format!("tie the identity of campus to {owner}")), "{}", told.out);
    assert!(!told.out.contains(address.as_str()) && told.out.contains(&address.masked()), "addresses are masked:\n{}", told.out);

    let told = explained(&place, &claims, &["--json"]);
    let told: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(told["identity"]["subject"], "new-1");
    assert_eq!(told["rests"], format!("signed in to {owner}"));
    let decided = told["decisions"].as_array().unwrap().iter().filter_map(|decision| decision["rule"].as_str()).count();
    assert!(decided > 0, "{told}");
    assert_eq!(identities(), before, "nothing was tied");
}

#[test]
fn an_unvouched_address_rests_where_it_would_have_to_be_proved() {
    let (place, crowd) = Place::with_crowd(20);
    let claims = json!({"sub": "new-2", "email": crowd.address(5).as_str()});
    let told = explained(&place, &claims, &["--json"]);
    let told: Value = serde_json::from_str(&told.out).unwrap_or_else(|_| panic!("{}", told.err));
    assert!(told["rests"].as_str().unwrap().starts_with("on the page "), "{told}");
    assert!(!told.to_string().contains("tie the identity"), "{told}");
}

#[test]
fn claims_that_make_no_sense_are_said_with_a_remedy() {
    let (place, _) = Place::with_crowd(1);
    for claims in [json!({"email": "a@b.example"}), json!([]), json!({"sub": "x", "iss": "https://evil.example"})] {
        let refused = explained(&place, &claims, &[]);
        assert_eq!(refused.code, 1, "{claims}: {}", refused.out);
        assert!(refused.err.contains("= help: correct claims.json"), "{}", refused.err);
    }
    let gone = place.braid(&["link", "explain", "--realm", "main", "--provider", "campus", "--claims", "nowhere.json"]);
    assert_eq!(gone.code, 1);
    assert!(gone.err.contains("nowhere.json can't be read"), "{}", gone.err);
}

#[test]
fn each_identity_says_why_it_belongs_there() {
    let (place, crowd) = Place::with_crowd(2);
    let person = crowd.person(0);
    let why = place.braid(&["link", "why", person.user.subject.as_str(), "--realm", "main"]);
    assert_eq!(why.code, 0, "{}", why.err);
    assert_eq!(why.out.matches("the account was made for it (flow first-broker-login)").count(), 1, "{}", why.out);
    assert_eq!(why.out.matches("the account's proved mailbox was opened").count(), 4, "{}", why.out);
    assert!(why.out.contains("isn't kept any more"), "{}", why.out);
    let one =
        place.braid(&["link", "why", person.user.subject.as_str(), &person.identities[1].id.to_string(), "--realm", "main"]);
    assert_eq!(one.out.matches("proved mailbox").count(), 1, "{}", one.out);
}

/// Nothing proved it but that the flow's author accepts that. That stays with the tie.
#[test]
fn an_identity_that_was_tied_under_a_waiver_says_so() {
    let (place, crowd) = Place::with_crowd(1);
    let person = crowd.person(0);
    let mut tie = person.identities[1].clone();
    tie.id = domain::IdentityId::from_bytes([9; 16]);
    tie.key.subject = domain::Subject::parse("somebody-else").unwrap();
    (tie.primary, tie.proof.kind) = (false, domain::ProofKind::Waived);
    commits(&place, flow_runtime::Write::Link(Box::new(tie.clone())));
    let why = place.braid(&["link", "why", person.user.subject.as_str(), &tie.id.to_string(), "--realm", "main"]);
    assert!(why.out.contains("nothing was proved: the flow links without a proof"), "{}{}", why.out, why.err);
}

/// Writes to the place's database as a login does.
fn commits(place: &Place, write: flow_runtime::Write) {
    let url = format!("sqlite:{}", place.path("braid.db").display());
    let keyring = Keyring::new(vec![SealingKey::new("crowd", [1; 32])]).unwrap();
    let (writes, now) = (vec![write], server::now());
    let commit = Commit { session: None, guards: vec![], writes, notices: vec![], code: None, now };
    let done = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Store::open(&url, keyring).await.unwrap();
        store.commit(&RealmId::parse("main").unwrap(), &commit).await.unwrap()
    });
    assert_eq!(done, Committed::Done { version: None });
}
