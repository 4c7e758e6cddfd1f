//! Plays a test: one step after the other, in the pretend world.

use super::expected::Whom;
use super::given::{Given, GivenIdentity};
use super::names;
use super::setup::{self, Cast};
use super::step::{Action, Change, Mail, Shown, Step, Where};
use super::told;
use crate::event::action;
use crate::page::WayKind;
use crate::reader::Span;
use crate::world::{Answer, Came, Given as Happened, Login, World, code_of, form, one_time_code};
use crate::{Decision, Event, Flow, Notice, Page, Rest, View, Viewer, Write, view};
use domain::{Digest, FlowName, ProviderAlias, UserId, Username, Version};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Stands for the code that the person's application shows.
const RIGHT: &str = "right";

/// A login that somebody plays.
#[derive(Debug)]
pub struct Play {
    /// The world.
    pub world: World,
    /// The login.
    pub login: Login,
    /// Who is called what.
    pub cast: Cast,
    /// What happened so far.
    pub story: Vec<Moment>,
    /// The mails that there were before.
    sent_before: usize,
    /// How it was before the login: to compare.
    pub(super) before: Box<World>,
}

/// One thing that happened, and what came of it.
#[derive(Debug, Clone)]
pub struct Moment {
    /// What happened, in words.
    pub happened: String,
    /// What the login shows after it, in words.
    pub shows: String,
    /// What was decided on the way.
    pub decisions: Vec<Decision>,
    /// What was written.
    pub writes: Vec<Write>,
    /// What was sent.
    pub notices: Vec<Notice>,
}

/// Why it doesn't go on as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The step or expectation. None: it doesn't even begin.
    pub span: Option<Span>,
    /// What was expected.
    pub expected: String,
    /// What was there instead.
    pub shown: String,
}

impl Stop {
    pub(super) fn at(span: Span, expected: impl Into<String>, shown: impl Into<String>) -> Self {
        Self { span: Some(span), expected: expected.into(), shown: shown.into() }
    }

    fn begin(expected: impl Into<String>, shown: impl Into<String>) -> Self {
        Self { span: None, expected: expected.into(), shown: shown.into() }
    }
}

impl Play {
    /// Sets the world of a test up, and begins its login.
    pub fn begin(flow: &Arc<Flow>, others: &BTreeMap<FlowName, Arc<Flow>>, given: &Given) -> Result<Self, Stop> {
        let set_up = "a world with such names";
        let (policy, serves) = setup::realm(flow, others, given).map_err(|error| Stop::begin(set_up, error.to_string()))?;
        let (mut world, cast) = setup::world(policy, given);
        let signed_in = given.signed_in.as_ref().and_then(|(name, _)| cast.get(name)).copied();
        let cookie = signed_in.and_then(|user| setup::sign_in(&mut world, user));
        let request = setup::request(given, serves).map_err(|error| Stop::begin(set_up, error.to_string()))?;
        let mut play = Self::with(world, cast, request, cookie);
        play.start()?;
        if let Some(identity) = &given.identity {
            play.comes_back(identity, identity.span)?;
        }
        Ok(play)
    }

    /// A login in a world that is there already. It hasn't begun.
    pub fn with(mut world: World, cast: Cast, request: domain::AuthorizeRequest, cookie: Option<Digest>) -> Self {
        let login = world.about_to_login(request, cookie);
        let before = Box::new(world.clone());
        Self { sent_before: world.outbox.len(), world, login, cast, story: Vec::new(), before }
    }

    /// Begins the login.
    pub fn start(&mut self) -> Result<(), Stop> {
        let client = self.login.start.request.client.clone();
        self.drive(None, None, &format!("`{client}` sends somebody to sign in"))
    }

    /// What the person sees.
    pub fn view(&self) -> Option<View> {
        let session = self.login.session.as_ref()?;
        view(&self.world.policy, session, self.world.now, Viewer::StartingBrowser)
    }

