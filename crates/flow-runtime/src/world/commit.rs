//! How the world commits: guards first, then all changes, or none.

use super::{Trip, World};
use crate::{Conflict, Counter, Guard, NewUser, Rest, Resting, Write};
use domain::{ActionToken, Digest, EmailAddress, Epoch, LinkedIdentity, SessionKey, TokenPurpose, User, UserId, Version};

/// Why a commit didn't happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// What a decision rested on has changed.
    GuardMoved,
    /// A change collides with what is there.
    Conflict(Conflict),
}

impl World {
    /// Commits what a login came to.
    pub fn commit(&mut self, login: SessionKey, resting: &Resting) -> Result<(), Refused> {
        let moved = |guard: &Guard| self.users.get(&guard.user).is_none_or(|user| user.version != guard.version);
        if resting.guards.iter().any(moved) {
            return Err(Refused::GuardMoved);
        }
        let mut after = self.clone();
        after.reasons = resting.decisions.iter().rev().find_map(|decision| decision.reasons.clone()).or(after.reasons);
        for write in &resting.writes {
            after.write(write).map_err(Refused::Conflict)?;
            after.audit.extend(write.audit());
            after.given.extend(self.shown_by(login, write));
        }
        after.outbox.extend(resting.notices.iter().cloned());
        if let Rest::AtProvider { exchange, .. } = &resting.session.rest {
            let proves = resting.session.frame().is_some_and(|frame| frame.identity.is_some());
            after.trips.insert(exchange.id, Trip { began: self.now, proves });
        }
        let wrongs = self.wrongs_of(login, resting).into_iter().chain(after.broken_promises()).chain(after.wrong_epochs(resting));
        let wrongs: Vec<_> = wrongs.collect();
        after.wrongs.extend(wrongs);
        *self = after;
        Ok(())
    }

    fn write(&mut self, write: &Write) -> Result<(), Conflict> {
        match write {
            Write::CreateUser(new) => self.create(new),
            Write::ReleaseAddress { address, except } => {
                self.release(address, *except);
                Ok(())
            }
            Write::Link(link) if self.identities.contains_key(&link.key) => Err(Conflict::Identity),
            Write::Link(link) => {
                self.touch(link.user, false, |_| {});
                let primary = self.identities.values().all(|other| other.user != link.user);
                self.identities.insert(link.key.clone(), LinkedIdentity { primary, ..(**link).clone() });
                Ok(())
            }
            Write::Unlink { identity, user, .. } => {
                self.unlink(*identity, *user);
                Ok(())
            }
            Write::SetPassword { user, hash } => {
                self.passwords.insert(*user, super::password_of(hash));
                let now = self.now;
                self.touch(*user, true, |user| {
                    (user.has_password, user.password_set_at, user.must_renew_password) = (true, Some(now), false);
                });
                Ok(())
            }
            Write::SetOneTimeCodes { user, secret } => {
                self.seeds.insert(*user, secret.clone());
                self.touch(*user, true, |user| user.has_one_time_codes = true);
                Ok(())
            }
            Write::SetAddress { user, address } => self.set_address(*user, address),
            Write::SetUsername { user, username } => self.set_username(*user, username),
            Write::AcceptTerms { user, version } => {
                let now = self.now;
                self.touch(*user, false, |user| _ = user.accepted_terms.insert(version.clone(), now));
                Ok(())
            }
            Write::HandOver { user, proof } => {
                self.hand_over(*user, proof);
                Ok(())
            }
            Write::ChangeProfile { user, profile } => {
                self.change_profile(*user, profile);
                Ok(())
            }
            Write::ConsumeToken(digest) => self.unused.remove(digest).then_some(()).ok_or(Conflict::Token),
            beside => {
                self.write_beside(beside);
                Ok(())
            }
        }
    }

    /// What is kept beside the accounts, and never collides with anything.
    fn write_beside(&mut self, write: &Write) {
        match write {
            Write::TouchIdentity { key, label, email, assured, claims, at } => {
                if let Some(link) = self.identities.get_mut(key) {
                    link.label.clone_from(label);
                    link.email.clone_from(email);
                    link.assured.clone_from(assured);
                    link.claims.clone_from(claims);
                    (link.updated_at, link.last_sign_in_at) = (*at, *at);
                }
            }
            Write::Arrive(key) => {
                if let Some(link) = self.identities.get_mut(key) {
                    link.arrived = true;
                }
            }
            Write::StartBrowserSession(session) => _ = self.sessions.insert(session.id.clone(), (**session).clone()),
            Write::EndBrowserSession(digest) => _ = self.sessions.remove(digest),
            Write::IssueToken(token) => self.issue(token),
            Write::ForgetWrongPasswords(user) => self.forget_tries(*user, &[Counter::PasswordByAccount]),
            Write::ForgetWrongCodes(user) => self.forget_tries(*user, &[Counter::OneTimeCodeByAccount]),
            Write::GrantConsent { user, client, scopes, .. } => {
                let granted = self.granted.entry((*user, client.clone())).or_default();
                let new: Vec<_> = scopes.iter().filter(|scope| !granted.contains(scope)).cloned().collect();
                granted.extend(new);
            }
            _ => {}
        }
    }

    fn forget_tries(&mut self, user: UserId, of: &[Counter]) {
        let own = user.to_string();
        self.spent.retain(|(counter, key), _| *key != own || !of.contains(counter));
    }

    /// A newer token of its kind replaces the one of its login; a change of address is the account's.
    fn issue(&mut self, token: &ActionToken) {
        let same_user = |old: &ActionToken| token.purpose == TokenPurpose::ChangeAddress && old.user == token.user;
        let older = |digest: &Digest| {
            let old = self.issued.get(digest);
            old.is_some_and(|old| old.purpose == token.purpose && (old.session == token.session || same_user(old)))
        };
        self.unused.retain(|digest| !older(digest));
        self.unused.insert(token.digest.clone());
        self.issued.insert(token.digest.clone(), token.clone());
    }

    fn create(&mut self, new: &NewUser) -> Result<(), Conflict> {
        if new.username.is_some() && self.users.values().any(|user| user.username == new.username) {
            return Err(Conflict::Username);
        }
        let proved = new.email.as_ref().filter(|email| email.is_proved());
        let domain = &new.linking_domain;
        let owns = |user: &User, email: &EmailAddress| user.linking_domain == *domain && user.has_proved(email);
        if proved.is_some_and(|email| self.users.values().any(|user| owns(user, &email.address))) {
            return Err(Conflict::Address);
        }
        if let Some(hash) = &new.password_hash {
            self.passwords.insert(new.id, super::password_of(hash));
        }
        self.seeds.extend(new.one_time.clone().map(|secret| (new.id, secret)));
        self.users.insert(new.id, User { version: Version(1), ..new.as_user() });
        Ok(())
    }

    fn release(&mut self, address: &EmailAddress, except: UserId) {
        let Some(domain) = self.users.get(&except).map(|user| user.linking_domain.clone()) else { return };
        for user in self.users.values_mut().filter(|user| user.id != except && user.linking_domain == domain) {
            let claim = user.email.as_ref().filter(|email| !email.is_proved());
            if claim.is_some_and(|email| email.address.names_the_same_mailbox_as(address)) {
                user.email = None;
                user.version = Version(user.version.0 + 1);
                user.epoch = Epoch(user.epoch.0 + 1);
            }
        }
    }
}
