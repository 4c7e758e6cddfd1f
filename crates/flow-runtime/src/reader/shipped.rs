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

/// Every flow document that comes with Braid, as it stands in `flows/`.
pub const SHIPPED: &[Shipped] = &[
    Shipped { file: "browser.yaml", text: include_str!("../../../../flows/browser.yaml") },
    Shipped { file: "registration.yaml", text: include_str!("../../../../flows/registration.yaml") },
    Shipped { file: "forgotten-password.yaml", text: include_str!("../../../../flows/forgotten-password.yaml") },
    Shipped { file: "verify-address.yaml", text: include_str!("../../../../flows/verify-address.yaml") },
    Shipped { file: "change-address.yaml", text: include_str!("../../../../flows/change-address.yaml") },
    Shipped { file: "first-broker-login.yaml", text: include_str!("../../../../flows/first-broker-login.yaml") },
    Shipped {
        file: "keycloak-first-broker-login.yaml",
        text: include_str!("../../../../flows/keycloak-first-broker-login.yaml"),
    },
    Shipped {
        file: "first-broker-login-auto-link.yaml",
        text: include_str!("../../../../flows/first-broker-login-auto-link.yaml"),
    },
    Shipped { file: "first-broker-login-by-rule.yaml", text: include_str!("../../../../flows/first-broker-login-by-rule.yaml") },
];

/// The flows that come with Braid, compiled. It fails only if this Braid was built from broken files.
pub fn shipped() -> Result<BTreeMap<FlowName, Flow>, Vec<Diagnostic>> {
    let compiled = |shipped: &Shipped| read(shipped.text, shipped.file).map(|read| (read.flow.name.clone(), read.flow));
    SHIPPED.iter().map(compiled).collect()
}
