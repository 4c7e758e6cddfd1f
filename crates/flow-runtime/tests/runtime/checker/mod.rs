//! The checker: what it accepts does no harm, and what it rejects does.

mod findings;
mod growth;
mod joins;
mod mutants;
mod reviewed;
mod second_factor;
mod shipped;
mod together;

use flow_runtime::Flow;
use flow_runtime::checker::{Checked, Finding, Property};
use flow_runtime::reader::{Read, read};

/// Reads a flow that must be readable.
fn readable(text: &str) -> Read {
    read(text, "test.yaml").unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// The only finding of this property.
fn found(checked: &Checked, property: Property) -> &Finding {
    let of_it: Vec<_> = checked.findings.iter().filter(|finding| finding.property == property).collect();
    match of_it.as_slice() {
        [one] => one,
        other => panic!("{other:#?}"),
    }
}

fn story(finding: &Finding) -> &str {
    finding.story.as_ref().map_or("", |story| &story.text)
}

/// The flows that come with Braid, but for those that carry waivers.
fn safe() -> Vec<Flow> {
    let flows = flow_runtime::reader::shipped().unwrap();
    flows.into_values().filter(|flow| flow.waivers.is_empty()).collect()
}
