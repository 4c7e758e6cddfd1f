//! The judge of passwords and addresses that change: who has shown what before.

use super::{Given, World};
use crate::Write;
use domain::{ActionToken, OwnedAddress, Provenance, SessionKey, TokenPurpose, UserId};

impl World {
    /// A password is set only once the account's proved mailbox was opened in this login, for that, or the one that it replaces was typed.
    pub(super) fn wrong_password(&self, login: SessionKey, user: UserId) -> Option<String> {
        let opened = self.given.contains(&Given::Mailbox(login, user));
        let for_that = |token: &&ActionToken| {
            let this = token.session == login && token.purpose == TokenPurpose::ResetPassword;
            this && self
                .users
                .get(&user)
                .is_some_and(|user| token.user == Some((user.id, user.epoch)) && user.has_proved(&token.address))
        };
        let typed = self.given.contains(&Given::Password(login, user)) && self.passwords.contains_key(&user);
        let right = typed || opened && self.issued.values().any(|token| for_that(&token));
        (!right).then(|| "a password is set, but the mailbox of the account wasn't opened".to_owned())
    }

    /// An account gets an address only with a mail to it, opened in the login of whoever signs in to that account. One that nobody has
    /// shown to be theirs is only written where there was none.
    pub(super) fn wrong_change(&self, login: SessionKey, user: UserId, address: &OwnedAddress) -> Option<String> {
        let for_that = |token: &&ActionToken| {
            let bound = self.users.get(&user).is_some_and(|user| user.is_open() && token.user == Some((user.id, user.epoch)));
            let purpose = matches!(token.purpose, TokenPurpose::VerifyAddress | TokenPurpose::ChangeAddress);
            bound && purpose && token.session == login && token.address == address.address && self.was_read(login, token)
        };
        let had_none = self.users.get(&user).is_some_and(|user| user.is_open() && user.email.is_none());
        let only_said = address.proof.is_none() && address.provenance == Provenance::Typed && had_none;
        let right = only_said || self.issued.values().any(|token| for_that(&token));
        (!right).then(|| "an account gets an address that its owner hasn't shown to be theirs".to_owned())
    }

    /// A second factor is set up by whoever authenticated in this login; and replaced only by whoever showed the one before.
    pub(super) fn wrong_second_factor(&self, login: SessionKey, user: UserId) -> Option<String> {
        let shown = |given: &Given| self.opens(given, login, user);
        let authenticated = self.given.iter().any(shown) || self.sessions.values().any(|session| session.user == user);
        let holds = !self.seeds.contains_key(&user) || self.given.contains(&Given::OneTimeCode(login, user));
        (!authenticated || !holds).then(|| "a second factor is set by somebody who isn't known to hold the account".to_owned())
    }

    /// What a change shows for the rest of the login.
    pub(super) fn shown_by(&self, login: SessionKey, write: &Write) -> Vec<Given> {
        match write {
            Write::CreateUser(new) => vec![Given::Account(login, new.id)],
            Write::SetPassword { user, .. } => vec![Given::Renewed(login, *user)],
            Write::SetOneTimeCodes { user, .. } => vec![Given::Renewed(login, *user), Given::OneTimeCode(login, *user)],
            Write::SetAddress { user, address } if address.is_proved() => vec![Given::Renewed(login, *user)],
            Write::ConsumeToken(digest) => {
                let token = self.issued.get(digest).filter(|token| token.session == login && self.was_read(login, token));
                let mailbox = |token: &ActionToken| token.user.map(|(user, _)| Given::Mailbox(login, user));
                let address = |token: &ActionToken| Given::Address(login, token.address.key());
                token.into_iter().flat_map(|token| mailbox(token).into_iter().chain([address(token)])).collect()
            }
            _ => Vec::new(),
        }
    }
}
