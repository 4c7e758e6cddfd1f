//! Where the existing account is proved by a login at a provider that is linked to it.

use super::{Scene, Source};
use crate::layout::Layout;
use crate::name::shown;
use crate::words;
use askama::Template;
use domain::ProviderAlias;
use flow_runtime::page::{CameBack, CameBackAs, Problems};

#[derive(Template)]
#[template(path = "pages/prove_at_provider.html")]
pub(super) struct ProveAtProvider<'a> {
    layout: Layout<'a>,
    provider: String,
    identity: String,
    account: String,
    reveals: bool,
    choices: Vec<Choice>,
    came_back: Option<Returned>,
}

/// One provider to go to.
struct Choice {
    alias: String,
    label: String,
    look: &'static str,
}

/// What the last trip came to, in words.
struct Returned {
    said: String,
    advice: String,
}

impl<'a> ProveAtProvider<'a> {
    pub(super) fn of(
        scene: Scene<'a>,
        source: (&str, &str),
        (account, reveals): (&str, bool),
        providers: &[(ProviderAlias, String)],
        came_back: Option<&CameBack>,
    ) -> Self {
        let layout = scene.layout(&Problems::new());
        let Source { provider, identity } = Source::of(source);
        let choice = |(at, (alias, name)): (usize, &(ProviderAlias, String))| {
            let again = came_back.is_some_and(|back| back.provider == *name);
            let name = shown(name, words::SOME_PROVIDER);
            let label = if again { format!("Try again at {name}") } else { format!("Continue with {name}") };
            Choice { alias: alias.to_string(), label, look: if at == 0 { "primary" } else { "second" } }
        };
        let choices = providers.iter().enumerate().map(choice).collect();
        let came_back = came_back.map(|back| returned(back, reveals));
        Self { layout, provider, identity, account: shown(account, words::SOMEBODY), reveals, choices, came_back }
    }
}

fn returned(back: &CameBack, reveals: bool) -> Returned {
    let (provider, identity) = (shown(&back.provider, words::SOME_PROVIDER), shown(&back.identity, words::SOMEBODY));
    let said = match (back.came_as, reveals) {
        (CameBackAs::TheOneToLink, true) => {
            format!(
                "At {provider} you came back as {identity}. That is the identity that you are linking, so it can't show that the account is yours."
            )
        }
        (CameBackAs::TheOneToLink, false) => {
            format!(
                "At {provider} you came back as {identity}. That is what you signed in with just now, so it shows nothing new."
            )
        }
        (CameBackAs::SomebodyElse, true) => {
            format!("At {provider} you came back as {identity}. That isn't one of the identities of this account.")
        }
        (CameBackAs::SomebodyElse, false) => {
            format!("At {provider} you came back as {identity}. That doesn't open an account with this address.")
        }
        (CameBackAs::NotFresh, _) => {
            format!(
                "At {provider} you came back as {identity}, but {provider} didn't say that it asked you to sign in again. So it doesn't count."
            )
        }
    };
    let advice = match back.came_as {
        CameBackAs::TheOneToLink | CameBackAs::SomebodyElse => {
            format!(
                "Nothing was linked. Try again and choose another account at {provider}. If it doesn't let you choose, sign out there first."
            )
        }
        CameBackAs::NotFresh => {
            format!("Nothing was linked. Sign out at {provider} first, then try again here, or use another way.")
        }
    };
    Returned { said, advice }
}
