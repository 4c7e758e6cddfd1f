//! The people of the world: accounts here, and what providers say of somebody.

use super::{World, alias};
use domain::{
    Accepted, AccountState, AddressProof, AssertedEmail, BrokeredIdentity, CanonicalSubject, EmailAddress, Epoch, IdentityId,
    IdentityKey, LinkProof, LinkedIdentity, LinkingDomain, OwnedAddress, ProofKind, Provenance, Subject, Timestamp, User, UserId,
    Username, Version, Vouched,
};
use std::collections::BTreeMap;

pub(crate) fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

/// Somebody as a provider sees them.
#[derive(Debug, Clone)]
pub(crate) struct Person(pub(crate) BrokeredIdentity);

/// Somebody at a provider, of whom it says nothing but the subject.
pub(crate) fn someone(provider: &str, subject: &str) -> Person {
    Person(BrokeredIdentity {
        key: IdentityKey {
            provider: alias(provider),
            issuer: format!("https://{provider}.example"),
            authority: None,
            subject: Subject::parse(subject).unwrap(),
        },
        email: None,
        username: None,
        given_name: None,
        family_name: None,
        picture: None,
        attributes: BTreeMap::new(),
        auth_time: None,
        claims: BTreeMap::new(),
    })
}

impl Person {
    pub(crate) fn with(mut self, email: &str, vouched: Vouched) -> Self {
        self.0.email = Some(AssertedEmail { address: address(email), vouched });
        self
    }

    pub(crate) fn vouched(self, email: &str) -> Self {
        self.with(email, Vouched::Yes)
    }

    pub(crate) fn authenticated_at(mut self, at: Timestamp) -> Self {
        self.0.auth_time = Some(at);
        self
    }

    pub(crate) fn called(mut self, username: &str) -> Self {
        self.0.username = Some(username.to_owned());
        self
    }
}

/// An account that is being set up.
pub(crate) struct Account<'w> {
    world: &'w mut World,
    user: User,
    password: Option<String>,
}

impl World {
    /// Sets up an account with this username.
    pub(crate) fn user(&mut self, name: &str) -> Account<'_> {
        let number = u8::try_from(self.users.len() + 1).unwrap();
        let user = User {
            id: UserId::from_bytes([number; 16]),
            subject: CanonicalSubject::from_bytes([number; 16]),
            username: Some(Username::parse(name).unwrap()),
            email: None,
            given_name: None,
            family_name: None,
            picture: None,
            origins: BTreeMap::new(),
            attributes: BTreeMap::new(),
            linking_domain: LinkingDomain::default(),
            state: AccountState::Open,
            has_password: false,
            password_set_at: None,
            must_renew_password: false,
            has_one_time_codes: false,
            roles: std::collections::BTreeSet::new(),
            accepted_terms: BTreeMap::new(),
            epoch: Epoch(0),
            version: Version(1),
            created_at: self.now,
        };
        Account { world: self, user, password: None }
    }

    /// Changes an account as an administrator would: its version moves.
    pub(crate) fn change(&mut self, id: UserId, change: impl FnOnce(&mut User)) {
        let user = self.users.get_mut(&id).unwrap();
        change(user);
        user.version = Version(user.version.0 + 1);
    }

    /// Gives an account a second factor, as if it had always been there.
    pub(crate) fn has_application(&mut self, id: UserId) {
        self.users.get_mut(&id).unwrap().has_one_time_codes = true;
        let seed = domain::one_time::seed_from(&[id.as_bytes()[0]; 32]);
        self.seeds.insert(id, domain::OneTimeSecret { seed, used: 0 });
    }

    /// Closes an account; its past dies with it.
    pub(crate) fn disable(&mut self, id: UserId) {
        self.change(id, |user| {
            user.state = domain::AccountState::Disabled;
            user.epoch = Epoch(user.epoch.0 + 1);
        });
    }

    /// Ties an identity to an account as an administrator would.
    pub(crate) fn link(&mut self, person: &Person, user: UserId) {
        let accepted = Accepted::ByHand { by: "ops".into(), reason: "asked by phone".into() };
        let proof = LinkProof { kind: ProofKind::Administrator, at: self.now, accepted };
        let link = LinkedIdentity {
            id: IdentityId::from_bytes([100 + u8::try_from(self.identities.len()).unwrap(); 16]),
            key: person.0.key.clone(),
            user,
            primary: true,
            label: person.0.label(),
            email: person.0.email.clone(),
            assured: None,
            claims: BTreeMap::new(),
            proof,
            created_at: self.now,
            updated_at: self.now,
            last_sign_in_at: self.now,
            arrived: true,
        };
        self.identities.insert(link.key.clone(), link);
    }
}

impl Account<'_> {
    pub(crate) fn password(mut self, password: &str) -> Self {
        self.user.has_password = true;
        self.password = Some(password.to_owned());
        self
    }

    /// The account's owner has proved this address.
    pub(crate) fn proved(mut self, email: &str) -> Self {
        let proof = Some(AddressProof::Mailbox { at: self.user.created_at });
        self.user.email = Some(OwnedAddress { address: address(email), provenance: Provenance::Typed, proof });
        self
    }

    /// The account says that it has this address, and never showed it.
    pub(crate) fn claims(mut self, email: &str) -> Self {
        self.user.email = Some(OwnedAddress { address: address(email), provenance: Provenance::Typed, proof: None });
        self
    }

    pub(crate) fn disabled(mut self) -> Self {
        self.user.state = domain::AccountState::Disabled;
        self
    }

    pub(crate) fn done(self) -> UserId {
        let id = self.user.id;
        if let Some(password) = self.password {
            self.world.passwords.insert(id, password);
        }
        self.world.users.insert(id, self.user);
        id
    }
}
