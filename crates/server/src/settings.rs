//! What a Braid process runs with, checked and ready. Configuration files become this; so do the demo and tests.

use crate::config::Documents;
use domain::Secret;
use flow_runtime::RealmPolicy;
use flow_runtime::linking::LinkingRule;
use persistence::Keyring;
use std::net::SocketAddr;
use std::sync::Arc;
use upstream::{HttpSettings, OidcSettings};

/// One process.
#[derive(Debug)]
pub struct Settings {
    /// Where everything is kept: `sqlite:…` or `postgres://…`. It may hold a password.
    pub database: Secret,
    /// What seals secrets at rest.
    pub keyring: Keyring,
    /// The addresses that are listened on.
    pub listen: Vec<SocketAddr>,
    /// Networks of reverse proxies whose `X-Forwarded-For` is believed, as `address/prefix`. Nobody else's is.
    pub trusted_proxies: Vec<Network>,
    /// Networks besides this machine whose requests for `/health` are told everything.
    pub health_for: Vec<Network>,
    /// What passwords cost.
    pub passwords: crate::PasswordCost,
    /// How providers are reached.
    pub http: HttpSettings,
    /// The realms.
    pub realms: Vec<RealmSettings>,
    /// The texts of all flows.
    pub documents: Arc<Documents>,
    /// What the operator should know about these settings, although they can be used.
    pub warnings: Vec<crate::config::Problem>,
}

/// A network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// An address in the network.
    pub address: std::net::IpAddr,
    /// How many leading bits name the network.
    pub prefix: u8,
}

/// One realm.
#[derive(Debug)]
pub struct RealmSettings {
    /// Names, flows, providers and clients as a login sees them.
    pub policy: RealmPolicy,
    /// The public origin: `https://login.example.org`, without a path. It is the issuer, and the only source of links.
    pub origin: String,
    /// How the providers of the policy are spoken to, in the same order.
    pub providers: Vec<OidcSettings>,
    /// The clients of the policy as the token endpoint sees them.
    pub clients: Vec<downstream::Client>,
    /// How mail leaves. None: this realm sends none.
    pub mail: Option<MailRoute>,
    /// The linking rules of the configuration, which the policy has compiled. None: it has none of its own.
    pub linking_rules: Option<Vec<LinkingRule>>,
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct MailRoute {
    /// The sender, as in `Braid <login@example.org>`.
    pub from: String,
    /// To where.
    pub transport: MailTransport,
}

/// To where mail leaves.
#[derive(Debug, Clone)]
pub enum MailTransport {
    /// An SMTP server: `smtp://host:port`, `smtps://…`, with `user:password@` where it wants them. `smtp://` uses STARTTLS
    /// unless the URL says `?tls=none`.
    Smtp(Secret),
    /// A mailbox in this process, for the demo and tests.
    Mailbox(Arc<crate::mail::Mailbox>),
}
