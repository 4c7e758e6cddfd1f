//! What a turn changes of the login.

use super::run::Run;
use crate::authenticator::Effect;
use crate::definition::ExecutionId;
use crate::outcome::Fault;
use crate::position::Position;
use crate::session::{Chosen, Frame, How};
use crate::write::Write;
use domain::AuthenticationMethod;
use std::collections::{BTreeMap, BTreeSet};

impl Run {
    /// What an execution wants changed.
    pub(super) fn apply(&mut self, execution: ExecutionId, effect: Effect) -> Result<(), Fault> {
        let frame = self.session.frames.last_mut().ok_or(Fault::Frames("no frame to change"))?;
        match effect {
            Effect::Remember(memory) => _ = frame.memory.insert(execution, memory),
            Effect::Existing(found) => {
                frame.existing = Some(found.user);
                frame.existing_identities = found.identities;
                frame.address_is_anothers = found.address_is_anothers;
                (frame.rule, frame.demand) = (found.rule, found.demand);
            }
            Effect::Refresh(user) => {
                if let Some(known) = frame.existing.as_mut().filter(|known| known.id == user.id) {
                    *known = *user;
                }
            }
            Effect::Reasons(reasons) => self.reasons = Some((execution, *reasons)),
            Effect::Profile(profile) => (frame.profile, frame.reviewed, frame.taken_username) = (profile, true, None),
            Effect::UsernameTaken => frame.taken_username.clone_from(&frame.profile.username),
            Effect::Agree(others) => frame.agreed = others,
            Effect::User(chosen) => {
                let first = frame.user.as_ref().map(|before| before.user().id).zip(frame.user_by.filter(|by| *by != execution));
                frame.signed_in_before = frame.signed_in_before.or(first);
                let (chosen, is_live) = chosen.beside(frame.user.take());
                if is_live {
                    self.session.passed = self.live_passed.take();
                }
                (frame.user, frame.user_by) = (Some(chosen), Some(execution));
            }
            Effect::SecondFactor => {
                let chosen = frame.user.as_mut().ok_or(Fault::Frames("a second factor of nobody"))?;
                if !chosen.has_shown_second_factor() {
                    chosen.methods.push(AuthenticationMethod::OneTimeCode);
                    chosen.how.outgrows_its_session();
                }
            }
            Effect::Renew(user) => match frame.user.as_mut().filter(|chosen| chosen.how.user().id == user.id) {
                Some(chosen) => chosen.how.renew(user),
                None => return Err(Fault::Frames("another account than the one that signs in")),
            },
            Effect::Amend(new) => match frame.user.as_mut().map(|chosen| &mut chosen.how) {
                Some(How::Created(making)) if making.id == new.id => *making = new,
                _ => return Err(Fault::Frames("another account than the one that is made")),
            },
            Effect::Write(write) => {
                if let Write::SetOneTimeCodes { user, .. } = &write {
                    self.session.second_factor_of = Some(*user);
                }
                self.writes.push(write);
            }
            Effect::Notify(notice) => self.notices.push(notice),
            Effect::Say(message) => self.session.message = Some(message),
        }
        Ok(())
    }
}

impl Effect {
    /// Whether it signs in somebody else than who has signed in in this frame. One login is one person's.
    pub(super) fn brings_another(&self, frame: &Frame) -> bool {
        matches!(self, Self::User(chosen) if chosen.is_another(frame))
    }
}

impl Chosen {
    /// Whether this is somebody else than who has signed in in the frame.
    pub(super) fn is_another(&self, frame: &Frame) -> bool {
        let known =
            frame.user.as_ref().map(|before| before.user().id).into_iter().chain(frame.signed_in_before.map(|(user, _)| user));
        let own = self.user().id;
        known.into_iter().any(|other| other != own)
    }

    /// The same account, that this frame may know already: what was shown of it before still counts. Second: whether it is known by a live
    /// session alone.
    fn beside(mut self, before: Option<Self>) -> (Self, bool) {
        let is_live = matches!(self.how, How::BrowserSession(..));
        let Some(mut before) = before else { return (self, is_live) };
        if is_live {
            // A session shows less than what was shown in this very login.
            std::mem::swap(&mut self, &mut before);
        }
        // A session's second factor was shown when that began. Whoever signs in anew beside it shows it anew.
        let is_old = matches!(before.how, How::BrowserSession(..)) && !matches!(self.how, How::BrowserSession(..));
        let counts = |method: &AuthenticationMethod| !is_old || *method != AuthenticationMethod::OneTimeCode;
        let more: Vec<_> = before.methods.into_iter().filter(|method| !self.methods.contains(method) && counts(method)).collect();
        self.methods.extend(more);
        self.identity = self.identity.or(before.identity);
        let is_live = matches!(self.how, How::BrowserSession(..));
        (self, is_live)
    }
}

impl Frame {
    /// As if it had just begun, but it keeps identity and profile.
    pub(super) fn start_over(&mut self, review_wanted: bool) {
        self.position = Position::default();
        self.memory = BTreeMap::new();
        self.agreed = BTreeSet::new();
        (self.existing, self.rule, self.demand) = (None, None, None);
        self.existing_identities = Vec::new();
        self.address_is_anothers = false;
        (self.user, self.user_by, self.signed_in_before) = (None, None, None);
        self.let_through = None;
        self.review_wanted |= review_wanted;
    }
}
