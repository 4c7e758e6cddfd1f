//! An authenticator that does as it is told.

use domain::{AuthenticationMethod, CanonicalSubject, Entropy, Timestamp, User, UserId, Version};
use flow_runtime::authenticator::{Act, Authenticator, Effect, Input, Sight, Turn};
use flow_runtime::definition::declaration::{AskKind, Declaration, Establishes, Outcome};
use flow_runtime::event::action;
use flow_runtime::outcome::{Rejected, SignedIn};
use flow_runtime::page::WayKind;
use flow_runtime::session::{Chosen, How, Memory};
use flow_runtime::{DenialCode, NewUser, Page, Question};
use std::collections::BTreeMap;
use std::time::Duration;

/// What it does once it is its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// Signs the person in.
    Succeed,
    /// Is content, and finds nobody.
    Pass,
    DoesntApply,
    GivesUp,
    Denies,
}

/// How it gets there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    /// It asks a question first.
    pub(super) asks: bool,
    /// It shows a page, which also lets the person give up.
    pub(super) shows: bool,
    pub(super) deed: Deed,
}

/// The button of its page that gives up.
pub(super) const GIVE_UP: &str = "give-up";

#[derive(Debug)]
pub(super) struct Scripted {
    pub(super) number: u8,
    pub(super) plan: Plan,
}

static DECLARATION: Declaration = Declaration {
    name: "scripted",
    summary: "Does as it is told.",
    keys: &[],
    needs: &[],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged, Outcome::Retry, Outcome::Exhausted, Outcome::Denied],
    establishes: &[Establishes::User],
    asks: &[AskKind::FindUser],
    shows: true,
};

impl Authenticator for Scripted {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn ways(&self, _sight: &Sight<'_>) -> Vec<WayKind> {
        if self.plan.shows { vec![WayKind::Login] } else { Vec::new() }
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match input {
            Input::Enter { .. } | Input::Way { .. } if self.plan.asks => {
                Turn::ask(Question::FindUser(UserId::from_bytes(SOMEBODY)))
            }
            Input::Enter { .. } | Input::Way { .. } | Input::Fact { .. } if self.plan.shows => {
                let nothing = Memory::Form { values: BTreeMap::new(), problems: Vec::new() };
                Turn::just(Act::Show { retry: false }).with(Effect::Remember(nothing))
            }
            Input::Enter { .. } | Input::Way { .. } | Input::Fact { .. } => self.deed(sight.now),
            Input::Form(form) if form.action == action::CONTINUE => self.deed(sight.now),
            Input::Form(form) if form.action == GIVE_UP => Turn::just(Act::Exhausted),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, _sight: &Sight<'_>) -> Option<Page> {
        Some(Page::Login { username: self.number.to_string(), problems: Vec::new() })
    }
}

impl Scripted {
    fn deed(&self, now: Timestamp) -> Turn {
        match self.plan.deed {
            Deed::Succeed => Turn::just(Act::Succeed).with(Effect::User(Box::new(chosen(self.number, now)))),
            Deed::Pass => Turn::just(Act::Succeed),
            Deed::DoesntApply => Turn::just(Act::Attempted),
            Deed::GivesUp => Turn::just(Act::Exhausted),
            Deed::Denies => Turn::just(Act::Deny(DenialCode::NoAccount)),
        }
    }
}

/// All sign the same person in.
const SOMEBODY: [u8; 16] = [1; 16];

/// Which of them it was that signed in.
pub(super) fn number_of(signed_in: &SignedIn, now: Timestamp) -> u8 {
    u8::try_from(signed_in.auth_time.since(now).as_secs()).unwrap()
}

/// How the person is now.
pub(super) fn somebody(now: Timestamp) -> User {
    chosen(0, now).user()
}

fn chosen(number: u8, now: Timestamp) -> Chosen {
    let new = NewUser::unknown(UserId::from_bytes(SOMEBODY), CanonicalSubject::from_bytes(SOMEBODY), now);
    let user = User { version: Version(1), ..new.as_user() };
    let how = How::Authenticated(Box::new(user));
    Chosen {
        how,
        methods: vec![AuthenticationMethod::Password],
        identity: None,
        auth_time: now.plus(Duration::from_secs(number.into())),
    }
}
