//! Somebody who signs in, one boundary after the other: a look at the stored login, one question answered, one commit. It does what
//! the server's driver does.

use super::place::Place;
use super::random::Random;
use super::truth::By;
use super::words::{kinds, told, where_it_rests};
use crate::scene::{digest, login};
use domain::{Digest, Entropy, ExchangeId, SessionKey, Timestamp, Version, Wish};
use downstream::code::issue_code;
use flow_runtime::{
    Arrival, Asking, AuthenticationSession, Event, Fact, Fault, Finish, Next, Resting, SignedIn, Start, Step, begin, step,
};
use persistence::{Commit, Committed, SessionWrite};

/// How often a login looks again because somebody else was faster.
const LOOKS: u32 = 8;

/// One tab of one browser.
pub(super) struct Browser {
    /// Whose.
    pub(super) who: usize,
    /// Which login.
    pub(super) key: SessionKey,
    pub(super) random: Random,
    /// How often this person still does something before walking away.
    pub(super) patience: u32,
    start: Start,
    cookie: Option<Digest>,
    begins_with: Entropy,
    entropy: Entropy,
    drawn: u32,
    state: State,
    /// The login as the page on the screen shows it.
    pub(super) seen: Option<AuthenticationSession>,
    event: Option<Event>,
    looks: u32,
    pub(super) redeemed: Option<(ExchangeId, Fact)>,
    pub(super) counted: Vec<(String, Fact)>,
}

enum State {
    Look,
    Asking(Box<Asking>, Beginning),
    Committing(Box<Resting>, Option<Version>),
    Over,
}

/// Whether the questions are those of a login that begins, or of one that was stored at a version.
#[derive(Clone, Copy)]
enum Beginning {
    Yes,
    Stored(Option<Version>),
}

impl Browser {
    /// A tab. Tabs with the same number are of one login.
    pub(super) fn new(who: usize, (number, tab): (u64, u64), seed: u64, cookie: Option<Digest>, place: &Place) -> Self {
        let random = Random::new(seed, 1000 + number * 10 + tab);
        let wishes = [Wish::Recover, Wish::VerifyAddress, Wish::ChangeAddress, Wish::SecondFactor, Wish::SecondFactor];
        let mut wish = Random::new(seed, 7 + number);
        let begins_with = seeded(seed, number, 9);
        let key = SessionKey::from_bytes(begins_with.id("session"));
        let mut request = login("any").request;
        if wish.once_in(3) {
            request.wish = *wish.pick(&wishes);
        }
        request.prompt.login = cookie.is_some() && number.is_multiple_of(3);
        let start = Start { key, browser: digest("browser"), request, started_at: place.now() };
        Self {
            who,
            key,
            random,
            patience: 10,
            start,
            cookie,
            begins_with,
            entropy: seeded(seed, number, tab),
            drawn: 0,
            state: State::Look,
            seen: None,
            event: None,
            looks: 0,
            redeemed: None,
            counted: Vec::new(),
        }
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// Goes over exactly one boundary, and says what came of it.
    pub(super) async fn advance(&mut self, place: &Place) -> Result<String, Fault> {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Look => self.look(place).await,
            State::Asking(asking, beginning) => self.ask(place, asking, beginning).await,
            State::Committing(resting, read_at) => self.commit(place, *resting, read_at).await,
            State::Over => Ok("is over".into()),
        }
    }

    async fn look(&mut self, place: &Place) -> Result<String, Fault> {
        let stored = place.store.session(&place.realm, self.key).await.unwrap();
        match (stored, self.event.clone()) {
            (Some((session, _)), None) => {
                self.sees(place, session);
                Ok("looks at the page".into())
            }
            (Some((session, version)), Some(event)) => {
                let next = step(&place.cast.policy, session, event, &self.arrival(), place.now(), &self.fresh())?;
                Ok(self.took(place, next, Beginning::Stored(Some(version)))?)
            }
            (None, _) => {
                let next = begin(&place.cast.policy, self.start.clone(), &self.arrival(), place.now(), &self.begins_with)?;
                Ok(self.took(place, next, Beginning::Yes)?)
            }
        }
    }

    async fn ask(&mut self, place: &Place, asking: Box<Asking>, beginning: Beginning) -> Result<String, Fault> {
        let entropy = if matches!(beginning, Beginning::Yes) { self.begins_with.clone() } else { self.fresh() };
        let question = asking.question().clone();
        let what = format!("asks {:?}", question.kind());
        let Some(fact) = self.answer(place, &question).await else {
            self.forgets();
            return Ok(format!("{what}: used before"));
        };
        let what = format!("{what} and is told {}", told(&question, &fact));
        let next = asking.answer(&place.cast.policy, fact, place.now(), &entropy)?;
        Ok(format!("{what}, then {}", self.took(place, next, beginning)?))
    }

