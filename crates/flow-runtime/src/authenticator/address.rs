//! The proof that an address belongs to whoever signs in, whether the account has it already or is to have it.
//!
//! If another account has proved the address, the page is the same and the mail only says so: nothing changes.

use super::mailing::{self, Post};
use super::{Act, Cause, Effect, Sight, Turn};
use crate::ask::{CodeVerdict, Fact, FoundUsers, Question};
use crate::outcome::DenialCode;
use crate::page::{MailMeaning, MailReason, Page, Problem};
use crate::session::{Errand, How, Memory};
use crate::write::{MailKind, NewUser, Notice, Write};
use domain::{
    ActionToken, AddressProof, EmailAddress, Entropy, Epoch, OwnedAddress, Provenance, TokenPurpose, User, UserId, Version,
};
use std::time::Duration;

/// How long the news of a change is worth sending.
const NEWS_LIFETIME: Duration = Duration::from_hours(24);

/// Whoever signs in, if it is an account that was there before this login.
pub(super) fn owner(sight: &Sight<'_>) -> Option<User> {
    match &sight.frame.user.as_ref()?.how {
        How::BrowserSession(user, _) | How::Authenticated(user) => Some((**user).clone()),
        How::Created(_) | How::Proved(..) => None,
    }
}

/// How is the account now?
pub(super) fn look(owner: &User) -> Turn {
    Turn::ask(Question::FindUser(owner.id))
}

/// The account as it is now. If it was closed, or its past has died, its mails are dead, and whatever else is wanted ends here.
pub(super) fn still_there(sight: &Sight<'_>, cause: &Cause, owner: &User, found: Option<Box<User>>) -> Result<Box<User>, Turn> {
    match found {
        Some(now) if now.goes_on_from(owner) => Ok(now),
        _ if mailing::answers_the_mail(sight, cause) => Err(mailing::dead(sight, cause)),
        lost => Err(Turn::just(Act::Deny(DenialCode::of_lost(lost.as_deref())))),
    }
}

/// One account's wish to prove one address.
pub(super) struct Wish<'a> {
    pub(super) owner: &'a User,
    /// The account, if it is only made at the end of this login.
    pub(super) new: Option<&'a NewUser>,
    pub(super) address: &'a EmailAddress,
    pub(super) purpose: TokenPurpose,
    pub(super) lifetime: Duration,
}

/// The address that the mail is about, once there is one.
pub(super) fn wanted<'a>(sight: &Sight<'a>) -> Option<&'a EmailAddress> {
    match sight.memory()? {
        Memory::Mail { errand: Errand::Address { address, .. }, .. } => Some(address),
        _ => None,
    }
}

