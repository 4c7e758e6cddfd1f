//! What a check found, as problems of the file.

use super::verdict::{Checked, Finding};
use crate::definition::ExecutionId;
use crate::definition::waiver::{Property, Waiver};
use crate::reader::code::{self, Code};
use crate::reader::{Diagnostic, Read, Span};

impl Checked {
    /// What was found, as problems of the document that the flow was read from, in the order of the file.
    pub fn diagnostics(&self, read: &Read, file: &str) -> Vec<Diagnostic> {
        let place = |at: ExecutionId| read.places.of(at).map_or(Span::START, |place| place.span);
        let problem = |code, at, message, label, help| {
            let (file, help) = (file.to_owned(), Some(help));
            Diagnostic { code, file, message, span: place(at), label, help }
        };
        let found = self.findings.iter().map(|finding| {
            let message = format!("{}: {}", finding.property, finding.message);
            problem(code_of(finding.property), finding.at, message, format!("`{}`", finding.path), advice(finding))
        });
        let unused = self.unused.iter().map(|waiver: &Waiver| {
            let message = format!("nothing here needs the waiver of {}", waiver.property);
            let help = "delete it from `waivers`".to_owned();
            problem(&code::NOTHING_TO_WAIVE, waiver.at, message, format!("`{}`", waiver.path), help)
        });
        let undecided = self.undecided.iter().map(|why| {
            let help = "make it simpler: put flows for different people into files of their own".to_owned();
            problem(&code::NOT_DECIDED, ExecutionId(0), format!("nothing is proved: {why}"), String::new(), help)
        });
        let mut problems: Vec<Diagnostic> = found.chain(unused).chain(undecided).collect();
        problems.sort_by_key(|problem| (problem.span.offset, problem.code.id));
        problems
    }
}

fn code_of(property: Property) -> &'static Code {
    match property {
        Property::P1 => &code::LINKED_WITHOUT_PROOF,
        Property::P3 => &code::FACTOR_BYPASSED,
        Property::P4 => &code::CANNOT_FINISH,
        Property::P6 => &code::NEVER_HAPPENS,
        Property::P10 => &code::TELLS_STRANGERS,
    }
}

fn advice(finding: &Finding) -> String {
    match (&finding.story, finding.property) {
        (Some(story), _) if finding.can_be_waived => story.text.clone(),
        (Some(story), _) => format!("{}; no waiver is good for that", story.text),
        (None, Property::P6) => "delete it, or change what stands before it".to_owned(),
        (None, _) => "change the flow, what it assumes, or where it is bound".to_owned(),
    }
}
