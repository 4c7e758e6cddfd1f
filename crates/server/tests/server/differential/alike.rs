//! Whether both show the same.

use super::both::{Both, One};
use flow_runtime::{DenialCode, Rest};
use testkit::Answer;
use ui::{Chrome, Leave};

impl Both<'_> {
    /// Both show the same.
    pub(super) fn agree(&self, one: &One) {
        let live = &one.answer;
        let outside = |begin: &str| live.at.starts_with(begin);
        let same = match &one.session().rest {
            Rest::AtProvider { exchange, .. } => outside(&self.realm.world.provider(exchange.provider.as_str()).issuer),
            Rest::Finished { .. } => live.query("code").is_some() && !outside(testkit::ORIGIN),
            Rest::Denied { denial, .. } if denial.to_client => {
                live.query("error").as_deref() == Some(denial.code.oauth_error()) && !outside(testkit::ORIGIN)
            }
            Rest::Denied { denial, .. } => self.draws_the_same(one, Some(denial.code)),
            Rest::Showing(_) | Rest::Consent(_) => self.draws_the_same(one, None),
        };
        assert!(same, "{}", self.story(&format!("pretend: {:?}\nlive: {} {}", one.session().rest, live.at, live.text())));
    }

    /// The page as the pretend login would be drawn.
    fn draws_the_same(&self, one: &One, denied: Option<DenialCode>) -> bool {
        let view = self.view(one);
        let reference = one.answer.reference();
        let way_back = one.answer.link("Back");
        let leave = match (denied, &way_back) {
            (None, _) => Leave::Button,
            (Some(_), Some(link)) => Leave::Link(link),
            (Some(_), None) => Leave::Nowhere,
        };
        let chrome = Chrome {
            action: "/",
            csrf: "",
            base: "",
            now: self.world.now,
            reference: reference.as_deref(),
            mail_code: None,
            leave,
        };
        let drawn = Answer { body: ui::render(&view, &chrome).unwrap(), ..one.answer.clone() };
        let same = without_numbers(&drawn.text()) == without_numbers(&one.answer.text());
        if !same {
            eprintln!("pretend draws: {}\nlive draws:    {}", drawn.text(), one.answer.text());
        }
        same
    }
}

/// A second passes between the two now and then, and pages count seconds. A new account has a subject of its own at each.
fn without_numbers(text: &str) -> String {
    let is_of_a_key = |word: &str| word.len() == 4 && word.chars().all(|c| matches!(c, 'A'..='Z' | '2'..='7'));
    let words: Vec<&str> = text
        .split(' ')
        .map(|said| match said {
            subject if subject.starts_with("usr_") => "usr_",
            key if is_of_a_key(key) => "KEY",
            other => other,
        })
        .collect();
    words.join(" ").split(|c: char| c.is_ascii_digit()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("#")
}
