//! What the server knows about a page that the login doesn't: where forms go, and what guards them.

use domain::Timestamp;

/// What stands around every page of a login. It holds what guards the form, so it has no `Debug`.
#[derive(Clone, Copy)]
pub struct Chrome<'a> {
    /// Where this page's forms go: the hub, or for [`flow_runtime::Page::MailPress`] the mail's own address.
    pub action: &'a str,
    /// The value of the hidden field `csrf`.
    pub csrf: &'a str,
    /// The realm's path prefix, without a slash at its end; empty if the realm has an origin of its own.
    pub base: &'a str,
    /// The time, for “try again in 5 minutes”.
    pub now: Timestamp,
    /// What a person can name when they ask for help. The log knows it too.
    pub reference: Option<&'a str>,
    /// The short code, for [`flow_runtime::Page::MailCode`] alone.
    pub mail_code: Option<&'a str>,
    /// How the person can go back to the client.
    pub leave: Leave<'a>,
}

/// How a person can go back to the client.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Leave<'a> {
    /// They can't: nowhere safe to go is known, or the page is a mail's.
    Nowhere,
    /// By a button (action `leave`), which ends the login.
    Button,
    /// By a link: the login has ended. The address is the server's, built from a registered one.
    Link(&'a str),
}
