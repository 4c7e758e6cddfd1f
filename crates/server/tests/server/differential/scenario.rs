//! Random people: accounts, what is tied to them, and who comes from providers.

use super::dice::Dice;
use super::realm::Realm;
use domain::{
    Accepted, AddressProof, AssertedEmail, Attribute, AttributeName, BrokeredIdentity, CanonicalSubject, EmailAddress,
    IdentityId, IdentityKey, LinkProof, LinkedIdentity, OneTimeSecret, OwnedAddress, ProofKind, Provenance, ProviderAlias,
    Secret, Subject, User, UserId, Username, Vouched,
};
use flow_runtime::NewUser;
use persistence::{Arrived, Committed};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use testkit::Phone;

pub(crate) const RIGHT: &str = "correct horse battery";

/// The people of one seed. Their names have its number, so that no two seeds meet.
pub(crate) struct Scenario {
    pub(crate) seed: u64,
    pub(crate) users: Vec<User>,
    pub(crate) links: Vec<LinkedIdentity>,
    pub(crate) passwords: BTreeMap<UserId, String>,
    /// Who has an authenticator application, and what Braid keeps of it.
    pub(crate) phones: BTreeMap<UserId, (Phone, OneTimeSecret)>,
    pub(crate) comers: Vec<Comer>,
    pub(crate) names: Vec<String>,
    pub(crate) addresses: Vec<String>,
}

/// Somebody at a provider: as claims, and as Braid should understand them.
#[derive(Clone)]
pub(crate) struct Comer {
    pub(crate) claims: Value,
    pub(crate) identity: BrokeredIdentity,
}

impl Scenario {
    /// Makes the accounts in the live realm too.
    pub(crate) async fn new(seed: u64, dice: &mut Dice, realm: &Realm) -> Self {
        let addresses = [format!("ada{seed}@corp.example"), format!("Ada{seed}@corp.example"), format!("bob{seed}@else.example")];
        let names = [format!("ada{seed}"), format!("bob{seed}")];
        let (mut users, mut links, mut passwords, mut phones) = (Vec::new(), Vec::new(), BTreeMap::new(), BTreeMap::new());
        for at in 0..dice.below(3) {
            let mut arrived = account(seed, at, dice, realm).await;
            if dice.once_in(3) {
                let (phone, secret) = Phone::fresh();
                arrived.user.one_time = Some(secret.clone());
                phones.insert(arrived.user.id, (phone, secret));
            }
            if arrived.user.password_hash.is_some() {
                passwords.insert(arrived.user.id, RIGHT.to_owned());
            }
            let id = arrived.user.id;
            let made = realm.world.store().create_users(realm.world.realm(), std::slice::from_ref(&arrived)).await.unwrap();
            if !matches!(made, Committed::Done { .. }) {
                continue;
            }
            let mut user = realm.world.store().find_user(realm.world.realm(), id).await.unwrap().unwrap();
            if dice.once_in(8) {
                realm.world.set_enabled(&user, false).await;
                user = realm.world.store().find_user(realm.world.realm(), id).await.unwrap().unwrap();
            }
            links.extend(realm.world.links_of(&user).await);
            users.push(user);
        }
        let mut comers: Vec<Comer> = (0..3).map(|at| comer(seed, at, dice, realm)).collect();
        comers.extend(links.iter().map(|link| again(link, dice)));
        Self { seed, users, links, passwords, phones, comers, names: names.into(), addresses: addresses.into() }
    }

    /// The usernames and addresses that somebody may type.
    pub(crate) fn typed(&self, dice: &mut Dice) -> String {
        let all: Vec<&String> = self.names.iter().chain(&self.addresses).collect();
        (*dice.one(&all)).clone()
    }
}

async fn account(seed: u64, at: usize, dice: &mut Dice, realm: &Realm) -> Arrived {
    let number = |part: u8| {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        (bytes[14], bytes[15]) = (u8::try_from(at).unwrap() + 1, part);
        bytes
    };
    let now = server::now();
    let id = UserId::from_bytes(number(1));
    let mut user = NewUser::unknown(id, CanonicalSubject::from_bytes(number(2)), now);
    user.username = (!dice.once_in(4)).then(|| Username::parse(&format!("{}{seed}", ["ada", "bob"][at])).unwrap());
    if !dice.once_in(5) {
        let text = if dice.once_in(3) { format!("bob{seed}@else.example") } else { format!("ada{seed}@corp.example") };
        let proof = match dice.below(3) {
            0 => None,
            1 => Some(AddressProof::Mailbox { at: now }),
            _ => Some(AddressProof::Administrator { at: now }),
        };
        user.email = Some(OwnedAddress { address: EmailAddress::parse(&text).unwrap(), provenance: Provenance::Typed, proof });
    }
    if dice.once_in(3) {
        let attribute = Attribute::entered(vec![format!("n{seed}")]).unwrap();
        user.attributes.insert(AttributeName::parse("number").unwrap(), attribute);
    }
    if !dice.once_in(3) {
        user.password_hash = Some(realm.world.braid().hash_password(&Secret::new(RIGHT)).await.unwrap());
    }
    let alias = dice.one(&realm.providers);
    let identities = if dice.once_in(2) { Vec::new() } else { vec![link(number(3), id, alias, realm, dice)] };
    Arrived { user, identities }
}

