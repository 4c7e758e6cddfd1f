//! Declarations as text for a terminal.

use super::values;
use crate::definition::config::Key;
use crate::definition::declaration::{Declaration, Kind};
use crate::reader::keys::REQUIREMENT;
use std::fmt::Write as _;

/// Every authenticator with what it does, one a line.
pub fn overview(kinds: &[&Kind]) -> String {
    let names = kinds.iter().map(|kind| kind.declaration.name.len());
    let width = names.max().unwrap_or_default();
    let line = |kind: &&Kind| format!("{:width$}  {}\n", kind.declaration.name, kind.declaration.summary);
    kinds.iter().map(line).collect()
}

/// Everything that one authenticator declares.
pub fn authenticator(declaration: &Declaration) -> String {
    let Declaration { name, summary, keys, needs, outcomes, establishes, shows, .. } = declaration;
    let mut out = format!("{name}\n\n  {summary}\n");
    section(&mut out, "Needs", needs.iter().map(|need| need.description()));
    section(&mut out, "May establish", establishes.iter().map(|established| established.description()));
    section(&mut out, "May end as", outcomes.iter().map(|outcome| outcome.description()));
    section(&mut out, "Shows", [if *shows { "a page of its own" } else { "no page" }].into_iter());
    out.push_str("\nKeys\n");
    let _ = writeln!(out, "  {}: {} The default is `required`.", REQUIREMENT.name, REQUIREMENT.description);
    for key in *keys {
        write_key(&mut out, key);
    }
    let example: Vec<String> = keys.iter().map(|key| format!("{}: {}", key.name, key.example)).collect();
    let settings = if example.is_empty() { format!("{}: {}", REQUIREMENT.name, REQUIREMENT.example) } else { example.join(", ") };
    let _ = write!(out, "\nExample\n  - {name}: {{ {settings} }}\n");
    out
}

fn section<'a>(out: &mut String, title: &str, lines: impl Iterator<Item = &'a str>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        let _ = write!(out, "\n{title}\n");
    }
    for line in lines {
        let _ = writeln!(out, "  {line}");
    }
}

fn write_key(out: &mut String, key: &Key) {
    let default = key.default.map_or("It must be given.".to_owned(), |default| format!("The default is `{default}`."));
    let _ = writeln!(out, "  {}: {} Values: {}. {default}", key.name, key.description, values(&key.kind));
}
