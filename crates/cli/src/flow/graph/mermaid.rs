//! A flow as a Mermaid flowchart: sub-flows are subgraphs, and edges say how one execution leads to the next.

use super::words::{chosen, establishes, is_required, may_pass, may_succeed, requirement, visible, waived};
use flow_runtime::Requirement;
use flow_runtime::reader::{Outline, OutlineExecution, OutlineLevel, OutlineNode};
use std::fmt::Write as _;

/// The flowchart.
pub(super) fn drawn(outline: &Outline) -> String {
    let mut chart = Chart { nodes: String::new(), edges: String::new(), depth: 1 };
    let way = chart.level(&outline.level);
    let waived = waived(&outline.waived).map(|waived| format!(" ({waived})")).unwrap_or_default();
    let mut text = format!("---\ntitle: \"{}{waived}\"\n---\nflowchart TD\n", outline.name);
    text.push_str("  begin([\"somebody comes\"])\n");
    text.push_str(&chart.nodes);
    text.push_str("  done([\"the flow has succeeded\"])\n  refused([\"no way left\"])\n");
    let mut ends = String::new();
    let begin = vec![Exit { node: "begin".to_owned(), label: "" }];
    join(&begin, way.entry.as_deref().unwrap_or("refused"), &mut ends);
    join(&way.succeeded, "done", &mut chart.edges);
    join(&way.passed, "refused", &mut chart.edges);
    text.push_str(&ends);
    text.push_str(&chart.edges);
    text
}

struct Chart {
    nodes: String,
    edges: String,
    depth: usize,
}

/// Where an edge begins, and what is said on it.
#[derive(Clone)]
struct Exit {
    node: String,
    label: &'static str,
}

/// How one gets into a part and out of it.
#[derive(Default)]
struct Way {
    /// None: there is nothing to get into.
    entry: Option<String>,
    succeeded: Vec<Exit>,
    passed: Vec<Exit>,
}

impl Chart {
    fn level(&mut self, level: &OutlineLevel) -> Way {
        let enabled = || level.executions.iter().filter(|execution| execution.requirement != Requirement::Disabled);
        for execution in level.executions.iter().filter(|execution| execution.requirement == Requirement::Disabled) {
            self.node(&format!("n{}", execution.id), &[execution.name().to_owned(), "disabled".to_owned()], ("[", "]"));
        }
        if enabled().any(is_required) {
            let ways: Vec<Way> =
                enabled().filter(|execution| is_required(execution)).map(|execution| self.execution(execution)).collect();
            self.in_order(ways, |way| &mut way.succeeded, |way| &mut way.passed)
        } else {
            let ways: Vec<Way> = enabled().map(|execution| self.execution(execution)).collect();
            self.in_order(ways, |way| &mut way.passed, |way| &mut way.succeeded)
        }
    }

    /// One after the other: what goes on leads to the next, what leaves is out of the level.
    fn in_order(
        &mut self,
        ways: Vec<Way>,
        goes_on: fn(&mut Way) -> &mut Vec<Exit>,
        leaves: fn(&mut Way) -> &mut Vec<Exit>,
    ) -> Way {
        let mut whole = Way::default();
        for mut way in ways {
            let Some(entry) = way.entry.take() else { continue };
            join(&std::mem::take(goes_on(&mut whole)), &entry, &mut self.edges);
            whole.entry.get_or_insert(entry);
            *goes_on(&mut whole) = std::mem::take(goes_on(&mut way));
            leaves(&mut whole).append(leaves(&mut way));
        }
        whole
    }

    fn execution(&mut self, execution: &OutlineExecution) -> Way {
        let node = format!("n{}", execution.id);
        match &execution.node {
            OutlineNode::Authenticator { declaration, config } => {
                let mut lines = vec![declaration.name.to_owned(), requirement(execution).to_owned()];
                lines.extend(chosen(config));
                lines.extend(waived(&execution.waived));
                lines.extend(Some(establishes(declaration)).filter(|words| !words.is_empty()).map(|words| format!("→ {words}")));
                self.node(&node, &lines, ("[", "]"));
                let exit = |label| vec![Exit { node: node.clone(), label }];
                Way {
                    succeeded: if may_succeed(declaration) { exit("") } else { Vec::new() },
                    passed: if may_pass(declaration) { exit("doesn't apply") } else { Vec::new() },
                    entry: Some(node),
                }
            }
            OutlineNode::SubFlow { name, when, level } => self.sub_flow(&node, execution, (name, when.as_deref()), level),
        }
    }

    fn sub_flow(
        &mut self,
        node: &str,
        execution: &OutlineExecution,
        (name, when): (&str, Option<&str>),
        level: &OutlineLevel,
    ) -> Way {
        if let Some(when) = when {
            self.node(&format!("c{}", execution.id), &[format!("{when}?")], ("{", "}"));
        }
        let indent = "  ".repeat(self.depth);
        let said: Vec<String> = std::iter::once(requirement(execution).to_owned()).chain(waived(&execution.waived)).collect();
        let title = format!("{} ({})", visible(name), said.join(", "));
        let _ = writeln!(self.nodes, "{indent}subgraph {node}[\"{}\"]", escaped(&title));
        let _ = writeln!(self.nodes, "{indent}  direction TB");
        self.depth += 1;
        let mut way = self.level(level);
        if way.entry.is_none() {
            let empty = format!("e{}", execution.id);
            self.node(&empty, &["nothing to run".to_owned()], ("[", "]"));
            let exit = vec![Exit { node: empty.clone(), label: "" }];
            *if level.succeeds_when_empty { &mut way.succeeded } else { &mut way.passed } = exit;
            way.entry = Some(empty);
        }
        self.depth -= 1;
        let _ = writeln!(self.nodes, "{indent}end");
        if when.is_some() {
            let condition = format!("c{}", execution.id);
            let yes = vec![Exit { node: condition.clone(), label: "yes" }];
            join(&yes, way.entry.as_deref().unwrap_or(node), &mut self.edges);
            way.succeeded.push(Exit { node: condition.clone(), label: "no" });
            way.entry = Some(condition);
        }
        way
    }

    fn node(&mut self, id: &str, lines: &[String], (open, close): (&str, &str)) {
        let label = lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br>");
        let _ = writeln!(self.nodes, "{}{id}{open}\"{label}\"{close}", "  ".repeat(self.depth));
    }
}

fn join(exits: &[Exit], to: &str, edges: &mut String) {
    for Exit { node, label } in exits {
        let label = if label.is_empty() { String::new() } else { format!("|\"{label}\"|") };
        let _ = writeln!(edges, "  {node} -->{label} {to}");
    }
}

/// Whatever could mean something to Mermaid or to HTML is written as its number.
fn escaped(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " -_.,:?()→'/".contains(c);
    visible(text).chars().map(|c| if plain(c) { c.to_string() } else { format!("#{};", u32::from(c)) }).collect()
}
