//! What all steps build with.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text;

/// A table whose key is the realm and the columns named by `key`.
pub(crate) fn table<const N: usize>(name: &'static str, key: [&'static str; N], columns: Vec<ColumnDef>) -> TableCreateStatement {
    let mut primary = Index::create();
    primary.col("realm");
    for column in key {
        primary.col(column);
    }
    let mut table = Table::create();
    table.table(name).col(text("realm")).primary_key(&mut primary);
    for column in columns {
        table.col(column);
    }
    table
}

/// An index on these columns.
pub(crate) fn index<const N: usize>(name: &'static str, table: &'static str, columns: [&'static str; N]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(column);
    }
    index
}

/// `child.(realm, column)` names a row of `parent` by its `(realm, id)`.
pub(crate) fn belongs_to(child: &'static str, column: &'static str, parent: &'static str) -> ForeignKeyCreateStatement {
    let mut key = ForeignKey::create();
    key.from_tbl(child).from_col("realm").from_col(column).to_tbl(parent).to_col("realm").to_col("id");
    key
}
