//! The people of an exploration: accounts that are there, and what the provider says of whoever comes.

use super::realm::{BEGINNING, Realm};
use super::setting::{Existing, Rules, Setting, Word};
use crate::world::World;
use crate::{Flow, NewUser};
use domain::{
    Accepted, AccountState, AddressProof, AssertedAttributes, AssertedEmail, BrokeredIdentity, CanonicalSubject, EmailAddress,
    IdentityId, IdentityKey, LinkProof, LinkedIdentity, OneTimeSecret, OwnedAddress, ProofKind, Provenance, Subject, User,
    UserId, Username, Vouched, one_time,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The address that it is all about.
pub const ADDRESS: &str = "vic@x.org";
/// An address that nobody has.
pub(super) const FRESH: &str = "fresh@x.org";
/// The account that has proved the address, or has the username that a rule goes by.
pub(super) const OWNER: UserId = UserId::from_bytes([1; 16]);
/// An account that says that the address is its own.
pub(super) const CLAIMANT: UserId = UserId::from_bytes([2; 16]);
/// One more of those.
pub(super) const OTHER: UserId = UserId::from_bytes([3; 16]);
/// The account of whoever comes, where the flow is for people who have one.
pub(super) const OWN: UserId = UserId::from_bytes([4; 16]);

/// Who comes back from the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Whoever came, or comes for the first time.
    Comer,
    /// Somebody with an account, by the identity that is tied to it.
    Own,
    /// Who has the address already, by the other identity that is tied to the account, with a fresh login.
    Owner,
    /// The same, without a fresh login.
    OwnerUnasked,
    /// Somebody else altogether.
    Stranger,
    /// Nobody: the person cancelled.
    Nobody,
}

impl Who {
    /// Everybody who may come back.
    pub(super) const ALL: [Self; 6] = [Self::Comer, Self::Own, Self::Owner, Self::OwnerUnasked, Self::Stranger, Self::Nobody];

    fn subject(self) -> &'static str {
        match self {
            Self::Comer => "comer",
            Self::Own => "own",
            Self::Owner | Self::OwnerUnasked => "owner",
            Self::Stranger | Self::Nobody => "stranger",
        }
    }
}

/// The password of an account, where it has one.
pub(super) fn password_of(user: UserId) -> &'static str {
    match user {
        OWNER => "the owner's password",
        CLAIMANT => "the claimant's password",
        OTHER => "the other's password",
        _ => "one's own password",
    }
}

impl Realm {
    /// Somebody of whom the provider speaks. None: nobody.
    pub(super) fn identity(&self, who: Who, setting: Setting) -> Option<BrokeredIdentity> {
        let email = match (who, setting.word, setting.rules) {
            (Who::Comer, Word::Nothing, _) | (Who::Own | Who::Owner | Who::OwnerUnasked, ..) => None,
            (Who::Comer, _, Rules::ByName) | (Who::Comer, Word::Own, _) => Some((FRESH, Vouched::Yes)),
            (Who::Comer, Word::Silent, _) => Some((ADDRESS, Vouched::Silent)),
            (Who::Comer, ..) => Some((ADDRESS, Vouched::Yes)),
            (Who::Stranger, ..) => Some(("stranger@x.org", Vouched::Yes)),
            (Who::Nobody, ..) => return None,
        };
        let email = match email {
            Some((text, vouched)) => Some(AssertedEmail { address: EmailAddress::parse(text).ok()?, vouched }),
            None => None,
        };
        let username = if setting.rules == Rules::ByName { "owner" } else { "newcomer" };
        Some(BrokeredIdentity {
            key: self.key(who)?,
            email,
            username: (who == Who::Comer).then(|| username.to_owned()),
            given_name: None,
            family_name: None,
            picture: None,
            attributes: AssertedAttributes::new(),
            auth_time: (who != Who::OwnerUnasked).then_some(BEGINNING),
            claims: BTreeMap::new(),
        })
    }

    fn key(&self, who: Who) -> Option<IdentityKey> {
        Some(IdentityKey {
            provider: self.provider.alias.clone(),
            issuer: "https://provider.example".to_owned(),
            authority: None,
            subject: Subject::parse(who.subject()).ok()?,
        })
    }

