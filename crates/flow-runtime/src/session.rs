//! A login in progress: what is stored of it between two events.

mod memory;

pub use memory::{Errand, Memory, Opens, Recovery};

use crate::definition::{ExecutionId, Revision};
use crate::outcome::{Denial, Finish};
use crate::page::Message;
use crate::position::Position;
use crate::proof::AcceptedProof;
use crate::write::NewUser;
use domain::{
    AuthenticationMethod, AuthorizeRequest, BrokeredIdentity, Digest, EmailAddress, FlowName, FrameId, IdentityId, IdentityKey,
    LinkedIdentity, PassedFlow, ProofKind, RuleName, SessionKey, Timestamp, UpstreamExchange, User, UserId,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most frames that one login may stack.
pub const MAX_FRAMES: usize = 4;

/// A login in progress. It rests in one of the states of [`Rest`]; nothing else can be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthenticationSession {
    /// The row's key: half of the digest of the handle.
    pub key: SessionKey,
    /// The digest of the secret of the browser that started.
    pub browser: Digest,
    /// What the client asked for.
    pub request: AuthorizeRequest,
    /// Flows at work, the innermost last.
    pub frames: Vec<Frame>,
    /// The revisions of all flows that were at work since the login last began. If one of them is revoked, the login ends.
    #[serde(default)]
    pub ran: BTreeSet<Revision>,
    /// Where the login rests.
    pub rest: Rest,
    /// Something to say on the next page.
    pub message: Option<Message>,
    /// Who comes to their account for the first time: it is made in this login, or no login with the identity that they came with has ended
    /// well yet. Starting again doesn't change that.
    #[serde(default)]
    pub newcomer: Option<UserId>,
    /// Whose second factor was set up in this login.
    #[serde(default)]
    pub second_factor_of: Option<UserId>,
    /// The post-login flow that let the person through.
    #[serde(default)]
    pub passed: Option<PassedFlow>,
    /// When the login began.
    pub started_at: Timestamp,
    /// When it is given up.
    pub expires_at: Timestamp,
}

/// Where a login rests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rest {
    /// An execution of the innermost frame shows its page.
    Showing(ExecutionId),
    /// The browser is at a provider; the execution waits.
    AtProvider {
        /// The execution that sent it there.
        execution: ExecutionId,
        /// The trip.
        exchange: UpstreamExchange,
    },
    /// The person is asked what the client may learn.
    Consent(Box<Chosen>),
    /// The end: signed in.
    Finished {
        /// Who, and what goes to the client.
        finish: Box<Finish>,
        /// When.
        at: Timestamp,
    },
    /// The end: a polite no.
    Denied {
        /// Which.
        denial: Denial,
        /// When.
        at: Timestamp,
    },
}

/// What a frame is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Find out who signs in.
    Login,
    /// Decide whose the identity is.
    FirstLogin,
    /// Ask whoever came through a provider for what is missing. It neither links nor changes who signs in.
    PostLogin,
}

/// One flow at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Which.
    pub id: FrameId,
    /// What for.
    pub purpose: Purpose,
    /// The execution of the frame below that called it.
    pub called_by: Option<ExecutionId>,
    /// The flow.
    pub flow: FlowName,
    /// The revision that the frame began with.
    pub revision: Revision,
    /// Where it stands in it.
    pub position: Position,
    /// What executions remember between events.
    pub memory: BTreeMap<ExecutionId, Memory>,
    /// The identity whose owner is sought (first login).
    pub identity: Option<BrokeredIdentity>,
    /// The profile that a new user would get.
    pub profile: Profile,
    /// Whether the profile is to be shown even if nothing is missing.
    pub review_wanted: bool,
    /// Whether the person has looked over the profile.
    #[serde(default)]
    pub reviewed: bool,
    /// The username of the profile, if it turned out to be somebody's.
    #[serde(default)]
    pub taken_username: Option<String>,
    /// The user that the identity may belong to. Nothing is proved by being here.
    pub existing: Option<User>,
    /// That user's identities, as they were when it was found.
    #[serde(default)]
    pub existing_identities: Vec<LinkedIdentity>,
    /// Whether another account has proved the identity's address, so that a proof of the mailbox makes no fresh account.
    pub address_is_anothers: bool,
    /// The linking rule that found that user.
    pub rule: Option<RuleName>,
    /// The proofs of which that rule wants one. None: whatever proves the account.
    #[serde(default)]
    pub demand: Option<BTreeSet<ProofKind>>,
    /// The identities of the provider beside which the person wants the account to have one more.
    pub agreed: BTreeSet<IdentityId>,
    /// Who signs in.
    pub user: Option<Chosen>,
    /// The execution that said so. Whoever leaves its way leaves that too.
    pub user_by: Option<ExecutionId>,
    /// Who had signed in before that, and by which execution: whoever leaves the way of the second one is still nobody else.
    #[serde(default)]
    pub signed_in_before: Option<(UserId, ExecutionId)>,
    /// In the realm's browser flow, where somebody goes through it who was sent for something else: the authenticator that signed them in.
    #[serde(default)]
    pub signed_in_by: Option<String>,
    /// In a flow that serves something else: who went through the realm's browser flow.
    #[serde(default)]
    pub let_through: Option<UserId>,
}

