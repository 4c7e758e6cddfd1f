//! What an exploration shows of the properties.

use super::cast::{OWN, OWNER};
use super::deed::Deed;
use super::explore::{End, Explored, Trouble};
use super::realm::Realm;
use super::setting::{Existing, Setting};
use super::twins::Compared;
use crate::Flow;
use crate::definition::ExecutionId;
use crate::definition::declaration::{AskKind, Establishes};
use crate::definition::waiver::Property;
use crate::flow_test::Serves;
use crate::outcome::DenialCode;
use domain::{ProofKind, UserId};
use std::collections::BTreeSet;

/// Something broken in one setting.
#[derive(Debug, Clone)]
pub(super) struct Broken {
    pub(super) property: Property,
    pub(super) at: ExecutionId,
    pub(super) message: String,
    /// Whether an author may accept it.
    pub(super) can_be_waived: bool,
    pub(super) deeds: Vec<Deed>,
    pub(super) end: String,
}

/// Who must be able to finish in a setting.
struct Holder {
    /// None: nobody who has an account yet.
    user: Option<UserId>,
    /// Whether an account that is made on the way will do.
    or_new: bool,
    how: &'static str,
}

/// Everything that is wrong in one setting, but for what is told by comparing it with another one.
pub(super) fn broken(realm: &Realm, flow: &Flow, setting: Setting, explored: &Explored) -> Vec<Broken> {
    let mut broken: Vec<Broken> = explored.wrongs.iter().map(|wrong| told(wrong, explored)).collect();
    broken.extend(stuck(explored));
    broken.extend(accidents(explored));
    broken.extend(locked_out(realm, flow, setting, explored));
    broken
}

fn told(wrong: &super::explore::Wrong, explored: &Explored) -> Broken {
    let deeds = explored.story(wrong.node).into_iter().chain(wrong.deed.clone()).collect();
    let (message, end) = match wrong.kind {
        Trouble::Judged if wrong.what.starts_with("link of") => (
            "an identity is linked to an account without a proof",
            "the identity is linked to an account that they never proved".to_owned(),
        ),
        Trouble::Judged => ("an account changes hands without a proof", wrong.what.clone()),
        Trouble::SignedInWithout => (
            "somebody signs in without the account's second factor",
            "they are signed in, and the account's second factor was never asked for".to_owned(),
        ),
        Trouble::LinkedWithout => (
            "an identity is linked without the account's second factor",
            "the identity is linked, and the account's second factor was never asked for".to_owned(),
        ),
        Trouble::Broken => ("the login breaks", wrong.what.clone()),
        Trouble::Endless => ("mails can be asked for without end", wrong.what.clone()),
        Trouble::DeadEnd => ("somebody gets no page", wrong.what.clone()),
    };
    // An author decides that nothing needs to be proved. All else is nobody's decision.
    let can_be_waived = is_link_without_proof(&wrong.what) || wrong.kind.property() == Property::P3;
    Broken { property: wrong.kind.property(), at: wrong.at, message: message.to_owned(), can_be_waived, deeds, end }
}

/// Whether the judge says of a link that was made with `proof: none` that nobody has shown that the account is theirs.
fn is_link_without_proof(wrong: &str) -> bool {
    wrong.starts_with("link of") && wrong.ends_with("by Waived: nobody has shown that")
}

/// From every page the login can come to an end.
pub(super) fn stuck(explored: &Explored) -> Option<Broken> {
    let number = *explored.stuck().first()?;
    let at = explored.nodes.get(number)?.at;
    let end = "whatever they do, the login comes to no end".to_owned();
    let message = "nothing leads on from here".to_owned();
    Some(Broken { property: Property::P4, at, message, can_be_waived: false, deeds: explored.story(number), end })
}

/// Whoever has given a proof isn't refused by accident.
fn accidents(explored: &Explored) -> Option<Broken> {
    let number = refused_with_a_proof(explored).next()?;
    let node = explored.nodes.get(number)?;
    let Some(End::Denied { code, .. }) = node.end else { return None };
    let message = "whoever has proved an account is refused, and nothing in the flow says so".to_owned();
    let end = format!("the login ends with “{}”", code.as_str());
    Some(Broken { property: Property::P4, at: node.at, message, can_be_waived: true, deeds: explored.story(number), end })
}

/// The ends at which somebody who has given a proof is refused by accident.
pub(super) fn refused_with_a_proof(explored: &Explored) -> impl Iterator<Item = usize> {
    let is_one = |node: &super::explore::Node| matches!(node.end, Some(End::Denied { code, proved: true }) if !is_declared(code));
    explored.nodes.iter().enumerate().filter(move |(_, node)| is_one(node)).map(|(number, _)| number)
}

/// Whether somebody decided that people are refused like that: the flow, a rule, an administrator, or they themselves.
fn is_declared(code: DenialCode) -> bool {
    match code {
        DenialCode::NoWayLeft
        | DenialCode::NoAccount
        | DenialCode::NoProofPossible
        | DenialCode::Undecided
        | DenialCode::FlowGone
        | DenialCode::Busy
        | DenialCode::AccountChanged
        | DenialCode::InteractionRequired
        | DenialCode::LoginRequired
        | DenialCode::ConsentRequired => false,
        DenialCode::AccountDisabled
        | DenialCode::ProviderDisabled
        | DenialCode::AuthorityRefused
        | DenialCode::LinkOnly
        | DenialCode::Ambiguous
        | DenialCode::RefusedByRule
        | DenialCode::ProviderAlreadyLinked
        | DenialCode::ConsentRefused
        | DenialCode::Left
        | DenialCode::ClientDisabled
        | DenialCode::DeniedByFlow
        | DenialCode::TermsRefused
        | DenialCode::OtherUser => true,
    }
}

