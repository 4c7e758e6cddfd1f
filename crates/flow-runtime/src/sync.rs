//! What providers feed: which values of an account follow an identity, and which are somebody else's.
//!
//! Every value has an owner. What a provider gave may be replaced by that provider, and taken back by the identity that it came with;
//! what anybody else gave is left alone, unless the operator lets the provider force it. Addresses and usernames open accounts, so they
//! are never kept in step.

use crate::policy::RealmPolicy;
use crate::session::Profile;
use crate::write::ProfileChange;
use domain::{
    Attribute, AttributeName, Attributes, BrokeredIdentity, IdentityKey, ProfileField, Provenance, ProviderPolicy, Sync, User,
};
use std::collections::{BTreeMap, BTreeSet};

/// What the account is to be after this identity opened it or was tied to it. None: as it is. Only the primary identity feeds the profile,
/// unless the provider may force it; attributes are fed by every identity.
pub fn in_step(user: &User, provider: &ProviderPolicy, identity: &BrokeredIdentity, primary: bool) -> Option<ProfileChange> {
    let before = ProfileChange::of(user);
    let mut after = before.clone();
    for field in [ProfileField::GivenName, ProfileField::FamilyName, ProfileField::Picture] {
        let sync = provider.sync_of(field);
        if primary || sync == Sync::Force {
            follow(&mut after, field, sync, identity);
        }
    }
    let known: BTreeSet<&AttributeName> = user.attributes.keys().chain(identity.attributes.keys()).collect();
    for name in known {
        follow_attribute(&mut after.attributes, name, provider.sync_of_attribute(name), identity);
    }
    (after != before).then_some(after)
}

/// The profile that a new account is offered: what the identity has, without what is never taken from its provider.
pub(crate) fn offered(policy: &RealmPolicy, identity: Option<&BrokeredIdentity>) -> Profile {
    let Some(identity) = identity else { return Profile::default() };
    let provider = policy.provider(&identity.key.provider);
    let taken = |field| provider.is_none_or(|provider| provider.sync_of(field) != Sync::Ignore);
    let profile = Profile::of_identity(Some(identity));
    Profile {
        given_name: profile.given_name.filter(|_| taken(ProfileField::GivenName)),
        family_name: profile.family_name.filter(|_| taken(ProfileField::FamilyName)),
        ..profile
    }
}

/// Who gave what this identity has.
fn given_by(identity: &BrokeredIdentity) -> Provenance {
    let key = &identity.key;
    Provenance::Provider { provider: key.provider.clone(), vouched: false, identity: Some(Box::new(key.clone())) }
}

/// What becomes of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Keep,
    Take,
    TakeBack,
}

/// Decides about a value: whether the account has one and who gave it, and whether the identity has one.
fn verdict(sync: Sync, (has, origin): (bool, Option<&Provenance>), asserted: bool, key: &IdentityKey) -> Verdict {
    let is_free = origin.is_none() && !has;
    match (sync, asserted) {
        (Sync::Force, true) => Verdict::Take,
        (Sync::Force, false) => Verdict::TakeBack,
        (Sync::Import, true) if is_free || origin.is_some_and(|origin| origin.is_of(&key.provider)) => Verdict::Take,
        (Sync::Import, false) if origin.is_some_and(|origin| came_with(origin, key)) => Verdict::TakeBack,
        (Sync::Ignore | Sync::Suggest | Sync::Import, _) => Verdict::Keep,
    }
}

/// Whether the value came with this identity. Another identity of the same provider may well have it still.
fn came_with(origin: &Provenance, key: &IdentityKey) -> bool {
    match origin {
        Provenance::Provider { identity: Some(identity), .. } => **identity == *key,
        Provenance::Provider { provider, .. } => *provider == key.provider,
        Provenance::Typed | Provenance::Administrator => false,
    }
}

fn follow(profile: &mut ProfileChange, field: ProfileField, sync: Sync, identity: &BrokeredIdentity) {
    let (slot, asserted) = match field {
        ProfileField::GivenName => (&mut profile.given_name, &identity.given_name),
        ProfileField::FamilyName => (&mut profile.family_name, &identity.family_name),
        ProfileField::Picture => (&mut profile.picture, &identity.picture),
    };
    match verdict(sync, (slot.is_some(), profile.origins.get(&field)), asserted.is_some(), &identity.key) {
        Verdict::Keep => {}
        Verdict::Take if is_theirs(profile.origins.get(&field), identity) && slot == asserted => {}
        Verdict::Take => {
            slot.clone_from(asserted);
            profile.origins.insert(field, given_by(identity));
        }
        Verdict::TakeBack => {
            *slot = None;
            profile.origins.remove(&field);
        }
    }
}

