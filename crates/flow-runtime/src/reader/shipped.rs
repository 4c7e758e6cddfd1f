//! The flows that come with Braid.

use super::{Diagnostic, read};
use crate::Flow;
use domain::FlowName;
use std::collections::BTreeMap;

/// A flow document that comes with Braid.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    /// Its file's name.
    pub file: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! shipped {
    ($($file:literal),+ $(,)?) => {
        &[$(Shipped { file: $file, text: include_str!(concat!("../../../../flows/", $file)) }),+]
    };
}

/// Every flow document that comes with Braid, as it stands in `flows/`.
pub const SHIPPED: &[Shipped] = shipped![
    "browser.yaml",
    "registration.yaml",
    "forgotten-password.yaml",
    "verify-address.yaml",
    "change-address.yaml",
    "second-factor.yaml",
    "first-broker-login.yaml",
    "first-broker-login-auto-link.yaml",
    "first-broker-login-by-rule.yaml",
    "keycloak-first-broker-login.yaml",
    "keycloak-auto-link.yaml",
    "authentik-identifier.yaml",
    "authentik-email-link.yaml",
    "authentik-email-link-safe.yaml",
    "authentik-email-deny.yaml",
    "authentik-username-link.yaml",
    "authentik-username-link-safe.yaml",
    "authentik-username-deny.yaml",
    "supabase-automatic.yaml",
    "auth0-account-link.yaml",
    "identity-broker-rules.yaml",
];

/// The flows that come with Braid, compiled. It fails only if this Braid was built from broken files.
pub fn shipped() -> Result<BTreeMap<FlowName, Flow>, Vec<Diagnostic>> {
    let compiled = |shipped: &Shipped| read(shipped.text, shipped.file).map(|read| (read.flow.name.clone(), read.flow));
    SHIPPED.iter().map(compiled).collect()
}
