//! A provider as its realm's configuration has it: the same keys with the same meaning.

use super::value;
use crate::flow_test::GivenProvider;
use crate::reader::code;
use crate::reader::diagnostic::{Problems, Span};
use crate::reader::lower::fields::Fields;
use crate::reader::suggest::quoted;
use crate::reader::tree::{Entry, Shape};
use domain::{Assurance, AttributeName, EmailAddress, ExistingLink, FlowName, LinkingDomain, UnprovedClaims};
use std::num::NonZeroU32;

const KEYS: &[&str] = &[
    "enabled",
    "link-only",
    "trust-email",
    "authorities",
    "only-listed-authorities",
    "hands-out",
    "linking-domain",
    "on-existing-link",
    "most-identities",
    "reauthentication",
    "unproved-accounts",
    "first-login-flow",
    "post-login-flow",
];

const ON_EXISTING: &[(&str, ExistingLink)] =
    &[("add", ExistingLink::Add), ("replace", ExistingLink::Replace), ("ask", ExistingLink::Ask), ("deny", ExistingLink::Deny)];

/// Understands one provider.
pub(super) fn provider(entry: &Entry, problems: &mut Problems) -> GivenProvider {
    let mut fields = Fields::of(value::mapping(entry, problems));
    let mut given = GivenProvider::default();
    let mut flag =
        |key: &str, otherwise: bool| fields.take(key).and_then(|entry| value::flag(entry, problems)).unwrap_or(otherwise);
    given.disabled = !flag("enabled", true);
    given.link_only = flag("link-only", false);
    given.only_listed_authorities = flag("only-listed-authorities", false);
    given.trust_email = fields.take("trust-email").map_or_else(Assurance::default, |entry| trust(entry, problems));
    for authority in fields.take("authorities").map_or_else(Default::default, |entry| value::mapping(entry, problems)) {
        let mut own = Fields::of(value::mapping(authority, problems));
        let trusted = own.take("trust-email").map_or_else(Assurance::default, |entry| trust(entry, problems));
        own.refuse_others("an authority", &["trust-email"], problems);
        given.authorities.insert(authority.key.clone(), trusted);
    }
    for (name, span) in fields.take("hands-out").map_or_else(Vec::new, |entry| value::texts(entry, problems)) {
        given.hands_out.extend(value::read(name, span, AttributeName::parse, problems));
    }
    let domain = fields.take("linking-domain").and_then(|entry| value::parsed(entry, LinkingDomain::parse, problems));
    given.linking_domain = domain.unwrap_or_default();
    let on_existing = fields.take("on-existing-link").and_then(|entry| value::word(entry, ON_EXISTING, problems));
    given.on_existing_link = on_existing.unwrap_or_default();
    let most = fields.take("most-identities").and_then(|entry| value::count(entry, problems));
    given.most_identities = most.and_then(NonZeroU32::new);
    let fresh = [("auth-time", true), ("none", false)];
    let fresh = fields.take("reauthentication").and_then(|entry| value::word(entry, &fresh, problems));
    given.proves_fresh_login = fresh.unwrap_or(false);
    let unproved = [("release", UnprovedClaims::Release), ("hand-over", UnprovedClaims::HandOver)];
    let unproved = fields.take("unproved-accounts").and_then(|entry| value::word(entry, &unproved, problems));
    given.unproved_claims = unproved.unwrap_or_default();
    (given.first_login_flow, given.post_login_flow) = flows(&mut fields, problems);
    fields.refuse_others("a provider", KEYS, problems);
    given
}

/// `first-login-flow` and `post-login-flow`.
pub(super) fn flows(fields: &mut Fields<'_>, problems: &mut Problems) -> (Option<FlowName>, Option<FlowName>) {
    let mut flow = |key: &str| fields.take(key).and_then(|entry| value::parsed(entry, FlowName::parse, problems));
    (flow("first-login-flow"), flow("post-login-flow"))
}

/// Whose addresses a provider's word is taken for.
fn trust(entry: &Entry, problems: &mut Problems) -> Assurance {
    match &entry.value.shape {
        Shape::Text { text, plain: true } if text == "true" => Assurance::Everybody,
        Shape::Text { text, plain: true } if text == "false" => Assurance::Nobody,
        Shape::List(_) => {
            let texts = value::texts(entry, problems);
            Assurance::Domains(texts.into_iter().filter_map(|(text, span)| domain(text, span, problems)).collect())
        }
        Shape::Refused => Assurance::Nobody,
        Shape::Text { .. } | Shape::Nothing | Shape::Mapping(_) => {
            problems
                .report(&code::WRONG_TYPE, entry.place(), "`trust-email` is `true`, `false` or a list of domains")
                .help("write `trust-email: [example.org]`");
            Assurance::Nobody
        }
    }
}

fn domain(text: &str, span: Span, problems: &mut Problems) -> Option<String> {
    let read = EmailAddress::parse(&format!("x@{text}"));
    if read.is_err() {
        let message = format!("{} is no domain", quoted(text));
        problems.report(&code::BAD_TEST_VALUE, span, message).help("write what stands after the `@` of an address");
    }
    read.ok().map(|address| address.domain().to_owned())
}
