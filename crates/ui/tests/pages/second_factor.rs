//! Samples of the second factor's pages, and what a phone can do with them.

use crate::document::tags;
use crate::samples::{NOW, Sample, sample};
use domain::Secret;
use flow_runtime::page::{FieldName, Page, Problem, WayKind};

const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// The pages.
pub(crate) fn all() -> Vec<Sample> {
    let asks = |problem: Option<Problem>| Page::OneTimeCode {
        account: "Ada Lovelace".into(),
        problems: problem.map(|problem| (FieldName::Code, problem)).into_iter().collect(),
    };
    let sets_up = |replaces, problem: Option<Problem>| Page::SetUpOneTimeCode {
        account: "ada@campus.example".into(),
        seed: Secret::new(SEED),
        replaces,
        problems: problem.map(|problem| (FieldName::Code, problem)).into_iter().collect(),
    };
    let until = NOW.plus(std::time::Duration::from_secs(290));
    vec![
        sample("one-time-code", asks(None)),
        sample("one-time-code-wrong", asks(Some(Problem::WrongOneTimeCode))).ways([WayKind::Mail]),
        sample("one-time-code-used", asks(Some(Problem::UsedOneTimeCode))),
        sample("one-time-code-throttled", asks(Some(Problem::TooManyTries { until }))),
        sample("set-up-one-time-code", sets_up(false, None)),
        sample("set-up-one-time-code-replaces", sets_up(true, None)),
        sample("set-up-one-time-code-wrong", sets_up(false, Some(Problem::WrongOneTimeCode))),
    ]
}

fn named(name: &str) -> String {
    all().into_iter().find(|sample| sample.name == name).unwrap().html()
}

#[test]
fn a_code_is_typed_with_digits_and_filled_in_by_phones() {
    for name in ["one-time-code", "set-up-one-time-code"] {
        let html = named(name);
        let tags = tags(&html);
        let field = tags.iter().find(|tag| tag.get("id") == Some("code")).unwrap();
        assert_eq!((field.get("inputmode"), field.get("autocomplete")), (Some("numeric"), Some("one-time-code")), "{name}");
        assert!(field.get("value").is_none_or(str::is_empty), "{name}: a code isn't shown again");
    }
}

#[test]
fn the_key_is_there_as_a_picture_a_link_and_letters() {
    let html = named("set-up-one-time-code");
    let tags = tags(&html);
    let picture = tags.iter().find(|tag| tag.name == "svg").unwrap();
    assert_eq!(picture.get("role"), Some("img"));
    assert!(picture.get("aria-label").unwrap().contains("below"), "the text alternative says where the key is");
    let link = tags.iter().filter_map(|tag| tag.get("href")).find(|href| href.starts_with("otpauth:")).unwrap();
    assert_eq!(
        link,
        format!("otpauth://totp/Example%20University:ada%40campus.example?secret={SEED}&#38;issuer=Example%20University")
    );
    assert!(html.contains("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"));
}

#[test]
fn too_many_codes_are_not_too_many_mails() {
    let html = named("one-time-code-throttled");
    assert!(html.contains("Too many tries. Try again in 5 minutes") && !html.contains("Too many mails"), "{html}");
}
