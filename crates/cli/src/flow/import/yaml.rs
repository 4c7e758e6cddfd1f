//! Writes flow documents, laid out like those that come with Braid.

#![expect(clippy::format_push_string, clippy::format_collect, reason = "a few lines of text, written once")]

use domain::text::is_visible;

/// The longest name that a sub-flow may have, in characters.
const LONGEST_NAME: usize = 64;

/// A whole document.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) name: String,
    pub(super) description: Option<String>,
    /// Said at the head of the file.
    pub(super) remarks: Vec<String>,
    pub(super) level: Level,
}

/// The items of a flow or sub-flow.
#[derive(Debug, Default)]
pub(super) struct Level {
    pub(super) items: Vec<Item>,
    pub(super) succeeds_when_empty: bool,
}

/// What stands in a list of executions.
#[derive(Debug)]
pub(super) enum Item {
    /// An authenticator.
    Authenticator { name: &'static str, requirement: Word, settings: Vec<(&'static str, String)> },
    /// A sub-flow.
    SubFlow { name: String, requirement: Word, when: Option<String>, level: Level },
    /// Something that was there, and isn't any more.
    Comment(String),
}

/// A requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Required,
    Alternative,
    Disabled,
}

impl Word {
    fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Alternative => "alternative",
            Self::Disabled => "disabled",
        }
    }
}

impl Item {
    /// Whether it runs, when its turn comes.
    pub(super) fn is_enabled(&self) -> bool {
        match self {
            Self::Authenticator { requirement, .. } | Self::SubFlow { requirement, .. } => *requirement != Word::Disabled,
            Self::Comment(_) => false,
        }
    }
}

impl Document {
    /// The text of the file.
    pub(super) fn text(&self) -> String {
        let mut text: String = self.remarks.iter().map(|remark| format!("# {}\n", on_one_line(remark))).collect();
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("flow: {}\n", self.name));
        if let Some(description) = &self.description {
            text.push_str(&format!("description: {}\n", scalar(description)));
        }
        write_level(&self.level, 0, &mut text);
        text
    }
}

fn write_level(level: &Level, depth: usize, text: &mut String) {
    let indent = "    ".repeat(depth);
    if level.succeeds_when_empty {
        text.push_str(&format!("{indent}on-empty: succeed\n"));
    }
    if level.items.iter().all(|item| matches!(item, Item::Comment(_))) {
        text.push_str(&format!("{indent}executions: []\n"));
    } else {
        text.push_str(&format!("{indent}executions:\n"));
    }
    for item in &level.items {
        match item {
            Item::Comment(comment) => text.push_str(&format!("{indent}  # {}\n", on_one_line(comment))),
            Item::Authenticator { name, requirement, settings } => {
                let settings: String = settings.iter().map(|(key, value)| format!(", {key}: {value}")).collect();
                text.push_str(&format!("{indent}  - {name}: {{ requirement: {}{settings} }}\n", requirement.as_str()));
            }
            Item::SubFlow { name, requirement, when, level } => {
                text.push_str(&format!("{indent}  - flow: {}\n", scalar(name)));
                match when {
                    Some(condition) => text.push_str(&format!("{indent}    when: {condition}\n")),
                    None => text.push_str(&format!("{indent}    requirement: {}\n", requirement.as_str())),
                }
                write_level(level, depth + 1, text);
            }
        }
    }
}

/// A text as YAML: plain where nothing in it could mean anything else.
pub(super) fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " -_'().".contains(c);
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(plain)
        && !text.ends_with(' ')
        && !words.contains(&text.to_ascii_lowercase().as_str());
    if is_plain { text.to_owned() } else { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) }
}

/// A name or sentence from elsewhere: what can't be seen is gone, and it is on one line.
pub(super) fn on_one_line(text: &str) -> String {
    let shown: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| is_visible(*c)).collect();
    shown.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The name of a sub-flow that can be one, made of an alias.
pub(super) fn sub_flow_name(alias: &str) -> String {
    let short: String = on_one_line(alias).chars().take(LONGEST_NAME).collect();
    let short = short.trim_end();
    if short.is_empty() { "sub-flow".to_owned() } else { short.to_owned() }
}

/// The name of a flow, made of an alias: small letters, digits and hyphens.
pub(super) fn slug(alias: &str) -> String {
    let spaced: String = alias.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let slug: String = spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    let short: String = slug.chars().take(48).collect();
    let short = short.trim_end_matches('-');
    if short.is_empty() { "flow".to_owned() } else { short.to_owned() }
}
