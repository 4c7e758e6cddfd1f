//! `braid flow diff`: what is different between two flows, in their files and for people.

mod cast;
mod changes;
mod matching;
mod people;
mod side;
#[cfg(test)]
mod tests;

pub(super) use changes::changes;

use crate::arguments::DiffOptions;
use flow_runtime::checker::check_flow;
use flow_runtime::reader::Read;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

/// Runs the command. As `diff` does, it exits with 0 if there is no difference, with 1 if there is one, and with 2 if it can't be said.
pub(super) fn run(options: &DiffOptions) -> ExitCode {
    let (before, after) = match (side::read(&options.before, options), side::read(&options.after, options)) {
        (Ok(before), Ok(after)) => (before, after),
        (before, after) => {
            for problem in [before.err(), after.err()].into_iter().flatten() {
                eprint!("{problem}");
            }
            return ExitCode::from(2);
        }
    };
    let difference = difference(&before, &after);
    // Whoever reads the output has gone away; there is nobody to tell.
    if std::io::stdout().lock().write_all(difference.as_bytes()).is_err() {
        return ExitCode::from(2);
    }
    ExitCode::from(u8::from(!difference.is_empty()))
}

/// What is different, in words. Empty if nothing is.
fn difference(before: &Read, after: &Read) -> String {
    let mut text = String::new();
    let changes = changes(&before.outline, &after.outline);
    section(&mut text, "In the flow", &changes);
    if before.flow.revision != after.flow.revision {
        let people = people::differences(&before.flow, &after.flow);
        if people.is_empty() {
            text.push_str("For people\n  none of the people who were sent through both flows met anything else\n\n");
        }
        section(&mut text, "For people", &people);
        section(&mut text, "For the checker", &verdicts(before, after));
    }
    text
}

fn section(text: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(text, "{title}");
    for line in lines {
        let _ = writeln!(text, "  {line}");
    }
    text.push('\n');
}

/// What is broken in one of the flows and not in the other.
fn verdicts(before: &Read, after: &Read) -> Vec<String> {
    let findings = |read: &Read| -> Vec<String> {
        let checked = check_flow(&read.flow);
        let undecided = checked.undecided.iter().map(|why| format!("nothing can be proved, because {why}"));
        let broken = checked.findings.iter().map(|finding| {
            let place = if finding.path.is_empty() { String::new() } else { format!(" at `{}`", finding.path) };
            format!("{} is broken{place}: {}", finding.property.as_str(), finding.message)
        });
        undecided.chain(broken).collect()
    };
    let (old, new) = (findings(before), findings(after));
    let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("no longer: {line}"));
    let come = new.iter().filter(|line| !old.contains(line)).map(|line| format!("now: {line}"));
    come.chain(gone).collect()
}
