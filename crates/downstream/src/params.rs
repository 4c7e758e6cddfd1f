//! Reading request parameters without picking one of several.

/// Request parameters in the order in which they came.
#[derive(Clone, Copy)]
pub(crate) struct Params<'a>(pub(crate) &'a [(String, String)]);

/// A parameter came more than once (RFC 6749 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repeated;

impl<'a> Params<'a> {
    /// The value of a parameter. One without a value counts as absent (RFC 6749 §3.1).
    pub(crate) fn one(self, name: &str) -> Result<Option<&'a str>, Repeated> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let first = values.next();
        if values.next().is_some() { Err(Repeated) } else { Ok(first.filter(|value| !value.is_empty())) }
    }

    /// Whether any of these parameters came more than once.
    pub(crate) fn repeats_one_of(self, names: &[&str]) -> bool {
        names.iter().any(|name| self.one(name).is_err())
    }

    /// Whether the parameter came with a value.
    pub(crate) fn has(self, name: &str) -> bool {
        self.0.iter().any(|(key, value)| key == name && !value.is_empty())
    }
}
