//! What a provider says of somebody.

use super::value;
use crate::flow_test::GivenIdentity;
use crate::reader::code;
use crate::reader::diagnostic::{Problems, Span};
use crate::reader::lower::fields::Fields;
use crate::reader::tree::{Entry, Node};
use domain::{AttributeName, EmailAddress, ProviderAlias, Subject, Vouched};
use std::collections::BTreeMap;
use std::time::Duration;

/// The keys of an identity.
pub(super) const KEYS: &[&str] =
    &["provider", "subject", "authority", "email", "vouched", "username", "given-name", "family-name", "attributes", "signed-in"];

/// Who it is, unless a test says otherwise.
const SOMEBODY: &str = "somebody";

/// Understands an identity. The place is where to point if it is none.
pub(super) fn identity(node: &Node, place: Span, problems: &mut Problems) -> Option<GivenIdentity> {
    let mut fields = Fields::of(value::entries(node, place, "an identity", problems)?);
    let read = taken(&mut fields, place, problems);
    fields.refuse_others("an identity", KEYS, problems);
    read
}

/// The keys of an identity, taken from a mapping that may have more.
pub(super) fn taken(fields: &mut Fields<'_>, span: Span, problems: &mut Problems) -> Option<GivenIdentity> {
    let provider = fields.take("provider").and_then(|entry| value::parsed(entry, ProviderAlias::parse, problems));
    let subject = match fields.take("subject") {
        None => Subject::parse(SOMEBODY).ok(),
        Some(entry) => value::parsed(entry, Subject::parse, problems),
    };
    let address = fields.take("email").map(|entry| (entry, value::parsed(entry, EmailAddress::parse, problems)));
    let said = fields.take("vouched");
    let vouched = said.and_then(|entry| value::word(entry, &[("true", Vouched::Yes), ("false", Vouched::No)], problems));
    if let (Some(said), None) = (said, address.as_ref()) {
        problems
            .report(&code::BAD_TEST_VALUE, said.key_span, "a provider can't vouch for an address that it doesn't send")
            .help("add `email:`, or delete `vouched`");
    }
    let mut line = |key: &str| fields.take(key).and_then(|entry| value::line(entry, problems));
    let (authority, username) = (line("authority"), line("username"));
    let (given_name, family_name) = (line("given-name"), line("family-name"));
    let attributes = fields.take("attributes").map_or_else(BTreeMap::new, |entry| attributes(entry, problems));
    let signed_in = fields.take("signed-in").and_then(|entry| ago(entry, problems));
    Some(GivenIdentity {
        span,
        provider,
        subject: subject?,
        authority,
        email: address.and_then(|(_, address)| address).map(|address| (address, vouched.unwrap_or(Vouched::Silent))),
        username,
        given_name,
        family_name,
        attributes,
        signed_in,
    })
}

/// How long ago: `now`, or a duration.
fn ago(entry: &Entry, problems: &mut Problems) -> Option<Duration> {
    match &entry.value.shape {
        crate::reader::tree::Shape::Text { text, .. } if text == "now" => Some(Duration::ZERO),
        _ => value::lasting(entry, problems),
    }
}

/// Values by the name of their attribute.
pub(super) fn attributes(entry: &Entry, problems: &mut Problems) -> BTreeMap<AttributeName, Vec<String>> {
    let mut read = BTreeMap::new();
    for attribute in value::mapping(entry, problems) {
        let name = value::read(&attribute.key, attribute.key_span, AttributeName::parse, problems);
        let values: Vec<String> = value::texts(attribute, problems).into_iter().map(|(text, _)| text.to_owned()).collect();
        read.extend(name.map(|name| (name, values)));
    }
    read
}

/// Reports an identity of nobody knows where.
pub(super) fn no_provider(place: Span, problems: &mut Problems) {
    problems
        .report(&code::MISSING_KEY, place, "the identity has no provider")
        .label("`provider` is missing")
        .help("write `provider:` and an alias inside it");
}
