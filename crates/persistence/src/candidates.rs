//! Who may own an identity: a fixed number of indexed look-ups, however many accounts and rules there are.

use crate::entity::{attribute_values, linked_identities, users};
use crate::{Store, StoreError, attributes, identities};
use domain::{LinkedIdentity, RealmId, User, UserId};
use flow_runtime::{Candidate, Candidates, Sought};
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use std::collections::{BTreeMap, BTreeSet};

impl Store {
    /// Who has one of these values?
    pub async fn find_candidates(&self, realm: &RealmId, sought: &Sought) -> Result<Candidates, StoreError> {
        let (mut taken, mut more, mut claims) = (BTreeSet::new(), false, Vec::new());
        if !sought.emails.is_empty() {
            let has_address = || users::Column::EmailKey.is_in(sought.emails.iter().map(domain::EmailAddress::key));
            let proved = users::Column::EmailProof.is_not_null();
            more |= take(&mut taken, self.ids_where(realm, sought, has_address().and(proved).into()).await?);
            let unproved = users::Column::EmailProof.is_null();
            claims = self.ids_where(realm, sought, has_address().and(unproved).into()).await?;
        }
        if !sought.usernames.is_empty() {
            let names = sought.usernames.iter().map(domain::Username::as_str);
            more |= take(&mut taken, self.ids_where(realm, sought, users::Column::Username.is_in(names).into()).await?);
        }
        let mut planted = Vec::new();
        if !sought.attributes.is_empty() {
            let for_sure = has_attribute(realm, sought, was_handed_out(sought));
            more |= take(&mut taken, self.ids_where(realm, sought, for_sure).await?);
            planted = self.ids_where(realm, sought, has_attribute(realm, sought, was_handed_out(sought).not())).await?;
        }
        let more_claims = take(&mut taken, claims);
        // Whoever of these could be meant came with their address above.
        take(&mut taken, planted);
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

/// Takes as many as there is room for. Whoever is asked for first stays, so that no crowd with a shared value hides them.
/// Is anybody left out?
fn take(taken: &mut BTreeSet<String>, found: Vec<String>) -> bool {
    let mut left_out = false;
    for id in found {
        if taken.len() < Sought::MOST {
            taken.insert(id);
        } else {
            left_out |= !taken.contains(&id);
        }
    }
    left_out
}

/// Whether an administrator gave the value, or a provider that hands the attribute out.
fn was_handed_out(sought: &Sought) -> Condition {
    use attribute_values::Column;
    let by_administrator = Condition::any().add(Column::GivenBy.eq(attributes::ADMINISTRATOR));
    sought.handed_out.iter().fold(by_administrator, |any, (name, provider)| {
        any.add(Column::Name.eq(name.as_str()).and(Column::GivenBy.eq(provider.as_str())))
    })
}

fn has_attribute(realm: &RealmId, sought: &Sought, given: Condition) -> Condition {
    use attribute_values::Column;
    let any = sought.attributes.iter().fold(Condition::any(), |any, (name, value)| {
        any.add(Column::Name.eq(name.as_str()).and(Column::Value.eq(value.as_str())))
    });
    let owners = attribute_values::Entity::find()
        .select_only()
        .column(Column::UserId)
        .filter(Column::Realm.eq(realm.as_str()))
        .filter(any)
        .filter(given);
    Condition::all().add(users::Column::Id.in_subquery(owners.into_query()))
}

fn one_more_than_most() -> u64 {
    u64::try_from(Sought::MOST).unwrap_or(u64::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests;
