//! Pages of the second factor: its code, and how an authenticator application gets the key for it.

use super::Scene;
use crate::authenticator_app::{Picture, address, groups};
use crate::input::Input;
use crate::layout::Layout;
use crate::name::shown;
use crate::words;
use askama::Template;
use domain::Secret;
use flow_runtime::page::{FieldName, Problems};

#[derive(Template)]
#[template(path = "pages/one_time_code.html")]
pub(super) struct OneTimeCode<'a> {
    layout: Layout<'a>,
    account: String,
    inputs: [Input; 1],
}

impl<'a> OneTimeCode<'a> {
    pub(super) fn of(scene: Scene<'a>, account: &str, problems: &Problems) -> Self {
        let layout = scene.layout(problems);
        let code = code(scene, problems).focused(layout.is_calm());
        Self { layout, account: shown(account, words::SOMEBODY), inputs: [code] }
    }
}

#[derive(Template)]
#[template(path = "pages/set_up_one_time_code.html")]
pub(super) struct SetUpOneTimeCode<'a> {
    layout: Layout<'a>,
    account: String,
    replaces: bool,
    /// The key as an address, a picture, and letters to type.
    address: String,
    picture: Option<Picture>,
    groups: Vec<String>,
    inputs: [Input; 1],
}

impl<'a> SetUpOneTimeCode<'a> {
    pub(super) fn of(scene: Scene<'a>, account: &str, seed: &Secret, replaces: bool, problems: &Problems) -> Self {
        let layout = scene.layout(problems);
        let account = shown(account, words::SOMEBODY);
        let address = address(&layout.realm, &account, seed);
        Self {
            picture: Picture::of(&address),
            groups: groups(seed),
            inputs: [code(scene, problems)],
            layout,
            account,
            replaces,
            address,
        }
    }
}

fn code(scene: Scene<'_>, problems: &Problems) -> Input {
    let hint = Some("Six digits. A new code comes every 30 seconds.".to_owned());
    Input { label: "Code from the app", hint, ..Input::new(FieldName::Code) }.judged(FieldName::Code, problems, scene.chrome.now)
}
