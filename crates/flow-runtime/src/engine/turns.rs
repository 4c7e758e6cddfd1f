//! Turns: executions act one after another until the login rests.

use super::again::how_now;
use super::declared;
use super::joining::{still_opens, stops};
use super::run::{Asker, Asking, Run, Step};
use super::walk::{Walk, rests_on, walk};
use crate::ask::{Fact, Question};
use crate::authenticator::{Act, Cause, Effect, Input, Sight};
use crate::definition::{ExecutionId, Flow};
use crate::outcome::{DenialCode, Fault, Next};
use crate::policy::RealmPolicy;
use crate::session::{Chosen, Ended, Frame, How, Purpose, Rest};
use domain::{Entropy, ExchangeId, ProviderAlias, Timestamp, UpstreamExchange};
use std::collections::BTreeMap;
use std::sync::Arc;

/// More turns between two rests than any flow of the allowed size needs.
const MOST_TURNS: u32 = 10_000;

/// The first turn of a step, and what set it off.
pub(super) enum Turning<'a> {
    Input(ExecutionId, Cause, Input<'a>),
    Walk,
}

/// What came of a turn.
enum Acted {
    /// A step for the driver.
    Step(Step),
    /// The next execution has its turn.
    Walk(Box<Run>),
    /// A called flow found somebody; its caller has its turn.
    Called(Box<Run>, ExecutionId, Box<Chosen>),
}

impl Asking {
    /// Takes the driver's answer and goes on.
    pub fn answer(self, policy: &RealmPolicy, fact: Fact, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
        let Self { mut run, asker, question } = self;
        run.rest_on(&fact);
        run.see(&fact);
        run.looked_for_users |= matches!(fact, Fact::FoundUsers(_) | Fact::Candidates(_));
        match asker {
            Asker::Execution(execution, cause) => run.answered(policy, (execution, cause, &question, fact), now, entropy),
            Asker::StillNew(execution, cause) => run.still_new(policy, (execution, cause, &question, fact), now, entropy),
            Asker::Unclaimed(execution) => run.unclaimed(policy, (execution, &question, fact), now, entropy),
            Asker::StillSo => run.still_so(policy, fact, now, entropy),
            Asker::Others => run.counted(policy, fact, now, entropy),
            Asker::Grants(chosen) => run.weigh_grants(policy, *chosen, fact, now, entropy),
            Asker::Consented(chosen) => run.consented(policy, *chosen, fact, now, entropy),
        }
    }
}

impl Run {
    /// Back to the start of the login, with nothing remembered but the request.
    pub(super) fn restart(mut self, policy: &RealmPolicy, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
        self.session.frames.clear();
        let flow = policy.flow_for(self.session.request.wish);
        if !self.push_frame(policy, flow, None, &entropy.part("restart")) {
            return Ok(self.deny(DenialCode::FlowGone, now));
        }
        self.turn(policy, Turning::Walk, now, entropy)
    }

    /// Runs executions until one rests, asks, or ends the login.
    pub(super) fn turn(self, policy: &RealmPolicy, first: Turning<'_>, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
        let flow = match self.flow(policy) {
            Ok(flow) => flow,
            Err(code) => return Ok(self.deny(code, now)),
        };
        let acted = match first {
            Turning::Walk => Acted::Walk(Box::new(self)),
            Turning::Input(execution, cause, input) => {
                self.act(policy, &flow, (execution, cause, input), now, &entropy.part("first turn"))?
            }
        };
        go_on(acted, policy, now, entropy)
    }

