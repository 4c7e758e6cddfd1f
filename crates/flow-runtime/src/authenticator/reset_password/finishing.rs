//! From an opened mailbox to a new password.

use super::super::fields::Reading;
use super::super::{Act, Cause, Effect, Sight, Turn, mailing, new_password, new_user};
use super::too_late;
use crate::ask::{Fact, Question};
use crate::event::Form;
use crate::page::{FieldName, Problem};
use crate::session::{Chosen, How, Memory, Opens, Recovery};
use crate::write::{NewUser, Write};
use domain::{ActionToken, AddressProof, AuthenticationMethod, Entropy, OwnedAddress, Provenance, Secret, TokenPurpose, User};
use std::time::Duration;

/// How is what the mailbox opens now? For what opens nothing, nobody is there who could say.
pub(super) fn look(recovery: &Recovery) -> Turn {
    match recovery.opens {
        Opens::Account(user, _) => Turn::ask(Question::FindUser(user)),
        Opens::FreshAccount | Opens::Elsewhere(_) | Opens::Nobody => {
            Turn::ask(Question::FindUsers { username: None, email: Some(recovery.mailbox.clone()) })
        }
    }
}

/// Whether the mailbox still opens what it opened when the mail was written. None: the answer is another question's.
pub(super) fn still_opens(recovery: &Recovery, fact: &Fact) -> Option<bool> {
    match (&recovery.opens, fact) {
        (Opens::Account(id, epoch), Fact::FoundUser(found)) => {
            Some(found.as_ref().is_some_and(|user| {
                user.is_open() && user.id == *id && user.epoch == *epoch && user.has_proved(&recovery.mailbox)
            }))
        }
        (Opens::FreshAccount, Fact::FoundUsers(found)) => {
            Some(!found.by_email.iter().any(|user| user.has_proved(&recovery.mailbox)))
        }
        (Opens::Elsewhere(_) | Opens::Nobody, Fact::FoundUsers(_)) => Some(false),
        _ => None,
    }
}

/// The mail's token is used up, and the page for the new password is open for a while.
pub(super) fn open(sight: &Sight<'_>, cause: &Cause, recovery: &Recovery, token: &ActionToken, lifetime: Duration) -> Turn {
    let bound_to = match recovery.opens {
        Opens::Account(user, epoch) => Some((user, epoch)),
        Opens::FreshAccount => None,
        Opens::Elsewhere(_) | Opens::Nobody => return mailing::dead(sight, cause),
    };
    if !mailing::opens(sight, token, TokenPurpose::ResetPassword, bound_to, &recovery.mailbox) {
        return mailing::dead(sight, cause);
    }
    let until = sight.now.plus(lifetime);
    let memory = Memory::Opened { recovery: recovery.clone(), until, user: None, problems: Vec::new() };
    Turn::just(Act::Show { retry: false })
        .with(Effect::Remember(memory))
        .with(Effect::Write(Write::ConsumeToken(token.digest.clone())))
}

/// The new password, or what is wrong with it.
pub(super) fn read(form: &Form) -> Result<&Secret, Problem> {
    let mut reading = Reading::of(form);
    new_password::read(&mut reading).ok_or(if form.secret(FieldName::Password.as_str()).is_some() {
        Problem::PasswordLength
    } else {
        Problem::Missing
    })
}

/// The page again, with what was wrong.
pub(super) fn again(sight: &Sight<'_>, problem: Problem) -> Turn {
    remembering(sight, None, Some(problem))
        .map_or_else(|| Turn::just(Act::WrongFact), |memory| Turn::just(Act::Show { retry: true }).with(Effect::Remember(memory)))
}

fn remembering(sight: &Sight<'_>, user: Option<Box<User>>, problem: Option<Problem>) -> Option<Memory> {
    let Some(Memory::Opened { recovery, until, .. }) = sight.memory() else { return None };
    let problems = problem.into_iter().map(|problem| (FieldName::Password, problem)).collect();
    Some(Memory::Opened { recovery: recovery.clone(), until: *until, user, problems })
}

pub(super) fn fact(sight: &Sight<'_>, cause: &Cause, recovery: &Recovery, fact: Fact, entropy: &Entropy) -> Turn {
    let Cause::Form(form) = cause else { return Turn::just(Act::WrongFact) };
    if let Fact::PasswordHash(hash) = fact {
        return match hash {
            Ok(hash) => conclude(sight, recovery, hash, entropy),
            Err(until) => again(sight, Problem::TooManyTries { until }),
        };
    }
    match (still_opens(recovery, &fact), read(form)) {
        (None, _) => Turn::just(Act::WrongFact),
        (Some(false), _) => too_late(sight),
        (Some(true), Err(problem)) => again(sight, problem),
        (Some(true), Ok(password)) => {
            let user = if let Fact::FoundUser(found) = fact { found } else { None };
            let turn = new_password::hash(sight, password);
            match remembering(sight, user, None) {
                Some(memory) => turn.with(Effect::Remember(memory)),
                None => Turn::just(Act::WrongFact),
            }
        }
    }
}

fn conclude(sight: &Sight<'_>, recovery: &Recovery, hash: Secret, entropy: &Entropy) -> Turn {
    match (&recovery.opens, sight.memory()) {
        (Opens::Account(id, _), Some(Memory::Opened { user: Some(user), .. })) if user.id == *id => set(sight, user, hash),
        (Opens::FreshAccount, _) => signs_in(sight, How::Created(Box::new(fresh(sight, recovery, hash, entropy)))),
        _ => Turn::just(Act::WrongFact),
    }
}

/// The account gets the password, and all that lived on it dies.
fn set(sight: &Sight<'_>, user: &User, hash: Secret) -> Turn {
    let (after, effects) = new_password::set(sight, user, hash);
    effects.into_iter().fold(signs_in(sight, How::Authenticated(Box::new(after))), Turn::with)
}

/// Nobody has proved the address: its reader gets an account of their own, and whoever claimed it loses it.
fn fresh(sight: &Sight<'_>, recovery: &Recovery, hash: Secret, entropy: &Entropy) -> NewUser {
    let proof = Some(AddressProof::Mailbox { at: sight.now });
    let email = Some(OwnedAddress { address: recovery.mailbox.clone(), provenance: Provenance::Typed, proof });
    NewUser { email, password_hash: Some(hash), ..new_user::unknown(sight, entropy) }
}

fn signs_in(sight: &Sight<'_>, how: How) -> Turn {
    let methods = vec![AuthenticationMethod::Mail];
    let chosen = Chosen { how, methods, identity: None, auth_time: sight.now };
    Turn::just(Act::Succeed).with(Effect::User(Box::new(chosen)))
}
