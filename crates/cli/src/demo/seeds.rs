//! The people of the demo.

use crate::admin::{self, Entered};
use crate::failure::Failure;
use domain::user::Username;
use domain::{EmailAddress, RealmId, Secret};
use server::Braid;

/// Somebody with an account in a realm.
pub(super) struct Person {
    pub(super) realm: &'static str,
    pub(super) username: &'static str,
    pub(super) name: (&'static str, &'static str),
    pub(super) email: &'static str,
    pub(super) password: &'static str,
    /// Whether the realm knows that the address is theirs.
    proved: bool,
}

macro_rules! people {
    ($($id:ident: $realm:literal, $username:literal, $given:literal $family:literal, $email:literal, $password:literal, $proved:literal;)*) => {
        $(pub(super) const $id: Person = Person {
            realm: $realm, username: $username, name: ($given, $family), email: $email, password: $password, proved: $proved,
        };)*

        /// Everybody.
        const PEOPLE: &[Person] = &[$($id),*];
    };
}

people! {
    ADA_AT_CAMPUS: "campus", "ada", "Ada" "Lovelace", "ada@campus.example", "campus-ada", true;
    GRACE_AT_CAMPUS: "campus", "grace", "Grace" "Hopper", "grace@campus.example", "campus-grace", true;
    ALAN_AT_CAMPUS: "campus", "alan", "Alan" "Turing", "alan@campus.example", "campus-alan", true;
    HEDY_AT_CAMPUS: "campus", "hedy", "Hedy" "Lamarr", "hedy@campus.example", "campus-hedy", true;
    GRACE: "demo", "grace", "Grace" "Hopper", "grace@campus.example", "demo-grace", true;
    ALAN: "demo", "alan", "Alan" "Turing", "alan@campus.example", "demo-alan", true;
    HEDY: "demo", "hedy", "Hedy" "Lamarr", "hedy@campus.example", "demo-hedy", true;
    KATHERINE: "demo", "katherine", "Katherine" "Johnson", "katherine@campus.example", "demo-katherine", true;
    MALLORY_AT_SOCIAL: "social", "mallory", "Mallory" "Malone", "katherine@campus.example", "social-mallory", false;
}

/// Makes the accounts that aren't there yet.
pub(super) async fn sow(braid: &Braid) -> Result<(), Failure> {
    for person in PEOPLE {
        let (realm, entered) = read(person).ok_or_else(|| {
            Failure::new(format!("the demo's user “{}” can't be made", person.username), "report this: the demo itself is broken")
        })?;
        let found = braid.store().find_users(&realm, Some(&entered.username), None).await;
        let found = found.map_err(|error| Failure::caused(&error, "start with `--fresh`"))?;
        if found.by_username.is_none() {
            admin::make(braid, &realm, &entered, person.proved).await?;
        }
    }
    Ok(())
}

fn read(person: &Person) -> Option<(RealmId, Entered)> {
    let (given, family) = person.name;
    let entered = Entered {
        username: Username::parse(person.username).ok()?,
        email: Some(EmailAddress::parse(person.email).ok()?),
        name: Some((given.to_owned(), family.to_owned())),
        password: Secret::new(person.password),
    };
    Some((RealmId::parse(person.realm).ok()?, entered))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_can_be_made() {
        for person in PEOPLE {
            assert!(read(person).is_some(), "{}", person.username);
        }
    }
}
