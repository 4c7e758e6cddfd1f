//! The judge: compares what a login wants to write with what really happened, and never asks the engine.

use super::{Given, World};
use domain::{
    ActionToken, AddressProof, BrowserSession, EmailAddress, LinkedIdentity, OwnedAddress, ProofKind, SessionKey, UserId, Vouched,
};
use flow_runtime::{NewUser, Next, Resting, Write};

impl World {
    /// What is wrong with these changes, seen from the world before them.
    pub(super) fn wrongs_of(&self, login: SessionKey, resting: &Resting) -> Vec<String> {
        let created: Vec<&NewUser> = resting.writes.iter().filter_map(created).collect();
        let mut wrongs = Vec::new();
        for write in &resting.writes {
            wrongs.extend(match write {
                Write::Link(link) => self.wrong_link(login, link, &created),
                Write::CreateUser(new) => new.email.as_ref().and_then(|email| self.wrong_address(login, email)),
                Write::StartBrowserSession(session) => self.wrong_session(login, session, &resting.writes),
                _ => None,
            });
        }
        let denied = matches!(resting.next, Next::Denied(_));
        if denied && resting.writes.iter().any(|write| !matches!(write, Write::Record(_))) {
            wrongs.push("a denied login changes something".to_owned());
        }
        wrongs
    }

    fn wrong_link(&self, login: SessionKey, link: &LinkedIdentity, created: &[&NewUser]) -> Option<String> {
        let wrong = |what: &str| Some(format!("link of {} by {:?}: {what}", link.key, link.proof.kind));
        let newest = self.asserted.iter().rev().find(|(asserted_in, _)| *asserted_in == login);
        if newest.is_none_or(|(_, identity)| identity.key != link.key) {
            return wrong("not the identity that the provider asserted in this login");
        }
        if self.policy.provider(&link.key.provider).is_none() {
            return wrong("its provider is disabled");
        }
        if created.iter().any(|new| new.id == link.user) {
            return if link.proof.kind == ProofKind::Created { None } else { wrong("a new account needs no such proof") };
        }
        let Some(user) = self.users.get(&link.user) else { return wrong("to nobody") };
        if !user.is_open() {
            return wrong("the account is closed");
        }
        let shown = match link.proof.kind {
            ProofKind::Password => self.given.contains(&Given::Password(login, user.id)),
            ProofKind::Mailbox if self.given.contains(&Given::Mailbox(login, user.id)) => true,
            ProofKind::Mailbox => self.issued.values().any(|token| {
                let for_this = token.session == login && token.user.is_some_and(|(id, _)| id == user.id);
                for_this && user.has_proved(&token.address) && self.was_read(login, token)
            }),
            ProofKind::TrustedAssertion => {
                user.email.as_ref().is_some_and(|email| email.is_proved() && self.was_vouched_for(login, &email.address))
            }
            ProofKind::LinkedProvider => self.came_back_freshly(login, user.id),
            ProofKind::Created | ProofKind::Administrator => false,
        };
        if shown { None } else { wrong("nobody has shown that") }
    }

    /// Whether this login has what only the reader of this mail can know, and nobody has used it yet.
    pub(super) fn was_read(&self, login: SessionKey, token: &ActionToken) -> bool {
        self.unused.contains(&token.digest) && self.given.contains(&Given::Mail(login, token.digest.clone()))
    }

    /// Whether an identity that is tied to this user was asserted in this login too.
    fn came_back_freshly(&self, login: SessionKey, user: UserId) -> bool {
        let mut asserted = self.asserted.iter().filter(|(asserted_in, _)| *asserted_in == login);
        asserted.any(|(_, identity)| self.identities.get(&identity.key).is_some_and(|link| link.user == user))
    }

    /// Whether a provider that is trusted for it said in this login that it had verified this address.
    fn was_vouched_for(&self, login: SessionKey, address: &EmailAddress) -> bool {
        self.asserted.iter().filter(|(asserted_in, _)| *asserted_in == login).any(|(_, identity)| {
            let trusted = self
                .policy
                .provider(&identity.key.provider)
                .is_some_and(|provider| provider.is_trusted_for(&identity.key, address));
            let same = |email: &domain::AssertedEmail| email.address.names_the_same_mailbox_as(address);
            trusted && identity.email.as_ref().is_some_and(|email| email.vouched == Vouched::Yes && same(email))
        })
    }

    fn wrong_address(&self, login: SessionKey, email: &OwnedAddress) -> Option<String> {
        let shown = match &email.proof {
            None => true,
            Some(AddressProof::Mailbox { .. }) => self.issued.values().any(|token| {
                let for_this = token.session == login && token.address.names_the_same_mailbox_as(&email.address);
                let used_up = token.user.is_some_and(|(user, _)| self.given.contains(&Given::Mailbox(login, user)));
                for_this && (used_up || self.was_read(login, token))
            }),
            Some(AddressProof::TrustedProvider { .. }) => self.was_vouched_for(login, &email.address),
            Some(AddressProof::Administrator { .. }) => false,
        };
        (!shown).then(|| format!("an address counts as proved, but nobody has shown that: {:?}", email.proof))
    }

    fn wrong_session(&self, login: SessionKey, session: &BrowserSession, writes: &[Write]) -> Option<String> {
        let user = session.user;
        let made = writes.iter().filter_map(created).any(|new| new.id == user);
        let linked = writes.iter().any(|write| matches!(write, Write::Link(link) if link.user == user));
        let by_identity = || self.given.iter().any(|given| self.opens(given, login, user));
        match self.users.get(&user) {
            None if made => None,
            None => Some("a session for nobody".to_owned()),
            Some(account) if !account.is_open() => Some("a session for a closed account".to_owned()),
            Some(_) if linked || by_identity() => None,
            Some(_) => Some("a session for somebody who never authenticated".to_owned()),
        }
    }

    fn opens(&self, given: &Given, login: SessionKey, user: UserId) -> bool {
        match given {
            Given::Password(given_in, whose) | Given::Account(given_in, whose) => *given_in == login && *whose == user,
            Given::Identity(given_in, key) => {
                *given_in == login && self.identities.get(key).is_some_and(|link| link.user == user)
            }
            Given::Mail(..) | Given::Mailbox(..) => false,
        }
    }

    /// What must be true of the world after every commit.
    pub(super) fn broken_promises(&self) -> Vec<String> {
        let mut wrongs = Vec::new();
        for user in self.users.values() {
            let proved = user.email.as_ref().filter(|email| email.is_proved());
            let others = |email: &OwnedAddress| self.users.values().filter(|other| other.has_proved(&email.address)).count();
            if proved.is_some_and(|email| others(email) > 1) {
                wrongs.push("two accounts have proved one address".to_owned());
            }
        }
        for session in self.sessions.values().filter(|session| !self.users.contains_key(&session.user)) {
            wrongs.push(format!("a session of nobody: {:?}", session.user));
        }
        wrongs
    }
}

fn created(write: &Write) -> Option<&NewUser> {
    match write {
        Write::CreateUser(new) => Some(new),
        _ => None,
    }
}
