//! `braid flow history`, `show`, `rollback` and `revoke`: what became of a flow, and taking it back.

use super::place::{Place, named};
use crate::arguments::{History, RevisionCommand, Revoke, Rollback, Show};
use crate::failure::Failure;
use crate::realm::{For, by_hand, failed, usable};
use crate::text::{date, shown};
use persistence::StoredRevision;
use server::Change;

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
    let place = Place::open(&options.realm, &options.name, For::Reading).await?;
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
    let (name, wanted) = named(&options.flow);
    let place = Place::open(&options.realm, name, For::Reading).await?;
    let found = place.meant(wanted)?;
    found.document.lines().for_each(|line| println!("{}", shown(line)));
    Ok(())
}

async fn rollback(options: &Rollback) -> Result<(), Failure> {
    let by = by_hand(&options.hand)?;
    let place = Place::open(&options.realm, &options.name, For::Writing).await?;
    let Place { store, realm, name, .. } = &place;
    let Some(over) = &place.in_the_files else {
        let reason = format!("the files have no flow “{name}” any more, so nothing of it serves");
        return Err(Failure::new(reason, "put its file back"));
    };
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
    let place = Place::open(&options.realm, &options.name, For::Writing).await?;
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
