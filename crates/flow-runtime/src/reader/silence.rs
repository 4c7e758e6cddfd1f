//! Comments that silence a warning, with a reason: `# braid: allow BF0052 because we switch it on in autumn`.
//!
//! One stands at the end of the line that it is for, or above it on a line of its own.

use super::code::{self, CODES, Code, Severity};
use super::diagnostic::{Diagnostic, Problems, Span};
use super::suggest::{instead_of, quoted};
use super::tree::{Comment, comments};

/// What a comment to Braid begins with.
const MARK: &str = "braid:";

/// How a comment that silences something is written.
const HOW: &str = "write `# braid: allow BF0052 because …` with the warning's code and your reason";

/// The comments of a document that silence something.
#[derive(Debug, Default)]
pub(super) struct Silences(Vec<Silence>);

#[derive(Debug)]
struct Silence {
    code: &'static Code,
    /// The line that it is for.
    line: usize,
    span: Span,
}

impl Silences {
    /// Finds them, and reports those that silence nothing by what they say.
    pub(super) fn of(text: &str, problems: &mut Problems) -> Self {
        if !text.contains(MARK) {
            return Self::default();
        }
        let mut lines = None;
        let mut silences = Vec::new();
        for Comment { text: comment, span } in comments(text) {
            let Some(words) = comment.trim().strip_prefix(MARK) else { continue };
            if let Some(code) = understood(words, span, problems) {
                let lines = lines.get_or_insert_with(|| text.lines().collect::<Vec<_>>());
                silences.push(Silence { code, line: line(lines, span), span });
            }
        }
        Self(silences)
    }

    /// Takes away what is silenced, and reports what silences nothing.
    pub(super) fn apply(self, problems: &mut Problems) {
        for Silence { code, line, span } in self.0 {
            if !problems.remove(|found: &Diagnostic| found.code == code && found.span.line == line) {
                problems
                    .report(&code::SILENCE_OF_NOTHING, span, format!("there is no warning {} on line {line}", code.id))
                    .label("it silences nothing")
                    .help("delete the comment, or put it where the warning is: at the end of its line, or above it");
            }
        }
    }
}

/// The line that a comment is for: its own if something stands before it there, else the next one that isn't a comment.
fn line(lines: &[&str], span: Span) -> usize {
    let at = |line: usize| lines.get(line.saturating_sub(1)).copied().unwrap_or_default().trim_start_matches('\u{feff}').trim();
    let is_content = |line: &usize| !at(*line).is_empty() && !at(*line).starts_with('#');
    (span.line..=lines.len()).find(is_content).unwrap_or(span.line)
}

/// The code that may be silenced.
fn understood(words: &str, span: Span, problems: &mut Problems) -> Option<&'static Code> {
    let (verb, rest) = word(words);
    let (id, rest) = word(rest);
    if verb != "allow" || id.is_empty() {
        let help =
            if verb.is_empty() || verb == "allow" { HOW.to_owned() } else { format!("{HOW}; {}", instead_of(verb, &["allow"])) };
        problems
            .report(&code::UNREADABLE_SILENCE, span, "Braid doesn't understand this comment")
            .label(format!("a comment that begins with `{MARK}` is meant for Braid"))
            .help(help);
        return None;
    }
    let Some(code) = code::find(id) else {
        let known: Vec<&str> = CODES.iter().filter(|code| code.can_be_silenced()).map(|code| code.id).collect();
        problems
            .report(&code::SILENCE_OF_UNKNOWN_CODE, span, format!("there is no code {}", quoted(id)))
            .label("it silences nothing")
            .help(instead_of(id, &known));
        return None;
    };
    if !code.can_be_silenced() {
        let why = if code.severity == Severity::Error { "is an error" } else { "is about what is silenced or waived" };
        problems
            .report(&code::SILENCE_OF_ERROR, span, format!("{} can't be silenced", code.id))
            .label(format!("{}: it {why}", code.title))
            .help("delete the comment, and correct what it is about");
        return None;
    }
    let (because, reason) = word(rest);
    if because != "because" || reason.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
        problems
            .report(&code::SILENCE_WITHOUT_REASON, span, format!("{} is silenced without a reason", code.id))
            .label("so it isn't silenced")
            .help(format!("write `# braid: allow {} because …` with your reason", code.id));
        return None;
    }
    Some(code)
}

/// The first word, and what follows.
fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}
