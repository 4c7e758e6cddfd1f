//! What is stored after both were played: accounts, identities and mails.

use super::both::Both;
use domain::{EmailAddress, LinkedIdentity, User, UserId, Username};
use std::collections::{BTreeMap, BTreeSet};

impl Both<'_> {
    /// The accounts and identities of this seed's people, and the mails to them, are the same at both.
    pub(crate) async fn have_stored_the_same(&self) {
        let live = self.live_accounts().await;
        let pretend: Vec<String> = sorted(self.world.users.values().map(|user| {
            let links: Vec<LinkedIdentity> =
                self.world.identities.values().filter(|link| link.user == user.id).cloned().collect();
            self.described(user, &links)
        }));
        assert_eq!(pretend, live, "{}", self.story("pretend accounts, and live ones"));
        self.have_mailed_the_same().await;
    }

    async fn live_accounts(&self) -> Vec<String> {
        let (store, realm) = (self.realm.world.store(), self.realm.world.realm());
        let mut found: BTreeMap<UserId, User> = BTreeMap::new();
        for user in &self.scenario.users {
            let now = store.find_user(realm, user.id).await.unwrap().unwrap();
            found.insert(user.id, now);
        }
        for comer in &self.scenario.comers {
            let known = store.find_identity(realm, &comer.identity.key).await.unwrap();
            found.extend(known.map(|known| (known.user.id, known.user)));
        }
        let names = self.scenario.names.iter().cloned().chain([format!("eve{}", self.scenario.seed)]);
        let mut typed: Vec<String> = self.scenario.addresses.clone();
        typed.push(format!("new{}@corp.example", self.scenario.seed));
        for name in names {
            // A name that is taken gets a number.
            for name in [name.clone(), format!("{name}-2"), format!("{name}2")] {
                let by_name = store.find_users(realm, Username::parse(&name).ok().as_ref(), None).await.unwrap().by_username;
                found.extend(by_name.map(|user| (user.id, user)));
            }
        }
        for address in &typed {
            let address = EmailAddress::parse(address).unwrap();
            let by_address = store.find_users(realm, None, Some(&address)).await.unwrap().by_email;
            found.extend(by_address.into_iter().map(|user| (user.id, user)));
        }
        let mut described = Vec::new();
        for user in found.values() {
            let links = store.identities_of(realm, user.id).await.unwrap();
            described.push(self.described(user, &links));
        }
        sorted(described.into_iter())
    }

    /// An account in words that don't depend on when and by which dice it was made.
    fn described(&self, user: &User, links: &[LinkedIdentity]) -> String {
        let given = self.scenario.users.iter().find(|known| known.id == user.id).map(|known| known.subject.to_string());
        let email = user.email.as_ref().map(|email| {
            let proof = email.proof.as_ref().map(|proof| {
                let text = format!("{proof:?}");
                text.split([' ', '{']).next().unwrap_or_default().to_owned()
            });
            format!("{} {:?} {proof:?}", email.address, std::mem::discriminant(&email.provenance))
        });
        let links: Vec<String> = sorted(links.iter().map(|link| {
            format!(
                "{} {} primary {} assured {} label {}",
                link.key,
                link.proof.kind.as_str(),
                link.primary,
                link.assured.is_some(),
                link.label
            )
        }));
        let attributes: BTreeSet<String> =
            user.attributes.iter().map(|(name, attribute)| format!("{name} {:?}", attribute.values)).collect();
        format!(
            "{} {:?} {email:?} {:?} {:?} {} password {} second factor {} {attributes:?} {links:?}",
            given.as_deref().unwrap_or("new"),
            user.username.as_ref().map(Username::as_str),
            user.given_name,
            user.family_name,
            user.state.as_str(),
            user.has_password,
            user.has_one_time_codes
        )
    }

    async fn have_mailed_the_same(&self) {
        let addresses: BTreeSet<String> = self.world.outbox.iter().map(|notice| notice.to.to_string()).collect();
        let others = self.scenario.addresses.iter().cloned();
        for address in addresses.into_iter().chain(others).collect::<BTreeSet<_>>() {
            let to_them = self.world.outbox.iter().filter(|notice| notice.to.as_str() == address);
            let letter = ui::Letter { realm: "Demo", link: "", lifetime: std::time::Duration::from_mins(1) };
            let pretend: Vec<String> = to_them.map(|notice| ui::mail(&notice.mail, &letter).unwrap().subject).collect();
            let mut live: Vec<String> =
                self.realm.world.mails_to(&address).await.iter().map(|letter| letter.mail().subject.clone()).collect();
            live.reverse();
            assert_eq!(sorted(pretend.into_iter()), sorted(live.into_iter()), "{}", self.story(&format!("mails to {address}")));
        }
    }
}

fn sorted(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut words: Vec<String> = words.collect();
    words.sort();
    words
}
