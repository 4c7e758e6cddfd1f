//! `verify-by-email`: whoever opens the address's mailbox, and finishes in the browser that started, has proved it.
//!
//! If the existing account has proved the address, that links it. If it only claimed the address, the mailbox's holder
//! takes the address to a fresh account instead: an unproved claim never opens an account.

use super::mailing::{self, LIFETIME, LIFETIME_KEY, Post};
use super::{Act, Authenticator, Cause, Effect, Input, Sight, Turn, new_user};
use crate::ask::{CodeVerdict, Fact, FoundUsers, Question};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Need, Outcome};
use crate::outcome::{DenialCode, Rejected};
use crate::page::{MailMeaning, MailReason, Page, Problem, WayKind};
use crate::proof::AcceptedProof;
use crate::session::{Errand, How, Memory};
use crate::write::{MailKind, Write};
use domain::{
    ActionToken, AddressProof, AuthenticationMethod, Digest, EmailAddress, Entropy, ProofKind, TokenPurpose, User, Username,
};
use std::sync::Arc;
use std::time::Duration;

pub(super) static KIND: Kind = Kind {
    declaration: &DECLARATION,
    build: |config| Arc::new(VerifyByEmail { lifetime: config.duration("lifetime").unwrap_or(LIFETIME) }),
};

static DECLARATION: Declaration = Declaration {
    name: "verify-by-email",
    summary: "Sends a mail to the address; pressing its button in this browser, or typing its code, proves the mailbox.",
    keys: &[LIFETIME_KEY],
    needs: &[Need::Identity, Need::ExistingUser, Need::Mail],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged, Outcome::Retry, Outcome::Denied],
    establishes: &[Establishes::User, Establishes::NewUser, Establishes::Proof],
    asks: &[AskKind::FindUser, AskKind::ReserveMail, AskKind::CheckMailCode, AskKind::FindToken, AskKind::FindUsers],
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
        self.proves(sight).is_some()
    }

    fn proves(&self, sight: &Sight<'_>) -> Option<ProofKind> {
        let (user, address) = mailbox(sight).filter(|_| sight.policy.sends_mail)?;
        match user.has_proved(address) {
            true if sight.accepts(ProofKind::Mailbox) => Some(ProofKind::Mailbox),
            true => None,
            // Somebody else reads that mailbox, as far as anybody knows; a fresh account couldn't have the address.
            false if sight.frame.address_is_anothers => None,
            false => Some(ProofKind::Created),
        }
    }

    fn ways(&self, _sight: &Sight<'_>) -> Vec<WayKind> {
        vec![WayKind::Mail]
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, entropy: &Entropy) -> Turn {
        let (true, Some((user, address))) = (self.applies(sight), mailbox(sight)) else {
            return Turn::just(Act::Attempted);
        };
        match input {
            Input::Enter { .. } | Input::Way { .. } if mailing::is_live(sight, self.lifetime) => {
                Turn::just(Act::Show { retry: false })
            }
            Input::Enter { .. } | Input::Way { .. } => Turn::ask(Question::FindUser(user.id)),
            Input::Form(form) => mailing::form(sight, form, self.lifetime, || Turn::ask(Question::FindUser(user.id))),
            Input::MailPressed(token) if sight.session.waits_for(token) => Turn::ask(Question::FindUser(user.id)),
            Input::MailPressed(_) => Turn::just(Act::Reject(Rejected::DeadLink)),
            Input::Fact { cause, fact, .. } => self.fact(sight, cause, fact, (user, address), entropy),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        let (_, address) = mailbox(sight)?;
        mailing::page(sight, self.lifetime, address.masked(), MailReason::Link { provider: sight.provider_name() })
    }

    fn mail(&self, sight: &Sight<'_>) -> Option<MailMeaning> {
        let existing = sight.frame.existing.as_ref()?;
        let address = &sight.frame.profile.email.as_ref()?.address;
        let account = existing.has_proved(address).then(|| existing.label());
        Some(MailMeaning::Link { provider: sight.provider_name(), identity: sight.identity_label(), account })
    }
}

