//! Frames: how a flow is called, and what its end writes.

use super::joining::{handed_over_by, is_permitted};
use super::run::Run;
use crate::definition::ExecutionId;
use crate::definition::program::Program;
use crate::definition::waiver::Property;
use crate::outcome::Fault;
use crate::policy::RealmPolicy;
use crate::position::Position;
use crate::proof::accepted_in;
use crate::revisions::Pinned;
use crate::session::{Chosen, Frame, How, MAX_FRAMES, Purpose};
use crate::sync;
use crate::write::{MailKind, NewUser, Notice, Write};
use domain::{
    BrokeredIdentity, Entropy, FlowName, FrameId, IdentityId, LinkProof, LinkedIdentity, PassedFlow, ProofKind, Timestamp, UserId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const NEWS_LIFETIME: Duration = Duration::from_hours(24);

/// What a flow is called for.
pub(super) enum Called {
    /// To find out who signs in.
    Login,
    /// To decide whose the identity is.
    FirstLogin(ExecutionId, Box<BrokeredIdentity>),
    /// To ask whoever came with the identity for what is missing.
    PostLogin(ExecutionId, Box<BrokeredIdentity>, Box<Chosen>),
}

impl Run {
    /// Puts a frame on the stack. False if the flow isn't there, or the stack is full.
    pub(super) fn push_frame(&mut self, policy: &RealmPolicy, flow: &FlowName, called: Called, entropy: &Entropy) -> bool {
        let Some(revision) = policy.revision(flow).cloned() else { return false };
        self.push_revision(policy, &Pinned { flow: flow.clone(), revision }, called, entropy)
    }

    /// The same, with a flow in this revision. Its frame's id is made of the revision too: a form of another one never fits.
    pub(super) fn push_revision(
        &mut self,
        policy: &RealmPolicy,
        Pinned { flow, revision }: &Pinned,
        called: Called,
        entropy: &Entropy,
    ) -> bool {
        if self.session.frames.len() >= MAX_FRAMES {
            return false;
        }
        let (purpose, called_by, identity, user) = match called {
            Called::Login => (Purpose::Login, None, None, None),
            Called::FirstLogin(by, identity) => (Purpose::FirstLogin, Some(by), Some(*identity), None),
            Called::PostLogin(by, identity, chosen) => (Purpose::PostLogin, Some(by), Some(*identity), Some(*chosen)),
        };
        self.session.ran.insert(revision.clone());
        self.session.frames.push(Frame {
            id: FrameId::from_bytes(entropy.part(&revision.0).id("frame")),
            purpose,
            called_by,
            flow: flow.clone(),
            revision: revision.clone(),
            position: Position::default(),
            memory: BTreeMap::new(),
            profile: sync::offered(policy, identity.as_ref()),
            identity,
            review_wanted: false,
            reviewed: false,
            taken_username: None,
            existing: None,
            existing_identities: Vec::new(),
            address_is_anothers: false,
            rule: None,
            demand: None,
            agreed: BTreeSet::new(),
            user,
            user_by: None,
            signed_in_before: None,
            signed_in_by: None,
            let_through: None,
        });
        true
    }

    /// Writes what the frame came to, and says who it found. Only here are users made and identities linked.
    pub(super) fn conclude_frame(
        &mut self,
        frame: &Frame,
        now: Timestamp,
        policy: &RealmPolicy,
        entropy: &Entropy,
    ) -> Result<Chosen, Fault> {
        let mut chosen = frame.user.clone().ok_or(Fault::Frames("a flow succeeded without a user"))?;
        let user = chosen.how.user();
        match (&chosen.how, frame.purpose) {
            (How::Created(new), Purpose::Login) => self.create(new),
            (How::Created(new), Purpose::FirstLogin) => {
                self.create(new);
                let proof = LinkProof { kind: ProofKind::Created, at: now, accepted: accepted_in(frame, None) };
                self.link(frame, (user.id, proof), policy, now, entropy)?;
            }
            (How::Proved(_, proof), Purpose::FirstLogin) if proof.opens(user.id, frame) && is_permitted(policy, frame, proof) => {
                let record = proof.record().clone();
                let user = if proof.hands_over() {
                    let proof = handed_over_by(policy, frame, &user, now).ok_or(Fault::ForeignProof)?;
                    self.hand_over(policy, frame, &user, proof)
                } else {
                    user
                };
                let (user, replaced) = self.replace_others(policy, frame, user);
                self.link(frame, (user.id, record), policy, now, entropy)?;
                self.tell_the_owner(frame, (&user, replaced), now, policy);
                chosen.how.refresh(Box::new(self.keep_in_step(policy, frame, user)));
            }
            (How::BrowserSession(..) | How::Authenticated(_), Purpose::Login) => {}
            (How::Authenticated(_), Purpose::PostLogin) => {
                let (flow, revision) = (frame.flow.clone(), frame.revision.0.clone());
                self.session.passed = Some(PassedFlow { flow, revision, client: self.session.request.client.clone() });
            }
            (How::Created(_), Purpose::PostLogin) => return Err(Fault::Frames("an account is made after the login")),
            (How::Proved(..) | How::BrowserSession(..) | How::Authenticated(_), _) => return Err(Fault::ForeignProof),
        }
        if matches!(chosen.how, How::Created(_) | How::Proved(..)) {
            self.session.newcomer = Some(chosen.how.user().id);
        }
        Ok(Chosen { how: after(chosen.how), ..chosen })
    }

    fn create(&mut self, new: &NewUser) {
        self.writes.push(Write::CreateUser(Box::new(new.clone())));
        if let Some(address) = new.proved_address() {
            self.writes.push(Write::ReleaseAddress { address: address.clone(), except: new.id });
        }
    }

    fn link(
        &mut self,
        frame: &Frame,
        (user, proof): (UserId, LinkProof),
        policy: &RealmPolicy,
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<(), Fault> {
        let identity = frame.identity.as_ref().ok_or(Fault::Frames("a first login without an identity"))?;
        self.writes.push(Write::Link(Box::new(LinkedIdentity {
            id: IdentityId::from_bytes(entropy.id("identity")),
            key: identity.key.clone(),
            user,
            primary: false,
            label: identity.label(),
            email: identity.email.clone(),
            assured: policy.assurance_of(identity, now),
            claims: identity.claims.clone(),
            proof,
            created_at: now,
            updated_at: now,
            last_sign_in_at: now,
            arrived: false,
        })));
        Ok(())
    }

    /// What the identity that was just tied to the account feeds. It isn't the primary one.
    fn keep_in_step(&mut self, policy: &RealmPolicy, frame: &Frame, user: domain::User) -> domain::User {
        let Some(identity) = &frame.identity else { return user };
        let change = policy.provider(&identity.key.provider).and_then(|provider| sync::in_step(&user, provider, identity, false));
        let Some(profile) = change else { return user };
        let changed = profile.made_to(user);
        self.writes.push(Write::ChangeProfile { user: changed.id, profile: Box::new(profile) });
        changed
    }

    /// A new way into an account is told to the address that the account has proved.
    fn tell_the_owner(
        &mut self,
        frame: &Frame,
        (user, replaced): (&domain::User, Vec<String>),
        now: Timestamp,
        policy: &RealmPolicy,
    ) {
        let (Some(identity), Some(email)) = (&frame.identity, user.email.as_ref().filter(|email| email.is_proved())) else {
            return;
        };
        if policy.sends_mail {
            let alias = &identity.key.provider;
            let provider = policy.provider(alias).map_or_else(|| alias.to_string(), |provider| provider.name.clone());
            let mail = MailKind::IdentityLinked { provider, identity: identity.label(), replaced };
            self.notices.push(Notice { to: email.address.clone(), mail, expires_at: now.plus(NEWS_LIFETIME) });
        }
    }
}

/// Whether somebody would sign in to an account, or tie an identity to it, without having shown its second factor. Flows ask for it; this is
/// the fence behind them, for a flow that forgot somebody.
pub(super) fn keeps_back_a_factor(policy: &RealmPolicy, frame: &Frame) -> bool {
    let Some(chosen) = frame.user.as_ref().filter(|_| frame.purpose != Purpose::PostLogin) else { return false };
    let is_accepted = || {
        let places = frame.user_by.into_iter().chain([Program::START]);
        places.into_iter().any(|at| policy.waives(Property::P3, frame, at))
    };
    chosen.has_second_factor() && !chosen.has_shown_second_factor() && !is_accepted()
}

/// Once written, a new or proved account is simply the one that signs in.
fn after(how: How) -> How {
    match how {
        How::Created(new) => How::Authenticated(Box::new(new.as_user())),
        How::Proved(user, _) => How::Authenticated(user),
        other => other,
    }
}
