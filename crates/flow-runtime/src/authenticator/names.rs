//! Whose a name is, where somebody types one.

use crate::ask::FoundUsers;
use domain::{EmailAddress, LinkingDomain, User};

/// The account that has proved an address; of several in different linking domains the one that isn't set apart.
pub(super) fn owner<'a>(address: &EmailAddress, found: &'a FoundUsers) -> Option<&'a User> {
    let mut owners = found.by_email.iter().filter(|user| user.has_proved(address));
    match (owners.next(), owners.next()) {
        (Some(one), None) => Some(one),
        _ => found.by_email.iter().find(|user| user.has_proved(address) && user.linking_domain == LinkingDomain::default()),
    }
}