impl Wish<'_> {
    /// With this every turn begins that needs more than the page: how is the account now? Of one that is still to be made there is nothing to
    /// know but whether the address is somebody's.
    pub(super) fn begin(&self) -> Turn {
        if self.new.is_some() { self.seek() } else { look(self.owner) }
    }

    /// Is the address somebody's already?
    pub(super) fn seek(&self) -> Turn {
        Turn::ask(Question::FindUsers { username: None, email: Some(self.address.clone()) })
    }

    /// What the token is bound to, besides login and frame.
    fn user(&self) -> Option<(UserId, Epoch)> {
        self.new.is_none().then_some((self.owner.id, self.owner.epoch))
    }

    /// The answer to a question of this wish. [`still_there`] has looked at the account before.
    pub(super) fn fact(&self, sight: &Sight<'_>, cause: &Cause, fact: Fact, entropy: &Entropy) -> Turn {
        match fact {
            Fact::MailCode(CodeVerdict::Right) => self.begin(),
            Fact::MailCode(CodeVerdict::Wrong) => mailing::problem(sight, Problem::WrongCode),
            Fact::MailCode(CodeVerdict::TooMany) => mailing::problem(sight, Problem::CodeExhausted),
            Fact::FoundUsers(found) => self.found(sight, cause, &found),
            Fact::MailReserved(None) => self.send(sight, cause, entropy),
            Fact::MailReserved(Some(until)) => mailing::too_many(sight, self.errand(false), until),
            Fact::FoundToken(Some(token)) if self.is_proved_by(sight, &token) => self.conclude(sight, &token),
            Fact::FoundToken(_) => mailing::dead(sight, cause),
            _ => Turn::just(Act::WrongFact),
        }
    }

    fn found(&self, sight: &Sight<'_>, cause: &Cause, found: &FoundUsers) -> Turn {
        let is_anothers = |user: &User| {
            user.id != self.owner.id && user.linking_domain == self.owner.linking_domain && user.has_proved(self.address)
        };
        let is_anothers_already = found.by_email.iter().any(is_anothers);
        if mailing::answers_the_mail(sight, cause) {
            return if is_anothers_already { mailing::dead(sight, cause) } else { mailing::find_newest(sight, cause) };
        }
        let (token, sent_at) = match sight.memory() {
            Some(Memory::Mail { token, sent_at, .. }) => (token.clone(), *sent_at),
            _ => (None, sight.now),
        };
        let memory = Memory::Mail { token, sent_at, problem: None, errand: self.errand(is_anothers_already) };
        mailing::reserve(sight, self.address).with(Effect::Remember(memory))
    }

    fn errand(&self, taken: bool) -> Errand {
        Errand::Address { address: self.address.clone(), taken }
    }

    fn send(&self, sight: &Sight<'_>, cause: &Cause, entropy: &Entropy) -> Turn {
        let Some(Memory::Mail { token: earlier, errand, .. }) = sight.memory() else { return Turn::just(Act::WrongFact) };
        let post = Post {
            errand: errand.clone(),
            purpose: self.purpose,
            user: self.user(),
            address: self.address.clone(),
            lifetime: self.lifetime,
            again: earlier.is_some() && matches!(cause, Cause::Form(_)),
        };
        let taken = matches!(errand, Errand::Address { taken: true, .. });
        mailing::send(sight, post, entropy, |token| {
            Some(if taken {
                MailKind::AddressTaken { address: self.address.to_string() }
            } else {
                let (account, from, to) = (self.owner.label(), self.from(), self.address.to_string());
                MailKind::ConfirmAddress { token, account, from, to }
            })
        })
    }

    /// The address that goes, masked for whoever reads the other mailbox.
    fn from(&self) -> Option<String> {
        let now = self.owner.email.as_ref().map(|email| &email.address)?;
        (!now.names_the_same_mailbox_as(self.address)).then(|| now.masked())
    }

    fn is_proved_by(&self, sight: &Sight<'_>, token: &ActionToken) -> bool {
        mailing::opens(sight, token, self.purpose, self.user(), self.address)
    }

    /// An account that is still to be made begins with the proof.
    fn conclude(&self, sight: &Sight<'_>, token: &ActionToken) -> Turn {
        let Some(new) = self.new else { return self.settle(sight, token) };
        let proof = Some(AddressProof::Mailbox { at: sight.now });
        let email = Some(OwnedAddress { address: self.address.clone(), provenance: Provenance::Typed, proof });
        Turn::just(Act::Succeed)
            .with(Effect::Amend(Box::new(NewUser { email, ..new.clone() })))
            .with(Effect::Write(Write::ConsumeToken(token.digest.clone())))
    }

    /// The account has the address and its proof; all that lived on the account dies, and this login goes on with it.
    fn settle(&self, sight: &Sight<'_>, token: &ActionToken) -> Turn {
        let stored = self.owner.email.as_ref().filter(|email| email.address == *self.address);
        let address = OwnedAddress {
            address: self.address.clone(),
            provenance: stored.map_or(Provenance::Typed, |email| email.provenance.clone()),
            proof: Some(AddressProof::Mailbox { at: sight.now }),
        };
        let after = User {
            email: Some(address.clone()),
            epoch: self.owner.epoch.next(),
            version: Version(self.owner.version.0.saturating_add(1)),
            ..self.owner.clone()
        };
        let release = Write::ReleaseAddress { address: self.address.clone(), except: self.owner.id };
        let turn = Turn::just(Act::Succeed)
            .with(Effect::Renew(Box::new(after)))
            .with(Effect::Write(Write::ConsumeToken(token.digest.clone())))
            .with(Effect::Write(Write::SetAddress { user: self.owner.id, address: Box::new(address) }))
            .with(Effect::Write(release));
        match self.owner.email.as_ref().filter(|old| old.is_proved() && !old.address.names_the_same_mailbox_as(self.address)) {
            Some(old) => {
                let mail = MailKind::AddressChanged { account: self.owner.label(), to: self.address.masked() };
                turn.with(Effect::Notify(Notice { to: old.address.clone(), mail, expires_at: sight.now.plus(NEWS_LIFETIME) }))
            }
            None => turn,
        }
    }

    /// What the mail does, for whoever holds it.
    pub(super) fn meaning(&self) -> MailMeaning {
        MailMeaning::Address { account: self.owner.label(), from: self.from(), to: self.address.to_string() }
    }

    /// The page that waits for the mail.
    pub(super) fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        mailing::page(sight, self.lifetime, self.address.to_string(), MailReason::Address)
    }
}
