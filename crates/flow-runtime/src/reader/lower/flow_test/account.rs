//! An account that a test begins with.

use super::{identity, value};
use crate::flow_test::{GivenAccount, GivenLink};
use crate::reader::code;
use crate::reader::diagnostic::{Problems, Span};
use crate::reader::lower::fields::Fields;
use crate::reader::tree::{Entry, Shape};
use domain::{
    AccountState, AddressProof, Attribute, Attributes, EmailAddress, LinkingDomain, ProviderAlias, RoleName, TermsVersion,
    Timestamp, Username,
};
use std::time::Duration;

const KEYS: &[&str] = &[
    "email",
    "proved-by",
    "claims",
    "password",
    "identities",
    "attributes",
    "roles",
    "state",
    "given-name",
    "family-name",
    "linking-domain",
    "must-renew-password",
    "second-factor",
    "password-age",
    "accepted-terms",
];

pub(super) const STATES: &[(&str, AccountState)] = &[
    ("open", AccountState::Open),
    ("disabled", AccountState::Disabled),
    ("locked", AccountState::Locked),
    ("deleted", AccountState::Deleted),
];

/// The name that stands for the account which the login makes.
pub(super) const NEW: &str = "new";

/// An account's name.
pub(super) fn name(given: &str, place: Span, problems: &mut Problems) -> Option<Username> {
    if given == NEW {
        problems
            .report(&code::BAD_TEST_VALUE, place, "`new` is the account that the login makes")
            .help("give the account another name");
        return None;
    }
    value::read(given, place, Username::parse, problems)
}

/// Understands one account: its key is its name.
pub(super) fn account(entry: &Entry, problems: &mut Problems) -> Option<GivenAccount> {
    let username = name(&entry.key, entry.key_span, problems);
    let mut fields = Fields::of(value::mapping(entry, problems));
    let email = address(&mut fields, problems);
    let password = fields.take("password").and_then(|entry| value::line(entry, problems));
    let identities = fields.take("identities").map_or_else(Vec::new, |entry| links(entry, problems));
    let attributes = fields.take("attributes").map_or_else(Attributes::new, |entry| attributes(entry, problems));
    let roles = fields.take("roles").map_or_else(Vec::new, |entry| value::texts(entry, problems));
    let roles = roles.into_iter().filter_map(|(role, span)| value::read(role, span, RoleName::parse, problems)).collect();
    let state = fields.take("state").and_then(|entry| value::word(entry, STATES, problems));
    let given_name = fields.take("given-name").and_then(|entry| value::line(entry, problems));
    let family_name = fields.take("family-name").and_then(|entry| value::line(entry, problems));
    let domain = fields.take("linking-domain").and_then(|entry| value::parsed(entry, LinkingDomain::parse, problems));
    let must_renew = fields.take("must-renew-password").and_then(|entry| value::flag(entry, problems));
    let second_factor = fields.take("second-factor").and_then(|entry| value::flag(entry, problems));
    let age = fields.take("password-age").and_then(|entry| value::lasting(entry, problems));
    let terms = fields.take("accepted-terms").map_or_else(Vec::new, |entry| value::texts(entry, problems));
    let accepted_terms =
        terms.into_iter().filter_map(|(text, span)| value::read(text, span, TermsVersion::parse, problems)).collect();
    fields.refuse_others("an account", KEYS, problems);
    Some(GivenAccount {
        username: username?,
        email,
        password,
        given_name,
        family_name,
        attributes,
        roles,
        state: state.unwrap_or_default(),
        domain: domain.unwrap_or_default(),
        must_renew_password: must_renew.unwrap_or(false),
        second_factor: second_factor.unwrap_or(false),
        password_age: age.unwrap_or(Duration::from_hours(24)),
        accepted_terms,
        identities,
    })
}

