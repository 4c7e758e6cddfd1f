//! Shows: pages, error pages and mails, from values that others decided.
//!
//! [`render`] draws a page of a login, [`ErrorPage`] a page outside of one, [`mail()`] a mail, and [`assets()`] holds the
//! two files that pages load. Texts from outside are cleaned and escaped here. This crate decides nothing: it must not know
//! why a page is shown, the clock, a database or a web framework.

mod assets;
mod authenticator_app;
mod chrome;
mod error;
mod input;
mod layout;
mod mail;
mod name;
mod note;
mod onward;
mod page;
mod words;

/// A template could not be rendered.
pub use askama::Error as RenderError;
pub use assets::{Asset, assets};
pub use chrome::{Chrome, Leave};
pub use error::{ErrorKind, ErrorPage, WayOn};
pub use mail::{Letter, Mail, mail};
pub use onward::Onward;
pub use page::render;
