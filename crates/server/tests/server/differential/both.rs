//! One person at both: the live server behind its router, and the pretend world.

use super::dice::Dice;
use super::realm::Realm;
use super::scenario::{Comer, RIGHT, Scenario};
use crate::people::code_elsewhere;
use domain::{Digest, EmailAddress, Timestamp, UpstreamFailure, UserId, Wish};
use flow_runtime::flow_test::page_name;
use flow_runtime::page::WayKind;
use flow_runtime::world::{Came, Given, Login, World, code_of, form, one_time_code, request};
use flow_runtime::{Event, Page, Rest, View, Viewer, view};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use testkit::{Answer, Begun, Browser, Phone};

/// The most events of one login.
const EVENTS: usize = 14;

pub(crate) struct Both<'r> {
    pub(crate) realm: &'r Realm,
    pub(crate) scenario: Scenario,
    pub(crate) world: World,
    pub(crate) browser: Browser,
    cookie: Option<Digest>,
    /// The authenticator applications, as they are at the live server.
    phones: BTreeMap<UserId, Phone>,
    /// What was done, to be told when both differ.
    log: Vec<String>,
    /// How many logins there were, how many signed in, and how many were refused.
    pub(crate) came: [usize; 3],
}

/// One login at both.
pub(super) struct One {
    begun: Begun,
    login: Login,
    pub(super) answer: Answer,
}

/// What somebody does next.
#[expect(clippy::large_enum_variant, reason = "few live at a time")]
enum Deed {
    Sends { pressed: &'static str, fields: Vec<(&'static str, String)> },
    Takes { way: String, provider: String },
    OpensMail,
    TypesCode,
    TypesOneTimeCode { right: bool },
    Returns(Comer, Option<u64>),
    Fails,
}

impl<'r> Both<'r> {
    pub(crate) fn new(realm: &'r Realm, scenario: Scenario) -> Self {
        let mut world = World::new(realm.world.policy().clone(), server::now());
        // Some of the flows waive the proof, each with its reason.
        world.accepts_waived = true;
        world.passwords = scenario.passwords.clone();
        world.users = scenario.users.iter().map(|user| (user.id, user.clone())).collect();
        world.identities = scenario.links.iter().map(|link| (link.key.clone(), link.clone())).collect();
        world.seeds = scenario.phones.iter().map(|(user, (_, secret))| (*user, secret.clone())).collect();
        let phones = scenario.phones.iter().map(|(user, (phone, _))| (*user, phone.clone())).collect();
        let mut browser = realm.world.browser();
        let [.., a, b, c] = scenario.seed.to_be_bytes();
        browser.network = IpAddr::V4(Ipv4Addr::new(10, a, b, c));
        Self { realm, scenario, world, browser, cookie: None, phones, log: Vec::new(), came: [0; 3] }
    }

    /// A login with up to so many events, compared after each.
    pub(crate) async fn plays_a_login(&mut self, number: usize, dice: &mut Dice) {
        let mut one = self.begins(number, dice).await;
        self.agree(&one);
        for _ in 0..EVENTS {
            if one.session().is_over() {
                break;
            }
            let deed = self.chooses(&one, dice);
            self.does(&mut one, deed).await;
            self.agree(&one);
        }
        self.came[0] += 1;
        self.came[2] += usize::from(matches!(one.session().rest, Rest::Denied { .. }));
        if let Rest::Finished { finish, .. } = &one.session().rest {
            self.came[1] += 1;
            self.cookie = finish.cookie.as_ref().map(Digest::of).or(self.cookie.take());
            let subject = finish.signed_in.user.subject.to_string();
            let known = self.scenario.users.iter().any(|user| user.id == finish.signed_in.user.id);
            let live = one.begun.finish(&one.answer).await.sub();
            let is_known = self.scenario.users.iter().any(|user| user.subject.to_string() == live);
            assert!(known == is_known && (!known || subject == live), "{}", self.story("another account signed in"));
        }
    }