    /// What a step came to becomes the next boundary.
    fn took(&mut self, place: &Place, next: Step, beginning: Beginning) -> Result<String, Fault> {
        match (next, beginning) {
            (Step::Ask(asking), _) => {
                let what = format!("wants to ask {:?}", asking.question().kind());
                self.state = State::Asking(asking, beginning);
                Ok(what)
            }
            (Step::Rejected(rejected), _) => {
                self.forgets();
                Ok(format!("is rejected: {rejected:?}"))
            }
            (Step::Rest(resting), Beginning::Stored(read_at)) => {
                let what = format!("is at {}", where_it_rests(&resting.session));
                self.state = State::Committing(resting, read_at);
                Ok(what)
            }
            (Step::Rest(resting), Beginning::Yes) => match (resting.next == Next::Show, self.event.clone()) {
                (true, None) => {
                    self.sees(place, resting.session);
                    Ok("sees the first page".into())
                }
                (true, Some(event)) => {
                    let policy = &place.cast.policy;
                    let next = step(policy, resting.session, event, &self.arrival(), place.now(), &self.fresh())?;
                    self.took(place, next, Beginning::Stored(None))
                }
                // Somebody signed in meanwhile: the login begins anew and ends at once.
                (false, Some(_)) => {
                    self.forgets();
                    Ok("is rejected: begins in another way".into())
                }
                (false, None) => self.took(place, Step::Rest(resting), Beginning::Stored(None)),
            },
        }
    }

    async fn commit(&mut self, place: &Place, resting: Resting, read_at: Option<Version>) -> Result<String, Fault> {
        let Resting { session, next, writes, notices, guards, decisions } = resting;
        let now = place.now();
        let code = match &next {
            Next::Finished(finish) => Some(code_of(&session, finish, now)),
            _ => None,
        };
        let guards = if place.guards { guards } else { Vec::new() };
        let write = SessionWrite { session: session.clone(), read_at, decisions };
        let commit = Commit { session: Some(write), guards, writes, notices, code, now };
        let by = By::Login { who: self.who, key: self.key };
        let committed = place.commits(by, &commit, &next).await;
        let what = format!("commits {:?}: {committed:?}", kinds(&commit));
        match committed {
            Committed::Done { .. } => {
                self.forgets();
                self.sees(place, session);
            }
            // So many clicks at once: the person looks at what came of the others.
            Committed::Stale if self.looks + 1 == LOOKS => self.forgets(),
            Committed::Stale | Committed::PolicyMoved => self.looks_again(place),
            Committed::GuardMoved | Committed::Conflict(_) => {
                self.counted.clear();
                self.looks_again(place);
            }
        }
        Ok(what)
    }

    fn looks_again(&mut self, place: &Place) {
        self.looks += 1;
        self.state = State::Look;
        if self.looks == LOOKS {
            place.truth().wrong(format!("{:?} never got on: others were faster {LOOKS} times", self.key));
            self.state = State::Over;
        }
    }

    /// The event is done with; the person looks at what came of it.
    fn forgets(&mut self) {
        (self.event, self.redeemed, self.looks) = (None, None, 0);
        self.counted.clear();
        self.state = State::Look;
    }

    /// A page is on the screen; the person does something about it, or walks away.
    fn sees(&mut self, place: &Place, session: AuthenticationSession) {
        let over = session.is_over() || self.patience == 0;
        self.patience = self.patience.saturating_sub(1);
        self.event = if over { None } else { self.chooses(place, &session) };
        self.state = if self.event.is_some() { State::Look } else { State::Over };
        self.seen = Some(session);
    }

    fn arrival(&self) -> Arrival {
        Arrival { browser_session: self.cookie.clone() }
    }

    fn fresh(&mut self) -> Entropy {
        self.drawn += 1;
        self.entropy.part(&self.drawn.to_string())
    }
}

fn seeded(seed: u64, number: u64, tab: u64) -> Entropy {
    let mut bytes = [0x5a; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    bytes[16..24].copy_from_slice(&tab.to_le_bytes());
    Entropy::from_bytes(bytes)
}

fn code_of(session: &AuthenticationSession, finish: &Finish, now: Timestamp) -> downstream::CodeGrant {
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
