//! `braid flow history`, `show`, `rollback` and `revoke`: what became of a flow, and taking it back.

use crate::arguments::{History, InRealm, RevisionCommand, Revoke, Rollback, Show};
use crate::failure::Failure;
use crate::realm::{by_hand, failed, open_store, usable};
use crate::text::{date, shown};
use domain::{FlowName, RealmId};
use flow_runtime::Revision;
use persistence::{FlowState, Store, StoredRevision};
use server::config::Documents;
use server::{Change, RealmSettings};
use std::sync::Arc;

/// When running nodes learn of it.
const SOON: &str = "Nodes that serve know it within a second, and each login at its next step.";

/// What the command says.
pub(crate) async fn run(command: RevisionCommand) -> Result<(), Failure> {
    match command {
        RevisionCommand::History(options) => history(&options).await,
        RevisionCommand::Show(options) => show(&options).await,
        RevisionCommand::Rollback(options) => rollback(&options).await,
        RevisionCommand::Revoke(options) => revoke(&options).await,
    }
}

async fn history(options: &History) -> Result<(), Failure> {
    let place = Place::open(&options.realm, &options.name).await?;
    let acts = place.store.flow_history(&place.realm, &place.name).await.map_err(|error| failed(&error))?;
    println!("{}, newest first:", place.name);
    for act in acts.iter().rev() {
        println!("  {}  {:<14} {}  by {}: {}", date(act.at), act.act, act.revision.0, shown(&act.by), shown(&act.reason));
    }
    for revision in place.revisions.iter().filter(|revision| revision.revoked.is_some()) {
        println!("revoked: {} {}", revision.revision.0, shown(revision.revoked.as_deref().unwrap_or_default()));
    }
    match (&place.in_the_files, place.serves()) {
        (Some(files), Some(serves)) if *files != serves => {
            println!("serves: {}, because it was rolled back; the files say {}", serves.0, files.0);
        }
        (Some(_), Some(serves)) => println!("serves: {}, as the files say", serves.0),
        _ => println!("serves: nothing; the files have no such flow any more"),
    }
    Ok(())
}

async fn show(options: &Show) -> Result<(), Failure> {
    let (name, wanted) = match options.flow.split_once('@') {
        Some((name, wanted)) => (name, Some(wanted)),
        None => (options.flow.as_str(), None),
    };
    let place = Place::open(&options.realm, name).await?;
    let found = match (wanted, place.serves()) {
        (Some(wanted), _) => place.find(wanted)?,
        (None, Some(serves)) => place.find(&serves.0)?,
        (None, None) => return Err(place.unknown("serves nothing")),
    };
    found.document.lines().for_each(|line| println!("{}", shown(line)));
    Ok(())
}

async fn rollback(options: &Rollback) -> Result<(), Failure> {
    let by = by_hand(&options.hand)?;
    let place = Place::open(&options.realm, &options.name).await?;
    let Place { store, realm, name, .. } = &place;
    let Some(over) = &place.in_the_files else { return Err(place.unknown("isn't in the files any more")) };
    let Some(wanted) = &options.revision else {
        if !store.release_flow(realm, name, over, &by, server::now()).await.map_err(|error| failed(&error))? {
            return Err(Failure::new(format!("“{name}” isn't rolled back"), "see `braid flow history`"));
        }
        println!("{name} serves what the files say again. {SOON}");
        return Ok(());
    };
    let to = place.find(wanted)?;
    if to.revoked.is_some() {
        let remedy = format!("allow it again first: `braid flow revoke {name} {} --lift`", to.revision.0);
        return Err(Failure::new(format!("the revision {} was revoked", to.revision.0), remedy));
    }
    if to.revision == *over {
        let remedy = "to end an earlier roll-back, use `--release`";
        return Err(Failure::new(format!("the files say the revision {} already", over.0), remedy));
    }
    let readable = flow_runtime::reader::read(&to.document, &to.origin).is_ok_and(|read| read.flow.revision == to.revision);
    if !readable {
        let reason = format!("this version of Braid can't use the revision {}", to.revision.0);
        return Err(Failure::new(reason, "print it with `braid flow show`, and mend it in the files"));
    }
    usable((store, &place.settings, &place.documents), Change::RollBack { over, to }).await?;
    let kept = store.roll_back_flow(realm, name, (over, &to.revision), &by, server::now()).await;
    kept.map_err(|error| failed(&error))?;
    println!("{name} serves {}, wherever the files say {}. {SOON}", to.revision.0, over.0);
    println!("Another change of its file ends that, and so does `braid flow rollback {name} --release`.");
    Ok(())
}

