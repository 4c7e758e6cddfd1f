//! Who may own an identity: a fixed number of indexed look-ups, however many accounts and rules there are.

use crate::entity::{attribute_values, linked_identities, users};
use crate::{Store, StoreError, identities};
use domain::{LinkedIdentity, RealmId, User, UserId};
use flow_runtime::{Candidate, Candidates, Sought};
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use std::collections::{BTreeMap, BTreeSet};

impl Store {
    /// Who has one of these values?
    pub async fn find_candidates(&self, realm: &RealmId, sought: &Sought) -> Result<Candidates, StoreError> {
        let (mut ids, mut claims) = (BTreeSet::new(), BTreeSet::new());
        if !sought.emails.is_empty() {
            let has_address = || users::Column::EmailKey.is_in(sought.emails.iter().map(domain::EmailAddress::key));
            let proved = users::Column::EmailProof.is_not_null();
            ids.extend(self.ids_where(realm, sought, has_address().and(proved).into()).await?);
            let unproved = users::Column::EmailProof.is_null();
            claims.extend(self.ids_where(realm, sought, has_address().and(unproved).into()).await?);
        }
        if !sought.usernames.is_empty() {
            let names = sought.usernames.iter().map(domain::Username::as_str);
            ids.extend(self.ids_where(realm, sought, users::Column::Username.is_in(names).into()).await?);
        }
        if !sought.attributes.is_empty() {
            ids.extend(self.ids_by_attributes(realm, sought).await?);
        }
        let more = ids.len() > Sought::MOST;
        let mut taken: BTreeSet<String> = ids.into_iter().take(Sought::MOST).collect();
        let claims: Vec<String> = claims.into_iter().filter(|id| !taken.contains(id)).collect();
        let more_claims = taken.len().saturating_add(claims.len()) > Sought::MOST;
        taken.extend(claims.into_iter().take(Sought::MOST.saturating_sub(taken.len())));
        let accounts = self.accounts(realm, sought, taken).await?;
        let wanted_is_taken = match &sought.wanted {
            Some(name) => self.find_users(realm, Some(name), None).await?.by_username.is_some(),
            None => false,
        };
        Ok(Candidates { accounts, more, more_claims, wanted_is_taken })
    }

    /// Which identities has this user now?
    pub async fn own_identities(&self, realm: &RealmId, user: UserId) -> Result<Option<Candidate>, StoreError> {
        // What is tied is read after the account: a tie that comes in between moves the account's version, and the commit notices.
        let Some(user) = self.find_user(realm, user).await? else { return Ok(None) };
        let identities = self.identities_of(realm, user.id).await?;
        Ok(Some(Candidate { user, identities }))
    }

    async fn ids_where(&self, realm: &RealmId, sought: &Sought, condition: Condition) -> Result<Vec<String>, StoreError> {
        let found = users::Entity::find()
            .select_only()
            .column(users::Column::Id)
            .filter(users::Column::Realm.eq(realm.as_str()))
            .filter(users::Column::LinkingDomain.eq(sought.domain.as_str()))
            .filter(condition)
            .order_by_asc(users::Column::Id)
            .limit(one_more_than_most());
        Ok(found.into_tuple().all(&self.reader).await?)
    }

    async fn ids_by_attributes(&self, realm: &RealmId, sought: &Sought) -> Result<Vec<String>, StoreError> {
        use attribute_values::Column;
        let any = sought.attributes.iter().fold(Condition::any(), |any, (name, value)| {
            any.add(Column::Name.eq(name.as_str()).and(Column::Value.eq(value.as_str())))
        });
        let found = attribute_values::Entity::find()
            .select_only()
            .column(Column::UserId)
            .distinct()
            .filter(Column::Realm.eq(realm.as_str()))
            .filter(any)
            .order_by_asc(Column::UserId)
            .limit(one_more_than_most());
        Ok(found.into_tuple().all(&self.reader).await?)
    }

    async fn accounts(&self, realm: &RealmId, sought: &Sought, ids: BTreeSet<String>) -> Result<Vec<Candidate>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = users::Entity::find()
            .filter(users::Column::Realm.eq(realm.as_str()))
            .filter(users::Column::Id.is_in(&ids))
            .filter(users::Column::LinkingDomain.eq(sought.domain.as_str()))
            .order_by_asc(users::Column::Id);
        let found: Vec<User> = rows.all(&self.reader).await?.into_iter().map(crate::users::to_user).collect::<Result<_, _>>()?;
        let rows = linked_identities::Entity::find()
            .filter(linked_identities::Column::Realm.eq(realm.as_str()))
            .filter(linked_identities::Column::UserId.is_in(&ids))
            .order_by_desc(linked_identities::Column::IsPrimary)
            .order_by_asc(linked_identities::Column::CreatedAt)
            .order_by_asc(linked_identities::Column::Id);
        let mut own: BTreeMap<UserId, Vec<LinkedIdentity>> = BTreeMap::new();
        for row in rows.all(&self.reader).await? {
            let link = identities::to_link(row)?;
            own.entry(link.user).or_default().push(link);
        }
        let candidate = |user: User| Candidate { identities: own.remove(&user.id).unwrap_or_default(), user };
        Ok(found.into_iter().map(candidate).collect())
    }
}

fn one_more_than_most() -> u64 {
    u64::try_from(Sought::MOST).unwrap_or(u64::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests;
