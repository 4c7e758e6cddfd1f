//! A sample of every page in every state that looks different.

use domain::{ProviderAlias, Timestamp, UpstreamFailure};
use flow_runtime::page::{Field, FieldName, Message, Page, Problem, View, Way, WayKind};
use flow_runtime::{DenialCode, StepId};
use std::time::Duration;
use ui::{Chrome, ErrorKind, ErrorPage, Leave, WayOn};

/// The time on all samples.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// A page of a login and what the server adds.
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) view: View,
    pub(crate) leave: Leave<'static>,
    pub(crate) mail_code: Option<&'static str>,
}

impl Sample {
    pub(crate) fn html(&self) -> String {
        let chrome = Chrome {
            action: "/login/h4ndle",
            csrf: "t0ken",
            base: "",
            now: NOW,
            reference: matches!(self.view.page, Page::Denied { .. }).then_some("7K2M-Q9XA"),
            mail_code: self.mail_code,
            leave: self.leave,
        };
        ui::render(&self.view, &chrome).unwrap()
    }

    fn message(mut self, message: Message) -> Self {
        self.view.message = Some(message);
        self
    }

    fn ways(mut self, kinds: impl IntoIterator<Item = WayKind>) -> Self {
        self.view.ways = kinds.into_iter().enumerate().map(|(at, kind)| Way { id: at.to_string(), kind }).collect();
        self
    }

    fn over(mut self) -> Self {
        self.leave = Leave::Link("https://library.example/callback?error=access_denied&state=s");
        self
    }

    fn mail(mut self) -> Self {
        self.leave = Leave::Nowhere;
        self.view.can_restart = false;
        self
    }
}

fn sample(name: &'static str, page: Page) -> Sample {
    let can_restart = !matches!(page, Page::Login { .. } | Page::SignedIn { .. });
    let view = View {
        page,
        step: StepId("f1.3".into()),
        realm: "Example University".into(),
        client: "Campus Library".into(),
        message: None,
        ways: Vec::new(),
        can_restart,
    };
    Sample { name, view, leave: Leave::Button, mail_code: None }
}

pub(crate) fn provider(alias: &str, name: &str) -> WayKind {
    WayKind::Provider { alias: ProviderAlias::parse(alias).unwrap(), name: name.into() }
}

fn source() -> (String, String) {
    ("Campus".into(), "ada@campus.example".into())
}

fn field(name: FieldName, value: &str, from_provider: bool, required: bool) -> Field {
    Field { name, value: value.into(), from_provider, required }
}

/// All pages of logins.
pub(crate) fn all() -> Vec<Sample> {
    [entering(), linking(), ending(), denials()].into_iter().flatten().collect()
}

fn entering() -> Vec<Sample> {
    let login = |problems| Page::Login { username: "ada".into(), problems };
    let fresh = || Page::Login { username: String::new(), problems: vec![] };
    let doors = || [provider("campus", "Campus"), provider("social", "Social"), WayKind::Register];
    let profile = |username: &str| {
        vec![
            field(FieldName::Email, "ada@campus.example", true, true),
            field(FieldName::Username, username, false, false),
            field(FieldName::GivenName, "Ada", true, false),
            field(FieldName::FamilyName, "Lovelace", true, false),
        ]
    };
    let review = |username: &str, problems| {
        let (provider, identity) = source();
        Page::ReviewProfile { provider, identity, fields: profile(username), problems }
    };
    let mut register = profile("ada");
    for field in &mut register {
        field.from_provider = false;
    }
    register.push(field(FieldName::Password, "", false, true));
    let reauthenticate = |problems| {
        let (provider, identity) = source();
        Page::Reauthenticate { provider, identity, account: "ada@campus.example".into(), problems }
    };
    let unavailable = Message::Upstream { provider: "Campus".into(), failure: UpstreamFailure::Unavailable };
    let until = NOW.plus(Duration::from_secs(290));
    vec![
        sample("login", fresh()).ways(doors()),
        sample("login-alone", fresh()),
        sample("login-wrong", login(vec![(FieldName::Username, Problem::WrongCredentials)])).ways(doors()),
        sample("login-empty", login(vec![(FieldName::Username, Problem::Missing), (FieldName::Password, Problem::Missing)])),
        sample("login-throttled", login(vec![(FieldName::Username, Problem::TooManyTries { until })])).ways(doors()),
        sample("login-provider-down", fresh()).ways(doors()).message(unavailable),
        sample("register", Page::Register { fields: register.clone(), problems: vec![] }).ways([WayKind::Login]),
        sample(
            "register-wrong",
            Page::Register {
                fields: register,
                problems: vec![(FieldName::Username, Problem::UsernameTaken), (FieldName::Password, Problem::PasswordLength)],
            },
        ),
        sample("review-profile", review("ada", vec![])),
        sample("review-profile-wrong", review("a da", vec![(FieldName::Username, Problem::NotAUsername)])),
        sample("reauthenticate", reauthenticate(vec![])).ways([WayKind::Mail, provider("social", "Social")]),
        sample("reauthenticate-wrong", reauthenticate(vec![(FieldName::Password, Problem::WrongCredentials)]))
            .ways([WayKind::Mail]),
    ]
}

