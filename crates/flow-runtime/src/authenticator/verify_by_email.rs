//! `verify-by-email`: whoever opens the address's mailbox, and finishes in the browser that started, has proved it.
//!
//! If the existing account has proved the address, that links it. If it only claimed the address, the mailbox's holder
//! takes the address to a fresh account instead: an unproved claim never opens an account.

mod mail;

use super::{Act, Authenticator, Cause, Effect, Input, Sight, Turn, new_user};
use crate::ask::{CodeVerdict, Counter, Fact, Question, Reservation};
use crate::definition::config::{Key, KeyKind};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Need, Outcome};
use crate::event::{Form, action};
use crate::outcome::{DenialCode, Rejected};
use crate::page::{FieldName, Page, Problem, WayKind};
use crate::proof::AcceptedProof;
use crate::session::{How, Memory};
use crate::write::Write;
use domain::{ActionToken, AddressProof, AuthenticationMethod, Digest, EmailAddress, Entropy, ProofKind, Secret, User};
use std::sync::Arc;
use std::time::Duration;

const LIFETIME: Duration = Duration::from_mins(15);

pub(super) static KIND: Kind = Kind {
    declaration: &DECLARATION,
    build: |config| Arc::new(VerifyByEmail { lifetime: config.duration("lifetime").unwrap_or(LIFETIME) }),
};

static DECLARATION: Declaration = Declaration {
    name: "verify-by-email",
    summary: "Sends a mail to the address; pressing its button in this browser, or typing its code, proves the mailbox.",
    keys: &[Key {
        name: "lifetime",
        kind: KeyKind::Duration { least: Duration::from_mins(1), most: Duration::from_hours(24) },
        default: Some("15m"),
        description: "How long the mail's link and code work.",
        example: "15m",
    }],
    needs: &[Need::Identity, Need::ExistingUser, Need::Mail],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged, Outcome::Retry, Outcome::Denied],
    establishes: &[Establishes::User, Establishes::NewUser, Establishes::Proof],
    asks: &[AskKind::FindUser, AskKind::ReserveMail, AskKind::CheckMailCode, AskKind::FindToken],
    shows: true,
};

#[derive(Debug)]
struct VerifyByEmail {
    lifetime: Duration,
}

impl Authenticator for VerifyByEmail {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn applies(&self, sight: &Sight<'_>) -> bool {
        sight.policy.sends_mail && mailbox(sight).is_some()
    }

    fn ways(&self, _sight: &Sight<'_>) -> Vec<WayKind> {
        vec![WayKind::Mail]
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, entropy: &Entropy) -> Turn {
        let (true, Some((user, address))) = (sight.policy.sends_mail, mailbox(sight)) else {
            return Turn::just(Act::Attempted);
        };
        match input {
            Input::Enter { .. } | Input::Way { .. } if self.has_live_mail(sight) => Turn::just(Act::Show { retry: false }),
            Input::Enter { .. } | Input::Way { .. } => Turn::ask(Question::FindUser(user.id)),
            Input::Form(form) => self.form(sight, form, user),
            Input::MailPressed(token) if sight.session.waits_for(token) => Turn::ask(Question::FindUser(user.id)),
            Input::MailPressed(_) => Turn::just(Act::Reject(Rejected::DeadLink)),
            Input::Fact { cause, fact, .. } => self.fact(sight, cause, fact, (user, address), entropy),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        let (sent_at, sent, problem) = match sight.memory()? {
            Memory::Mail { token, sent_at, problem } => (*sent_at, token.is_some(), problem.clone()),
            _ => return None,
        };
        let (_, address) = mailbox(sight)?;
        Some(Page::CheckMail {
            address: address.masked(),
            provider: sight.provider_name(),
            lifetime: self.lifetime,
            resend_from: sent_at.plus(sight.policy.limits.resend_after),
            sent,
            problems: problem.into_iter().map(|problem| (FieldName::Code, problem)).collect(),
        })
    }
}

impl VerifyByEmail {
    fn has_live_mail(&self, sight: &Sight<'_>) -> bool {
        let Some(Memory::Mail { token: Some(_), sent_at, .. }) = sight.memory() else { return false };
        sight.now < sent_at.plus(self.lifetime)
    }

