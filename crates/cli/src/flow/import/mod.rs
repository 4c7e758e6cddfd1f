//! `braid flow import-keycloak`: flows of a realm that Keycloak exported, and what is different about them here.

mod known;
mod purpose;
mod realm;
mod report;
#[cfg(test)]
mod tests;
mod translate;
mod yaml;

use super::diff::changes;
use crate::arguments::{ImportOptions, OutputFormat};
use flow_runtime::reader::{SHIPPED, read};
use purpose::{Served, served};
use realm::{Flow, MOST_BYTES, Realm};
use report::{Binding, Difference, Effect, FlowReport, Outcome, Report};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use translate::{Translated, Translation};
use yaml::{Document, Item, on_one_line, slug};

/// A file to be written: the flow's name, and its text.
type Files = BTreeMap<String, String>;

/// Runs the command. It exits with 0 if the flows can be used, with 1 if somebody must look first, and with 2 if nothing could be read or written.
pub(super) fn run(options: &ImportOptions) -> ExitCode {
    match import(options) {
        Ok(report) => {
            let folder = options.out.as_ref().map(|folder| folder.display().to_string());
            let text = match options.format {
                OutputFormat::Text => report.text(folder.as_deref()),
                OutputFormat::Json => serde_json::to_string_pretty(&report).map(|text| format!("{text}\n")).unwrap_or_default(),
            };
            // Whoever reads the output has gone away; there is nobody to tell.
            if std::io::stdout().lock().write_all(text.as_bytes()).is_err() {
                return ExitCode::from(2);
            }
            ExitCode::from(u8::from(report.needs_a_look()))
        }
        Err(problem) => {
            eprintln!("{}: {}", on_one_line(&options.file.display().to_string()), on_one_line(&problem));
            ExitCode::from(2)
        }
    }
}

fn import(options: &ImportOptions) -> Result<Report, String> {
    let size = std::fs::metadata(&options.file).map_err(|error| format!("it can't be opened: {error}"))?.len();
    if size > MOST_BYTES {
        return Err(format!("it has more than {} MiB; export the realm without its users", MOST_BYTES / 1024 / 1024));
    }
    let bytes = std::fs::read(&options.file).map_err(|error| format!("it can't be read: {error}"))?;
    let realm = Realm::read(&bytes)?;
    let (report, files) = translated(&realm, options.alias.as_deref())?;
    if let Some(folder) = &options.out {
        write(folder, &files)?;
    }
    Ok(report)
}

/// Every flow of a realm, or the one with this alias.
fn translated(realm: &Realm, alias: Option<&str>) -> Result<(Report, Files), String> {
    let flows: Vec<&Flow> =
        realm.authentication_flows.iter().filter(|flow| alias.map_or(flow.top_level, |alias| flow.alias == alias)).collect();
    if flows.is_empty() {
        return Err(format!("it has no flow “{}”", alias.unwrap_or_default()));
    }
    let mut files = Files::new();
    let mut report = Report { realm: realm.realm.clone().unwrap_or_default(), flows: Vec::new(), bindings: Vec::new() };
    for flow in flows {
        let served = served(realm, flow);
        let one = one_flow(realm, flow, &served, &mut files);
        if let Some(name) = &one.flow {
            report.bindings.extend(served.keys.iter().map(|(of, key)| Binding {
                of: of.clone(),
                key: key.clone(),
                flow: name.clone(),
            }));
        }
        report.flows.push(one);
    }
    Ok((report, files))
}

fn one_flow(realm: &Realm, flow: &Flow, served: &Served, files: &mut Files) -> FlowReport {
    let report = |flow_name, result, differences| FlowReport {
        alias: flow.alias.clone(),
        served: served.places.clone(),
        flow: flow_name,
        result,
        differences,
    };
    let purpose = match served.purpose {
        Ok(purpose) => purpose,
        Err((keycloak, braid, remedy)) => {
            let (keycloak, braid, remedy) = (keycloak.to_owned(), braid.to_owned(), remedy.to_owned());
            let why = Difference { execution: String::new(), effect: Effect::LeftOut, keycloak, braid, remedy };
            return report(None, Outcome::NoEqual, vec![why]);
        }
    };
    let mut translation = Translation::new(realm, purpose);
    let Translated { mut level, passes } = translation.level(flow, "", false);
    for client in &served.clients {
        let keycloak = format!("serves the client `{client}` only");
        let remedy = "if other people may not use this flow, give the client a realm of its own";
        translation.say("", Effect::Differs, &keycloak, "has one login page for all clients of a realm", remedy);
    }
    translation.finish_top(&mut level, passes, served.is_the_login_page);
    let Translation { mut differences, mut needs_work, .. } = translation;
    let description = flow.description.as_deref().map(on_one_line).filter(|text| !text.is_empty());
    let mut document = Document { name: String::new(), description, remarks: Vec::new(), level };
    let (name, comes_with_braid) = named(&mut document, &flow.alias, files);
    if name != flow.alias {
        let braid = format!("the flow is called `{name}`");
        differences.push(Difference { effect: Effect::Renamed, braid, ..nothing() });
    }
    if comes_with_braid {
        return report(Some(name), Outcome::ComesWithBraid, differences);
    }
    document.remarks = remarks(&flow.alias, &differences);
    let text = document.text();
    if let Err(problems) = read(&text, &format!("{name}.yaml")) {
        needs_work = true;
        for problem in problems {
            let braid = format!("refuses the file: {} (line {})", problem.message, problem.span.line);
            differences.push(Difference { braid, remedy: problem.help.unwrap_or_default(), ..nothing() });
        }
    }
    files.insert(name.clone(), text);
    report(Some(name), if needs_work { Outcome::NeedsWork } else { Outcome::Usable }, differences)
}

