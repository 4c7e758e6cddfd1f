//! `braid link explain`: what would come of a login with these claims.

use super::decisions::{self, Told};
use super::words::{self, Subjects};
use crate::arguments::Explained;
use crate::failure::Failure;
use crate::realm::{For, Opened, failed, open};
use crate::text::shown;
use domain::{BrokeredIdentity, Vouched};
use flow_runtime::{Next, Page, Write};
use serde::Serialize;
use server::{Claims, Rehearsal, RehearsalError};

/// What would come of it.
#[derive(Serialize)]
struct Explanation {
    identity: Identity,
    /// Where the login comes to rest.
    rests: String,
    /// What was decided on the way, oldest first.
    decisions: Vec<Told>,
    /// What would be written, in order.
    writes: Vec<String>,
    /// What would be sent.
    sends: Vec<String>,
}

/// Who the provider would say that this is.
#[derive(Serialize)]
struct Identity {
    provider: String,
    issuer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    authority: Option<String>,
    subject: String,
    /// Masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Whether the provider says that it verified the address; absent if it doesn't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
}

/// Says it, and writes nothing.
pub(super) async fn run(asked: &Explained) -> Result<(), Failure> {
    let json = std::fs::read_to_string(&asked.claims).map_err(|error| {
        let reason = format!("{} can't be read", asked.claims.display());
        Failure::new(reason, "name a file with the claims with `--claims`").because(&error)
    })?;
    let opened = open(&asked.realm, For::Reading).await?;
    let (provider, _) = opened.provider(&asked.provider)?;
    let claims = Claims { provider: &provider, json: &json, authority: asked.authority.as_deref() };
    let rehearsal = opened.braid.rehearse(&opened.realm, claims).await.map_err(|error| refused(asked, &error))?;
    let explanation = explain(&opened, &rehearsal).await?;
    if asked.json {
        let text = serde_json::to_string_pretty(&explanation);
        println!("{}", text.map_err(|error| Failure::caused(&error, "leave `--json` out"))?);
    } else {
        println!("{}", explanation.render());
    }
    Ok(())
}

fn refused(asked: &Explained, error: &RehearsalError) -> Failure {
    let remedy = match error {
        RehearsalError::Claims(..) => {
            format!("correct {}: a JSON object as in an ID token's payload, at least with `sub`", asked.claims.display())
        }
        RehearsalError::NotReached(_) => {
            "check that the provider is enabled, and that the browser flow has `provider`".to_owned()
        }
        RehearsalError::NoRealm(_) | RehearsalError::NoProvider(_) => "check `--realm` and `--provider`".to_owned(),
        RehearsalError::OnlyReal(_) | RehearsalError::Fault(_) => "check the provider's first-login flow".to_owned(),
        RehearsalError::Store(_) => "check the database".to_owned(),
    };
    Failure::caused(error, remedy)
}

async fn explain(opened: &Opened, rehearsal: &Rehearsal) -> Result<Explanation, Failure> {
    let resting = &rehearsal.resting;
    let told = decisions::told(opened, &resting.decisions).await?;
    let mut subjects = Subjects::new();
    for write in &resting.writes {
        match write {
            Write::Link(link) => _ = subjects.insert(link.user, String::new()),
            Write::Unlink { user, .. }
            | Write::SetAddress { user, .. }
            | Write::HandOver { user, .. }
            | Write::ChangeProfile { user, .. }
            | Write::SetPassword { user, .. }
            | Write::GrantConsent { user, .. }
            | Write::ForgetWrongPasswords(user) => _ = subjects.insert(*user, String::new()),
            _ => {}
        }
    }
    for (user, subject) in &mut subjects {
        *subject = match opened.store().find_user(&opened.realm, *user).await.map_err(|error| failed(&error))? {
            Some(found) => found.subject.to_string(),
            None => "the new account".to_owned(),
        };
    }
    Ok(Explanation {
        identity: Identity::of(&rehearsal.identity),
        rests: rests(rehearsal),
        decisions: told,
        writes: resting.writes.iter().map(|write| words::write(write, &subjects)).collect(),
        sends: resting.notices.iter().map(words::notice).collect(),
    })
}

