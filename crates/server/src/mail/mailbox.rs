//! A mailbox in this process, where the demo and tests look for their mail.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// The most mails that are kept.
const KEPT: usize = 200;

/// Keeps the mails that were sent to it, newest first.
#[derive(Debug, Default)]
pub struct Mailbox(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    next: u64,
    mails: VecDeque<ReceivedMail>,
}

/// One mail.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceivedMail {
    /// Counts from 1.
    pub id: u64,
    /// To whom.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The whole message, as an SMTP server would have got it.
    pub raw: Vec<u8>,
}

impl std::fmt::Debug for ReceivedMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReceivedMail").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Mailbox {
    /// An empty mailbox.
    pub fn new() -> Self {
        Self::default()
    }

    /// All mails, newest first.
    pub fn messages(&self) -> Vec<ReceivedMail> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).mails.iter().cloned().collect()
    }

    pub(crate) fn receive(&self, mail: impl FnOnce(u64) -> ReceivedMail) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.next += 1;
        let mail = mail(inner.next);
        inner.mails.push_front(mail);
        inner.mails.truncate(KEPT);
    }
}
