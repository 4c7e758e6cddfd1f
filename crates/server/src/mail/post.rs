//! How a realm's mail leaves.

use super::compose::{Letter, compose};
use super::mailbox::ReceivedMail;
use crate::settings::{MailRoute, MailTransport};
use domain::Timestamp;
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
                AsyncSmtpTransport::<Tokio1Executor>::from_url(url.reveal())
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
