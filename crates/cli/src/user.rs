//! `braid user`: what becomes of an account.

use crate::arguments::{Hand, Of, UserCommand};
use crate::failure::Failure;
use crate::realm::{For, by_hand, failed, open_account};
use crate::text::shown;
use domain::{AccountState, Attribute, AttributeName, RoleName};

/// What the command says.
pub(crate) async fn run(command: UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Disable { of, hand } => set_state(&of, &hand, AccountState::Disabled).await,
        UserCommand::Enable { of, hand } => set_state(&of, &hand, AccountState::Open).await,
        UserCommand::Lock { of, hand } => set_state(&of, &hand, AccountState::Locked).await,
        UserCommand::Delete { of, hand } => set_state(&of, &hand, AccountState::Deleted).await,
        UserCommand::Role { of, add, remove, hand } => change_roles(&of, (&add, &remove), &hand).await,
        UserCommand::RequireNewPassword { of, hand } => require_new_password(&of, &hand).await,
        UserCommand::RemoveSecondFactor { of, hand } => remove_second_factor(&of, &hand).await,
        UserCommand::Attribute { of, name, values, hand } => set_attribute(&of, &name, values, &hand).await,
    }
}

async fn set_state(of: &Of, hand: &Hand, state: AccountState) -> Result<(), Failure> {
    let by = by_hand(hand)?;
    let (opened, user) = open_account(of, For::Writing).await?;
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
    let (opened, user) = open_account(of, For::Writing).await?;
    let done = opened.store().set_attribute(&opened.realm, user.id, (&name, attribute.as_ref()), &by, server::now()).await;
    match done.map_err(|error| failed(&error))? {
        Some(_) if attribute.is_some() => println!("{} has a new `{name}`", user.subject),
        Some(_) => println!("{} has no `{name}` any more", user.subject),
        None => return Err(gone(of)),
    }
    Ok(())
}

async fn change_roles(of: &Of, (add, remove): (&[String], &[String]), hand: &Hand) -> Result<(), Failure> {
    let by = by_hand(hand)?;
    let roles = |names: &[String]| names.iter().map(|name| RoleName::parse(name)).collect::<Result<Vec<_>, _>>();
    let bad = |error| Failure::caused(&error, "choose another name, as in `editor`");
    let (add, remove) = (roles(add).map_err(bad)?, roles(remove).map_err(bad)?);
    let (opened, user) = open_account(of, For::Writing).await?;
    let done = opened.store().change_roles(&opened.realm, user.id, (&add, &remove), &by, server::now()).await;
    let Some(now) = done.map_err(|error| failed(&error))? else { return Err(gone(of)) };
    let roles: Vec<&str> = now.roles.iter().map(RoleName::as_str).collect();
    match roles.as_slice() {
        [] => println!("{} has no roles", user.subject),
        roles => println!("{} has the roles {}", user.subject, roles.join(", ")),
    }
    Ok(())
}

async fn require_new_password(of: &Of, hand: &Hand) -> Result<(), Failure> {
    let by = by_hand(hand)?;
    let (opened, user) = open_account(of, For::Writing).await?;
    if user.is_open() && !user.has_password {
        return Err(Failure::new(format!("{} has no password", user.subject), "it signs in with its identities"));
    }
    let done = opened.store().require_new_password(&opened.realm, user.id, &by, server::now()).await;
    if done.map_err(|error| failed(&error))?.is_none() {
        return Err(gone(of));
    }
    println!("{} is signed out, and is asked for a new password where the flow has `update-password`", user.subject);
    Ok(())
}

async fn remove_second_factor(of: &Of, hand: &Hand) -> Result<(), Failure> {
    let by = by_hand(hand)?;
    let (opened, user) = open_account(of, For::Writing).await?;
    if user.is_open() && !user.has_one_time_codes {
        return Err(Failure::new(format!("{} has no second factor", user.subject), "there is nothing to take away"));
    }
    let done = opened.store().remove_second_factor(&opened.realm, user.id, &by, server::now()).await;
    if done.map_err(|error| failed(&error))?.is_none() {
        return Err(gone(of));
    }
    println!("{} has no second factor any more, and is signed out", user.subject);
    Ok(())
}

fn gone(of: &Of) -> Failure {
    Failure::new(format!("“{}” is deleted", shown(&of.account)), "a deleted account can't be changed")
}
