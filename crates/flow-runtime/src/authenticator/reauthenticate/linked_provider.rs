//! A fresh login at a provider that is linked to the existing account already.
//!
//! The provider is asked for credentials again, and its word about when it got them is compared with the trip. The person may come back as
//! somebody else, because the provider knows them by another account too: then a page says so, and nothing else happens.

use super::super::{Act, Authenticator, Cause, Effect, Input, Sight, Turn, new_user};
use super::DECLARATION;
use crate::ask::{Fact, KnownIdentity, Question};
use crate::definition::declaration::Declaration;
use crate::event::action;
use crate::outcome::{DenialCode, Rejected};
use crate::page::{CameBack, CameBackAs, Message, Page, WayKind};
use crate::proof::AcceptedProof;
use crate::session::{How, Memory};
use domain::{BrokeredIdentity, Entropy, IdentityKey, ProofKind, ProviderAlias, ProviderPolicy, UpstreamExchange};

#[derive(Debug)]
pub(super) struct LinkedProvider;

impl Authenticator for LinkedProvider {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn applies(&self, sight: &Sight<'_>) -> bool {
        self.proves(sight).is_some()
    }

    fn proves(&self, sight: &Sight<'_>) -> Option<ProofKind> {
        let can = sight.accepts(ProofKind::LinkedProvider) && !offered(sight).is_empty();
        can.then_some(ProofKind::LinkedProvider)
    }

    fn ways(&self, sight: &Sight<'_>) -> Vec<WayKind> {
        let way =
            |provider: &ProviderPolicy| WayKind::LinkedProvider { alias: provider.alias.clone(), name: provider.name.clone() };
        offered(sight).into_iter().map(way).collect()
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match input {
            Input::Enter { .. } | Input::Way { .. } | Input::Returned { .. } if !self.applies(sight) => {
                Turn::just(Act::Attempted)
            }
            Input::Way { provider: Some(alias) } if is_offered(sight, &alias) => leave_for(alias),
            Input::Enter { .. } | Input::Way { .. } => Turn::just(Act::Show { retry: false }),
            Input::Form(form) if form.action == action::CONTINUE => {
                let alias = form.text("provider").and_then(|alias| ProviderAlias::parse(alias).ok());
                match alias.filter(|alias| is_offered(sight, alias)) {
                    Some(alias) => leave_for(alias),
                    None => Turn::just(Act::Reject(Rejected::UnknownAction)),
                }
            }
            Input::Returned { exchange, .. } if !is_offered(sight, &exchange.provider) => Turn::just(Act::Show { retry: true }),
            Input::Returned { exchange, params } => Turn::ask(Question::Redeem { exchange: exchange.clone(), params }),
            Input::Fact { cause: Cause::Returned(exchange, _), fact: Fact::Brokered(answer), .. } => match answer {
                Ok(identity) if identity.key.provider == exchange.provider => weigh(sight, exchange, &identity),
                Ok(_) => Turn::just(Act::WrongFact),
                Err(failure) => {
                    let provider = sight.name_of(&exchange.provider);
                    Turn::just(Act::Show { retry: true }).with(Effect::Say(Message::Upstream { provider, failure }))
                }
            },
            Input::Fact { question: Question::FindIdentity(key), fact: Fact::FoundIdentity(found), .. } => {
                conclude(sight, key, found)
            }
            Input::Fact { .. } => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        let came_back = match sight.memory() {
            Some(Memory::CameBack { provider, identity, came_as }) => {
                Some(CameBack { provider: sight.name_of(provider), identity: identity.clone(), came_as: *came_as })
            }
            _ => None,
        };
        let named = |provider: &ProviderPolicy| (provider.alias.clone(), provider.name.clone());
        Some(Page::ProveAtProvider {
            provider: sight.provider_name(),
            identity: sight.identity_label(),
            account: sight.address(),
            reveals: sight.may_know_the_account(),
            providers: offered(sight).into_iter().map(named).collect(),
            came_back,
        })
    }
}

fn leave_for(provider: ProviderAlias) -> Turn {
    Turn::just(Act::Redirect { provider, fresh: true })
}

/// Where the account could be proved. Which providers a stranger's account uses is nobody's business: who may not know of the account
/// sees every provider that can prove something, if one of them would.
fn offered<'a>(sight: &Sight<'a>) -> Vec<&'a ProviderPolicy> {
    let links = &sight.frame.existing_identities;
    let is_linked = |provider: &&ProviderPolicy| {
        let is_other = |key: &IdentityKey| sight.frame.identity.as_ref().is_some_and(|own| own.key != *key);
        links.iter().any(|link| link.key.provider == provider.alias && is_other(&link.key) && provider.lets_in(&link.key))
    };
    let can_prove = || sight.policy.providers.iter().filter(|provider| provider.enabled && provider.proves_fresh_login);
    if !can_prove().any(|provider| is_linked(&provider)) {
        Vec::new()
    } else if sight.may_know_the_account() {
        can_prove().filter(is_linked).collect()
    } else {
        can_prove().collect()
    }
}

fn is_offered(sight: &Sight<'_>, alias: &ProviderAlias) -> bool {
    offered(sight).iter().any(|provider| provider.alias == *alias)
}

/// Somebody came back. Whether it is the account's owner is asked only if it isn't the identity that wants in, and the login is fresh.
fn weigh(sight: &Sight<'_>, exchange: &UpstreamExchange, identity: &BrokeredIdentity) -> Turn {
    let came_back =
        |came_as| Effect::Remember(Memory::CameBack { provider: exchange.provider.clone(), identity: identity.label(), came_as });
    let lets_in = sight.policy.provider(&exchange.provider).is_some_and(|provider| provider.lets_in(&identity.key));
    if sight.frame.identity.as_ref().is_none_or(|own| own.key == identity.key) {
        Turn::just(Act::Show { retry: true }).with(came_back(CameBackAs::TheOneToLink))
    } else if !exchange.fresh || !exchange.brought_a_fresh_login(identity.auth_time, sight.now) {
        Turn::just(Act::Show { retry: true }).with(came_back(CameBackAs::NotFresh))
    } else if !lets_in {
        Turn::just(Act::Show { retry: true }).with(came_back(CameBackAs::SomebodyElse))
    } else {
        Turn::ask(Question::FindIdentity(identity.key.clone())).with(came_back(CameBackAs::SomebodyElse))
    }
}

fn conclude(sight: &Sight<'_>, key: &IdentityKey, found: Option<Box<KnownIdentity>>) -> Turn {
    let existing = sight.frame.existing.as_ref().map(|existing| existing.id);
    match found {
        Some(known) if known.link.key != *key || known.link.user != known.user.id => Turn::just(Act::WrongFact),
        Some(known) if Some(known.user.id) == existing => accept(sight, *known),
        _ => Turn::just(Act::Show { retry: true }),
    }
}

fn accept(sight: &Sight<'_>, known: KnownIdentity) -> Turn {
    if !known.user.is_open() {
        return Turn::just(Act::Deny(DenialCode::AccountDisabled));
    }
    match AcceptedProof::accept(ProofKind::LinkedProvider, known.user.id, sight.frame, sight.now) {
        Some(proof) => {
            let proof = proof.given_by(known.link.key);
            let chosen = new_user::chosen(sight, How::Proved(Box::new(known.user), Box::new(proof)), None);
            Turn::just(Act::Succeed).with(Effect::User(chosen))
        }
        None => Turn::just(Act::Attempted),
    }
}