fn nothing() -> Difference {
    let (keycloak, braid, remedy) = (String::new(), String::new(), String::new());
    Difference { execution: String::new(), effect: Effect::Differs, keycloak, braid, remedy }
}

/// Gives the document a name that no other flow has, and says whether it is then one that comes with Braid.
fn named(document: &mut Document, alias: &str, files: &Files) -> (String, bool) {
    let slug = slug(alias);
    let numbered = (2..).map(|number| format!("keycloak-{slug}-{number}"));
    for name in [slug.clone(), format!("keycloak-{slug}")].into_iter().chain(numbered) {
        document.name.clone_from(&name);
        let shipped = SHIPPED.iter().filter_map(|shipped| read(shipped.text, shipped.file).ok());
        match shipped.into_iter().find(|shipped| shipped.flow.name.as_str() == name) {
            Some(shipped) => {
                let own = read(&document.text(), &name).ok();
                // What it waives is no part of what it does.
                if own.is_some_and(|own| changes(&own.outline, &shipped.outline).is_empty()) {
                    return (name, true);
                }
            }
            None if !files.contains_key(&name) => break,
            None => {}
        }
    }
    (document.name.clone(), false)
}

/// What a reader of the file must know without the report.
fn remarks(alias: &str, differences: &[Difference]) -> Vec<String> {
    let mut remarks = vec![format!("Made of Keycloak's flow “{alias}”.")];
    let laxer = differences.iter().filter(|difference| difference.effect == Effect::Laxer);
    remarks.extend(
        laxer.map(|it| format!("LESS SAFE than there: Keycloak {}; Braid {}. ({})", it.keycloak, it.braid, it.execution)),
    );
    remarks
}

/// Writes the files, or none: what is there already is never overwritten.
fn write(folder: &Path, files: &Files) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("the folder {} can't be made: {error}", folder.display()))?;
    let path = |name: &String| folder.join(format!("{name}.yaml"));
    if let Some(there) = files.keys().map(path).find(|path| path.exists()) {
        return Err(format!("{} is there already; nothing was written", there.display()));
    }
    for (name, text) in files {
        let path = path(name);
        std::fs::write(&path, text).map_err(|error| format!("{} can't be written: {error}", path.display()))?;
    }
    Ok(())
}

impl Translation<'_> {
    /// What holds for a whole flow only.
    fn finish_top(&mut self, level: &mut yaml::Level, passes: bool, is_the_login_page: bool) {
        let is_enabled = level.items.iter().any(Item::is_enabled);
        if !is_enabled && self.purpose == known::Purpose::AfterProvider {
            level.succeeds_when_empty = true;
        } else if !is_enabled {
            let braid = if passes { "knows nobody after that" } else { "has nothing left to run" };
            self.say("", Effect::Stricter, "", braid, "list what this flow should do");
            self.needs_work = true;
        }
        if is_the_login_page && self.realm.asks_new_accounts("CONFIGURE_TOTP") {
            let keycloak = "has every new account set up an authenticator application (`CONFIGURE_TOTP` is a default action)";
            let braid = "asks nobody for one, but where a flow has `set-up-one-time-code`";
            let remedy = "put `one-time-code` and `set-up-one-time-code` behind the sign-in, as docs/flows.md shows it";
            self.say("", Effect::Laxer, keycloak, braid, remedy);
        }
        let required = level.items.iter().any(translate::is_required);
        if is_the_login_page && is_enabled && !required {
            for way in translate::ways_of_the_login_page(self.realm) {
                if let Item::Authenticator { name, .. } = &way {
                    let braid = format!("the link of the login page is an execution, `{name}`; it was added at the end");
                    self.say("", Effect::Differs, "has a switch of the realm for it", &braid, "");
                }
                level.items.push(way);
            }
        }
        if self.purpose == known::Purpose::Login && !required {
            self.ask_everybody_for_the_second_factor(level);
        }
    }
}
