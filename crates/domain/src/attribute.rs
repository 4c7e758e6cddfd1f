//! What is known of a person beyond name and address: values by attribute name, each with who gave them.

use crate::{AttributeName, Provenance};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One attribute of an account. Values are compared byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// The values: at least one, none twice, each 1 to [`Attribute::LONGEST`] bytes.
    pub values: Vec<String>,
    /// Who gave them, and so who may take them back.
    pub provenance: Provenance,
}

/// Why values are none that an attribute can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an attribute has 1 to 64 values, none twice, each of 1 to 255 bytes and without a NUL character")]
pub struct AttributeError;

impl Attribute {
    /// An attribute that an administrator enters.
    pub fn entered(values: Vec<String>) -> Result<Self, AttributeError> {
        let good = |value: &String| (1..=Self::LONGEST).contains(&value.len()) && !value.contains('\0');
        let distinct = values.iter().collect::<BTreeSet<_>>().len() == values.len();
        let fits = (1..=Self::MOST).contains(&values.len()) && distinct && values.iter().all(good);
        fits.then_some(Self { values, provenance: Provenance::Administrator }).ok_or(AttributeError)
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_entered_can_be_found_again() {
        let entered = |values: &[&str]| Attribute::entered(values.iter().map(|&value| value.to_owned()).collect());
        assert_eq!(entered(&["b", "a"]).map(|attribute| attribute.provenance), Ok(Provenance::Administrator));
        for bad in [&[][..], &[""], &["a", "a"], &["a\0"], &[&"x".repeat(256)]] {
            assert_eq!(entered(bad), Err(AttributeError), "{bad:?}");
        }
        let many: Vec<String> = (0..65).map(|number| number.to_string()).collect();
        assert_eq!(Attribute::entered(many), Err(AttributeError));
    }
}