fn rests(rehearsal: &Rehearsal) -> String {
    match (&rehearsal.resting.next, rehearsal.view.as_ref().map(|view| &view.page)) {
        (Next::Finished(finish), _) => {
            let user = &finish.signed_in.user;
            let made = rehearsal.resting.writes.iter().any(|write| matches!(write, Write::CreateUser(new) if new.id == user.id));
            if made { "signed in to a new account".to_owned() } else { format!("signed in to {}", user.subject) }
        }
        (Next::Denied(denial), _) => format!("refused: {}", denial.code.as_str()),
        (Next::Redirect(exchange), _) => format!("on the way to the provider {}", exchange.provider),
        (Next::Show, Some(page)) => format!("on the page {}", name(page)),
        (Next::Show, None) => "on a page".to_owned(),
    }
}

impl Identity {
    fn of(identity: &BrokeredIdentity) -> Self {
        let key = &identity.key;
        Self {
            provider: key.provider.to_string(),
            issuer: key.issuer.clone(),
            authority: key.authority.clone(),
            subject: key.subject.as_str().to_owned(),
            email: identity.email.as_ref().map(|email| email.address.masked()),
            email_verified: identity.email.as_ref().and_then(|email| match email.vouched {
                Vouched::Yes => Some(true),
                Vouched::No => Some(false),
                Vouched::Silent => None,
            }),
        }
    }

    fn sentence(&self) -> String {
        let authority = self.authority.as_ref().map_or_else(String::new, |authority| format!(" at {}", shown(authority)));
        let email = match (&self.email, self.email_verified) {
            (None, _) => "without an address".to_owned(),
            (Some(email), Some(true)) => format!("with {email}, which the provider verified"),
            (Some(email), Some(false)) => format!("with {email}, which the provider did not verify"),
            (Some(email), None) => format!("with {email}, of which the provider doesn't say whether it verified it"),
        };
        format!("{} of {} ({}){authority}, {email}", shown(&self.subject), self.provider, shown(&self.issuer))
    }
}

impl Explanation {
    fn render(&self) -> String {
        let mut out = vec![format!("identity: {}", self.identity.sentence())];
        out.extend([format!("the login comes to rest: {}", self.rests), "decided on the way:".to_owned()]);
        out.extend(self.decisions.iter().flat_map(Told::lines).map(|line| format!("  {line}")));
        for (head, lines) in [("would be written", &self.writes), ("would be sent", &self.sends)] {
            out.push(format!("{head}:{}", if lines.is_empty() { " nothing" } else { "" }));
            out.extend(lines.iter().map(|line| format!("  - {line}")));
        }
        out.join("\n")
    }
}

/// What a page is for.
fn name(page: &Page) -> &'static str {
    match page {
        Page::Login { .. } => "for signing in",
        Page::Register { .. } => "for a new account",
        Page::ReviewProfile { .. } => "where the profile is looked over",
        Page::AccountExists { .. } => "that asks whether the account is theirs",
        Page::CheckMail { .. } => "that waits for a mail's link or code",
        Page::MailPress(_) | Page::MailCode(_) => "behind a mail's link",
        Page::ForgottenPassword { .. } => "for a forgotten password",
        Page::NewPassword { .. } => "for a new password",
        Page::ChangeAddress { .. } => "for another address",
        Page::Terms { .. } => "that asks whether the terms are accepted",
        Page::CompleteProfile { .. } => "that asks for what the profile lacks",
        Page::UpdatePassword { .. } => "for a new password in place of an old one",
        Page::OneTimeCode { .. } => "that asks for a code of the authenticator application",
        Page::SetUpOneTimeCode { .. } => "where an authenticator application is set up",
        Page::Reauthenticate { .. } => "that asks for the account's password",
        Page::ProveAtProvider { .. } => "that asks for a login with another identity of the account",
        Page::AtProvider { .. } => "that waits for a provider",
        Page::Consent { .. } => "that asks what the application may learn",
        Page::SignedIn { .. } | Page::Denied { .. } => "at the end",
    }
}
