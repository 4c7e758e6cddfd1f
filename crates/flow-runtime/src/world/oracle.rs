//! The judge: compares what a login wants to write with what really happened, and never asks the engine.

use super::{Given, World};
use crate::{NewUser, Next, Resting, Write};
use domain::{
    ActionToken, AddressProof, AuthenticationMethod, BrowserSession, EmailAddress, LinkedIdentity, OwnedAddress, ProofKind,
    Provenance, SessionKey, UnprovedClaims, User, UserId, Vouched,
};

impl World {
    /// What is wrong with these changes, seen from the world before them.
    pub(super) fn wrongs_of(&self, login: SessionKey, resting: &Resting) -> Vec<String> {
        let created: Vec<&NewUser> = resting.writes.iter().filter_map(created).collect();
        let mut wrongs = Vec::new();
        for write in &resting.writes {
            wrongs.extend(match write {
                Write::Link(link) => self.wrong_link(login, link, (&created, &resting.writes)),
                Write::CreateUser(new) => new.email.as_ref().and_then(|email| self.wrong_address(login, email)),
                Write::StartBrowserSession(session) => self.wrong_session(login, session, &resting.writes),
                Write::HandOver { user, .. } => self.wrong_hand_over(login, *user),
                Write::SetPassword { user, .. } => self.wrong_password(login, *user),
                Write::SetOneTimeCodes { user, .. } => self.wrong_second_factor(login, *user),
                Write::SetAddress { user, address } => self.wrong_change(login, *user, address),
                _ => None,
            });
        }
        let denied = matches!(resting.next, Next::Denied(_));
        if denied && resting.writes.iter().any(|write| !matches!(write, Write::Record(_))) {
            wrongs.push("a denied login changes something".to_owned());
        }
        wrongs
    }

    fn wrong_link(&self, login: SessionKey, link: &LinkedIdentity, (created, writes): (&[&NewUser], &[Write])) -> Option<String> {
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
        let handed_over = writes.iter().any(|write| matches!(write, Write::HandOver { user: to, .. } if *to == user.id));
        let shown = self.has_shown(login, link.proof.kind, (user, handed_over));
        if shown { None } else { wrong("nobody has shown that") }
    }

    /// Whether that was really shown in this login of that account, which is handed over or not.
    pub(crate) fn has_shown(&self, login: SessionKey, kind: ProofKind, (user, handed_over): (&User, bool)) -> bool {
        match kind {
            ProofKind::Password => self.given.contains(&Given::Password(login, user.id)),
            ProofKind::Mailbox if self.given.contains(&Given::Mailbox(login, user.id)) => true,
            ProofKind::Mailbox => self.issued.values().any(|token| {
                let for_this = token.session == login && token.user.is_some_and(|(id, _)| id == user.id);
                for_this && user.has_proved(&token.address) && self.was_read(login, token)
            }),
            // Whether the account may be handed over is judged where it is.
            ProofKind::TrustedAssertion if self.was_handed_out(login, user) => true,
            ProofKind::TrustedAssertion => user
                .email
                .as_ref()
                .is_some_and(|email| (email.is_proved() || handed_over) && self.was_vouched_for(login, &email.address)),
            ProofKind::LinkedProvider => self.came_back_freshly(login, user.id),
            ProofKind::Waived => self.accepts_waived,
            ProofKind::Created | ProofKind::Administrator => false,
        }
    }

    /// Whether a provider asserted in this login a value that it hands out, and the account has it from there or from an administrator.
    fn was_handed_out(&self, login: SessionKey, user: &User) -> bool {
        self.asserted.iter().filter(|(asserted_in, _)| *asserted_in == login).any(|(_, identity)| {
            let Some(provider) = self.policy.provider(&identity.key.provider) else { return false };
            provider.hands_out.iter().any(|name| {
                let (said, own) = (identity.attributes.get(name), user.attributes.get(name));
                said.zip(own)
                    .is_some_and(|(said, own)| own.provenance != Provenance::Typed && said.iter().any(|value| own.has(value)))
            })
        })
    }

    /// Whether this login has what only the reader of this mail can know, and nobody has used it yet.
    pub(super) fn was_read(&self, login: SessionKey, token: &ActionToken) -> bool {
        self.unused.contains(&token.digest) && self.given.contains(&Given::Mail(login, token.digest.clone()))
    }

    /// Whether somebody came back in this login as an identity that is tied to this user, on a trip that was to prove it, with a login of
    /// that trip.
    fn came_back_freshly(&self, login: SessionKey, user: UserId) -> bool {
        self.given.iter().any(|given| match given {
            Given::CameBack(given_in, key) => {
                let is_own = self.identities.get(key).is_some_and(|link| link.user == user);
                let provider = self.policy.provider(&key.provider);
                *given_in == login && is_own && provider.is_some_and(|provider| provider.proves_fresh_login)
            }
            _ => false,
        })
    }

