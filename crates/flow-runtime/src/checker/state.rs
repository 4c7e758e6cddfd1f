//! One state of an exploration: how a deed leads to the next one, and what makes two states the same.

use super::cast::{CLAIMANT, OTHER, OWN, OWNER, Who};
use super::deed::Deed;
use super::explore::Trouble;
use super::realm::Realm;
use super::setting::{Rules, Setting};
use crate::definition::ExecutionId;
use crate::flow_test::Serves;
use crate::outcome::{Decision, Fault};
use crate::position::OpenLevel;
use crate::session::{Errand, Frame, How, Memory, Opens};
use crate::world::{Came, Given, Login, World, request};
use crate::{AuthenticationSession, Flow, Rest};
use domain::{AuthenticationMethod, BrowserSession, Digest, ProofKind, User, UserId, Username};
use std::fmt::Write as _;
use std::sync::Arc;

/// A login at rest, and the world around it.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) world: World,
    pub(super) login: Login,
    /// Whether somebody has shown in this login what opens an account that was there before.
    pub(super) proved: bool,
    /// Whether it may matter later by which kind of proof an account was shown: a rule may want one.
    kinds_matter: bool,
}

/// What came of a deed.
pub(super) enum Played {
    /// The login rests again.
    Rested(Box<State>, Vec<Decision>),
    /// Nothing: the login doesn't take it.
    Nothing,
    /// Something is broken.
    Broken(String),
}

impl State {
    /// A login as it begins, up to its first rest.
    pub(super) fn begin(realm: &Realm, flow: &Arc<Flow>, setting: Setting) -> Option<Played> {
        let mut world = realm.world(flow, setting)?;
        let mut request = request(realm.client.id.clone());
        request.wish = realm.wish();
        request.provider_hint = realm.goes_straight().then(|| realm.provider.alias.clone());
        let cookie = setting.live.then(|| signed_in(&mut world));
        let mut login = world.about_to_login(request, cookie);
        let came = world.drive(&mut login, None, &mut |_| {});
        Some(Self { world, login, proved: false, kinds_matter: setting.rules != Rules::Usual }.came(came))
    }

    /// Plays a deed from here.
    pub(super) fn play(&self, realm: &Realm, setting: Setting, deed: &Deed) -> Played {
        let mut after = self.clone();
        // What is drawn tells accounts that are made from each other, and nothing else.
        after.world.drawn = 1_000 * u64::try_from(after.world.users.len()).unwrap_or_default();
        let Some(event) = deed.event(realm, setting, &mut after.world, &after.login) else { return Played::Nothing };
        let came = after.world.drive(&mut after.login, Some(&event), &mut |_| {});
        after.came(came)
    }

    fn came(mut self, came: Result<Came, Fault>) -> Played {
        match came {
            Ok(Came::Rested(resting)) => {
                self.proved |= self.world.given.iter().any(is_a_proof);
                Played::Rested(Box::new(self), resting.decisions)
            }
            Ok(Came::Rejected(_)) => Played::Nothing,
            Ok(Came::Busy) => Played::Broken("every try found the world changed, although nothing changed it".to_owned()),
            Ok(Came::Endless) => Played::Broken("it asks more and more questions".to_owned()),
            Err(fault) => Played::Broken(fault.to_string()),
        }
    }

    /// Whether a second factor that an account had when the login began, and still has, was bypassed just now.
    pub(super) fn bypassed(&self, realm: &Realm, setting: Setting) -> Option<Trouble> {
        match &self.session()?.rest {
            _ if !setting.factor => None,
            Rest::Finished { finish, .. } if matches!(realm.serves, Serves::Wish(_)) => {
                self.keeps_back_a_factor(setting, finish.signed_in.user.id).then_some(Trouble::SignedInWithout)
            }
            _ if realm.serves == Serves::FirstLogin => {
                let comer = realm.identity(Who::Comer, setting)?;
                let link = self.world.identities.get(&comer.key)?;
                self.keeps_back_a_factor(setting, link.user).then_some(Trouble::LinkedWithout)
            }
            _ => None,
        }
    }

    fn keeps_back_a_factor(&self, setting: Setting, user: UserId) -> bool {
        let was_there = setting.factor && [OWN, OWNER, CLAIMANT, OTHER].contains(&user);
        was_there
            && self.world.seeds.contains_key(&user)
            && !self.world.given.contains(&Given::OneTimeCode(self.login.start.key, user))
    }

