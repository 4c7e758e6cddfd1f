//! Names of the unique constraints that storage answers with a conflict instead of an error.

/// A username belongs to one user of a realm.
pub const USERNAME: &str = "ux_users_username";
/// A proved address belongs to one user of a linking domain.
pub const PROVED_ADDRESS: &str = "ux_users_proved_address";
/// An identity is tied to one user of a realm.
pub const IDENTITY: &str = "ux_linked_identities_key";
/// A user has one primary identity.
pub const PRIMARY_IDENTITY: &str = "ux_linked_identities_primary";
/// A realm's rules in the database have priorities of their own.
pub const RULE_PRIORITY: &str = "ux_linking_rules_priority";
