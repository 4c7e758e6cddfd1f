//! What is known of a person beyond name and address: values by attribute name, each with who gave them.

use crate::{AttributeName, Provenance};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One attribute of an account. Values are compared byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// The values: at least one, none twice, each 1 to [`Attribute::LONGEST`] bytes.
    pub values: Vec<String>,
    /// Who gave them, and so who may take them back.
    pub provenance: Provenance,
}

impl Attribute {
    /// The most bytes of one value.
    pub const LONGEST: usize = 255;
    /// The most values of one attribute.
    pub const MOST: usize = 64;

    /// Whether this is one of its values.
    pub fn has(&self, value: &str) -> bool {
        self.values.iter().any(|own| own == value)
    }
}

/// The attributes of an account by name.
pub type Attributes = BTreeMap<AttributeName, Attribute>;

/// What providers assert, by attribute name: values as in [`Attribute::values`].
pub type AssertedAttributes = BTreeMap<AttributeName, Vec<String>>;
