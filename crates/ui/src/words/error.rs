//! What a person is told outside of a login.

use super::{Advice, span};
use crate::error::ErrorKind;

const ASK_THERE: &str = "Go back to where you came from and try again. If it happens again, tell those who run that application, with the reference below.";

/// The words for an error page.
pub(crate) fn error(kind: &ErrorKind) -> Advice {
    let again = || "Start again from the application that you wanted to use.".to_owned();
    let (title, why, what_to_do) = match kind {
        ErrorKind::LoginGone => (
            "This sign-in is over",
            "It took too long, or it was finished or given up. What you typed on the last page wasn't kept.".to_owned(),
            again(),
        ),
        ErrorKind::CookieMissing => (
            "Your browser didn't send its cookie",
            "A sign-in works only in the browser where it began. Perhaps cookies are blocked, or the address was opened in another browser."
                .to_owned(),
            "Allow cookies for this site, then start again in this browser.".to_owned(),
        ),
        ErrorKind::WrongRedirect => (
            "This request can't be trusted",
            "The application asked to send you to an address that isn't registered for it, so we don't send you there.".to_owned(),
            ASK_THERE.to_owned(),
        ),
        ErrorKind::UnknownClient => (
            "We don't know this application",
            "The application that sent you here isn't registered.".to_owned(),
            ASK_THERE.to_owned(),
        ),
        ErrorKind::BadRequest => (
            "We didn't understand this request",
            "Something in it was missing or not as it should be. Nothing was changed.".to_owned(),
            "Go back and try again, or start again from the application that you wanted to use.".to_owned(),
        ),
        ErrorKind::NotFound => (
            "There is no such page",
            "The address may be old, or not complete.".to_owned(),
            "Check the address, or start again from the application that you wanted to use.".to_owned(),
        ),
        ErrorKind::TooLarge => (
            "That was too much at once",
            "Your browser sent more than we accept. Nothing was changed.".to_owned(),
            "Go back and enter less, or start again.".to_owned(),
        ),
        ErrorKind::Fault => (
            "Something went wrong here",
            "It is our fault, not yours. It was written down, and nothing was half done.".to_owned(),
            "Try again in a moment. If it happens again, ask for help and give the reference below.".to_owned(),
        ),
        ErrorKind::TooManyRequests { wait } => (
            "Too many tries",
            "We stopped for a while to keep everybody's account safe.".to_owned(),
            wait.map_or_else(|| "Try again a little later.".to_owned(), |wait| format!("Try again in {}.", span(wait))),
        ),
        ErrorKind::DeadMailLink => (
            "This link doesn't work any more",
            "It was used already, or a newer mail replaced it, or it is too old.".to_owned(),
            "If you are still signing in, look for the newest mail, or ask for another one on the page where you wait.".to_owned(),
        ),
    };
    Advice { title, why, what_to_do }
}
