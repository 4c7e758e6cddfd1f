//! Draws a login as somebody may see it. It changes nothing.

mod ways;

pub(crate) use ways::{a_way, ways};

use crate::authenticator::Sight;
use crate::page::{Page, View, Viewer};
use crate::policy::RealmPolicy;
use crate::session::{AuthenticationSession, Memory, Rest};
use domain::{ProviderAlias, Timestamp};

/// The page of a login. None if it waits for nothing that this viewer could see: then the link or page is dead.
pub fn view(policy: &RealmPolicy, session: &AuthenticationSession, now: Timestamp, viewer: Viewer) -> Option<View> {
    if !session.is_over() && policy.has_revoked(session) {
        return None;
    }
    let page = match viewer {
        Viewer::StartingBrowser => own_page(policy, session, now)?,
        Viewer::MailInStartingBrowser | Viewer::MailElsewhere => mail_page(policy, session, now, viewer)?,
    };
    let ways = if viewer == Viewer::StartingBrowser { ways(policy, session, now) } else { Vec::new() };
    let client = policy.client(&session.request.client);
    Some(View {
        ways,
        step: session.step_id(),
        realm: policy.name.clone(),
        client: client.map_or_else(|| session.request.client.to_string(), |client| client.name.clone()),
        message: session.message.clone(),
        can_restart: viewer == Viewer::StartingBrowser && !matches!(page, Page::Login { .. } | Page::SignedIn { .. }),
        page,
    })
}

fn own_page(policy: &RealmPolicy, session: &AuthenticationSession, now: Timestamp) -> Option<Page> {
    Some(match &session.rest {
        Rest::Showing(execution) => {
            let frame = session.frame()?;
            let authenticator = policy.flow_of(frame)?.authenticator(*execution)?;
            authenticator.page(&Sight { policy, session, frame, execution: *execution, now })?
        }
        Rest::AtProvider { exchange, .. } => Page::AtProvider {
            alias: exchange.provider.clone(),
            provider: policy
                .provider(&exchange.provider)
                .map_or_else(|| exchange.provider.to_string(), |found| found.name.clone()),
        },
        Rest::Consent(chosen) => Page::Consent { account: chosen.user().label(), scopes: session.request.scopes.clone() },
        Rest::Finished { finish, .. } => Page::SignedIn { account: finish.signed_in.user.label() },
        Rest::Denied { denial, .. } => {
            let identity = session.frame().and_then(|frame| frame.identity.as_ref());
            let name =
                |alias: &ProviderAlias| policy.provider(alias).map_or_else(|| alias.to_string(), |found| found.name.clone());
            Page::Denied {
                code: denial.code,
                provider: identity.map(|identity| name(&identity.key.provider)),
                message: denial.message.clone(),
            }
        }
    })
}

/// The page behind a mail's link. Whoever holds the mail sees what it would do.
fn mail_page(policy: &RealmPolicy, session: &AuthenticationSession, now: Timestamp, viewer: Viewer) -> Option<Page> {
    let Rest::Showing(execution) = session.rest else { return None };
    let frame = session.frame()?;
    let Some(Memory::Mail { token: Some(_), .. }) = frame.memory.get(&execution) else { return None };
    let sight = Sight { policy, session, frame, execution, now };
    let meaning = policy.flow_of(frame)?.authenticator(execution)?.mail(&sight)?;
    match viewer {
        Viewer::StartingBrowser => None,
        Viewer::MailInStartingBrowser => Some(Page::MailPress(meaning)),
        Viewer::MailElsewhere => Some(Page::MailCode(meaning)),
    }
}
