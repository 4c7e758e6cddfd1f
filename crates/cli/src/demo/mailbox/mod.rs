//! The demo's mailbox: all mail of the three realms, on a page.

use super::page::{self, Frame};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use server::mail::{Mailbox, ReceivedMail};
use std::sync::Arc;

/// What a mail in its frame may do: nothing but look as it was written, and open its links in a new tab.
const MAIL_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
                           style-src 'unsafe-inline'; frame-ancestors 'self'";

type Shared = State<Arc<Mailbox>>;

/// The mailbox's routes.
pub(super) fn router(mailbox: Arc<Mailbox>) -> Router {
    let routes = Router::new().route("/", get(list)).route("/mail/{id}", get(one)).route("/mail/{id}/html", get(html));
    routes.merge(page::assets()).with_state(mailbox)
}

#[derive(Template)]
#[template(path = "demo/mailbox.html")]
struct List {
    frame: Frame,
    mails: Vec<ReceivedMail>,
}

#[derive(Template)]
#[template(path = "demo/mail.html")]
struct One {
    frame: Frame,
    mail: ReceivedMail,
}

/// A piece of a mail's text.
enum Piece<'a> {
    Words(&'a str),
    Link(&'a str),
}

impl One {
    fn pieces(&self) -> Vec<Piece<'_>> {
        pieces(&self.mail.text)
    }
}

async fn list(State(mailbox): Shared) -> Response {
    page::show(&List { frame: Frame::new(), mails: mailbox.messages() })
}

async fn one(State(mailbox): Shared, Path(id): Path<u64>) -> Response {
    match found(&mailbox, id) {
        Some(mail) => page::show(&One { frame: Frame::new(), mail }),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn html(State(mailbox): Shared, Path(id): Path<u64>) -> Response {
    let Some(mail) = found(&mailbox, id) else { return StatusCode::NOT_FOUND.into_response() };
    let text = mail.html.replacen("<head>", "<head><base target=\"_blank\">", 1);
    page::with_policy(Html(text).into_response(), MAIL_POLICY)
}

fn found(mailbox: &Mailbox, id: u64) -> Option<ReceivedMail> {
    mailbox.messages().into_iter().find(|mail| mail.id == id)
}

/// Splits a text at its web addresses.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let starts = |rest: &str| ["http://", "https://"].iter().filter_map(|start| rest.find(start)).min();
    while let Some((words, from)) = starts(rest).and_then(|at| rest.split_at_checked(at)) {
        let end = from.find(|c: char| c.is_whitespace() || "<>\"".contains(c)).unwrap_or(from.len());
        let Some((link, after)) = from.split_at_checked(end) else { break };
        pieces.extend([Piece::Words(words), Piece::Link(link)]);
        rest = after;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_links_of_a_text_can_be_clicked() {
        let found = pieces("Go to http://localhost:8080/mail/x\nor not.");
        let [Piece::Words("Go to "), Piece::Link("http://localhost:8080/mail/x"), Piece::Words("\nor not.")] = found.as_slice()
        else {
            panic!("{} pieces", found.len());
        };
    }
}