    async fn begins(&mut self, number: usize, dice: &mut Dice) -> One {
        let client = *dice.one(&["app", "app", "desk"]);
        let mut begun = self.realm.world.app(client).begin();
        let mut wanted = request(domain::ClientId::parse(client).unwrap());
        wanted.scopes = ["openid", "profile", "email", "offline_access"].map(str::to_owned).into();
        match dice.below(13) {
            0 => (begun, wanted.prompt.none) = (begun.with("prompt", "none"), true),
            1 => (begun, wanted.prompt.login) = (begun.with("prompt", "login"), true),
            2 => (begun, wanted.wish) = (begun.with("prompt", "create"), Wish::Create),
            3 => (begun, wanted.wish) = (begun.with("braid_action", "forgotten-password"), Wish::Recover),
            4 => (begun, wanted.wish) = (begun.with("braid_action", "verify-address"), Wish::VerifyAddress),
            5 => {
                begun = begun.with("braid_action", "change-address");
                (wanted.wish, wanted.prompt.login) = (Wish::ChangeAddress, true);
            }
            6 => {
                begun = begun.with("braid_action", "second-factor");
                (wanted.wish, wanted.prompt.login) = (Wish::SecondFactor, true);
            }
            _ => {}
        }
        if dice.once_in(2) {
            let alias = dice.one(&self.scenario.comers).identity.key.provider.clone();
            begun = begun.with("provider_hint", alias.as_str());
            wanted.provider_hint = Some(alias);
        }
        self.log.push(format!("login {number}: {wanted:?}"));
        self.world.now = server::now();
        let mut login = self.world.about_to_login(wanted, self.cookie.clone());
        let came = self.world.drive(&mut login, None, &mut |_| {}).unwrap();
        assert!(matches!(came, Came::Rested(_)), "{}", self.story("it doesn't begin"));
        let answer = self.browser.open(&begun.url()).await;
        One { begun, login, answer }
    }

    pub(super) fn view(&self, one: &One) -> View {
        view(&self.world.policy, one.session(), self.world.now, Viewer::StartingBrowser).unwrap()
    }

    fn chooses(&self, one: &One, dice: &mut Dice) -> Deed {
        if let Rest::AtProvider { exchange, .. } = &one.session().rest {
            let mut fitting: Vec<&Comer> =
                self.scenario.comers.iter().filter(|comer| comer.identity.key.provider == exchange.provider).collect();
            if fitting.is_empty() || dice.once_in(12) {
                return Deed::Fails;
            }
            let comer = fitting.swap_remove(dice.below(fitting.len())).clone();
            let ago = if dice.once_in(4) { *dice.one(&[None, Some(7200)]) } else { Some(0) };
            return Deed::Returns(comer, ago);
        }
        let view = self.view(one);
        match dice.below(24) {
            0 => return Deed::Sends { pressed: "leave", fields: Vec::new() },
            1 if view.can_restart => return Deed::Sends { pressed: "restart", fields: Vec::new() },
            2..7 if !view.ways.is_empty() => {
                let way = dice.one(&view.ways);
                let provider = match &way.kind {
                    WayKind::Provider { alias, .. } | WayKind::LinkedProvider { alias, .. } => alias.to_string(),
                    _ => String::new(),
                };
                return Deed::Takes { way: way.id.clone(), provider };
            }
            _ => {}
        }
        self.answers(&view.page, one.answer.form_with(|button| button.value == "resend").is_some(), dice)
    }

    /// What somebody does with a page itself.
    fn answers(&self, page: &Page, may_resend: bool, dice: &mut Dice) -> Deed {
        let password = |dice: &mut Dice| if dice.once_in(3) { "a wrong guess" } else { RIGHT }.to_owned();
        let fields = match page {
            Page::Login { .. } => vec![("username", self.scenario.typed(dice)), ("password", password(dice))],
            Page::Reauthenticate { .. } => vec![("password", password(dice))],
            Page::NewPassword { .. } => vec![("password", dice.one(&["short", RIGHT]).to_string())],
            Page::ForgottenPassword { .. } => vec![("username", self.scenario.typed(dice))],
            Page::ChangeAddress { .. } => vec![("email", dice.one(&self.scenario.addresses).clone())],
            Page::Register { .. } => vec![
                ("username", dice.one(&self.scenario.names).clone()),
                ("email", dice.one(&self.scenario.addresses).clone()),
                ("password", password(dice)),
            ],
            Page::ReviewProfile { fields, .. } | Page::CompleteProfile { fields, .. } => fields
                .iter()
                .filter_map(|field| match field.name.as_str() {
                    "email" => Some(("email", dice.one(&self.scenario.addresses).clone())),
                    "username" => Some(("username", dice.one(&self.scenario.names).clone())),
                    "given_name" => Some(("given_name", "Ada".to_owned())),
                    _ => None,
                })
                .collect(),
            Page::AccountExists { can_review: true, .. } if dice.once_in(6) => {
                return Deed::Sends { pressed: "review", fields: Vec::new() };
            }
            Page::CheckMail { .. } => match dice.below(5) {
                0 if may_resend => return Deed::Sends { pressed: "resend", fields: Vec::new() },
                1 => vec![("code", "00000000".to_owned())],
                2 => return Deed::TypesCode,
                _ => return Deed::OpensMail,
            },
            Page::OneTimeCode { .. } | Page::SetUpOneTimeCode { .. } => {
                return Deed::TypesOneTimeCode { right: !dice.once_in(4) };
            }
            Page::ProveAtProvider { providers, .. } => vec![("provider", dice.one(providers).0.to_string())],
            Page::Consent { .. } if dice.once_in(4) => return Deed::Sends { pressed: "refuse", fields: Vec::new() },
            _ => Vec::new(),
        };
        Deed::Sends { pressed: "continue", fields }
    }

