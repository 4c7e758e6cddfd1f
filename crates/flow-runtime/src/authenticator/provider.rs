//! `provider`: sign in through an identity provider; an identity that nobody owns yet goes to the provider's first-login flow.

use super::{Act, Authenticator, Cause, Effect, Input, Sight, Turn};
use crate::ask::{Fact, KnownIdentity, Question};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Outcome};
use crate::outcome::{DenialCode, Rejected};
use crate::page::{Message, WayKind};
use crate::session::{Chosen, How, Memory};
use crate::write::Write;
use domain::{AuthenticationMethod, BrokeredIdentity, Entropy, ProviderAlias, UpstreamFailure};
use std::sync::Arc;

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
        sight.policy.providers.iter().any(|provider| provider.enabled)
    }

    fn ways(&self, sight: &Sight<'_>) -> Vec<WayKind> {
        let way =
            |provider: &domain::ProviderPolicy| WayKind::Provider { alias: provider.alias.clone(), name: provider.name.clone() };
        sight.policy.providers.iter().filter(|provider| provider.enabled).map(way).collect()
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match input {
            Input::Enter { .. } => match hinted(sight) {
                Some(alias) => Turn::just(Act::Redirect(alias)),
                None => Turn::just(Act::Attempted),
            },
            Input::Way { provider: Some(alias) } if sight.policy.provider(&alias).is_some() => Turn::just(Act::Redirect(alias)),
            Input::Returned { exchange, .. } if sight.policy.provider(&exchange.provider).is_none() => {
                Turn::just(Act::Deny(DenialCode::ProviderDisabled))
            }
            Input::Returned { exchange, params } => Turn::ask(Question::Redeem { exchange: exchange.clone(), params }),
            Input::Fact { cause: Cause::Returned(exchange), fact: Fact::Brokered(answer), .. } => match answer {
                Ok(identity) if identity.key.provider == exchange.provider => look_up(identity),
                Ok(_) => Turn::just(Act::WrongFact),
                Err(failure) => retreat(sight, &exchange.provider, failure),
            },
            Input::Fact { fact: Fact::FoundIdentity(found), .. } => match (found, sight.memory()) {
                (Some(known), Some(Memory::Brokered(identity))) => welcome_back(sight, *known, identity),
                (None, Some(Memory::Brokered(identity))) => first_login(sight, identity),
                _ => Turn::just(Act::WrongFact),
            },
            Input::Called(chosen) => Turn::just(Act::Succeed).with(Effect::User(chosen)),
            Input::Form(_) | Input::MailPressed(_) | Input::Way { .. } => Turn::just(Act::Reject(Rejected::UnknownAction)),
            Input::Fact { .. } => Turn::just(Act::WrongFact),
        }
    }
}

fn hinted(sight: &Sight<'_>) -> Option<ProviderAlias> {
    let alias = sight.session.request.provider_hint.as_ref()?;
    sight.policy.provider(alias).map(|provider| provider.alias.clone())
}

fn look_up(identity: Box<BrokeredIdentity>) -> Turn {
    Turn::ask(Question::FindIdentity(identity.key.clone())).with(Effect::Remember(Memory::Brokered(identity)))
}

fn retreat(sight: &Sight<'_>, alias: &ProviderAlias, failure: UpstreamFailure) -> Turn {
    let provider = sight.policy.provider(alias).map_or_else(|| alias.to_string(), |provider| provider.name.clone());
    Turn::just(Act::Retreat).with(Effect::Say(Message::Upstream { provider, failure }))
}

fn welcome_back(sight: &Sight<'_>, known: KnownIdentity, identity: &BrokeredIdentity) -> Turn {
    if known.link.key != identity.key || known.link.user != known.user.id {
        return Turn::just(Act::WrongFact);
    }
    if sight.policy.provider(&identity.key.provider).is_none() {
        return Turn::just(Act::Deny(DenialCode::ProviderDisabled));
    }
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
    let chosen = Chosen {
        how: How::Authenticated(Box::new(known.user)),
        methods: vec![AuthenticationMethod::Federated],
        identity: Some(identity.key.clone()),
        auth_time: identity.authenticated_at(sight.now),
    };
    Turn::just(Act::Succeed).with(Effect::User(Box::new(chosen))).with(Effect::Write(touch))
}

fn first_login(sight: &Sight<'_>, identity: &BrokeredIdentity) -> Turn {
    match sight.policy.provider(&identity.key.provider) {
        Some(provider) => Turn::just(Act::Call { flow: provider.first_login_flow.clone(), identity: Box::new(identity.clone()) }),
        None => Turn::just(Act::Deny(DenialCode::ProviderDisabled)),
    }
}
