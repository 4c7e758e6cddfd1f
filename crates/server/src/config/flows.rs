//! The flows: those that come with Braid, and those of the folder that the file names.

use super::fields::{At, Fields, closest};
use super::problem::{Place, Problems, Span};
use super::surroundings::{Surroundings, place_of};
use domain::FlowName;
use flow_runtime::flow_test::run_tests;
use flow_runtime::reader::{Diagnostic, MAX_BYTES, Read, SHIPPED, read, read_bytes};
use flow_runtime::{Flow, Purpose};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// All flows by name.
pub(crate) type Flows = BTreeMap<FlowName, Arc<Flow>>;

/// The texts of all flows by name.
pub type Documents = BTreeMap<FlowName, FlowSource>;

/// What a flow was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowSource {
    /// The document.
    pub text: String,
    /// The file, or the version of Braid that the flow came with.
    pub origin: String,
}

/// The shipped flows, and those of the folder.
pub(super) fn flows(root: &mut Fields, around: &Surroundings<'_>, problems: &mut Problems<'_>) -> (Flows, Documents) {
    let (mut flows, mut documents) = match come_with_braid() {
        Ok((flows, documents)) => (flows.clone(), documents.clone()),
        Err(diagnostics) => {
            report(diagnostics, problems);
            (Flows::new(), Documents::new())
        }
    };
    if let Some(folder) = root.optional_text("flows", problems) {
        let read: Vec<(PathBuf, Read)> = documents_of(&folder, around, problems)
            .into_iter()
            .filter_map(|path| add(&path, (&mut flows, &mut documents), around, problems).map(|read| (path, read)))
            .collect();
        for (path, read) in &read {
            play(&path.display().to_string(), read, &flows, problems);
        }
    }
    (flows, documents)
}

/// The flows that come with Braid, read once in a process.
fn come_with_braid() -> &'static Result<(Flows, Documents), Vec<Diagnostic>> {
    static READ: OnceLock<Result<(Flows, Documents), Vec<Diagnostic>>> = OnceLock::new();
    READ.get_or_init(|| {
        let (mut flows, mut documents) = (Flows::new(), Documents::new());
        for shipped in SHIPPED {
            let flow = read(shipped.text, shipped.file)?.flow;
            let origin = concat!("Braid ", env!("CARGO_PKG_VERSION")).to_owned();
            documents.insert(flow.name.clone(), FlowSource { text: shipped.text.to_owned(), origin });
            flows.insert(flow.name.clone(), Arc::new(flow));
        }
        Ok((flows, documents))
    })
}

/// The YAML files of a folder, in the order of their names. Hidden files are none: editors and clusters put theirs beside the real ones.
pub(super) fn documents_in(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let is_hidden = |path: &PathBuf| path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    let is_yaml = |path: &PathBuf| {
        let extension = path.extension();
        !is_hidden(path) && extension.is_some_and(|extension| extension == "yaml" || extension == "yml")
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        paths.extend(Some(entry?.path()).filter(is_yaml));
    }
    paths.sort();
    Ok(paths)
}

fn documents_of(folder: &At<String>, around: &Surroundings<'_>, problems: &mut Problems<'_>) -> Vec<PathBuf> {
    let path = around.path(&folder.value);
    let found = documents_in(&path);
    around.notes.folder(&path, found.as_deref().ok());
    found.unwrap_or_else(|error| {
        let reason = format!("the folder {} can't be read: {error}", path.display());
        problems.at(folder.span, reason, "make the folder, or remove the line: the flows that come with Braid need none");
        Vec::new()
    })
}

/// A flow with a red test doesn't load.
pub(crate) fn play(file: &str, read: &Read, flows: &Flows, problems: &mut Problems<'_>) {
    for result in run_tests(read, flows) {
        if let Some(red) = result.red {
            let reason = format!("the test “{}” is red: expected {}, but it is {}", result.name, red.expected, red.shown);
            problems.in_document(
                file,
                &red.span,
                reason,
                "play the tests with `braid flow test`, and correct the flow or the test".to_owned(),
            );
        }
    }
}

/// Adds a flow document. Gives what was read, if it can be used.
fn add(
    path: &Path,
    (flows, documents): (&mut Flows, &mut Documents),
    around: &Surroundings<'_>,
    problems: &mut Problems<'_>,
) -> Option<Read> {
    let file = path.display().to_string();
    let bytes = match around.read_bytes(path, MAX_BYTES as u64) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            let reason = format!("a flow document has at most {MAX_BYTES} bytes");
            problems.elsewhere(place_of(path), reason, "is this a flow document?");
            return None;
        }
        Err(error) => {
            problems.elsewhere(place_of(path), format!("the flow can't be read: {error}"), "make it readable for Braid");
            return None;
        }
    };
    match read_bytes(&bytes, &file) {
        Ok(read) if flows.contains_key(&read.flow.name) => {
            let reason = format!("there is another flow with the name {}", read.flow.name);
            problems.elsewhere(place_of(path), reason, "give this flow another name (`flow: …`) and use that name in the realm");
            None
        }
        Ok(read) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            documents.insert(read.flow.name.clone(), FlowSource { text, origin: file });
            flows.insert(read.flow.name.clone(), Arc::new(read.flow.clone()));
            Some(read)
        }
        Err(diagnostics) => {
            report(&diagnostics, problems);
            None
        }
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

/// The flow that runs after logins, if one is named. It must be one in which nothing signs in, makes or links anybody.
#[expect(clippy::option_option, reason = "none: what is named can't be used; none within: nothing is named")]
pub(super) fn after_login(fields: &mut Fields, flows: &Flows, problems: &mut Problems<'_>) -> Option<Option<FlowName>> {
    let Some(given) = fields.optional_text("post-login-flow", problems) else { return Some(None) };
    let span = given.span;
    let name = existing(&given, flows, problems)?;
    let mut executions = flows.get(&name).into_iter().flat_map(|flow| flow.authenticators());
    if let Some((_, misplaced)) = executions.find(|(_, kind)| !kind.declaration().has_a_place_in(Purpose::PostLogin)) {
        let reason = format!("the flow “{name}” has `{}`, which does nothing after a login", misplaced.declaration().name);
        problems.at(span, reason, "name a flow of steps such as `terms`, `complete-profile`, `update-password` and `deny`");
        return None;
    }
    Some(Some(name))
}

/// The flow that a key names, if it is there.
#[expect(clippy::option_option, reason = "none: what is named can't be used; none within: nothing is named")]
pub(super) fn maybe(
    fields: &mut Fields,
    key: &'static str,
    flows: &Flows,
    problems: &mut Problems<'_>,
) -> Option<Option<FlowName>> {
    match fields.optional_text(key, problems) {
        None => Some(None),
        Some(given) => existing(&given, flows, problems).map(Some),
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
    match fields.optional_text(key, problems) {
        None => FlowName::parse(default).ok(),
        Some(given) => existing(&given, flows, problems),
    }
}

/// The flow that a key names, if it is there.
pub(super) fn named_if_given(
    fields: &mut Fields,
    key: &'static str,
    flows: &Flows,
    problems: &mut Problems<'_>,
) -> Option<FlowName> {
    fields.optional_text(key, problems).and_then(|given| existing(&given, flows, problems))
}

fn existing(given: &At<String>, flows: &Flows, problems: &mut Problems<'_>) -> Option<FlowName> {
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