    async fn does(&mut self, one: &mut One, deed: Deed) {
        self.world.now = server::now();
        match deed {
            Deed::Sends { pressed, fields } => {
                self.log.push(format!("{pressed} {fields:?}"));
                let given: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let event = form(one.session().step_id(), pressed, &given);
                self.pretends(one, &event);
                self.sends(one, pressed, &given).await;
            }
            Deed::Takes { way, provider } => {
                self.log.push(format!("way {way} {provider}"));
                let given = [("way", way.as_str()), ("provider", provider.as_str())];
                let event = form(one.session().step_id(), "way", &given);
                self.pretends(one, &event);
                let given = if provider.is_empty() { &given[..1] } else { &given[..] };
                self.sends(one, "way", given).await;
            }
            Deed::OpensMail => self.opens_mail(one).await,
            Deed::TypesCode => self.types_code(one).await,
            Deed::TypesOneTimeCode { right } => self.types_one_time_code(one, right).await,
            Deed::Returns(comer, ago) => self.returns(one, comer, ago).await,
            Deed::Fails => {
                self.log.push("comes back without an identity".to_owned());
                let alias = one.away();
                self.pretends_return(one, Err(UpstreamFailure::Cancelled));
                let provider = self.realm.world.provider(&alias);
                provider.will_refuse_with("access_denied");
                let back = provider.receives(&one.answer.at);
                provider.will_be_honest();
                one.answer = self.browser.open(&back).await;
            }
        }
    }

    async fn returns(&mut self, one: &mut One, comer: Comer, ago: Option<u64>) {
        self.log.push(format!("comes back as {} {ago:?}", comer.claims));
        let mut identity = comer.identity.clone();
        let at = ago.map(|ago| self.world.now.minus(std::time::Duration::from_secs(ago)));
        identity.auth_time = at.map(|at| Timestamp::from_seconds(at.as_seconds()));
        let alias = one.away();
        self.pretends_return(one, Ok(Box::new(identity.clone())));
        let provider = self.realm.world.provider(&alias);
        let mut claims = comer.claims;
        match identity.auth_time {
            Some(at) => claims["auth_time"] = at.as_seconds().into(),
            None => provider.will_bend(|_, payload| _ = payload.remove("auth_time")),
        }
        provider.will_assert(claims);
        let back = provider.receives(&one.answer.at);
        one.answer = self.browser.open(&back).await;
        provider.will_be_honest();
    }

    /// The newest mail's button, in this browser.
    async fn opens_mail(&mut self, one: &mut One) {
        let Some((to, token)) = self.newest(one) else { return };
        self.log.push(format!("opens the mail to {to} here"));
        self.world.given.insert(Given::Mail(one.login.start.key, token.clone()));
        let counts = self.pretends(one, &Event::MailPressed { token });
        let link = self.realm.world.latest_to(to.as_str()).await.link();
        let press = self.browser.open(&link).await;
        let is_dead = |answer: &Answer| answer.text().contains("This link doesn't work any more");
        let pressed = if is_dead(&press) { press } else { self.presses(&press, "continue", &[]).await };
        let waits = one.answer.at.clone();
        one.answer = if !counts && is_dead(&pressed) { self.browser.open(&waits).await } else { pressed };
    }

    /// The code that the newest mail shows in another browser.
    async fn types_code(&mut self, one: &mut One) {
        let Some((to, token)) = self.newest(one) else { return };
        self.log.push(format!("opens the mail to {to} elsewhere"));
        let code = code_of(&token);
        let event = form(one.session().step_id(), "continue", &[("code", &code)]);
        self.pretends(one, &event);
        let link = self.realm.world.latest_to(to.as_str()).await.link();
        let code = code_elsewhere(&self.realm.world, &link).await;
        self.sends(one, "continue", &[("code", &code)]).await;
    }

