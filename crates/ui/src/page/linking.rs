//! The page that asks whether an existing account is theirs.

use super::{Scene, Source};
use crate::layout::Layout;
use crate::name::shown;
use crate::words;
use askama::Template;
use flow_runtime::page::{Others, Problems};

#[derive(Template)]
#[template(path = "pages/account_exists.html")]
pub(super) struct AccountExists<'a> {
    layout: Layout<'a>,
    provider: String,
    identity: String,
    address: String,
    known: Known,
    others: Option<Beside>,
    can_review: bool,
}

/// What becomes of other identities of the provider.
struct Beside {
    /// What they are called, if that may be said.
    names: Option<String>,
    replaced: bool,
}

/// What the page may say of the account.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// That there is one.
    pub(super) reveals: bool,
    /// That it showed that the address is its own.
    pub(super) proved: bool,
}

impl<'a> AccountExists<'a> {
    pub(super) fn of(
        scene: Scene<'a>,
        source: (&str, &str),
        (address, known): (&str, Known),
        others: Option<&Others>,
        can_review: bool,
    ) -> Self {
        let Source { provider, identity } = Source::of(source);
        let address = shown(address, words::SOMEBODY);
        let others = others.map(|others| {
            let names: Vec<_> = others.labels.iter().map(|label| shown(label, words::SOMEBODY)).collect();
            Beside { names: (!names.is_empty()).then(|| names.join(", ")), replaced: others.replaced }
        });
        Self { layout: scene.layout(&Problems::new()), provider, identity, address, known, others, can_review }
    }
}
