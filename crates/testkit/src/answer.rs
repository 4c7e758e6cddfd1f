//! What a browser got.

use crate::html::{self, Form};
use axum::http::{HeaderMap, StatusCode};
use url::Url;

/// An answer, and where the browser is now. If that is outside of Braid (at a provider or a client), nothing was loaded there.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The address in the browser's bar.
    pub at: String,
    /// The status of the last answer of Braid's.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body. Empty outside of Braid.
    pub body: String,
}

impl Answer {
    /// Where a redirect leads.
    pub fn location(&self) -> Option<&str> {
        self.headers.get("location").and_then(|line| line.to_str().ok())
    }

    /// Where the page goes on by itself.
    pub fn refresh(&self) -> Option<String> {
        html::refresh(&self.body)
    }

    /// A header's text, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |line| line.to_str().unwrap())
    }

    /// The text of the page's main heading.
    pub fn heading(&self) -> String {
        html::inner(&self.body, "h1").map(html::text).unwrap_or_default()
    }

    /// The page's text without tags.
    pub fn text(&self) -> String {
        html::text(&self.body)
    }

    /// The page's forms.
    pub fn forms(&self) -> Vec<Form> {
        html::forms(&self.body)
    }

    /// The form that has such a button, and the button's place in it.
    pub fn form_with(&self, wanted: impl Fn(&html::Button) -> bool) -> Option<(Form, usize)> {
        self.forms().into_iter().find_map(|form| form.buttons.iter().position(&wanted).map(|at| (form.clone(), at)))
    }

    /// A parameter of the address in the bar.
    pub fn query(&self, name: &str) -> Option<String> {
        let url = Url::parse(&self.at).ok()?;
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The address without its query.
    pub fn place(&self) -> &str {
        self.at.split('?').next().unwrap_or_default()
    }

    /// The same answer, if its heading is this one.
    #[expect(clippy::return_self_not_must_use, reason = "often there is nothing more to say about a page")]
    pub fn shows(self, heading: &str) -> Self {
        assert_eq!(self.heading(), heading, "at {} ({}): {}", self.at, self.status, self.text());
        self
    }

    /// The first link of the page whose text begins like this.
    pub fn link(&self, text: &str) -> Option<String> {
        html::links(&self.body).into_iter().find(|(label, _)| label.starts_with(text)).map(|(_, href)| href)
    }

    /// The reference id on the page.
    pub fn reference(&self) -> Option<String> {
        let text = self.text();
        let (_, after) = text.split_once("Reference: ")?;
        Some(after.chars().take_while(char::is_ascii_alphanumeric).collect())
    }
}