fn linking() -> Vec<Sample> {
    let exists = |reveals, proved, can_review| {
        let (provider, identity) = source();
        Page::AccountExists { provider, identity, address: "ada@campus.example".into(), reveals, proved, can_review }
    };
    let mail = |wait, sent, problems| Page::CheckMail {
        address: "a•••@c•••.example".into(),
        provider: "Campus".into(),
        lifetime: Duration::from_mins(15),
        resend_from: NOW.plus(Duration::from_secs(wait)),
        sent,
        problems,
    };
    let press = |account: Option<&str>| {
        let (provider, identity) = source();
        Page::MailPress { provider, identity, account: account.map(Into::into) }
    };
    let code = |account: Option<&str>| {
        let (provider, identity) = source();
        Page::MailCode { provider, identity, account: account.map(Into::into) }
    };
    let mut codes = [sample("mail-code", code(Some("ada"))).mail(), sample("mail-code-fresh-account", code(None)).mail()];
    for sample in &mut codes {
        sample.mail_code = Some("48159204");
    }
    let mut samples = vec![
        sample("account-exists", exists(true, true, true)),
        sample("account-exists-unproved", exists(true, false, false)),
        sample("account-exists-unsaid", exists(false, true, true)),
        sample("check-mail", mail(45, true, vec![])).ways([WayKind::Password, provider("social", "Social")]),
        sample("check-mail-again", mail(0, true, vec![])).message(Message::MailSentAgain),
        sample("check-mail-wrong", mail(0, true, vec![(FieldName::Code, Problem::WrongCode)])).ways([WayKind::Password]),
        sample(
            "check-mail-unsent",
            mail(0, false, vec![(FieldName::Code, Problem::TooManyTries { until: NOW.plus(Duration::from_secs(1400)) })]),
        )
        .ways([WayKind::Password]),
        sample("mail-press", press(Some("ada"))).mail(),
        sample("mail-press-fresh-account", press(None)).mail(),
    ];
    samples.extend(codes);
    samples
}

fn ending() -> Vec<Sample> {
    let scopes = ["openid", "profile", "email", "offline_access", "loans:read"].map(str::to_owned).to_vec();
    vec![
        sample("at-provider", Page::AtProvider { alias: ProviderAlias::parse("campus").unwrap(), provider: "Campus".into() }),
        sample("consent", Page::Consent { account: "ada".into(), scopes }),
        sample("signed-in", Page::SignedIn { account: "ada".into() }).over(),
    ]
}

/// Every denial with the name of its sample. A new code doesn't compile until it has one.
fn denials() -> Vec<Sample> {
    use DenialCode as Code;
    let name = |code| match code {
        Code::AccountDisabled => "denied-account-disabled",
        Code::ProviderDisabled => "denied-provider-disabled",
        Code::NoWayLeft => "denied-no-way-left",
        Code::NoAccount => "denied-no-account",
        Code::InteractionRequired => "denied-interaction-required",
        Code::LoginRequired => "denied-login-required",
        Code::ConsentRequired => "denied-consent-required",
        Code::ConsentRefused => "denied-consent-refused",
        Code::Left => "denied-left",
        Code::FlowGone => "denied-flow-gone",
        Code::ClientDisabled => "denied-client-disabled",
        Code::Busy => "denied-busy",
        Code::Undecided => "denied-undecided",
    };
    let codes = [
        Code::AccountDisabled,
        Code::ProviderDisabled,
        Code::NoWayLeft,
        Code::NoAccount,
        Code::InteractionRequired,
        Code::LoginRequired,
        Code::ConsentRequired,
        Code::ConsentRefused,
        Code::Left,
        Code::FlowGone,
        Code::ClientDisabled,
        Code::Busy,
        Code::Undecided,
    ];
    codes.into_iter().map(|code| sample(name(code), Page::Denied { code }).over()).collect()
}

/// All pages that belong to no login, by name.
pub(crate) fn errors() -> Vec<(&'static str, String)> {
    let again = Some(WayOn::StartAgain("/authorize?client_id=library&scope=openid"));
    let back = Some(WayOn::BackTo { client: "Campus Library", href: "https://library.example/" });
    let wait = Some(Duration::from_mins(1));
    let pages = [
        ("error-login-gone", ErrorKind::LoginGone, back),
        ("error-cookie-missing", ErrorKind::CookieMissing, again),
        ("error-wrong-redirect", ErrorKind::WrongRedirect, back),
        ("error-unknown-client", ErrorKind::UnknownClient, None),
        ("error-bad-request", ErrorKind::BadRequest, Some(WayOn::GoOn("/login/h4ndle"))),
        ("error-not-found", ErrorKind::NotFound, None),
        ("error-too-large", ErrorKind::TooLarge, again),
        ("error-fault", ErrorKind::Fault, again),
        ("error-too-many-requests", ErrorKind::TooManyRequests { wait }, again),
        ("error-dead-mail-link", ErrorKind::DeadMailLink, back),
    ];
    let draw = |(name, kind, way_on)| {
        let page = ErrorPage { kind, realm: "Example University", base: "", reference: "7K2M-Q9XA", way_on };
        (name, page.render().unwrap())
    };
    pages.into_iter().map(draw).collect()
}

/// Every page as HTML, by name.
pub(crate) fn drawn() -> Vec<(&'static str, String)> {
    all().iter().map(|sample| (sample.name, sample.html())).chain(errors()).collect()
}
