//! Pages that ask for something before a login ends: terms, missing parts of a profile, a new password.

use super::Scene;
use crate::input::Input;
use crate::layout::Layout;
use crate::name::{paragraphs, shown, visible};
use crate::words;
use askama::Template;
use flow_runtime::page::{Field, FieldName, PasswordDue, Problems, TermsDocument};

#[derive(Template)]
#[template(path = "pages/terms.html")]
pub(super) struct Terms<'a> {
    layout: Layout<'a>,
    account: String,
    client: String,
    address: Option<String>,
    /// The paragraphs of the terms.
    lines: Vec<String>,
}

impl<'a> Terms<'a> {
    pub(super) fn of(scene: Scene<'a>, account: &str, document: &TermsDocument) -> Self {
        let (address, lines) = match document {
            TermsDocument::At(address) if address.starts_with("https://") => (Some(visible(address)), Vec::new()),
            TermsDocument::At(text) | TermsDocument::Text(text) => (None, paragraphs(text)),
        };
        Self {
            layout: scene.layout(&Problems::new()),
            account: shown(account, words::SOMEBODY),
            client: scene.client(),
            address,
            lines,
        }
    }
}

#[derive(Template)]
#[template(path = "pages/complete_profile.html")]
pub(super) struct CompleteProfile<'a> {
    layout: Layout<'a>,
    account: String,
    inputs: Vec<Input>,
}

impl<'a> CompleteProfile<'a> {
    pub(super) fn of(scene: Scene<'a>, account: &str, fields: &[Field], problems: &Problems) -> Self {
        let layout = scene.layout(problems);
        let calm = layout.is_calm();
        let inputs = fields
            .iter()
            .enumerate()
            .map(|(place, field)| Input::of(field).judged(field.name, problems, scene.chrome.now).focused(calm && place == 0));
        Self { inputs: inputs.collect(), layout, account: shown(account, words::SOMEBODY) }
    }
}

#[derive(Template)]
#[template(path = "pages/update_password.html")]
pub(super) struct UpdatePassword<'a> {
    layout: Layout<'a>,
    account: String,
    login: String,
    is_old: bool,
    inputs: [Input; 1],
}

impl<'a> UpdatePassword<'a> {
    pub(super) fn of(scene: Scene<'a>, (account, login): (&str, &str), why: PasswordDue, problems: &Problems) -> Self {
        let layout = scene.layout(problems);
        let password = Input { label: "New password", ..super::entering::new_password(Input::new(FieldName::Password)) }
            .judged(FieldName::Password, problems, scene.chrome.now)
            .focused(layout.is_calm());
        Self {
            layout,
            account: shown(account, words::SOMEBODY),
            login: shown(login, words::SOMEBODY),
            is_old: why == PasswordDue::Old,
            inputs: [password],
        }
    }
}
