//! What was decided in a login, as it is told.

use crate::failure::Failure;
use crate::realm::{Opened, failed};
use domain::UserId;
use flow_runtime::Decision;
use flow_runtime::linking::{Finding, Reasons};
use serde::Serialize;
use std::collections::BTreeSet;

/// One decision.
#[derive(Serialize)]
pub(super) struct Told {
    flow: String,
    execution: String,
    outcome: flow_runtime::definition::declaration::Outcome,
    /// The linking rule that decided, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    /// Why: a line for each rule that was considered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
}

impl Told {
    /// The decision as lines.
    pub(super) fn lines(&self) -> Vec<String> {
        let outcome = format!("{:?}", self.outcome).to_lowercase();
        let first = format!("{} > {}: {outcome}", self.flow, self.execution);
        std::iter::once(first).chain(self.reasons.iter().map(|line| format!("    {line}"))).collect()
    }
}

/// The decisions, with accounts by their subjects.
pub(super) async fn told(opened: &Opened, decisions: &[Decision]) -> Result<Vec<Told>, Failure> {
    let mut told = Vec::new();
    for decision in decisions {
        let mut reasons = decision.reasons.as_ref().map_or_else(Vec::new, Reasons::lines);
        for account in decision.reasons.as_ref().map_or_else(BTreeSet::new, accounts) {
            let found = opened.store().find_user(&opened.realm, account).await.map_err(|error| failed(&error))?;
            if let Some(user) = found {
                let (id, subject) = (account.to_string(), user.subject.to_string());
                for line in &mut reasons {
                    *line = line.replace(&id, &subject);
                }
            }
        }
        told.push(Told {
            flow: decision.flow.to_string(),
            execution: decision.name.clone(),
            outcome: decision.outcome,
            rule: decision.reasons.as_ref().and_then(|reasons| reasons.decided.as_ref().map(ToString::to_string)),
            reasons,
        });
    }
    Ok(told)
}

/// The accounts that reasons speak of.
pub(crate) fn accounts(reasons: &Reasons) -> BTreeSet<UserId> {
    let mut found = BTreeSet::new();
    for considered in &reasons.considered {
        found.extend(considered.passed.iter().map(|passed| passed.account));
        match &considered.finding {
            Finding::Found { account, .. } => _ = found.insert(*account),
            Finding::Several { accounts, .. } => found.extend(accounts),
            _ => {}
        }
    }
    found
}
