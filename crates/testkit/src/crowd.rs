//! A crowd: as many accounts as are wanted, each with an identity at five providers. The same seed gives the same people.
//!
//! | share | |
//! | --- | --- |
//! | 1 in 10 | typed an address and never proved it |
//! | 1 in 100 | claims the address of the person before, unproved |
//! | 1 in 3 | has a `staff-number` that nobody else has, and an `affiliation` that many have |
//! | 1 in 2 | has a password |

use domain::{
    Accepted, AddressProof, AssertedEmail, Attribute, AttributeName, Attributes, CanonicalSubject, EmailAddress, Entropy,
    FlowName, FrameId, IdentityId, IdentityKey, LinkProof, LinkedIdentity, OwnedAddress, ProofKind, Provenance, ProviderAlias,
    RealmId, Secret, Subject, Timestamp, UserId, Username, Vouched,
};
use flow_runtime::NewUser;
use persistence::{Arrived, Committed, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const PROVIDERS: [&str; 5] = ["campus", "employer", "library", "mobile", "social"];
const GIVEN: [&str; 8] = ["Ada", "Bo", "Chidi", "Dana", "Emre", "Fumiko", "Gabriel", "Hana"];
const FAMILY: [&str; 7] = ["Adeyemi", "Berg", "Castillo", "Demir", "Eriksen", "Fujita", "Garcia"];
/// How many people arrive in one transaction.
const TOGETHER: u64 = 1000;
/// A year, over which people came one after the other.
const YEAR: u64 = 365 * 86_400;
const BEGAN: i64 = 1_700_000_000;
/// A well-formed hash of no password at all.
const NO_PASSWORD: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y3Jvd2Rjcm93ZA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A crowd of people, numbered from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd {
    /// How many.
    pub users: u64,
    /// Two crowds with the same seed have the same people.
    pub seed: u64,
}

impl Crowd {
    /// Makes all of them. The realm must not know anybody of this seed yet.
    pub async fn arrive(&self, store: &Store, realm: &RealmId) -> Result<(), StoreError> {
        let mut next = 0;
        while next < self.users {
            let until = self.users.min(next + TOGETHER);
            let group: Vec<Arrived> = (next..until).map(|number| self.person(number)).collect();
            let made = store.create_users(realm, &group).await?;
            assert_eq!(made, Committed::Done { version: None }, "the realm knows this crowd already");
            next = until;
        }
        Ok(())
    }

    /// One of them.
    pub fn person(&self, number: u64) -> Arrived {
        let entropy = self.entropy(number);
        let at = Timestamp::from_seconds(BEGAN + i64::try_from(number * YEAR / self.users.max(1)).unwrap());
        let (id, subject) = (UserId::from_bytes(entropy.id("user")), CanonicalSubject::from_bytes(entropy.id("subject")));
        let user = NewUser {
            username: Some(self.username(number)),
            email: Some(self.owned_address(number, at)),
            given_name: Some(of(&GIVEN, number).to_owned()),
            family_name: Some(of(&FAMILY, number).to_owned()),
            attributes: self.attributes(number),
            password_hash: number.is_multiple_of(2).then(|| Secret::new(NO_PASSWORD)),
            ..NewUser::unknown(id, subject, at)
        };
        let a_minute_apart = (0..).zip(PROVIDERS).map(|(minute, provider)| (at.plus(Duration::from_mins(minute)), provider));
        let identities = a_minute_apart.map(|(at, provider)| self.link(user.id, number, (at, provider))).collect();
        Arrived { user, identities }
    }

    /// What a person is called when signing in.
    pub fn username(&self, number: u64) -> Username {
        Username::parse(&format!("{}.{}.{number}", of(&GIVEN, number), of(&FAMILY, number))).unwrap()
    }

    /// The address that a person has, or claims.
    pub fn address(&self, number: u64) -> EmailAddress {
        let owner = if claims_anothers(number) { number - 1 } else { number };
        EmailAddress::parse(&format!("{}@mail-{}.example", self.username(owner), owner % 50)).unwrap()
    }

    /// A value that only this person has, if there is one.
    pub fn staff_number(number: u64) -> Option<(AttributeName, String)> {
        number.is_multiple_of(3).then(|| (AttributeName::parse("staff-number").unwrap(), format!("S-{number:08}")))
    }

    /// Who hands out what a crowd's attributes say.
    pub fn handed_out() -> BTreeSet<(AttributeName, ProviderAlias)> {
        let employer = ProviderAlias::parse("employer").unwrap();
        [(AttributeName::parse("staff-number").unwrap(), employer)].into()
    }

    /// One of a person's identities; `provider` is below 5.
    pub fn identity(&self, number: u64, provider: usize) -> IdentityKey {
        self.key(number, PROVIDERS[provider])
    }

    fn key(&self, number: u64, provider: &str) -> IdentityKey {
        let id = self.entropy(number).secret(provider);
        IdentityKey {
            provider: ProviderAlias::parse(provider).unwrap(),
            issuer: format!("https://{provider}.example"),
            authority: None,
            subject: Subject::parse(&id.reveal()[..22]).unwrap(),
        }
    }

    fn entropy(&self, number: u64) -> Entropy {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.seed.to_be_bytes());
        seed[8..16].copy_from_slice(&number.to_be_bytes());
        Entropy::from_bytes(seed)
    }

    fn owned_address(&self, number: u64, at: Timestamp) -> OwnedAddress {
        let campus = PROVIDERS[0];
        let (provenance, proof) = match number % 10 {
            _ if claims_anothers(number) => (Provenance::Typed, None),
            1 => (Provenance::Typed, None),
            2 | 3 => (Provenance::Typed, Some(AddressProof::Mailbox { at })),
            4 => (Provenance::Administrator, Some(AddressProof::Administrator { at })),
            _ => {
                let provider = ProviderAlias::parse(campus).unwrap();
                (self.given_by(number, campus), Some(AddressProof::TrustedProvider { provider, at }))
            }
        };
        OwnedAddress { address: self.address(number), provenance, proof }
    }

    fn attributes(&self, number: u64) -> Attributes {
        let Some((name, value)) = Self::staff_number(number) else { return Attributes::new() };
        let given = |value: &str| Attribute { values: vec![value.to_owned()], provenance: self.given_by(number, "employer") };
        let affiliation = given(of(&["staff", "student", "guest"], number / 3));
        Attributes::from([(name, given(&value)), (AttributeName::parse("affiliation").unwrap(), affiliation)])
    }

    fn given_by(&self, number: u64, provider: &str) -> Provenance {
        let key = self.key(number, provider);
        Provenance::Provider { provider: key.provider.clone(), vouched: true, identity: Some(Box::new(key)) }
    }

    fn link(&self, user: UserId, number: u64, (at, provider): (Timestamp, &str)) -> LinkedIdentity {
        let entropy = self.entropy(number).part(provider);
        let first = provider == PROVIDERS[0];
        let address = EmailAddress::parse(&format!("{}@{provider}.example", self.username(number))).unwrap();
        let alias = ProviderAlias::parse(provider).unwrap();
        let vouched = if provider == "social" { Vouched::Silent } else { Vouched::Yes };
        LinkedIdentity {
            id: IdentityId::from_bytes(entropy.id("identity")),
            key: self.key(number, provider),
            user,
            primary: first,
            label: address.to_string(),
            email: Some(AssertedEmail { address, vouched }),
            assured: first.then_some(AddressProof::TrustedProvider { provider: alias, at }),
            claims: BTreeMap::new(),
            proof: LinkProof {
                kind: if first { ProofKind::Created } else { ProofKind::Mailbox },
                at,
                accepted: Accepted::Login {
                    frame: FrameId::from_bytes(entropy.id("frame")),
                    flow: FlowName::parse("first-broker-login").unwrap(),
                    revision: "crowd".to_owned(),
                    rule: None,
                },
            },
            created_at: at,
            updated_at: at,
            last_sign_in_at: at,
            arrived: true,
        }
    }
}

fn of(names: &[&'static str], number: u64) -> &'static str {
    names[usize::try_from(number % names.len() as u64).unwrap()]
}

fn claims_anothers(number: u64) -> bool {
    number % 100 == 99
}
