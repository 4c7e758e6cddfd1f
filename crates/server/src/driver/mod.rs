//! The driver: asks the runtime what follows an event, finds the answers to its questions, commits, and looks again when the
//! world moved meanwhile.

mod answers;

use answers::Cost;
pub(crate) use answers::read;

use crate::adapters;
use crate::braid::Shared;
use crate::handle::{Content, Handle};
use crate::password::PasswordError;
use crate::realm::Realm;
use domain::{BrokeredIdentity, ExchangeId, SessionKey, Timestamp, UpstreamFailure, Version};
use downstream::CodeGrant;
use downstream::code::issue_code;
use flow_runtime::{Arrival, AuthenticationSession, Event, Fact, Fault, Finish, Next, Rejected, Resting, SignedIn, Step};
use persistence::{Commit, Committed, SessionWrite, StoreError};
use std::sync::Arc;

/// How often a login looks again because somebody else was faster. Each time somebody got on, so this is no livelock.
const LOOKS: u32 = 8;

/// Why an event could not be worked on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DriveError {
    #[error("the database failed")]
    Store(#[from] StoreError),
    #[error("the runtime found a broken world")]
    Fault(#[from] Fault),
    #[error("a password could not be worked on")]
    Password(#[from] PasswordError),
    #[error("others were faster each time")]
    Busy,
}

/// What came of an event.
pub(crate) enum Driven {
    /// Committed: this follows.
    On(Box<AuthenticationSession>, Next),
    /// Nothing to commit yet: a login that only has a page to show.
    Unstored,
    /// Nothing changed; the current page is shown.
    Rejected(Rejected),
    /// There is no such login.
    Gone,
}

/// A login as it is now.
pub(crate) struct Look {
    pub(crate) session: AuthenticationSession,
    /// None: not stored yet, and this is what would follow.
    pub(crate) stored: Result<Version, Next>,
}

/// Drives one realm's logins for one request.
pub(crate) struct Driver<'a> {
    pub(crate) shared: &'a Shared,
    /// The realm as this request sees it. It is replaced only between steps: when a login began with a revision that wasn't known
    /// here, or when what a step was decided on was changed meanwhile.
    pub(crate) realm: Arc<Realm>,
    /// Which login.
    pub(crate) login: SessionKey,
    pub(crate) arrival: Arrival,
    /// Where the request came from, to count by.
    pub(crate) network: &'a str,
    /// What came of the one trip that ended with this request. It can't be asked for twice.
    pub(crate) redeemed: Option<(ExchangeId, Result<Box<BrokeredIdentity>, UpstreamFailure>)>,
    /// What was counted in this request already, and the answer: looking again costs nothing.
    pub(crate) counted: Vec<(Cost, Fact)>,
}

impl Driver<'_> {
    /// Looks at a login, without changing anything.
    pub(crate) async fn look(&mut self, handle: &Handle) -> Result<Option<Look>, DriveError> {
        if let Some((session, version)) = self.shared.store.session(self.realm.id(), handle.key()).await? {
            self.realm = self.shared.knowing(&self.realm, &session).await?;
            return Ok(Some(Look { session, stored: Ok(version) }));
        }
        match handle {
            Handle::Stored(_) => Ok(None),
            Handle::Sealed { content, .. } => {
                let Resting { session, next, .. } = self.begin(content).await?;
                Ok(Some(Look { session, stored: Err(next) }))
            }
        }
    }

    /// Begins a login; what comes of it is stored only if it is more than a page: a trip, an end, or a mail that is sent.
    pub(crate) async fn start(&mut self, content: &Content) -> Result<Driven, DriveError> {
        for _ in 0..LOOKS {
            let resting = self.begin(content).await?;
            if resting.next == Next::Show && resting.writes.is_empty() && resting.notices.is_empty() {
                return Ok(Driven::Unstored);
            }
            match self.commit(resting, None).await? {
                Landed::Driven(driven) => return Ok(driven),
                Landed::Stale => return Ok(Driven::Rejected(Rejected::OldPage)),
                Landed::Moved => {}
                Landed::PolicyMoved => self.realm = self.shared.renewed(&self.realm).await?,
            }
        }
        Err(DriveError::Busy)
    }

    /// Moves a login by one event, commits, and says what follows.
    pub(crate) async fn drive(&mut self, handle: &Handle, event: Event) -> Result<Driven, DriveError> {
        for looks in 1..=LOOKS {
            let Some(look) = self.look(handle).await? else { return Ok(Driven::Gone) };
            let entropy = adapters::fresh_entropy();
            let read_at = look.stored.as_ref().ok().copied();
            let before = look.session.clone();
            let step = match look.stored {
                Ok(_) | Err(Next::Show) => {
                    let policy = &self.realm.policy;
                    flow_runtime::step(policy, look.session, event.clone(), &self.arrival, adapters::now(), &entropy)?
                }
                // Somebody signed in meanwhile, say: the login begins anew and ends at once.
                Err(_) => return Ok(Driven::Rejected(Rejected::OldPage)),
            };
            match self.settle(step).await? {
                Settled::Rejected(rejected) => return Ok(Driven::Rejected(rejected)),
                Settled::Rest(resting) if read_at.is_some() && leaves_as_it_is(&before, &resting) => {
                    return Ok(Driven::On(Box::new(resting.session), resting.next));
                }
                Settled::Rest(resting) => match self.commit(*resting, read_at).await? {
                    Landed::Driven(driven) => return Ok(driven),
                    // So many clicks at once: the person looks at what came of the others.
                    Landed::Stale if looks == LOOKS => return Ok(Driven::Rejected(Rejected::OldPage)),
                    Landed::Stale => {}
                    Landed::Moved => self.counted.clear(),
                    Landed::PolicyMoved => self.realm = self.shared.renewed(&self.realm).await?,
                },
            }
        }
        Err(DriveError::Busy)
    }

    async fn begin(&mut self, content: &Content) -> Result<Resting, DriveError> {
        let pinned = content.pinned();
        self.realm = self.shared.knowing_all(&self.realm, pinned.cloned()).await?;
        let (policy, start) = (&self.realm.policy, content.start(self.login));
        let step = flow_runtime::begin_with(policy, start, pinned, &self.arrival, adapters::now(), &content.seed())?;
        match self.settle_with(step, Some(content)).await? {
            Settled::Rest(resting) => Ok(*resting),
            Settled::Rejected(_) => Err(DriveError::Fault(Fault::Frames("a login that can't begin"))),
        }
    }

    async fn settle(&mut self, step: Step) -> Result<Settled, DriveError> {
        self.settle_with(step, None).await
    }

    /// Answers questions until the login rests.
    async fn settle_with(&mut self, mut step: Step, beginning: Option<&Content>) -> Result<Settled, DriveError> {
        loop {
            match step {
                Step::Rest(resting) => return Ok(Settled::Rest(resting)),
                Step::Rejected(rejected) => return Ok(Settled::Rejected(rejected)),
                Step::Ask(asking) => {
                    let entropy = beginning.map_or_else(adapters::fresh_entropy, Content::seed);
                    let Some(fact) = self.answer(asking.question(), &entropy).await? else {
                        return Ok(Settled::Rejected(Rejected::NotWaiting));
                    };
                    step = asking.answer(&self.realm.policy, fact, adapters::now(), &entropy)?;
                }
            }
        }
    }

    async fn commit(&self, resting: Resting, read_at: Option<Version>) -> Result<Landed, DriveError> {
        let Resting { session, next, writes, notices, guards, decisions } = resting;
        let now = adapters::now();
        let code = match &next {
            Next::Finished(finish) => Some(code_of(&session, finish, now)),
            _ => None,
        };
        let tells = !notices.is_empty();
        let session_write = SessionWrite { session: session.clone(), read_at, decisions };
        let commit = Commit { session: Some(session_write), guards, writes, notices, code, now };
        match self.shared.store.commit_at(self.realm.id(), &commit, Some(self.realm.edition)).await? {
            Committed::Done { .. } => {
                if tells {
                    self.shared.outbox.notify_one();
                }
                Ok(Landed::Driven(Driven::On(Box::new(session), next)))
            }
            Committed::Stale => Ok(Landed::Stale),
            Committed::GuardMoved | Committed::Conflict(_) => Ok(Landed::Moved),
            Committed::PolicyMoved => Ok(Landed::PolicyMoved),
        }
    }
}

/// Whether there is nothing to commit: the page is as it was. A flood of tries that don't count would otherwise be in the way of the one
/// that does.
fn leaves_as_it_is(before: &AuthenticationSession, resting: &Resting) -> bool {
    let silent = resting.writes.is_empty() && resting.notices.is_empty();
    silent && resting.next == Next::Show && resting.session == *before
}

fn code_of(session: &AuthenticationSession, finish: &Finish, now: Timestamp) -> CodeGrant {
    let SignedIn { user, methods, identity, auth_time, browser_session } = finish.signed_in.clone();
    let signed_in = downstream::SignedIn {
        user: user.id,
        subject: user.subject,
        epoch: user.epoch,
        auth_time,
        methods,
        identity,
        browser_session: Some(browser_session),
    };
    issue_code(&finish.code, &session.request, &signed_in, now)
}

/// What came of a commit.
enum Landed {
    Driven(Driven),
    /// Another tab or another click was first. What was counted for this one still counts once.
    Stale,
    /// An account or an identity changed: everything is asked again.
    Moved,
    /// Rules or flows changed in the database: it is decided again by what they are now.
    PolicyMoved,
}

enum Settled {
    Rest(Box<Resting>),
    Rejected(Rejected),
}