    pub(super) fn answered(
        mut self,
        policy: &RealmPolicy,
        (execution, cause, question, fact): (ExecutionId, Cause, &Question, Fact),
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<Step, Fault> {
        let flow = match self.flow(policy) {
            Ok(flow) => flow,
            Err(code) => return Ok(self.deny(code, now)),
        };
        self.count_turn(&flow)?;
        let entropy_here = entropy.part("answer");
        let (sight, authenticator) = self.sight(policy, &flow, execution, now)?;
        let turn = authenticator.act(&sight, Input::Fact { cause: &cause, question, fact }, &entropy_here);
        let acted = self.follow(policy, &flow, (execution, cause, turn), now, &entropy_here)?;
        go_on(acted, policy, now, entropy)
    }

    /// The flow of the innermost frame, if it may still run: a disabled provider opens nothing, also for what is in flight.
    pub(super) fn flow(&self, policy: &RealmPolicy) -> Result<Arc<Flow>, DenialCode> {
        let frame = self.session.frame().ok_or(DenialCode::FlowGone)?;
        // A browser session has a life of its own.
        let came = frame.user.as_ref().filter(|chosen| !matches!(chosen.how, How::BrowserSession(..)));
        let came_with = came.and_then(|chosen| chosen.identity.as_ref());
        let mut keys = frame.identity.iter().map(|identity| &identity.key).chain(came_with);
        match keys.find_map(|key| policy.refusal_of(key)) {
            Some(refusal) => Err(refusal),
            None => policy.flow_of(frame).map(Arc::clone).ok_or(DenialCode::FlowGone),
        }
    }

    fn count_turn(&mut self, flow: &Flow) -> Result<(), Fault> {
        self.turns += 1;
        if self.turns > MOST_TURNS { Err(Fault::Restless { flow: flow.name.clone() }) } else { Ok(()) }
    }

    fn walk_on(mut self, policy: &RealmPolicy, flow: &Flow, now: Timestamp, entropy: &Entropy) -> Result<Acted, Fault> {
        let Some(frame) = self.session.frames.last_mut() else { return Err(Fault::Frames("no frame to walk")) };
        match walk(&flow.level, frame, policy) {
            Err(_) => Ok(Acted::Step(self.deny(DenialCode::Undecided, now))),
            Ok(Walk::Decided(execution, holds)) => {
                frame.conditions.insert(execution, holds);
                Ok(Acted::Walk(Box::new(self)))
            }
            Ok(Walk::Run(execution)) if !has_a_place(flow, execution, frame) => self.end(execution, Ended::Attempted),
            Ok(Walk::Run(execution)) => {
                let arrival = self.arrival.clone();
                self.act(policy, flow, (execution, Cause::Enter, Input::Enter { arrival: &arrival }), now, entropy)
            }
            Ok(Walk::Ended(Ended::Succeeded)) => self.frame_succeeded(policy, flow, now, entropy),
            Ok(Walk::Ended(Ended::Attempted | Ended::Exhausted) | Walk::NotThere) => {
                let code = self.nothing_left();
                Ok(Acted::Step(self.deny(code, now)))
            }
        }
    }

    fn nothing_left(&self) -> DenialCode {
        let nobody_found =
            self.session.frame().is_some_and(|frame| frame.purpose == Purpose::FirstLogin && frame.existing.is_none());
        match (self.session.request.prompt.none, nobody_found) {
            (true, _) => DenialCode::LoginRequired,
            (false, true) => DenialCode::NoAccount,
            (false, false) => DenialCode::NoWayLeft,
        }
    }

    fn act(
        self,
        policy: &RealmPolicy,
        flow: &Flow,
        (execution, cause, input): (ExecutionId, Cause, Input<'_>),
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<Acted, Fault> {
        let (sight, authenticator) = self.sight(policy, flow, execution, now)?;
        let turn = authenticator.act(&sight, input, entropy);
        self.follow(policy, flow, (execution, cause, turn), now, entropy)
    }

    fn sight<'a>(
        &'a self,
        policy: &'a RealmPolicy,
        flow: &'a Flow,
        execution: ExecutionId,
        now: Timestamp,
    ) -> Result<(Sight<'a>, &'a Arc<dyn crate::authenticator::Authenticator>), Fault> {
        let frame = self.session.frame().ok_or(Fault::Frames("no frame to act in"))?;
        let authenticator = flow.authenticator(execution).ok_or(Fault::Frames("no such execution"))?;
        Ok((Sight { policy, session: &self.session, frame, execution, now }, authenticator))
    }

    fn follow(
        mut self,
        policy: &RealmPolicy,
        flow: &Flow,
        (execution, cause, turn): (ExecutionId, Cause, crate::authenticator::Turn),
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<Acted, Fault> {
        let declaration = flow.authenticator(execution).ok_or(Fault::Frames("no such execution"))?.declaration();
        declared::check(&turn, declaration)?;
        for effect in turn.effects {
            self.apply(execution, effect)?;
        }
        if let Some(outcome) = declared::outcome(&turn.act) {
            self.decide(flow, execution, declaration.name, outcome, now);
        }
        match turn.act {
            Act::Ask(question) => match self.made_here(&question) {
                Some(fact) => Ok(Acted::Step(self.answered(policy, (execution, cause, &question, fact), now, entropy)?)),
                None => Ok(Acted::Step(self.ask(Asker::Execution(execution, cause), *question))),
            },
            Act::Show { .. } => Ok(Acted::Step(self.show_found(execution, now))),
            Act::Redirect { provider, fresh } => Ok(Acted::Step(self.redirect(execution, (provider, fresh), now, entropy))),
            Act::Call { flow, identity } => {
                if self.push_frame(policy, &flow, Some((execution, identity)), entropy) {
                    Ok(Acted::Walk(Box::new(self)))
                } else {
                    Ok(Acted::Step(self.deny(DenialCode::FlowGone, now)))
                }
            }
            Act::Succeed => self.end(execution, Ended::Succeeded),
            Act::Attempted | Act::Retreat => self.end(execution, Ended::Attempted),
            Act::Exhausted => self.end(execution, Ended::Exhausted),
            Act::Review => self.start_over(true),
            Act::StartOver => self.start_over(false),
            Act::Deny(code) => Ok(Acted::Step(self.deny(code, now))),
            Act::Reject(rejected) => Ok(Acted::Step(Step::Rejected(rejected))),
            Act::WrongFact => Err(Fault::WrongFact { authenticator: declaration.name }),
        }
    }

    fn apply(&mut self, execution: ExecutionId, effect: Effect) -> Result<(), Fault> {
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
            Effect::Profile(profile) => frame.profile = profile,
            Effect::User(chosen) => (frame.user, frame.user_by) = (Some(*chosen), Some(execution)),
            Effect::Renew(user) => match frame.user.as_mut().filter(|chosen| chosen.how.user().id == user.id) {
                Some(chosen) => chosen.how.renew(user),
                None => return Err(Fault::Frames("another account than the one that signs in")),
            },
            Effect::Write(write) => self.writes.push(write),
            Effect::Notify(notice) => self.notices.push(notice),
            Effect::Say(message) => self.session.message = Some(message),
        }
        Ok(())
    }

    /// A way that was chosen stays the first one while it goes on.
    fn end(mut self, execution: ExecutionId, ended: Ended) -> Result<Acted, Fault> {
        let frame = self.session.frames.last_mut().ok_or(Fault::Frames("no frame to end in"))?;
        frame.ended.insert(execution, ended);
        frame.chosen = frame.chosen.filter(|chosen| *chosen != execution || ended == Ended::Succeeded);
        Ok(Acted::Walk(Box::new(self)))
    }

    /// The frame starts over and keeps identity and profile.
    fn start_over(mut self, review_wanted: bool) -> Result<Acted, Fault> {
        let frame = self.session.frames.last_mut().ok_or(Fault::Frames("no frame to start over"))?;
        frame.ended = BTreeMap::new();
        frame.conditions = BTreeMap::new();
        frame.memory = BTreeMap::new();
        frame.chosen = None;
        (frame.existing, frame.rule, frame.demand) = (None, None, None);
        frame.existing_identities = Vec::new();
        frame.address_is_anothers = false;
        (frame.user, frame.user_by) = (None, None);
        frame.review_wanted |= review_wanted;
        Ok(Acted::Walk(Box::new(self)))
    }

    fn redirect(
        self,
        execution: ExecutionId,
        (provider, fresh): (ProviderAlias, bool),
        now: Timestamp,
        entropy: &Entropy,
    ) -> Step {
        let request = &self.session.request;
        if request.prompt.none {
            return self.deny(DenialCode::LoginRequired, now);
        }
        let fresh = fresh || request.prompt.login || request.max_age.is_some();
        let id = ExchangeId::from_bytes(entropy.id("exchange"));
        let exchange = UpstreamExchange { id, provider, fresh, started_at: now };
        self.rest(Rest::AtProvider { execution, exchange: exchange.clone() }, Next::Redirect(exchange))
    }

    fn frame_succeeded(mut self, policy: &RealmPolicy, flow: &Flow, now: Timestamp, entropy: &Entropy) -> Result<Acted, Fault> {
        let frame = self.session.frame().ok_or(Fault::Frames("no frame to conclude"))?;
        if !frame.user_by.is_some_and(|execution| rests_on(&flow.level, execution, frame, policy)) {
            return Ok(Acted::Step(self.deny(DenialCode::NoAccount, now)));
        }
        if let Some(chosen) = frame.user.as_ref().filter(|chosen| self.unsure_of(chosen).is_some()) {
            let question = how_now(chosen);
            return Ok(Acted::Step(self.ask(Asker::StillSo, question)));
        }
        if let Some(user) = self.uncounted(frame) {
            return Ok(Acted::Step(self.count(user)));
        }
        if !still_opens(policy, frame) {
            self.counted = None;
            return self.start_over(false);
        }
        if let Some(code) = stops(policy, frame, now) {
            return Ok(Acted::Step(self.deny(code, now)));
        }
        let frame = self.session.frames.pop().ok_or(Fault::Frames("no frame to conclude"))?;
        let chosen = self.conclude_frame(&frame, now, policy, entropy)?;
        self.counted = None;
        match (frame.purpose, frame.called_by) {
            (Purpose::Login, _) => Ok(Acted::Step(self.close(policy, chosen, now, entropy))),
            (Purpose::FirstLogin, Some(caller)) => Ok(Acted::Called(Box::new(self), caller, Box::new(chosen))),
            (Purpose::FirstLogin, None) => Err(Fault::Frames("a first login that nobody called")),
        }
    }
}

fn has_a_place(flow: &Flow, execution: ExecutionId, frame: &Frame) -> bool {
    flow.authenticator(execution).is_none_or(|authenticator| authenticator.declaration().has_a_place_in(frame.purpose))
}

fn go_on(mut acted: Acted, policy: &RealmPolicy, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
    loop {
        let (mut run, back) = match acted {
            Acted::Step(step) => return Ok(step),
            Acted::Walk(run) => (run, None),
            Acted::Called(run, caller, chosen) => (run, Some((caller, chosen))),
        };
        let flow = match run.flow(policy) {
            Ok(flow) => flow,
            Err(code) => return Ok(run.deny(code, now)),
        };
        run.count_turn(&flow)?;
        let entropy = entropy.part(&format!("turn {}", run.turns));
        acted = match back {
            None => run.walk_on(policy, &flow, now, &entropy)?,
            Some((caller, chosen)) => run.act(policy, &flow, (caller, Cause::Enter, Input::Called(chosen)), now, &entropy)?,
        };
    }
}

impl Chosen {
    /// The account, as it was when it was chosen.
    pub fn user(&self) -> domain::User {
        self.how.user()
    }
}
