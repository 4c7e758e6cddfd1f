//! The realm as a login sees it, read afresh for every step.

use crate::definition::waiver::{Permit, Property, Waiver};
use crate::definition::{ExecutionId, Flow, Revision};
use crate::linking::RuleSet;
use crate::outcome::DenialCode;
use crate::revisions::{Pinned, Revisions};
use crate::session::{AuthenticationSession, Frame, Profile};
use domain::{
    AddressProof, BrokeredIdentity, ClientId, ClientPolicy, EmailAddress, FlowName, IdentityKey, ProviderAlias, ProviderPolicy,
    RealmId, Timestamp, Vouched, Wish,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What a realm's configuration says, and its compiled flows.
#[derive(Debug, Clone)]
pub struct RealmPolicy {
    /// Which realm.
    pub realm: RealmId,
    /// Its name on pages.
    pub name: String,
    /// Its flows by name, each in the revision that new logins begin with.
    pub flows: BTreeMap<FlowName, Arc<Flow>>,
    /// What logins go on with that began with another revision, and which revisions were revoked.
    pub revisions: Revisions,
    /// Which flow serves what.
    pub bindings: Bindings,
    /// Providers, in the order of the login page.
    pub providers: Vec<ProviderPolicy>,
    /// Clients.
    pub clients: BTreeMap<ClientId, ClientPolicy>,
    /// Which existing account an identity may belong to.
    pub rules: Arc<RuleSet>,
    /// Whether the realm can send mail.
    pub sends_mail: bool,
    /// What people may try how often.
    pub limits: Limits,
}

/// Which flow serves what a person is sent for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bindings {
    /// An ordinary login.
    pub browser: FlowName,
    /// A new account.
    pub registration: FlowName,
    /// A forgotten password.
    pub forgotten_password: FlowName,
    /// The proof of an account's address.
    pub verify_address: FlowName,
    /// Another address.
    pub change_address: FlowName,
    /// A second factor. None: whoever is sent for one just signs in, and nobody sets one up by themselves.
    pub second_factor: Option<FlowName>,
}

/// How often something may be tried, and how long things last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Wrong passwords for one account (or one unknown name) within [`Limits::password_window`].
    pub passwords_per_account: u32,
    /// Wrong passwords from one network within [`Limits::password_window`].
    pub passwords_per_network: u32,
    /// Registrations from one network within [`Limits::password_window`]: each costs as much as a password.
    pub registrations_per_network: u32,
    /// The window in which passwords are counted.
    pub password_window: Duration,
    /// Mails to one mailbox within [`Limits::mail_window`].
    pub mails_per_address: u32,
    /// Mails caused by one network within [`Limits::mail_window`].
    pub mails_per_network: u32,
    /// The window in which mails are counted.
    pub mail_window: Duration,
    /// Wrong codes for one mail.
    pub codes_per_mail: u32,
    /// Wrong one-time codes for one account within [`Limits::password_window`].
    pub one_time_codes_per_account: u32,
    /// The shortest time between two mails of one login.
    pub resend_after: Duration,
    /// How long a login may take.
    pub login_lifetime: Duration,
    /// How long a browser session lasts.
    pub session_lifetime: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        const MINUTE: u64 = 60;
        Self {
            passwords_per_account: 10,
            passwords_per_network: 200,
            registrations_per_network: 50,
            password_window: Duration::from_secs(15 * MINUTE),
            mails_per_address: 5,
            mails_per_network: 50,
            mail_window: Duration::from_secs(60 * MINUTE),
            codes_per_mail: 5,
            one_time_codes_per_account: 5,
            resend_after: Duration::from_secs(30),
            login_lifetime: Duration::from_secs(30 * MINUTE),
            session_lifetime: Duration::from_secs(10 * 60 * MINUTE),
        }
    }
}

impl RealmPolicy {
    /// The flow that a frame runs, in the revision that the frame began with. None: that revision isn't known here, or was revoked.
    pub fn flow_of(&self, frame: &Frame) -> Option<&Arc<Flow>> {
        self.flow_in(&frame.flow, &frame.revision)
    }

    /// A flow in this revision, if it is known here and not revoked.
    pub fn flow_in(&self, name: &FlowName, revision: &Revision) -> Option<&Arc<Flow>> {
        let current = self.flow(name).filter(|flow| flow.revision == *revision);
        current.or_else(|| self.revisions.earlier(name, revision)).filter(|_| !self.revisions.is_revoked(revision))
    }

    /// Whether the author of a frame's flow accepts that this execution links an identity without a proof.
    pub(crate) fn permit(&self, frame: &Frame, execution: ExecutionId) -> Option<Permit> {
        self.flow_of(frame)?.permit(execution).filter(|_| self.waives(Property::P1, frame, execution))
    }

    /// Whether the author of a frame's flow accepts that this property is broken at this place. That is an allowance: the flow must
    /// say so in the revision that the frame began with, and still say so at that place in the one that serves now.
    pub(crate) fn waives(&self, property: Property, frame: &Frame, at: ExecutionId) -> bool {
        let (Some(begun), Some(serves)) = (self.flow_of(frame), self.flow(&frame.flow)) else { return false };
        let path = begun.path(at);
        let is_there = |waiver: &Waiver| waiver.property == property && serves.path(waiver.at) == path;
        path.is_some() && begun.waives(property, at) && serves.waivers.iter().any(is_there)
    }

