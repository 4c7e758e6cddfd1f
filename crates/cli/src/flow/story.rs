//! `braid flow explain`: what was decided in a login, as a story.

use crate::arguments::ExplainOptions;
use crate::failure::Failure;
use crate::realm::{For, failed, open_store};
use crate::text::{date, shown};
use domain::{CanonicalSubject, FrameId, RealmId, SessionKey, UserId};
use flow_runtime::definition::declaration::Outcome;
use flow_runtime::{Decision, Rest};
use persistence::Store;
use std::collections::BTreeSet;

/// Tells it.
pub(crate) async fn run(options: &ExplainOptions) -> Result<(), Failure> {
    let (store, realm, _) = open_store(&options.realm, For::Reading).await?;
    let realm = realm.policy.realm;
    let login = find(&store, &realm, &options.login).await?;
    let decisions = store.decisions(&realm, login).await.map_err(|error| failed(&error))?;
    println!("the login {login}:");
    let mut told = None;
    for decision in &decisions {
        let head = (decision.frame, date(decision.at));
        if told.as_ref() != Some(&head) {
            let revision: String = decision.revision.0.chars().take(8).collect();
            println!("{}  {} ({revision})", head.1, decision.flow);
            told = Some(head);
        }
        let lines = with_subjects(&store, &realm, lines(decision), decision).await?;
        for line in &lines {
            println!("{}", shown(line));
        }
    }
    let user = decisions.iter().rev().find_map(|decision| decision.user);
    if let Some(user) = user {
        let frames: BTreeSet<FrameId> = decisions.iter().map(|decision| decision.frame).collect();
        for identity in store.identities_of(&realm, user).await.map_err(|error| failed(&error))? {
            if identity.proof.frame().is_some_and(|frame| frames.contains(&frame)) {
                let (id, provider) = (identity.id, &identity.key.provider);
                println!("the identity {id} of {provider} was linked: {}", crate::link::proof(&identity.proof));
            }
        }
    }
    println!("{}", end(&store, &realm, login).await?);
    println!(
        "{}",
        match user {
            Some(user) => format!("it turned out to be {}", subject(&store, &realm, user).await?),
            None => "who it was didn't turn out".to_owned(),
        }
    );
    Ok(())
}

/// How it ended, as long as that is kept.
async fn end(store: &Store, realm: &RealmId, login: SessionKey) -> Result<String, Failure> {
    let Some((session, _)) = store.session(realm, login).await.map_err(|error| failed(&error))? else {
        return Ok("how it ended isn't kept any more".to_owned());
    };
    let is_over = session.expires_at <= server::now();
    Ok(match session.rest {
        Rest::Finished { at, .. } => format!("it ended well, {}", date(at)),
        Rest::Denied { denial, at } => format!("it was refused, {}: {}", date(at), denial.code.as_str()),
        _ if is_over => "it was given up".to_owned(),
        Rest::AtProvider { exchange, .. } => format!("the person is at the provider {}", exchange.provider),
        Rest::Showing(_) | Rest::Consent(_) => "it waits for the person".to_owned(),
    })
}

/// A decision in words, with why.
pub(crate) fn lines(decision: &Decision) -> Vec<String> {
    let name = &decision.name;
    let first = match &decision.condition {
        Some(weighed) => {
            let then = match decision.outcome {
                Outcome::Entered => "it is there",
                Outcome::Attempted => "it isn't there",
                _ => "the login ends",
            };
            format!("  {} > {name}: {then}, because {}", decision.flow, weighed.sentence())
        }
        None => format!("  {} > {name}: {}", decision.flow, decision.outcome.description()),
    };
    let why = decision.reasons.as_ref().map_or_else(Vec::new, flow_runtime::linking::Reasons::lines);
    std::iter::once(first).chain(why.into_iter().map(|line| format!("      {line}"))).collect()
}

/// The same lines, with accounts by their subjects.
async fn with_subjects(
    store: &Store,
    realm: &RealmId,
    mut lines: Vec<String>,
    decision: &Decision,
) -> Result<Vec<String>, Failure> {
    let people = decision.reasons.as_ref().map_or_else(BTreeSet::new, crate::link::accounts);
    for user in people {
        let subject = subject(store, realm, user).await?;
        for line in &mut lines {
            *line = line.replace(&user.to_string(), &subject);
        }
    }
    Ok(lines)
}

async fn subject(store: &Store, realm: &RealmId, user: UserId) -> Result<String, Failure> {
    let found = store.find_user(realm, user).await.map_err(|error| failed(&error))?;
    Ok(found.map_or_else(|| "an account that is gone".to_owned(), |user| user.subject.to_string()))
}

/// The login that somebody means.
async fn find(store: &Store, realm: &RealmId, meant: &str) -> Result<SessionKey, Failure> {
    const REMEDY: &str = "name it by the reference on its page or in the log, or name a subject; old logins are forgotten";
    let none = || Failure::new(format!("nothing is kept of a login “{}”", shown(meant)), REMEDY);
    if let Ok(subject) = CanonicalSubject::parse(meant) {
        let user = store.find_user_by_subject(realm, &subject).await.map_err(|error| failed(&error))?.ok_or_else(none)?;
        return store.newest_login_of(realm, user.id).await.map_err(|error| failed(&error))?.ok_or_else(none);
    }
    let logins = store.decided_logins(realm).await.map_err(|error| failed(&error))?;
    let is_meant = |login: &&SessionKey| login.to_string() == meant || server::reference_of(**login).eq_ignore_ascii_case(meant);
    logins.iter().find(is_meant).copied().ok_or_else(none)
}
