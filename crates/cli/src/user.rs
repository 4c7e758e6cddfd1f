//! `braid user`: what becomes of an account.

use crate::arguments::{Hand, Of, UserCommand};
use crate::failure::Failure;
use crate::realm::{by_hand, failed, open_account};
use crate::text::shown;
use domain::{AccountState, Attribute, AttributeName};

/// What the command says.
pub(crate) async fn run(command: UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Disable { of, hand } => set_state(&of, &hand, AccountState::Disabled).await,
        UserCommand::Enable { of, hand } => set_state(&of, &hand, AccountState::Open).await,
        UserCommand::Lock { of, hand } => set_state(&of, &hand, AccountState::Locked).await,
        UserCommand::Delete { of, hand } => set_state(&of, &hand, AccountState::Deleted).await,
        UserCommand::Attribute { of, name, values, hand } => set_attribute(&of, &name, values, &hand).await,
    }
}

async fn set_state(of: &Of, hand: &Hand, state: AccountState) -> Result<(), Failure> {
    let by = by_hand(hand)?;
    let (opened, user) = open_account(of).await?;
    let done = opened.store().set_state(&opened.realm, user.id, state, &by, server::now()).await;
    match done.map_err(|error| failed(&error))? {
        Some(now) if now.state == state => println!("{} is {}", user.subject, state.as_str()),
        Some(_) => {
            let reason = format!("{} is deleted", user.subject);
            return Err(Failure::new(reason, "a deleted account never opens again; its subject stays taken"));
        }
        None => return Err(gone(of)),
    }
    Ok(())
}

async fn set_attribute(of: &Of, name: &str, values: Vec<String>, hand: &Hand) -> Result<(), Failure> {
    let by = by_hand(hand)?;
    let name = AttributeName::parse(name).map_err(|error| Failure::caused(&error, "choose another name"))?;
    let attribute = if values.is_empty() { None } else { Some(Attribute::entered(values)) }.transpose();
    let attribute = attribute.map_err(|error| Failure::caused(&error, "correct the values"))?;
    let (opened, user) = open_account(of).await?;
    let done = opened.store().set_attribute(&opened.realm, user.id, (&name, attribute.as_ref()), &by, server::now()).await;
    match done.map_err(|error| failed(&error))? {
        Some(_) if attribute.is_some() => println!("{} has a new `{name}`", user.subject),
        Some(_) => println!("{} has no `{name}` any more", user.subject),
        None => return Err(gone(of)),
    }
    Ok(())
}

fn gone(of: &Of) -> Failure {
    Failure::new(format!("“{}” is deleted", shown(&of.account)), "a deleted account can't be changed")
}
