//! How events reach the login that they belong to.

use super::run::{Asker, Run, Step};
use super::turns::Turning;
use super::walk::choose;
use crate::ask::Question;
use crate::authenticator::{Cause, Input};
use crate::definition::ExecutionId;
use crate::event::{Arrival, Event, Form, action};
use crate::outcome::{DenialCode, Fault, Rejected};
use crate::policy::RealmPolicy;
use crate::session::{AuthenticationSession, Purpose, Rest};
use crate::view::a_way;
use domain::{CallbackParams, Digest, Entropy, ExchangeId, ProviderAlias, Timestamp, Wish};

/// Moves a login that rests by one event.
///
/// A stale or foreign event is [`Step::Rejected`] and changes nothing. A [`Fault`] is a broken world, never a person's doing.
pub fn step(
    policy: &RealmPolicy,
    session: AuthenticationSession,
    event: Event,
    arrival: &Arrival,
    now: Timestamp,
    entropy: &Entropy,
) -> Result<Step, Fault> {
    if session.is_over() || now >= session.expires_at {
        return Ok(Step::Rejected(Rejected::Over));
    }
    let mut run = Run::new(session, arrival.clone());
    let revoked = policy.has_revoked(&run.session);
    match event {
        Event::Form(form) => {
            if form.step != run.session.step_id() {
                return Ok(Step::Rejected(Rejected::OldPage));
            }
            if revoked && form.action != action::RESTART {
                return Ok(run.deny(DenialCode::FlowGone, now));
            }
            run.session.message = None;
            run.form(policy, form, now, entropy)
        }
        _ if revoked => Ok(run.deny(DenialCode::FlowGone, now)),
        Event::Returned { provider, exchange, params } => {
            run.session.message = None;
            run.returned(policy, (&provider, exchange, params), now, entropy)
        }
        Event::MailPressed { token } => {
            run.session.message = None;
            run.mail_pressed(policy, &token, now, entropy)
        }
    }
}

impl Run {
    fn form(self, policy: &RealmPolicy, form: Form, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
        match (form.action.as_str(), self.session.rest.clone()) {
            (action::RESTART, _) => self.start_again(policy, now, entropy),
            (action::LEAVE, _) => Ok(self.deny(DenialCode::Left, now)),
            (action::WAY, Rest::Showing(_)) => self.other_way(policy, &form, now, entropy),
            (action::WAY, Rest::AtProvider { execution, exchange }) => {
                let input = Input::Way { provider: Some(exchange.provider) };
                self.turn(policy, Turning::Input(execution, Cause::Enter, input), now, entropy)
            }
            (_, Rest::Showing(execution)) => self.arrive(policy, execution, Cause::Form(form), now, entropy),
            (action::CONTINUE, Rest::Consent(chosen)) => Ok(self.consent(*chosen)),
            (action::REFUSE, Rest::Consent(_)) => Ok(self.deny(DenialCode::ConsentRefused, now)),
            _ => Ok(Step::Rejected(Rejected::UnknownAction)),
        }
    }

    /// A hint, or a wish for an account or a password, got the person here; who starts again wants to choose. What is to become of
    /// an account's address isn't chosen by starting again.
    fn start_again(mut self, policy: &RealmPolicy, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
        self.session.request.provider_hint = None;
        if matches!(self.session.request.wish, Wish::Create | Wish::Recover) {
            self.session.request.wish = Wish::SignIn;
        }
        self.session.request.prompt.login |= matches!(self.session.rest, Rest::Consent(_));
        self.restart(policy, now, entropy)
    }

    fn other_way(mut self, policy: &RealmPolicy, form: &Form, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
        let wanted = form.text("way").and_then(|id| id.parse().ok()).map(ExecutionId);
        let Some(way) = wanted.and_then(|wanted| a_way(policy, &self.session, wanted, now)) else {
            return Ok(Step::Rejected(Rejected::UnknownAction));
        };
        let execution = way.at;
        let flow = match self.flow(policy) {
            Ok(flow) => flow,
            Err(code) => return Ok(self.deny(code, now)),
        };
        if let Some(frame) = self.session.frames.last_mut() {
            choose(flow.program(), frame, execution);
        }
        self.weigh(policy, &flow, &way.weighed, now);
        let provider = form.text("provider").and_then(|alias| ProviderAlias::parse(alias).ok());
        self.turn(policy, Turning::Input(execution, Cause::Enter, Input::Way { provider }), now, entropy)
    }

    fn returned(
        self,
        policy: &RealmPolicy,
        (provider, id, params): (&ProviderAlias, ExchangeId, CallbackParams),
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<Step, Fault> {
        match self.session.rest.clone() {
            Rest::AtProvider { execution, exchange } if exchange.id == id && exchange.provider == *provider => {
                self.arrive(policy, execution, Cause::Returned(exchange, Box::new(params)), now, entropy)
            }
            _ => Ok(Step::Rejected(Rejected::NotWaiting)),
        }
    }

    /// What a person does in a first login counts only while the identity has no owner.
    fn arrive(
        self,
        policy: &RealmPolicy,
        execution: ExecutionId,
        cause: Cause,
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<Step, Fault> {
        if let Err(code) = self.flow(policy) {
            return Ok(self.deny(code, now));
        }
        let first_login = self.session.frame().filter(|frame| frame.purpose == Purpose::FirstLogin);
        match first_login.and_then(|frame| frame.identity.as_ref()) {
            Some(identity) => {
                let question = Question::FindIdentity(identity.key.clone());
                Ok(self.ask(Asker::StillNew(execution, cause), question))
            }
            None => self.resume(policy, execution, cause, now, entropy),
        }
    }

    /// The execution acts on what the person did.
    pub(super) fn resume(
        self,
        policy: &RealmPolicy,
        execution: ExecutionId,
        cause: Cause,
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<Step, Fault> {
        match &cause {
            Cause::Form(form) => {
                let form = form.clone();
                self.turn(policy, Turning::Input(execution, cause, Input::Form(&form)), now, entropy)
            }
            Cause::MailPressed(token) => {
                let token = token.clone();
                self.turn(policy, Turning::Input(execution, cause, Input::MailPressed(&token)), now, entropy)
            }
            Cause::Returned(exchange, params) => {
                let (exchange, params) = (exchange.clone(), (**params).clone());
                let input = Input::Returned { exchange: &exchange, params };
                self.turn(policy, Turning::Input(execution, cause, input), now, entropy)
            }
            Cause::Enter => Err(Fault::Frames("nobody did anything")),
        }
    }

    fn mail_pressed(self, policy: &RealmPolicy, token: &Digest, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
        match self.session.rest {
            Rest::Showing(execution) if self.session.waits_for(token) => {
                self.arrive(policy, execution, Cause::MailPressed(token.clone()), now, entropy)
            }
            _ => Ok(Step::Rejected(Rejected::DeadLink)),
        }
    }
}
