//! The tables, as sea-orm sees them. Rows are read and written in the files of their subject.

pub(crate) mod action_tokens;
pub(crate) mod attempts;
pub(crate) mod attribute_values;
pub(crate) mod audit;
pub(crate) mod authentication_sessions;
pub(crate) mod browser_sessions;
pub(crate) mod canonical_subjects;
pub(crate) mod code_grants;
pub(crate) mod consents;
pub(crate) mod decisions;
pub(crate) mod flow_heads;
pub(crate) mod flow_history;
pub(crate) mod flow_revisions;
pub(crate) mod flow_rollbacks;
pub(crate) mod grants;
pub(crate) mod linked_identities;
pub(crate) mod linking_rules;
pub(crate) mod outbox;
pub(crate) mod realm_editions;
pub(crate) mod realm_secrets;
pub(crate) mod refresh_tokens;
pub(crate) mod signing_keys;
pub(crate) mod single_use;
pub(crate) mod users;
