//! What the checker proves of a flow: by itself, or as a realm has it bound.

use flow_runtime::checker::{Binding, Checked, bindings, check, check_flow, never_happens};
use flow_runtime::reader::{Diagnostic, Read};
use server::{RealmSettings, config};
use std::path::Path;
use std::sync::Arc;

/// What was proved of one flow.
#[derive(Debug, Default)]
pub(super) struct Proved {
    /// What is broken, or waived in vain.
    pub(super) problems: Vec<Diagnostic>,
    /// What is waived, and why, a line each.
    pub(super) waived: Vec<String>,
    /// In how many settings.
    pub(super) settings: usize,
    /// How many states were visited.
    pub(super) states: usize,
}

/// Realms whose bindings are checked. None at all: a flow is checked by itself.
pub(super) struct Realms(Vec<RealmSettings>);

impl Realms {
    /// No realm.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// The realms of a configuration.
    pub(super) fn of(file: &Path) -> Result<Self, config::ConfigError> {
        config::load(file).map(|settings| Self(settings.realms))
    }

    /// What is proved of a flow that was just read.
    pub(super) fn prove(&self, read: &Read, file: &str) -> Proved {
        let mut proved = Proved::default();
        if self.0.is_empty() {
            proved.add(&check_flow(&read.flow), "", read, file);
        }
        for realm in &self.0 {
            let flow = Arc::new(read.flow.clone());
            let mut policy = realm.policy.clone();
            policy.flows.insert(flow.name.clone(), Arc::clone(&flow));
            let bound: Vec<Binding> = bindings(&policy).into_iter().filter(|binding| binding.flow == flow.name).collect();
            if !bound.is_empty() {
                proved.add(&never_happens(&flow), "", read, file);
            }
            for binding in bound {
                let place = named(&policy.realm.to_string(), &binding);
                proved.add(&check(&policy, &binding), &place, read, file);
            }
        }
        proved
    }
}

impl Proved {
    fn add(&mut self, checked: &Checked, place: &str, read: &Read, file: &str) {
        self.settings += checked.settings;
        self.states += checked.states;
        for problem in checked.diagnostics(read, file) {
            let message = format!("{}{place}", problem.message);
            let same = |other: &Diagnostic| (other.code, other.span) == (problem.code, problem.span);
            let known = self.problems.iter().any(|other| same(other) && other.message.starts_with(&problem.message));
            if !known {
                self.problems.push(Diagnostic { message, ..problem });
            }
        }
        for (waiver, finding) in &checked.waived {
            let line = format!("{} at `{}` is waived: {}. {}", waiver.property, waiver.path, finding.message, waiver.reason);
            if !self.waived.contains(&line) {
                self.waived.push(line);
            }
        }
    }
}

/// Where a flow is bound, for messages.
fn named(realm: &str, binding: &Binding) -> String {
    let provider = binding.provider.as_ref().map(|alias| format!(", provider `{alias}`")).unwrap_or_default();
    let client = binding.client.as_ref().map(|id| format!(", client `{id}`")).unwrap_or_default();
    format!(" (realm `{realm}`{provider}{client})")
}

/// How long something took, for people.
pub(super) fn took(time: std::time::Duration) -> String {
    format!("{}.{} s", time.as_secs(), time.subsec_millis() / 100)
}
