//! What executions run. Each authenticator is one file; it decides one thing, and names neither another one nor a URL.

mod address;
mod auto_set_existing_user;
mod change_address;
mod comer;
mod complete_profile;
mod confirm_link;
mod cookie;
mod create_user_if_unique;
mod deny;
mod detect_existing_user;
mod eligible;
mod fields;
mod finding;
pub(crate) mod hand_over;
mod link_by_rule;
mod mailing;
mod names;
mod new_password;
mod new_user;
mod one_time_code;
mod provider;
mod reauthenticate;
mod register;
mod reset_password;
mod review_profile;
mod set_up_one_time_code;
mod terms;
mod update_password;
mod username_and_password;
mod verify_address;
mod verify_by_email;

use crate::ask::{Fact, Question};
use crate::definition::ExecutionId;
use crate::definition::declaration::{Declaration, Kind};
use crate::event::{Arrival, Form};
use crate::linking::Reasons;
use crate::outcome::{DenialCode, Rejected};
use crate::page::{MailMeaning, Message, Page, WayKind};
use crate::policy::RealmPolicy;
use crate::session::{AuthenticationSession, Chosen, Frame, Memory, Profile};
use crate::write::{NewUser, Notice, Write};
use domain::{
    BrokeredIdentity, CallbackParams, Digest, Entropy, FlowName, IdentityId, LinkedIdentity, ProofKind, ProviderAlias, RuleName,
    Timestamp, UpstreamExchange, User,
};
use std::collections::BTreeSet;
use std::fmt;

/// Every kind of authenticator that flows may use.
pub const KINDS: &[&Kind] = &[
    &cookie::KIND,
    &provider::KIND,
    &username_and_password::KIND,
    &register::KIND,
    &reset_password::KIND,
    &verify_address::KIND,
    &change_address::KIND,
    &review_profile::KIND,
    &link_by_rule::KIND,
    &create_user_if_unique::KIND,
    &confirm_link::KIND,
    &verify_by_email::KIND,
    &reauthenticate::KIND,
    &detect_existing_user::KIND,
    &auto_set_existing_user::KIND,
    &terms::KIND,
    &complete_profile::KIND,
    &update_password::KIND,
    &one_time_code::KIND,
    &set_up_one_time_code::KIND,
    &deny::KIND,
];

/// Runs one execution. It sees the login, takes an input, and says what to do; it changes nothing itself.
pub trait Authenticator: fmt::Debug + Send + Sync {
    /// What it declares.
    fn declaration(&self) -> &'static Declaration;

    /// Whether this person could use it here. What doesn't apply is skipped and never offered.
    fn applies(&self, _sight: &Sight<'_>) -> bool {
        true
    }

    /// How it is offered to somebody who is at another alternative.
    fn ways(&self, _sight: &Sight<'_>) -> Vec<WayKind> {
        Vec::new()
    }

    /// The proof that it could take here for the account that was found; [`ProofKind::Created`] if it would lead to a fresh account.
    fn proves(&self, _sight: &Sight<'_>) -> Option<ProofKind> {
        None
    }

    /// Whether somebody who signed in like this elsewhere could have come by it.
    fn may_have_signed_in(&self, _chosen: &Chosen) -> bool {
        false
    }

    /// Whether it would link on a trusted word, with nothing asked. `links_alone`: the rule that found the account says so.
    fn takes_a_word(&self, _links_alone: bool) -> bool {
        false
    }

    /// Whether somebody whose provider vouches for the address may learn here that an account has it.
    fn reveals_accounts(&self) -> bool {
        false
    }

    /// Takes its turn.
    fn act(&self, sight: &Sight<'_>, input: Input<'_>, entropy: &Entropy) -> Turn;

    /// What its newest mail would do, for whoever holds that mail.
    fn mail(&self, _sight: &Sight<'_>) -> Option<MailMeaning> {
        None
    }

    /// Its page, drawn from what it remembers.
    fn page(&self, _sight: &Sight<'_>) -> Option<Page> {
        None
    }
}

/// What an authenticator sees.
#[derive(Clone, Copy)]
pub struct Sight<'a> {
    /// The realm.
    pub policy: &'a RealmPolicy,
    /// The login.
    pub session: &'a AuthenticationSession,
    /// The frame that it works in.
    pub frame: &'a Frame,
    /// Its own number in the flow.
    pub execution: ExecutionId,
    /// The time.
    pub now: Timestamp,
}

impl<'a> Sight<'a> {
    /// What this execution remembers.
    pub fn memory(&self) -> Option<&'a Memory> {
        self.frame.memory.get(&self.execution)
    }

    /// The provider that the frame's identity came from: its name on pages.
    pub fn provider_name(&self) -> String {
        let alias = self.frame.identity.as_ref().map(|identity| &identity.key.provider);
        alias.map_or_else(String::new, |alias| self.name_of(alias))
    }

    /// What a provider is called on pages.
    pub fn name_of(&self, alias: &ProviderAlias) -> String {
        self.policy.provider(alias).map_or_else(|| alias.to_string(), |provider| provider.name.clone())
    }

    /// What the person is called at that provider.
    pub fn identity_label(&self) -> String {
        self.frame.identity.as_ref().map(BrokeredIdentity::label).unwrap_or_default()
    }

    /// Whether the rule that found the account is content with this proof.
    pub fn accepts(&self, kind: ProofKind) -> bool {
        self.frame.demand.as_ref().is_none_or(|demand| demand.contains(&kind))
    }

    /// The client's name on pages.
    pub fn client_name(&self) -> String {
        let id = &self.session.request.client;
        self.policy.client(id).map_or_else(|| id.to_string(), |client| client.name.clone())
    }
}

