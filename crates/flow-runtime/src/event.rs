//! What happens to a login from outside.

use crate::session::StepId;
use domain::{CallbackParams, Digest, ExchangeId, ProviderAlias, Secret};
use std::collections::BTreeMap;

/// What the browser brings with each request: cookies and where it comes from.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    /// The digest of the browser session's cookie, if there is one.
    pub browser_session: Option<Digest>,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// The person sent a form.
    Form(Form),
    /// The browser came back from a provider. The driver has checked that state and browser belong to this login.
    Returned {
        /// From where.
        provider: ProviderAlias,
        /// Which trip.
        exchange: ExchangeId,
        /// With what.
        params: CallbackParams,
    },
    /// In the browser that started, the button behind a mail's link was pressed.
    MailPressed {
        /// Digest of the token in the link.
        token: Digest,
    },
}

/// A form that was sent.
#[derive(Debug, Clone)]
pub struct Form {
    /// The page that it was on.
    pub step: StepId,
    /// The button that was pressed.
    pub action: String,
    fields: BTreeMap<String, Secret>,
}

impl Form {
    /// A form as it arrived. Of a repeated field the last value counts.
    pub fn new(step: StepId, action: impl Into<String>, fields: impl IntoIterator<Item = (String, Secret)>) -> Self {
        Self { step, action: action.into(), fields: fields.into_iter().collect() }
    }

    /// A field's text without surrounding white space; None if it is empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(|value| value.reveal().trim()).filter(|text| !text.is_empty())
    }

    /// A field exactly as it was typed; None if it is empty.
    pub fn secret(&self, name: &str) -> Option<&Secret> {
        self.fields.get(name).filter(|value| !value.reveal().is_empty())
    }
}

/// The buttons that every page may have.
pub mod action {
    /// Go on.
    pub const CONTINUE: &str = "continue";
    /// Take another way (field `way`, and `provider` where the way is a provider).
    pub const WAY: &str = "way";
    /// Back to the start of the login.
    pub const RESTART: &str = "restart";
    /// Back to the client, without having signed in.
    pub const LEAVE: &str = "leave";
    /// Send the mail again.
    pub const RESEND: &str = "resend";
    /// Back to the profile.
    pub const REVIEW: &str = "review";
    /// Refuse consent.
    pub const REFUSE: &str = "refuse";
}
