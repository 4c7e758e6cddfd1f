//! Pages that belong to no login: something is gone, wrong, or broken.

use crate::layout::Layout;
use crate::words::{self, Advice};
use askama::Template;
use std::time::Duration;

/// A page that belongs to no login.
#[derive(Debug, Clone)]
pub struct ErrorPage<'a> {
    /// What happened.
    pub kind: ErrorKind,
    /// The realm's name.
    pub realm: &'a str,
    /// The realm's path prefix, without a slash at its end.
    pub base: &'a str,
    /// What a person can name when they ask for help. The log knows it too.
    pub reference: &'a str,
    /// Where they can go on.
    pub way_on: Option<WayOn<'a>>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// There is no such login: expired, given up, never there.
    LoginGone,
    /// The browser's cookie is missing or another login's.
    CookieMissing,
    /// The redirect URI isn't the client's. Shown here and never sent there (RFC 6749 §4.1.2.1).
    WrongRedirect,
    /// There is no such client.
    UnknownClient,
    /// A request that makes no sense, or a form that isn't ours.
    BadRequest,
    /// No such page.
    NotFound,
    /// The request is too large.
    TooLarge,
    /// A broken world. The text says nothing of how.
    Fault,
    /// Too many requests.
    TooManyRequests {
        /// How long to wait, if that is known.
        wait: Option<Duration>,
    },
    /// A mail's link that was used, replaced, or is too old.
    DeadMailLink,
}

/// Where a person can go on. The addresses are the server's own, or a registered one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayOn<'a> {
    /// A fresh login.
    StartAgain(&'a str),
    /// Back to the login that waits.
    GoOn(&'a str),
    /// Back to the client.
    BackTo {
        /// The client's name.
        client: &'a str,
        /// Its address.
        href: &'a str,
    },
}

#[derive(Template)]
#[template(path = "pages/error.html")]
struct Error<'a> {
    layout: Layout<'a>,
    words: Advice,
    way_on: Option<Link<'a>>,
}

struct Link<'a> {
    label: String,
    href: &'a str,
}

impl ErrorPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        let way_on = self.way_on.map(|way| match way {
            WayOn::StartAgain(href) => Link { label: "Start again".to_owned(), href },
            WayOn::GoOn(href) => Link { label: "Go on".to_owned(), href },
            WayOn::BackTo { client, href } => Link { label: words::back_to(client), href },
        });
        let layout = Layout::bare(self.realm, self.base).with_reference(Some(self.reference));
        Error { layout, words: words::error(&self.kind), way_on }.render()
    }
}
