//! `cookie`: whoever is signed in in this browser is signed in.

use super::{Act, Authenticator, Effect, Input, Sight, Turn};
use crate::ask::{Fact, LiveSession, Question};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Outcome};
use crate::session::{Chosen, How};
use domain::{BrowserSession, Entropy};
use std::sync::Arc;
use std::time::Duration;

pub(super) static KIND: Kind = Kind { declaration: &DECLARATION, build: |_| Arc::new(Cookie) };

static DECLARATION: Declaration = Declaration {
    name: "cookie",
    summary: "Signs in whoever is signed in in this browser already, unless the client asks for a fresh login.",
    keys: &[],
    needs: &[],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted],
    establishes: &[Establishes::User],
    asks: &[AskKind::LiveSession],
    shows: false,
};

#[derive(Debug)]
struct Cookie;

impl Authenticator for Cookie {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn may_have_signed_in(&self, chosen: &Chosen) -> bool {
        matches!(chosen.how, How::BrowserSession(..))
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match input {
            Input::Enter { arrival } => match &arrival.browser_session {
                Some(digest) if !wants_fresh_login(sight) => Turn::ask(Question::LiveSession(digest.clone())),
                _ => Turn::just(Act::Attempted),
            },
            Input::Fact { fact: Fact::LiveSession(Some(live)), .. } if still_counts(sight, &live) => signed_in(*live),
            Input::Fact { fact: Fact::LiveSession(_), .. } => Turn::just(Act::Attempted),
            _ => Turn::just(Act::WrongFact),
        }
    }
}

fn wants_fresh_login(sight: &Sight<'_>) -> bool {
    let prompt = &sight.session.request.prompt;
    prompt.login || prompt.select_account
}

fn still_counts(sight: &Sight<'_>, live: &LiveSession) -> bool {
    let LiveSession { session, user } = live;
    let age = sight.now.since(session.auth_time);
    let young_enough = sight.session.request.max_age.is_none_or(|most| age <= Duration::from_secs(most));
    user.is_open()
        && user.id == session.user
        && user.epoch == session.epoch
        && sight.now < session.expires_at
        && young_enough
        && has_passed(sight, session)
}

/// Whether whoever came through a provider was let through by the post-login flow that this login would run, as it is now, on the way to the
/// same client: the flow may ask another one's people for more.
fn has_passed(sight: &Sight<'_>, session: &BrowserSession) -> bool {
    let provider = session.identity.as_ref().and_then(|identity| sight.policy.provider(&identity.provider));
    let wanted = provider.and_then(|provider| sight.policy.post_login_flow(provider, &sight.session.request.client));
    let Some(flow) = wanted else { return true };
    let Some(passed) = &session.passed else { return false };
    let as_it_is = sight.policy.revision(flow).is_some_and(|revision| revision.0 == passed.revision);
    passed.flow == *flow && as_it_is && passed.client == sight.session.request.client
}

fn signed_in(live: LiveSession) -> Turn {
    let LiveSession { session, user } = live;
    let chosen = Chosen {
        how: How::BrowserSession(Box::new(user), Some(session.id)),
        methods: session.methods,
        identity: session.identity,
        auth_time: session.auth_time,
    };
    Turn::just(Act::Succeed).with(Effect::User(Box::new(chosen)))
}