    /// The current revision of a flow. None: there is no such flow, or it was revoked.
    pub fn flow(&self, name: &FlowName) -> Option<&Arc<Flow>> {
        self.flows.get(name).filter(|flow| !self.revisions.is_revoked(&flow.revision))
    }

    /// Whether there is nothing more to find out about a revision: it is here, or may not run anyway.
    pub fn knows(&self, pinned: &Pinned) -> bool {
        self.revisions.is_revoked(&pinned.revision) || self.flow_in(&pinned.flow, &pinned.revision).is_some()
    }

    /// Whether a flow was at work in this login that was revoked since, so that the login may not go on.
    pub fn has_revoked(&self, session: &AuthenticationSession) -> bool {
        session.ran.iter().any(|revision| self.revisions.is_revoked(revision))
    }

    /// What a login for this wish would begin with now.
    pub fn begins_with(&self, wish: Wish) -> Option<Pinned> {
        let flow = self.flow_for(wish);
        self.revision(flow).map(|revision| Pinned { flow: flow.clone(), revision: revision.clone() })
    }

    /// Why this identity opens no account now: its provider isn't in use, begins no logins, or doesn't let its authority in.
    pub fn refusal_of(&self, identity: &IdentityKey) -> Option<DenialCode> {
        match self.provider(&identity.provider) {
            None => Some(DenialCode::ProviderDisabled),
            Some(provider) if provider.link_only => Some(DenialCode::LinkOnly),
            Some(provider) if !provider.lets_in(identity) => Some(DenialCode::AuthorityRefused),
            Some(_) => None,
        }
    }

    /// The flow that decides at a first login with this provider's identity, for people whom this client sends.
    pub fn first_login_flow<'a>(&'a self, provider: &'a ProviderPolicy, client: &ClientId) -> &'a FlowName {
        self.client(client).and_then(|client| client.first_login_flow.as_ref()).unwrap_or(&provider.first_login_flow)
    }

    /// The flow that runs whenever somebody whom this client sends came through this provider, if there is one.
    pub fn post_login_flow<'a>(&'a self, provider: &'a ProviderPolicy, client: &ClientId) -> Option<&'a FlowName> {
        self.client(client).and_then(|client| client.post_login_flow.as_ref()).or(provider.post_login_flow.as_ref())
    }

    /// The flow that serves a wish.
    pub fn flow_for(&self, wish: Wish) -> &FlowName {
        match wish {
            Wish::SignIn => &self.bindings.browser,
            Wish::Create => &self.bindings.registration,
            Wish::Recover => &self.bindings.forgotten_password,
            Wish::VerifyAddress => &self.bindings.verify_address,
            Wish::ChangeAddress => &self.bindings.change_address,
            Wish::SecondFactor => self.bindings.second_factor.as_ref().unwrap_or(&self.bindings.browser),
        }
    }

    /// The revision that a flow has now.
    pub fn revision(&self, name: &FlowName) -> Option<&Revision> {
        self.flow(name).map(|flow| &flow.revision)
    }

    /// A provider that is there and enabled.
    pub fn provider(&self, alias: &ProviderAlias) -> Option<&ProviderPolicy> {
        self.providers.iter().find(|provider| provider.alias == *alias && provider.enabled)
    }

    /// A client that is there and enabled.
    pub fn client(&self, id: &ClientId) -> Option<&ClientPolicy> {
        self.clients.get(id).filter(|client| client.enabled)
    }

    /// The address in the frame's profile, if it is the one that the provider asserted and vouched for, and the provider is trusted for
    /// it. An address that the person typed is never that.
    pub fn trusted_address<'a>(&self, frame: &'a Frame) -> Option<&'a EmailAddress> {
        self.trusted_word(frame.identity.as_ref()?, &frame.profile)
    }

    /// The same, of an identity and a profile.
    pub fn trusted_word<'a>(&self, identity: &'a BrokeredIdentity, profile: &Profile) -> Option<&'a EmailAddress> {
        let asserted = identity.email.as_ref()?;
        let provider = self.provider(&identity.key.provider)?;
        let in_use = profile.email.as_ref().is_some_and(|email| !email.typed && email.address == asserted.address);
        let trusted = provider.is_trusted_for(&identity.key, &asserted.address);
        (in_use && asserted.vouched == Vouched::Yes && trusted).then_some(&asserted.address)
    }

    /// Why the address that an identity brought counts as its holder's, if the provider's word is taken for it.
    pub fn assurance_of(&self, identity: &BrokeredIdentity, now: Timestamp) -> Option<AddressProof> {
        let email = identity.email.as_ref().filter(|email| email.vouched == Vouched::Yes)?;
        let provider = self.provider(&identity.key.provider)?;
        let proof = AddressProof::TrustedProvider { provider: identity.key.provider.clone(), at: now };
        provider.is_trusted_for(&identity.key, &email.address).then_some(proof)
    }
}
