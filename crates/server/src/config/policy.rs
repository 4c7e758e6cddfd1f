//! What a provider may decide: whose addresses its word is taken for, how its identities join accounts, and what it feeds.

use super::fields::{At, Fields, list, one_of, short, text, word};
use super::problem::{Problems, Span};
use super::tree::{Node, Shape};
use domain::{
    Assurance, AttributeName, EmailAddress, ExistingLink, LinkingDomain, ProfileField, ProviderPolicy, Subject, Sync,
    UnprovedClaims,
};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use upstream::OidcSettings;

/// The parts of a profile that `sync` knows beside attributes.
const PROFILE: [(&str, ProfileField); 3] =
    [("given-name", ProfileField::GivenName), ("family-name", ProfileField::FamilyName), ("picture", ProfileField::Picture)];

/// Reads what the provider may decide into its policy. `None` if something was reported. Where the settings of the provider are broken,
/// what depends on them isn't looked at.
pub(super) fn policy(
    fields: &mut Fields,
    settings: Option<&OidcSettings>,
    bare: Option<ProviderPolicy>,
    problems: &mut Problems<'_>,
) -> Option<ProviderPolicy> {
    let enabled = fields.flag("enabled", true, problems);
    let link_only = fields.flag("link-only", false, problems);
    let trust_email = trust(fields, problems);
    let authorities = authorities(fields, settings, problems);
    let hands_out = hands_out(fields, settings, problems);
    let linking_domain = linking_domain(fields, problems);
    let joining = joining(fields, problems);
    let proves_fresh_login = fields.word("reauthentication", false, &[("auth-time", true), ("none", false)], problems);
    let trusts = trust_email.iter().chain(authorities.iter().flat_map(|(listed, _)| listed.values()));
    let trusts_somebody = trusts.into_iter().any(|trust| *trust != Assurance::Nobody);
    let unproved_claims = unproved(fields, trusts_somebody, problems);
    let (sync_profile, sync_attributes) = sync(fields, settings, problems);
    let (authorities, only_listed_authorities) = authorities?;
    let (on_existing_link, most_identities) = joining?;
    Some(ProviderPolicy {
        enabled: enabled?,
        link_only: link_only?,
        trust_email: trust_email?,
        authorities,
        only_listed_authorities,
        hands_out,
        linking_domain: linking_domain?,
        on_existing_link,
        most_identities,
        proves_fresh_login: proves_fresh_login?,
        unproved_claims: unproved_claims?,
        sync_profile,
        sync_attributes,
        ..bare?
    })
}

/// For whom the provider's word about an address is taken. `None` if it was reported.
fn trust(fields: &mut Fields, problems: &mut Problems<'_>) -> Option<Assurance> {
    let Some(node) = fields.take("trust-email") else { return Some(Assurance::Nobody) };
    match node.shape {
        Shape::Flag(true) => Some(Assurance::Everybody),
        Shape::Flag(false) => Some(Assurance::Nobody),
        Shape::List(_) => domains(node, "trust-email", problems).map(Assurance::Domains),
        _ => {
            let remedy = "write `true`, `false`, or a list of domains such as `[example.org]`";
            problems.at(node.span, format!("`trust-email` is {}", node.kind()), remedy);
            None
        }
    }
}

/// A list of domains, as A-labels. `None` if one was reported.
pub(super) fn domains(node: Node, key: &str, problems: &mut Problems<'_>) -> Option<Vec<String>> {
    let read: Vec<_> = list(node).into_iter().map(|item| domain(item, key, problems)).collect();
    read.into_iter().collect()
}

fn domain(item: Node, key: &str, problems: &mut Problems<'_>) -> Option<String> {
    let given = text(item, key, problems)?;
    let read = EmailAddress::parse(&format!("x@{}", given.value)).map(|address| address.domain().to_owned());
    if read.is_err() {
        let remedy = "write what stands after the “@”; subdomains are listed one by one, without “*”";
        problems.at(given.span, format!("“{}” is not a domain", short(&given.value)), remedy);
    }
    read.ok()
}