fn link(id: [u8; 16], user: UserId, alias: &str, realm: &Realm, dice: &mut Dice) -> LinkedIdentity {
    let now = server::now();
    let accepted = Accepted::ByHand { by: "a test".into(), reason: "the story wants it".into() };
    let seed = u64::from_le_bytes(id[..8].try_into().unwrap());
    let address = EmailAddress::parse(&format!("ada{seed}@corp.example")).unwrap();
    let email = dice.once_in(2).then_some(AssertedEmail { address, vouched: Vouched::Yes });
    LinkedIdentity {
        id: IdentityId::from_bytes(id),
        key: key(alias, &format!("linked-{seed}-{}", id[14]), realm),
        user,
        primary: true,
        label: "linked".into(),
        email,
        assured: None,
        claims: BTreeMap::new(),
        proof: LinkProof { kind: ProofKind::Administrator, at: now, accepted },
        created_at: now,
        updated_at: now,
        last_sign_in_at: now,
        arrived: true,
    }
}

fn key(alias: &str, subject: &str, realm: &Realm) -> IdentityKey {
    IdentityKey {
        provider: ProviderAlias::parse(alias).unwrap(),
        issuer: realm.world.provider(alias).issuer.clone(),
        authority: None,
        subject: Subject::parse(subject).unwrap(),
    }
}

fn comer(seed: u64, at: usize, dice: &mut Dice, realm: &Realm) -> Comer {
    let alias = dice.one(&realm.providers);
    let subject = format!("comer-{seed}-{at}");
    let mut claims = json!({ "sub": subject });
    let mut identity = BrokeredIdentity {
        key: key(alias, &subject, realm),
        email: None,
        username: None,
        given_name: None,
        family_name: None,
        picture: None,
        attributes: BTreeMap::new(),
        auth_time: None,
        claims: BTreeMap::new(),
    };
    if !dice.once_in(5) {
        let text = dice.one(&["ada{}@corp.example", "bob{}@else.example", "new{}@corp.example"]).replace("{}", &seed.to_string());
        let vouched = *dice.one(&[Vouched::Yes, Vouched::Yes, Vouched::No, Vouched::Silent]);
        claims["email"] = text.clone().into();
        match vouched {
            Vouched::Yes => claims["email_verified"] = true.into(),
            Vouched::No => claims["email_verified"] = false.into(),
            Vouched::Silent => {}
        }
        identity.email = Some(AssertedEmail { address: EmailAddress::parse(&text).unwrap(), vouched });
    }
    if dice.once_in(2) {
        let name = dice.one(&["ada{}", "eve{}"]).replace("{}", &seed.to_string());
        claims["preferred_username"] = name.clone().into();
        identity.username = Some(name);
    }
    if dice.once_in(2) {
        claims["given_name"] = "Ada".into();
        identity.given_name = Some("Ada".to_owned());
    }
    if alias.starts_with('p') && dice.once_in(3) {
        claims["number"] = format!("n{seed}").into();
        identity.attributes.insert(AttributeName::parse("number").unwrap(), vec![format!("n{seed}")]);
    }
    Comer { claims, identity }
}

/// Somebody whose identity is linked already.
fn again(link: &LinkedIdentity, dice: &mut Dice) -> Comer {
    let mut claims = json!({ "sub": link.key.subject.as_str() });
    let mut email = None;
    if dice.once_in(2)
        && let Some(known) = &link.email
    {
        claims["email"] = known.address.to_string().into();
        claims["email_verified"] = true.into();
        email = Some(known.clone());
    }
    let identity = BrokeredIdentity {
        key: link.key.clone(),
        email,
        username: None,
        given_name: None,
        family_name: None,
        picture: None,
        attributes: BTreeMap::new(),
        auth_time: None,
        claims: BTreeMap::new(),
    };
    Comer { claims, identity }
}