    fn form(&self, sight: &Sight<'_>, form: &Form, user: &User) -> Turn {
        let Some(Memory::Mail { token, sent_at, .. }) = sight.memory() else {
            return Turn::just(Act::Reject(Rejected::UnknownAction));
        };
        let too_soon = sight.now < sent_at.plus(sight.policy.limits.resend_after);
        match (form.action.as_str(), token) {
            (action::RESEND, _) if too_soon => problem(sight, Problem::TooSoon),
            (action::RESEND, _) => Turn::ask(Question::FindUser(user.id)),
            (action::CONTINUE, Some(token)) => self.code(sight, form, token),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn code(&self, sight: &Sight<'_>, form: &Form, token: &Digest) -> Turn {
        let digits: String =
            form.text(FieldName::Code.as_str()).unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
        if digits.is_empty() {
            return problem(sight, Problem::Missing);
        }
        let limit = sight.policy.limits.codes_per_mail;
        let reservation = Reservation { counter: Counter::CodeByToken, limit, window: self.lifetime };
        Turn::ask(Question::CheckMailCode { token: token.clone(), code: Secret::new(digits), reservation })
    }

    fn fact(
        &self,
        sight: &Sight<'_>,
        cause: &Cause,
        fact: Fact,
        (user, address): (&User, &EmailAddress),
        entropy: &Entropy,
    ) -> Turn {
        match fact {
            Fact::MailCode(CodeVerdict::Right) => Turn::ask(Question::FindUser(user.id)),
            Fact::MailCode(CodeVerdict::Wrong) => problem(sight, Problem::WrongCode),
            Fact::MailCode(CodeVerdict::TooMany) => problem(sight, Problem::CodeExhausted),
            Fact::FoundUser(None) => Turn::just(Act::StartOver),
            Fact::FoundUser(Some(fresh)) if fresh.id != user.id => Turn::just(Act::WrongFact),
            Fact::FoundUser(Some(fresh)) if !holds(&fresh, address) => Turn::just(Act::StartOver),
            Fact::FoundUser(Some(fresh)) => match (wants_a_mail(cause), sight.memory()) {
                (true, _) => mail::reserve(sight, address).with(Effect::Refresh(fresh)),
                (false, Some(Memory::Mail { token: Some(token), .. })) => {
                    Turn::ask(Question::FindToken(token.clone())).with(Effect::Refresh(fresh))
                }
                (false, _) => dead(sight, cause),
            },
            Fact::MailReserved(None) => mail::send(sight, self.lifetime, matches!(cause, Cause::Form(_)), entropy),
            Fact::MailReserved(Some(until)) => mail::too_many(sight, until),
            Fact::FoundToken(Some(token)) if opens(sight, user, address, &token) => {
                conclude(sight, user, address, &token, entropy)
            }
            Fact::FoundToken(_) => dead(sight, cause),
            _ => Turn::just(Act::WrongFact),
        }
    }
}

fn wants_a_mail(cause: &Cause) -> bool {
    match cause {
        Cause::Form(form) => form.action == action::RESEND,
        Cause::Enter => true,
        Cause::Returned(_) | Cause::MailPressed(_) => false,
    }
}

/// The existing user and the mailbox that would prove something: the provider's own address, never a typed one.
fn mailbox<'a>(sight: &Sight<'a>) -> Option<(&'a User, &'a EmailAddress)> {
    let user = sight.frame.existing.as_ref()?;
    let wanted = sight.frame.profile.email.as_ref().filter(|email| !email.typed)?;
    let stored = &user.email.as_ref()?.address;
    stored.names_the_same_mailbox_as(&wanted.address).then_some((user, stored))
}

fn problem(sight: &Sight<'_>, problem: Problem) -> Turn {
    match sight.memory() {
        Some(Memory::Mail { token, sent_at, .. }) => {
            let memory = Memory::Mail { token: token.clone(), sent_at: *sent_at, problem: Some(problem) };
            Turn::just(Act::Show { retry: true }).with(Effect::Remember(memory))
        }
        _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
    }
}

fn holds(user: &User, address: &EmailAddress) -> bool {
    user.email.as_ref().is_some_and(|email| email.address.names_the_same_mailbox_as(address))
}

/// A link that is dead is no event at all. Who typed its code is told that it doesn't count.
fn dead(sight: &Sight<'_>, cause: &Cause) -> Turn {
    match cause {
        Cause::Form(_) => problem(sight, Problem::WrongCode),
        Cause::Enter | Cause::Returned(_) | Cause::MailPressed(_) => Turn::just(Act::Reject(Rejected::DeadLink)),
    }
}

fn opens(sight: &Sight<'_>, user: &User, address: &EmailAddress, token: &ActionToken) -> bool {
    let for_this_login =
        token.session == sight.session.key && token.frame == sight.frame.id && sight.session.waits_for(&token.digest);
    let for_this_account = token.user == Some((user.id, user.epoch)) && token.address == *address;
    for_this_login && for_this_account && sight.now < token.expires_at
}

fn conclude(sight: &Sight<'_>, user: &User, address: &EmailAddress, token: &ActionToken, entropy: &Entropy) -> Turn {
    let how = if user.has_proved(address) {
        if !user.is_open() {
            return Turn::just(Act::Deny(DenialCode::AccountDisabled));
        }
        match AcceptedProof::accept(ProofKind::Mailbox, user.id, sight.frame, sight.now) {
            Some(proof) => How::Proved(Box::new(user.clone()), proof),
            None => return Turn::just(Act::Attempted),
        }
    } else {
        let proof = AddressProof::Mailbox { at: sight.now };
        How::Created(Box::new(new_user::for_identity(sight, entropy, None, Some(proof))))
    };
    Turn::just(Act::Succeed)
        .with(Effect::User(new_user::chosen(sight, how, Some(AuthenticationMethod::Mail))))
        .with(Effect::Write(Write::ConsumeToken(token.digest.clone())))
}
