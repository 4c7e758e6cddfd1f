//! The page between Braid and another origin.

use crate::layout::Layout;
use crate::name::shown;
use crate::words;
use askama::Template;

/// Sends the browser on to another origin, at once and without JavaScript.
///
/// A redirect right after a form would belong to the form: `form-action` would have to name every origin that the other side may
/// redirect to in turn, which nobody knows. A page that refreshes ends the form's journey, so `form-action 'self'` is enough.
#[derive(Debug, Clone, Copy)]
pub struct Onward<'a> {
    /// The realm's name.
    pub realm: &'a str,
    /// The realm's path prefix, without a slash at its end.
    pub base: &'a str,
    /// The name of what is there.
    pub to: &'a str,
    /// The address: a registered one, or a configured provider's.
    pub href: &'a str,
}

#[derive(Template)]
#[template(path = "pages/onward.html")]
struct Page<'a> {
    layout: Layout<'a>,
    to: String,
    href: &'a str,
}

impl Onward<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Page { layout: Layout::bare(self.realm, self.base), to: shown(self.to, words::SOME_CLIENT), href: self.href }.render()
    }
}