/// Whether somebody signs in, and whether somebody is refused although nobody decided that.
pub(super) fn ends(explored: &Explored) -> (bool, bool) {
    let signs_in = explored.nodes.iter().any(|node| matches!(node.end, Some(End::SignedIn(_))));
    let refuses = explored.nodes.iter().any(|node| matches!(node.end, Some(End::Denied { code, .. }) if !is_declared(code)));
    (signs_in, refuses)
}

/// Everybody who should be able to finish can, unless all that happens to them is that somebody decided against it.
fn locked_out(realm: &Realm, flow: &Flow, setting: Setting, explored: &Explored) -> Vec<Broken> {
    let denied = |node: &super::explore::Node| match node.end {
        Some(End::Denied { code, .. }) => Some(code),
        _ => None,
    };
    let by_accident = || explored.nodes.iter().position(|node| denied(node).is_some_and(|code| !is_declared(code)));
    let any_denied = || explored.nodes.iter().any(|node| denied(node).is_some());
    let signed_in = |holder: &Holder| {
        explored.nodes.iter().any(|node| match node.end {
            Some(End::SignedIn(Some(user))) => holder.user == Some(user),
            Some(End::SignedIn(None)) => holder.or_new,
            _ => false,
        })
    };
    let holders = holders(realm, flow, setting, explored);
    let shut_out = holders.into_iter().filter(|holder| !signed_in(holder));
    let waits = explored.nodes.iter().any(|node| node.waits_in_vain);
    let decided = by_accident().is_none() && (any_denied() || waits);
    let broken = shut_out.filter(|_| !decided).map(|holder| {
        let number = by_accident();
        let node = number.and_then(|number| explored.nodes.get(number));
        let end = match node.and_then(denied) {
            Some(code) => format!("the login ends with “{}”", code.as_str()),
            None => "nothing that they do signs them in".to_owned(),
        };
        let deeds = number.map(|number| explored.story(number)).unwrap_or_default();
        let at = node.map_or(ExecutionId(0), |node| node.at);
        let message = format!("{} can't finish", holder.how);
        Broken { property: Property::P4, at, message, can_be_waived: true, deeds, end }
    });
    broken.collect()
}

fn holders(realm: &Realm, flow: &Flow, setting: Setting, explored: &Explored) -> Vec<Holder> {
    let asks = |kind| flow.authenticators().any(|(_, found)| found.declaration().asks.contains(&kind));
    let signs_in = |what| flow.authenticators().any(|(_, found)| found.declaration().establishes.contains(&what));
    let mut holders = Vec::new();
    match realm.serves {
        Serves::FirstLogin if setting.existing == Existing::Nobody => {
            holders.push(Holder { user: Some(OWN), or_new: true, how: "somebody new" });
        }
        Serves::FirstLogin if setting.existing == Existing::Closed => {}
        Serves::FirstLogin => {
            for (user, kinds) in &explored.provable {
                let only_new = kinds == &BTreeSet::from([ProofKind::Created]);
                holders.push(Holder { user: Some(*user), or_new: only_new, how: "whoever can prove the account" });
            }
        }
        Serves::Wish(_) => {
            if asks(AskKind::CheckPassword) {
                holders.push(Holder { user: Some(OWN), or_new: false, how: "whoever has a password" });
            }
            if signs_in(Establishes::Identity) {
                holders.push(Holder { user: Some(OWN), or_new: false, how: "whoever has an identity at the provider" });
            }
            let open = matches!(setting.existing, Existing::Owner { password: true } | Existing::OwnerAndClaimant);
            if asks(AskKind::ReserveRecovery) && setting.mails && open {
                holders.push(Holder { user: Some(OWNER), or_new: false, how: "whoever has forgotten the password" });
            }
            let makes_accounts = signs_in(Establishes::NewUser) && !asks(AskKind::ReserveRecovery);
            if makes_accounts && setting.existing == Existing::Nobody {
                holders.push(Holder { user: Some(OWN), or_new: true, how: "somebody new" });
            }
        }
        Serves::PostLogin => {
            holders.push(Holder { user: Some(OWN), or_new: false, how: "whoever signs in" });
            holders.push(Holder { user: None, or_new: true, how: "somebody new" });
        }
    }
    holders
}

/// What a stranger can tell, as something broken, unless the place says that it reveals accounts.
pub(super) fn revealed(flow: &Flow, compared: &Compared) -> Vec<Broken> {
    let says_so = |at| flow.authenticator(at).is_some_and(|found| found.reveals_accounts());
    let told = compared.told.iter().filter(|told| !says_so(told.at));
    told.map(|told| Broken {
        property: Property::P10,
        at: told.at,
        message: "a stranger can tell whether an address has an account".to_owned(),
        can_be_waived: true,
        deeds: told.story.clone(),
        end: format!("{}; without that account, {}", told.with, told.without),
    })
    .collect()
}
