//! When a sub-flow is there: boolean conditions over facts of the login.

pub use super::fact::NamedFact;
use crate::linking::expression::{Expression, Known};
use crate::policy::RealmPolicy;
use crate::session::{Frame, How};
use domain::{
    AddressProof, AttributeName, AuthorizeRequest, BrokeredIdentity, EmailAddress, OwnedAddress, ProviderAlias, RoleName, User,
    UserId,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// All of them hold. An empty list can't be written.
    All(Vec<Condition>),
    /// One of them holds.
    Any(Vec<Condition>),
    /// It doesn't hold.
    Not(Box<Condition>),
    /// A fact that is so or isn't.
    Named(NamedFact),
    /// The identity came from this provider.
    Provider(ProviderAlias),
    /// A fact whose value is one of these.
    OneOf(NamedFact, BTreeSet<String>),
    /// An attribute one of whose values is one of these.
    Attribute(NamedFact, AttributeName, BTreeSet<String>),
    /// An expression.
    Cel(Cel),
}

/// An expression in the subset of CEL that Braid knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cel {
    /// As it was written.
    pub text: String,
    /// As it was understood.
    pub(crate) expression: Arc<Expression>,
}

/// A condition asked about something that isn't there. It denies; it is never false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConditionFault {
    /// It asks about an identity, in a flow that has none.
    #[error("the condition needs a brokered identity")]
    NoIdentity,
    /// It asks about an existing user before one was found.
    #[error("the condition needs an existing user")]
    NoExistingUser,
    /// It asks about whoever signs in, before that is known.
    #[error("the condition needs somebody who signs in")]
    NoUser,
    /// Its expression names what isn't there, or takes too long.
    #[error("the expression can't be evaluated")]
    Expression,
    /// The fact takes a value, and has none; or the other way round.
    #[error("the condition doesn't fit its fact")]
    Unfit,
}

/// What a condition sees of a login.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The realm.
    pub policy: &'a RealmPolicy,
    /// What the client asked for.
    pub request: &'a AuthorizeRequest,
    /// Who comes to their account for the first time.
    pub newcomer: Option<UserId>,
    /// The frame whose flow has the condition.
    pub frame: &'a Frame,
}

type Held = Result<bool, ConditionFault>;

impl Condition {
    /// Whether the condition holds.
    pub fn holds(&self, seen: &Seen<'_>) -> Held {
        match self {
            Self::All(conditions) => unless_one_is(false, conditions, seen),
            Self::Any(conditions) => unless_one_is(true, conditions, seen),
            Self::Not(condition) => Ok(!condition.holds(seen)?),
            Self::Named(fact) => seen.is_so(*fact),
            Self::Provider(alias) => seen.came_from(alias),
            Self::OneOf(fact, wanted) => seen.is_one_of(*fact, wanted),
            Self::Attribute(fact, name, wanted) => seen.has_attribute(*fact, name, wanted),
            Self::Cel(cel) => seen.evaluates(&cel.expression),
        }
    }
}

/// One part that is `enough` decides, whatever the others come to, in whatever order they stand; so a part may guard another one. Else
/// all must be answered. That is how CEL has it for `&&` and `||`.
fn unless_one_is(enough: bool, conditions: &[Condition], seen: &Seen<'_>) -> Held {
    let parts: Vec<Held> = conditions.iter().map(|condition| condition.holds(seen)).collect();
    if parts.contains(&Ok(enough)) {
        return Ok(enough);
    }
    parts.into_iter().find(Result::is_err).unwrap_or(Ok(!enough))
}