/// `email:` is proved, by the mailbox unless `proved-by:` says otherwise; `claims:` isn't.
fn address(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<(EmailAddress, Option<AddressProof>)> {
    let (proved, claimed, by) = (fields.take("email"), fields.take("claims"), fields.take("proved-by"));
    if let (Some(_), Some(claimed)) = (proved, claimed) {
        problems
            .report(&code::BAD_TEST_VALUE, claimed.key_span, "an account has one address: proved, or only claimed")
            .help("delete `email`, which it has proved, or `claims`, which it hasn't");
    }
    if let (Some(by), None) = (by, proved) {
        problems
            .report(&code::BAD_TEST_VALUE, by.key_span, "there is no proved address for `proved-by`")
            .help("add `email:`, or delete `proved-by`");
    }
    let proof = by.map_or(Some(AddressProof::Mailbox { at: Timestamp::from_seconds(0) }), |by| proof(by, problems));
    match (proved, claimed) {
        (Some(entry), _) => value::parsed(entry, EmailAddress::parse, problems).zip(Some(proof)),
        (None, Some(entry)) => value::parsed(entry, EmailAddress::parse, problems).zip(Some(None)),
        (None, None) => None,
    }
}

/// `mailbox`, `administrator`, or a provider's alias.
fn proof(entry: &Entry, problems: &mut Problems) -> Option<AddressProof> {
    let at = Timestamp::from_seconds(0);
    match crate::reader::lower::text(entry, problems)? {
        "mailbox" => Some(AddressProof::Mailbox { at }),
        "administrator" => Some(AddressProof::Administrator { at }),
        alias => {
            let provider = value::read(alias, entry.place(), ProviderAlias::parse, problems)?;
            Some(AddressProof::TrustedProvider { provider, at })
        }
    }
}

fn links(entry: &Entry, problems: &mut Problems) -> Vec<GivenLink> {
    let mut links = Vec::new();
    for node in value::list(entry, problems) {
        let Some(entries) = value::entries(node, node.span, "an identity", problems) else { continue };
        let mut fields = Fields::of(entries);
        let assured = fields.take("assured").and_then(|entry| value::flag(entry, problems)).unwrap_or(false);
        let read = identity::taken(&mut fields, node.span, problems);
        let known: Vec<&str> = identity::KEYS.iter().copied().chain(["assured"]).collect();
        fields.refuse_others("an identity of an account", &known, problems);
        if read.as_ref().is_some_and(|identity| identity.provider.is_none()) {
            identity::no_provider(node.span, problems);
        }
        links.extend(read.map(|identity| GivenLink { identity, assured }));
    }
    links
}

/// Values by the name of their attribute: those that an administrator entered, or with `from:` a provider.
fn attributes(entry: &Entry, problems: &mut Problems) -> Attributes {
    let mut read = Attributes::new();
    for attribute in value::mapping(entry, problems) {
        let name = value::read(&attribute.key, attribute.key_span, domain::AttributeName::parse, problems);
        let (values, from) = match &attribute.value.shape {
            Shape::Mapping(entries) => {
                let mut fields = Fields::of(entries);
                let values = fields.take("values").map_or_else(Vec::new, |entry| value::texts(entry, problems));
                let from = fields.take("from").and_then(|entry| value::parsed(entry, ProviderAlias::parse, problems));
                fields.refuse_others("an attribute", &["values", "from"], problems);
                (values, from)
            }
            _ => (value::texts(attribute, problems), None),
        };
        let values: Vec<String> = values.into_iter().map(|(text, _)| text.to_owned()).collect();
        let entered = match Attribute::entered(values) {
            Ok(entered) => entered,
            Err(error) => {
                let message = format!("{} has values that no attribute can have", crate::reader::suggest::quoted(&attribute.key));
                problems.report(&code::BAD_TEST_VALUE, attribute.place(), message).help(error.to_string());
                continue;
            }
        };
        let provenance = from.map_or(domain::Provenance::Administrator, |provider| domain::Provenance::Provider {
            provider,
            vouched: true,
            identity: None,
        });
        read.extend(name.map(|name| (name, Attribute { provenance, ..entered })));
    }
    read
}
