//! What a provider may decide.

use super::*;
use domain::{AttributeName, ExistingLink, LinkingDomain, ProfileField, ProviderPolicy, Sync, UnprovedClaims};

/// The policy and settings of a provider with these keys.
fn read(keys: &str) -> (ProviderPolicy, upstream::OidcSettings, Vec<Problem>) {
    let mut settings = read_in(&folder(), &good(keys), &[])
        .unwrap_or_else(|error| panic!("{}", error.problems.iter().map(Problem::render).collect::<String>()));
    let realm = settings.realms.remove(0);
    (realm.policy.providers[0].clone(), realm.providers[0].clone(), settings.warnings)
}

/// A file whose only provider has these keys besides the usual ones, which end in column 65 of line 7.
fn good(keys: &str) -> String {
    provider(&format!("{{ alias: a, issuer: https://c.example, client-id: b, {keys} }}"))
}

fn attribute(name: &str) -> AttributeName {
    AttributeName::parse(name).unwrap()
}

#[test]
fn a_provider_that_says_nothing_may_decide_nothing() {
    let (policy, settings, warnings) = read("enabled: true");
    let bare = ProviderPolicy::new(policy.alias.clone(), policy.name.clone(), policy.first_login_flow.clone());
    assert_eq!(policy, bare);
    assert_eq!((settings.authority_claim, settings.claims.attributes.len(), warnings.len()), (None, 0, 0));
}

#[test]
fn how_identities_join_accounts_is_read() {
    let (policy, ..) =
        read("link-only: true, linking-domain: staff, on-existing-link: ask, most-identities: 3, reauthentication: auth-time");
    assert!(policy.link_only && policy.proves_fresh_login);
    assert_eq!(policy.linking_domain, LinkingDomain::parse("staff").unwrap());
    assert_eq!((policy.on_existing_link, policy.most_identities.map(u32::from)), (ExistingLink::Ask, Some(3)));
    for (word, meaning) in [("add", ExistingLink::Add), ("replace", ExistingLink::Replace), ("deny", ExistingLink::Deny)] {
        assert_eq!(read(&format!("on-existing-link: {word}")).0.on_existing_link, meaning);
    }
    assert!(!read("reauthentication: none").0.proves_fresh_login);
}

#[test]
fn ph_14_authorities_have_trust_of_their_own() {
    let (policy, settings, _) = read(
        "trust-email: true, authority-claim: idp, only-listed-authorities: true, authorities: { 'https://idp.campus.example': { trust-email: [CAMPUS.example] }, 'https://social.example': {} }",
    );
    assert_eq!(settings.authority_claim.as_deref(), Some("idp"));
    assert!(policy.only_listed_authorities);
    let trust: Vec<_> = policy.authorities.iter().map(|(name, trust)| (name.as_str(), trust.clone())).collect();
    let campus = Assurance::Domains(vec!["campus.example".into()]);
    assert_eq!(trust, [("https://idp.campus.example", campus), ("https://social.example", Assurance::Nobody)]);
}

#[test]
fn attributes_are_mapped_kept_in_step_and_handed_out() {
    let (policy, settings, _) = read(
        "claims: { attributes: { upn: upn, teams: groups } }, sync: { given-name: ignore, family-name: suggest, picture: import, teams: force }, hands-out: [username, upn]",
    );
    assert_eq!(
        settings.claims.attributes,
        [(attribute("upn"), "upn".to_owned()), (attribute("teams"), "groups".to_owned())].into()
    );
    assert_eq!(policy.hands_out, [attribute("username"), attribute("upn")].into());
    let profile = [ProfileField::GivenName, ProfileField::FamilyName, ProfileField::Picture].map(|field| policy.sync_of(field));
    assert_eq!(profile, [Sync::Ignore, Sync::Suggest, Sync::Import]);
    assert_eq!(
        (policy.sync_of_attribute(&attribute("teams")), policy.sync_of_attribute(&attribute("upn"))),
        (Sync::Force, Sync::Import)
    );
}

#[test]
fn handing_accounts_over_is_warned_of() {
    let (policy, _, warnings) = read("trust-email: [c.example], unproved-accounts: hand-over");
    assert_eq!(policy.unproved_claims, UnprovedClaims::HandOver);
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    assert!(warning.render().starts_with("warning: who proves an address gets the account"), "{}", warning.render());
    assert_eq!(warning.place.to_string(), "braid.yaml:7:107");
    let by_an_authority = "authority-claim: idp, authorities: { x: { trust-email: true } }, unproved-accounts: hand-over";
    assert_eq!(read(by_an_authority).2.len(), 1);
    assert!(read("trust-email: true, unproved-accounts: release").2.is_empty());

    let found = problems(&good("trust-email: [c.example], unproved-accounts: hand-over, nonsense: 1"));
    assert!(found.iter().all(|problem| problem.severity == Severity::Error), "an error is shown alone: {found:?}");
}

