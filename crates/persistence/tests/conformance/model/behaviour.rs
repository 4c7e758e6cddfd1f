//! What people do at the pages that they see. Some are honest, some try what isn't theirs.

use super::answers::{code_of, steps_at};
use super::browser::Browser;
use super::place::Place;
use domain::{CallbackParams, Secret};
use flow_runtime::event::action;
use flow_runtime::page::{Way, WayKind};
use flow_runtime::world::one_time_code;
use flow_runtime::{AuthenticationSession, Event, Form, Page, Rest, View, Viewer, view};

impl Browser {
    /// What the person does now. None: they walk away.
    pub(super) fn chooses(&mut self, place: &Place, session: &AuthenticationSession) -> Option<Event> {
        if let Rest::AtProvider { exchange, .. } = &session.rest {
            let alias = exchange.provider.clone();
            if self.random.once_in(12) {
                return Some(press(session, if self.random.once_in(2) { action::RESTART } else { action::WAY }));
            }
            let params = CallbackParams { code: self.identity_at(place, alias.as_str()), iss: None, error: None };
            return Some(Event::Returned { provider: alias, exchange: exchange.id, params });
        }
        let view = view(&place.cast.policy, session, place.now(), Viewer::StartingBrowser)?;
        if self.random.once_in(16) {
            return Some(press(
                session,
                self.random.pick::<&str>(&[action::RESTART, action::LEAVE, action::RESEND, action::REVIEW]),
            ));
        }
        let person = &place.cast.people[self.who];
        let password = self.a_password(place);
        match &view.page {
            Page::Login { .. } => Some(self.at_the_login_page(place, session, &view)),
            Page::Register { .. } => {
                let name = format!("{}-{}", person.name, self.random.below(3));
                let email = self.some_address(place);
                let fields = [("username", name), ("email", email), ("password", password)];
                Some(form(session, action::CONTINUE, &fields))
            }
            Page::ReviewProfile { .. } => {
                let fields = [("username", person.name.to_owned()), ("email", self.some_address(place))];
                Some(form(session, action::CONTINUE, &fields))
            }
            Page::CheckMail { .. } => self.at_the_mail_page(place, session, &view),
            Page::Reauthenticate { .. } if self.random.once_in(5) => self.another_way(session, &view),
            Page::Reauthenticate { .. } | Page::NewPassword { .. } => {
                Some(form(session, action::CONTINUE, &[("password", password)]))
            }
            Page::ForgottenPassword { .. } => {
                let name = if self.random.once_in(3) { person.name.to_owned() } else { self.some_address(place) };
                Some(form(session, action::CONTINUE, &[("username", name)]))
            }
            Page::OneTimeCode { .. } => {
                let own = session.frame().and_then(|frame| Some(frame.user.as_ref()?.user().id));
                let seed = own.and_then(|user| place.truth().phone_of(self.who, user));
                match seed {
                    Some(seed) => Some(form(session, action::CONTINUE, &[("code", self.a_code(place, &seed))])),
                    None if self.random.once_in(2) => Some(form(session, action::CONTINUE, &[("code", "000000".to_owned())])),
                    None => self.another_way(session, &view),
                }
            }
            Page::SetUpOneTimeCode { seed, .. } => Some(form(session, action::CONTINUE, &[("code", self.a_code(place, seed))])),
            Page::ChangeAddress { .. } => Some(form(session, action::CONTINUE, &[("email", self.some_address(place))])),
            Page::ProveAtProvider { providers, .. } if !providers.is_empty() => {
                let provider = self.random.pick(providers).0.to_string();
                Some(form(session, action::CONTINUE, &[("provider", provider)]))
            }
            _ => Some(press(session, action::CONTINUE)),
        }
    }

    fn at_the_login_page(&mut self, place: &Place, session: &AuthenticationSession, view: &View) -> Event {
        let person = &place.cast.people[self.who];
        let way = if self.random.once_in(4) { None } else { self.another_way(session, view) };
        way.unwrap_or_else(|| {
            let names = [person.name.to_owned(), format!("{}-{}", person.name, self.random.below(3)), self.some_address(place)];
            let fields = [("username", self.random.pick(&names).clone()), ("password", self.a_password(place))];
            form(session, action::CONTINUE, &fields)
        })
    }

    /// Who reads the mailbox presses the button or types the code. Who doesn't guesses, or tries another way.
    fn at_the_mail_page(&mut self, place: &Place, session: &AuthenticationSession, view: &View) -> Option<Event> {
        let person = &place.cast.people[self.who];
        let readable = place.truth().mail_of(self.key, |mailbox| person.reads(mailbox));
        let any = place.truth().any_mail(|mailbox| person.reads(mailbox));
        let foreign = self.random.once_in(6);
        match (readable, any) {
            (_, Some(token)) if foreign => Some(Event::MailPressed { token }),
            (Some(token), _) if self.random.once_in(2) => Some(Event::MailPressed { token }),
            (Some(token), _) => Some(form(session, action::CONTINUE, &[("code", code_of(&token))])),
            (None, _) if self.random.once_in(3) => Some(form(session, action::CONTINUE, &[("code", "000000".to_owned())])),
            (None, _) => self.another_way(session, view),
        }
    }

    fn another_way(&mut self, session: &AuthenticationSession, view: &View) -> Option<Event> {
        if view.ways.is_empty() {
            return None;
        }
        let Way { id, kind } = self.random.pick(&view.ways).clone();
        let provider = match &kind {
            WayKind::Provider { alias, .. } | WayKind::LinkedProvider { alias, .. } => alias.to_string(),
            _ => String::new(),
        };
        Some(form(session, action::WAY, &[("way", id), ("provider", provider)]))
    }

    /// The code that an identity of this person's at that provider comes back with.
    fn identity_at(&mut self, place: &Place, provider: &str) -> Option<Secret> {
        let own = place.cast.people[self.who].identities.iter().enumerate();
        let here: Vec<usize> =
            own.filter(|(_, identity)| identity.key.provider.as_str() == provider).map(|(number, _)| number).collect();
        // Mostly the first one, so that it comes again.
        let number = if self.random.once_in(3) { self.random.pick(&here) } else { here.first()? };
        Some(Secret::new(number.to_string()))
    }

    fn some_address(&mut self, place: &Place) -> String {
        place.cast.some_address(self.who, &mut self.random).to_string()
    }

    /// A code that the phone shows about now, which may be used already; sometimes it is misread.
    fn a_code(&mut self, place: &Place, seed: &Secret) -> String {
        if self.random.once_in(8) {
            return "000000".to_owned();
        }
        one_time_code(seed, *self.random.pick(&steps_at(place.now())))
    }

    /// A password of this person's, mostly the usual one.
    fn a_password(&mut self, place: &Place) -> String {
        place.cast.people[self.who].passwords[usize::from(self.random.once_in(4))].clone()
    }
}

fn press(session: &AuthenticationSession, pressed: &str) -> Event {
    form(session, pressed, &[])
}

fn form(session: &AuthenticationSession, pressed: &str, fields: &[(&str, String)]) -> Event {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(value.clone())));
    Event::Form(Form::new(session.step_id(), pressed, fields))
}
