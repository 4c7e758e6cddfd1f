//! What a test begins with: accounts, providers, applications, and who comes.

use crate::linking::RuleSet;
use crate::reader::Span;
use domain::{
    AccountState, AddressProof, Assurance, AttributeName, Attributes, AuthorizeRequest, ClientId, EmailAddress, ExistingLink,
    FlowName, LinkingDomain, Prompt, ProviderAlias, RoleName, Subject, TermsVersion, Timestamp, UnprovedClaims, Username,
    Vouched, Wish,
};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// What a test begins with.
#[derive(Debug, Clone)]
pub struct Given {
    /// What the flow is for in this test. None: what it looks like.
    pub serves: Option<Serves>,
    /// The accounts, in the order of the file.
    pub accounts: Vec<GivenAccount>,
    /// Providers that aren't as they are without a word.
    pub providers: BTreeMap<ProviderAlias, GivenProvider>,
    /// Applications that aren't as they are without a word.
    pub clients: BTreeMap<ClientId, GivenClient>,
    /// Linking rules. None: those of a realm that has none of its own.
    pub rules: Option<Arc<RuleSet>>,
    /// Whether the realm sends mail.
    pub sends_mail: bool,
    /// Whose browser session is live in the browser.
    pub signed_in: Option<(Username, Span)>,
    /// What the application asks for.
    pub request: GivenRequest,
    /// Who comes from a provider first of all.
    pub identity: Option<GivenIdentity>,
}

/// What a flow is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Serves {
    /// What somebody is sent for.
    Wish(Wish),
    /// First logins of all providers.
    FirstLogin,
    /// What comes after a login.
    PostLogin,
}

/// An account.
#[derive(Debug, Clone)]
pub struct GivenAccount {
    /// Its name in the test, and its username.
    pub username: Username,
    /// Its address, and why that counts as proved.
    pub email: Option<(EmailAddress, Option<AddressProof>)>,
    /// Its password.
    pub password: Option<String>,
    /// Its given name.
    pub given_name: Option<String>,
    /// Its family name.
    pub family_name: Option<String>,
    /// Its attributes.
    pub attributes: Attributes,
    /// Its roles.
    pub roles: BTreeSet<RoleName>,
    /// Whether it can be used.
    pub state: AccountState,
    /// Its linking domain.
    pub domain: LinkingDomain,
    /// Whether its password is to be replaced.
    pub must_renew_password: bool,
    /// Whether it has a second factor: an authenticator application.
    pub second_factor: bool,
    /// How long ago its password was set.
    pub password_age: Duration,
    /// The terms that the person accepted.
    pub accepted_terms: Vec<TermsVersion>,
    /// Its identities.
    pub identities: Vec<GivenLink>,
}

/// An identity that is tied to an account already.
#[derive(Debug, Clone)]
pub struct GivenLink {
    /// Which.
    pub identity: GivenIdentity,
    /// Whether its address counted as its holder's when it was tied.
    pub assured: bool,
}

/// What a provider says of somebody.
#[derive(Debug, Clone)]
pub struct GivenIdentity {
    /// Where it stands in the file.
    pub span: Span,
    /// The provider. None: the one where the browser is.
    pub provider: Option<ProviderAlias>,
    /// The provider's id for the person.
    pub subject: Subject,
    /// The authority behind a federation.
    pub authority: Option<String>,
    /// The address, and what is said of it.
    pub email: Option<(EmailAddress, Vouched)>,
    /// The name at the provider.
    pub username: Option<String>,
    /// The given name.
    pub given_name: Option<String>,
    /// The family name.
    pub family_name: Option<String>,
    /// Attributes.
    pub attributes: BTreeMap<AttributeName, Vec<String>>,
    /// How long ago the person signed in there. None: the provider doesn't say.
    pub signed_in: Option<Duration>,
}

/// A provider as its realm sees it. Without a word it is trusted with nothing.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the configuration")]
pub struct GivenProvider {
    /// `enabled: false`
    pub disabled: bool,
    /// `link-only`
    pub link_only: bool,
    /// `trust-email`
    pub trust_email: Assurance,
    /// `authorities`
    pub authorities: BTreeMap<String, Assurance>,
    /// `only-listed-authorities`
    pub only_listed_authorities: bool,
    /// `hands-out`
    pub hands_out: BTreeSet<AttributeName>,
    /// `linking-domain`
    pub linking_domain: LinkingDomain,
    /// `on-existing-link`
    pub on_existing_link: ExistingLink,
    /// `most-identities`
    pub most_identities: Option<NonZeroU32>,
    /// `reauthentication: auth-time`
    pub proves_fresh_login: bool,
    /// `unproved-accounts`
    pub unproved_claims: UnprovedClaims,
    /// `first-login-flow`. None: the flow that is tested, if it is one.
    pub first_login_flow: Option<FlowName>,
    /// `post-login-flow`. None: the flow that is tested, if it is one.
    pub post_login_flow: Option<FlowName>,
}

/// An application.
#[derive(Debug, Clone, Default)]
pub struct GivenClient {
    /// Whether people are asked what it may learn.
    pub consent: bool,
    /// `first-login-flow`
    pub first_login_flow: Option<FlowName>,
    /// `post-login-flow`
    pub post_login_flow: Option<FlowName>,
}

/// What an application asks for.
#[derive(Debug, Clone, Default)]
pub struct GivenRequest {
    /// The application. None: `shop`.
    pub client: Option<ClientId>,
    /// What may be shown.
    pub prompt: Prompt,
    /// The scopes. None: `openid` and `profile`.
    pub scopes: Option<Vec<String>>,
    /// The oldest acceptable login, in seconds.
    pub max_age: Option<u64>,
    /// What to write into the login form.
    pub login_hint: Option<String>,
    /// Straight to this provider.
    pub provider_hint: Option<ProviderAlias>,
    /// What the person is sent for. None: what the flow serves.
    pub wish: Option<Wish>,
}

impl GivenIdentity {
    /// The identity as a provider asserts it now, from this provider unless it names one.
    pub(crate) fn asserted(&self, at: &ProviderAlias, now: Timestamp) -> domain::BrokeredIdentity {
        let provider = self.provider.as_ref().unwrap_or(at).clone();
        domain::BrokeredIdentity {
            key: domain::IdentityKey {
                issuer: format!("https://{provider}.example"),
                provider,
                authority: self.authority.clone(),
                subject: self.subject.clone(),
            },
            email: self.email.clone().map(|(address, vouched)| domain::AssertedEmail { address, vouched }),
            username: self.username.clone(),
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            picture: None,
            attributes: self.attributes.clone(),
            auth_time: self.signed_in.map(|ago| now.minus(ago)),
            claims: BTreeMap::new(),
        }
    }
}

impl GivenRequest {
    /// Puts what is asked for into a request.
    pub(crate) fn put_into(&self, request: &mut AuthorizeRequest) {
        request.prompt = self.prompt;
        request.max_age = self.max_age;
        request.login_hint.clone_from(&self.login_hint);
        request.provider_hint.clone_from(&self.provider_hint);
        if let Some(scopes) = &self.scopes {
            request.scopes.clone_from(scopes);
        }
    }
}

impl Default for Given {
    fn default() -> Self {
        Self {
            serves: None,
            accounts: Vec::new(),
            providers: BTreeMap::new(),
            clients: BTreeMap::new(),
            rules: None,
            sends_mail: true,
            signed_in: None,
            request: GivenRequest::default(),
            identity: None,
        }
    }
}
