//! Mail: composed from a notice, handed to an SMTP server or to the mailbox in this process.

mod compose;
mod mailbox;
mod post;

pub use mailbox::{Mailbox, ReceivedMail};
pub(crate) use post::{Post, PostError};
