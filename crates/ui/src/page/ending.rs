//! Pages where nothing is typed: at the provider, consent, and the ends of a login.

use super::Scene;
use crate::layout::{Layout, Way};
use crate::name::{paragraphs, shown};
use crate::words::{self, Advice};
use askama::Template;
use domain::ProviderAlias;
use flow_runtime::DenialCode;
use flow_runtime::page::Problems;

#[derive(Template)]
#[template(path = "pages/at_provider.html")]
pub(super) struct AtProvider<'a> {
    layout: Layout<'a>,
    provider: String,
    /// The same trip once more.
    way: Way,
}

impl<'a> AtProvider<'a> {
    pub(super) fn of(scene: Scene<'a>, alias: &ProviderAlias, provider: &str) -> Self {
        let mut layout = scene.layout(&Problems::new());
        let provider = shown(provider, words::SOME_PROVIDER);
        let again = layout.take_way_to(alias);
        let way = Way { id: again.map_or_else(String::new, |way| way.id), ..Way::again(alias, &provider) };
        Self { layout, provider, way }
    }
}

#[derive(Template)]
#[template(path = "pages/consent.html")]
pub(super) struct Consent<'a> {
    layout: Layout<'a>,
    client: String,
    account: String,
    scopes: Vec<Scope>,
}

/// What is asked for: in words if Braid has them, else by its name.
enum Scope {
    Known(&'static str),
    Other(String),
}

impl<'a> Consent<'a> {
    pub(super) fn of(scene: Scene<'a>, account: &str, scopes: &[String]) -> Self {
        let scopes = scopes
            .iter()
            .map(|scope| words::scope(scope).map_or_else(|| Scope::Other(shown(scope, words::SOME_SCOPE)), Scope::Known));
        Self {
            layout: scene.layout(&Problems::new()),
            client: scene.client(),
            account: shown(account, words::SOMEBODY),
            scopes: scopes.collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/signed_in.html")]
pub(super) struct SignedIn<'a> {
    layout: Layout<'a>,
    client: String,
    account: String,
}

impl<'a> SignedIn<'a> {
    pub(super) fn of(scene: Scene<'a>, account: &str) -> Self {
        Self { layout: scene.layout(&Problems::new()), client: scene.client(), account: shown(account, words::SOMEBODY) }
    }
}

#[derive(Template)]
#[template(path = "pages/denied.html")]
pub(super) struct Denied<'a> {
    layout: Layout<'a>,
    words: Advice,
    /// What the flow says, a paragraph for each of its lines, in place of Braid's own words.
    message: Vec<String>,
    code: &'static str,
}

impl<'a> Denied<'a> {
    pub(super) fn of(scene: Scene<'a>, code: DenialCode, provider: Option<&str>, message: Option<&str>) -> Self {
        let layout = scene.layout(&Problems::new());
        let provider = shown(provider.unwrap_or_default(), words::SOME_PROVIDER);
        let message = paragraphs(message.unwrap_or_default());
        let words = words::denial(code, layout.client_name(), &layout.realm, &provider);
        Self { words, message, code: code.as_str(), layout }
    }
}
