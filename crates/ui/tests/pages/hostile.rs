//! Texts from outside that try to be more than texts.

use crate::document::tags;
use crate::samples::{self, NOW};
use domain::ProviderAlias;
use flow_runtime::StepId;
use flow_runtime::page::{
    CameBack, CameBackAs, Field, FieldName, MailMeaning, MailReason, Message, Others, Page, PasswordDue, TermsDocument, View,
    Way, WayKind,
};
use std::time::Duration;
use ui::{Chrome, ErrorKind, ErrorPage, Leave, WayOn};

const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;{{7*7}}\u{202e}gnp\r\nX: y";

/// Every page with the hostile text wherever a text from outside may stand.
fn pages() -> Vec<Page> {
    let bad = || HOSTILE.to_owned();
    let fields = || {
        let names = [FieldName::Username, FieldName::Email, FieldName::GivenName, FieldName::FamilyName, FieldName::Password];
        names.map(|name| Field { name, value: bad(), from_provider: true, required: false }).to_vec()
    };
    let link = || MailMeaning::Link { provider: bad(), identity: bad(), account: Some(bad()) };
    vec![
        Page::Login { username: bad(), problems: vec![] },
        Page::Register { fields: fields(), problems: vec![] },
        Page::ReviewProfile { provider: bad(), identity: bad(), fields: fields(), problems: vec![] },
        Page::AccountExists {
            provider: bad(),
            identity: bad(),
            address: bad(),
            reveals: true,
            proved: true,
            can_review: true,
            others: Some(Others { labels: vec![bad(), bad()], replaced: true }),
        },
        Page::ProveAtProvider {
            provider: bad(),
            identity: bad(),
            account: bad(),
            reveals: true,
            providers: vec![(ProviderAlias::parse("campus").unwrap(), bad())],
            came_back: Some(CameBack { provider: bad(), identity: bad(), came_as: CameBackAs::SomebodyElse }),
        },
        Page::CheckMail {
            address: bad(),
            why: MailReason::Link { provider: bad() },
            lifetime: Duration::from_mins(1),
            resend_from: NOW,
            sent: true,
            problems: vec![],
        },
        Page::MailPress(link()),
        Page::MailCode(link()),
        Page::MailPress(MailMeaning::NewPassword { address: bad(), fresh: true }),
        Page::MailCode(MailMeaning::Address { account: bad(), from: Some(bad()), to: bad() }),
        Page::ForgottenPassword { username: bad(), problems: vec![] },
        Page::NewPassword { address: bad(), problems: vec![] },
        Page::ChangeAddress { account: bad(), current: Some(bad()), wanted: bad(), problems: vec![] },
        Page::Terms { account: bad(), document: TermsDocument::Text(bad()) },
        Page::Terms { account: bad(), document: TermsDocument::At(bad()) },
        Page::CompleteProfile { account: bad(), fields: vec![], problems: vec![] },
        Page::UpdatePassword { account: bad(), login: bad(), why: PasswordDue::Old, problems: vec![] },
        Page::OneTimeCode { account: bad(), problems: vec![] },
        Page::SetUpOneTimeCode { account: bad(), seed: domain::Secret::new("GEZDGNBV"), replaces: true, problems: vec![] },
        Page::Reauthenticate { provider: bad(), identity: bad(), account: bad(), reveals: true, problems: vec![] },
        Page::AtProvider { alias: ProviderAlias::parse("campus").unwrap(), provider: bad() },
        Page::Consent { account: bad(), scopes: vec![bad()] },
        Page::SignedIn { account: bad() },
        Page::Denied { code: flow_runtime::DenialCode::ProviderAlreadyLinked, provider: Some(bad()), message: Some(bad()) },
    ]
}

fn draw(page: Page) -> String {
    let view = View {
        page,
        step: StepId("f1.3".into()),
        realm: HOSTILE.into(),
        client: HOSTILE.into(),
        message: Some(Message::Upstream { provider: HOSTILE.into(), failure: domain::UpstreamFailure::Error }),
        ways: vec![
            Way { id: HOSTILE.into(), kind: samples::provider("campus", HOSTILE) },
            Way { id: "1".into(), kind: WayKind::Mail },
        ],
        can_restart: true,
    };
    let chrome = Chrome {
        action: "/login/h4ndle",
        csrf: "t0ken",
        base: "",
        now: NOW,
        reference: None,
        mail_code: Some("48159204"),
        leave: Leave::Button,
    };
    ui::render(&view, &chrome).unwrap()
}

fn assert_harmless(html: &str) {
    let tags = tags(html);
    assert!(!tags.iter().any(|tag| tag.name == "script"), "{html}");
    assert!(!tags.iter().any(|tag| tag.names().any(|name| name.starts_with("on"))), "{html}");
    assert_eq!(tags.iter().filter(|tag| tag.name == "img").count(), 1, "{html}");
    assert!(!html.contains("alert('"), "{html}");
}

#[test]
fn web_17_and_web_18_texts_from_outside_stay_texts() {
    for page in pages() {
        let html = draw(page);
        assert!(html.contains("&#60;script&#62;"), "{html}");
        assert_harmless(&html);
    }
}

#[test]
fn a_name_can_t_turn_the_direction_of_a_page() {
    for page in pages() {
        // What a person may edit stands in its field exactly as it is; everywhere else it is cleaned.
        let html = draw(page).replace(&format!("value=\"{}\"", escaped(HOSTILE)), "");
        assert!(!html.contains('\u{202e}'), "{html}");
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;").replace('\'', "&#39;")
}

#[test]
fn web_26_error_pages_show_texts_from_outside_as_texts() {
    let kind = ErrorKind::WrongRedirect;
    let way_on = Some(WayOn::BackTo { client: HOSTILE, href: HOSTILE });
    let page = ErrorPage { kind, realm: HOSTILE, base: "", reference: HOSTILE, way_on };
    assert_harmless(&page.render().unwrap());
}
