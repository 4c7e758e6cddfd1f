//! What happens in a test, and what is seen on the way.

use super::given::{GivenAccount, GivenIdentity};
use crate::reader::Span;
use domain::{EmailAddress, ProviderAlias, UpstreamFailure, Username};
use std::collections::BTreeMap;
use std::time::Duration;

/// One step, with its place in the file.
#[derive(Debug, Clone)]
pub struct Step {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub action: Action,
}

/// What happens, or is seen.
#[derive(Debug, Clone)]
pub enum Action {
    /// This page is shown.
    Shows(Shown),
    /// The newest mail is this one.
    Sends(Mail),
    /// A button is pressed.
    Presses(&'static str),
    /// A form is filled in, and `continue` pressed.
    FillsIn(BTreeMap<&'static str, String>),
    /// Another way is chosen.
    Chooses(String),
    /// The newest mail is opened.
    OpensMail {
        /// Whose. None: the newest of all.
        to: Option<EmailAddress>,
        /// In which browser.
        place: Where,
    },
    /// The browser comes back from the provider, as somebody.
    ComesBackAs(Box<GivenIdentity>),
    /// The browser comes back from the provider without anybody.
    ComesBackWithout(UpstreamFailure),
    /// Time passes.
    Waits(Duration),
    /// Somebody else changes something.
    Meanwhile(Change),
}

/// A page, and what is on it. What isn't said isn't looked at.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Its name.
    pub page: &'static str,
    /// The other ways that are offered, all of them, in any order.
    pub offers: Option<Vec<String>>,
    /// What is wrong, by field.
    pub problems: Option<BTreeMap<&'static str, String>>,
    /// Whether it says that there is an account.
    pub reveals: Option<bool>,
    /// What the fields hold.
    pub fields: BTreeMap<&'static str, String>,
    /// What it says that happened.
    pub message: Option<&'static str>,
}

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Which.
    pub kind: &'static str,
    /// Where to.
    pub to: EmailAddress,
}

/// Where a mail is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// In the browser of the login, where its button is pressed.
    Here,
    /// On another device, whose code is typed in the browser of the login.
    Elsewhere,
}

/// What somebody else changes.
#[derive(Debug, Clone)]
pub enum Change {
    /// An administrator closes an account.
    Disables(Username),
    /// An account's owner proves its address.
    ProvesAddress(Username),
    /// Somebody makes an account.
    SignsUp(Box<GivenAccount>),
    /// An identity is tied to an account.
    Links(Username, Box<GivenIdentity>),
    /// A provider is switched off.
    SwitchesOff(ProviderAlias),
}