    /// Forgets what nothing that follows can depend on.
    pub(super) fn settle(&mut self) {
        let world = &mut self.world;
        world.outbox.clear();
        world.audit.clear();
        world.redeemed.clear();
        world.spent.clear();
        world.upstream.clear();
        world.reasons = None;
        world.given.retain(|given| !matches!(given, Given::Mail(..)));
        // Of mails that are used up, one says as much as many.
        let mut used_up = Vec::new();
        world.issued.retain(|digest, token| {
            let kind = (token.purpose, token.user, token.address.clone());
            let says_more = world.unused.contains(digest) || !used_up.contains(&kind);
            used_up.push(kind);
            says_more
        });
        let waits = match self.login.session.as_ref().map(|session| &session.rest) {
            Some(Rest::AtProvider { exchange, .. }) => Some(exchange.id),
            _ => None,
        };
        world.trips.retain(|trip, _| Some(*trip) == waits);
    }

    pub(super) fn session(&self) -> Option<&AuthenticationSession> {
        self.login.session.as_ref()
    }

    /// The innermost frame of the flow that is explored.
    pub(super) fn frame(&self, realm: &Realm) -> Option<&Frame> {
        self.session()?.frames.iter().rev().find(|frame| frame.flow == realm.flow)
    }

    /// Where the login rests in the flow.
    pub(super) fn rests_at(&self, realm: &Realm) -> Option<ExecutionId> {
        let session = self.session()?;
        session.frame().filter(|frame| frame.flow == realm.flow)?;
        match &session.rest {
            Rest::Showing(execution) | Rest::AtProvider { execution, .. } => Some(*execution),
            _ => None,
        }
    }

    /// Whether the page waits for a mail that was never sent, and must not say so.
    pub(super) fn waits_in_vain(&self) -> bool {
        let Some(session) = self.session() else { return false };
        let Rest::Showing(execution) = &session.rest else { return false };
        let memory = session.frame().and_then(|frame| frame.memory.get(execution));
        let Some(Memory::Mail { errand, .. }) = memory else { return false };
        match errand {
            Errand::Recover(recovery) => match recovery.opens {
                Opens::Nobody | Opens::Elsewhere(_) => true,
                Opens::FreshAccount => self.world.users.values().any(|user| user.has_proved(&recovery.mailbox)),
                Opens::Account(..) => false,
            },
            Errand::Address { taken, .. } => *taken,
            Errand::Link => false,
        }
    }

    /// What makes two states the same: everything that what follows depends on.
    pub(super) fn key(&self) -> String {
        let mut key = String::with_capacity(1024);
        let Some(session) = self.session() else { return key };
        // Writing to a text can't fail.
        let _ = match &session.rest {
            Rest::Showing(execution) => write!(key, "showing {execution}"),
            Rest::AtProvider { execution, exchange } => write!(key, "away {execution} {}", exchange.fresh),
            Rest::Consent(_) => write!(key, "consent"),
            Rest::Finished { finish, .. } => {
                write!(key, "finished {} {}", whose(finish.signed_in.user.id), self.proved)
            }
            Rest::Denied { denial, .. } => write!(key, "denied {:?} {}", denial.code, self.proved),
        };
        if session.is_over() {
            return key;
        }
        for frame in &session.frames {
            self.write_frame(&mut key, frame);
        }
        let newcomer = session.newcomer.map_or('-', whose);
        let _ = write!(key, " {} {newcomer} {}", self.proved, session.passed.is_some());
        let _ = write!(key, " {:?} {}", session.second_factor_of.map(whose), session.request.prompt.login);
        for user in self.world.users.values() {
            let _ = write!(
                key,
                " [{} {:?} {} {} {:?} {} {:?} {:?} {:?}]",
                whose(user.id),
                user.email.as_ref().map(|email| (&email.address, email.is_proved())),
                user.has_password,
                user.must_renew_password,
                (user.has_one_time_codes, self.world.given.contains(&Given::OneTimeCode(self.login.start.key, user.id))),
                user.epoch.0,
                user.username,
                user.given_name,
                user.accepted_terms.keys(),
            );
        }
        for link in self.world.identities.values() {
            let _ = write!(key, " {}={}", link.key.subject.as_str(), whose(link.user));
        }
        let _ = write!(key, " {:?}", self.world.unused.len());
        key
    }

