//! Turns: executions act one after another until the login rests.

use super::again::how_now;
use super::declared;
use super::frames::{Called, keeps_back_a_factor};
use super::joining::{still_opens, stops};
use super::passing::ends_at_once;
use super::run::{Asker, Asking, Run, Step};
use super::walk::{Walk, Walker};
use crate::ask::{Fact, Question};
use crate::authenticator::{Act, Cause, Input, Sight};
use crate::definition::condition::{Condition, Seen};
use crate::definition::weighed::Weighed;
use crate::definition::{ExecutionId, Flow};
use crate::outcome::{DenialCode, Fault, Next};
use crate::policy::RealmPolicy;
use crate::revisions::Pinned;
use crate::session::{AuthenticationSession, Chosen, Ended, Frame, How, Purpose, Rest};
use domain::{Entropy, ExchangeId, FlowName, ProviderAlias, Timestamp, UpstreamExchange};
use std::cell::RefCell;
use std::sync::Arc;

/// More turns between two rests than any flow of the allowed size needs.
const MOST_TURNS: u32 = 10_000;

/// The first turn of a step, and what set it off.
pub(super) enum Turning<'a> {
    /// The innermost frame begins.
    Begin,
    /// Somebody did something.
    Input(ExecutionId, Cause, Input<'a>),
    /// The innermost frame has succeeded, and what was asked at its end is known.
    Conclude,
}

/// What came of a turn.
pub(super) enum Acted {
    /// A step for the driver.
    Step(Step),
    /// The login goes on.
    On(Box<Run>, On),
}

/// Where a login goes on.
pub(super) enum On {
    /// The innermost frame begins.
    Begin,
    /// An execution has its turn.
    Run(ExecutionId),
    /// An execution has ended.
    From(ExecutionId, Ended),
    /// The innermost frame has succeeded.
    Conclude,
    /// A called flow has ended well; its caller has its turn.
    Called(ExecutionId, Input<'static>),
}

impl Asking {
    /// Takes the driver's answer and goes on.
    pub fn answer(self, policy: &RealmPolicy, fact: Fact, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
        let Self { mut run, asker, question } = self;
        run.rest_on(&fact);
        run.see(&fact);
        run.looked_for_users |= matches!(fact, Fact::FoundUsers(_) | Fact::Candidates(_));
        run.sought_name = question.username().cloned().or(run.sought_name);
        run.sought_address = question.address().cloned().or(run.sought_address);
        match asker {
            Asker::Execution(execution, cause) => run.answered(policy, (execution, cause, &question, fact), now, entropy),
            Asker::StillNew(execution, cause) => run.still_new(policy, (execution, cause, &question, fact), now, entropy),
            Asker::Unclaimed(execution) => run.unclaimed(policy, (execution, &question, fact), now, entropy),
            Asker::StillSo => run.still_so(policy, fact, now, entropy),
            Asker::StillFree => run.still_free(policy, fact, now, entropy),
            Asker::Others => run.counted(policy, fact, now, entropy),
            Asker::Grants(chosen) => run.weigh_grants(policy, *chosen, fact, now, entropy),
            Asker::Consented(chosen) => run.consented(policy, *chosen, fact, now, entropy),
        }
    }
}

impl Run {
    /// Back to the start of the login, with nothing remembered but the request.
    pub(super) fn restart(self, policy: &RealmPolicy, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
        match policy.begins_with(self.session.request.wish) {
            Some(current) => self.begin(policy, &current, now, entropy),
            None => Ok(self.deny(DenialCode::FlowGone, now)),
        }
    }

    /// Begins with a flow in this revision.
    pub(super) fn begin(mut self, policy: &RealmPolicy, with: &Pinned, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
        self.session.frames.clear();
        self.session.ran.clear();
        (self.session.passed, self.session.second_factor_of) = (None, None);
        if !self.push_revision(policy, with, Called::Login, &entropy.part("restart")) {
            return Ok(self.deny(DenialCode::FlowGone, now));
        }
        self.turn(policy, Turning::Begin, now, entropy)
    }

