//! A small world: a realm, its accounts, its mailbox, and nothing that waits or fails by chance.

mod login;
mod people;

pub(crate) use flow_runtime::world::{Answer, Came, Given, code_of, form as login_form};
pub(crate) use login::Login;
pub(crate) use people::{Person, address, someone};

use domain::{
    Assurance, ClientId, ClientPolicy, Digest, FlowName, ProviderAlias, ProviderPolicy, RealmId, Secret, Timestamp, User, UserId,
};
use flow_runtime::{Bindings, Flow, Limits, RealmPolicy};
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// One realm and everything that is stored of it.
#[derive(Debug, Clone)]
pub(crate) struct World(pub(crate) flow_runtime::world::World);

impl Deref for World {
    type Target = flow_runtime::world::World;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

static SHIPPED: LazyLock<BTreeMap<FlowName, Arc<Flow>>> = LazyLock::new(|| {
    let flows = flow_runtime::reader::shipped().unwrap();
    flows.into_iter().map(|(name, flow)| (name, Arc::new(flow))).collect()
});

pub(crate) fn flow_name(name: &str) -> FlowName {
    FlowName::parse(name).unwrap()
}

pub(crate) fn alias(name: &str) -> ProviderAlias {
    ProviderAlias::parse(name).unwrap()
}

fn provider(name: &str, trust_email: Assurance) -> ProviderPolicy {
    ProviderPolicy { trust_email, ..ProviderPolicy::new(alias(name), name.to_uppercase(), flow_name("first-broker-login")) }
}

fn client(id: &str, consent: bool) -> (ClientId, ClientPolicy) {
    let id = ClientId::parse(id).unwrap();
    let name = id.as_str().to_uppercase();
    let policy = ClientPolicy { name, id: id.clone(), enabled: true, consent, first_login_flow: None, post_login_flow: None };
    (id, policy)
}

impl World {
    /// A realm with the shipped flows and three providers: `campus` is trusted with addresses at campus.example, `social` and
    /// `other` with none. The client `shop` asks for no consent, `bank` does.
    pub(crate) fn new() -> Self {
        let policy = RealmPolicy {
            realm: RealmId::parse("demo").unwrap(),
            name: "Demo".into(),
            flows: SHIPPED.clone(),
            revisions: flow_runtime::Revisions::default(),
            bindings: Bindings {
                browser: flow_name("browser"),
                registration: flow_name("registration"),
                forgotten_password: flow_name("forgotten-password"),
                verify_address: flow_name("verify-address"),
                change_address: flow_name("change-address"),
                second_factor: Some(flow_name("second-factor")),
            },
            providers: vec![
                provider("campus", Assurance::Domains(vec!["campus.example".into()])),
                provider("social", Assurance::Nobody),
                provider("other", Assurance::Nobody),
            ],
            clients: [client("shop", false), client("bank", true)].into_iter().collect(),
            rules: Arc::default(),
            sends_mail: true,
            limits: Limits::default(),
        };
        Self(flow_runtime::world::World::new(policy, Timestamp::from_seconds(1_800_000_000)))
    }

    /// Adds a flow from YAML.
    pub(crate) fn flow(&mut self, text: &str) {
        let flow = flow_runtime::reader::read(text, "test.yaml").unwrap().flow;
        self.policy.flows.insert(flow.name.clone(), Arc::new(flow));
    }

    /// Replaces a flow as a reload does: logins that began with the one before go on with it. Gives the revision that was replaced.
    pub(crate) fn changes_flow(&mut self, text: &str) -> flow_runtime::Revision {
        let name = flow_runtime::reader::read(text, "test.yaml").unwrap().flow.name;
        let before = Arc::clone(&self.policy.flows[&name]);
        self.policy.revisions.keep(Arc::clone(&before));
        self.flow(text);
        before.revision.clone()
    }

    /// The policy of a provider, to be changed.
    pub(crate) fn provider(&mut self, name: &str) -> &mut ProviderPolicy {
        let wanted = alias(name);
        self.policy.providers.iter_mut().find(|provider| provider.alias == wanted).unwrap()
    }

    pub(crate) fn client(&mut self, id: &str) -> &mut ClientPolicy {
        self.policy.clients.get_mut(&ClientId::parse(id).unwrap()).unwrap()
    }

    /// First logins of `campus` go through this flow.
    pub(crate) fn campus_uses(&mut self, flow: &str) {
        self.provider("campus").first_login_flow = flow_name(flow);
    }

    pub(crate) fn waits(&mut self, seconds: u64) {
        self.now = self.now.plus(Duration::from_secs(seconds));
    }

    /// The token of the newest mail with a link to this address.
    pub(crate) fn newest_token(&self, to: &str) -> Option<Secret> {
        self.0.newest_token(&address(to))
    }

    /// The short code that the page of the newest mail shows on another device.
    pub(crate) fn newest_code(&self, to: &str) -> String {
        code_of(&Digest::of(&self.newest_token(to).unwrap()))
    }

    /// Whose an identity is.
    pub(crate) fn owner_of(&self, person: &Person) -> Option<UserId> {
        self.identities.get(&person.0.key).map(|link| link.user)
    }

    /// The only account that has this address.
    pub(crate) fn holders_of(&self, text: &str) -> Vec<UserId> {
        let wanted = address(text);
        let holds = |user: &&User| user.email.as_ref().is_some_and(|owned| owned.address.names_the_same_mailbox_as(&wanted));
        self.users.values().filter(holds).map(|user| user.id).collect()
    }
}
