//! Several identities of one provider on one account: added, asked about, refused, or replaced.

use crate::world::{Login, Person, World, someone};
use domain::{ExistingLink, UserId, Vouched};
use flow_runtime::event::action;
use flow_runtime::page::Others;
use flow_runtime::{DenialCode, MailKind, Page};
use std::num::NonZeroU32;

/// Ada's account with an identity of `campus`; she comes with another one.
fn a_second_subject(policy: ExistingLink, most: Option<u32>) -> (World, UserId, Person, Person) {
    let mut w = World::new();
    w.provider("campus").on_existing_link = policy;
    w.provider("campus").most_identities = most.and_then(NonZeroU32::new);
    let ada = w.user("ada").password("correct horse").proved("ada@x.org").done();
    let old = someone("campus", "campus|1").vouched("ada@old.org");
    w.link(&old, ada);
    (w, ada, old, someone("campus", "google|1").vouched("ada@x.org"))
}

fn arrives(w: &mut World, new: &Person) -> Login {
    let mut login = w.login();
    login.comes_as(w, new);
    login
}

fn proves_it(w: &mut World, login: &mut Login) {
    login.presses(w, action::CONTINUE);
    login.takes(w, "password");
    login.sends(w, action::CONTINUE, &[("password", "correct horse")]);
}

fn said(w: &World, login: &Login) -> Option<Others> {
    match login.page(w) {
        Page::AccountExists { others, .. } => others,
        other => panic!("{other:?}"),
    }
}

/// One federation, two homes: no error by accident, and both work afterwards.
#[test]
fn a_second_identity_of_one_provider_is_added_without_a_word() {
    let (mut w, ada, old, new) = a_second_subject(ExistingLink::Add, None);
    let mut login = arrives(&mut w, &new);
    assert_eq!(said(&w, &login), None);
    proves_it(&mut w, &mut login);
    assert_eq!((w.owner_of(&old), w.owner_of(&new)), (Some(ada), Some(ada)));
    for person in [&old, &new] {
        let mut again = w.login();
        again.comes_as(&mut w, person);
        assert_eq!(again.user(), ada);
    }
}

/// Two accounts behind one provider are often called by one address.
#[test]
fn identities_that_are_called_the_same_are_told_apart() {
    for (policy, authority, old_name, new_name) in [
        (ExistingLink::Ask, None, "ada@x.org (…us|1)", "ada@x.org (…le|1)"),
        (ExistingLink::Replace, None, "ada@x.org (…us|1)", "ada@x.org (…le|1)"),
        (ExistingLink::Ask, Some("https://home.example"), "ada@x.org (https://home.example)", "ada@x.org (…le|1)"),
    ] {
        let (mut w, _, old, new) = a_second_subject(policy, None);
        let mut link = w.identities.remove(&old.0.key).unwrap();
        link.label = "ada@x.org".into();
        link.key.authority = authority.map(str::to_owned);
        w.identities.insert(link.key.clone(), link);
        let login = arrives(&mut w, &new);
        let Page::AccountExists { identity, others: Some(others), .. } = login.page(&w) else { panic!("{:?}", login.page(&w)) };
        assert_eq!((others.labels.as_slice(), identity.as_str()), (&[old_name.to_owned()][..], new_name));
    }
}

#[test]
fn a_provider_that_denies_a_second_one_says_so_before_any_work() {
    for (policy, most) in [(ExistingLink::Deny, None), (ExistingLink::Add, Some(1)), (ExistingLink::Ask, Some(1))] {
        let (mut w, ada, _, new) = a_second_subject(policy, most);
        let login = arrives(&mut w, &new);
        assert_eq!(login.denial(), DenialCode::ProviderAlreadyLinked, "{policy:?}");
        assert!(matches!(login.page(&w), Page::Denied { provider: Some(name), .. } if name == "CAMPUS"));
        assert_eq!(w.identities.values().filter(|link| link.user == ada).count(), 1);
        assert!(w.outbox.is_empty());
    }
}

/// Whether there is another identity is the account's business until it is proved.
#[test]
fn who_may_not_know_of_the_account_is_refused_after_the_proof() {
    for policy in [ExistingLink::Deny, ExistingLink::Add] {
        let (mut w, _, _, new) = a_second_subject(policy, Some(1));
        let new = Person(new.0.clone()).with("ada@x.org", Vouched::Silent);
        let mut login = arrives(&mut w, &new);
        assert_eq!(said(&w, &login), None);
        proves_it(&mut w, &mut login);
        assert_eq!((login.denial(), w.owner_of(&new)), (DenialCode::ProviderAlreadyLinked, None));
    }
}

