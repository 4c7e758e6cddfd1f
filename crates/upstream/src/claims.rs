//! From verified claims to a [`BrokeredIdentity`]: strict about who this is and whether an address is vouched for,
//! forgiving about the rest, which is left out when it isn't what it should be.

use crate::OidcSettings;
use crate::id_token::{IdToken, seconds};
use crate::json::Object;
use domain::{
    AssertedAttributes, AssertedEmail, Attribute, BrokeredIdentity, EmailAddress, IdentityKey, Timestamp, Vouched, text,
};
use serde_json::Value;
use std::collections::BTreeMap;
use url::Url;

/// The longest picture link, in bytes.
const PICTURE_MAX: usize = 1024;
/// The longest kept claim, in bytes of JSON.
const KEPT_MAX: usize = 2048;
/// The most bytes of all kept claims together.
const KEPT_TOTAL: usize = 8192;

/// Reads the claims of an ID token, and of userinfo where the ID token has nothing.
pub(crate) fn identity(settings: &OidcSettings, token: &IdToken, user_info: Option<&Object>) -> BrokeredIdentity {
    let sources = Sources { token: &token.claims, user_info };
    let mapping = &settings.claims;
    let name = |claim: &str| sources.get(claim).and_then(Value::as_str).and_then(text::display_name);
    BrokeredIdentity {
        email: email(settings, &sources),
        username: name(&mapping.username),
        given_name: name(&mapping.given_name),
        family_name: name(&mapping.family_name),
        picture: sources.get(&mapping.picture).and_then(Value::as_str).and_then(picture),
        auth_time: token.claims.get("auth_time").and_then(seconds).map(Timestamp::from_seconds),
        claims: kept(&mapping.keep, &sources),
        attributes: attributes(settings, &sources),
        key: IdentityKey {
            provider: settings.alias.clone(),
            issuer: settings.issuer.clone(),
            authority: token.authority.clone(),
            subject: token.subject.clone(),
        },
    }
}

struct Sources<'a> {
    token: &'a Object,
    user_info: Option<&'a Object>,
}

impl<'a> Sources<'a> {
    fn get(&self, claim: &str) -> Option<&'a Value> {
        present(self.token, claim).or_else(|| present(self.user_info?, claim))
    }

    /// The one source that has this claim.
    fn with(&self, claim: &str) -> Option<&'a Object> {
        let has = |source: &&'a Object| present(source, claim).is_some();
        Some(self.token).filter(has).or(self.user_info.filter(has))
    }
}

fn present<'a>(source: &'a Object, claim: &str) -> Option<&'a Value> {
    source.get(claim).filter(|value| !value.is_null())
}

/// The address and what is said about it come from the same source, so that one can't speak for the other's address.
fn email(settings: &OidcSettings, sources: &Sources<'_>) -> Option<AssertedEmail> {
    let source = sources.with(&settings.claims.email)?;
    let address = EmailAddress::parse(source.get(&settings.claims.email)?.as_str()?).ok()?;
    let vouched = match source.get(&settings.claims.email_verified) {
        Some(Value::Bool(true)) => Vouched::Yes,
        Some(Value::Bool(false)) => Vouched::No,
        Some(Value::String(text)) if settings.email_verified_may_be_text && text == "true" => Vouched::Yes,
        Some(Value::String(text)) if settings.email_verified_may_be_text && text == "false" => Vouched::No,
        _ => Vouched::Silent,
    };
    Some(AssertedEmail { address, vouched })
}

fn picture(link: &str) -> Option<String> {
    let url = Url::parse(link).ok().filter(|_| link.len() <= PICTURE_MAX)?;
    let is_plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    Some(String::from(url)).filter(|link| is_plain && link.len() <= PICTURE_MAX)
}

/// Kept claims in the order that the operator named them, until there is no room; one that is too long is left out whole.
fn kept(names: &[String], sources: &Sources<'_>) -> BTreeMap<String, String> {
    let mut room = KEPT_TOTAL;
    let mut kept = BTreeMap::new();
    for name in names {
        let Some(json) = sources.get(name).map(Value::to_string).filter(|json| json.len() <= KEPT_MAX.min(room)) else {
            continue;
        };
        room = room.saturating_sub(json.len());
        kept.insert(name.clone(), json);
    }
    kept
}

/// Values that could never be stored or compared are left out, and so is an attribute of which nothing is left.
fn attributes(settings: &OidcSettings, sources: &Sources<'_>) -> AssertedAttributes {
    let read = |claim: &str| sources.get(claim).map(values).filter(|values| !values.is_empty());
    let mapping = settings.claims.attributes.iter();
    mapping.filter_map(|(name, claim)| Some((name.clone(), read(claim)?))).collect()
}

fn values(claim: &Value) -> Vec<String> {
    let items = match claim {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut values: Vec<String> = Vec::new();
    for text in items.iter().filter_map(Value::as_str).filter(|text| is_value(text)) {
        if values.len() < Attribute::MOST && !values.iter().any(|known| known == text) {
            values.push(text.to_owned());
        }
    }
    values
}

fn is_value(text: &str) -> bool {
    (1..=Attribute::LONGEST).contains(&text.len()) && !text.trim().is_empty() && !text.contains(char::is_control)
}
