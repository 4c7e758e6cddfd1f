//! A flow in a realm, and which of its revisions somebody means.

use crate::arguments::InRealm;
use crate::failure::Failure;
use crate::realm::{For, failed, open_store};
use crate::text::{date, shown};
use domain::{FlowName, RealmId};
use flow_runtime::Revision;
use flow_runtime::reader::instead_of;
use persistence::{FlowState, Store, StoredRevision};
use server::RealmSettings;
use server::config::Documents;
use std::sync::Arc;

/// The most revisions that are listed where one has to be chosen.
const MOST_LISTED: usize = 10;

/// A flow in a realm, as the files and the database have it.
pub(super) struct Place {
    pub(super) store: Store,
    pub(super) settings: RealmSettings,
    pub(super) documents: Arc<Documents>,
    pub(super) realm: RealmId,
    pub(super) name: FlowName,
    /// Oldest first.
    pub(super) revisions: Vec<StoredRevision>,
    pub(super) in_the_files: Option<Revision>,
    state: FlowState,
}

/// The name, and the beginning of a revision after an `@`, if there is one.
pub(super) fn named(text: &str) -> (&str, Option<&str>) {
    text.split_once('@').map_or((text, None), |(name, revision)| (name, Some(revision)))
}

impl Place {
    /// The database alone: a flow that can't be used keeps a realm from being opened, and this is how it is taken back.
    pub(super) async fn open(of: &InRealm, name: &str, purpose: For) -> Result<Self, Failure> {
        let (store, settings, documents) = open_store(of, purpose).await?;
        let realm = settings.policy.realm.clone();
        let name = FlowName::parse(name).map_err(|error| Failure::caused(&error, "write it as after `flow:` in its file"))?;
        let revisions = store.flow_revisions(&realm, &name).await.map_err(|error| failed(&error))?;
        if revisions.is_empty() {
            let known = store.flow_heads(&realm).await.map_err(|error| failed(&error))?;
            return Err(never_applied(&realm, &name, known.keys()));
        }
        let state = store.flow_state(&realm).await.map_err(|error| failed(&error))?;
        let in_the_files = settings.policy.flows.get(&name).map(|flow| flow.revision.clone());
        Ok(Self { store, settings, documents, realm, name, revisions, in_the_files, state })
    }

    /// What new logins begin with.
    pub(super) fn serves(&self) -> Option<Revision> {
        let files = self.in_the_files.as_ref()?;
        Some(self.state.rollbacks.get(files).unwrap_or(files).clone())
    }

    /// The one revision that begins like this, or without a beginning the one that serves.
    pub(super) fn meant(&self, wanted: Option<&str>) -> Result<&StoredRevision, Failure> {
        match (wanted, self.serves()) {
            (Some(wanted), _) => self.find(wanted),
            (None, Some(serves)) => self.find(&serves.0),
            (None, None) => {
                let reason = format!("the flow “{}” serves nothing in the realm “{}”", self.name, self.realm);
                Err(Failure::new(reason, format!("the files have no such flow any more; {}", listed(self.revisions.iter()))))
            }
        }
    }

    /// The one revision that begins like this.
    pub(super) fn find(&self, wanted: &str) -> Result<&StoredRevision, Failure> {
        if wanted.is_empty() {
            let reason = format!("no revision of “{}” is named", self.name);
            return Err(Failure::new(reason, format!("write at least the first character; {}", listed(self.revisions.iter()))));
        }
        let found: Vec<&StoredRevision> = self.revisions.iter().filter(|found| found.revision.0.starts_with(wanted)).collect();
        match found.as_slice() {
            [one] => Ok(one),
            [] => {
                let reason = format!("“{}” was never in a revision “{}” in the realm “{}”", self.name, shown(wanted), self.realm);
                let known: Vec<&str> = self.revisions.iter().map(|known| known.revision.0.as_str()).collect();
                Err(Failure::new(reason, format!("{}{}", near(wanted, &known), listed(self.revisions.iter()))))
            }
            several => {
                let reason = format!("several revisions of “{}” begin with “{}”", self.name, shown(wanted));
                Err(Failure::new(reason, format!("write more of it; {}", listed(several.iter().copied()))))
            }
        }
    }
}

/// The realm never had the flow; these are those that it had.
fn never_applied<'a>(realm: &RealmId, name: &FlowName, known: impl Iterator<Item = &'a FlowName>) -> Failure {
    let reason = format!("the flow “{name}” was never applied in the realm “{realm}”");
    let known: Vec<&str> = known.map(FlowName::as_str).collect();
    let near = if known.is_empty() { String::new() } else { format!("; {}", instead_of(name.as_str(), &known)) };
    Failure::new(reason, format!("check its name, and that `braid serve` has run with it{near}"))
}

/// The beginning of a revision that was meant, where it was mistyped; else nothing.
fn near(wanted: &str, known: &[&str]) -> String {
    let length = wanted.chars().count().max(4);
    let beginnings: Vec<String> = known.iter().map(|known| known.chars().take(length).collect()).collect();
    let near = instead_of(wanted, &beginnings.iter().map(String::as_str).collect::<Vec<_>>());
    if near.starts_with("did") { format!("{near} ") } else { String::new() }
}

/// The newest of these, with when they were first applied.
fn listed<'a>(revisions: impl DoubleEndedIterator<Item = &'a StoredRevision> + ExactSizeIterator) -> String {
    let more = revisions.len().saturating_sub(MOST_LISTED);
    let named = revisions.rev().take(MOST_LISTED).map(|known| format!("{} ({})", known.revision.0, date(known.created_at)));
    let more = if more == 0 { String::new() } else { format!(", and {more} older ones") };
    format!("the revisions are {}{more}", named.collect::<Vec<_>>().join(", "))
}