    /// Runs executions until one rests, asks, or ends the login.
    pub(super) fn turn(self, policy: &RealmPolicy, first: Turning<'_>, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
        let flow = match self.flow(policy) {
            Ok(flow) => flow,
            Err(code) => return Ok(self.deny(code, now)),
        };
        let acted = match first {
            Turning::Begin => Acted::On(Box::new(self), On::Begin),
            Turning::Conclude => Acted::On(Box::new(self), On::Conclude),
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

    fn go(mut self, policy: &RealmPolicy, flow: &Flow, on: On, now: Timestamp, entropy: &Entropy) -> Result<Acted, Fault> {
        let AuthenticationSession { frames, request, newcomer, .. } = &mut self.session;
        let Some(frame) = frames.last_mut() else { return Err(Fault::Frames("no frame to walk")) };
        let weighed = RefCell::new(Vec::new());
        let holds = |id: ExecutionId, condition: &Condition, frame: &Frame| {
            let seen = Seen { policy, request, newcomer: *newcomer, frame };
            weighed.borrow_mut().push((id, Weighed::of(condition, &seen)));
            condition.holds(&seen)
        };
        let walker = Walker { program: flow.program(), frame, holds: &holds };
        let outcome = match on {
            On::Begin => walker.begin(),
            On::Run(execution) => Ok(Walk::Run(execution)),
            On::From(execution, ended) => walker.on(execution, ended),
            On::Conclude => Ok(Walk::Succeeded),
            On::Called(caller, input) => return self.act(policy, flow, (caller, Cause::Enter, input), now, entropy),
        };
        let has_no_place = matches!(outcome, Ok(Walk::Run(execution)) if !has_a_place(flow, execution, frame));
        let ends = if let Ok(Walk::Run(execution)) = outcome { ends_at_once(flow.program(), frame, execution) } else { None };
        self.weighed(flow, weighed.into_inner(), now);
        match outcome {
            Err(_) => Ok(Acted::Step(self.deny(DenialCode::Undecided, now))),
            Ok(Walk::Run(execution)) if has_no_place => Ok(self.end(execution, Ended::Attempted)),
            Ok(Walk::Run(execution)) if self.must_pass_before(policy, flow, execution) => {
                self.pass(policy, Some(execution), now, entropy)
            }
            Ok(Walk::Run(execution)) if let Some(ended) = ends => Ok(self.end(execution, ended)),
            Ok(Walk::Run(execution)) => {
                let arrival = self.arrival.clone();
                self.act(policy, flow, (execution, Cause::Enter, Input::Enter { arrival: &arrival }), now, entropy)
            }
            Ok(Walk::Succeeded) => self.frame_succeeded(policy, now, entropy),
            Ok(Walk::Failed) => {
                let code = self.nothing_left();
                Ok(Acted::Step(self.deny(code, now)))
            }
        }
    }

    /// Keeps what the conditions come to on a way that somebody has just taken.
    pub(super) fn weigh(&mut self, policy: &RealmPolicy, flow: &Flow, sub_flows: &[ExecutionId], now: Timestamp) {
        let AuthenticationSession { frames, request, newcomer, .. } = &self.session;
        let Some(frame) = frames.last() else { return };
        let seen = Seen { policy, request, newcomer: *newcomer, frame };
        let conditions = sub_flows.iter().filter_map(|id| Some((*id, flow.program().when(*id)?)));
        let weighed = conditions.map(|(id, condition)| (id, Weighed::of(condition, &seen))).collect();
        self.weighed(flow, weighed, now);
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
            if self.session.frame().is_some_and(|frame| effect.brings_another(frame)) {
                return Ok(Acted::Step(self.deny(DenialCode::OtherUser, now)));
            }
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
            Act::Call { flow, identity } => Ok(self.call(policy, &flow, Called::FirstLogin(execution, identity), now, entropy)),
            // What is written for somebody else must not be committed by the pages of their flow.
            Act::Pass { chosen, .. } if self.session.frame().is_some_and(|frame| chosen.is_another(frame)) => {
                Ok(Acted::Step(self.deny(DenialCode::OtherUser, now)))
            }
            Act::Pass { flow, identity, chosen } => {
                Ok(self.call(policy, &flow, Called::PostLogin(execution, identity, chosen), now, entropy))
            }
            Act::Succeed => Ok(self.end(execution, Ended::Succeeded)),
            Act::Attempted | Act::Retreat => Ok(self.end(execution, Ended::Attempted)),
            Act::Exhausted => Ok(self.end(execution, Ended::Exhausted)),
            Act::Review => self.start_over(true),
            Act::StartOver => self.start_over(false),
            Act::SignInAnew => {
                self.session.request.prompt.login = true;
                Ok(Acted::Step(self.sign_in_anew(policy, now, entropy)?))
            }
            Act::Deny(code) => Ok(Acted::Step(self.deny(code, now))),
            Act::DenyWith(message) => Ok(Acted::Step(self.deny_with(DenialCode::DeniedByFlow, message, now))),
            Act::Reject(rejected) => Ok(Acted::Step(Step::Rejected(rejected))),
            Act::WrongFact => Err(Fault::WrongFact { authenticator: declaration.name }),
        }
    }

    fn call(mut self, policy: &RealmPolicy, flow: &FlowName, called: Called, now: Timestamp, entropy: &Entropy) -> Acted {
        if self.push_frame(policy, flow, called, entropy) {
            Acted::On(Box::new(self), On::Begin)
        } else {
            Acted::Step(self.deny(DenialCode::FlowGone, now))
        }
    }

    fn end(self, execution: ExecutionId, ended: Ended) -> Acted {
        Acted::On(Box::new(self), On::From(execution, ended))
    }

    /// The frame starts over and keeps identity and profile.
    fn start_over(mut self, review_wanted: bool) -> Result<Acted, Fault> {
        let frame = self.session.frames.last_mut().ok_or(Fault::Frames("no frame to start over"))?;
        frame.start_over(review_wanted);
        Ok(Acted::On(Box::new(self), On::Begin))
    }

    /// Whoever goes away comes back as somebody whom no flow has let through yet.
    fn redirect(
        mut self,
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
        self.session.passed = None;
        let id = ExchangeId::from_bytes(entropy.id("exchange"));
        let exchange = UpstreamExchange { id, provider, fresh, started_at: now };
        self.rest(Rest::AtProvider { execution, exchange: exchange.clone() }, Next::Redirect(exchange))
    }

    fn frame_succeeded(mut self, policy: &RealmPolicy, now: Timestamp, entropy: &Entropy) -> Result<Acted, Fault> {
        let frame = self.session.frame().ok_or(Fault::Frames("no frame to conclude"))?;
        if frame.user.is_none() {
            return Ok(Acted::Step(self.deny(DenialCode::NoAccount, now)));
        }
        if let (Some(caller), Purpose::Login) = (frame.called_by, frame.purpose) {
            return self.passed(caller);
        }
        if self.must_pass(policy) {
            return self.pass(policy, None, now, entropy);
        }
        if let Some(chosen) = frame.user.as_ref().filter(|chosen| self.unsure_of(chosen).is_some()) {
            let question = how_now(chosen);
            return Ok(Acted::Step(self.ask(Asker::StillSo, question)));
        }
        if let Some(question) = self.unsure_of_what_is_new(frame) {
            return Ok(Acted::Step(self.ask(Asker::StillFree, question)));
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
        if keeps_back_a_factor(policy, frame) {
            return Ok(Acted::Step(self.deny(DenialCode::NoWayLeft, now)));
        }
        let frame = self.session.frames.pop().ok_or(Fault::Frames("no frame to conclude"))?;
        let chosen = self.conclude_frame(&frame, now, policy, entropy)?;
        self.counted = None;
        match (frame.purpose, frame.called_by) {
            (Purpose::Login, _) => Ok(Acted::Step(self.close(policy, chosen, now, entropy))),
            (Purpose::FirstLogin, Some(caller)) => {
                Ok(Acted::On(Box::new(self), On::Called(caller, Input::Called(Box::new(chosen)))))
            }
            (Purpose::PostLogin, Some(caller)) => {
                Ok(Acted::On(Box::new(self), On::Called(caller, Input::LetThrough(Box::new(chosen)))))
            }
            (Purpose::FirstLogin | Purpose::PostLogin, None) => Err(Fault::Frames("a called flow that nobody called")),
        }
    }
}

fn has_a_place(flow: &Flow, execution: ExecutionId, frame: &Frame) -> bool {
    flow.authenticator(execution).is_none_or(|authenticator| authenticator.declaration().has_a_place_in(frame.purpose))
}

fn go_on(mut acted: Acted, policy: &RealmPolicy, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
    loop {
        let (mut run, on) = match acted {
            Acted::Step(step) => return Ok(step),
            Acted::On(run, on) => (run, on),
        };
        let flow = match run.flow(policy) {
            Ok(flow) => flow,
            Err(code) => return Ok(run.deny(code, now)),
        };
        run.count_turn(&flow)?;
        let entropy = entropy.part(&format!("turn {}", run.turns));
        acted = run.go(policy, &flow, on, now, &entropy)?;
    }
}

impl Chosen {
    /// The account, as it was when it was chosen.
    pub fn user(&self) -> domain::User {
        self.how.user()
    }
}
