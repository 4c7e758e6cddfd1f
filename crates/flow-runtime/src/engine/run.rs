//! A login that is being moved. It lives in memory only: there is no way to store it.

use crate::ask::{Fact, Question};
use crate::authenticator::Cause;
use crate::definition::declaration::Outcome;
use crate::definition::weighed::Weighed;
use crate::definition::{ExecutionId, Flow};
use crate::event::Arrival;
use crate::linking::Reasons;
use crate::outcome::{Decision, Denial, DenialCode, Next, Rejected};
use crate::policy::RealmPolicy;
use crate::session::{AuthenticationSession, Chosen, How, Rest};
use crate::write::{Guard, Notice, Write};
use domain::{AuditEvent, AuditKind, EmailAddress, PassedFlow, Timestamp, UserId, Username, Version};
use std::collections::{BTreeMap, BTreeSet};

/// What a step comes to.
#[derive(Debug)]
pub enum Step {
    /// The driver answers a question with [`Asking::answer`].
    Ask(Box<Asking>),
    /// The login rests, or has ended: to be committed.
    Rest(Box<Resting>),
    /// The event was stale or foreign. Nothing changes; the current page is shown.
    Rejected(Rejected),
}

/// A login that waits for an answer.
#[derive(Debug)]
pub struct Asking {
    pub(super) run: Run,
    pub(super) asker: Asker,
    pub(super) question: Question,
}

/// Who asked.
#[derive(Debug)]
pub(super) enum Asker {
    /// An execution of the innermost frame.
    Execution(ExecutionId, Cause),
    /// The engine, in a first login, before this execution acts: has the identity been linked meanwhile?
    StillNew(ExecutionId, Cause),
    /// The engine, before a first login shows the account that it found: has the identity been linked meanwhile?
    Unclaimed(ExecutionId),
    /// The engine, before a frame's end: how is the user now, who was found in an earlier event?
    StillSo,
    /// The engine, before a link: which identities has the account now?
    Others,
    /// The engine, before an account is made that was filled in at an earlier event: are its username and its proved address still nobody's?
    StillFree,
    /// The engine, after the flows: what has this user granted the client?
    Grants(Box<Chosen>),
    /// The engine, after consent: how is the user now?
    Consented(Box<Chosen>),
}

impl Asking {
    /// What is asked.
    pub fn question(&self) -> &Question {
        &self.question
    }
}

/// A login at rest, and what its commit is made of.
#[derive(Debug)]
pub struct Resting {
    /// The login.
    pub session: AuthenticationSession,
    /// What follows.
    pub next: Next,
    /// What changes, in order.
    pub writes: Vec<Write>,
    /// What is sent after the commit.
    pub notices: Vec<Notice>,
    /// What the decisions rest on.
    pub guards: Vec<Guard>,
    /// What was decided on the way.
    pub decisions: Vec<Decision>,
}

/// A login on its way from one resting state to the next.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) session: AuthenticationSession,
    pub(super) arrival: Arrival,
    pub(super) writes: Vec<Write>,
    pub(super) notices: Vec<Notice>,
    guards: BTreeMap<UserId, Version>,
    decisions: Vec<Decision>,
    /// Why linking rules came to their verdict, for the decision of the execution that asked them.
    pub(super) reasons: Option<(ExecutionId, Reasons)>,
    pub(super) turns: u32,
    /// Accounts were looked for since the identity's owner was.
    pub(super) looked_for_users: bool,
    /// The username that was looked for in this step.
    pub(super) sought_name: Option<Username>,
    /// The same of an address.
    pub(super) sought_address: Option<EmailAddress>,
    /// The account whose identities were read at the end of the innermost frame.
    pub(super) counted: Option<UserId>,
    /// The post-login flow that the browser session passed which was looked at in this step.
    pub(super) live_passed: Option<PassedFlow>,
    /// Whose identities were read in this step.
    seen: BTreeSet<UserId>,
}

impl Run {
    pub(super) fn new(session: AuthenticationSession, arrival: Arrival) -> Self {
        Self {
            session,
            arrival,
            writes: Vec::new(),
            notices: Vec::new(),
            guards: BTreeMap::new(),
            decisions: Vec::new(),
            reasons: None,
            turns: 0,
            looked_for_users: false,
            sought_name: None,
            sought_address: None,
            counted: None,
            live_passed: None,
            seen: BTreeSet::new(),
        }
    }

    /// What the fact was read from must still be so when this is committed. Of two versions the first counts: something was decided on it.
    pub(super) fn rest_on(&mut self, fact: &Fact) {
        if let Some(user) = fact.rests_on() {
            self.guards.entry(user.id).or_insert(user.version);
        }
    }

    /// Whose identities were read in this step: a live session and an identity that was found are among them.
    pub(super) fn see(&mut self, fact: &Fact) {
        if let Fact::LiveSession(live) = fact {
            self.live_passed = live.as_ref().and_then(|live| live.session.passed.clone());
        }
        if let Fact::FoundIdentity(Some(known)) = fact
            && !known.link.arrived
        {
            self.session.newcomer = Some(known.user.id);
        }
        let seen = match fact {
            Fact::LiveSession(Some(live)) => Some(live.user.id),
            Fact::FoundIdentity(Some(known)) => Some(known.user.id),
            _ => None,
        };
        self.seen.extend(seen);
    }

