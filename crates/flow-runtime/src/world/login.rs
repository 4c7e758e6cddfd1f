//! One login in one browser.

use super::World;
use crate::session::Memory;
use crate::{AuthenticationSession, Event, Form, Rest, Resting, Start, StepId};
use domain::{AuthorizeRequest, ClientId, Digest, Prompt, Secret, SessionKey, Wish};

/// One login in one browser.
#[derive(Debug, Clone)]
pub struct Login {
    /// What it began with.
    pub start: Start,
    /// What is stored of it. None before its first step.
    pub session: Option<AuthenticationSession>,
    /// The browser's cookie for its browser session.
    pub cookie: Option<Digest>,
}

impl Login {
    pub(super) fn store(&mut self, resting: &Resting) {
        self.session = Some(resting.session.clone());
    }
}

impl World {
    /// A login before its first step, in a browser that may be signed in.
    pub fn about_to_login(&mut self, request: AuthorizeRequest, cookie: Option<Digest>) -> Login {
        let key = SessionKey::from_bytes(self.entropy().id("session"));
        let browser = Digest::of_bytes(b"browser");
        Login { start: Start { key, browser, request, started_at: self.now }, session: None, cookie }
    }
}

/// A request that asks for nothing special.
pub fn request(client: ClientId) -> AuthorizeRequest {
    AuthorizeRequest {
        redirect_uri: format!("https://{client}.example/back"),
        client,
        redirect_uri_was_given: true,
        state: Some("state".into()),
        nonce: None,
        scopes: vec!["openid".into(), "profile".into()],
        code_challenge: None,
        prompt: Prompt::default(),
        max_age: None,
        login_hint: None,
        provider_hint: None,
        wish: Wish::SignIn,
    }
}

/// The same, for something that people are sent for. Another address wants a fresh login, whatever the application says.
pub fn request_for(client: ClientId, wish: Wish) -> AuthorizeRequest {
    let mut request = request(client);
    request.wish = wish;
    request.prompt.login = wish == Wish::ChangeAddress;
    request
}

/// The token of the mail that the shown page waits for. None: it waits for none.
pub fn awaited_mail(session: &AuthenticationSession) -> Option<Digest> {
    let Rest::Showing(execution) = &session.rest else { return None };
    match session.frame()?.memory.get(execution)? {
        Memory::Mail { token, .. } => token.clone(),
        _ => None,
    }
}

/// The form of a page.
pub fn form(step: StepId, pressed: &str, fields: &[(&str, &str)]) -> Event {
    Event::Form(Form::new(step, pressed, fields.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value)))))
}
