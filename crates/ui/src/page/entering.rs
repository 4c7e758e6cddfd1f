//! Pages where people type: login, register, review profile, re-authenticate.

use super::{Scene, Source};
use crate::input::Input;
use crate::layout::{Layout, Way};
use crate::name::shown;
use crate::words;
use askama::Template;
use flow_runtime::page::{Field, FieldName, Problems};

const NAME_OR_ADDRESS: &str = "Username or mail address";

#[derive(Template)]
#[template(path = "pages/login.html")]
pub(super) struct Login<'a> {
    layout: Layout<'a>,
    client: String,
    inputs: [Input; 2],
    providers: Vec<Way>,
    others: Vec<Way>,
}

impl<'a> Login<'a> {
    pub(super) fn of(scene: Scene<'a>, username: &str, problems: &Problems) -> Self {
        let mut layout = scene.layout(problems);
        let (providers, others): (Vec<Way>, Vec<Way>) =
            std::mem::take(&mut layout.ways).into_iter().partition(|way| way.provider.is_some());
        let others = others.into_iter().map(Way::beside).collect();
        let now = scene.chrome.now;
        let name = Input { label: NAME_OR_ADDRESS, value: username.to_owned(), ..Input::new(FieldName::Username) }
            .judged(FieldName::Username, problems, now)
            .focused(layout.is_calm());
        let password = Input::new(FieldName::Password).judged(FieldName::Password, problems, now);
        Self { layout, client: scene.client(), inputs: [name, password], providers, others }
    }
}

#[derive(Template)]
#[template(path = "pages/register.html")]
pub(super) struct Register<'a> {
    layout: Layout<'a>,
    client: String,
    inputs: Vec<Input>,
}

impl<'a> Register<'a> {
    pub(super) fn of(scene: Scene<'a>, fields: &[Field], problems: &Problems) -> Self {
        let inputs = fields.iter().map(|field| {
            let input = Input::of(field).judged(field.name, problems, scene.chrome.now);
            match field.name {
                FieldName::Password => new_password(input),
                _ => input,
            }
        });
        Self { client: scene.client(), inputs: inputs.collect(), layout: scene.layout(problems) }
    }
}

#[derive(Template)]
#[template(path = "pages/review_profile.html")]
pub(super) struct ReviewProfile<'a> {
    layout: Layout<'a>,
    provider: String,
    identity: String,
    inputs: Vec<Input>,
}

impl<'a> ReviewProfile<'a> {
    pub(super) fn of(scene: Scene<'a>, source: (&str, &str), fields: &[Field], problems: &Problems) -> Self {
        let Source { provider, identity } = Source::of(source);
        let inputs = fields.iter().map(|field| {
            let hint = match (field.from_provider, field.name) {
                (false, _) => None,
                (true, FieldName::Email) => Some(format!("From {provider}. If you change it, it counts as not confirmed.")),
                (true, _) => Some(format!("From {provider}.")),
            };
            Input { hint, ..Input::of(field) }.judged(field.name, problems, scene.chrome.now)
        });
        Self { inputs: inputs.collect(), layout: scene.layout(problems), provider, identity }
    }
}

#[derive(Template)]
#[template(path = "pages/reauthenticate.html")]
pub(super) struct Reauthenticate<'a> {
    layout: Layout<'a>,
    provider: String,
    identity: String,
    account: String,
    reveals: bool,
    inputs: [Input; 1],
}

impl<'a> Reauthenticate<'a> {
    pub(super) fn of(scene: Scene<'a>, source: (&str, &str), (account, reveals): (&str, bool), problems: &Problems) -> Self {
        let Source { provider, identity } = Source::of(source);
        let layout = scene.layout(problems);
        let password = Input {
            label: if reveals { "Password of that account" } else { "Password of your account" },
            ..Input::new(FieldName::Password)
        }
        .judged(FieldName::Password, problems, scene.chrome.now)
        .focused(layout.is_calm());
        Self { layout, provider, identity, account: shown(account, words::SOMEBODY), reveals, inputs: [password] }
    }
}

#[derive(Template)]
#[template(path = "pages/forgotten_password.html")]
pub(super) struct ForgottenPassword<'a> {
    layout: Layout<'a>,
    inputs: [Input; 1],
}

impl<'a> ForgottenPassword<'a> {
    pub(super) fn of(scene: Scene<'a>, username: &str, problems: &Problems) -> Self {
        let layout = scene.layout(problems);
        let name = Input { label: NAME_OR_ADDRESS, value: username.to_owned(), ..Input::new(FieldName::Username) }
            .judged(FieldName::Username, problems, scene.chrome.now)
            .focused(layout.is_calm());
        Self { layout, inputs: [name] }
    }
}

#[derive(Template)]
#[template(path = "pages/new_password.html")]
pub(super) struct NewPassword<'a> {
    layout: Layout<'a>,
    address: String,
    inputs: [Input; 1],
}

impl<'a> NewPassword<'a> {
    pub(super) fn of(scene: Scene<'a>, address: &str, problems: &Problems) -> Self {
        let layout = scene.layout(problems);
        let password = Input { label: "New password", ..new_password(Input::new(FieldName::Password)) }
            .judged(FieldName::Password, problems, scene.chrome.now)
            .focused(layout.is_calm());
        Self { layout, address: shown(address, words::SOMEBODY), inputs: [password] }
    }
}

/// A password that is chosen now.
pub(super) fn new_password(input: Input) -> Input {
    Input { autocomplete: "new-password", hint: Some("8 characters or more.".to_owned()), ..input }
}

#[derive(Template)]
#[template(path = "pages/change_address.html")]
pub(super) struct ChangeAddress<'a> {
    layout: Layout<'a>,
    account: String,
    current: Option<String>,
    inputs: [Input; 1],
}

impl<'a> ChangeAddress<'a> {
    pub(super) fn of(scene: Scene<'a>, (account, current): (&str, Option<&str>), wanted: &str, problems: &Problems) -> Self {
        let layout = scene.layout(problems);
        let address = Input { label: "New mail address", value: wanted.to_owned(), ..Input::new(FieldName::Email) }
            .judged(FieldName::Email, problems, scene.chrome.now)
            .focused(layout.is_calm());
        let current = current.map(|current| shown(current, words::SOMEBODY));
        Self { layout, account: shown(account, words::SOMEBODY), current, inputs: [address] }
    }
}
