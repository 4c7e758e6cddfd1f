//! Values as tests write them: each is understood, or reported with what to write instead.

use crate::reader::code;
use crate::reader::diagnostic::{Problems, Span};
use crate::reader::lower::{duration, text};
use crate::reader::suggest::{instead_of, quoted};
use crate::reader::tree::{Entry, Node, Shape};
use std::fmt::Display;
use std::time::Duration;

/// The keys of a mapping. The place is where to point if it is none.
pub(super) fn entries<'t>(node: &'t Node, place: Span, what: &str, problems: &mut Problems) -> Option<&'t [Entry]> {
    match &node.shape {
        Shape::Mapping(entries) => Some(entries),
        Shape::Nothing => Some(&[]),
        Shape::Refused => None,
        Shape::Text { .. } | Shape::List(_) => {
            problems
                .report(&code::WRONG_TYPE, place, format!("{what} must be a mapping, but this is {}", node.kind()))
                .help("write it as keys with values, like `{ key: value }`");
            None
        }
    }
}

/// The same of a key's value.
pub(super) fn mapping<'t>(entry: &'t Entry, problems: &mut Problems) -> &'t [Entry] {
    entries(&entry.value, entry.place(), &quoted(&entry.key), problems).unwrap_or_default()
}

/// The items of a list.
pub(super) fn list<'t>(entry: &'t Entry, problems: &mut Problems) -> &'t [Node] {
    match &entry.value.shape {
        Shape::List(nodes) => nodes,
        Shape::Nothing | Shape::Refused => &[],
        Shape::Text { .. } | Shape::Mapping(_) => {
            let message = format!("{} must be a list, but this is {}", quoted(&entry.key), entry.value.kind());
            problems
                .report(&code::WRONG_TYPE, entry.place(), message)
                .help("begin each item with `- `, or write `[one, another]`");
            &[]
        }
    }
}

/// Texts with their places: a list of them, or one.
pub(super) fn texts<'t>(entry: &'t Entry, problems: &mut Problems) -> Vec<(&'t str, Span)> {
    if let Shape::Text { text, .. } = &entry.value.shape {
        return vec![(text, entry.place())];
    }
    let mut texts = Vec::new();
    for node in list(entry, problems) {
        match &node.shape {
            Shape::Text { text, .. } => texts.push((text.as_str(), node.span)),
            Shape::Refused => {}
            Shape::Nothing | Shape::List(_) | Shape::Mapping(_) => {
                problems
                    .report(&code::WRONG_TYPE, node.span, format!("this must be a text, but it is {}", node.kind()))
                    .help("write one text per item");
            }
        }
    }
    texts
}

/// A text of one line.
pub(super) fn line(entry: &Entry, problems: &mut Problems) -> Option<String> {
    let given = text(entry, problems)?;
    let fits = !given.trim().is_empty() && given.chars().count() <= 255 && given.chars().all(domain::text::is_visible);
    if !fits {
        problems
            .report(&code::BAD_TEST_VALUE, entry.place(), format!("{} can't be {}", quoted(&entry.key), quoted(given)))
            .help("write a text of 1 to 255 characters on one line");
    }
    fits.then(|| given.to_owned())
}

/// A text that has a form of its own.
pub(super) fn parsed<T, E: Display>(
    entry: &Entry,
    parse: impl FnOnce(&str) -> Result<T, E>,
    problems: &mut Problems,
) -> Option<T> {
    let given = text(entry, problems)?;
    read(given, entry.place(), parse, problems)
}

/// The same, of a text that stands by itself.
pub(super) fn read<T, E: Display>(
    given: &str,
    place: Span,
    parse: impl FnOnce(&str) -> Result<T, E>,
    problems: &mut Problems,
) -> Option<T> {
    match parse(given) {
        Ok(value) => Some(value),
        Err(error) => {
            problems.report(&code::BAD_TEST_VALUE, place, format!("{} can't stand here", quoted(given))).help(error.to_string());
            None
        }
    }
}

/// One of a few words.
pub(super) fn word<T: Copy>(entry: &Entry, known: &[(&'static str, T)], problems: &mut Problems) -> Option<T> {
    let given = text(entry, problems)?;
    let found = known.iter().find(|(word, _)| *word == given).map(|(_, value)| *value);
    if found.is_none() {
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        unknown_word(&entry.key, given, entry.place(), &words, problems);
    }
    found
}

/// One of a few words, as itself.
pub(super) fn known(
    key: &str,
    given: &str,
    place: Span,
    words: &[&'static str],
    problems: &mut Problems,
) -> Option<&'static str> {
    let found = words.iter().copied().find(|word| *word == given);
    if found.is_none() {
        unknown_word(key, given, place, words, problems);
    }
    found
}

fn unknown_word(key: &str, given: &str, place: Span, words: &[&str], problems: &mut Problems) {
    problems
        .report(&code::UNKNOWN_WORD, place, format!("{} can't be {}", quoted(key), quoted(given)))
        .help(instead_of(given, words));
}

/// `true` or `false`.
pub(super) fn flag(entry: &Entry, problems: &mut Problems) -> Option<bool> {
    word(entry, &[("true", true), ("false", false)], problems)
}

/// A duration.
pub(super) fn lasting(entry: &Entry, problems: &mut Problems) -> Option<Duration> {
    let given = text(entry, problems)?;
    let longest = Duration::from_hours(366 * 24);
    let read = duration::parse(given).filter(|duration| *duration <= longest);
    if read.is_none() {
        problems
            .report(&code::BAD_DURATION, entry.place(), format!("{} isn't a duration of at most a year", quoted(given)))
            .help("write a whole number and its unit, like `90s`, `15m`, `2h` or `1d`");
    }
    read
}

/// A whole number.
pub(super) fn count(entry: &Entry, problems: &mut Problems) -> Option<u32> {
    let given = text(entry, problems)?;
    let read = given.parse().ok();
    if read.is_none() {
        problems
            .report(&code::BAD_NUMBER, entry.place(), format!("{} isn't a whole number", quoted(given)))
            .help("write digits, like `10`");
    }
    read
}
