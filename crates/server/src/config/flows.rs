//! The flows: those that come with Braid, and those of the folder that the file names.

use super::fields::{At, Fields, closest};
use super::problem::{Place, Problems, Span};
use super::surroundings::{Surroundings, place_of};
use domain::FlowName;
use flow_runtime::Flow;
use flow_runtime::reader::{Diagnostic, MAX_BYTES, read_bytes, shipped};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// All flows by name.
pub(super) type Flows = BTreeMap<FlowName, Arc<Flow>>;

/// The shipped flows, and those of the folder.
pub(super) fn flows(root: &mut Fields, around: &Surroundings<'_>, problems: &mut Problems<'_>) -> Flows {
    let mut flows: Flows = match shipped() {
        Ok(flows) => flows.into_iter().map(|(name, flow)| (name, Arc::new(flow))).collect(),
        Err(diagnostics) => {
            report(&diagnostics, problems);
            Flows::new()
        }
    };
    if let Some(folder) = root.optional_text("flows", problems) {
        for path in documents(&folder, around, problems) {
            add(&path, &mut flows, problems);
        }
    }
    flows
}

/// The YAML files of the folder, in the order of their names.
fn documents(folder: &At<String>, around: &Surroundings<'_>, problems: &mut Problems<'_>) -> Vec<PathBuf> {
    let path = around.path(&folder.value);
    let entries = match std::fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) => {
            let reason = format!("the folder {} can't be read: {error}", path.display());
            problems.at(folder.span, reason, "make the folder, or remove the line: the flows that come with Braid need none");
            return Vec::new();
        }
    };
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_yaml).collect();
    paths.sort();
    paths
}

fn add(path: &Path, flows: &mut Flows, problems: &mut Problems<'_>) {
    let file = path.display().to_string();
    let length = std::fs::metadata(path).map(|metadata| metadata.len());
    if length.is_ok_and(|length| length > MAX_BYTES as u64) {
        problems.elsewhere(place_of(path), format!("a flow document has at most {MAX_BYTES} bytes"), "is this a flow document?");
        return;
    }
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            problems.elsewhere(place_of(path), format!("the flow can't be read: {error}"), "make it readable for Braid");
            return;
        }
    };
    match read_bytes(&bytes, &file) {
        Ok(read) if flows.contains_key(&read.flow.name) => {
            let reason = format!("there is another flow with the name {}", read.flow.name);
            problems.elsewhere(place_of(path), reason, "give this flow another name (`flow: …`) and use that name in the realm");
        }
        Ok(read) => {
            flows.insert(read.flow.name.clone(), Arc::new(read.flow));
        }
        Err(diagnostics) => report(&diagnostics, problems),
    }
}

fn report(diagnostics: &[Diagnostic], problems: &mut Problems<'_>) {
    for diagnostic in diagnostics {
        let Diagnostic { code, file, message, span, help, .. } = diagnostic;
        let place = Span { line: span.line, column: span.column, length: span.length };
        let remedy = help.clone().unwrap_or_else(|| code.explanation.to_owned());
        problems.elsewhere(Place::In { file: file.clone(), span: place }, format!("{message} [{}]", code.id), remedy);
    }
}

/// The flow that a key names, or the default.
pub(super) fn named(
    fields: &mut Fields,
    key: &'static str,
    default: &str,
    flows: &Flows,
    problems: &mut Problems<'_>,
) -> Option<FlowName> {
    let Some(given) = fields.optional_text(key, problems) else { return FlowName::parse(default).ok() };
    let name = FlowName::parse(&given.value).ok().filter(|name| flows.contains_key(name));
    if name.is_none() {
        let known: Vec<&str> = flows.keys().map(FlowName::as_str).collect();
        let remedy = match closest(&given.value, &known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}; `flows:` names a folder with more", super::fields::one_of(&known)),
        };
        problems.at(given.span, format!("there is no flow “{}”", super::fields::short(&given.value)), remedy);
    }
    name
}
