//! Whoever signs in, for what asks them for something before the login ends.

use super::{Act, Effect, Sight, Turn};
use crate::ask::Question;
use crate::outcome::DenialCode;
use crate::session::How;
use crate::write::NewUser;
use domain::{Epoch, User, Version};

/// Whoever signs in.
pub(super) enum Comer {
    /// An account that is there.
    There(Box<User>),
    /// One that is made when the flow has succeeded.
    New(Box<NewUser>),
}

impl Comer {
    /// Whoever signs in, as far as the frame knows. None: nobody yet, or somebody who has to prove the account first.
    pub(super) fn of(sight: &Sight<'_>) -> Option<Self> {
        match &sight.frame.user.as_ref()?.how {
            How::BrowserSession(user, _) | How::Authenticated(user) => Some(Self::There(user.clone())),
            How::Created(new) => Some(Self::New(new.clone())),
            How::Proved(..) => None,
        }
    }

    /// The account as it is, or will be.
    pub(super) fn user(&self) -> User {
        match self {
            Self::There(user) => (**user).clone(),
            Self::New(new) => new.as_user(),
        }
    }

    /// How is the account now? With that the answer to every form begins.
    pub(super) fn look(&self) -> Option<Turn> {
        match self {
            Self::There(user) => Some(Turn::ask(Question::FindUser(user.id))),
            Self::New(_) => None,
        }
    }
}

/// The account as it is now. If it was closed, or its past has died, the login ends.
pub(super) fn now(owner: &User, found: Option<Box<User>>) -> Result<Box<User>, Turn> {
    match found {
        Some(now) if now.goes_on_from(owner) => Ok(now),
        lost => Err(Turn::just(Act::Deny(DenialCode::of_lost(lost.as_deref())))),
    }
}

/// The account after so many changes, some of which end what lived on it.
pub(super) fn after(user: User, changes: i64, ends: i64) -> Effect {
    let epoch = Epoch(user.epoch.0.saturating_add(ends));
    let version = Version(user.version.0.saturating_add(changes));
    Effect::Renew(Box::new(User { epoch, version, ..user }))
}
