//! `provider`: sign in through an identity provider; an identity that nobody owns yet goes to the provider's first-login flow.

use super::{Act, Authenticator, Cause, Effect, Input, Sight, Turn};
use crate::ask::{Fact, KnownIdentity, Question};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Outcome};
use crate::outcome::{DenialCode, Rejected};
use crate::page::{Message, WayKind};
use crate::session::{Chosen, How, Memory};
use crate::sync;
use crate::write::Write;
use domain::{AuthenticationMethod, BrokeredIdentity, Entropy, ProviderAlias, ProviderPolicy, UpstreamExchange, UpstreamFailure};
use std::sync::Arc;
use std::time::Duration;

pub(super) static KIND: Kind = Kind { declaration: &DECLARATION, build: |_| Arc::new(Provider) };

static DECLARATION: Declaration = Declaration {
    name: "provider",
    summary: "Offers the realm's identity providers, and goes straight to one if the client hints at it.",
    keys: &[],
    needs: &[],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged, Outcome::Denied],
    establishes: &[Establishes::User, Establishes::Identity],
    asks: &[AskKind::Redeem, AskKind::FindIdentity],
    shows: false,
};

#[derive(Debug)]
struct Provider;

impl Authenticator for Provider {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn applies(&self, sight: &Sight<'_>) -> bool {
        sight.policy.providers.iter().any(begins_logins)
    }

    fn ways(&self, sight: &Sight<'_>) -> Vec<WayKind> {
        let way = |provider: &ProviderPolicy| WayKind::Provider { alias: provider.alias.clone(), name: provider.name.clone() };
        sight.policy.providers.iter().filter(|provider| begins_logins(provider)).map(way).collect()
    }

    fn may_have_signed_in(&self, chosen: &Chosen) -> bool {
        chosen.identity.is_some() && !matches!(chosen.how, How::BrowserSession(..))
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match input {
            Input::Enter { .. } => match hinted(sight) {
                Some(provider) => Turn::just(Act::Redirect { provider, fresh: false }),
                None => Turn::just(Act::Attempted),
            },
            Input::Way { provider: Some(provider) } if sight.policy.provider(&provider).is_some_and(begins_logins) => {
                Turn::just(Act::Redirect { provider, fresh: false })
            }
            Input::Returned { exchange, .. } if sight.policy.provider(&exchange.provider).is_none() => {
                Turn::just(Act::Deny(DenialCode::ProviderDisabled))
            }
            Input::Returned { exchange, .. } if !sight.policy.provider(&exchange.provider).is_some_and(begins_logins) => {
                Turn::just(Act::Deny(DenialCode::LinkOnly))
            }
            Input::Returned { exchange, params } => Turn::ask(Question::Redeem { exchange: exchange.clone(), params }),
            Input::Fact { cause: Cause::Returned(exchange, _), fact: Fact::Brokered(answer), .. } => match answer {
                Ok(identity) if identity.key.provider != exchange.provider => Turn::just(Act::WrongFact),
                Ok(identity) if !lets_in(sight, &identity) => Turn::just(Act::Deny(DenialCode::AuthorityRefused)),
                Ok(identity) if is_too_old(sight, exchange, &identity) => {
                    let provider = sight.name_of(&exchange.provider);
                    Turn::just(Act::Retreat).with(Effect::Say(Message::NotFresh { provider }))
                }
                Ok(identity) => look_up(identity),
                Err(failure) => retreat(sight, &exchange.provider, failure),
            },
            Input::Fact { fact: Fact::FoundIdentity(found), .. } => match (found, sight.memory()) {
                (Some(known), Some(Memory::Brokered(identity))) => welcome_back(sight, *known, identity),
                (None, Some(Memory::Brokered(identity))) => first_login(sight, identity),
                _ => Turn::just(Act::WrongFact),
            },
            Input::Called(chosen) => match sight.memory() {
                Some(Memory::Brokered(identity)) => came(sight, chosen, identity),
                _ => Turn::just(Act::WrongFact),
            },
            Input::LetThrough(chosen) => Turn::just(Act::Succeed).with(Effect::User(chosen)),
            Input::Form(_) | Input::MailPressed(_) | Input::Way { .. } => Turn::just(Act::Reject(Rejected::UnknownAction)),
            Input::Fact { .. } => Turn::just(Act::WrongFact),
        }
    }
}

