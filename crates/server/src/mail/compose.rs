//! From a notice to a message: addresses, subject, a text part and an HTML part.

use super::PostError;
use domain::{EmailAddress, Timestamp};
use flow_runtime::Notice;
use lettre::message::{Mailbox, MultiPart, SinglePart, header};
use lettre::{Address, Message};

/// A mail, written.
pub(crate) struct Letter {
    pub(crate) to: EmailAddress,
    pub(crate) parts: ui::Mail,
    pub(crate) message: Message,
}

/// Writes the mail of a notice. Links come from the realm's configured origin only.
pub(crate) fn compose(notice: &Notice, from: &Mailbox, realm: &str, origin: &str, now: Timestamp) -> Result<Letter, PostError> {
    let link = match notice.mail.token() {
        Some(token) => format!("{origin}/mail/{}", token.reveal()),
        None => origin.to_owned(),
    };
    let letter = ui::Letter { realm, link: &link, lifetime: notice.expires_at.since(now) };
    let parts = ui::mail(&notice.mail, &letter).map_err(PostError::Page)?;
    let recipient = Address::new(notice.to.local(), notice.to.domain()).map_err(PostError::Address)?;
    let body = MultiPart::alternative()
        .singlepart(SinglePart::plain(parts.text.clone()))
        .singlepart(SinglePart::html(parts.html.clone()));
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, recipient))
        .subject(parts.subject.clone())
        .message_id(None)
        .header(AutoSubmitted)
        .header(header::MIME_VERSION_1_0)
        .multipart(body)
        .map_err(PostError::Message)?;
    Ok(Letter { to: notice.to.clone(), parts, message })
}

/// Nobody's holiday notice should answer (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
