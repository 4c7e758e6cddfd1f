//! What a trace says.

use flow_runtime::{AuthenticationSession, Fact, PasswordVerdict, Question, Rest};
use persistence::Commit;
use std::fmt::Debug;

fn name_of(value: &impl Debug) -> String {
    format!("{value:?}").split(['(', '{', ' ']).next().unwrap_or_default().to_owned()
}

/// The kinds of what is written.
pub(super) fn kinds(commit: &Commit) -> Vec<String> {
    commit.writes.iter().map(name_of).collect()
}

/// What was asked in short, and what the answer was.
pub(super) fn told(question: &Question, fact: &Fact) -> String {
    match (question, fact) {
        (_, Fact::Password(PasswordVerdict::Right(user))) => format!("that the password of {} is right", user.id),
        (_, Fact::Password(verdict)) => format!("{verdict:?}"),
        (_, Fact::Brokered(Ok(identity))) => format!("{} with {:?}", identity.key, identity.email),
        (_, Fact::FoundIdentity(Some(known))) => format!("that it is {}'s, version {}", known.user.id, known.user.version.0),
        (_, Fact::FoundUsers(found)) => {
            let ids: Vec<String> = found.by_email.iter().map(|user| user.id.to_string()).collect();
            format!("{ids:?} by address")
        }
        (_, Fact::FoundUser(Some(user))) => format!("{} at version {}", user.id, user.version.0),
        (_, fact) => format!("{fact:?}").chars().take(80).collect(),
    }
}

/// Where a login rests, in short.
pub(super) fn where_it_rests(session: &AuthenticationSession) -> String {
    match &session.rest {
        Rest::Finished { finish, .. } => format!("its end, signed in to {}", finish.signed_in.user.id),
        Rest::Denied { denial, .. } => format!("its end: {:?}", denial.code),
        Rest::AtProvider { exchange, .. } => format!("the provider {}", exchange.provider),
        rest => name_of(rest),
    }
}