#[test]
fn a_provider_that_asks_tells_what_is_there_and_adds_what_is_wanted() {
    let (mut w, ada, old, new) = a_second_subject(ExistingLink::Ask, Some(2));
    let mut login = arrives(&mut w, &new);
    assert_eq!(said(&w, &login), Some(Others { labels: vec!["ada@old.org".into()], replaced: false }));
    proves_it(&mut w, &mut login);
    assert_eq!((w.owner_of(&old), w.owner_of(&new)), (Some(ada), Some(ada)));
}

/// A stranger reads the same whether the account has such an identity or not.
#[test]
fn a_stranger_doesnt_learn_what_an_account_is_linked_to() {
    for (policy, replaced) in [(ExistingLink::Ask, false), (ExistingLink::Replace, true)] {
        let (mut w, _, old, new) = a_second_subject(policy, None);
        let stranger = Person(new.0.clone()).with("ada@x.org", Vouched::No);
        let login = arrives(&mut w, &stranger);
        let told = said(&w, &login);
        assert_eq!(told, Some(Others { labels: vec![], replaced }));
        w.identities.remove(&old.0.key);
        let login = arrives(&mut w, &stranger);
        assert_eq!(said(&w, &login), told);
    }
}

#[test]
fn a_flow_that_never_asks_adds_nothing_where_it_must_be_asked() {
    let (mut w, _, _, new) = a_second_subject(ExistingLink::Ask, None);
    w.flow(
        "flow: silent\nexecutions:\n  - create-user-if-unique: { requirement: alternative }\n  - reauthenticate: { requirement: alternative }\n",
    );
    w.campus_uses("silent");
    let mut login = arrives(&mut w, &new);
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!((login.denial(), w.owner_of(&new)), (DenialCode::ProviderAlreadyLinked, None));
}

#[test]
fn what_was_agreed_to_covers_what_was_there_then() {
    let (mut w, ada, _, new) = a_second_subject(ExistingLink::Ask, None);
    let mut login = arrives(&mut w, &new);
    login.presses(&mut w, action::CONTINUE);
    w.link(&someone("campus", "orcid|1"), ada);
    w.change(ada, |_| {});
    login.takes(&mut w, "password");
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!((login.denial(), w.owner_of(&new)), (DenialCode::ProviderAlreadyLinked, None));
}

#[test]
fn a_provider_that_replaces_takes_the_old_one_off_and_tells_the_owner() {
    let (mut w, ada, old, new) = a_second_subject(ExistingLink::Replace, Some(1));
    let elsewhere = someone("social", "1");
    w.link(&elsewhere, ada);
    let mut before = w.login();
    before.comes_as(&mut w, &old);
    let mut login = arrives(&mut w, &new);
    assert_eq!(said(&w, &login), Some(Others { labels: vec!["ada@old.org".into()], replaced: true }));
    proves_it(&mut w, &mut login);
    assert_eq!((w.owner_of(&old), w.owner_of(&new), w.owner_of(&elsewhere)), (None, Some(ada), Some(ada)));
    assert_eq!(login.user(), ada);
    let told = w.outbox.last().unwrap();
    assert!(matches!(&told.mail, MailKind::IdentityLinked { replaced, .. } if *replaced == ["ada@old.org"]));
    assert!(!w.sessions.contains_key(&before.finish().signed_in.browser_session), "what was gained through it has ended");
}

/// Two logins add at once: the one that commits second looks again, and finds no room.
#[test]
fn two_logins_at_once_dont_pass_the_cap() {
    let (mut w, ada, _, new) = a_second_subject(ExistingLink::Add, Some(2));
    let rival = someone("campus", "orcid|1");
    let mut login = arrives(&mut w, &new);
    login.presses(&mut w, action::CONTINUE);
    login.takes(&mut w, "password");
    let event = login.form(action::CONTINUE, &[("password", "correct horse")]);
    let mut first = true;
    login.meets_while(&mut w, &event, &mut |w| {
        if std::mem::take(&mut first) {
            w.link(&rival, ada);
            w.change(ada, |_| {});
        }
    });
    assert_eq!(login.denial(), DenialCode::ProviderAlreadyLinked);
    assert_eq!((w.owner_of(&rival), w.owner_of(&new)), (Some(ada), None));
}

/// A trusted word links without a question, unless there is one to ask.
#[test]
fn a_trusted_word_doesnt_answer_for_the_person() {
    let (mut w, ada, _, new) = a_second_subject(ExistingLink::Ask, None);
    w.provider("campus").trust_email = domain::Assurance::Everybody;
    w.campus_uses("first-broker-login-auto-link");
    let mut login = arrives(&mut w, &new);
    assert!(said(&w, &login).is_some());
    proves_it(&mut w, &mut login);
    assert_eq!(w.owner_of(&new), Some(ada));
    w.provider("campus").on_existing_link = ExistingLink::Deny;
    let mut third = w.login();
    third.comes_as(&mut w, &someone("campus", "orcid|1").vouched("ada@x.org"));
    assert_eq!(third.denial(), DenialCode::ProviderAlreadyLinked);
}
