//! How the world changes accounts that stay.

use super::World;
use crate::{Conflict, ProfileChange};
use domain::{AddressProof, IdentityId, IdentityKey, LinkedIdentity, OwnedAddress, User, UserId, Username, Version};

impl World {
    pub(super) fn unlink(&mut self, identity: IdentityId, user: UserId) {
        let gone = self.identities.values().find(|link| link.id == identity && link.user == user);
        if let Some(key) = gone.map(|link| link.key.clone()) {
            self.identities.remove(&key);
            self.sessions.retain(|_, session| session.user != user || session.identity.as_ref() != Some(&key));
            self.touch(user, false, |user| forget(user, &key));
        }
    }

    pub(super) fn set_address(&mut self, user: UserId, address: &OwnedAddress) -> Result<(), Conflict> {
        let others = |other: &&User| other.id != user && other.has_proved(&address.address);
        if address.is_proved() && self.users.values().any(|other| others(&other)) {
            return Err(Conflict::Address);
        }
        self.touch(user, true, |user| user.email = Some(address.clone()));
        Ok(())
    }

    pub(super) fn set_username(&mut self, user: UserId, username: &Username) -> Result<(), Conflict> {
        if self.users.values().any(|other| other.id != user && other.username.as_ref() == Some(username)) {
            return Err(Conflict::Username);
        }
        self.touch(user, false, |user| user.username = Some(username.clone()));
        Ok(())
    }

    pub(super) fn hand_over(&mut self, user: UserId, proof: &AddressProof) {
        let goes = |link: &LinkedIdentity| link.user == user && link.assured.is_none();
        let gone: Vec<_> = self.identities.values().filter(|link| goes(link)).map(|link| link.key.clone()).collect();
        self.identities.retain(|key, _| !gone.contains(key));
        self.passwords.remove(&user);
        self.seeds.remove(&user);
        self.touch(user, true, |user| {
            for key in &gone {
                forget(user, key);
            }
            (user.has_password, user.password_set_at, user.must_renew_password) = (false, None, false);
            user.has_one_time_codes = false;
            user.roles.clear();
            user.accepted_terms.clear();
            if let Some(email) = &mut user.email {
                email.proof = Some(proof.clone());
            }
        });
    }

    pub(super) fn change_profile(&mut self, user: UserId, profile: &ProfileChange) {
        let profile = profile.clone();
        self.touch(user, false, |user| {
            (user.given_name, user.family_name) = (profile.given_name, profile.family_name);
            (user.picture, user.origins, user.attributes) = (profile.picture, profile.origins, profile.attributes);
        });
    }

    pub(super) fn touch(&mut self, id: UserId, dies: bool, change: impl FnOnce(&mut User)) {
        let Some(user) = self.users.get_mut(&id) else { return };
        change(user);
        user.version = Version(user.version.0 + 1);
        if dies {
            user.epoch = user.epoch.next();
        }
    }
}

fn forget(user: &mut User, gone: &IdentityKey) {
    let left = ProfileChange::of(user).without(gone);
    (user.given_name, user.family_name, user.picture) = (left.given_name, left.family_name, left.picture);
    (user.origins, user.attributes) = (left.origins, left.attributes);
}
