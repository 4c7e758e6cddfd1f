//! Fields as the templates draw them.

use crate::words;
use domain::Timestamp;
use flow_runtime::page::{Field, FieldName, Problems};

/// One field: a label, perhaps a hint, perhaps what is wrong, and the input.
pub(crate) struct Input {
    /// Its id and its name in the form.
    pub(crate) id: &'static str,
    pub(crate) label: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) autocomplete: &'static str,
    /// Whether every character counts: no spelling help, no capitals, left to right.
    pub(crate) exact: bool,
    /// Which keyboard helps.
    pub(crate) inputmode: Option<&'static str>,
    pub(crate) value: String,
    pub(crate) hint: Option<String>,
    pub(crate) problem: Option<String>,
    pub(crate) required: bool,
    pub(crate) autofocus: bool,
}

impl Input {
    /// A required field without a value.
    pub(crate) fn new(name: FieldName) -> Self {
        let (kind, autocomplete) = match name {
            FieldName::Username => ("text", "username"),
            FieldName::Email => ("email", "email"),
            FieldName::GivenName => ("text", "given-name"),
            FieldName::FamilyName => ("text", "family-name"),
            FieldName::Password => ("password", "current-password"),
            FieldName::Code => ("text", "one-time-code"),
        };
        Self {
            id: name.as_str(),
            label: words::label(name),
            kind,
            autocomplete,
            exact: !matches!(name, FieldName::GivenName | FieldName::FamilyName),
            inputmode: (name == FieldName::Code).then_some("numeric"),
            value: String::new(),
            hint: None,
            problem: None,
            required: true,
            autofocus: false,
        }
    }

    /// A field with what is in it.
    pub(crate) fn of(field: &Field) -> Self {
        Self { value: field.value.clone(), required: field.required, ..Self::new(field.name) }
    }

    /// The field that the cursor should be in, if nothing else wants the person's eye first.
    pub(crate) fn focused(self, calm: bool) -> Self {
        Self { autofocus: calm, ..self }
    }

    /// With what is wrong with it.
    pub(crate) fn judged(self, name: FieldName, problems: &Problems, now: Timestamp) -> Self {
        let problem =
            problems.iter().find(|(field, _)| *field == name).map(|(field, problem)| words::problem(*field, problem, now));
        Self { problem, ..self }
    }

    /// The ids of what explains the field.
    pub(crate) fn described_by(&self) -> Option<String> {
        match (&self.hint, &self.problem) {
            (Some(_), Some(_)) => Some(format!("{0}-hint {0}-problem", self.id)),
            (Some(_), None) => Some(format!("{}-hint", self.id)),
            (None, Some(_)) => Some(format!("{}-problem", self.id)),
            (None, None) => None,
        }
    }
}
