//! `verify-address`: whoever signs in shows that the account's address is theirs.

use super::address::{self, Wish, still_there};
use super::comer::Comer;
use super::mailing::{self, LIFETIME, LIFETIME_KEY};
use super::{Act, Authenticator, Effect, Input, Sight, Turn};
use crate::ask::Fact;
use crate::definition::declaration::{AskKind, Declaration, Kind, Need, Outcome};
use crate::outcome::Rejected;
use crate::page::{MailMeaning, Page};
use domain::{EmailAddress, Entropy, TokenPurpose, User};
use std::sync::Arc;
use std::time::Duration;

pub(super) static KIND: Kind = Kind {
    declaration: &DECLARATION,
    build: |config| Arc::new(VerifyAddress { lifetime: config.duration("lifetime").unwrap_or(LIFETIME) }),
};

static DECLARATION: Declaration = Declaration {
    name: "verify-address",
    summary: "Sends a mail to the address of whoever signs in; its button in this browser, or its code, proves the address.",
    keys: &[LIFETIME_KEY],
    needs: &[Need::User, Need::Mail],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged, Outcome::Retry, Outcome::Denied],
    establishes: &[],
    asks: &[AskKind::FindUser, AskKind::FindUsers, AskKind::ReserveMail, AskKind::CheckMailCode, AskKind::FindToken],
    shows: true,
};

#[derive(Debug)]
struct VerifyAddress {
    lifetime: Duration,
}

impl Authenticator for VerifyAddress {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, entropy: &Entropy) -> Turn {
        let Some(comer) = Comer::of(sight) else { return Turn::just(Act::Attempted) };
        let owner = comer.user();
        let wish = unproved(&owner).map(|address| self.wish(&comer, &owner, address));
        match (input, wish) {
            (Input::Enter { .. }, None) => Turn::just(Act::Succeed),
            (Input::Enter { .. }, Some(_)) if !sight.policy.sends_mail => Turn::just(Act::Attempted),
            (Input::Enter { .. }, Some(_)) if mailing::is_live(sight, self.lifetime) => Turn::just(Act::Show { retry: false }),
            (Input::Enter { .. }, Some(wish)) => wish.begin(),
            (Input::Form(form), Some(wish)) => mailing::form(sight, form, self.lifetime, || wish.begin()),
            (Input::MailPressed(token), Some(wish)) if sight.session.waits_for(token) => wish.begin(),
            (Input::MailPressed(_), _) => Turn::just(Act::Reject(Rejected::DeadLink)),
            (Input::Fact { cause, fact: Fact::FoundUser(found), .. }, _) => match still_there(sight, cause, &owner, found) {
                Err(end) => end,
                // Proved meanwhile, or gone: then there is nothing left to do here.
                Ok(now) => match unproved(&now) {
                    Some(address) => self.wish(&comer, &now, address).seek().with(Effect::Renew(now.clone())),
                    None => Turn::just(Act::Succeed).with(Effect::Renew(now)),
                },
            },
            (Input::Fact { cause, fact, .. }, Some(wish)) => wish.fact(sight, cause, fact, entropy),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        let comer = Comer::of(sight)?;
        self.wish(&comer, &comer.user(), address::wanted(sight)?).page(sight)
    }

    fn mail(&self, sight: &Sight<'_>) -> Option<MailMeaning> {
        let comer = Comer::of(sight)?;
        Some(self.wish(&comer, &comer.user(), address::wanted(sight)?).meaning())
    }
}

impl VerifyAddress {
    fn wish<'a>(&self, comer: &'a Comer, owner: &'a User, address: &'a EmailAddress) -> Wish<'a> {
        let new = match comer {
            Comer::New(new) => Some(&**new),
            Comer::There(_) => None,
        };
        Wish { owner, new, address, purpose: TokenPurpose::VerifyAddress, lifetime: self.lifetime }
    }
}

/// The account's address, as long as nobody has shown that it is the account's.
fn unproved(user: &User) -> Option<&EmailAddress> {
    user.email.as_ref().filter(|email| !email.is_proved()).map(|email| &email.address)
}