async fn revoke(options: &Revoke) -> Result<(), Failure> {
    let by = by_hand(&options.hand)?;
    let place = Place::open(&options.realm, &options.name).await?;
    let Place { store, realm, name, .. } = &place;
    let serves = place.serves();
    let chosen: Vec<&StoredRevision> = match &options.revision {
        Some(wanted) => vec![place.find(wanted)?],
        None => {
            place.revisions.iter().filter(|found| Some(&found.revision) != serves.as_ref() && found.revoked.is_none()).collect()
        }
    };
    if chosen.is_empty() {
        return Err(Failure::new(
            format!("“{name}” has no other revision than the one that serves"),
            "name a revision to revoke",
        ));
    }
    for StoredRevision { revision, .. } in chosen {
        if options.lift {
            let lifted = store.allow_flow(realm, (name, revision), &by, server::now()).await.map_err(|error| failed(&error))?;
            if !lifted {
                return Err(Failure::new(format!("the revision {} wasn't revoked", revision.0), "see `braid flow history`"));
            }
            println!("logins may run {} again. {SOON}", revision.0);
            continue;
        }
        if Some(revision) == serves.as_ref() {
            let remedy =
                format!("change its file, or serve another revision with `braid flow rollback {name}`, and revoke it then");
            return Err(Failure::new(format!("the revision {} serves now: nobody could sign in", revision.0), remedy));
        }
        if !store.revoke_flow(realm, (name, revision), &by, server::now()).await.map_err(|error| failed(&error))? {
            return Err(Failure::new(format!("the revision {} is revoked already", revision.0), "see `braid flow history`"));
        }
        println!("no login runs {} any more. {SOON}", revision.0);
    }
    Ok(())
}

/// A flow in a realm, as the files and the database have it.
struct Place {
    store: Store,
    settings: RealmSettings,
    documents: Arc<Documents>,
    realm: RealmId,
    name: FlowName,
    revisions: Vec<StoredRevision>,
    in_the_files: Option<Revision>,
    state: FlowState,
}

impl Place {
    /// The database alone: a flow that can't be used keeps a realm from being opened, and this is how it is taken back.
    async fn open(of: &InRealm, name: &str) -> Result<Self, Failure> {
        let (store, settings, documents) = open_store(of).await?;
        let realm = settings.policy.realm.clone();
        let name = FlowName::parse(name).map_err(|error| Failure::caused(&error, "write it as after `flow:` in its file"))?;
        let revisions = store.flow_revisions(&realm, &name).await.map_err(|error| failed(&error))?;
        let state = store.flow_state(&realm).await.map_err(|error| failed(&error))?;
        let in_the_files = settings.policy.flows.get(&name).map(|flow| flow.revision.clone());
        let place = Self { store, settings, documents, realm, name, revisions, in_the_files, state };
        if place.revisions.is_empty() { Err(place.unknown("was never applied")) } else { Ok(place) }
    }

    /// What new logins begin with.
    fn serves(&self) -> Option<Revision> {
        let files = self.in_the_files.as_ref()?;
        Some(self.state.rollbacks.get(files).unwrap_or(files).clone())
    }

    /// The one revision that begins like this.
    fn find(&self, wanted: &str) -> Result<&StoredRevision, Failure> {
        let mut found = self.revisions.iter().filter(|found| found.revision.0.starts_with(wanted));
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            (Some(_), Some(_)) => {
                Err(Failure::new(format!("several revisions begin with “{}”", shown(wanted)), "write more of it"))
            }
            (None, _) => {
                let reason = format!("“{}” was never in a revision “{}” in the realm “{}”", self.name, shown(wanted), self.realm);
                Err(Failure::new(reason, format!("choose one that `braid flow history {}` names", self.name)))
            }
        }
    }

    fn unknown(&self, why: &str) -> Failure {
        let reason = format!("the flow “{}” {why} in the realm “{}”", self.name, self.realm);
        Failure::new(reason, "check its name, and that `braid serve` has run with it")
    }
}
