//! Values in columns: ids as texts, structures as JSON texts.

use crate::StoreError;
use domain::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::error::Error;

/// A structure as it is stored.
pub(crate) fn json<T: Serialize>(table: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Unwritable { table, source })
}

/// A structure, where there may be none.
pub(crate) fn json_or_null<T: Serialize>(table: &'static str, value: Option<&T>) -> Result<Option<String>, StoreError> {
    value.map(|value| json(table, value)).transpose()
}

/// Takes back what [`json`] gave out.
pub(crate) fn from_json<T: DeserializeOwned>(table: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|source| unreadable(table, source))
}

/// Takes back what [`json_or_null`] gave out.
pub(crate) fn from_json_or_null<T: DeserializeOwned>(table: &'static str, text: Option<&str>) -> Result<Option<T>, StoreError> {
    text.map(|text| from_json(table, text)).transpose()
}

/// An id from its text.
pub(crate) fn id<T>(table: &'static str, text: String) -> Result<T, StoreError>
where
    T: TryFrom<String>,
    T::Error: Error + Send + Sync + 'static,
{
    T::try_from(text).map_err(|source| unreadable(table, source))
}

/// An id from its text, where there may be none.
pub(crate) fn id_or_null<T>(table: &'static str, text: Option<String>) -> Result<Option<T>, StoreError>
where
    T: TryFrom<String>,
    T::Error: Error + Send + Sync + 'static,
{
    text.map(|text| id(table, text)).transpose()
}

/// A point in time.
pub(crate) const fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// A row of this table makes no sense.
pub(crate) fn unreadable(table: &'static str, source: impl Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unreadable { table, source: Box::new(source) }
}
