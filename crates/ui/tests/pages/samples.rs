//! A sample of every page in every state that looks different.

use domain::{ProviderAlias, Timestamp, UpstreamFailure};
use flow_runtime::page::{
    CameBack, CameBackAs, Field, FieldName, MailMeaning, MailReason, Message, Others, Page, PasswordDue, Problem, TermsDocument,
    View, Way, WayKind,
};
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

    pub(crate) fn ways(mut self, kinds: impl IntoIterator<Item = WayKind>) -> Self {
        self.view.ways = kinds.into_iter().enumerate().map(|(at, kind)| Way { id: at.to_string(), kind }).collect();
        self
    }

    fn over(mut self) -> Self {
        self.leave = Leave::Link("https://library.example/callback?error=access_denied&state=s");
        self
    }

    pub(crate) fn mail(mut self) -> Self {
        self.leave = Leave::Nowhere;
        self.view.can_restart = false;
        self
    }
}

pub(crate) fn sample(name: &'static str, page: Page) -> Sample {
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

fn linked_provider(alias: &str, name: &str) -> WayKind {
    WayKind::LinkedProvider { alias: ProviderAlias::parse(alias).unwrap(), name: name.into() }
}

fn source() -> (String, String) {
    ("Campus".into(), "ada@campus.example".into())
}

fn field(name: FieldName, value: &str, from_provider: bool, required: bool) -> Field {
    Field { name, value: value.into(), from_provider, required }
}

/// All pages of logins.
pub(crate) fn all() -> Vec<Sample> {
    [entering(), linking(), proving(), crate::recovering::all(), crate::second_factor::all(), required(), ending(), denials()]
        .into_iter()
        .flatten()
        .collect()
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
        Page::Reauthenticate { provider, identity, account: "ada@campus.example".into(), reveals: true, problems }
    };
    let (provider_name, label) = source();
    let unsaid = Page::Reauthenticate {
        provider: provider_name,
        identity: label,
        account: "ada@campus.example".into(),
        reveals: false,
        problems: vec![],
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
        sample("login-not-fresh", fresh()).ways(doors()).message(Message::NotFresh { provider: "Campus".into() }),
        sample("login-anew", fresh()).message(Message::SignInAnew),
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
        sample("reauthenticate", reauthenticate(vec![])).ways([WayKind::Mail, linked_provider("social", "Social")]),
        sample("reauthenticate-unsaid", unsaid).ways([WayKind::Mail]),
        sample("reauthenticate-wrong", reauthenticate(vec![(FieldName::Password, Problem::WrongCredentials)]))
            .ways([WayKind::Mail]),
    ]
}

