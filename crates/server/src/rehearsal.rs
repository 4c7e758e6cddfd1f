//! What would come of it if somebody came back from a provider with these claims: the real engine on live data, and nothing is written.

use crate::adapters;
use crate::braid::Braid;
use crate::driver::read;
use domain::{
    AuthorizeRequest, BrokeredIdentity, CallbackParams, ClientId, ClientPolicy, Digest, Entropy, Prompt, ProviderAlias, RealmId,
    SessionKey, Timestamp, UpstreamExchange, Wish,
};
use flow_runtime::definition::declaration::AskKind;
use flow_runtime::{Arrival, Candidate, Event, Fact, Fault, Next, Question, RealmPolicy, Resting, Start, Step, Viewer};
use persistence::StoreError;
use tokio::sync::Mutex;

/// The client that the login is for. It is there for the rehearsal only.
const CLIENT: &str = "rehearsal";

/// Why nothing could be rehearsed.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// The configuration has no such realm.
    #[error("there is no realm “{0}”")]
    NoRealm(RealmId),
    /// The realm has no such provider.
    #[error("the realm has no provider “{0}”")]
    NoProvider(ProviderAlias),
    /// The claims are none that this provider could assert.
    #[error("these are no claims of the provider “{0}”")]
    Claims(ProviderAlias, #[source] upstream::ClaimsError),
    /// The realm's browser flow doesn't send anybody to this provider.
    #[error("the realm's browser flow doesn't lead to the provider “{0}”")]
    NotReached(ProviderAlias),
    /// The flow wants something that only a real login has.
    #[error("the flow asks for something that only a real login has ({0:?})")]
    OnlyReal(AskKind),
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
    /// The runtime found a broken world.
    #[error("the runtime found a broken world")]
    Fault(#[from] Fault),
}

/// What would come of it.
#[derive(Debug)]
pub struct Rehearsal {
    /// Who the provider would say that this is.
    pub identity: BrokeredIdentity,
    /// Where the login would come to rest, and what it would write and send on the way.
    pub resting: Resting,
    /// What the person would see.
    pub view: Option<flow_runtime::View>,
    /// The accounts that were looked at, each with what is tied to it.
    pub met: Vec<Candidate>,
}

/// A provider's claims to try out.
#[derive(Debug, Clone, Copy)]
pub struct Claims<'a> {
    /// Whose they are.
    pub provider: &'a ProviderAlias,
    /// A JSON object as in an ID token's payload.
    pub json: &'a str,
    /// The authority behind the provider, instead of the one that the claims name.
    pub authority: Option<&'a str>,
}

impl Braid {
    /// Rehearses a login with these claims up to where it first rests: a page, another provider, or its end. All that it asks for is
    /// read from the database as it is now; nothing is counted, used up, written or sent.
    pub async fn rehearse(&self, realm: &RealmId, claims: Claims<'_>) -> Result<Rehearsal, RehearsalError> {
        let found = self.realm(realm).ok_or_else(|| RehearsalError::NoRealm(realm.clone()))?;
        let provider = claims.provider;
        let known = found.providers.get(provider).ok_or_else(|| RehearsalError::NoProvider(provider.clone()))?;
        let mut identity = known.read_claims(claims.json).map_err(|source| RehearsalError::Claims(provider.clone(), source))?;
        if let Some(authority) = claims.authority {
            identity.key.authority = Some(authority.to_owned());
        }
        let client = ClientId::parse(CLIENT).map_err(|_| Fault::Frames("a rehearsal without a client"))?;
        let mut policy = found.policy.clone();
        policy.clients.insert(client.clone(), ClientPolicy::new(client.clone(), CLIENT));
        let stage = Stage { braid: self, policy, client, now: adapters::now(), identity, met: Mutex::default() };
        let resting = stage.play(provider).await?;
        let view = flow_runtime::view(&stage.policy, &resting.session, stage.now, Viewer::StartingBrowser);
        let met = stage.met.into_inner();
        Ok(Rehearsal { identity: stage.identity, resting, view, met })
    }
}

