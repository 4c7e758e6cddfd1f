//! Whoever is sent for something else than to sign in meets what the realm's own flow asks of everybody, too.
//!
//! Its flow signs them in. Before the first execution that works on their account, or at the latest when that flow has succeeded, the
//! realm's browser flow runs for them. What would sign them in there has succeeded already, on the way that they came by; everything
//! else is asked as of anybody: terms, a second factor, a no to certain roles.

use super::frames::Called;
use super::run::Run;
use super::turns::{Acted, On};
use crate::authenticator::Authenticator;
use crate::definition::declaration::{Establishes, Need};
use crate::definition::program::{Mode, Program, Runs};
use crate::definition::{ExecutionId, Flow};
use crate::outcome::{DenialCode, Fault};
use crate::policy::RealmPolicy;
use crate::session::{Chosen, Ended, Frame, How, Purpose};
use domain::{Entropy, Timestamp, Wish};

/// What becomes of an execution of the browser flow that would sign somebody in, where it follows another flow.
enum Entry {
    /// They came like that.
    Taken,
    /// They came by another way, which stands after it.
    Beside,
    /// It is asked of everybody, so of them too.
    Asked,
}

impl Run {
    /// Whether the person must go through the realm's browser flow before this execution works on their account.
    pub(super) fn must_pass_before(&self, policy: &RealmPolicy, flow: &Flow, execution: ExecutionId) -> bool {
        let needs = flow.authenticator(execution).map(|authenticator| authenticator.declaration().needs).unwrap_or_default();
        let works_on_an_account = needs.contains(&Need::User) || needs.contains(&Need::Owner);
        let is_there = |chosen: &Chosen| !matches!(chosen.how, How::Created(_));
        works_on_an_account
            && self.session.frame().and_then(|frame| frame.user.as_ref()).is_some_and(is_there)
            && self.must_pass(policy)
    }

    /// Whether the innermost frame serves another wish than to sign in, and its person hasn't been through the browser flow.
    pub(super) fn must_pass(&self, policy: &RealmPolicy) -> bool {
        let Some(frame) = self.session.frame() else { return false };
        let user = frame.user.as_ref().map(|chosen| chosen.how.user().id);
        self.session.request.wish != Wish::SignIn
            && frame.purpose == Purpose::Login
            && frame.signed_in_by.is_none()
            && frame.flow != policy.bindings.browser
            && user.is_some()
            && frame.let_through != user
    }

    /// Sends the person through the browser flow; then this execution has its turn. None: then the flow has succeeded.
    pub(super) fn pass(
        mut self,
        policy: &RealmPolicy,
        before: Option<ExecutionId>,
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<Acted, Fault> {
        let frame = self.session.frame().ok_or(Fault::Frames("no frame to pass from"))?;
        let by = || policy.flow_of(frame)?.authenticator(frame.user_by?).map(|found| found.declaration().name.to_owned());
        let (user, by) = (frame.user.clone(), by().unwrap_or_default());
        if before.is_none() {
            self.session.frames.pop();
        }
        if !self.push_frame(policy, &policy.bindings.browser, Called::Login, entropy) {
            return Ok(Acted::Step(self.deny(DenialCode::FlowGone, now)));
        }
        let browser = self.session.frames.last_mut().ok_or(Fault::Frames("no frame to pass through"))?;
        browser.signed_in_before = user.as_ref().map(|chosen| (chosen.user().id, Program::START));
        (browser.user, browser.signed_in_by, browser.called_by) = (user, Some(by), before);
        Ok(Acted::On(Box::new(self), On::Begin))
    }

    /// The browser flow let the person through; the execution that waited for that has its turn.
    pub(super) fn passed(mut self, before: ExecutionId) -> Result<Acted, Fault> {
        let browser = self.session.frames.pop().ok_or(Fault::Frames("no frame to pass through"))?;
        let frame = self.session.frames.last_mut().ok_or(Fault::Frames("nothing to pass to"))?;
        frame.let_through = browser.user.as_ref().map(|chosen| chosen.how.user().id);
        frame.user = browser.user;
        Ok(Acted::On(Box::new(self), On::Run(before)))
    }
}

/// How this execution of a browser flow ends without a turn, because the person has signed in before. None: it has its turn.
pub(super) fn ends_at_once(program: &Program, frame: &Frame, execution: ExecutionId) -> Option<Ended> {
    match entry(program, frame, execution)? {
        Entry::Taken => Some(Ended::Succeeded),
        Entry::Beside => Some(Ended::Attempted),
        Entry::Asked => None,
    }
}

/// Whether it would sign somebody in who has signed in before.
pub(crate) fn is_behind(program: &Program, frame: &Frame, execution: ExecutionId) -> bool {
    entry(program, frame, execution).is_some()
}

fn entry(program: &Program, frame: &Frame, execution: ExecutionId) -> Option<Entry> {
    let (by, chosen) = (frame.signed_in_by.as_deref()?, frame.user.as_ref()?);
    let own = program.authenticator(execution)?;
    if !signs_in(own.as_ref()) {
        return None;
    }
    let has_the_same = program.authenticators().any(|(_, other)| other.declaration().name == by);
    let is_theirs = |other: &dyn Authenticator| {
        signs_in(other) && if has_the_same { other.declaration().name == by } else { other.may_have_signed_in(chosen) }
    };
    if is_theirs(own.as_ref()) {
        return Some(Entry::Taken);
    }
    let holds_theirs = |id: ExecutionId| {
        let inside = program.inside(id);
        program.authenticators().any(|(other, found)| inside.contains(&other) && is_theirs(found.as_ref()))
    };
    let mut at = execution;
    while at != Program::START {
        let level = program.parent(at);
        if let Some(Runs::Level { mode: Mode::Alternatives, first, .. }) = program.runs(level)
            && program.from(*first).any(|other| other > at && holds_theirs(other))
        {
            return Some(Entry::Beside);
        }
        at = level;
    }
    Some(Entry::Asked)
}

fn signs_in(authenticator: &dyn Authenticator) -> bool {
    authenticator.declaration().establishes.contains(&Establishes::User)
}
