//! The driver: answers questions, commits what a login came to, and looks again when the world has moved.

use super::commit::Refused;
use super::{Login, World};
use crate::{Arrival, Event, Fact, Fault, Question, Rejected, Resting, Step, begin, step};
use domain::ExchangeId;

const TRIES: usize = 4;

/// More questions than any event of the shipped flows needs.
const MOST_QUESTIONS: usize = 12;

/// What came of an event.
#[derive(Debug)]
pub enum Came {
    /// It rests, and was committed.
    Rested(Box<Resting>),
    /// The login didn't take the event, and nothing changed.
    Rejected(Rejected),
    /// Every try found the world changed.
    Busy,
    /// It asked more questions than any event of a flow needs.
    Endless,
}

/// What happens between decision and commit.
pub type Race<'r> = &'r mut dyn FnMut(&mut World);

impl World {
    /// Moves a login by an event (or begins it) and stores what it came to.
    pub fn drive(&mut self, login: &mut Login, event: Option<&Event>, race: Race<'_>) -> Result<Came, Fault> {
        self.asked.clear();
        let mut redeemed: Option<(ExchangeId, Fact)> = None;
        for _ in 0..TRIES {
            let resting = match self.attempt(login, event, &mut redeemed)? {
                Step::Rest(resting) => resting,
                Step::Rejected(rejected) => return Ok(Came::Rejected(rejected)),
                Step::Ask(_) => return Ok(Came::Endless),
            };
            race(self);
            match self.commit(login.start.key, &resting) {
                Ok(()) => {
                    login.store(&resting);
                    return Ok(Came::Rested(resting));
                }
                Err(Refused::GuardMoved | Refused::Conflict(_)) => {}
            }
        }
        Ok(Came::Busy)
    }

    fn attempt(
        &mut self,
        login: &Login,
        event: Option<&Event>,
        redeemed: &mut Option<(ExchangeId, Fact)>,
    ) -> Result<Step, Fault> {
        let arrival = Arrival { browser_session: login.cookie.clone() };
        let entropy = self.entropy();
        let mut next = match (event, &login.session) {
            (Some(event), Some(session)) => step(&self.policy, session.clone(), event.clone(), &arrival, self.now, &entropy)?,
            _ => begin(&self.policy, login.start.clone(), &arrival, self.now, &entropy)?,
        };
        for _ in 0..MOST_QUESTIONS {
            let Step::Ask(asking) = next else { return Ok(next) };
            let fact = match (asking.question(), &redeemed) {
                (Question::Redeem { exchange, .. }, Some((id, fact))) if exchange.id == *id => fact.clone(),
                (question, _) => self.answer(login.start.key, question),
            };
            if let Question::Redeem { exchange, .. } = asking.question() {
                *redeemed = Some((exchange.id, fact.clone()));
            }
            let entropy = self.entropy();
            next = asking.answer(&self.policy, fact, self.now, &entropy)?;
        }
        Ok(next)
    }
}