impl Seen<'_> {
    fn identity(&self) -> Result<&BrokeredIdentity, ConditionFault> {
        self.frame.identity.as_ref().ok_or(ConditionFault::NoIdentity)
    }

    fn existing(&self) -> Result<&User, ConditionFault> {
        self.frame.existing.as_ref().ok_or(ConditionFault::NoExistingUser)
    }

    fn user(&self) -> Result<User, ConditionFault> {
        self.frame.user.as_ref().map(|chosen| chosen.how.user()).ok_or(ConditionFault::NoUser)
    }

    fn is_first_login(&self) -> Held {
        let chosen = self.frame.user.as_ref().ok_or(ConditionFault::NoUser)?;
        let is_new = matches!(chosen.how, How::Created(_) | How::Proved(..));
        Ok(is_new || self.newcomer == Some(chosen.how.user().id))
    }

    fn is_so(&self, fact: NamedFact) -> Held {
        let is_proved = |email: &Option<OwnedAddress>| email.as_ref().is_some_and(OwnedAddress::is_proved);
        Ok(match fact {
            NamedFact::IdentityAddressTrusted => {
                self.identity()?;
                self.policy.trusted_address(self.frame).is_some()
            }
            NamedFact::IdentityHasAddress => self.identity()?.email.is_some(),
            NamedFact::ExistingUserHasPassword => self.existing()?.has_password,
            NamedFact::ExistingUserAddressProved => is_proved(&self.existing()?.email),
            NamedFact::UserHasPassword => self.user()?.has_password,
            NamedFact::UserSecondFactorConfigured => self.frame.user.as_ref().ok_or(ConditionFault::NoUser)?.has_second_factor(),
            NamedFact::UserAddressProved => is_proved(&self.user()?.email),
            NamedFact::LoginFirst => self.is_first_login()?,
            NamedFact::Provider
            | NamedFact::IdentityDomain
            | NamedFact::IdentityAuthority
            | NamedFact::IdentityAttribute
            | NamedFact::UserAddressProvedBy
            | NamedFact::UserDomain
            | NamedFact::UserRole
            | NamedFact::UserAttribute
            | NamedFact::Client
            | NamedFact::Scope => return Err(ConditionFault::Unfit),
        })
    }

    /// Somebody who signed in without an identity came from no provider.
    fn came_from(&self, alias: &ProviderAlias) -> Held {
        let chosen = || self.frame.user.as_ref().ok_or(ConditionFault::NoIdentity);
        Ok(match &self.frame.identity {
            Some(identity) => identity.key.provider == *alias,
            None => chosen()?.identity.as_ref().is_some_and(|identity| identity.provider == *alias),
        })
    }

    fn is_one_of(&self, fact: NamedFact, wanted: &BTreeSet<String>) -> Held {
        let is_of = |address: Option<&EmailAddress>| address.is_some_and(|address| wanted.contains(address.domain()));
        Ok(match fact {
            NamedFact::IdentityDomain => is_of(self.identity()?.email.as_ref().map(|email| &email.address)),
            NamedFact::IdentityAuthority => {
                self.identity()?.key.authority.as_ref().is_some_and(|authority| wanted.contains(authority))
            }
            NamedFact::UserDomain => {
                let user = self.user()?;
                is_of(user.email.as_ref().filter(|email| email.is_proved()).map(|email| &email.address))
            }
            NamedFact::UserAddressProvedBy => {
                let user = self.user()?;
                user.email.and_then(|email| email.proof).is_some_and(|proof| wanted.contains(prover(&proof)))
            }
            NamedFact::UserRole => self.user()?.roles.iter().map(RoleName::as_str).any(|role| wanted.contains(role)),
            NamedFact::Client => wanted.contains(self.request.client.as_str()),
            NamedFact::Scope => self.request.scopes.iter().any(|scope| wanted.contains(scope)),
            _ => return Err(ConditionFault::Unfit),
        })
    }

    fn has_attribute(&self, fact: NamedFact, name: &AttributeName, wanted: &BTreeSet<String>) -> Held {
        let holds = |values: &[String]| values.iter().any(|value| wanted.contains(value));
        Ok(match fact {
            NamedFact::IdentityAttribute => self.identity()?.attributes.get(name).is_some_and(|values| holds(values)),
            NamedFact::UserAttribute => self.user()?.attributes.get(name).is_some_and(|attribute| holds(&attribute.values)),
            _ => return Err(ConditionFault::Unfit),
        })
    }

    /// The identity is as the provider asserted it, whatever the person typed.
    fn evaluates(&self, expression: &Expression) -> Held {
        let user = self.frame.user.as_ref().map(|chosen| chosen.how.user());
        let identity = self.frame.identity.as_ref();
        let known = Known {
            policy: self.policy,
            identity,
            profile: None,
            email: identity.and_then(|identity| identity.email.as_ref()).map(|email| &email.address),
            account: self.frame.existing.as_ref(),
            identities: &self.frame.existing_identities,
            user: user.as_ref(),
            client: Some(&self.request.client),
            scopes: &self.request.scopes,
            first_login: self.is_first_login().ok(),
        };
        expression.holds_for(&known).map_err(|_| ConditionFault::Expression)
    }
}

/// Who proved an address, as conditions call it.
fn prover(proof: &AddressProof) -> &'static str {
    match proof {
        AddressProof::Mailbox { .. } => "mailbox",
        AddressProof::TrustedProvider { .. } => "provider",
        AddressProof::Administrator { .. } => "administrator",
    }
}
