//! How a realm's mail leaves.

use super::fields::Fields;
use super::problem::Problems;
use super::surroundings::Surroundings;
use crate::settings::{MailRoute, MailTransport};
use domain::Secret;
use url::Url;

const EXAMPLE: &str = "write `smtp://user:password@mail.example.org:587`, or `smtps://…:465`";

/// The route of a realm. `None` if it sends no mail, or if what it says was reported.
pub(super) fn route(fields: &mut Fields, around: &Surroundings<'_>, problems: &mut Problems<'_>) -> Option<MailRoute> {
    let node = fields.take("mail")?;
    let span = node.span;
    let mut fields = Fields::of(node, "`mail`", problems);
    let from = fields.text("from", "Example <login@example.org>", problems);
    let smtp = fields.take("smtp").map(|node| around.secret(node, "smtp", problems));
    fields.end(problems);
    if smtp.is_none() {
        problems.at(span, "`smtp` is missing", EXAMPLE);
    }
    if let Some(from) = &from
        && from.value.parse::<lettre::message::Mailbox>().is_err()
    {
        problems.at(from.span, "the sender is not an address", "write `Example <login@example.org>`, in quotes");
        return None;
    }
    let smtp = smtp??;
    if let Err(reason) = check(&smtp.value) {
        problems.at_secret(smtp.span, reason, EXAMPLE);
        return None;
    }
    Some(MailRoute { from: from?.value, transport: MailTransport::Smtp(smtp.value) })
}

fn check(smtp: &Secret) -> Result<(), &'static str> {
    let url = Url::parse(smtp.reveal()).map_err(|_| "the mail server is not a URL")?;
    let query = url.query();
    match url.scheme() {
        "smtp" if query.is_none_or(|query| query == "tls=none") => {}
        "smtps" if query.is_none() => {}
        "smtp" | "smtps" => return Err("the mail server's URL has a query that means nothing; there is `?tls=none`, for smtp"),
        _ => return Err("the mail server's URL is neither smtp nor smtps"),
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("the mail server's URL has no host");
    }
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err("the mail server's URL has a path");
    }
    if url.username().is_empty() != url.password().is_none() {
        return Err("the mail server's URL has a user without a password, or a password without a user");
    }
    Ok(())
}
