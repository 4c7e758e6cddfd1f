//! Mails: what they say, and what names can't make of them.

use crate::document::tags;
use crate::recovering::mails;
use domain::Secret;
use flow_runtime::MailKind;
use std::time::Duration;
use ui::{Letter, Mail, mail};

const LINK: &str = "https://id.example/mail/t0ken";

fn letter(realm: &str) -> Letter<'_> {
    Letter { realm, link: LINK, lifetime: Duration::from_mins(15) }
}

fn prove(name: &str, links: bool) -> MailKind {
    MailKind::ProveAddress {
        token: Secret::new("s3cret"),
        provider: if name.is_empty() { "Campus".into() } else { name.into() },
        identity: if name.is_empty() { "ada@campus.example".into() } else { name.into() },
        client: if name.is_empty() { "Campus Library".into() } else { name.into() },
        links,
    }
}

fn linked(name: &str) -> MailKind {
    MailKind::IdentityLinked { provider: name.into(), identity: name.into(), replaced: vec![name.into()] }
}

/// All mails, by name.
pub(crate) fn all() -> Vec<(&'static str, Mail)> {
    let named = |name, kind: MailKind| (name, mail(&kind, &letter("Example University")).unwrap());
    vec![
        named("mail-prove-address", prove("", true)),
        named("mail-prove-address-fresh-account", prove("", false)),
        named(
            "mail-identity-linked",
            MailKind::IdentityLinked { provider: "Campus".into(), identity: "ada@campus.example".into(), replaced: vec![] },
        ),
        named(
            "mail-identity-replaced",
            MailKind::IdentityLinked {
                provider: "Campus".into(),
                identity: "ada@campus.example".into(),
                replaced: vec!["ada@old.example".into()],
            },
        ),
    ]
    .into_iter()
    .chain(mails("ada@campus.example").into_iter().map(|(name, kind)| named(name, kind)))
    .collect()
}

#[test]
fn both_parts_of_a_mail_say_the_same() {
    for (name, mail) in all() {
        let has_a_link = ["prove", "reset-password", "verify-address", "change-address"].iter().any(|kind| name.contains(kind));
        for part in [&mail.text, &mail.html] {
            assert!(part.contains("ada@campus.example") && part.contains("Example University"), "{name}");
            assert_eq!(part.contains("Campus"), mail.text.contains("Campus"), "{name}");
            assert_eq!(part.matches(LINK).count(), usize::from(has_a_link), "{name}");
            assert!(!part.contains("s3cret"), "{name}: the token is in the link alone");
        }
    }
}

#[test]
fn ph_68_and_web_30_names_are_harmless_in_every_part_of_a_mail() {
    let long = "long ".repeat(500);
    for hostile in [
        "a\r\nBcc: eve@evil.example\r\n\r\nhello",
        "\u{2028}x\rSubject: y",
        "<b onclick=x><script>",
        "https://evil.example/a?b",
        "//www.evil.example",
        &long,
    ] {
        let kinds = [prove(hostile, true), prove(hostile, false), linked(hostile)];
        for kind in kinds.into_iter().chain(mails(hostile).into_iter().map(|(_, kind)| kind)) {
            let mail = mail(&kind, &letter(hostile)).unwrap();
            assert!(!mail.subject.contains(['\r', '\n', '\u{2028}']), "{:?}", mail.subject);
            assert!(mail.subject.chars().count() < 200);
            for part in [&mail.text, &mail.html] {
                assert!(!part.contains(['\r', '\u{2028}']), "{part:?}");
                assert!(!part.lines().any(|line| line.starts_with("Bcc:") || line.starts_with("Subject:")), "{part:?}");
                assert!(!part.contains("evil.example"), "a mail program would link it: {part}");
                assert!(part.replace(LINK, "").matches("://").count() == 0, "{part}");
            }
            assert!(!tags(&mail.html).iter().any(|tag| tag.name == "script" || tag.names().any(|name| name.starts_with("on"))));
        }
    }
}

#[test]
fn a_mail_loads_nothing_from_elsewhere() {
    for (name, mail) in all() {
        for tag in tags(&mail.html) {
            assert!(!tag.has("src") && !matches!(tag.name.as_str(), "img" | "link" | "style" | "script"), "{name}: {tag:?}");
            assert!(tag.get("href").is_none_or(|href| href == LINK), "{name}: {tag:?}");
            assert!(!tag.get("style").unwrap_or_default().contains("url("), "{name}");
        }
    }
}

#[test]
fn lines_of_the_text_part_are_short() {
    for (name, mail) in all() {
        let longest = mail.text.lines().map(|line| line.chars().count()).max();
        assert!(longest.is_some_and(|length| length <= 140), "{name}: {longest:?}");
    }
}
