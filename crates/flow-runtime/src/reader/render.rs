//! Diagnostics as plain text, with the line of the source and an underline.

use super::code::Severity;
use super::diagnostic::Diagnostic;
use std::fmt::Write as _;

/// Characters of a source line that are shown; of a longer one, the part around the place.
const WIDTH: usize = 140;

/// Bytes before and after a place among which its line is sought.
const NEAR: usize = 4 * WIDTH;

impl Diagnostic {
    /// The diagnostic as some lines of plain text. The text is the document that was read.
    pub fn render(&self, text: &str) -> String {
        let severity = match self.code.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let line = self.span.line.to_string();
        let gutter = " ".repeat(line.len());
        let mut out = format!("{severity}[{}]: {}\n", self.code.id, self.message);
        let (source, underline) = self.excerpt(text);
        let _ = writeln!(out, "{gutter}--> {}:{line}:{}", self.file, self.span.column);
        let _ = writeln!(out, "{gutter} |\n{line} | {source}");
        let _ = writeln!(out, "{}", format!("{gutter} | {underline} {}", self.label).trim_end());
        if let Some(help) = &self.help {
            let _ = writeln!(out, "{gutter} = help: {help}");
        }
        out
    }

    /// The line of the source and what stands under it.
    fn excerpt(&self, text: &str) -> (String, String) {
        let before = text.get(..self.span.offset).unwrap_or_default();
        let after = text.get(self.span.offset..).unwrap_or_default();
        // A line may be as long as the file, and there may be many problems in it: only what is near is looked at.
        let near = before.get(before.floor_char_boundary(before.len().saturating_sub(NEAR))..).unwrap_or_default();
        let head = near.get(near.rfind(['\n', '\r']).map_or(0, |at| at.saturating_add(1))..).unwrap_or_default();
        let head = head.trim_start_matches('\u{feff}');
        let tail =
            after.get(..after.floor_char_boundary(NEAR)).unwrap_or_default().split(['\n', '\r']).next().unwrap_or_default();
        let skipped = head.chars().count().saturating_sub(WIDTH / 2);
        let kept: String = head.chars().skip(skipped).chain(tail.chars()).take(WIDTH).collect();
        let column = head.chars().count().saturating_sub(skipped);
        let marked = tail.get(..self.span.length).unwrap_or_default().chars().count();
        let marks = marked.clamp(1, WIDTH.saturating_sub(column).max(1));
        (printable(&kept).replace('\t', " ").trim_end().to_owned(), format!("{}{}", " ".repeat(column), "^".repeat(marks)))
    }
}

/// The text without anything that could control a terminal or mislead a reader, and with every other byte at its place.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let byte_order_mark = at == 0 && c == '\u{feff}';
        if byte_order_mark || matches!(c, '\n' | '\r' | '\t') || domain::text::is_visible(c) {
            out.push(c);
        } else {
            out.extend(std::iter::repeat_n('?', c.len_utf8()));
        }
    }
    out
}
