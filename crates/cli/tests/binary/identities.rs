//! `braid identity`.

use crate::place::{Ended, Place};
use serde_json::Value;

const WHY: [&str; 6] = ["--realm", "main", "--reason", "asked for by phone", "--by", "Ada"];

fn done(place: &Place, arguments: &[&str]) -> Ended {
    let ended = place.braid(&[arguments, &WHY[..]].concat());
    assert_eq!(ended.code, 0, "{arguments:?}: {}", ended.err);
    ended
}

fn listed(place: &Place, account: &str) -> Vec<Value> {
    let ended = place.braid(&["identity", "list", account, "--json", "--realm", "main"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    serde_json::from_str(&ended.out).unwrap()
}

fn id(object: &Value) -> &str {
    object["identity_id"].as_str().unwrap()
}

#[test]
fn identities_are_shown_with_the_fields_that_programs_know() {
    let (place, crowd) = Place::with_crowd(3);
    let person = crowd.person(2);
    let own = listed(&place, person.user.subject.as_str());
    assert_eq!(own.len(), 5);
    let fields: Vec<&str> = own[0].as_object().unwrap().keys().map(String::as_str).collect();
    let mut known = ["id", "user_id", "identity_id", "provider", "identity_data", "created_at", "last_sign_in_at", "updated_at"];
    known.sort_unstable();
    assert_eq!(fields, known);
    let first = &person.identities[0];
    assert_eq!(own[0]["id"], first.key.subject.as_str(), "the provider's id");
    assert_eq!(own[0]["user_id"], person.user.subject.as_str());
    assert_eq!((&own[0]["provider"], id(&own[0])), (&Value::from("campus"), first.id.to_string().as_str()));
    assert_eq!(own[0]["identity_data"]["iss"], "https://campus.example");
    assert_eq!(own[0]["identity_data"]["email_verified"], true);
    assert!(own[0]["created_at"].as_str().unwrap().ends_with('Z'));

    let table = place.braid(&["identity", "list", person.user.username.unwrap().as_str(), "--realm", "main"]);
    assert!(table.out.contains("IDENTITY") && table.out.contains("LAST SIGN-IN"), "{}", table.out);
    assert_eq!(table.out.lines().count(), 7, "a name, a head, and five of them:\n{}", table.out);
}

#[test]
fn an_identity_is_tied_made_primary_and_taken_off() {
    let (place, crowd) = Place::with_crowd(2);
    let subject = crowd.person(0).user.subject.to_string();
    let new = ["identity", "link", &subject, "--provider", "other", "--subject", "o-1", "--label", "Ada there"];
    assert!(done(&place, &new).out.contains("of other to usr_"));
    let tied = listed(&place, &subject).into_iter().find(|object| object["provider"] == "other").unwrap();
    assert_eq!((&tied["id"], &tied["identity_data"]["iss"]), (&"o-1".into(), &"https://other.example".into()));
    let why = place.braid(&["link", "why", &subject, id(&tied), "--realm", "main"]);
    assert!(why.out.contains("an administrator said so (Ada: asked for by phone)"), "{}{}", why.out, why.err);

    assert!(done(&place, &["identity", "primary", &subject, id(&tied)]).out.contains("feeds the profile"));
    assert_eq!(id(&listed(&place, &subject)[0]), id(&tied), "the primary one comes first");
    done(&place, &["identity", "unlink", &subject, id(&tied)]);
    assert_eq!(listed(&place, &subject).len(), 5);
    let gone = place.braid(&[&["identity", "unlink", &subject, id(&tied)], &WHY[..]].concat());
    assert_eq!(gone.code, 1);
    assert!(gone.err.contains("has no identity") && gone.err.contains("braid identity list"), "{}", gone.err);
}

#[test]
fn an_identity_of_somebody_else_stays_theirs() {
    let (place, crowd) = Place::with_crowd(2);
    let [ada, bo] = [0, 1].map(|number| crowd.person(number));
    let key = &ada.identities[0].key;
    let subject = bo.user.subject.to_string();
    let take = ["identity", "link", &subject, "--provider", "campus", "--subject", key.subject.as_str()];
    let taken = place.braid(&[&take, &WHY[..]].concat());
    assert_eq!(taken.code, 1);
    assert!(taken.err.contains(&format!("the identity belongs to {}", ada.user.subject)), "{}", taken.err);
    let unknown = place.braid(&[&["identity", "link", &subject, "--provider", "nobody", "--subject", "x"], &WHY[..]].concat());
    assert!(unknown.err.contains("choose one of: campus, other"), "{}", unknown.err);
    assert_eq!((listed(&place, ada.user.subject.as_str()).len(), listed(&place, &subject).len()), (5, 5));
}

/// A tie that no login would ever find is a way in that isn't one.
#[test]
fn a_tie_that_could_never_open_the_account_is_refused() {
    let (place, crowd) = Place::with_crowd(2);
    let subject = crowd.person(0).user.subject.to_string();
    let config = place.read("braid.yaml").replace(
        "alias: other,",
        "alias: other, authority-claim: idp, authorities: { 'https://home.example': { trust-email: false } }, only-listed-authorities: true,",
    );
    place.write("braid.yaml", &config);
    let tie = |provider, rest: &[&'static str]| {
        let new = ["identity", "link", &subject, "--provider", provider, "--subject", "new"];
        place.braid(&[&new, rest, &WHY[..]].concat())
    };
    for (provider, rest, reason, remedy) in [
        ("other", &[][..], "a tie without one would open nothing", "`--authority`, as the provider says it in its claim `idp`"),
        ("other", &["--authority", "https://evil.example"], "doesn't let identities of this authority in", "`authorities`"),
        ("campus", &["--authority", "https://home.example"], "names no authorities", "leave `--authority` out"),
        ("campus", &["--issuer", "https://elsewhere.example"], "have the issuer https://campus.example", "leave `--issuer` out"),
    ] {
        let refused = tie(provider, rest);
        assert_eq!(refused.code, 1, "{rest:?}: {}", refused.out);
        assert!(refused.err.contains(reason) && refused.err.contains(remedy), "{rest:?}: {}", refused.err);
    }
    assert_eq!(listed(&place, &subject).len(), 5);
    for (provider, rest) in
        [("other", ["--authority", "https://home.example"]), ("campus", ["--issuer", "https://campus.example"])]
    {
        let made = tie(provider, &rest);
        assert_eq!(made.code, 0, "{}", made.err);
    }
    assert_eq!(listed(&place, &subject).len(), 7);
}

#[test]
fn the_last_way_in_stays_and_the_advice_is_good() {
    let (place, crowd) = Place::with_crowd(2);
    // Of Bo's identities only that of `campus` opens the account: the other providers aren't configured, and Bo has no password.
    let bo = crowd.person(1);
    let (subject, last) = (bo.user.subject.to_string(), bo.identities[0].id.to_string());
    let unlink = [&["identity", "unlink", &subject, &last], &WHY[..]].concat();
    let refused = place.braid(&unlink);
    assert_eq!(refused.code, 1, "{}", refused.out);
    assert!(
        refused.err.contains("the last way into the account") && refused.err.contains("braid identity link"),
        "{}",
        refused.err
    );
    assert_eq!(listed(&place, &subject).len(), 5);
    done(&place, &["identity", "link", &subject, "--provider", "other", "--subject", "bo"]);
    assert_eq!(place.braid(&unlink).code, 0, "the advice was good");
}
