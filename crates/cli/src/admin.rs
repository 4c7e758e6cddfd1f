//! `braid admin`: accounts, from the machine that Braid runs on.

use crate::arguments::BootstrapOptions;
use crate::failure::Failure;
use crate::realm::{self, For, Opened, failed};
use domain::user::Username;
use domain::{AddressProof, CanonicalSubject, EmailAddress, OwnedAddress, Provenance, RealmId, Secret, Timestamp, UserId};
use flow_runtime::NewUser;
use persistence::Committed;
use server::Braid;
use std::io::BufRead as _;

/// The fewest characters of a password.
const PASSWORD_CHARACTERS: usize = 8;

/// An account that an administrator makes.
pub(crate) struct Entered {
    pub(crate) username: Username,
    pub(crate) email: Option<EmailAddress>,
    pub(crate) name: Option<(String, String)>,
    pub(crate) password: Secret,
}

/// Makes an account with a password.
pub(crate) async fn bootstrap(options: BootstrapOptions) -> Result<(), Failure> {
    let username = username(&options.username)?;
    let email = options.email.as_deref().map(address).transpose()?;
    let given = if options.password_stdin { Some(password_from_stdin()?) } else { None };
    let Opened { braid, realm, .. } = realm::open(&options.realm, For::Writing).await?;
    let taken =
        |what: &str| Failure::new(format!("the realm “{realm}” has {what} already"), "choose another one; nothing was changed");
    let found = braid.store().find_users(&realm, Some(&username), email.as_ref()).await.map_err(|error| failed(&error))?;
    if found.by_username.is_some() {
        return Err(taken(&format!("a user “{username}”")));
    }
    let password = given.clone().unwrap_or_else(|| server::fresh_entropy().secret("password"));
    let entered = Entered { username: username.clone(), email, name: None, password: password.clone() };
    match make(&braid, &realm, &entered, true).await? {
        Committed::Conflict(flow_runtime::Conflict::Address) => return Err(taken("somebody who proved this address")),
        Committed::Conflict(_) => return Err(taken(&format!("a user “{username}”"))),
        _ => {}
    }
    println!("made the user “{username}” in the realm “{realm}”");
    if given.is_none() {
        println!("password: {}\nIt is shown this once and kept nowhere.", password.reveal());
    }
    Ok(())
}

/// Makes an account. If the address counts as proved, it is the administrator's word; else it is as if the person had typed it.
pub(crate) async fn make(braid: &Braid, realm: &RealmId, entered: &Entered, proved: bool) -> Result<Committed, Failure> {
    let now = server::now();
    let hash = braid.hash_password(&entered.password).await;
    let hash = hash.map_err(|error| Failure::caused(&error, "check the memory of this machine"))?;
    let user = new_user(entered, hash, proved, now);
    braid.store().create_user(realm, user).await.map_err(|error| failed(&error))
}

fn new_user(entered: &Entered, hash: Secret, proved: bool, now: Timestamp) -> NewUser {
    let entropy = server::fresh_entropy();
    let provenance = if proved { Provenance::Administrator } else { Provenance::Typed };
    let proof = proved.then_some(AddressProof::Administrator { at: now });
    let (id, subject) = (UserId::from_bytes(entropy.id("user")), CanonicalSubject::from_bytes(entropy.id("subject")));
    let (given_name, family_name) = entered.name.clone().unzip();
    NewUser {
        username: Some(entered.username.clone()),
        email: entered.email.clone().map(|address| OwnedAddress { address, provenance, proof }),
        given_name,
        family_name,
        password_hash: Some(hash),
        ..NewUser::unknown(id, subject, now)
    }
}

fn username(text: &str) -> Result<Username, Failure> {
    Username::parse(text).map_err(|error| Failure::caused(&error, "choose another `--username`"))
}

fn address(text: &str) -> Result<EmailAddress, Failure> {
    EmailAddress::parse(text).map_err(|error| Failure::caused(&error, "correct `--email`"))
}

fn password_from_stdin() -> Result<Secret, Failure> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.map_err(|error| Failure::caused(&error, "write the password to standard input, on one line"))?;
    let password = Secret::new(line.trim_end_matches(['\r', '\n']));
    if password.reveal().chars().count() < PASSWORD_CHARACTERS {
        let reason = format!("the password has fewer than {PASSWORD_CHARACTERS} characters");
        return Err(Failure::new(reason, "choose a longer one"));
    }
    Ok(password)
}