impl VerifyByEmail {
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
            Fact::MailCode(CodeVerdict::Wrong) => mailing::problem(sight, Problem::WrongCode),
            Fact::MailCode(CodeVerdict::TooMany) => mailing::problem(sight, Problem::CodeExhausted),
            Fact::FoundUser(None) => Turn::just(Act::StartOver),
            Fact::FoundUser(Some(fresh)) if fresh.id != user.id => Turn::just(Act::WrongFact),
            Fact::FoundUser(Some(fresh)) if !holds(&fresh, address) => Turn::just(Act::StartOver),
            Fact::FoundUser(Some(fresh)) => {
                let next = if mailing::answers_the_mail(sight, cause) {
                    mailing::find_newest(sight, cause)
                } else {
                    mailing::reserve(sight, address)
                };
                next.with(Effect::Refresh(fresh))
            }
            Fact::MailReserved(None) => self.send(sight, (user, address), matches!(cause, Cause::Form(_)), entropy),
            Fact::MailReserved(Some(until)) => mailing::too_many(sight, Errand::Link, until),
            Fact::FoundToken(Some(token)) if opens(sight, user, address, &token) => {
                if user.has_proved(address) {
                    link(sight, user, &token.digest)
                } else {
                    Turn::ask(Question::FindUsers { username: wanted_name(sight), email: Some(address.clone()) })
                }
            }
            Fact::FoundToken(_) => mailing::dead(sight, cause),
            // Another account has proved the address meanwhile, so the one that was found is the wrong one.
            Fact::FoundUsers(found) if is_anothers(sight, user, address, &found) => Turn::just(Act::StartOver),
            Fact::FoundUsers(found) => match sight.memory() {
                Some(Memory::Mail { token: Some(token), .. }) => {
                    let username = wanted_name(sight).filter(|_| found.by_username.is_none());
                    take_the_address(sight, token, username, entropy)
                }
                _ => mailing::dead(sight, cause),
            },
            _ => Turn::just(Act::WrongFact),
        }
    }

    fn send(&self, sight: &Sight<'_>, (user, address): (&User, &EmailAddress), again: bool, entropy: &Entropy) -> Turn {
        let post = Post {
            errand: Errand::Link,
            purpose: TokenPurpose::ProveAddress,
            user: Some((user.id, user.epoch)),
            address: address.clone(),
            lifetime: self.lifetime,
            again,
        };
        mailing::send(sight, post, entropy, |token| {
            Some(MailKind::ProveAddress {
                token,
                provider: sight.provider_name(),
                identity: sight.identity_label(),
                client: sight.client_name(),
                links: user.has_proved(address),
            })
        })
    }
}

/// The existing user and the mailbox that would prove something: the provider's own address, never a typed one.
fn mailbox<'a>(sight: &Sight<'a>) -> Option<(&'a User, &'a EmailAddress)> {
    let user = sight.frame.existing.as_ref()?;
    let wanted = sight.frame.profile.email.as_ref().filter(|email| !email.typed)?;
    let stored = &user.email.as_ref()?.address;
    stored.names_the_same_mailbox_as(&wanted.address).then_some((user, stored))
}

fn holds(user: &User, address: &EmailAddress) -> bool {
    user.email.as_ref().is_some_and(|email| email.address.names_the_same_mailbox_as(address))
}

fn opens(sight: &Sight<'_>, user: &User, address: &EmailAddress, token: &ActionToken) -> bool {
    mailing::opens(sight, token, TokenPurpose::ProveAddress, Some((user.id, user.epoch)), address)
}

fn is_anothers(sight: &Sight<'_>, user: &User, address: &EmailAddress, found: &FoundUsers) -> bool {
    let provider = sight.frame.identity.as_ref().and_then(|identity| sight.policy.provider(&identity.key.provider));
    let here = |other: &User| provider.is_some_and(|provider| other.linking_domain == provider.linking_domain);
    found.by_email.iter().any(|other| other.id != user.id && here(other) && other.has_proved(address))
}

/// The account has proved the address, so its mailbox opens it.
fn link(sight: &Sight<'_>, user: &User, token: &Digest) -> Turn {
    if !sight.accepts(ProofKind::Mailbox) {
        return Turn::just(Act::Attempted);
    }
    if !user.is_open() {
        return Turn::just(Act::Deny(DenialCode::AccountDisabled));
    }
    match AcceptedProof::accept(ProofKind::Mailbox, user.id, sight.frame, sight.now) {
        Some(proof) => succeed(sight, How::Proved(Box::new(user.clone()), Box::new(proof)), token),
        None => Turn::just(Act::Attempted),
    }
}

fn wanted_name(sight: &Sight<'_>) -> Option<Username> {
    sight.frame.profile.username.as_deref().and_then(|name| Username::parse(name).ok())
}

/// The account only claimed the address, so whoever reads its mail takes it to a fresh one, with the username if that is free.
fn take_the_address(sight: &Sight<'_>, token: &Digest, username: Option<Username>, entropy: &Entropy) -> Turn {
    let proof = AddressProof::Mailbox { at: sight.now };
    let user = new_user::for_identity(sight, entropy, username, Some(proof));
    succeed(sight, How::Created(Box::new(user)), token)
}

fn succeed(sight: &Sight<'_>, how: How, token: &Digest) -> Turn {
    Turn::just(Act::Succeed)
        .with(Effect::User(new_user::chosen(sight, how, Some(AuthenticationMethod::Mail))))
        .with(Effect::Write(Write::ConsumeToken(token.clone())))
}
