//! `change-address`: whoever has just signed in gives the account another address, once they have shown that it is theirs.

use super::address::{self, Wish, look, owner, still_there};
use super::fields::{Reading, problems, remembered};
use super::mailing::{self, LIFETIME, LIFETIME_KEY};
use super::{Act, Authenticator, Cause, Effect, Input, Sight, Turn};
use crate::ask::Fact;
use crate::definition::declaration::{AskKind, Declaration, Kind, Need, Outcome};
use crate::event::{Form, action};
use crate::outcome::Rejected;
use crate::page::{FieldName, MailMeaning, Page, Problem};
use crate::session::{How, Memory};
use domain::{EmailAddress, Entropy, OwnedAddress, TokenPurpose, User};
use std::sync::Arc;
use std::time::Duration;

pub(super) static KIND: Kind = Kind {
    declaration: &DECLARATION,
    build: |config| Arc::new(ChangeAddress { lifetime: config.duration("lifetime").unwrap_or(LIFETIME) }),
};

static DECLARATION: Declaration = Declaration {
    name: "change-address",
    summary: "Asks whoever has just signed in for another address, sends a mail there, and changes it once that mail is opened.",
    keys: &[LIFETIME_KEY],
    needs: &[Need::User, Need::Mail],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged, Outcome::Retry, Outcome::Denied],
    establishes: &[],
    asks: &[AskKind::FindUser, AskKind::FindUsers, AskKind::ReserveMail, AskKind::CheckMailCode, AskKind::FindToken],
    shows: true,
};

#[derive(Debug)]
struct ChangeAddress {
    lifetime: Duration,
}

impl Authenticator for ChangeAddress {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, entropy: &Entropy) -> Turn {
        let Some(owner) = fresh_owner(sight).filter(|_| sight.policy.sends_mail) else {
            return nothing_to_do(sight);
        };
        match input {
            Input::Enter { .. } => Turn::just(Act::Show { retry: false }),
            Input::Form(form) => match sight.memory() {
                Some(Memory::Mail { .. }) => mailing::form(sight, form, self.lifetime, || look(&owner)),
                _ if form.action == action::CONTINUE => read(form, &owner).map_or_else(again, |_| look(&owner)),
                _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
            },
            Input::MailPressed(token) if sight.session.waits_for(token) => look(&owner),
            Input::MailPressed(_) => Turn::just(Act::Reject(Rejected::DeadLink)),
            Input::Fact { cause, fact, .. } => self.fact(sight, cause, fact, &owner, entropy),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        let owner = owner(sight)?;
        if let Some(address) = address::wanted(sight) {
            return self.wish(&owner, address).page(sight);
        }
        Some(Page::ChangeAddress {
            account: owner.label(),
            current: owner.email.as_ref().map(|email| email.address.to_string()),
            wanted: remembered(sight.memory(), FieldName::Email).unwrap_or_default(),
            problems: problems(sight.memory()),
        })
    }

    fn mail(&self, sight: &Sight<'_>) -> Option<MailMeaning> {
        let owner = owner(sight)?;
        Some(self.wish(&owner, address::wanted(sight)?).meaning())
    }
}

impl ChangeAddress {
    fn wish<'a>(&self, owner: &'a User, address: &'a EmailAddress) -> Wish<'a> {
        Wish { owner, new: None, address, purpose: TokenPurpose::ChangeAddress, lifetime: self.lifetime }
    }

    fn fact(&self, sight: &Sight<'_>, cause: &Cause, fact: Fact, owner: &User, entropy: &Entropy) -> Turn {
        let typed = match cause {
            Cause::Form(form) => read(form, owner).ok(),
            _ => None,
        };
        let Some(wanted) = address::wanted(sight).or(typed.as_ref()) else { return Turn::just(Act::WrongFact) };
        match fact {
            Fact::FoundUser(found) => match still_there(sight, cause, owner, found) {
                Err(end) => end,
                Ok(now) => self.wish(&now, wanted).seek().with(Effect::Renew(now.clone())),
            },
            fact => self.wish(owner, wanted).fact(sight, cause, fact, entropy),
        }
    }
}

/// What is there to do for somebody of whom nobody knows an account yet. A new one that has just proved its address needs nothing more.
fn nothing_to_do(sight: &Sight<'_>) -> Turn {
    let is_proved = |email: &OwnedAddress| email.is_proved();
    match sight.frame.user.as_ref().map(|chosen| &chosen.how) {
        Some(How::Created(new)) if new.email.as_ref().is_some_and(is_proved) => Turn::just(Act::Succeed),
        _ => Turn::just(Act::Attempted),
    }
}

/// Whoever has just signed in. A session from before isn't enough: an address decides who gets into the account.
fn fresh_owner(sight: &Sight<'_>) -> Option<User> {
    let from_before = sight.frame.user.as_ref().is_some_and(|chosen| matches!(chosen.how, How::BrowserSession(..)));
    owner(sight).filter(|_| !from_before)
}

fn read<'a>(form: &'a Form, owner: &User) -> Result<EmailAddress, Reading<'a>> {
    let mut reading = Reading::of(form);
    match reading.email() {
        Some(address) if owner.has_proved(&address) => {
            reading.problem(FieldName::Email, Problem::SameAddress);
            Err(reading)
        }
        Some(address) => Ok(address),
        None => Err(reading),
    }
}

fn again(reading: Reading<'_>) -> Turn {
    Turn::just(Act::Show { retry: true }).with(Effect::Remember(reading.memory()))
}
