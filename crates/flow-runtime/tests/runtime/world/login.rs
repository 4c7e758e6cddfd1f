//! A login as the person in front of it meets it.

use super::{Answer, Came, Given, Person, World, alias, login_form as form};
use domain::{AuthorizeRequest, ClientId, Digest, UpstreamFailure, UserId};
use flow_runtime::event::action;
use flow_runtime::page::WayKind;
use flow_runtime::{AuthenticationSession, DenialCode, Event, Fault, Finish, Page, Rejected, Rest, View, Viewer, view};
use std::ops::{Deref, DerefMut};

/// One login in one browser.
#[derive(Debug, Clone)]
pub(crate) struct Login(pub(crate) flow_runtime::world::Login);

/// What happens between decision and commit.
pub(crate) type Race<'r> = &'r mut dyn FnMut(&mut World);

impl Deref for Login {
    type Target = flow_runtime::world::Login;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Login {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// A request that asks for nothing special.
pub(crate) fn request(client: &str) -> AuthorizeRequest {
    flow_runtime::world::request(ClientId::parse(client).unwrap())
}

impl World {
    /// Somebody whom `shop` sends to sign in, in a browser of their own.
    pub(crate) fn login(&mut self) -> Login {
        self.login_with(None, |_| {})
    }

    /// Somebody who is sent with a request of their own, in a browser that may be signed in.
    pub(crate) fn login_with(&mut self, cookie: Option<Digest>, change: impl FnOnce(&mut AuthorizeRequest)) -> Login {
        let mut login = self.about_to_login(cookie, change);
        let came = self.drive(&mut login, None, &mut |_| {}).unwrap();
        assert!(matches!(came, Came::Rested(_)), "{came:?}");
        self.stays_right();
        login
    }

    /// A login before its first step.
    pub(crate) fn about_to_login(&mut self, cookie: Option<Digest>, change: impl FnOnce(&mut AuthorizeRequest)) -> Login {
        let mut request = request("shop");
        change(&mut request);
        Login(self.0.about_to_login(request, cookie))
    }

    /// Moves a login by an event (or begins it) and stores what it came to, while something else happens.
    pub(crate) fn drive(&mut self, login: &mut Login, event: Option<&Event>, race: Race<'_>) -> Result<Came, Fault> {
        self.0.drive(&mut login.0, event, &mut |meanwhile| {
            let mut world = Self(meanwhile.clone());
            race(&mut world);
            *meanwhile = world.0;
        })
    }

    /// The judge has found nothing wrong so far.
    pub(crate) fn stays_right(&self) {
        assert!(self.wrongs.is_empty(), "{:#?}", self.wrongs);
    }
}

impl Login {
    pub(crate) fn session(&self) -> &AuthenticationSession {
        self.session.as_ref().unwrap()
    }

    /// Something happens, and meanwhile something else.
    pub(crate) fn meets_while(&mut self, world: &mut World, event: &Event, race: Race<'_>) -> Came {
        let before = self.session.clone();
        let came = world.drive(self, Some(event), race).unwrap();
        if matches!(came, Came::Rejected(_)) {
            assert_eq!(before, self.session, "a rejected event changes nothing");
        }
        world.stays_right();
        came
    }

    pub(crate) fn meets(&mut self, world: &mut World, event: &Event) -> Came {
        self.meets_while(world, event, &mut |_| {})
    }

    /// An event that must be taken.
    fn does(&mut self, world: &mut World, event: &Event) {
        let came = self.meets(world, event);
        assert!(matches!(came, Came::Rested(_)), "{came:?} on {:?}", self.page(world));
    }

    /// An event that must not be taken.
    pub(crate) fn is_rejected(&mut self, world: &mut World, event: &Event) -> Rejected {
        match self.meets(world, event) {
            Came::Rejected(rejected) => rejected,
            other => panic!("{other:?}"),
        }
    }

    /// The form of the page that is shown now.
    pub(crate) fn form(&self, pressed: &str, fields: &[(&str, &str)]) -> Event {
        form(self.session().step_id(), pressed, fields)
    }

    pub(crate) fn presses(&mut self, world: &mut World, pressed: &str) {
        self.sends(world, pressed, &[]);
    }

    pub(crate) fn sends(&mut self, world: &mut World, pressed: &str, fields: &[(&str, &str)]) {
        let event = self.form(pressed, fields);
        self.does(world, &event);
    }

    /// The form of another way: `login`, `register`, `password`, `mail`, or a provider's alias.
    pub(crate) fn way(&self, world: &World, wanted: &str) -> Event {
        let ways = self.view(world).ways;
        let way = ways.iter().find(|way| name_of(&way.kind) == wanted).unwrap_or_else(|| panic!("no way {wanted} in {ways:?}"));
        let provider = match &way.kind {
            WayKind::Provider { alias, .. } | WayKind::LinkedProvider { alias, .. } => alias.as_str(),
            _ => "",
        };
        self.form(action::WAY, &[("way", &way.id), ("provider", provider)])
    }

    pub(crate) fn takes(&mut self, world: &mut World, wanted: &str) {
        let event = self.way(world, wanted);
        self.does(world, &event);
    }

    pub(crate) fn ways(&self, world: &World) -> Vec<String> {
        self.view(world).ways.iter().map(|way| name_of(&way.kind)).collect()
    }

    /// The browser's return from where it is, with this answer waiting.
    pub(crate) fn return_with(&self, world: &mut World, answer: Answer) -> Event {
        let Rest::AtProvider { exchange, .. } = &self.session().rest else { panic!("not away: {:?}", self.session().rest) };
        let params = world.will_answer(answer);
        Event::Returned { provider: exchange.provider.clone(), exchange: exchange.id, params }
    }

    pub(crate) fn returns(&mut self, world: &mut World, person: &Person) {
        let event = self.return_with(world, Ok(Box::new(person.0.clone())));
        self.does(world, &event);
    }

    pub(crate) fn returns_failed(&mut self, world: &mut World, failure: UpstreamFailure) {
        let event = self.return_with(world, Err(failure));
        self.does(world, &event);
    }

    /// To the person's provider and back.
    pub(crate) fn comes_as(&mut self, world: &mut World, person: &Person) {
        self.takes(world, person.0.key.provider.as_str());
        self.returns(world, person);
    }

    /// To the provider of the page that says that the last trip proved nothing.
    pub(crate) fn takes_again(&mut self, world: &mut World) {
        let Page::ProveAtProvider { providers, .. } = self.page(world) else { panic!("{:?}", self.page(world)) };
        self.sends(world, action::CONTINUE, &[("provider", providers[0].0.as_str())]);
    }

    /// The button behind the newest mail to this address, in this browser.
    pub(crate) fn mail_button(&self, world: &mut World, to: &str) -> Event {
        let token = Digest::of(&world.newest_token(to).unwrap());
        world.given.insert(Given::Mail(self.start.key, token.clone()));
        Event::MailPressed { token }
    }

    pub(crate) fn presses_mail(&mut self, world: &mut World, to: &str) {
        let event = self.mail_button(world, to);
        self.does(world, &event);
    }

    pub(crate) fn types_code(&mut self, world: &mut World, code: &str) {
        self.sends(world, action::CONTINUE, &[("code", code)]);
    }

    pub(crate) fn view(&self, world: &World) -> View {
        view(&world.policy, self.session(), world.now, Viewer::StartingBrowser).expect("a login that rests has a page")
    }

    pub(crate) fn page(&self, world: &World) -> Page {
        self.view(world).page
    }

    pub(crate) fn finish(&self) -> &Finish {
        match &self.session().rest {
            Rest::Finished { finish, .. } => finish,
            other => panic!("not signed in: {other:?}"),
        }
    }

    pub(crate) fn user(&self) -> UserId {
        self.finish().signed_in.user.id
    }

    pub(crate) fn denial(&self) -> DenialCode {
        match &self.session().rest {
            Rest::Denied { denial, .. } => denial.code,
            other => panic!("not denied: {other:?}"),
        }
    }

    pub(crate) fn is_at(&self, provider: &str) -> bool {
        matches!(&self.session().rest, Rest::AtProvider { exchange, .. } if exchange.provider == alias(provider))
    }
}

pub(crate) fn name_of(kind: &WayKind) -> String {
    match kind {
        WayKind::Provider { alias, .. } => alias.to_string(),
        WayKind::Login => "login".into(),
        WayKind::Register => "register".into(),
        WayKind::Password => "password".into(),
        WayKind::Mail => "mail".into(),
        WayKind::Recover => "recover".into(),
        WayKind::OneTimeCode => "one-time code".into(),
        WayKind::LinkedProvider { alias, .. } => format!("at {alias}"),
    }
}