/// Where a login is rehearsed.
struct Stage<'a> {
    braid: &'a Braid,
    policy: RealmPolicy,
    client: ClientId,
    now: Timestamp,
    identity: BrokeredIdentity,
    met: Mutex<Vec<Candidate>>,
}

impl Stage<'_> {
    async fn play(&self, provider: &ProviderAlias) -> Result<Resting, RehearsalError> {
        let (entropy, arrival) = (adapters::fresh_entropy(), Arrival::default());
        let begun = flow_runtime::begin(&self.policy, self.start(provider, &entropy), &arrival, self.now, &entropy)?;
        let left = self.settle(begun).await?;
        let exchange = match &left.next {
            Next::Redirect(exchange) if exchange.provider == *provider => exchange.clone(),
            _ => return Err(RehearsalError::NotReached(provider.clone())),
        };
        let UpstreamExchange { id, provider, .. } = exchange;
        let event = Event::Returned { provider, exchange: id, params: CallbackParams::default() };
        let entropy = adapters::fresh_entropy();
        let came_back = flow_runtime::step(&self.policy, left.session, event, &arrival, self.now, &entropy)?;
        self.settle(came_back).await
    }

    async fn settle(&self, mut step: Step) -> Result<Resting, RehearsalError> {
        loop {
            match step {
                Step::Rest(resting) => return Ok(*resting),
                Step::Rejected(_) => return Err(Fault::Frames("a rehearsal that was turned away").into()),
                Step::Ask(asking) => {
                    let fact = self.answer(asking.question()).await?;
                    self.meet(&fact).await?;
                    step = asking.answer(&self.policy, fact, self.now, &adapters::fresh_entropy())?;
                }
            }
        }
    }

    /// Keeps the accounts that an answer tells of.
    async fn meet(&self, fact: &Fact) -> Result<(), RehearsalError> {
        let users = match fact {
            Fact::Candidates(found) => found.accounts.iter().map(|found| found.user.clone()).collect(),
            Fact::OwnIdentities(Some(found)) => vec![found.user.clone()],
            Fact::FoundIdentity(Some(known)) => vec![known.user.clone()],
            Fact::FoundUser(Some(user)) => vec![(**user).clone()],
            _ => Vec::new(),
        };
        for user in users {
            let identities = self.braid.store().identities_of(&self.policy.realm, user.id).await?;
            let mut met = self.met.lock().await;
            if met.iter().all(|known| known.user.id != user.id) {
                met.push(Candidate { user, identities });
            }
        }
        Ok(())
    }

    /// What costs something is answered as if there were enough of it, and nothing is used up.
    async fn answer(&self, question: &Question) -> Result<Fact, RehearsalError> {
        Ok(match question {
            Question::Redeem { .. } => Fact::Brokered(Ok(Box::new(self.identity.clone()))),
            Question::ReserveMail { .. } => Fact::MailReserved(None),
            question => match read(self.braid.store(), &self.policy.realm, question, self.now).await? {
                Some(fact) => fact,
                None => return Err(RehearsalError::OnlyReal(question.kind())),
            },
        })
    }

    fn start(&self, provider: &ProviderAlias, entropy: &Entropy) -> Start {
        let request = AuthorizeRequest {
            client: self.client.clone(),
            redirect_uri: String::new(),
            redirect_uri_was_given: false,
            state: None,
            nonce: None,
            scopes: vec!["openid".to_owned()],
            code_challenge: None,
            prompt: Prompt::default(),
            max_age: None,
            login_hint: None,
            provider_hint: Some(provider.clone()),
            wish: Wish::SignIn,
        };
        let key = SessionKey::from_bytes(entropy.id("rehearsal"));
        Start { key, browser: Digest::of_bytes(b"nobody's browser"), request, started_at: self.now }
    }
}