/// The authorities behind a federation, and whether others are refused.
fn authorities(
    fields: &mut Fields,
    settings: Option<&OidcSettings>,
    problems: &mut Problems<'_>,
) -> Option<(BTreeMap<String, Assurance>, bool)> {
    let listed = fields.take("authorities");
    let only = fields.take("only-listed-authorities");
    let place = listed.as_ref().or(only.as_ref()).map(|node| node.span);
    if let Some(span) = place.filter(|_| settings.is_some_and(|settings| settings.authority_claim.is_none())) {
        let reason = "nothing tells which authority an identity is from";
        problems.at(span, reason, "add `authority-claim:` with the claim that names it, as in `idp`");
    }
    let mut read = BTreeMap::new();
    let entries = listed.map(|node| Fields::of(node, "`authorities`", problems).into_entries()).unwrap_or_default();
    for (name, node) in entries {
        if Subject::parse(&name.value).is_err() {
            problems.at(name.span, "no authority has this name", "write it as the claim has it: 1 to 255 bytes");
        }
        let mut own = Fields::of(node, "an authority", problems).named_at(name.span);
        let trust = trust(&mut own, problems);
        own.end(problems);
        read.insert(name.value, trust?);
    }
    let only = match only.map(|node| (node.span, node.shape)) {
        None | Some((_, Shape::Flag(false))) => false,
        Some((span, Shape::Flag(true))) => {
            if read.is_empty() {
                problems.at(span, "no authority is listed, so nobody could come in", "list some below `authorities:`");
            }
            true
        }
        Some((span, _)) => {
            problems.at(span, "`only-listed-authorities` is not true or false", "write `true` or `false`, without quotes");
            return None;
        }
    };
    Some((read, only))
}

/// The attributes whose values the provider hands out.
fn hands_out(fields: &mut Fields, settings: Option<&OidcSettings>, problems: &mut Problems<'_>) -> BTreeSet<AttributeName> {
    let given = fields.texts("hands-out", problems).unwrap_or_default();
    let read = given.into_iter().filter_map(|given| {
        let name = attribute(&given, problems)?;
        if given.value != "username" {
            fed(&given, &name, settings, problems);
        }
        Some(name)
    });
    read.collect()
}

/// An attribute's name.
pub(super) fn attribute(given: &At<String>, problems: &mut Problems<'_>) -> Option<AttributeName> {
    let read = AttributeName::parse(&given.value);
    if let Err(error) = &read {
        problems.at(given.span, error.to_string(), "write a short name, as in `employee-id`");
    }
    read.ok()
}

/// Reports an attribute that no claim feeds.
fn fed(given: &At<String>, name: &AttributeName, settings: Option<&OidcSettings>, problems: &mut Problems<'_>) {
    let Some(settings) = settings.filter(|settings| !settings.claims.attributes.contains_key(name)) else { return };
    let known: Vec<&str> = settings.claims.attributes.keys().map(AttributeName::as_str).collect();
    let remedy = match super::fields::closest(name.as_str(), &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("add `claims: {{ attributes: {{ {name}: the-claim }} }}`"),
    };
    problems.at(given.span, format!("no claim of this provider feeds “{name}”"), remedy);
}

fn linking_domain(fields: &mut Fields, problems: &mut Problems<'_>) -> Option<LinkingDomain> {
    let Some(given) = fields.optional_text("linking-domain", problems) else { return Some(LinkingDomain::default()) };
    let read = LinkingDomain::parse(&given.value);
    if let Err(error) = &read {
        problems.at(given.span, error.to_string(), "write a short name, the same at all providers whose people may be the same");
    }
    read.ok()
}

