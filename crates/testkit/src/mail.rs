//! Mails as people read them.

use crate::ORIGIN;
use server::mail::ReceivedMail;

/// A mail that arrived.
#[derive(Clone)]
pub struct Letter(pub(crate) ReceivedMail);

impl Letter {
    /// The whole mail as it would go over the wire.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.0.raw).into_owned()
    }

    /// The mail.
    pub fn mail(&self) -> &ReceivedMail {
        &self.0
    }

    /// The link in the text part.
    pub fn link(&self) -> String {
        let line = self.0.text.lines().find(|line| line.starts_with(ORIGIN)).expect("the mail has a link on a line of its own");
        line.to_owned()
    }

    /// The token in the link.
    pub fn token(&self) -> String {
        self.link().rsplit('/').next().unwrap_or_default().to_owned()
    }
}
