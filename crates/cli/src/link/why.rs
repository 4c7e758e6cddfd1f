//! `braid link why`: why identities belong to an account.

use super::{decisions, words};
use crate::arguments::Why;
use crate::failure::Failure;
use crate::identity::{identity_id, not_there};
use crate::realm::{For, failed, open_account};
use crate::text::{date, shown};

/// Says it, for one identity or for all.
pub(super) async fn run(asked: &Why) -> Result<(), Failure> {
    let only = asked.identity.as_deref().map(identity_id).transpose()?;
    let (opened, user) = open_account(&asked.of, For::Reading).await?;
    let mut own = opened.store().identities_of(&opened.realm, user.id).await.map_err(|error| failed(&error))?;
    if let Some(only) = only {
        own.retain(|identity| identity.id == only);
        if own.is_empty() {
            return Err(not_there(&user, only));
        }
    }
    for identity in own {
        println!("{}: {} of {}", identity.id, shown(&identity.label), identity.key.provider);
        println!("  {}, on {}", words::proof(&identity.proof), date(identity.proof.at));
        if let Some(frame) = identity.proof.frame() {
            let kept = opened.store().decisions_of_frame(&opened.realm, frame).await.map_err(|error| failed(&error))?;
            if kept.is_empty() {
                println!("  what was decided in that login isn't kept any more");
            }
            for decision in decisions::told(&opened, &kept).await? {
                decision.lines().iter().for_each(|line| println!("  {line}"));
            }
        }
    }
    Ok(())
}
