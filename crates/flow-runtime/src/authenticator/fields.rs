//! What several forms read in the same way.

use crate::event::Form;
use crate::page::{FieldName, Problem, Problems};
use crate::session::Memory;
use domain::{EmailAddress, Secret, Username};
use std::collections::BTreeMap;

/// Reads a form field by field and remembers what was wrong.
pub(super) struct Reading<'a> {
    form: &'a Form,
    values: BTreeMap<FieldName, String>,
    problems: Problems,
}

impl<'a> Reading<'a> {
    pub(super) fn of(form: &'a Form) -> Self {
        Self { form, values: BTreeMap::new(), problems: Vec::new() }
    }

    /// A text as it was typed, kept so that the page can show it again.
    pub(super) fn text(&mut self, field: FieldName) -> Option<&'a str> {
        let text = self.form.text(field.as_str())?;
        self.values.insert(field, text.chars().take(254).collect());
        Some(text)
    }

    pub(super) fn required(&mut self, field: FieldName) -> Option<&'a str> {
        let text = self.text(field);
        if text.is_none() {
            self.problem(field, Problem::Missing);
        }
        text
    }

    pub(super) fn name(&mut self, field: FieldName) -> Option<String> {
        self.text(field).and_then(domain::text::display_name)
    }

    pub(super) fn email(&mut self) -> Option<EmailAddress> {
        let address = EmailAddress::parse(self.required(FieldName::Email)?);
        if address.is_err() {
            self.problem(FieldName::Email, Problem::NotAnAddress);
        }
        address.ok()
    }

    pub(super) fn username(&mut self) -> Option<Username> {
        let username = Username::parse(self.text(FieldName::Username)?);
        if username.is_err() {
            self.problem(FieldName::Username, Problem::NotAUsername);
        }
        username.ok()
    }

    /// The password exactly as it was typed. It is never kept.
    pub(super) fn password(&mut self) -> Option<&'a Secret> {
        let password = self.form.secret(FieldName::Password.as_str());
        if password.is_none() {
            self.problem(FieldName::Password, Problem::Missing);
        }
        password
    }

    pub(super) fn problem(&mut self, field: FieldName, problem: Problem) {
        self.problems.push((field, problem));
    }

    pub(super) fn is_fine(&self) -> bool {
        self.problems.is_empty()
    }

    /// What a page shows again that has nothing to fill in but this field.
    pub(super) fn wrong(field: FieldName, problem: Problem) -> Memory {
        Memory::Form { values: BTreeMap::new(), problems: vec![(field, problem)] }
    }

    /// What the page shows again.
    pub(super) fn memory(self) -> Memory {
        Memory::Form { values: self.values, problems: self.problems }
    }
}

/// A value that the page shows again.
pub(super) fn remembered(memory: Option<&Memory>, field: FieldName) -> Option<String> {
    match memory {
        Some(Memory::Form { values, .. }) => values.get(&field).cloned(),
        _ => None,
    }
}

/// What was wrong last time.
pub(super) fn problems(memory: Option<&Memory>) -> Problems {
    match memory {
        Some(Memory::Form { problems, .. }) => problems.clone(),
        _ => Vec::new(),
    }
}

/// Whether the person has sent the form before: then an emptied field stays empty.
pub(super) fn was_sent(memory: Option<&Memory>) -> bool {
    matches!(memory, Some(Memory::Form { .. }))
}