fn linking() -> Vec<Sample> {
    let exists_beside = |reveals, proved, can_review, others| {
        let (provider, identity) = source();
        Page::AccountExists { provider, identity, address: "ada@campus.example".into(), reveals, proved, can_review, others }
    };
    let exists = |reveals, proved, can_review| exists_beside(reveals, proved, can_review, None);
    let others =
        |labels: &[&str], replaced| Some(Others { labels: labels.iter().map(|label| (*label).to_owned()).collect(), replaced });
    let mail = |wait, sent, problems| Page::CheckMail {
        address: "a•••@c•••.example".into(),
        why: MailReason::Link { provider: "Campus".into() },
        lifetime: Duration::from_mins(15),
        resend_from: NOW.plus(Duration::from_secs(wait)),
        sent,
        problems,
    };
    let press = |account: Option<&str>| {
        let (provider, identity) = source();
        Page::MailPress(MailMeaning::Link { provider, identity, account: account.map(Into::into) })
    };
    let code = |account: Option<&str>| {
        let (provider, identity) = source();
        Page::MailCode(MailMeaning::Link { provider, identity, account: account.map(Into::into) })
    };
    let mut codes = [sample("mail-code", code(Some("ada"))).mail(), sample("mail-code-fresh-account", code(None)).mail()];
    for sample in &mut codes {
        sample.mail_code = Some("48159204");
    }
    let mut samples = vec![
        sample("account-exists", exists(true, true, true)),
        sample("account-exists-unproved", exists(true, false, false)),
        sample("account-exists-unsaid", exists(false, true, true)),
        sample("account-exists-beside", exists_beside(true, true, true, others(&["ada@old.example"], false))),
        sample("account-exists-instead", exists_beside(true, true, true, others(&["ada@old.example", "ada.l"], true))),
        sample("account-exists-beside-unsaid", exists_beside(false, true, true, others(&[], false))),
        sample("account-exists-instead-unsaid", exists_beside(false, true, true, others(&[], true))),
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

fn proving() -> Vec<Sample> {
    let prove = |reveals, came_back: Option<(&str, CameBackAs)>| {
        let (provider, identity) = source();
        let known = |alias, name: &str| (ProviderAlias::parse(alias).unwrap(), name.to_owned());
        Page::ProveAtProvider {
            provider,
            identity,
            account: "ada@campus.example".into(),
            reveals,
            providers: vec![known("campus", "Campus"), known("social", "Social")],
            came_back: came_back.map(|(identity, came_as)| CameBack {
                provider: "Campus".into(),
                identity: identity.into(),
                came_as,
            }),
        }
    };
    let own = Some(("ada@campus.example", CameBackAs::TheOneToLink));
    let other = Some(("bob@campus.example", CameBackAs::SomebodyElse));
    let stale = Some(("ada.l@campus.example", CameBackAs::NotFresh));
    vec![
        sample("prove-at-provider", prove(true, None)).ways([WayKind::Mail, WayKind::Password]),
        sample("prove-at-provider-unsaid", prove(false, None)).ways([WayKind::Mail]),
        sample("prove-at-provider-same", prove(true, own)).ways([WayKind::Mail]),
        sample("prove-at-provider-same-unsaid", prove(false, own)),
        sample("prove-at-provider-other", prove(true, other)),
        sample("prove-at-provider-other-unsaid", prove(false, other)),
        sample("prove-at-provider-not-fresh", prove(true, stale)).ways([WayKind::Password]),
    ]
}

/// What whoever signs in is asked for.
fn required() -> Vec<Sample> {
    let field = |name, value: &str| Field { name, value: value.into(), from_provider: false, required: true };
    let text = "Be kind to each other.\n\nDon't share your account.".to_owned();
    let terms = |document| Page::Terms { account: "Ada Lovelace".into(), document };
    let complete = |problems| Page::CompleteProfile {
        account: "a•••@c•••.example".into(),
        fields: vec![field(FieldName::GivenName, "Ada"), field(FieldName::Email, ""), field(FieldName::Username, "")],
        problems,
    };
    let update = |why, problems| Page::UpdatePassword { account: "Ada Lovelace".into(), login: "ada".into(), why, problems };
    vec![
        sample("terms-at-an-address", terms(TermsDocument::At("https://campus.example/terms/2026".into()))),
        sample("terms", terms(TermsDocument::Text(text))),
        sample("complete-profile", complete(vec![])),
        sample(
            "complete-profile-wrong",
            complete(vec![(FieldName::Email, Problem::NotAnAddress), (FieldName::Username, Problem::UsernameTaken)]),
        ),
        sample("update-password", update(PasswordDue::Required, vec![])),
        sample("update-password-old-wrong", update(PasswordDue::Old, vec![(FieldName::Password, Problem::SamePassword)])),
    ]
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
        Code::AccountChanged => "denied-account-changed",
        Code::ProviderDisabled => "denied-provider-disabled",
        Code::AuthorityRefused => "denied-authority-refused",
        Code::LinkOnly => "denied-link-only",
        Code::Ambiguous => "denied-ambiguous",
        Code::RefusedByRule => "denied-refused-by-rule",
        Code::NoWayLeft => "denied-no-way-left",
        Code::NoAccount => "denied-no-account",
        Code::NoProofPossible => "denied-no-proof-possible",
        Code::ProviderAlreadyLinked => "denied-provider-already-linked",
        Code::InteractionRequired => "denied-interaction-required",
        Code::LoginRequired => "denied-login-required",
        Code::ConsentRequired => "denied-consent-required",
        Code::ConsentRefused => "denied-consent-refused",
        Code::Left => "denied-left",
        Code::FlowGone => "denied-flow-gone",
        Code::ClientDisabled => "denied-client-disabled",
        Code::Busy => "denied-busy",
        Code::Undecided => "denied-undecided",
        Code::DeniedByFlow => "denied-by-flow",
        Code::TermsRefused => "denied-terms-refused",
        Code::OtherUser => "denied-other-user",
    };
    let codes = [
        Code::AccountDisabled,
        Code::AccountChanged,
        Code::ProviderDisabled,
        Code::AuthorityRefused,
        Code::LinkOnly,
        Code::Ambiguous,
        Code::RefusedByRule,
        Code::NoWayLeft,
        Code::NoAccount,
        Code::NoProofPossible,
        Code::ProviderAlreadyLinked,
        Code::InteractionRequired,
        Code::LoginRequired,
        Code::ConsentRequired,
        Code::ConsentRefused,
        Code::Left,
        Code::FlowGone,
        Code::ClientDisabled,
        Code::Busy,
        Code::Undecided,
        Code::DeniedByFlow,
        Code::TermsRefused,
        Code::OtherUser,
    ];
    let message = Some("Accounts of the old school are closed.\nWrite to <help@x.org>.".to_owned());
    let own_words = Page::Denied { code: Code::DeniedByFlow, provider: None, message };
    let plain = codes.into_iter().map(|code| (name(code), Page::Denied { code, provider: Some("Campus".into()), message: None }));
    plain.chain([("denied-by-flow-in-its-words", own_words)]).map(|(name, page)| sample(name, page).over()).collect()
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
