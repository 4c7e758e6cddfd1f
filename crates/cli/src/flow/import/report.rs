//! What became of a realm's flows, for people and for programs.

use super::yaml::on_one_line;
use serde::Serialize;
use std::fmt::Write as _;

/// What an import came to.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// The realm.
    pub(super) realm: String,
    /// The flows that were looked at.
    pub(super) flows: Vec<FlowReport>,
    /// What goes into `braid.yaml`, so that the flows serve what they served in Keycloak.
    pub(super) bindings: Vec<Binding>,
}

/// What became of one flow.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct FlowReport {
    /// Its alias in Keycloak.
    pub(super) alias: String,
    /// What it served there.
    pub(super) served: Vec<String>,
    /// Its name in Braid, if there is such a flow.
    pub(super) flow: Option<String>,
    /// How it can be used.
    pub(super) result: Outcome,
    /// What has no equal, or means something else.
    pub(super) differences: Vec<Difference>,
}

/// How a flow can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    /// It is the same as one that comes with Braid, so there is no file.
    ComesWithBraid,
    /// It can be used.
    Usable,
    /// Its file can't be used before somebody has changed it.
    NeedsWork,
    /// Braid has nothing that it could be.
    NoEqual,
}

/// One thing that isn't as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Difference {
    /// Where, from the flow's top.
    pub(super) execution: String,
    /// Which way it changed.
    pub(super) effect: Effect,
    /// What Keycloak does.
    pub(super) keycloak: String,
    /// What Braid does instead.
    pub(super) braid: String,
    /// What to do about it.
    pub(super) remedy: String,
}

/// Which way something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Effect {
    /// Something is asked less often, or not at all.
    Laxer,
    /// Something is asked more often, or refused.
    Stricter,
    /// It is done in another way.
    Differs,
    /// It isn't there, and nobody is let in or kept out by that.
    LeftOut,
    /// It has another name.
    Renamed,
}

/// A line for `braid.yaml`.
#[derive(Debug, Serialize)]
pub(super) struct Binding {
    /// What the flow serves: the realm, or a provider.
    pub(super) of: String,
    /// The key.
    pub(super) key: String,
    /// The flow.
    pub(super) flow: String,
}

impl Report {
    /// Whether somebody must look before the flows are used.
    pub(super) fn needs_a_look(&self) -> bool {
        let laxer = |difference: &Difference| difference.effect == Effect::Laxer;
        self.flows.iter().any(|flow| flow.result == Outcome::NeedsWork || flow.differences.iter().any(laxer))
    }

    /// For people. The files are where the flows were written, by their names in Braid.
    pub(super) fn text(&self, folder: Option<&str>) -> String {
        let mut text = format!("Realm {}\n", on_one_line(&self.realm));
        for flow in &self.flows {
            let _ = write!(text, "\n{}", flow.text(folder));
        }
        if !self.bindings.is_empty() {
            text.push_str("\nFor braid.yaml\n");
            for binding in &self.bindings {
                let _ = writeln!(text, "  {}: `{}: {}`", on_one_line(&binding.of), binding.key, binding.flow);
            }
        }
        let count = |wanted: &[Outcome]| self.flows.iter().filter(|flow| wanted.contains(&flow.result)).count();
        let _ = write!(
            text,
            "\n{} of {} flows can be used, {} need work, {} have no equal\n",
            count(&[Outcome::Usable, Outcome::ComesWithBraid]),
            self.flows.len(),
            count(&[Outcome::NeedsWork]),
            count(&[Outcome::NoEqual])
        );
        if folder.is_none() {
            text.push_str("nothing was written; `--out FOLDER` writes the files\n");
        }
        text
    }
}

impl FlowReport {
    fn text(&self, folder: Option<&str>) -> String {
        let name = self.flow.as_deref().unwrap_or_default();
        let became = match self.result {
            Outcome::ComesWithBraid => format!("is `{name}`, which comes with Braid"),
            Outcome::Usable => format!("becomes {}", file(name, folder)),
            Outcome::NeedsWork => format!("becomes {}, which can't be used as it is", file(name, folder)),
            Outcome::NoEqual => "has no equal".to_owned(),
        };
        let served = if self.served.is_empty() { String::new() } else { format!(" ({})", on_one_line(&self.served.join(", "))) };
        let mut text = format!("{}{served}: {became}\n", on_one_line(&self.alias));
        let mut differences: Vec<&Difference> = self.differences.iter().collect();
        differences.sort_by_key(|difference| difference.effect);
        for difference in differences {
            let place = if difference.execution.is_empty() { String::new() } else { format!(" {}", difference.execution) };
            let _ = writeln!(text, "  {}:{place}", difference.effect.in_words());
            for (who, what) in [("Keycloak", &difference.keycloak), ("Braid", &difference.braid), ("do", &difference.remedy)] {
                if !what.is_empty() {
                    let _ = writeln!(text, "    {who}: {}", on_one_line(what));
                }
            }
        }
        text
    }
}

fn file(name: &str, folder: Option<&str>) -> String {
    folder.map_or_else(|| format!("{name}.yaml"), |folder| format!("{folder}/{name}.yaml"))
}

impl Effect {
    fn in_words(self) -> &'static str {
        match self {
            Self::Laxer => "LESS SAFE",
            Self::Stricter => "stricter",
            Self::Differs => "differs",
            Self::LeftOut => "left out",
            Self::Renamed => "renamed",
        }
    }
}
