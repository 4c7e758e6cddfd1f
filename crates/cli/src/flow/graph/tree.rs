//! A flow as a tree of text.

#![expect(clippy::format_push_string, clippy::format_collect, reason = "a few lines of text, written once")]

use super::words::{chosen, establishes, requirement, visible, waived};
use flow_runtime::reader::{Outline, OutlineExecution, OutlineLevel, OutlineNode};

/// The tree.
pub(super) fn drawn(outline: &Outline) -> String {
    let waived = waived(&outline.waived).map(|waived| format!(" ({waived})")).unwrap_or_default();
    let mut text = format!("{}{waived}\n", outline.name);
    if let Some(description) = &outline.description {
        text.push_str(&format!("{}\n", visible(description)));
    }
    level(&outline.level, "", &mut text);
    text
}

fn level(of: &OutlineLevel, indent: &str, text: &mut String) {
    let empty = of.succeeds_when_empty.then_some("succeeds if nothing is left to run".to_owned());
    let lines: Vec<(String, Option<&OutlineLevel>)> =
        empty.into_iter().map(|line| (line, None)).chain(of.executions.iter().map(line)).collect();
    let count = lines.len();
    for (index, (line, inner)) in lines.into_iter().enumerate() {
        let (branch, below) = if index + 1 == count { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        text.push_str(&format!("{indent}{branch}{line}\n"));
        if let Some(inner) = inner {
            level(inner, &format!("{indent}{below}"), text);
        }
    }
}

fn line(execution: &OutlineExecution) -> (String, Option<&OutlineLevel>) {
    let requirement: String =
        std::iter::once(requirement(execution).to_owned()).chain(waived(&execution.waived)).collect::<Vec<_>>().join(", ");
    match &execution.node {
        OutlineNode::Authenticator { declaration, config } => {
            let settings: String = chosen(config).iter().map(|setting| format!(", {setting}")).collect();
            let establishes = establishes(declaration);
            let arrow = if establishes.is_empty() { String::new() } else { format!(" → {establishes}") };
            (format!("{} ({requirement}{settings}){arrow}", declaration.name), None)
        }
        OutlineNode::SubFlow { name, when, level } => {
            let condition = when.as_ref().map(|when| format!(": if {}", visible(when))).unwrap_or_default();
            (format!("[{}] ({requirement}{condition})", visible(name)), Some(level))
        }
    }
}