/// What an authenticator is given.
#[derive(Debug)]
pub enum Input<'a> {
    /// Its turn begins.
    Enter {
        /// What the browser brought.
        arrival: &'a Arrival,
    },
    /// The person chose it, perhaps with a provider.
    Way {
        /// The provider.
        provider: Option<ProviderAlias>,
    },
    /// The person sent its form.
    Form(&'a Form),
    /// The answer to its question.
    Fact {
        /// What it was doing when it asked.
        cause: &'a Cause,
        /// The question.
        question: &'a Question,
        /// The answer.
        fact: Fact,
    },
    /// The browser is back from its trip.
    Returned {
        /// The trip.
        exchange: &'a UpstreamExchange,
        /// What came back.
        params: CallbackParams,
    },
    /// The mail's button was pressed in the browser that started.
    MailPressed(&'a Digest),
    /// The flow that it called found somebody.
    Called(Box<Chosen>),
    /// The post-login flow that it called let them through.
    LetThrough(Box<Chosen>),
}

/// What set off a chain of questions. It lives in memory only, because forms may hold passwords.
#[derive(Debug)]
pub enum Cause {
    /// The execution's turn began, or the person chose it.
    Enter,
    /// A form.
    Form(Form),
    /// Back from a trip, with what came along.
    Returned(UpstreamExchange, Box<CallbackParams>),
    /// The mail's button.
    MailPressed(Digest),
}

/// What an authenticator does with its input.
#[derive(Debug)]
pub struct Turn {
    /// What becomes of the login, in order.
    pub effects: Vec<Effect>,
    /// What follows.
    pub act: Act,
}

/// What follows a turn.
#[derive(Debug)]
pub enum Act {
    /// The driver is asked; the answer comes as [`Input::Fact`].
    Ask(Box<Question>),
    /// The page is shown, for the first time or again.
    Show {
        /// Whether this is a new try on the same page.
        retry: bool,
    },
    /// The browser goes to a provider.
    Redirect {
        /// Which.
        provider: ProviderAlias,
        /// Whether it must ask for credentials again, whatever the client asked for.
        fresh: bool,
    },
    /// A flow is called to find the identity's owner; its answer comes as [`Input::Called`].
    Call {
        /// The flow.
        flow: FlowName,
        /// The identity.
        identity: Box<BrokeredIdentity>,
    },
    /// A post-login flow is called for whoever came with an identity; its answer comes as [`Input::LetThrough`].
    Pass {
        /// The flow.
        flow: FlowName,
        /// The identity.
        identity: Box<BrokeredIdentity>,
        /// Who came.
        chosen: Box<Chosen>,
    },
    /// It did what it is there for.
    Succeed,
    /// It doesn't apply to this person.
    Attempted,
    /// It can't be tried any more.
    Exhausted,
    /// The trip failed: back to where the person can choose again.
    Retreat,
    /// The frame starts over and shows the profile.
    Review,
    /// The frame starts over, because what it had found out isn't so any more.
    StartOver,
    /// The login starts over, and a live session isn't enough any more.
    SignInAnew,
    /// The login ends.
    Deny(DenialCode),
    /// The flow ends the login, perhaps with words of its own.
    DenyWith(Option<String>),
    /// The event doesn't belong here; nothing changes.
    Reject(Rejected),
    /// The answer doesn't fit the question: a broken world.
    WrongFact,
}

/// What a turn changes of the login.
#[derive(Debug)]
pub enum Effect {
    /// To be remembered by this execution.
    Remember(Memory),
    /// The user that the identity may belong to.
    Existing(Box<Found>),
    /// The user that the identity may belong to, as it is now. It is the one that was found.
    Refresh(Box<User>),
    /// Why linking rules came to their verdict.
    Reasons(Box<Reasons>),
    /// The profile that a new user would get.
    Profile(Profile),
    /// The username of that profile is somebody's.
    UsernameTaken,
    /// The person wants the account to have one more identity of the provider, beside these.
    Agree(BTreeSet<IdentityId>),
    /// Who signs in.
    User(Box<Chosen>),
    /// Whoever signs in has shown the account's second factor.
    SecondFactor,
    /// The account that signs in, as it is now or as this commit makes it. It is the same one.
    Renew(Box<User>),
    /// The account that is about to be made, with more that is known of it. It is the same one.
    Amend(Box<NewUser>),
    /// A change for the commit.
    Write(Write),
    /// A mail for after the commit.
    Notify(Notice),
    /// Something to say on the next page.
    Say(Message),
}

/// An account that the identity may belong to. Nothing is proved by being found.
#[derive(Debug)]
pub struct Found {
    /// The account.
    pub user: User,
    /// Its identities, the primary one first.
    pub identities: Vec<LinkedIdentity>,
    /// Whether another account has proved the identity's address, so that nobody can take it.
    pub address_is_anothers: bool,
    /// The rule that found it.
    pub rule: Option<RuleName>,
    /// The proofs of which that rule wants one. None: whatever proves the account.
    pub demand: Option<BTreeSet<ProofKind>>,
}

impl Turn {
    /// Nothing but what follows.
    pub fn just(act: Act) -> Self {
        Self { effects: Vec::new(), act }
    }

    /// A question.
    pub fn ask(question: Question) -> Self {
        Self::just(Act::Ask(Box::new(question)))
    }

    /// Adds an effect.
    #[must_use]
    pub fn with(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }
}
