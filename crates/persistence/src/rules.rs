//! Linking rules that administrators keep in the database. What a rule says is read elsewhere: here it is a name and a text.

use crate::column::{id, time};
use crate::entity::linking_rules::{ActiveModel, Column, Entity};
use crate::error::{Unique, broken_constraint};
use crate::store::{Ending, attempt, transaction};
use crate::{ByHand, Store, StoreError, audit, flows};
use domain::{AuditEvent, AuditKind, RealmId, RuleName, Timestamp};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

const TABLE: &str = "linking_rules";

/// A rule as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRule {
    /// Its name, unique in the realm.
    pub name: RuleName,
    /// The rule, as it was written.
    pub document: String,
    /// When it first got there.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What came of keeping a rule. Only the first changed anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RulePut {
    /// It is kept.
    Kept,
    /// Another rule of the realm has this priority.
    PriorityTaken,
}

impl Store {
    /// The rules of a realm, in the order of their names.
    pub async fn linking_rules(&self, realm: &RealmId) -> Result<Vec<StoredRule>, StoreError> {
        let rows = Entity::find().filter(Column::Realm.eq(realm.as_str())).order_by_asc(Column::Name).all(&self.reader).await?;
        let rule = |row: crate::entity::linking_rules::Model| {
            let (created_at, updated_at) = (time(row.created_at), time(row.updated_at));
            Ok(StoredRule { name: id(TABLE, row.name)?, document: row.document, created_at, updated_at })
        };
        rows.into_iter().map(rule).collect()
    }

    /// Keeps a rule, in place of one with its name. The caller has read it: a text that is no rule would stop the next start. Of two
    /// that are put at once with one priority, one is kept.
    pub async fn put_linking_rule(
        &self,
        realm: &RealmId,
        (name, priority): (&RuleName, u32),
        document: &str,
        hand: &ByHand,
        now: Timestamp,
    ) -> Result<RulePut, StoreError> {
        attempt!(self, |tx| {
            let row = ActiveModel {
                realm: Set(realm.to_string()),
                name: Set(name.to_string()),
                document: Set(document.to_owned()),
                priority: Set(i64::from(priority)),
                created_at: Set(now.as_millis()),
                updated_at: Set(now.as_millis()),
            };
            let mut of_the_same_name = OnConflict::columns([Column::Realm, Column::Name]);
            of_the_same_name.update_columns([Column::Document, Column::Priority, Column::UpdatedAt]);
            match Entity::insert(row).on_conflict(of_the_same_name).exec_without_returning(tx).await {
                Ok(_) => {}
                Err(error) if broken_constraint(&error) == Some(Unique::RulePriority) => {
                    return Ok(Ending::Undo(RulePut::PriorityTaken));
                }
                Err(error) => return Err(error.into()),
            }
            flows::move_on(tx, realm).await?;
            audit::record(tx, realm, &event("put", name, hand), now).await?;
            Ok(Ending::Keep(RulePut::Kept))
        })
    }

    /// Takes a rule out. False: there was none of this name.
    pub async fn remove_linking_rule(
        &self,
        realm: &RealmId,
        name: &RuleName,
        hand: &ByHand,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let removed = Entity::delete_by_id((realm.to_string(), name.to_string())).exec(tx).await?;
            if removed.rows_affected > 0 {
                flows::move_on(tx, realm).await?;
                audit::record(tx, realm, &event("remove", name, hand), now).await?;
            }
            Ok(removed.rows_affected > 0)
        })
    }
}

fn event(act: &str, name: &RuleName, hand: &ByHand) -> AuditEvent {
    let detail = Some(format!("{act} {name} {}", hand.words()));
    AuditEvent { kind: AuditKind::LinkingRuleChanged, user: None, subject: None, provider: None, detail }
}
