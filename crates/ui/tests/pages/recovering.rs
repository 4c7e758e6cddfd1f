//! Samples of pages about passwords that are forgotten and addresses that change, and of their mails.

use crate::samples::{NOW, Sample, provider, sample};
use domain::Secret;
use flow_runtime::MailKind;
use flow_runtime::page::{FieldName, MailMeaning, MailReason, Page, Problem, WayKind};
use std::time::Duration;

const ADDRESS: &str = "ada@campus.example";

/// The pages.
pub(crate) fn all() -> Vec<Sample> {
    let forgotten = |problems| Page::ForgottenPassword { username: "ada".into(), problems };
    let change = |current: Option<&str>, problems| Page::ChangeAddress {
        account: "Ada Lovelace".into(),
        current: current.map(Into::into),
        wanted: String::new(),
        problems,
    };
    let check = |address: &str, why| Page::CheckMail {
        address: address.into(),
        why,
        lifetime: Duration::from_mins(15),
        resend_from: NOW,
        sent: true,
        problems: vec![],
    };
    let until = NOW.plus(Duration::from_secs(290));
    let mut samples = vec![
        sample("forgotten-password", forgotten(vec![])).ways([provider("campus", "Campus"), WayKind::Login]),
        sample("forgotten-password-throttled", forgotten(vec![(FieldName::Username, Problem::TooManyTries { until })])),
        sample("forgotten-password-late", forgotten(vec![(FieldName::Username, Problem::TooLate)])),
        sample("check-mail-new-password", check("ada", MailReason::NewPassword)).ways([WayKind::Login]),
        sample("check-mail-address", check("a•••@c•••.example", MailReason::Address)),
        sample("new-password", Page::NewPassword { address: ADDRESS.into(), problems: vec![] }),
        sample(
            "new-password-wrong",
            Page::NewPassword { address: ADDRESS.into(), problems: vec![(FieldName::Password, Problem::PasswordLength)] },
        ),
        sample("change-address", change(Some(ADDRESS), vec![])),
        sample("change-address-wrong", change(None, vec![(FieldName::Email, Problem::SameAddress)])),
        sample("login-with-recovery", Page::Login { username: String::new(), problems: vec![] }).ways([
            provider("campus", "Campus"),
            WayKind::Register,
            WayKind::Recover,
        ]),
    ];
    for (press, code, meaning) in meanings() {
        samples.push(sample(press, Page::MailPress(meaning.clone())).mail());
        let mut elsewhere = sample(code, Page::MailCode(meaning)).mail();
        elsewhere.mail_code = Some("48159204");
        samples.push(elsewhere);
    }
    samples
}

fn meanings() -> [(&'static str, &'static str, MailMeaning); 4] {
    let password = |fresh| MailMeaning::NewPassword { address: ADDRESS.into(), fresh };
    let address = |from: Option<&str>| MailMeaning::Address {
        account: "Ada Lovelace".into(),
        from: from.map(Into::into),
        to: "ada@home.example".into(),
    };
    [
        ("mail-press-new-password", "mail-code-new-password", password(false)),
        ("mail-press-new-password-fresh", "mail-code-new-password-fresh", password(true)),
        ("mail-press-verify-address", "mail-code-verify-address", address(None)),
        ("mail-press-change-address", "mail-code-change-address", address(Some("a•••@c•••.example"))),
    ]
}

/// The mails, with this name wherever one comes from outside.
pub(crate) fn mails(name: &str) -> Vec<(&'static str, MailKind)> {
    let reset = |fresh| MailKind::ResetPassword { token: Secret::new("s3cret"), client: name.into(), fresh };
    let confirm = |from: Option<String>| MailKind::ConfirmAddress {
        token: Secret::new("s3cret"),
        account: name.into(),
        from,
        to: name.into(),
    };
    vec![
        ("mail-reset-password", reset(false)),
        ("mail-reset-password-fresh", reset(true)),
        ("mail-no-password", MailKind::NoPassword { providers: vec![name.into(), "Social".into()], client: name.into() }),
        ("mail-password-changed", MailKind::PasswordChanged { account: name.into() }),
        ("mail-second-factor-set", MailKind::SecondFactorSet { account: name.into() }),
        ("mail-verify-address", confirm(None)),
        ("mail-change-address", confirm(Some(name.into()))),
        ("mail-address-taken", MailKind::AddressTaken { address: name.into() }),
        ("mail-address-changed", MailKind::AddressChanged { account: name.into(), to: name.into() }),
    ]
}