fn hinted(sight: &Sight<'_>) -> Option<ProviderAlias> {
    let alias = sight.session.request.provider_hint.as_ref()?;
    sight.policy.provider(alias).filter(|provider| begins_logins(provider)).map(|provider| provider.alias.clone())
}

/// Whether somebody may sign in with an identity of this provider. A link-only one's belong to accounts, and begin nothing.
fn begins_logins(provider: &ProviderPolicy) -> bool {
    provider.enabled && !provider.link_only
}

fn lets_in(sight: &Sight<'_>, identity: &BrokeredIdentity) -> bool {
    sight.policy.provider(&identity.key.provider).is_some_and(|provider| provider.lets_in(&identity.key))
}

fn look_up(identity: Box<BrokeredIdentity>) -> Turn {
    Turn::ask(Question::FindIdentity(identity.key.clone())).with(Effect::Remember(Memory::Brokered(identity)))
}

fn retreat(sight: &Sight<'_>, alias: &ProviderAlias, failure: UpstreamFailure) -> Turn {
    let provider = sight.name_of(alias);
    Turn::just(Act::Retreat).with(Effect::Say(Message::Upstream { provider, failure }))
}

/// Whether the client asked for a fresh login, and this one isn't. A provider that doesn't declare that it tells when somebody logged
/// in may be silent: then the login counts as this moment's.
fn is_too_old(sight: &Sight<'_>, exchange: &UpstreamExchange, identity: &BrokeredIdentity) -> bool {
    let request = &sight.session.request;
    let declares = sight.policy.provider(&exchange.provider).is_some_and(|provider| provider.proves_fresh_login);
    let is_fresh = exchange.brought_a_fresh_login(identity.auth_time, sight.now);
    let too_old = |most| match identity.auth_time {
        Some(at) => !UpstreamExchange::is_young_enough(at, Duration::from_secs(most), sight.now),
        None => declares,
    };
    request.prompt.login && declares && !is_fresh || request.max_age.is_some_and(too_old)
}

fn welcome_back(sight: &Sight<'_>, known: KnownIdentity, identity: &BrokeredIdentity) -> Turn {
    if known.link.key != identity.key || known.link.user != known.user.id {
        return Turn::just(Act::WrongFact);
    }
    let Some(provider) = sight.policy.provider(&identity.key.provider) else {
        return Turn::just(Act::Deny(DenialCode::ProviderDisabled));
    };
    if !known.user.is_open() {
        return Turn::just(Act::Deny(DenialCode::AccountDisabled));
    }
    let touch = Write::TouchIdentity {
        key: identity.key.clone(),
        label: identity.label(),
        email: identity.email.clone(),
        assured: sight.policy.assurance_of(identity, sight.now),
        claims: identity.claims.clone(),
        at: sight.now,
    };
    let change = sync::in_step(&known.user, provider, identity, known.link.primary);
    let user = match &change {
        Some(change) => change.made_to(known.user),
        None => known.user,
    };
    let change = change.map(|profile| Effect::Write(Write::ChangeProfile { user: user.id, profile: Box::new(profile) }));
    let chosen = Chosen {
        how: How::Authenticated(Box::new(user)),
        methods: vec![AuthenticationMethod::Federated],
        identity: Some(identity.key.clone()),
        auth_time: identity.authenticated_at(sight.now),
    };
    let turn = came(sight, Box::new(chosen), identity).with(Effect::Write(touch));
    change.into_iter().fold(turn, Turn::with)
}

/// Somebody came with this identity. Whether that is enough is said by the post-login flow, if there is one.
fn came(sight: &Sight<'_>, chosen: Box<Chosen>, identity: &BrokeredIdentity) -> Turn {
    let Some(provider) = sight.policy.provider(&identity.key.provider) else {
        return Turn::just(Act::Deny(DenialCode::ProviderDisabled));
    };
    match sight.policy.post_login_flow(provider, &sight.session.request.client) {
        Some(flow) => Turn::just(Act::Pass { flow: flow.clone(), identity: Box::new(identity.clone()), chosen }),
        None => Turn::just(Act::Succeed).with(Effect::User(chosen)),
    }
}

fn first_login(sight: &Sight<'_>, identity: &BrokeredIdentity) -> Turn {
    match sight.policy.provider(&identity.key.provider) {
        Some(provider) => {
            let flow = sight.policy.first_login_flow(provider, &sight.session.request.client).clone();
            Turn::just(Act::Call { flow, identity: Box::new(identity.clone()) })
        }
        None => Turn::just(Act::Deny(DenialCode::ProviderDisabled)),
    }
}