    /// The two have keys of their own where one was set up on the way, so each is told what its application shows.
    async fn types_one_time_code(&mut self, one: &mut One, right: bool) {
        let page = self.view(one).page;
        let whose = one.session().frame().and_then(|frame| frame.user.as_ref()).unwrap().user().id;
        let mut phone = match page {
            Page::SetUpOneTimeCode { .. } => Some(Phone::reads(&one.answer)),
            _ => self.phones.get(&whose).cloned(),
        };
        let ready = phone.as_ref().is_some_and(Phone::has_a_code);
        let codes = phone.as_mut().filter(|_| right && ready).map(|phone| {
            let pretend = match &page {
                Page::SetUpOneTimeCode { seed, .. } => one_time_code(seed, 1),
                _ => self.world.next_one_time_code(whose).unwrap(),
            };
            (pretend, phone.code())
        });
        self.log.push(format!("types a {} one-time code", if codes.is_some() { "right" } else { "wrong" }));
        let (pretend, live) = codes.unwrap_or_else(|| ("wrong".to_owned(), "wrong".to_owned()));
        let event = form(one.session().step_id(), "continue", &[("code", &pretend)]);
        self.pretends(one, &event);
        self.sends(one, "continue", &[("code", &live)]).await;
        let took = one.session().is_over() || page_name(&self.view(one).page) != page_name(&page);
        let belongs = matches!(page, Page::OneTimeCode { .. }) || took;
        self.phones.extend(phone.filter(|_| belongs).map(|phone| (whose, phone)));
    }

    fn newest(&self, one: &One) -> Option<(EmailAddress, Digest)> {
        let newest =
            self.world.outbox.iter().rev().find_map(|notice| Some((notice.to.clone(), Digest::of(notice.mail.token()?))));
        newest.filter(|(_, token)| one.session().waits_for(token))
    }

    fn pretends_return(&mut self, one: &mut One, answer: flow_runtime::world::Answer) {
        let Rest::AtProvider { exchange, .. } = one.session().rest.clone() else { panic!("not away") };
        let params = self.world.will_answer(answer);
        self.pretends(one, &Event::Returned { provider: exchange.provider, exchange: exchange.id, params });
    }

    /// Whether the event was taken.
    fn pretends(&mut self, one: &mut One, event: &Event) -> bool {
        let came = self.world.drive(&mut one.login, Some(event), &mut |_| {}).unwrap();
        assert!(!matches!(came, Came::Busy | Came::Endless), "{}", self.story(&format!("{came:?}")));
        assert_eq!(self.world.wrongs, Vec::<String>::new(), "{}", self.story("the judge"));
        matches!(came, Came::Rested(_))
    }

    async fn sends(&mut self, one: &mut One, pressed: &str, fields: &[(&str, &str)]) {
        one.answer = self.presses(&one.answer.clone(), pressed, fields).await;
    }

    /// Presses a button, and goes no further than to a provider.
    async fn presses(&mut self, page: &Answer, pressed: &str, fields: &[(&str, &str)]) -> Answer {
        let fits = |form: &&testkit::Form| {
            let has_button = form.buttons.iter().any(|button| button.value == pressed);
            let same_way = |(name, value): &(&str, &str)| !matches!(*name, "way") || form.field(name) == Some(value);
            let same_provider =
                |(name, value): &(&str, &str)| *name != "provider" || form.field(name).is_none_or(|is| is == *value);
            has_button && fields.iter().all(same_way) && fields.iter().all(same_provider)
        };
        let forms = page.forms();
        let Some(found) = forms.iter().find(fits) else {
            panic!("{}", self.story(&format!("no button “{pressed}” for {fields:?} on {}: {}", page.at, page.text())))
        };
        let mut form = found.clone();
        for (name, value) in fields {
            form.set(name, value);
        }
        let button = form.buttons.iter().position(|button| button.value == pressed).unwrap();
        let sent = self.browser.send(&form, button).await;
        match sent.location().map(str::to_owned).or_else(|| sent.refresh()) {
            None => sent,
            Some(location) if location.starts_with('/') || location.starts_with(testkit::ORIGIN) => {
                self.browser.open(&location).await
            }
            Some(location) => Answer { at: location, body: String::new(), ..sent },
        }
    }

    pub(crate) fn story(&self, what: &str) -> String {
        let Scenario { users, links, .. } = &self.scenario;
        let log = self.log.join("\n  ");
        format!("seed {}: {what}\naccounts: {users:#?}\nlinks: {links:#?}\n  {log}", self.scenario.seed)
    }
}

impl One {
    pub(super) fn session(&self) -> &flow_runtime::AuthenticationSession {
        self.login.session.as_ref().unwrap()
    }

    /// The provider where the browser is.
    fn away(&self) -> String {
        match &self.session().rest {
            Rest::AtProvider { exchange, .. } => exchange.provider.to_string(),
            other => panic!("not away: {other:?}"),
        }
    }
}
