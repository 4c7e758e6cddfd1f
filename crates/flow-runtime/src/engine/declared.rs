//! The engine's fence around authenticators: what isn't declared doesn't happen.

use crate::authenticator::{Act, Effect, Turn};
use crate::definition::declaration::{Declaration, Establishes, Outcome};
use crate::outcome::Fault;
use crate::session::How;
use crate::write::Write;

/// Faults on the first thing in a turn that the declaration doesn't have.
pub(super) fn check(turn: &Turn, declaration: &'static Declaration) -> Result<(), Fault> {
    let undeclared = |what| Err(Fault::Undeclared { authenticator: declaration.name, what });
    for effect in &turn.effects {
        if let Some(what) = is_the_engines(effect) {
            return undeclared(what);
        }
        if let Some((needed, what)) = establishes(effect)
            && !declaration.establishes.contains(&needed)
        {
            return undeclared(what);
        }
    }
    if let Act::Ask(question) = &turn.act
        && !declaration.asks.contains(&question.kind())
    {
        return undeclared("a question");
    }
    if matches!(turn.act, Act::Show { .. }) && !declaration.shows {
        return undeclared("a page");
    }
    if matches!(turn.act, Act::Pass { .. }) && !declaration.establishes.contains(&Establishes::User) {
        return undeclared("a user");
    }
    match outcome(&turn.act) {
        Some(outcome) if !declaration.outcomes.contains(&outcome) => undeclared("an outcome"),
        _ => Ok(()),
    }
}

/// What only the end of a frame writes. No declaration has it.
fn is_the_engines(effect: &Effect) -> Option<&'static str> {
    match effect {
        Effect::Write(Write::Link(_)) => Some("a link"),
        Effect::Write(Write::CreateUser(_)) => Some("an account"),
        Effect::Write(Write::HandOver { .. }) => Some("a hand-over"),
        _ => None,
    }
}

fn establishes(effect: &Effect) -> Option<(Establishes, &'static str)> {
    match effect {
        Effect::Existing(_) => Some((Establishes::ExistingUser, "an existing user")),
        Effect::Profile(_) => Some((Establishes::Profile, "a profile")),
        Effect::User(chosen) => Some(match &chosen.how {
            How::Created(_) => (Establishes::NewUser, "a new user"),
            How::Proved(..) => (Establishes::Proof, "a proof"),
            How::BrowserSession(..) | How::Authenticated(_) => (Establishes::User, "a user"),
        }),
        Effect::SecondFactor => Some((Establishes::SecondFactor, "a second factor")),
        Effect::Refresh(_)
        | Effect::UsernameTaken
        | Effect::Reasons(_)
        | Effect::Renew(_)
        | Effect::Amend(_)
        | Effect::Agree(_)
        | Effect::Remember(_)
        | Effect::Write(_)
        | Effect::Notify(_)
        | Effect::Say(_) => None,
    }
}

/// How an act ends a turn, for declarations and records. Questions and rejections end none.
pub(super) fn outcome(act: &Act) -> Option<Outcome> {
    match act {
        Act::Ask(_)
        | Act::Reject(_)
        | Act::WrongFact
        | Act::Call { .. }
        | Act::Pass { .. }
        | Act::Review
        | Act::StartOver
        | Act::SignInAnew => None,
        Act::Show { retry: false } | Act::Redirect { .. } => Some(Outcome::Challenged),
        Act::Show { retry: true } => Some(Outcome::Retry),
        Act::Succeed => Some(Outcome::Succeeded),
        Act::Attempted | Act::Retreat => Some(Outcome::Attempted),
        Act::Exhausted => Some(Outcome::Exhausted),
        Act::Deny(_) | Act::DenyWith(_) => Some(Outcome::Denied),
    }
}
