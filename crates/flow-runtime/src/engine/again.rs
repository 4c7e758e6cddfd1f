//! Looking again: what may have changed between two events, in another tab or on another node.

use super::run::{Asker, Run, Step};
use super::turns::Turning;
use crate::ask::{Fact, Question};
use crate::authenticator::Cause;
use crate::definition::ExecutionId;
use crate::outcome::{DenialCode, Fault};
use crate::page::Message;
use crate::policy::RealmPolicy;
use crate::session::{Chosen, Frame, How, Purpose};
use crate::write::Write;
use domain::{Entropy, Epoch, Timestamp, User};

impl Run {
    /// Somebody else may have finished this first login, in another tab or on another node. Then it is an ordinary one.
    pub(super) fn still_new(
        self,
        policy: &RealmPolicy,
        (execution, cause, question, fact): (ExecutionId, Cause, &Question, Fact),
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<Step, Fault> {
        match fact {
            Fact::FoundIdentity(None) => self.resume(policy, execution, cause, now, entropy),
            fact => self.ordinary(policy, question, fact, now, entropy),
        }
    }

    pub(super) fn unclaimed(
        self,
        policy: &RealmPolicy,
        (execution, question, fact): (ExecutionId, &Question, Fact),
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<Step, Fault> {
        match fact {
            Fact::FoundIdentity(None) => Ok(self.show(execution, now)),
            fact => self.ordinary(policy, question, fact, now, entropy),
        }
    }

    /// What was shown of an account in an earlier event dies with it, and with its epoch.
    pub(super) fn still_so(mut self, policy: &RealmPolicy, fact: Fact, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
        let frame = self.session.frames.last_mut().ok_or(Fault::Frames("no frame to conclude"))?;
        let chosen = frame.user.as_mut().ok_or(Fault::Frames("a flow succeeded without a user"))?;
        let before = as_stored(chosen.user(), &self.writes);
        let is_as_stored = before.epoch == chosen.user().epoch;
        match now_of(chosen, &before, fact).ok_or(Fault::WrongFact { authenticator: "end of a flow" })? {
            Now::There(user) => {
                let id = user.id;
                if is_as_stored {
                    chosen.how.refresh(user);
                }
                self.see_user(id);
                self.turn(policy, Turning::Conclude, now, entropy)
            }
            Now::WithoutIdentity => self.sign_in_anew(policy, now, entropy),
            Now::Gone(code) => Ok(self.deny(code, now)),
        }
    }

    /// Whether username and proved address of an account that is about to be made were found to be free in an earlier event only.
    pub(super) fn unsure_of_what_is_new(&self, frame: &Frame) -> Option<Question> {
        let How::Created(new) = &frame.user.as_ref()?.how else { return None };
        let username = new.username.clone().filter(|name| self.sought_name.as_ref() != Some(name));
        let email = new.proved_address().cloned().filter(|address| self.sought_address.as_ref() != Some(address));
        (username.is_some() || email.is_some()).then_some(Question::FindUsers { username, email })
    }

    /// Whoever lost the username or the address to somebody else meanwhile fills in the account once more, and is told why.
    pub(super) fn still_free(
        mut self,
        policy: &RealmPolicy,
        fact: Fact,
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<Step, Fault> {
        let Fact::FoundUsers(found) = fact else { return Err(Fault::WrongFact { authenticator: "end of a flow" }) };
        let frame = self.session.frames.last_mut().ok_or(Fault::Frames("no frame to conclude"))?;
        let Some(How::Created(new)) = frame.user.as_ref().map(|chosen| &chosen.how) else {
            return Err(Fault::Frames("an account that isn't new"));
        };
        let owns = |user: &User, address| user.linking_domain == new.linking_domain && user.has_proved(address);
        let owned = new.proved_address().filter(|address| found.by_email.iter().any(|user| owns(user, address)));
        let message = match (found.by_username.and_then(|owner| owner.username), owned) {
            (Some(name), _) => Message::UsernameTaken { username: name.to_string() },
            (None, Some(address)) => Message::AddressTaken { address: address.to_string() },
            (None, None) => return self.turn(policy, Turning::Conclude, now, entropy),
        };
        let is_first_login = frame.purpose == Purpose::FirstLogin;
        frame.start_over(false);
        self.writes.clear();
        self.notices.clear();
        self.session.message = Some(message);
        if is_first_login { self.turn(policy, Turning::Begin, now, entropy) } else { self.restart(policy, now, entropy) }
    }

    /// What opened the account was taken off it meanwhile, so whoever came with it is nobody yet.
    pub(super) fn sign_in_anew(mut self, policy: &RealmPolicy, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
        self.writes.clear();
        self.notices.clear();
        self.restart(policy, now, entropy)
    }

    /// The first login turns out to be none: nothing of it is kept, and its caller goes on with the identity's owner.
    fn ordinary(
        mut self,
        policy: &RealmPolicy,
        question: &Question,
        fact: Fact,
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<Step, Fault> {
        if !matches!(fact, Fact::FoundIdentity(Some(_))) {
            return Err(Fault::WrongFact { authenticator: "first login" });
        }
        self.writes.clear();
        self.notices.clear();
        let frame = self.session.frames.pop().ok_or(Fault::Frames("no first login to leave"))?;
        let caller = frame.called_by.ok_or(Fault::Frames("a first login that nobody called"))?;
        self.answered(policy, (caller, Cause::Enter, question, fact), now, entropy)
    }

    /// The account that was found may be the one that another tab or node has just made for this very identity. Their link was
    /// committed with it, so asking for the owner once more tells them apart.
    pub(super) fn show_found(mut self, execution: ExecutionId, now: Timestamp) -> Step {
        let found = self.session.frame().filter(|frame| frame.existing.is_some()).and_then(|frame| frame.identity.as_ref());
        let key = found.filter(|_| self.looked_for_users).map(|identity| identity.key.clone());
        match key {
            Some(key) => {
                self.looked_for_users = false;
                self.ask(Asker::Unclaimed(execution), Question::FindIdentity(key))
            }
            None => self.show(execution, now),
        }
    }
}

/// What has become of somebody who was found in an earlier event.
pub(super) enum Now {
    /// They are who they were.
    There(Box<User>),
    /// The identity that opened the account isn't the account's any more.
    WithoutIdentity,
    /// The account is closed, or its past has died.
    Gone(DenialCode),
}

/// Asks how somebody is now who was found in an earlier event.
pub(super) fn how_now(chosen: &Chosen) -> Question {
    let user = chosen.user().id;
    if chosen.rests_on_identity() { Question::IdentitiesOf(user) } else { Question::FindUser(user) }
}

/// The account as it is until this step is committed: its own writes have not moved the epoch yet.
fn as_stored(user: User, writes: &[Write]) -> User {
    let moves = |write: &&Write| match write {
        Write::SetPassword { user: moved, .. }
        | Write::SetOneTimeCodes { user: moved, .. }
        | Write::SetAddress { user: moved, .. }
        | Write::HandOver { user: moved, .. } => *moved == user.id,
        _ => false,
    };
    let steps = i64::try_from(writes.iter().filter(moves).count()).unwrap_or_default();
    User { epoch: Epoch(user.epoch.0.saturating_sub(steps)), ..user }
}

/// What the answer to [`how_now`] means. None: it is no answer to that.
pub(super) fn now_of(chosen: &Chosen, before: &User, fact: Fact) -> Option<Now> {
    let (user, still_linked) = match fact {
        Fact::FoundUser(found) if !chosen.rests_on_identity() => (found, true),
        Fact::OwnIdentities(Some(found)) if chosen.rests_on_identity() => {
            let still_linked = found.identities.iter().any(|link| Some(&link.key) == chosen.identity.as_ref());
            (Some(Box::new(found.user)), still_linked)
        }
        Fact::OwnIdentities(None) if chosen.rests_on_identity() => (None, false),
        _ => return None,
    };
    Some(match user {
        Some(user) if user.goes_on_from(before) => {
            if still_linked {
                Now::There(user)
            } else {
                Now::WithoutIdentity
            }
        }
        lost => Now::Gone(DenialCode::of_lost(lost.as_deref())),
    })
}