/// What happens when an account has an identity of this provider already, and the most that it may have.
fn joining(fields: &mut Fields, problems: &mut Problems<'_>) -> Option<(ExistingLink, Option<NonZeroU32>)> {
    const KNOWN: [(&str, ExistingLink); 4] = [
        ("add", ExistingLink::Add),
        ("replace", ExistingLink::Replace),
        ("ask", ExistingLink::Ask),
        ("deny", ExistingLink::Deny),
    ];
    let on_existing = fields.word("on-existing-link", ExistingLink::default(), &KNOWN, problems);
    let most = fields.take("most-identities");
    let span = most.as_ref().map(|node| node.span);
    let most = most.and_then(|node| super::fields::count(&node, "most-identities", problems));
    let is_one_anyway = matches!(on_existing, Some(ExistingLink::Replace | ExistingLink::Deny));
    if let Some(span) = span.filter(|_| is_one_anyway && most.is_some_and(|most| most > 1)) {
        let reason = "an account never gets that many: `on-existing-link` leaves it one";
        problems.at(span, reason, "remove the line, or write `on-existing-link: add` or `ask`");
    }
    Some((on_existing?, most.and_then(NonZeroU32::new)))
}

/// What becomes of accounts that only claim an address.
fn unproved(fields: &mut Fields, trusts_somebody: bool, problems: &mut Problems<'_>) -> Option<UnprovedClaims> {
    let Some(node) = fields.take("unproved-accounts") else { return Some(UnprovedClaims::default()) };
    let span = node.span;
    let known = [("release", UnprovedClaims::Release), ("hand-over", UnprovedClaims::HandOver)];
    let read = word(node, "unproved-accounts", &known, problems)?;
    if read == UnprovedClaims::HandOver {
        hand_over(span, trusts_somebody, problems);
    }
    Some(read)
}

fn hand_over(span: Span, trusts_somebody: bool, problems: &mut Problems<'_>) {
    if trusts_somebody {
        problems.warn(
            span,
            "who proves an address gets the account that somebody else may have made with it, and sees what they left there",
            "write `release` to give them an account of their own instead",
        );
    } else {
        let reason = "nothing is handed over on the word of a provider that is trusted for no address";
        problems.at(span, reason, "add `trust-email:`, or remove the line");
    }
}

/// How parts of the profile, and attributes, are kept in step.
fn sync(
    fields: &mut Fields,
    settings: Option<&OidcSettings>,
    problems: &mut Problems<'_>,
) -> (BTreeMap<ProfileField, Sync>, BTreeMap<AttributeName, Sync>) {
    const KNOWN: [(&str, Sync); 4] =
        [("ignore", Sync::Ignore), ("suggest", Sync::Suggest), ("import", Sync::Import), ("force", Sync::Force)];
    let (mut profile, mut attributes) = (BTreeMap::new(), BTreeMap::new());
    let Some(node) = fields.take("sync") else { return (profile, attributes) };
    for (name, node) in Fields::of(node, "`sync`", problems).into_entries() {
        let value = word(node, &name.value, &KNOWN, problems);
        if name.value == "email" || name.value == "username" {
            let reason = format!(
                "{} is never kept in step: it opens the account",
                if name.value == "email" { "an address" } else { "a username" }
            );
            let remedy = format!("remove it; here there are {} and attributes", one_of(&PROFILE.map(|(name, _)| name)));
            problems.at(name.span, reason, remedy);
        } else if let Some((_, part)) = PROFILE.iter().find(|(known, _)| *known == name.value) {
            profile.extend(value.map(|value| (*part, value)));
        } else if let Some(attribute) = attribute(&name, problems) {
            fed(&name, &attribute, settings, problems);
            attributes.extend(value.map(|value| (attribute, value)));
        }
    }
    (profile, attributes)
}

/// Which claim feeds which attribute.
pub(super) fn attributes(node: Node, problems: &mut Problems<'_>) -> BTreeMap<AttributeName, String> {
    let mut read = BTreeMap::new();
    for (name, node) in Fields::of(node, "`attributes`", problems).into_entries() {
        let claim = text(node, &name.value, problems);
        let Some(attribute) = attribute(&name, problems) else { continue };
        if OWN.contains(&name.value.as_str()) {
            let reason = format!("`{}` is no further attribute: the profile has it already", name.value);
            problems.at(name.span, reason, "give the attribute another name");
            continue;
        }
        read.extend(claim.map(|claim| (attribute, claim.value)));
    }
    read
}

/// Names that mean a part of the account, or of the identity, wherever an attribute can be named.
const OWN: [&str; 7] = ["email", "username", "subject", "sub", "given-name", "family-name", "picture"];