    fn write_frame(&self, key: &mut String, frame: &Frame) {
        let _ = write!(key, " {:?} {:?} {:?}", frame.purpose, frame.position, frame.review_wanted);
        // Whether somebody has seen a name matters where that name is taken.
        let wanted = frame.profile.username.as_deref();
        let is_named = |user: &User| user.username.as_ref().is_some_and(|name| Some(Username::as_str(name)) == wanted);
        let is_taken = self.world.users.values().any(is_named);
        let _ = write!(key, " {} {:?}", is_taken && frame.reviewed, frame.taken_username);
        let _ = write!(key, " {:?} {:?}", frame.signed_in_by, frame.let_through.map(whose));
        for (execution, memory) in &frame.memory {
            let _ = match memory {
                Memory::Form { .. } | Memory::Key { .. } => Ok(()),
                Memory::Mail { token, errand, .. } => {
                    let live = token.as_ref().is_some_and(|token| self.world.unused.contains(token));
                    write!(key, " {execution}:{live}{}", what_for(errand))
                }
                Memory::Opened { recovery, .. } => write!(key, " {execution}:opened {:?}", recovery.opens),
                Memory::Brokered(identity) => write!(key, " {execution}:{}", identity.key.subject.as_str()),
                Memory::CameBack { came_as, .. } => write!(key, " {execution}:{came_as:?}"),
            };
        }
        if let Some(identity) = &frame.identity {
            let email = frame.profile.email.as_ref().map(|email| (&email.address, email.typed));
            let found = frame.existing.as_ref().map_or('-', |user| whose(user.id));
            let _ = write!(key, " {} {email:?} {found} {:?}", identity.key.subject.as_str(), frame.rule);
            let _ = write!(key, " {:?} {} {:?}", frame.demand, frame.address_is_anothers, frame.agreed);
        }
        let before = frame.signed_in_before.map(|(user, by)| (whose(user), self.left_with(frame, Some(by))));
        let _ = write!(key, " {before:?}");
        let Some(chosen) = &frame.user else { return };
        let _ = write!(key, " {}", chosen.has_shown_second_factor());
        let _ = match &chosen.how {
            How::BrowserSession(user, _) | How::Authenticated(user) => {
                write!(key, " here {} {:?}", whose(user.id), frame.user_by)
            }
            How::Created(_) => write!(key, " new {:?}", frame.user_by),
            How::Proved(user, proof) if self.world.has_shown(self.login.start.key, proof.kind(), (user, proof.hands_over())) => {
                let kind = Some(proof.kind()).filter(|kind| self.kinds_matter || *kind == ProofKind::TrustedAssertion);
                let (hands_over, rests_on) = (proof.hands_over(), proof.giver().is_some());
                write!(
                    key,
                    " shown {} {:?} {kind:?} {hands_over} {rests_on}",
                    whose(user.id),
                    self.left_with(frame, frame.user_by)
                )
            }
            How::Proved(user, proof) => write!(key, " forged {} {:?} {:?}", whose(user.id), frame.user_by, proof.kind()),
        };
    }

    /// The innermost execution at work that takes what the frame has for a proof with it when it is left. A proof that was really given is
    /// the same whichever execution took it.
    fn left_with(&self, frame: &Frame, by: Option<ExecutionId>) -> Option<ExecutionId> {
        let (by, flow) = (by?, self.world.policy.flow_of(frame)?);
        let at_work = frame.position.open.iter().map(OpenLevel::at);
        at_work.rev().find(|at| flow.program().inside(*at).contains(&by))
    }
}

/// A live browser session of one's own account: its cookie's digest.
fn signed_in(world: &mut World) -> Digest {
    let id = Digest::of_bytes(b"a live session");
    if let Some(user) = world.users.get(&OWN) {
        let session = BrowserSession {
            id: id.clone(),
            user: OWN,
            subject: user.subject.clone(),
            epoch: user.epoch,
            methods: vec![AuthenticationMethod::Password],
            identity: None,
            passed: None,
            auth_time: world.now,
            expires_at: world.now.plus(world.policy.limits.session_lifetime),
        };
        world.sessions.insert(id.clone(), session);
    }
    id
}

/// An account in one letter. Those that are made are alike.
fn whose(user: UserId) -> char {
    match user {
        OWNER => 'o',
        CLAIMANT => 'c',
        OTHER => 't',
        OWN => 's',
        _ => 'n',
    }
}

fn what_for(errand: &Errand) -> String {
    match errand {
        Errand::Link => String::new(),
        Errand::Recover(recovery) => format!("{} {:?}", recovery.name, recovery.opens),
        Errand::Address { address, taken } => format!("{address} {taken}"),
    }
}

/// Whether that happened which opens an account that was there before, and that isn't one's own.
fn is_a_proof(given: &Given) -> bool {
    match given {
        Given::Password(_, user) | Given::Mailbox(_, user) => *user != OWN,
        Given::Address(..) | Given::CameBack(..) => true,
        Given::OneTimeCode(..) | Given::Mail(..) | Given::Renewed(..) | Given::Account(..) | Given::Identity(..) => false,
    }
}