    /// What the login shows, in words.
    pub fn shows(&self) -> String {
        match self.login.session.as_ref().map(|session| &session.rest) {
            Some(Rest::Finished { finish, .. }) => format!("signed in as {}", self.called(finish.signed_in.user.id)),
            Some(Rest::Denied { denial, .. }) => format!("refused: `{}`", denial.code.as_str()),
            Some(Rest::AtProvider { exchange, .. }) => format!("at the provider `{}`", exchange.provider),
            _ => self.view().map_or_else(|| "nothing".to_owned(), |view| told::view(&view)),
        }
    }

    /// Takes one step.
    pub fn step(&mut self, step: &Step) -> Result<(), Stop> {
        let span = step.span;
        match &step.action {
            Action::Shows(shown) => self.must_show(shown, span),
            Action::Sends(mail) => self.must_have_sent(mail, span),
            Action::Presses(button) => self.sends(button, &[], span, &format!("presses `{button}`")),
            Action::FillsIn(fields) => {
                let newest = self.newest_code().filter(|_| fields.get("code").is_some_and(|typed| typed == RIGHT));
                let typed = |name: &str, value| newest.as_deref().filter(|_| name == "code").unwrap_or(value);
                let given: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, typed(name, value.as_str()))).collect();
                self.sends(action::CONTINUE, &given, span, &told::filled_in(fields))
            }
            Action::Chooses(way) => self.chooses(way, span),
            Action::OpensMail { to, place } => self.opens_mail(to.as_ref(), *place, span),
            Action::ComesBackAs(identity) => self.comes_back(identity, span),
            Action::ComesBackWithout(failure) => self.returns(Err(*failure), span, &told::failure(*failure)),
            Action::Waits(duration) => {
                self.world.now = self.world.now.plus(*duration);
                self.tell(format!("waits {}", crate::reader::written(*duration)));
                Ok(())
            }
            Action::Meanwhile(change) => self.meanwhile(change, span),
        }
    }

    /// The code that the application of whoever is asked for one makes next.
    fn newest_code(&self) -> Option<String> {
        match self.view().map(|seen| seen.page)? {
            Page::SetUpOneTimeCode { seed, .. } => Some(one_time_code(&seed, 1)),
            Page::OneTimeCode { .. } => {
                let chosen = self.login.session.as_ref()?.frame()?.user.as_ref()?;
                self.world.next_one_time_code(chosen.user().id)
            }
            _ => None,
        }
    }

    /// All that was decided, oldest first.
    pub fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.story.iter().flat_map(|moment| &moment.decisions)
    }

    /// The mails that were sent in this login.
    pub fn sent(&self) -> &[Notice] {
        self.world.outbox.get(self.sent_before..).unwrap_or_default()
    }

    /// What an account is called here.
    pub fn called(&self, user: UserId) -> String {
        let named = self.cast.iter().find(|(_, id)| **id == user).map(|(name, _)| format!("`{name}`"));
        let known = || self.before.users.get(&user).map(|user| user.subject.to_string());
        named.or_else(known).unwrap_or_else(|| "a new account".to_owned())
    }

    pub(super) fn whom(&self, whom: &Whom) -> Option<UserId> {
        match whom {
            Whom::Named(name) => self.cast.get(name).copied(),
            Whom::New => self.world.users.keys().find(|id| !self.cast.values().any(|known| known == *id)).copied(),
        }
    }

    fn tell(&mut self, happened: String) {
        let shows = self.shows();
        self.story.push(Moment { happened, shows, decisions: Vec::new(), writes: Vec::new(), notices: Vec::new() });
    }

    fn drive(&mut self, event: Option<&Event>, span: Option<Span>, happened: &str) -> Result<(), Stop> {
        let stop = |shown: String| Stop { span, expected: format!("{happened}, and the login goes on"), shown };
        let came = self.world.drive(&mut self.login, event, &mut |_| {});
        match came.map_err(|fault| stop(format!("the engine stopped: {fault}")))? {
            Came::Rested(resting) => {
                let shows = self.shows();
                let (decisions, writes, notices) = (resting.decisions, resting.writes, resting.notices);
                self.story.push(Moment { happened: happened.to_owned(), shows, decisions, writes, notices });
            }
            Came::Rejected(rejected) => return Err(stop(format!("{}, which has none of that ({rejected:?})", self.shows()))),
            Came::Busy => return Err(stop("it never found the world as it was".to_owned())),
            Came::Endless => return Err(stop("it asked without end".to_owned())),
        }
        match self.world.wrongs.first() {
            None => Ok(()),
            Some(wrong) => Err(stop(format!("something that must never happen: {wrong}"))),
        }
    }

    pub(super) fn must_show(&self, shown: &Shown, span: Span) -> Result<(), Stop> {
        match told::difference(shown, self.view().as_ref()) {
            None => Ok(()),
            Some(difference) => Err(Stop::at(span, told::expected(shown), format!("{}{difference}", self.shows()))),
        }
    }

    fn must_have_sent(&mut self, mail: &Mail, span: Span) -> Result<(), Stop> {
        let newest = self.sent().last();
        let right = newest.is_some_and(|notice| told::is(notice, mail));
        let shown = newest.map_or_else(|| "no mail".to_owned(), |notice| format!("the newest is {}", told::notice(notice)));
        if right { Ok(()) } else { Err(Stop::at(span, format!("the mail `{}` to {}", mail.kind, mail.to), shown)) }
    }

    fn sends(&mut self, button: &str, fields: &[(&str, &str)], span: Span, happened: &str) -> Result<(), Stop> {
        let Some(view) = self.view() else { return Err(Stop::at(span, happened, "there is no page")) };
        let event = form(view.step, button, fields);
        self.drive(Some(&event), Some(span), happened)
    }

    fn chooses(&mut self, wanted: &str, span: Span) -> Result<(), Stop> {
        let happened = format!("chooses `{wanted}`");
        let Some(view) = self.view() else { return Err(Stop::at(span, happened, "there is no page")) };
        if let Page::ProveAtProvider { providers, .. } = &view.page
            && providers.iter().any(|(alias, _)| alias.as_str() == wanted)
        {
            return self.sends(action::CONTINUE, &[("provider", wanted)], span, &happened);
        }
        let Some(way) = view.ways.iter().find(|way| names::way_name(&way.kind) == wanted) else {
            return Err(Stop::at(span, happened, told::view(&view)));
        };
        let provider = match &way.kind {
            WayKind::Provider { alias, .. } | WayKind::LinkedProvider { alias, .. } => alias.as_str(),
            _ => "",
        };
        let event = form(view.step.clone(), action::WAY, &[("way", &way.id), ("provider", provider)]);
        self.drive(Some(&event), Some(span), &happened)
    }

    fn opens_mail(&mut self, to: Option<&domain::EmailAddress>, place: Where, span: Span) -> Result<(), Stop> {
        let fits = |notice: &&Notice| to.is_none_or(|to| notice.to.names_the_same_mailbox_as(to));
        let token = self.sent().iter().rev().filter(fits).find_map(|notice| notice.mail.token()).map(Digest::of);
        let Some(token) = token else {
            return Err(Stop::at(span, "a mail with a link", "none was sent"));
        };
        match place {
            Where::Here => {
                self.world.given.insert(Happened::Mail(self.login.start.key, token.clone()));
                self.drive(Some(&Event::MailPressed { token }), Some(span), "opens the mail here and presses its button")
            }
            Where::Elsewhere => {
                let code = code_of(&token);
                self.sends(action::CONTINUE, &[("code", &code)], span, "opens the mail on another device and types its code here")
            }
        }
    }

    /// The browser comes back from where it is, as somebody.
    pub fn comes_back(&mut self, identity: &GivenIdentity, span: Span) -> Result<(), Stop> {
        let Some(at) = self.away() else {
            let expected = "the browser is at a provider, and comes back";
            return Err(Stop::at(span, expected, self.shows()));
        };
        let asserted = identity.asserted(&at, self.world.now);
        if asserted.key.provider != at {
            let expected = format!("the browser is at `{}`, and comes back", asserted.key.provider);
            return Err(Stop::at(span, expected, self.shows()));
        }
        self.returns_as(asserted, span)
    }

    /// The browser comes back from where it is, as this identity.
    pub fn returns_as(&mut self, identity: domain::BrokeredIdentity, span: Span) -> Result<(), Stop> {
        let happened = told::came_back(&identity);
        self.returns(Ok(Box::new(identity)), span, &happened)
    }

    /// The browser comes back from where it is, with this answer.
    pub fn returns(&mut self, answer: Answer, span: Span, happened: &str) -> Result<(), Stop> {
        let Some(Rest::AtProvider { exchange, .. }) = self.login.session.as_ref().map(|session| session.rest.clone()) else {
            return Err(Stop::at(span, "the browser is at a provider, and comes back", self.shows()));
        };
        let params = self.world.will_answer(answer);
        let event = Event::Returned { provider: exchange.provider, exchange: exchange.id, params };
        self.drive(Some(&event), Some(span), happened)
    }

    fn away(&self) -> Option<ProviderAlias> {
        match &self.login.session.as_ref()?.rest {
            Rest::AtProvider { exchange, .. } => Some(exchange.provider.clone()),
            _ => None,
        }
    }

    fn meanwhile(&mut self, change: &Change, span: Span) -> Result<(), Stop> {
        let known = |play: &Self, name: &Username| {
            play.cast.get(name).copied().ok_or_else(|| Stop::at(span, format!("an account `{name}`"), "there is none"))
        };
        let old = self.world.clone();
        match change {
            Change::Disables(name) => {
                let id = known(self, name)?;
                self.change(id, |user| {
                    user.state = domain::AccountState::Disabled;
                    user.epoch = user.epoch.next();
                });
            }
            Change::ProvesAddress(name) => {
                let (id, at) = (known(self, name)?, self.world.now);
                self.change(id, |user| {
                    if let Some(email) = &mut user.email {
                        email.proof = Some(domain::AddressProof::Mailbox { at });
                    }
                    user.epoch = user.epoch.next();
                });
            }
            Change::SignsUp(account) => setup::add(&mut self.world, &mut self.cast, account),
            Change::Links(name, identity) => {
                let id = known(self, name)?;
                let link = super::given::GivenLink { identity: (**identity).clone(), assured: false };
                setup::tie(&mut self.world, id, &link);
                self.change(id, |_| {});
            }
            Change::SwitchesOff(alias) => {
                for provider in self.world.policy.providers.iter_mut().filter(|provider| provider.alias == *alias) {
                    provider.enabled = false;
                }
            }
        }
        carry(&mut self.before.users, &old.users, &self.world.users);
        carry(&mut self.before.identities, &old.identities, &self.world.identities);
        self.tell(told::meanwhile(change));
        Ok(())
    }

    fn change(&mut self, id: UserId, change: impl FnOnce(&mut domain::User)) {
        if let Some(user) = self.world.users.get_mut(&id) {
            change(user);
            user.version = Version(user.version.0.saturating_add(1));
        }
    }

    /// Whether the login rests where its end is known.
    pub(super) fn end(&self) -> Option<&Rest> {
        self.login.session.as_ref().map(|session| &session.rest)
    }

    /// Whether the login goes to the client or ends.
    pub fn is_over(&self) -> bool {
        self.login.session.as_ref().is_some_and(crate::AuthenticationSession::is_over)
    }
}

/// What somebody else changed counts as having been so before.
fn carry<K: Ord + Clone, V: PartialEq + Clone>(before: &mut BTreeMap<K, V>, old: &BTreeMap<K, V>, new: &BTreeMap<K, V>) {
    for (key, value) in new.iter().filter(|(key, value)| old.get(*key) != Some(*value)) {
        before.insert(key.clone(), value.clone());
    }
}