    /// The world of a setting. None: it can't be made.
    pub(super) fn world(&self, flow: &Arc<Flow>, setting: Setting) -> Option<World> {
        let mut world = World::new(self.policy(flow, setting)?, BEGINNING);
        match setting.existing {
            Existing::Nobody => {}
            Existing::Owner { password } => add(&mut world, OWNER, Some(true), password)?,
            Existing::OwnerAtProvider => {
                add(&mut world, OWNER, Some(true), false)?;
                self.tie(&mut world, Who::Owner, OWNER)?;
            }
            Existing::Claimant { password } => add(&mut world, CLAIMANT, Some(false), password)?,
            Existing::ClaimantAtProvider => {
                add(&mut world, CLAIMANT, Some(false), false)?;
                self.tie(&mut world, Who::Owner, CLAIMANT)?;
            }
            Existing::TwoClaimants => {
                add(&mut world, CLAIMANT, Some(false), true)?;
                add(&mut world, OTHER, Some(false), true)?;
            }
            Existing::OwnerAndClaimant => {
                add(&mut world, CLAIMANT, Some(false), true)?;
                add(&mut world, OWNER, Some(true), true)?;
            }
            Existing::Closed => {
                add(&mut world, OWNER, Some(true), true)?;
                change(&mut world, OWNER, |user| user.state = AccountState::Disabled);
            }
        }
        if setting.rules == Rules::ByName {
            change(&mut world, OWNER, |user| user.username = Username::parse("owner").ok());
        }
        if self.serves != crate::flow_test::Serves::FirstLogin {
            add(&mut world, OWN, setting.due.then_some(false), true)?;
            self.tie(&mut world, Who::Own, OWN)?;
            change(&mut world, OWN, |user| {
                user.must_renew_password = setting.due;
                user.given_name = (!setting.due).then(|| "Somebody".to_owned());
                user.family_name = (!setting.due).then(|| "Known".to_owned());
            });
        }
        if setting.factor {
            for (id, user) in &mut world.users {
                user.has_one_time_codes = true;
                world.seeds.insert(*id, OneTimeSecret { seed: one_time::seed_from(&[7; 32]), used: 0 });
            }
        }
        Some(world)
    }

    fn tie(&self, world: &mut World, who: Who, user: UserId) -> Option<()> {
        let key = self.key(who)?;
        let accepted = Accepted::ByHand { by: "somebody".to_owned(), reason: "it was so before".to_owned() };
        let link = LinkedIdentity {
            id: IdentityId::from_bytes([*user.as_bytes().first()?; 16]),
            key: key.clone(),
            user,
            primary: true,
            label: who.subject().to_owned(),
            email: None,
            assured: None,
            claims: BTreeMap::new(),
            proof: LinkProof { kind: ProofKind::Administrator, at: BEGINNING, accepted },
            created_at: BEGINNING,
            updated_at: BEGINNING,
            last_sign_in_at: BEGINNING,
            arrived: true,
        };
        world.identities.insert(key, link);
        Some(())
    }
}

/// Adds an account that has proved the address, only says so (`Some(false)`), or has none.
fn add(world: &mut World, id: UserId, proved: Option<bool>, password: bool) -> Option<()> {
    let address = EmailAddress::parse(ADDRESS).ok()?;
    let proof = |proved: bool| proved.then_some(AddressProof::Mailbox { at: BEGINNING });
    let email = proved.map(|proved| OwnedAddress { address, provenance: Provenance::Typed, proof: proof(proved) });
    let new = NewUser { email, ..NewUser::unknown(id, CanonicalSubject::from_bytes(*id.as_bytes()), BEGINNING) };
    let name = match id {
        OWNER => "vic",
        CLAIMANT => "claimant",
        OTHER => "other",
        _ => "own",
    };
    let username = Username::parse(name).ok();
    let password_set_at = password.then_some(BEGINNING);
    let user = User { username, has_password: password, password_set_at, version: domain::Version(1), ..new.as_user() };
    world.users.insert(id, user);
    if password {
        world.passwords.insert(id, password_of(id).to_owned());
    }
    Some(())
}

fn change(world: &mut World, id: UserId, change: impl FnOnce(&mut User)) {
    if let Some(user) = world.users.get_mut(&id) {
        change(user);
    }
}
