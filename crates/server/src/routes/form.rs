//! Forms and queries as ordered pairs, so that repeated names are seen.

use domain::Secret;
use flow_runtime::{Form, StepId};

/// The most fields that are read.
const MOST_FIELDS: usize = 100;

/// The pairs of a query or a form body.
pub(super) fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).take(MOST_FIELDS).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// A hub form: its token, and the form for the runtime.
pub(super) struct HubForm {
    pub(super) csrf: Option<Secret>,
    pub(super) form: Form,
}

impl HubForm {
    pub(super) fn read(body: &[u8]) -> Self {
        let mut fields: Vec<(String, Secret)> = pairs(body).into_iter().map(|(name, value)| (name, Secret::new(value))).collect();
        let mut take = |name: &str| {
            let at = fields.iter().position(|(found, _)| found == name)?;
            Some(fields.remove(at).1)
        };
        let csrf = take("csrf");
        let step = take("step").map_or_else(String::new, |step| step.reveal().to_owned());
        let action = take("action").map_or_else(String::new, |action| action.reveal().to_owned());
        Self { csrf, form: Form::new(StepId(step), action, fields) }
    }
}

/// The value of a name that stands there once. `Err` if it is repeated.
pub(super) fn once<'a>(pairs: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, Repeated> {
    let mut found = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        (_, Some(_)) => Err(Repeated),
    }
}

/// A name stood there more than once.
#[derive(Debug, thiserror::Error)]
#[error("a parameter is repeated")]
pub(super) struct Repeated;
