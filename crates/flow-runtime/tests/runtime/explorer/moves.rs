//! What can happen at a page: what it offers, what it doesn't, and what the world does meanwhile.

use super::setting::{ADDRESS, Setting, others_own};
use crate::world::{Given, Login, World, alias, code_of, login_form};
use domain::{CallbackParams, Digest, ExchangeId, Secret, UpstreamFailure, User};
use flow_runtime::event::action;
use flow_runtime::world::{awaited_mail, one_time_code};
use flow_runtime::{Event, Page, Rest, StepId};
use std::rc::Rc;
use std::time::Duration;

/// A change of the world that comes before an event.
type Change = Rc<dyn Fn(&mut World)>;

/// Something that happens elsewhere, and what it is called.
type Shift = (&'static str, fn(&mut World));

/// One thing that can happen.
#[derive(Clone)]
pub(super) struct Move {
    pub(super) what: String,
    pub(super) event: Event,
    /// Changes the world before the event; the change stays.
    pub(super) before: Option<Change>,
    /// Changes what the realm allows, for this event only.
    pub(super) only_now: Option<fn(&mut World)>,
    /// Whether it must be rejected.
    pub(super) foreign: bool,
    /// Whether it may change more than the login, so that races and shifts matter.
    pub(super) acts: bool,
}

impl Move {
    fn of(what: impl Into<String>, event: Event) -> Self {
        Self { what: what.into(), event, before: None, only_now: None, foreign: false, acts: true }
    }

    /// It leads away, and changes nothing but the login.
    fn that_goes(self) -> Self {
        Self { acts: false, ..self }
    }

    fn foreign(what: &str, event: Event) -> Self {
        Self { foreign: true, acts: false, ..Self::of(what, event) }
    }

    /// The same move, after something happened elsewhere.
    fn after_shifts(&self, w: &World, mail_page: bool) -> Vec<Self> {
        let mut shifts: Vec<Shift> = Vec::new();
        if w.users.values().any(User::is_open) {
            shifts.push(("all accounts were closed", close_all));
        }
        if w.policy.providers.iter().any(|provider| provider.enabled) {
            shifts.push(("the provider was disabled", |w| w.provider("campus").enabled = false));
        }
        if mail_page && w.now == World::new().now {
            shifts.push(("16 minutes later", |w| w.waits(16 * 60)));
        }
        let shifted = |(what, shift): Shift| {
            let before = self.before.clone();
            let both = move |w: &mut World| {
                shift(w);
                if let Some(before) = &before {
                    before(w);
                }
            };
            Self { what: format!("{what}, {}", self.what), before: Some(Rc::new(both)), acts: false, ..self.clone() }
        };
        shifts.into_iter().map(shifted).collect()
    }

    fn but(mut self, what: &str, only_now: fn(&mut World)) -> Self {
        self.what = format!("{}, {what}", self.what);
        self.only_now = Some(only_now);
        self
    }
}

/// Everything that can happen now.
pub(super) fn moves(w: &World, login: &Login, setting: Setting) -> Vec<Move> {
    let mut moves = offered(w, login, setting);
    let mail_page = matches!(login.page(w), Page::CheckMail { .. });
    let shifted: Vec<Move> = moves.iter().filter(|made| made.acts).flat_map(|made| made.after_shifts(w, mail_page)).collect();
    moves.extend(shifted);
    moves.extend(foreign(login));
    moves
}

fn offered(w: &World, login: &Login, setting: Setting) -> Vec<Move> {
    let form = |fields: &[(&str, &str)]| Move::of(format!("continue {fields:?}"), login.form(action::CONTINUE, fields));
    let mut moves = match login.page(w) {
        Page::Login { .. } => passwords(&|password| {
            let name = if password.starts_with("claimant") { "claimant" } else { "vic" };
            login.form(action::CONTINUE, &[("username", name), ("password", password)])
        }),
        Page::Reauthenticate { .. } => passwords(&|password| login.form(action::CONTINUE, &[("password", password)])),
        Page::Register { .. } => ["vic", "newcomer", "b@d"]
            .map(|name| form(&[("username", name), ("email", ADDRESS), ("password", "eight or more")]))
            .into(),
        Page::ReviewProfile { .. } => {
            ["", "nonsense", ADDRESS, "fresh@x.org"].map(|email| form(&[("email", email), ("username", "newcomer")])).into()
        }
        Page::AccountExists { can_review, .. } => {
            let review = can_review.then(|| Move::of("review", login.form(action::REVIEW, &[])));
            std::iter::once(form(&[])).chain(review).collect()
        }
        Page::CheckMail { .. } => mails(w, login),
        Page::ProveAtProvider { .. } => {
            ["campus", "social", ""].map(|provider| form(&[("provider", provider)])).into_iter().map(Move::that_goes).collect()
        }
        Page::AtProvider { .. } => trips(w, login, setting),
        Page::Consent { .. } | Page::Terms { .. } => vec![form(&[]), Move::of("refuse", login.form(action::REFUSE, &[]))],
        Page::ForgottenPassword { .. } => {
            ["", "vic", ADDRESS, "nobody@x.org"].map(|name| form(&[("username", name), ("email", "mallory@evil.org")])).into()
        }
        Page::NewPassword { .. } => ["", "short", "eight or more"].map(|password| form(&[("password", password)])).into(),
        Page::CompleteProfile { .. } => ["", "nonsense", ADDRESS]
            .map(|email| form(&[("email", email), ("username", "newcomer"), ("given_name", "Ada"), ("family_name", "L")]))
            .into(),
        Page::UpdatePassword { .. } => ["", "vics own", "eight or more"].map(|password| form(&[("password", password)])).into(),
        Page::OneTimeCode { .. } => {
            let next = login.session().frame().and_then(|frame| w.next_one_time_code(frame.user.as_ref()?.user().id));
            [next.unwrap_or_default(), "000000".to_owned(), String::new()].map(|code| form(&[("code", &code)])).into()
        }
        Page::SetUpOneTimeCode { seed, .. } => {
            [one_time_code(&seed, 1), "000000".to_owned(), String::new()].map(|code| form(&[("code", &code)])).into()
        }
        Page::ChangeAddress { .. } => {
            ["", "nonsense", ADDRESS, "fresh@x.org", "taken@x.org"].map(|email| form(&[("email", email)])).into()
        }
        Page::MailPress(_) | Page::MailCode(_) | Page::SignedIn { .. } | Page::Denied { .. } => Vec::new(),
    };
    let aside = |what: &str, event| Move { acts: false, ..Move::of(what, event) };
    // A forgotten password has an exploration of its own, which begins there.
    let ways = login.ways(w).into_iter().filter(|way| way != "recover");
    moves.extend(ways.map(|way| aside(&format!("way {way}"), login.way(w, &way))));
    // What was committed before consent stays, so starting again from there could go on for ever.
    if !matches!(login.session().rest, Rest::Consent(_)) {
        moves.push(aside("restart", login.form(action::RESTART, &[])));
    }
    moves.push(aside("leave", login.form(action::LEAVE, &[])));
    moves
}

fn passwords(form: &dyn Fn(&str) -> Event) -> Vec<Move> {
    let all = ["", "vics own", "claimants own", "guess"];
    let mut moves: Vec<Move> = all.iter().map(|password| Move::of(format!("password {password}"), form(password))).collect();
    moves.push(Move::of("password vics own", form("vics own")).but("too many", |w| w.policy.limits.passwords_per_account = 0));
    moves
}

fn mails(w: &World, login: &Login) -> Vec<Move> {
    let resend = || Move::of("resend", login.form(action::RESEND, &[("email", "mallory@evil.org")]));
    let mut moves = vec![resend(), resend().but("later", |w| w.policy.limits.resend_after = Duration::ZERO)];
    let Some(token) = awaited_mail(login.session()) else { return moves };
    let code = |code: &str| Move::of(format!("code {code}"), login.form(action::CONTINUE, &[("code", code)]));
    let right = code_of(&token);
    moves.extend([code(""), code("000000"), code(&right)]);
    moves.push(code(&right).but("too many", |w| w.policy.limits.codes_per_mail = 0));
    let key = login.start.key;
    for digest in w.issued.keys() {
        let event = || Event::MailPressed { token: digest.clone() };
        if *digest == token {
            let opened = digest.clone();
            let open = Move {
                before: Some(Rc::new(move |w| _ = w.given.insert(Given::Mail(key, opened.clone())))),
                ..Move::of("press mail", event())
            };
            moves.push(open);
            moves.push(Move::foreign("press mail, used elsewhere", event()).but("token gone", |w| w.unused.clear()));
        } else {
            moves.push(Move::foreign("press old mail", event()));
        }
    }
    moves
}

fn trips(w: &World, login: &Login, setting: Setting) -> Vec<Move> {
    let Rest::AtProvider { exchange, .. } = &login.session().rest else { return Vec::new() };
    let back = |code: &str, answer: Result<Box<domain::BrokeredIdentity>, UpstreamFailure>| {
        let params = CallbackParams { code: Some(Secret::new(code)), iss: None, error: None };
        let event = Event::Returned { provider: exchange.provider.clone(), exchange: exchange.id, params };
        let code = code.to_owned();
        Move { before: Some(Rc::new(move |w| _ = w.upstream.insert(code.clone(), answer.clone()))), ..Move::of("returns", event) }
    };
    // What the owner could do at the provider matters on a trip that is to prove the account.
    if login.session().frames.len() > 1 {
        let asked = |person: crate::world::Person, ago| Ok(Box::new(person.authenticated_at(w.now.minus(ago)).0));
        return vec![
            back("person", asked(setting.person(), Duration::ZERO)),
            back("owner", asked(others_own(), Duration::ZERO)),
            back("owner of old", asked(others_own(), Duration::from_hours(1))),
            back("owner of who knows when", Ok(Box::new(others_own().0))),
            back("cancelled", Err(UpstreamFailure::Cancelled)),
        ];
    }
    vec![
        back("person", Ok(Box::new(setting.person().0))),
        back("stranger", Ok(Box::new(crate::world::someone("campus", "2").vouched("stranger@x.org").0))),
        back("cancelled", Err(UpstreamFailure::Cancelled)),
        Move::of("again", login.form(action::WAY, &[])),
    ]
}

fn foreign(login: &Login) -> Vec<Move> {
    let here = || login.session().step_id();
    let forged = [("way", "9999"), ("provider", "campus"), ("user", "vic"), ("password", "vics own"), ("code", "000000")];
    let trip = || CallbackParams { code: Some(Secret::new("person")), iss: None, error: None };
    let elsewhere =
        |provider: &str| Event::Returned { provider: alias(provider), exchange: ExchangeId::from_bytes([7; 16]), params: trip() };
    vec![
        Move::foreign("old page", login_form(StepId("old".into()), action::CONTINUE, &forged)),
        Move::foreign("old page restart", login_form(StepId("old".into()), action::RESTART, &[])),
        Move::foreign("unknown button", login_form(here(), "nonsense", &forged)),
        Move::foreign("unknown way", login_form(here(), action::WAY, &forged)).unless_away(login),
        Move::foreign("another trip", elsewhere("campus")),
        Move::foreign("another provider", elsewhere("social")),
        Move::foreign("guessed mail", Event::MailPressed { token: Digest::of_bytes(b"guess") }),
    ]
}

impl Move {
    /// At a provider, the button for a way means the same provider again.
    fn unless_away(mut self, login: &Login) -> Self {
        self.foreign &= !matches!(login.session().rest, Rest::AtProvider { .. });
        self
    }
}

pub(super) fn close_all(w: &mut World) {
    let open: Vec<_> = w.users.values().filter(|user| user.is_open()).map(|user| user.id).collect();
    for id in open {
        w.disable(id);
    }
}

/// Every account's row is written, with nothing new in it.
pub(super) fn touch_all(w: &mut World) {
    let all: Vec<_> = w.users.keys().copied().collect();
    for id in all {
        w.change(id, |_| {});
    }
}