    /// Only an account that never proved its address is handed over, to whoever comes with the word of a provider that is set up for that,
    /// and nothing on it stays that belongs to somebody with another address.
    fn wrong_hand_over(&self, login: SessionKey, user: UserId) -> Option<String> {
        let wrong = |what: &str| Some(format!("an account is handed over: {what}"));
        let Some(email) = self.users.get(&user).and_then(|user| user.email.as_ref()) else { return wrong("it claims nothing") };
        let newest = self.asserted.iter().rev().find(|(asserted_in, _)| *asserted_in == login);
        let provider = newest.and_then(|(_, identity)| self.policy.provider(&identity.key.provider));
        let of_another = |link: &LinkedIdentity| {
            let same = |own: &domain::AssertedEmail| own.address.names_the_same_mailbox_as(&email.address);
            link.user == user && link.assured.is_some() && !link.email.as_ref().is_some_and(same)
        };
        if email.is_proved() || !self.was_vouched_for(login, &email.address) {
            wrong("nobody's word is enough for that")
        } else if provider.is_none_or(|provider| provider.unproved_claims != UnprovedClaims::HandOver) {
            wrong("the provider isn't set up for that")
        } else if self.identities.values().any(of_another) {
            wrong("somebody with another address keeps a way in")
        } else {
            None
        }
    }

    /// A session that begins belongs to the account as it is then.
    pub(super) fn wrong_epochs(&self, resting: &Resting) -> Vec<String> {
        let dead = |session: &BrowserSession| self.users.get(&session.user).is_some_and(|user| user.epoch != session.epoch);
        let began = resting.writes.iter().filter_map(|write| match write {
            Write::StartBrowserSession(session) if dead(session) => Some("a session begins dead".to_owned()),
            _ => None,
        });
        began.collect()
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
                let opened = self.given.contains(&Given::Address(login, email.address.key()));
                for_this && (used_up || opened || self.was_read(login, token))
            }),
            Some(AddressProof::TrustedProvider { .. }) => self.was_vouched_for(login, &email.address),
            Some(AddressProof::Administrator { .. }) => false,
        };
        (!shown).then(|| format!("an address counts as proved, but nobody has shown that: {:?}", email.proof))
    }

    fn wrong_session(&self, login: SessionKey, session: &BrowserSession, writes: &[Write]) -> Option<String> {
        let user = session.user;
        let made = writes.iter().filter_map(created).any(|new| new.id == user);
        let renewed = writes.iter().any(|write| match write {
            Write::SetPassword { user: whose, .. } | Write::SetOneTimeCodes { user: whose, .. } => *whose == user,
            Write::SetAddress { user: whose, address } => *whose == user && address.is_proved(),
            // It takes the place of one of the same account that is alive.
            Write::EndBrowserSession(old) => self
                .sessions
                .get(old)
                .is_some_and(|old| old.user == user && self.users.get(&user).is_some_and(|user| user.epoch == old.epoch)),
            _ => false,
        });
        let linked = writes.iter().any(|write| matches!(write, Write::Link(link) if link.user == user));
        let by_identity = || self.given.iter().any(|given| self.opens(given, login, user));
        match self.users.get(&user) {
            None if made => None,
            None => Some("a session for nobody".to_owned()),
            Some(_) if self.claims_a_factor(login, session, writes) => {
                Some("a session claims a second factor that nobody has shown".to_owned())
            }
            Some(account) if !account.is_open() => Some("a session for a closed account".to_owned()),
            Some(_) if linked || renewed || by_identity() => None,
            Some(_) => Some("a session for somebody who never authenticated".to_owned()),
        }
    }

    /// A session that claims a second factor had one shown: in this login, in the session that it follows, or by setting it up.
    fn claims_a_factor(&self, login: SessionKey, session: &BrowserSession, writes: &[Write]) -> bool {
        let user = session.user;
        let had = |old: &BrowserSession| old.user == user && old.methods.contains(&AuthenticationMethod::OneTimeCode);
        let set_up = |write: &Write| match write {
            Write::SetOneTimeCodes { user: whose, .. } => *whose == user,
            Write::CreateUser(new) => new.id == user && new.one_time.is_some(),
            _ => false,
        };
        let shown = [Given::OneTimeCode(login, user), Given::Account(login, user)];
        let is_known = shown.iter().any(|given| self.given.contains(given));
        let claimed = session.methods.contains(&AuthenticationMethod::OneTimeCode);
        claimed && !is_known && !writes.iter().any(set_up) && !self.sessions.values().any(had)
    }

    pub(super) fn opens(&self, given: &Given, login: SessionKey, user: UserId) -> bool {
        match given {
            Given::Password(given_in, whose) | Given::Account(given_in, whose) | Given::Renewed(given_in, whose) => {
                *given_in == login && *whose == user
            }
            Given::Identity(given_in, key) => {
                *given_in == login && self.identities.get(key).is_some_and(|link| link.user == user)
            }
            Given::OneTimeCode(..) | Given::Mail(..) | Given::Mailbox(..) | Given::Address(..) | Given::CameBack(..) => false,
        }
    }

    /// What must be true of the world after every commit.
    pub(super) fn broken_promises(&self) -> Vec<String> {
        let mut wrongs = Vec::new();
        for user in self.users.values() {
            let proved = user.email.as_ref().filter(|email| email.is_proved());
            let is_rival = |other: &&User, email: &OwnedAddress| {
                other.linking_domain == user.linking_domain && other.has_proved(&email.address)
            };
            let others = |email: &OwnedAddress| self.users.values().filter(|other| is_rival(other, email)).count();
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
