//! A small world: a realm, its accounts, its mailbox, and nothing that waits or fails by chance.

mod accounts;
mod answers;
mod commit;
mod credentials;
mod driver;
mod login;
mod oracle;
mod people;

pub(crate) use driver::Came;
pub(crate) use login::{Login, form as login_form};
pub(crate) use people::{Person, address, someone};

use domain::{
    ActionToken, Assurance, AuditEvent, BrokeredIdentity, BrowserSession, ClientId, ClientPolicy, Digest, Entropy, ExchangeId,
    FlowName, IdentityKey, LinkedIdentity, ProviderAlias, ProviderPolicy, RealmId, Secret, SessionKey, Timestamp,
    UpstreamFailure, User, UserId,
};
use flow_runtime::definition::declaration::AskKind;
use flow_runtime::linking::Reasons;
use flow_runtime::{Bindings, Counter, Flow, Limits, Notice, RealmPolicy};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// What a provider will answer to a code.
pub(crate) type Answer = Result<Box<BrokeredIdentity>, UpstreamFailure>;

/// What really happened, whatever the engine believes. Links and sessions are judged by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Given {
    /// In this login, somebody typed this user's password.
    Password(SessionKey, UserId),
    /// In this login, somebody used what only the reader of this mail can know.
    Mail(SessionKey, Digest),
    /// In this login, what only the reader of a mail can know was used up for this account.
    Mailbox(SessionKey, UserId),
    /// In this login, what only the reader of a mail to this address can know was used up.
    Address(SessionKey, String),
    /// In this login, this account got a password or an address. Whether it might is judged there.
    Renewed(SessionKey, UserId),
    /// In this login, this account was made.
    Account(SessionKey, UserId),
    /// In this login, a provider asserted this identity.
    Identity(SessionKey, IdentityKey),
    /// In this login, on a trip that was to prove an account, a provider asserted this identity, and that it had just logged in.
    CameBack(SessionKey, IdentityKey),
}

/// A trip to a provider, as the world saw it begin.
#[derive(Debug, Clone)]
pub(crate) struct Trip {
    pub(crate) began: Timestamp,
    /// Whether it was to prove an account, so that whoever comes back from it neither signs in nor is linked.
    pub(crate) proves: bool,
}

/// One realm and everything that is stored of it.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) policy: RealmPolicy,
    pub(crate) now: Timestamp,
    pub(crate) users: BTreeMap<UserId, User>,
    pub(crate) passwords: BTreeMap<UserId, String>,
    pub(crate) identities: BTreeMap<IdentityKey, LinkedIdentity>,
    pub(crate) sessions: BTreeMap<Digest, BrowserSession>,
    pub(crate) unused: BTreeSet<Digest>,
    pub(crate) issued: BTreeMap<Digest, ActionToken>,
    pub(crate) granted: BTreeMap<(UserId, ClientId), Vec<String>>,
    pub(crate) spent: BTreeMap<(Counter, String), u32>,
    pub(crate) outbox: Vec<Notice>,
    pub(crate) audit: Vec<AuditEvent>,
    /// Answers of providers by code.
    pub(crate) upstream: BTreeMap<String, Answer>,
    pub(crate) redeemed: BTreeSet<ExchangeId>,
    pub(crate) trips: BTreeMap<ExchangeId, Trip>,
    /// What providers asserted of those who signed in, by login, the newest last.
    pub(crate) asserted: Vec<(SessionKey, BrokeredIdentity)>,
    pub(crate) given: BTreeSet<Given>,
    /// The questions of the last event.
    pub(crate) asked: Vec<AskKind>,
    /// Why the linking rules came to their last verdict.
    pub(crate) reasons: Option<Reasons>,
    /// What the oracle found wrong.
    pub(crate) wrongs: Vec<String>,
    /// How much entropy was drawn.
    pub(crate) drawn: u64,
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
    (id.clone(), ClientPolicy { name: id.as_str().to_uppercase(), id, enabled: true, consent })
}

impl World {
    /// A realm with the shipped flows and three providers: `campus` is trusted with addresses at campus.example, `social` and
    /// `other` with none. The client `shop` asks for no consent, `bank` does.
    pub(crate) fn new() -> Self {
        let policy = RealmPolicy {
            realm: RealmId::parse("demo").unwrap(),
            name: "Demo".into(),
            flows: SHIPPED.clone(),
            bindings: Bindings {
                browser: flow_name("browser"),
                registration: flow_name("registration"),
                forgotten_password: flow_name("forgotten-password"),
                verify_address: flow_name("verify-address"),
                change_address: flow_name("change-address"),
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
        Self {
            policy,
            now: Timestamp::from_seconds(1_800_000_000),
            users: BTreeMap::new(),
            passwords: BTreeMap::new(),
            identities: BTreeMap::new(),
            sessions: BTreeMap::new(),
            unused: BTreeSet::new(),
            issued: BTreeMap::new(),
            granted: BTreeMap::new(),
            spent: BTreeMap::new(),
            outbox: Vec::new(),
            audit: Vec::new(),
            upstream: BTreeMap::new(),
            redeemed: BTreeSet::new(),
            trips: BTreeMap::new(),
            asserted: Vec::new(),
            given: BTreeSet::new(),
            asked: Vec::new(),
            reasons: None,
            wrongs: Vec::new(),
            drawn: 0,
        }
    }

    /// Adds a flow from YAML.
    pub(crate) fn flow(&mut self, text: &str) {
        let flow = flow_runtime::reader::read(text, "test.yaml").unwrap().flow;
        self.policy.flows.insert(flow.name.clone(), Arc::new(flow));
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

    /// Fresh entropy, the same in every run.
    pub(crate) fn entropy(&mut self) -> Entropy {
        self.drawn += 1;
        let mut bytes = [0x5a; 32];
        bytes[..8].copy_from_slice(&self.drawn.to_le_bytes());
        Entropy::from_bytes(bytes)
    }

    /// The token of the newest mail with a link to this address.
    pub(crate) fn newest_token(&self, to: &str) -> Option<Secret> {
        let to = address(to);
        self.outbox
            .iter()
            .rev()
            .filter(|notice| notice.to.names_the_same_mailbox_as(&to))
            .find_map(|notice| notice.mail.token().cloned())
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

/// A stand-in for the HMAC of a token: six digits that nobody knows without the mail.
pub(crate) fn code_of(token: &Digest) -> String {
    let sum = token.as_str().bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(131).wrapping_add(u64::from(byte)));
    format!("{:06}", sum % 1_000_000)
}