#[test]
fn what_a_provider_may_decide_is_said_with_its_place_and_remedy() {
    check(broken![
        good("link-only: sometimes"), "braid.yaml:7:73", "`link-only` is a text", "`true` or `false`";
        good("linking-domain: Staff"), "braid.yaml:7:78", "not a valid linking domain", "the same at all providers";
        good("on-existing-link: ad"), "braid.yaml:7:80", "`on-existing-link` has an unknown word", "did you mean `add`?";
        good("on-existing-link: merge"), "braid.yaml:7:80", "unknown word", "`add`, `replace`, `ask` and `deny`";
        good("on-existing-link: deny, most-identities: 2"), "braid.yaml:7:103", "never gets that many", "remove the line";
        good("most-identities: 0"), "braid.yaml:7:79", "whole number from 1", "digits";
        good("reauthentication: always"), "braid.yaml:7:80", "unknown word", "`auth-time` and `none`";
        good("unproved-accounts: keep"), "braid.yaml:7:81", "unknown word", "`release` and `hand-over`";
        good("unproved-accounts: hand-over"), "braid.yaml:7:81", "trusted for no address", "add `trust-email:`";
        good("authorities: { x: {} }"), "braid.yaml:7:75", "nothing tells which authority", "authority-claim:";
        good("only-listed-authorities: true"), "braid.yaml:7:87", "nothing tells which authority", "authority-claim:";
        good("authority-claim: idp, only-listed-authorities: true"), "braid.yaml:7:109", "nobody could come in", "list some";
        good("authority-claim: idp, only-listed-authorities: 1"), "braid.yaml:7:109", "not true or false", "`true` or `false`";
        good("authority-claim: idp, authorities: { '': {} }"), "braid.yaml:7:99", "no authority has this name", "1 to 255 bytes";
        good("authority-claim: idp, authorities: { x: { trust_email: true } }"), "braid.yaml:7:104", "no key `trust_email`", "did you mean `trust-email`?";
        good("authority-claim: idp, authorities: { x: { trust-email: ['@c'] } }"), "braid.yaml:7:118", "not a domain", "after the “@”";
        good("hands-out: [employee-id]"), "braid.yaml:7:74", "no claim of this provider feeds “employee-id”", "add `claims:";
        good("claims: { attributes: { employee-id: employeeNumber } }, hands-out: [employe-id]"), "braid.yaml:7:131", "no claim of this provider feeds", "did you mean `employee-id`?";
        good("sync: { given-name: sometimes }"), "braid.yaml:7:82", "`given-name` has an unknown word", "`ignore`, `suggest`, `import` and `force`";
        good("sync: { department: import }"), "braid.yaml:7:70", "no claim of this provider feeds “department”", "add `claims:";
        good("sync: { Department: import }"), "braid.yaml:7:70", "not a valid attribute name", "short name";
        good("claims: { attributes: { given-name: x } }"), "braid.yaml:7:86", "no further attribute", "another name";
        good("claims: { attributes: { session: nonce } }"), "braid.yaml:7:70", "belongs to one login", "remove it";
        good("claims: { attributes: { team: [groups] } }"), "braid.yaml:7:92", "`team` is a text, not a list", "one text";
    ]);
}

#[test]
fn ph_21_an_address_is_never_kept_in_step() {
    check(broken![
        good("sync: { email: force }"), "braid.yaml:7:70", "an address is never kept in step", "`given-name`, `family-name` and `picture`";
        good("sync: { username: import }"), "braid.yaml:7:70", "a username is never kept in step", "remove it";
    ]);
}

#[test]
fn ph_51_a_claim_that_may_change_names_no_authority() {
    check(broken![
        good("authority-claim: email"), "braid.yaml:7:79", "can't be part of the key", "as in `idp`";
        good("authority-claim: preferred_username"), "braid.yaml:7:79", "can't be part of the key", "as in `idp`";
        good("subject-claim: email"), "braid.yaml:7:62", "no key `subject-claim`", "here there are";
        good("claims: { subject: email }"), "braid.yaml:7:72", "no key `subject`", "here there are";
    ]);
}