fn follow_attribute(attributes: &mut Attributes, name: &AttributeName, sync: Sync, identity: &BrokeredIdentity) {
    let (now, asserted) = (attributes.get(name), identity.attributes.get(name));
    let origin = now.map(|now| &now.provenance);
    match (verdict(sync, (now.is_some(), origin), asserted.is_some(), &identity.key), asserted) {
        (Verdict::Take, Some(values)) => {
            if !(is_theirs(origin, identity) && now.is_some_and(|now| now.values == *values)) {
                attributes.insert(name.clone(), attribute(values, identity));
            }
        }
        (Verdict::TakeBack, _) => _ = attributes.remove(name),
        (Verdict::Keep | Verdict::Take, _) => {}
    }
}

/// Whether the provider gave the value already: then the same value again changes nothing, whichever identity has it.
fn is_theirs(origin: Option<&Provenance>, identity: &BrokeredIdentity) -> bool {
    origin.is_some_and(|origin| origin.is_of(&identity.key.provider))
}

fn attribute(values: &[String], identity: &BrokeredIdentity) -> Attribute {
    Attribute { values: values.to_vec(), provenance: given_by(identity) }
}

impl ProfileChange {
    /// The account as it is.
    pub fn of(user: &User) -> Self {
        Self {
            given_name: user.given_name.clone(),
            family_name: user.family_name.clone(),
            picture: user.picture.clone(),
            origins: user.origins.clone(),
            attributes: user.attributes.clone(),
        }
    }

    /// The same without what came with an identity that the account has no more.
    #[must_use]
    pub fn without(mut self, gone: &IdentityKey) -> Self {
        let came_with = |by: &Provenance| matches!(by, Provenance::Provider { identity: Some(key), .. } if **key == *gone);
        self.attributes.retain(|_, attribute| !came_with(&attribute.provenance));
        let fields: Vec<ProfileField> = self.origins.iter().filter(|(_, by)| came_with(by)).map(|(field, _)| *field).collect();
        for field in fields {
            self.origins.remove(&field);
            match field {
                ProfileField::GivenName => self.given_name = None,
                ProfileField::FamilyName => self.family_name = None,
                ProfileField::Picture => self.picture = None,
            }
        }
        self
    }

    /// The account as it will be read after the change.
    pub(crate) fn made_to(&self, user: User) -> User {
        let Self { given_name, family_name, picture, origins, attributes } = self.clone();
        User { given_name, family_name, picture, origins, attributes, ..user }
    }
}

/// Profile and attributes of a new account. What the person changed or emptied is theirs, unless the provider may force it.
pub(crate) fn fed(policy: &RealmPolicy, left: &Profile, identity: Option<&BrokeredIdentity>) -> ProfileChange {
    let mut fed = ProfileChange {
        given_name: left.given_name.clone(),
        family_name: left.family_name.clone(),
        picture: None,
        origins: BTreeMap::new(),
        attributes: Attributes::new(),
    };
    let provider = identity.and_then(|identity| policy.provider(&identity.key.provider));
    let (Some(identity), Some(provider)) = (identity, provider) else { return fed };
    let offered = offered(policy, Some(identity));
    let is_forced = |field| provider.sync_of(field) == Sync::Force;
    for (field, slot, offered) in [
        (ProfileField::GivenName, &mut fed.given_name, offered.given_name),
        (ProfileField::FamilyName, &mut fed.family_name, offered.family_name),
    ] {
        if *slot == offered || is_forced(field) {
            fed.origins.extend(offered.as_ref().map(|_| (field, given_by(identity))));
            *slot = offered;
        } else {
            fed.origins.insert(field, Provenance::Typed);
        }
    }
    if let Some(picture) = identity.picture.clone().filter(|_| provider.sync_of(ProfileField::Picture) != Sync::Ignore) {
        fed.origins.insert(ProfileField::Picture, given_by(identity));
        fed.picture = Some(picture);
    }
    let wanted = identity.attributes.iter().filter(|(name, _)| provider.sync_of_attribute(name) != Sync::Ignore);
    fed.attributes = wanted.map(|(name, values)| (name.clone(), attribute(values, identity))).collect();
    fed
}

#[cfg(test)]
mod tests;
