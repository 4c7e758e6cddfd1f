//! How a realm's mail leaves.

use super::compose::{Letter, compose};
use super::mailbox::ReceivedMail;
use crate::settings::{MailRoute, MailTransport};
use domain::{Secret, Timestamp};
use flow_runtime::Notice;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use std::sync::Arc;
use std::time::Duration;

/// How long an SMTP server may take for one command.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a mail did not leave.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PostError {
    #[error("the sender “{0}” is not an address")]
    From(String, #[source] lettre::address::AddressError),
    #[error("the SMTP server's address can't be read")]
    Url(#[source] SmtpError),
    #[error("the recipient is refused by the mail library")]
    Address(#[source] lettre::address::AddressError),
    #[error("the mail's text can't be rendered")]
    Page(#[source] ui::RenderError),
    #[error("the mail can't be written")]
    Message(#[source] lettre::error::Error),
    #[error("the SMTP server did not take the mail")]
    Smtp(#[source] SmtpError),
}

impl PostError {
    /// Whether trying again is of no use.
    pub(crate) fn is_final(&self) -> bool {
        match self {
            Self::Smtp(error) => error.is_permanent(),
            _ => true,
        }
    }
}

/// Sends the mail of one realm.
pub(crate) struct Post {
    from: Mailbox,
    transport: Transport,
}

enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Mailbox(Arc<super::Mailbox>),
}

impl Post {
    pub(crate) fn new(route: &MailRoute) -> Result<Self, PostError> {
        let from = route.from.parse().map_err(|source| PostError::From(route.from.clone(), source))?;
        let transport = match &route.transport {
            MailTransport::Smtp(url) => Transport::Smtp(
                AsyncSmtpTransport::<Tokio1Executor>::from_url(with_tls(url).reveal())
                    .map_err(PostError::Url)?
                    .timeout(Some(PATIENCE))
                    .build(),
            ),
            MailTransport::Mailbox(mailbox) => Transport::Mailbox(Arc::clone(mailbox)),
        };
        Ok(Self { from, transport })
    }

    /// Writes and hands over one mail.
    pub(crate) async fn send(&self, notice: &Notice, realm: &str, origin: &str, now: Timestamp) -> Result<(), PostError> {
        let Letter { to, parts, message } = compose(notice, &self.from, realm, origin, now)?;
        match &self.transport {
            Transport::Smtp(smtp) => smtp.send(message).await.map(|_| ()).map_err(PostError::Smtp),
            Transport::Mailbox(mailbox) => {
                let raw = message.formatted();
                let ui::Mail { subject, text, html } = parts;
                mailbox.receive(|id| ReceivedMail { id, to: to.to_string(), subject, text, html, raw });
                Ok(())
            }
        }
    }
}

/// The mail library sends in the clear unless it is told otherwise; here only who says `tls=none` does.
fn with_tls(url: &Secret) -> Secret {
    let text = url.reveal();
    let required = |base: &str| Secret::new(format!("{base}?tls=required"));
    match text.split_once('?') {
        None if text.starts_with("smtp://") => required(text),
        Some((base, "tls=none")) if text.starts_with("smtp://") => Secret::new(base),
        _ => url.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_56_mail_leaves_in_the_clear_only_on_request() {
        let asked = |url: &str| with_tls(&Secret::new(url)).reveal().to_owned();
        assert_eq!(asked("smtp://mail.example.org:587"), "smtp://mail.example.org:587?tls=required");
        assert_eq!(asked("smtp://localhost:2525?tls=none"), "smtp://localhost:2525");
        assert_eq!(asked("smtps://mail.example.org"), "smtps://mail.example.org");
    }
}