    /// This account was looked at in this step, with what opened it.
    pub(super) fn see_user(&mut self, user: UserId) {
        self.seen.insert(user);
    }

    /// How an account is that this very step makes: nobody else can know.
    pub(super) fn made_here(&self, question: &Question) -> Option<Fact> {
        let Question::FindUser(wanted) = question else { return None };
        self.writes.iter().find_map(|write| match write {
            Write::CreateUser(new) if new.id == *wanted => Some(Fact::FoundUser(Some(Box::new(new.as_user())))),
            _ => None,
        })
    }

    /// The account that was found in an earlier event, and not looked at since; or whose identity opened it then, which may have been
    /// taken off it since.
    pub(super) fn unsure_of(&self, chosen: &Chosen) -> Option<UserId> {
        let user = chosen.user().id;
        let made = |write: &Write| matches!(write, Write::CreateUser(new) if new.id == user);
        let linked = |write: &Write| matches!(write, Write::Link(link) if link.user == user);
        let is_new = matches!(chosen.how, How::Created(_)) || self.writes.iter().any(made);
        let is_sure = self.guards.contains_key(&user)
            && (!chosen.rests_on_identity() || self.seen.contains(&user) || self.writes.iter().any(linked));
        (!is_new && !is_sure).then_some(user)
    }

    pub(super) fn decide(&mut self, flow: &Flow, execution: ExecutionId, name: &str, outcome: Outcome, at: Timestamp) {
        if let Some(frame) = self.session.frames.last() {
            let (flow, revision) = (flow.name.clone(), flow.revision.clone());
            let reasons = self.reasons.take().filter(|(asked, _)| *asked == execution).map(|(_, reasons)| reasons);
            let name = name.to_owned();
            let user = frame.user.as_ref().map(|chosen| chosen.how.user().id);
            let (frame, condition) = (frame.id, None);
            self.decisions.push(Decision { frame, flow, revision, execution, name, outcome, at, user, reasons, condition });
        }
    }

    /// Keeps what the conditions of sub-flows came to.
    pub(super) fn weighed(&mut self, flow: &Flow, weighed: Vec<(ExecutionId, Weighed)>, at: Timestamp) {
        let Some(frame) = self.session.frames.last() else { return };
        let (user, frame) = (frame.user.as_ref().map(|chosen| chosen.how.user().id), frame.id);
        for (execution, weighed) in weighed {
            let outcome = match weighed.holds {
                Some(true) => Outcome::Entered,
                Some(false) => Outcome::Attempted,
                None => Outcome::Denied,
            };
            self.decisions.push(Decision {
                frame,
                flow: flow.name.clone(),
                revision: flow.revision.clone(),
                execution,
                name: flow.sub_flow(execution).unwrap_or_default().to_owned(),
                outcome,
                at,
                user,
                reasons: None,
                condition: Some(weighed),
            });
        }
    }

    pub(super) fn ask(self, asker: Asker, question: Question) -> Step {
        Step::Ask(Box::new(Asking { run: self, asker, question }))
    }

    pub(super) fn rest(mut self, rest: Rest, next: Next) -> Step {
        self.session.rest = rest;
        let guards = self.guards.into_iter().map(|(user, version)| Guard { user, version }).collect();
        let Self { session, writes, notices, decisions, .. } = self;
        Step::Rest(Box::new(Resting { session, next, writes, notices, guards, decisions }))
    }

    /// Rests on a page, unless the client allows none.
    pub(super) fn show(self, execution: ExecutionId, now: Timestamp) -> Step {
        if self.session.request.prompt.none {
            let somebody = self.session.frame().is_some_and(|frame| frame.user.is_some());
            let code = if somebody { DenialCode::InteractionRequired } else { DenialCode::LoginRequired };
            return self.deny(code, now);
        }
        self.rest(Rest::Showing(execution), Next::Show)
    }

    /// Ends the login with a polite no. Nothing that the login would have changed is written.
    pub(super) fn deny(self, code: DenialCode, now: Timestamp) -> Step {
        self.deny_with(code, None, now)
    }

    /// The same, with words of the flow for the person.
    pub(super) fn deny_with(mut self, code: DenialCode, message: Option<String>, now: Timestamp) -> Step {
        let left = matches!(code, DenialCode::Left | DenialCode::ConsentRefused);
        let denial = Denial { code, to_client: left || self.session.request.prompt.none, message };
        self.writes.clear();
        self.notices.clear();
        if !denial.to_client {
            self.writes.push(Write::Record(AuditEvent {
                kind: AuditKind::LoginRefused,
                user: None,
                subject: None,
                provider: self.session.frame().and_then(|frame| Some(frame.identity.as_ref()?.key.provider.clone())),
                detail: Some(code.as_str().to_owned()),
            }));
        }
        self.rest(Rest::Denied { denial: denial.clone(), at: now }, Next::Denied(denial))
    }

    pub(super) fn policy_has_client(&self, policy: &RealmPolicy) -> bool {
        policy.client(&self.session.request.client).is_some()
    }
}