/// How an execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It succeeded.
    Succeeded,
    /// It doesn't apply.
    Attempted,
    /// It can't be tried any more.
    Exhausted,
}

/// Who a frame found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// How that is known.
    pub how: How,
    /// How the person authenticated.
    pub methods: Vec<AuthenticationMethod>,
    /// The identity that was used, if it was one.
    pub identity: Option<IdentityKey>,
    /// When the person authenticated.
    pub auth_time: Timestamp,
}

/// How a frame knows its user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// The browser was signed in already; the digest is its session's. None: that session dies with what this login changes, and another
    /// one follows it.
    BrowserSession(Box<User>, Option<Digest>),
    /// The account authenticated: its password, or an identity that was linked before.
    Authenticated(Box<User>),
    /// A new account, written at the end of the frame.
    Created(Box<NewUser>),
    /// An existing account, shown to be theirs; the link is written at the end of the frame.
    Proved(Box<User>, Box<AcceptedProof>),
}

/// The profile that a new user would get.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The username, as it was given; it may be none that Braid accepts.
    pub username: Option<String>,
    /// The address.
    pub email: Option<ProfileEmail>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
}

impl Profile {
    /// The profile as the provider sent it.
    pub fn of_identity(identity: Option<&BrokeredIdentity>) -> Self {
        let Some(identity) = identity else { return Self::default() };
        Self {
            username: identity.username.as_deref().and_then(domain::text::display_name),
            email: identity.email.as_ref().map(|email| ProfileEmail { address: email.address.clone(), typed: false }),
            given_name: identity.given_name.clone(),
            family_name: identity.family_name.clone(),
        }
    }
}

/// An address in a profile, and whether the person typed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileEmail {
    /// The address.
    pub address: EmailAddress,
    /// A typed address has nobody's word behind it.
    pub typed: bool,
}

/// Names the page that a form belongs to, so that a form from an older page is noticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(pub String);

impl Chosen {
    /// Whether an identity of the account opened it, so that taking the identity off closes it again.
    pub(crate) fn rests_on_identity(&self) -> bool {
        self.identity.is_some() && matches!(self.how, How::BrowserSession(..) | How::Authenticated(_))
    }

    /// Whether the account has a second factor. One that is handed over loses what its claimant set up.
    pub fn has_second_factor(&self) -> bool {
        match &self.how {
            How::Proved(_, proof) if proof.hands_over() => false,
            how => how.user().has_one_time_codes,
        }
    }

    /// Whether the second factor was shown, in this login or in the one that the browser session began with.
    pub fn has_shown_second_factor(&self) -> bool {
        self.methods.contains(&AuthenticationMethod::OneTimeCode)
    }
}

impl How {
    /// The same, with the account as it is now. A new account is only what it was made.
    pub(crate) fn refresh(&mut self, now: Box<User>) {
        match self {
            Self::BrowserSession(user, _) | Self::Authenticated(user) | Self::Proved(user, _) => *user = now,
            Self::Created(_) => {}
        }
    }

    /// The same account, as it is now or is about to be. If its past dies, so does the browser session that knew it; whoever came with it has
    /// shown nothing more by that.
    pub(crate) fn renew(&mut self, now: Box<User>) {
        match self {
            Self::BrowserSession(user, session) if user.epoch != now.epoch => *session = None,
            _ => {}
        }
        self.refresh(now);
    }

    /// More was shown on top of a live session than it stands for: another one takes its place. Whoever has a copy of the old one's
    /// cookie gains nothing.
    pub(crate) fn outgrows_its_session(&mut self) {
        if let Self::BrowserSession(_, session) = self {
            *session = None;
        }
    }

    /// The account as it will be once everything is written.
    pub fn user(&self) -> User {
        match self {
            Self::BrowserSession(user, _) | Self::Authenticated(user) | Self::Proved(user, _) => (**user).clone(),
            Self::Created(new) => new.as_user(),
        }
    }
}

impl AuthenticationSession {
    /// The innermost frame.
    pub fn frame(&self) -> Option<&Frame> {
        self.frames.last()
    }

    /// The id of the page that is shown now.
    pub fn step_id(&self) -> StepId {
        let frame = self.frame().map_or(String::new(), |frame| frame.id.to_string());
        StepId(match &self.rest {
            Rest::Showing(execution) => {
                let memory = self.frame().and_then(|frame| frame.memory.get(execution));
                format!("{frame}.{execution}{}", memory.map_or("", Memory::stage))
            }
            Rest::AtProvider { exchange, .. } => format!("{frame}.{}", exchange.id),
            Rest::Consent(chosen) => format!("consent.{}.{}", chosen.user().subject, chosen.auth_time.as_millis()),
            Rest::Finished { .. } | Rest::Denied { .. } => "end".to_owned(),
        })
    }

    /// Whether the login waits for the mail with this token: the newest one of the page that is shown.
    pub fn waits_for(&self, token: &Digest) -> bool {
        let Rest::Showing(execution) = &self.rest else { return false };
        let memory = self.frame().and_then(|frame| frame.memory.get(execution));
        matches!(memory, Some(Memory::Mail { token: Some(newest), .. }) if newest == token)
    }

    /// Whether the login has ended.
    pub fn is_over(&self) -> bool {
        matches!(self.rest, Rest::Finished { .. } | Rest::Denied { .. })
    }
}
