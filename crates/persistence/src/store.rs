//! The handle to a database, and how everything is written: in one transaction, tried again when others are in the way.

use crate::{Keyring, StoreError};
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbBackend, IsolationLevel, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

/// How often a transaction is tried before the database counts as busy.
const TRIES: u32 = 6;

/// A database with its keyring. Clones share both.
#[derive(Clone)]
pub struct Store {
    pub(crate) reader: DatabaseConnection,
    pub(crate) writer: DatabaseConnection,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) only_reads: bool,
    /// A connection that does nothing but keep a database in memory there: a request that is given up takes its own
    /// connection with it.
    pub(crate) _anchor: Option<DatabaseConnection>,
}

/// What becomes of a transaction whose work was done.
pub(crate) enum Ending<T> {
    /// It is kept.
    Keep(T),
    /// It is undone, and this is the answer.
    Undo(T),
}

/// Runs a block that says whether its transaction is kept or undone, again if a deadlock or a race ended it, and gives what it ends with. The block sees what
/// was committed before it began to write: SQLite takes the write lock first, on PostgreSQL the rows that matter are locked
/// when they are read.
///
/// A macro, because a function can't say that the future of an `AsyncFn` is `Send`.
macro_rules! attempt {
    ($store:expr, |$tx:ident| $work:block) => {{
        let mut tries = 1;
        loop {
            let transaction = $store.begin().await?;
            let $tx = &transaction;
            let outcome = async { $work }.await;
            match $store.end(transaction, outcome, &mut tries).await {
                std::ops::ControlFlow::Break(answer) => break answer,
                std::ops::ControlFlow::Continue(()) => {}
            }
        }
    }};
}

/// Like [`attempt`], for a block whose transaction is kept unless it fails.
macro_rules! transaction {
    ($store:expr, |$tx:ident| $work:block) => {
        crate::store::attempt!($store, |$tx| { async { $work }.await.map(crate::store::Ending::Keep) })
    };
}

pub(crate) use {attempt, transaction};

impl Store {
    /// Ends a try. Continue: others were in the way, and it is worth another one.
    pub(crate) async fn end<T>(
        &self,
        tx: DatabaseTransaction,
        outcome: Result<Ending<T>, StoreError>,
        tries: &mut u32,
    ) -> ControlFlow<Result<T, StoreError>> {
        let outcome = match outcome {
            Ok(Ending::Keep(answer)) => tx.commit().await.map(|()| answer).map_err(StoreError::from),
            Ok(Ending::Undo(answer)) => tx.rollback().await.map(|()| answer).map_err(StoreError::from),
            Err(error) => {
                // The first error is the one that matters; a connection that can't roll back is thrown away.
                let _ = tx.rollback().await;
                Err(error)
            }
        };
        if outcome.as_ref().is_err_and(StoreError::is_over_at_once) && *tries < TRIES {
            tokio::time::sleep(Duration::from_millis(1 << *tries)).await;
            *tries += 1;
            return ControlFlow::Continue(());
        }
        ControlFlow::Break(outcome)
    }

    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = match self.writer.get_database_backend() {
            DbBackend::Sqlite => {
                TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() }
            }
            _ => TransactionOptions { isolation_level: Some(IsolationLevel::ReadCommitted), ..Default::default() },
        };
        Ok(self.writer.begin_with_options(options).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever serves requests moves these between threads.
    fn assert_send<T: Send>(_: &T) {}

    #[tokio::test]
    async fn what_is_asked_of_a_store_can_wait_on_any_thread() {
        let keyring = Keyring::new(vec![crate::SealingKey::new("a", [1; 32])]).unwrap();
        let store = Store::open("sqlite::memory:", keyring).await.unwrap();
        let realm = domain::RealmId::parse("demo").unwrap();
        let now = domain::Timestamp::from_millis(0);
        let commit = crate::Commit { session: None, guards: vec![], writes: vec![], notices: vec![], code: None, now };
        assert_send(&store.commit(&realm, &commit));
        assert_send(&store.reserve(&realm, &[], now));
        assert_send(&store.redeem_code(&realm, &domain::Digest::of_bytes(b"x"), now, |_, _| Err::<_, ()>(())));
        assert_send(&store.take_due(now, 1, Duration::ZERO));
        assert_send(&crate::check(&store, &realm));
    }
}
