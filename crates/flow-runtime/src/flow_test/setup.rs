//! Builds the pretend world that a test begins with.

use super::given::{Given, GivenAccount, GivenClient, GivenIdentity, GivenLink, GivenProvider, Serves};
use crate::definition::declaration::{Establishes, Need};
use crate::policy::{Bindings, Limits, RealmPolicy};
use crate::revisions::Revisions;
use crate::world::World;
use crate::{Flow, reader};
use domain::{
    Accepted, AddressProof, BrowserSession, CanonicalSubject, ClientId, ClientPolicy, Digest, Epoch, FlowName, IdError,
    IdentityId, LinkProof, LinkedIdentity, OwnedAddress, ProofKind, Provenance, ProviderAlias, ProviderPolicy, RealmId,
    Timestamp, User, UserId, Username, Version, Wish,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// When every test begins: any time will do.
const BEGINNING: i64 = 1_800_000_000;

/// The application that sends people, unless a test names another.
const CLIENT: &str = "shop";

/// Who is called what in a test.
pub type Cast = BTreeMap<Username, UserId>;

/// The flows that a realm has beside the one that is tested: those that come with Braid.
pub fn others() -> BTreeMap<FlowName, Arc<Flow>> {
    reader::shipped().unwrap_or_default().into_iter().map(|(name, flow)| (name, Arc::new(flow))).collect()
}

/// What a flow is for, judged by what it has.
pub(super) fn looks_like(flow: &Flow, bindings: &Bindings) -> Serves {
    let bound = |name: &FlowName| *name == flow.name;
    let wishes = [Wish::SignIn, Wish::Create, Wish::Recover, Wish::VerifyAddress, Wish::ChangeAddress, Wish::SecondFactor];
    if let Some(wish) = wishes.into_iter().find(|wish| bound(bindings.of(*wish))) {
        return Serves::Wish(wish);
    }
    let has = |need| flow.authenticators().any(|(_, authenticator)| authenticator.declaration().needs.contains(&need));
    let signs_in = flow.authenticators().any(|(_, found)| found.declaration().establishes.contains(&Establishes::User));
    match (has(Need::Identity), signs_in) {
        (true, _) => Serves::FirstLogin,
        (false, true) => Serves::Wish(Wish::SignIn),
        (false, false) => Serves::PostLogin,
    }
}

/// Lets a flow serve what it looks like in a realm that is there already. Says what somebody is sent for who meets it.
pub fn bind(policy: &mut RealmPolicy, flow: &Arc<Flow>) -> Wish {
    policy.flows.insert(flow.name.clone(), Arc::clone(flow));
    match looks_like(flow, &policy.bindings) {
        Serves::Wish(wish) => {
            policy.bindings.set(wish, flow.name.clone());
            wish
        }
        Serves::FirstLogin => {
            policy.providers.iter_mut().for_each(|provider| provider.first_login_flow = flow.name.clone());
            Wish::SignIn
        }
        Serves::PostLogin => {
            policy.providers.iter_mut().for_each(|provider| provider.post_login_flow = Some(flow.name.clone()));
            Wish::SignIn
        }
    }
}

/// The realm of a test.
pub(super) fn realm(
    flow: &Arc<Flow>,
    others: &BTreeMap<FlowName, Arc<Flow>>,
    given: &Given,
) -> Result<(RealmPolicy, Serves), IdError> {
    let mut bindings = Bindings {
        browser: FlowName::parse("browser")?,
        registration: FlowName::parse("registration")?,
        forgotten_password: FlowName::parse("forgotten-password")?,
        verify_address: FlowName::parse("verify-address")?,
        change_address: FlowName::parse("change-address")?,
        second_factor: Some(FlowName::parse("second-factor")?),
    };
    let serves = given.serves.unwrap_or_else(|| looks_like(flow, &bindings));
    if let Serves::Wish(wish) = serves {
        bindings.set(wish, flow.name.clone());
    }
    let mut flows = others.clone();
    flows.insert(flow.name.clone(), Arc::clone(flow));
    let mut clients = BTreeMap::new();
    clients.insert(ClientId::parse(CLIENT)?, GivenClient::default());
    clients.extend(given.clients.clone());
    let asked = given.request.client.iter().map(|client| (client.clone(), GivenClient::default()));
    for (id, client) in asked {
        clients.entry(id).or_insert(client);
    }
    let policy = RealmPolicy {
        realm: RealmId::parse("test")?,
        name: "Test".to_owned(),
        flows,
        revisions: Revisions::default(),
        bindings,
        providers: providers(flow, serves, given)?,
        clients: clients.into_iter().map(|(id, client)| (id.clone(), application(id, client))).collect(),
        rules: given.rules.clone().unwrap_or_default(),
        sends_mail: given.sends_mail,
        limits: Limits::default(),
    };
    Ok((policy, serves))
}

fn application(id: ClientId, given: GivenClient) -> ClientPolicy {
    let GivenClient { consent, first_login_flow, post_login_flow } = given;
    ClientPolicy { name: id.as_str().to_owned(), id, enabled: true, consent, first_login_flow, post_login_flow }
}

/// Every provider that a test names anywhere. One that isn't described is trusted with nothing.
fn providers(flow: &Flow, serves: Serves, given: &Given) -> Result<Vec<ProviderPolicy>, IdError> {
    let usual = match serves {
        Serves::FirstLogin => flow.name.clone(),
        _ => FlowName::parse("first-broker-login")?,
    };
    let after = (serves == Serves::PostLogin).then(|| flow.name.clone());
    let described = given.providers.iter().map(|(alias, provider)| provider.policy(alias, &usual, after.as_ref()));
    let mut policies: Vec<ProviderPolicy> = described.collect();
    let links = given.accounts.iter().flat_map(|account| &account.identities).map(|link| &link.identity);
    let named = links.chain(&given.identity).filter_map(|identity| identity.provider.as_ref());
    for alias in named.chain(&given.request.provider_hint) {
        if policies.iter().all(|policy| policy.alias != *alias) {
            policies.push(GivenProvider::default().policy(alias, &usual, after.as_ref()));
        }
    }
    Ok(policies)
}

impl GivenProvider {
    fn policy(&self, alias: &ProviderAlias, usual: &FlowName, after: Option<&FlowName>) -> ProviderPolicy {
        let first = self.first_login_flow.as_ref().unwrap_or(usual);
        ProviderPolicy {
            enabled: !self.disabled,
            link_only: self.link_only,
            trust_email: self.trust_email.clone(),
            authorities: self.authorities.clone(),
            only_listed_authorities: self.only_listed_authorities,
            hands_out: self.hands_out.clone(),
            linking_domain: self.linking_domain.clone(),
            on_existing_link: self.on_existing_link,
            most_identities: self.most_identities,
            proves_fresh_login: self.proves_fresh_login,
            unproved_claims: self.unproved_claims,
            post_login_flow: self.post_login_flow.as_ref().or(after).cloned(),
            ..ProviderPolicy::new(alias.clone(), alias.as_str().to_owned(), first.clone())
        }
    }
}

/// The world of a test, and who is called what in it.
pub(super) fn world(policy: RealmPolicy, given: &Given) -> (World, Cast) {
    let mut world = World::new(policy, Timestamp::from_seconds(BEGINNING));
    world.accepts_waived = true;
    let mut cast = Cast::new();
    for account in &given.accounts {
        add(&mut world, &mut cast, account);
    }
    (world, cast)
}

/// Adds an account to the world.
pub(super) fn add(world: &mut World, cast: &mut Cast, given: &GivenAccount) {
    let id = UserId::from_bytes(world.entropy().id("given account"));
    let email =
        given.email.clone().map(|(address, proof)| OwnedAddress { provenance: provenance(proof.as_ref()), address, proof });
    let long_ago = world.now.minus(Duration::from_hours(24));
    let user = User {
        id,
        subject: CanonicalSubject::from_bytes(*id.as_bytes()),
        username: Some(given.username.clone()),
        email,
        given_name: given.given_name.clone(),
        family_name: given.family_name.clone(),
        picture: None,
        origins: BTreeMap::new(),
        attributes: given.attributes.clone(),
        linking_domain: given.domain.clone(),
        state: given.state,
        has_password: given.password.is_some(),
        password_set_at: given.password.as_ref().map(|_| world.now.minus(given.password_age)),
        must_renew_password: given.must_renew_password,
        has_one_time_codes: given.second_factor,
        roles: given.roles.clone(),
        accepted_terms: given.accepted_terms.iter().map(|version| (version.clone(), long_ago)).collect(),
        epoch: Epoch::default(),
        version: Version(1),
        created_at: long_ago,
    };
    if let Some(password) = &given.password {
        world.passwords.insert(id, password.clone());
    }
    if given.second_factor {
        let seed = domain::one_time::seed_from(&world.entropy().expand("given key"));
        world.seeds.insert(id, domain::OneTimeSecret { seed, used: 0 });
    }
    cast.insert(given.username.clone(), id);
    world.users.insert(id, user);
    for link in &given.identities {
        tie(world, id, link);
    }
}

fn provenance(proof: Option<&AddressProof>) -> Provenance {
    match proof {
        Some(AddressProof::TrustedProvider { provider, .. }) => {
            Provenance::Provider { provider: provider.clone(), vouched: true, identity: None }
        }
        Some(AddressProof::Administrator { .. }) => Provenance::Administrator,
        Some(AddressProof::Mailbox { .. }) | None => Provenance::Typed,
    }
}

/// Ties an identity to an account by hand.
pub(super) fn tie(world: &mut World, user: UserId, given: &GivenLink) {
    let Some(provider) = given.identity.provider.clone() else { return };
    let identity = GivenIdentity { signed_in: None, ..given.identity.clone() }.asserted(&provider, world.now);
    let accepted = Accepted::ByHand { by: "test".to_owned(), reason: "the test begins with it".to_owned() };
    let link = LinkedIdentity {
        id: IdentityId::from_bytes(world.entropy().id("given identity")),
        user,
        primary: world.identities.values().all(|other| other.user != user),
        label: identity.label(),
        assured: given.assured.then_some(AddressProof::TrustedProvider { provider, at: world.now }),
        claims: BTreeMap::new(),
        proof: LinkProof { kind: ProofKind::Administrator, at: world.now, accepted },
        created_at: world.now,
        updated_at: world.now,
        last_sign_in_at: world.now,
        arrived: true,
        email: identity.email,
        key: identity.key,
    };
    world.identities.insert(link.key.clone(), link);
}

/// Signs an account in, in the browser of the test.
pub(super) fn sign_in(world: &mut World, user: UserId) -> Option<Digest> {
    let user = world.users.get(&user)?;
    let session = BrowserSession {
        id: Digest::of_bytes(b"the cookie of the test's browser"),
        user: user.id,
        subject: user.subject.clone(),
        epoch: user.epoch,
        methods: Vec::new(),
        identity: None,
        passed: None,
        auth_time: world.now,
        expires_at: world.now.plus(world.policy.limits.session_lifetime),
    };
    let id = session.id.clone();
    world.sessions.insert(id.clone(), session);
    Some(id)
}

/// What the application asks for.
pub(super) fn request(given: &Given, serves: Serves) -> Result<domain::AuthorizeRequest, IdError> {
    let client = given.request.client.clone().map_or_else(|| ClientId::parse(CLIENT), Ok)?;
    let wish = match (given.request.wish, serves) {
        (Some(wish), _) | (None, Serves::Wish(wish)) => wish,
        (None, Serves::FirstLogin | Serves::PostLogin) => Wish::SignIn,
    };
    let mut request = crate::world::request_for(client, wish);
    let wants_fresh = request.prompt.login;
    given.request.put_into(&mut request);
    request.prompt.login |= wants_fresh;
    if request.provider_hint.is_none() {
        request.provider_hint = given.identity.as_ref().and_then(|identity| identity.provider.clone());
    }
    Ok(request)
}

impl Bindings {
    /// The flow that serves a wish.
    pub fn of(&self, wish: Wish) -> &FlowName {
        match wish {
            Wish::SignIn => &self.browser,
            Wish::Create => &self.registration,
            Wish::Recover => &self.forgotten_password,
            Wish::VerifyAddress => &self.verify_address,
            Wish::ChangeAddress => &self.change_address,
            Wish::SecondFactor => self.second_factor.as_ref().unwrap_or(&self.browser),
        }
    }

    pub(crate) fn set(&mut self, wish: Wish, flow: FlowName) {
        let bound = match wish {
            Wish::SecondFactor => return self.second_factor = Some(flow),
            Wish::SignIn => &mut self.browser,
            Wish::Create => &mut self.registration,
            Wish::Recover => &mut self.forgotten_password,
            Wish::VerifyAddress => &mut self.verify_address,
            Wish::ChangeAddress => &mut self.change_address,
        };
        *bound = flow;
    }
}
