//! An administrator at work. Whoever asks for something by phone is who they say.

use super::answers::stored;
use super::place::Place;
use super::random::Random;
use super::truth::By;
use domain::{AccountState, IdentityId, LinkedIdentity, User, UserId};
use persistence::{ByHand, Linked, NewTie, Unlinked};

/// One thing that an administrator does: a look at an account, and the act.
pub(super) struct Administrator {
    random: Random,
    looked_at: Option<(User, Vec<LinkedIdentity>)>,
    over: bool,
}

impl Administrator {
    pub(super) fn new(random: Random) -> Self {
        Self { random, looked_at: None, over: false }
    }

    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Goes over exactly one boundary, and says what came of it.
    pub(super) async fn advance(&mut self, place: &Place) -> String {
        match self.looked_at.take() {
            None => self.look(place).await,
            Some((user, identities)) => {
                self.over = true;
                let did = self.act(place, &user, &identities).await;
                place.judges(By::Administrator, None).await;
                format!("{did} {}", user.id)
            }
        }
    }

    async fn look(&mut self, place: &Place) -> String {
        let known: Vec<UserId> = place.truth().accounts.keys().copied().collect();
        if known.is_empty() {
            self.over = true;
            return "finds nobody".into();
        }
        let user = *self.random.pick(&known);
        let found = place.store.own_identities(&place.realm, user).await.unwrap();
        self.looked_at = found.map(|found| (found.user, found.identities));
        format!("looks at {user}")
    }

    async fn act(&mut self, place: &Place, user: &User, identities: &[LinkedIdentity]) -> String {
        let (store, realm, id, now) = (&place.store, &place.realm, user.id, place.now());
        let by = ByHand { by: "ops".into(), reason: "was asked to".into() };
        match self.random.below(12) {
            0 | 1 => self.set_state(place, id, AccountState::Disabled, &by).await,
            2 => self.set_state(place, id, AccountState::Locked, &by).await,
            3 | 4 => self.set_state(place, id, AccountState::Open, &by).await,
            5 => self.set_state(place, id, AccountState::Deleted, &by).await,
            6 => {
                store.set_password_hash(realm, id, &stored("what nobody was told yet"), now).await.unwrap();
                "sets the password of".into()
            }
            9 if user.has_one_time_codes => {
                store.remove_second_factor(realm, id, &by, now).await.unwrap();
                "takes the second factor of".into()
            }
            7 | 8 => self.link(place, id, &by).await,
            9 if !identities.is_empty() => {
                let chosen = self.random.pick(identities);
                let done = store.set_primary(realm, (id, chosen.id), &by, now).await.unwrap();
                format!("makes {} primary ({done:?}) of", chosen.key)
            }
            _ if identities.is_empty() => "leaves".into(),
            _ => {
                let chosen = self.random.pick(identities);
                let ways = |user: &User, left: &[LinkedIdentity]| place.cast.policy.ways_in(user, left);
                let done = store.unlink(realm, (id, chosen.id), ways, &by, now).await.unwrap();
                if let Unlinked::Done(gone) = &done {
                    place.truth().taken_off(id, &gone.key);
                }
                let done = matches!(done, Unlinked::Done(_));
                format!("takes {} off ({done})", chosen.key)
            }
        }
    }

    async fn set_state(&self, place: &Place, user: UserId, state: AccountState, by: &ByHand) -> String {
        place.store.set_state(&place.realm, user, state, by, place.now()).await.unwrap();
        format!("sets {state:?}:")
    }

    /// Ties an identity of whoever the account belongs to.
    async fn link(&mut self, place: &Place, user: UserId, by: &ByHand) -> String {
        let owner = place.truth().owner_of(user);
        let Some(who) = owner else { return "leaves".into() };
        let identity = self.random.pick(&place.cast.people[who].identities);
        let id = IdentityId::from_bytes(u128::from(self.random.clone().next()).to_le_bytes());
        let tie = NewTie { id, key: identity.key.clone(), label: identity.label() };
        let done = place.store.link_by_hand(&place.realm, user, &tie, by, place.now()).await.unwrap();
        if matches!(done, Linked::Done(_)) {
            place.truth().accounts.entry(user).or_default().allowed.insert(who);
        }
        format!("ties {} ({}) to", identity.key, matches!(done, Linked::Done(_)))
    }
}
