//! The pretend realm in which a flow is explored: one provider, one client, and beside the flow nothing but what leads to it.

use super::check::opened;
use super::setting::{Joins, Setting, Word};
use super::together::Together;
use crate::flow_test::Serves;
use crate::policy::{Bindings, Limits, RealmPolicy};
use crate::revisions::Revisions;
use crate::{Flow, reader};
use domain::{
    Assurance, ClientId, ClientPolicy, ExistingLink, FlowName, ProviderAlias, ProviderPolicy, RealmId, Timestamp, UnprovedClaims,
    Wish,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// When every exploration begins: any time will do.
pub(super) const BEGINNING: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// Leads to a provider and nowhere else.
const STRAIGHT_THERE: &str = "flow: straight-to-the-provider\nexecutions: [provider]\n";
/// Signs in whoever there is, and asks nothing more: what people go through who are sent for something else.
const EVERYBODY: &str = "flow: everybody\nexecutions:\n  - cookie: { requirement: alternative }\n  - provider: { requirement: alternative }\n  - username-and-password: { requirement: alternative }\n  - register: { requirement: alternative }\n  - reset-password: { requirement: alternative }\n";
/// A first login that asks nothing.
const NO_QUESTIONS: &str = "flow: account-without-questions\nexecutions: [create-user-if-unique]\n";

/// The realm of an exploration, but for what the setting decides.
#[derive(Debug, Clone)]
pub(super) struct Realm {
    /// What the flow is for.
    pub(super) serves: Serves,
    /// The flow's name.
    pub(super) flow: FlowName,
    /// The provider that people come through.
    pub(super) provider: ProviderPolicy,
    /// The client that sends them.
    pub(super) client: ClientPolicy,
    others: BTreeMap<FlowName, Arc<Flow>>,
    bindings: Bindings,
    id: RealmId,
}

impl Realm {
    /// A realm around a flow, with a provider and a client of which nothing is known, or with those of a real realm. None: such a realm
    /// can't be made.
    pub(super) fn around(
        flow: &FlowName,
        serves: Serves,
        provider: Option<&ProviderPolicy>,
        client: Option<&ClientId>,
    ) -> Option<Self> {
        // What they ask isn't what is proved here, so they stand in nobody's way.
        let ready = |text| reader::read(text, "").ok().map(|read| Arc::new(opened(&read.flow)));
        let (straight, asks_nothing) = (ready(STRAIGHT_THERE)?, ready(NO_QUESTIONS)?);
        let everybody = ready(EVERYBODY)?;
        let mut wish = Bindings {
            browser: straight.name.clone(),
            registration: straight.name.clone(),
            forgotten_password: straight.name.clone(),
            verify_address: straight.name.clone(),
            change_address: straight.name.clone(),
            second_factor: None,
        };
        if let Serves::Wish(wanted) = serves {
            wish.browser = everybody.name.clone();
            wish.set(wanted, flow.clone());
        }
        let alias = ProviderAlias::parse("provider").ok()?;
        let nobody = ProviderPolicy::new(alias, "Provider".to_owned(), asks_nothing.name.clone());
        let provider = ProviderPolicy {
            enabled: true,
            first_login_flow: if serves == Serves::FirstLogin { flow.clone() } else { asks_nothing.name.clone() },
            post_login_flow: (serves == Serves::PostLogin).then(|| flow.clone()),
            authorities: BTreeMap::new(),
            only_listed_authorities: false,
            ..provider.cloned().unwrap_or(nobody)
        };
        let id = client.cloned().or_else(|| ClientId::parse("application").ok())?;
        let client = ClientPolicy {
            name: "Application".to_owned(),
            id,
            enabled: true,
            consent: false,
            first_login_flow: None,
            post_login_flow: None,
        };
        let others = [straight, everybody, asks_nothing].map(|flow| (flow.name.clone(), flow)).into_iter().collect();
        Some(Self { serves, flow: flow.clone(), provider, client, others, bindings: wish, id: RealmId::parse("pretend").ok()? })
    }

    /// A realm in which all flows of a login are real ones. None: it can't be made.
    pub(super) fn with_all(flows: Together<'_>) -> Option<Self> {
        let mut realm = Self::around(&flows.browser.name, Serves::Wish(Wish::SignIn), None, None)?;
        realm.provider.first_login_flow = flows.first_login.name.clone();
        realm.provider.post_login_flow = flows.post_login.map(|flow| flow.name.clone());
        let called = std::iter::once(flows.first_login).chain(flows.post_login);
        realm.others.extend(called.map(|flow| (flow.name.clone(), Arc::new(flow.clone()))));
        Some(realm)
    }

    /// What the flow is called for.
    pub(super) fn wish(&self) -> Wish {
        match self.serves {
            Serves::Wish(wish) => wish,
            Serves::FirstLogin | Serves::PostLogin => Wish::SignIn,
        }
    }

    /// Whether people come through the provider without having chosen it.
    pub(super) fn goes_straight(&self) -> bool {
        !matches!(self.serves, Serves::Wish(_))
    }

    fn joins(&self, joins: Joins) -> (ExistingLink, UnprovedClaims) {
        let (links, claims) = (self.provider.on_existing_link, self.provider.unproved_claims);
        match joins {
            Joins::AsSetUp => (links, claims),
            Joins::HandedOver => (links, UnprovedClaims::HandOver),
            Joins::Instead => (ExistingLink::Replace, claims),
            Joins::IfWanted => (ExistingLink::Ask, claims),
            Joins::Refused => (ExistingLink::Deny, claims),
        }
    }

    /// The realm in a setting, with this flow.
    pub(super) fn policy(&self, flow: &Arc<Flow>, setting: Setting) -> Option<RealmPolicy> {
        let mut flows = self.others.clone();
        flows.insert(self.flow.clone(), Arc::clone(flow));
        let trust_email = if setting.word == Word::Untrusted { Assurance::Nobody } else { Assurance::Everybody };
        let proves_fresh_login = setting.existing.is_at_provider();
        let (on_existing_link, unproved_claims) = self.joins(setting.joins);
        Some(RealmPolicy {
            realm: self.id.clone(),
            name: "Pretend".to_owned(),
            flows,
            revisions: Revisions::default(),
            bindings: self.bindings.clone(),
            providers: vec![ProviderPolicy {
                trust_email,
                proves_fresh_login,
                on_existing_link,
                unproved_claims,
                ..self.provider.clone()
            }],
            clients: BTreeMap::from([(self.client.id.clone(), self.client.clone())]),
            rules: Arc::new(setting.rules.written()?),
            sends_mail: setting.mails,
            limits: Limits { resend_after: Duration::ZERO, ..Limits::default() },
        })
    }
}
