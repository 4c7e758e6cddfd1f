//! The pages of a login: one struct for each, drawn from a [`View`].

mod ending;
mod entering;
mod linking;
mod mailing;
mod proving;
mod required;
mod second_factor;

use crate::chrome::Chrome;
use crate::layout::Layout;
use crate::name::shown;
use crate::words;
use askama::Template;
use flow_runtime::page::Problems;
use flow_runtime::{Page, View};

/// Draws a page of a login as HTML.
pub fn render(view: &View, chrome: &Chrome<'_>) -> Result<String, askama::Error> {
    let scene = Scene { view, chrome };
    match &view.page {
        Page::Login { username, problems } => entering::Login::of(scene, username, problems).render(),
        Page::Register { fields, problems } => entering::Register::of(scene, fields, problems).render(),
        Page::ReviewProfile { provider, identity, fields, problems } => {
            entering::ReviewProfile::of(scene, (provider, identity), fields, problems).render()
        }
        Page::Reauthenticate { provider, identity, account, reveals, problems } => {
            entering::Reauthenticate::of(scene, (provider, identity), (account, *reveals), problems).render()
        }
        Page::ProveAtProvider { provider, identity, account, reveals, providers, came_back } => {
            let account = (account.as_str(), *reveals);
            proving::ProveAtProvider::of(scene, (provider, identity), account, providers, came_back.as_ref()).render()
        }
        Page::AccountExists { provider, identity, address, reveals, proved, can_review, others } => {
            let known = linking::Known { reveals: *reveals, proved: *proved };
            let others = others.as_ref();
            linking::AccountExists::of(scene, (provider, identity), (address, known), others, *can_review).render()
        }
        Page::CheckMail { address, why, lifetime, resend_from, sent, problems } => {
            let mail = mailing::Sent { lifetime: *lifetime, resend_from: *resend_from, went_out: *sent };
            mailing::CheckMail::of(scene, address, why, &mail, problems).render()
        }
        Page::MailPress(meaning) => mailing::MailPress::of(scene, meaning).render(),
        Page::MailCode(meaning) => mailing::MailCode::of(scene, meaning).render(),
        Page::ForgottenPassword { username, problems } => entering::ForgottenPassword::of(scene, username, problems).render(),
        Page::NewPassword { address, problems } => entering::NewPassword::of(scene, address, problems).render(),
        Page::ChangeAddress { account, current, wanted, problems } => {
            entering::ChangeAddress::of(scene, (account, current.as_deref()), wanted, problems).render()
        }
        Page::Terms { account, document } => required::Terms::of(scene, account, document).render(),
        Page::CompleteProfile { account, fields, problems } => {
            required::CompleteProfile::of(scene, account, fields, problems).render()
        }
        Page::UpdatePassword { account, login, why, problems } => {
            required::UpdatePassword::of(scene, (account, login), *why, problems).render()
        }
        Page::OneTimeCode { account, problems } => second_factor::OneTimeCode::of(scene, account, problems).render(),
        Page::SetUpOneTimeCode { account, seed, replaces, problems } => {
            second_factor::SetUpOneTimeCode::of(scene, account, seed, *replaces, problems).render()
        }
        Page::AtProvider { alias, provider } => ending::AtProvider::of(scene, alias, provider).render(),
        Page::Consent { account, scopes } => ending::Consent::of(scene, account, scopes).render(),
        Page::SignedIn { account } => ending::SignedIn::of(scene, account).render(),
        Page::Denied { code, provider, message } => {
            ending::Denied::of(scene, *code, provider.as_deref(), message.as_deref()).render()
        }
    }
}

/// A page's view and what the server adds.
#[derive(Clone, Copy)]
struct Scene<'a> {
    view: &'a View,
    chrome: &'a Chrome<'a>,
}

impl<'a> Scene<'a> {
    fn layout(self, problems: &Problems) -> Layout<'a> {
        Layout::of(self.view, problems, self.chrome)
    }

    fn client(self) -> String {
        shown(&self.view.client, words::SOME_CLIENT)
    }
}

/// A provider's name and what the person is called there.
struct Source {
    provider: String,
    identity: String,
}

impl Source {
    fn of((provider, identity): (&str, &str)) -> Self {
        Self { provider: shown(provider, words::SOME_PROVIDER), identity: shown(identity, words::SOMEBODY) }
    }
}
