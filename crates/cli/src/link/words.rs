//! What a login would write, in words: no secrets, and addresses masked.

use crate::text::shown;
use domain::{Accepted, LinkProof, ProofKind, UserId};
use flow_runtime::{Notice, UnlinkReason, Write};
use std::collections::BTreeMap;

/// What accounts are called outside of Braid.
pub(super) type Subjects = BTreeMap<UserId, String>;

/// The change in words.
pub(super) fn write(write: &Write, subjects: &Subjects) -> String {
    let account = |user: &UserId| subjects.get(user).cloned().unwrap_or_else(|| user.to_string());
    match write {
        Write::CreateUser(user) => match &user.email {
            Some(owned) => {
                let proved = if owned.is_proved() { "proved" } else { "not proved" };
                format!("make an account with the address {}, {proved}", owned.address.masked())
            }
            None => "make an account without an address".to_owned(),
        },
        Write::ReleaseAddress { address, .. } => {
            format!("take the address {} from accounts that never proved it", address.masked())
        }
        Write::Link(link) => {
            let whose = account(&link.user);
            format!("tie the identity of {} to {whose}: {}", link.key.provider, proof(&link.proof))
        }
        Write::Unlink { identity, user, why } => {
            let why = match why {
                UnlinkReason::Replaced => "the new one takes its place".to_owned(),
                UnlinkReason::Unproved => "it proves nothing".to_owned(),
                UnlinkReason::ByHand { by, reason } => format!("by {}: {}", shown(by), shown(reason)),
            };
            format!("take the identity {identity} off {}: {why}", account(user))
        }
        Write::SetPassword { user, .. } => format!("set the password of {}, and end all that lives on it", account(user)),
        Write::ForgetWrongCodes(user) => format!("forget wrong codes for {}", account(user)),
        Write::SetOneTimeCodes { user, .. } => format!("give {} a second factor, and end all that lives on it", account(user)),
        Write::SetUsername { user, username } => format!("give {} the username {username}", account(user)),
        Write::AcceptTerms { user, version, .. } => format!("keep that {} accepted the terms {version}", account(user)),
        Write::SetAddress { user, address } => format!("give {} the address {}", account(user), address.address.masked()),
        Write::HandOver { user, .. } => {
            format!(
                "hand {} over: password, second factor and identities that prove nothing go, and all that lives on it ends",
                account(user)
            )
        }
        Write::ChangeProfile { user, .. } => format!("bring profile and attributes of {} up to date", account(user)),
        Write::Arrive(key) => format!("keep that somebody has come with the identity of {} before", key.provider),
        Write::TouchIdentity { key, .. } => format!("keep what {} says of the identity now", key.provider),
        Write::StartBrowserSession(session) => format!("start a browser session of {}", session.subject),
        Write::EndBrowserSession(_) => "end the browser session that was there".to_owned(),
        Write::IssueToken(token) => format!("keep a token for a mail to {}", token.address.masked()),
        Write::ConsumeToken(_) => "use up a mail's token".to_owned(),
        Write::ForgetWrongPasswords(user) => format!("forget wrong passwords for {}", account(user)),
        Write::GrantConsent { user, client, .. } => format!("keep what {} lets {client} learn", account(user)),
        Write::Record(event) => {
            let detail = event.detail.as_ref().map_or_else(String::new, |detail| format!(" ({detail})"));
            format!("record “{}”{detail}", event.kind.as_str())
        }
    }
}

/// The mail in words.
pub(super) fn notice(notice: &Notice) -> String {
    format!("a mail to {}: {}", notice.to.masked(), mail(notice))
}

/// Which mail it is: the name that it has in storage.
fn mail(notice: &Notice) -> String {
    match serde_json::to_value(&notice.mail) {
        Ok(serde_json::Value::Object(fields)) => fields.into_iter().next().map_or_else(String::new, |(kind, _)| kind),
        Ok(serde_json::Value::String(kind)) => kind,
        _ => String::new(),
    }
}

/// What ties an identity to its account, in words.
pub(crate) fn proof(proof: &LinkProof) -> String {
    let what = match proof.kind {
        ProofKind::Created => "the account was made for it",
        ProofKind::Password => "the account's password was given",
        ProofKind::Mailbox => "the account's proved mailbox was opened",
        ProofKind::TrustedAssertion => "a trusted provider vouched for the address that the account has proved",
        ProofKind::LinkedProvider => "a fresh login with another identity of the account",
        ProofKind::Administrator => "an administrator said so",
        ProofKind::Waived => "nothing was proved: the flow links without a proof",
    };
    match &proof.accepted {
        Accepted::Login { flow, rule: Some(rule), .. } => format!("{what} (flow {flow}, rule {rule})"),
        Accepted::Login { flow, rule: None, .. } => format!("{what} (flow {flow})"),
        Accepted::ByHand { by, reason } => format!("{what} ({}: {})", shown(by), shown(reason)),
    }
}
