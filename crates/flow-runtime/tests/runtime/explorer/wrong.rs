//! Executions that do wrong, to see that it is noticed: by the engine's fence, and by the judge where the fence is broken.

use super::search::{Report, explore};
use super::setting::{Existing, Setting, Word};
use crate::world::flow_name;
use domain::{
    AddressProof, AuthenticationMethod, CanonicalSubject, Entropy, ExistingLink, IdentityId, LinkProof, LinkedIdentity,
    ProofKind, User, UserId,
};
use flow_runtime::authenticator::{Act, Authenticator, Effect, Input, KINDS, Sight, Turn};
use flow_runtime::definition::config::Config;
use flow_runtime::definition::declaration::{Declaration, Establishes, Need, Outcome};
use flow_runtime::session::{Chosen, How};
use flow_runtime::{AcceptedProof, Execution, Flow, Level, NewUser, Node, Requirement, Revision, Write};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What it does with an existing account that nobody has proved.
#[derive(Debug, Clone, Copy)]
enum Wrong {
    /// Says that the account authenticated.
    Authenticated,
    /// Writes a proof by hand, as no code outside the runtime could: through the stored form.
    Forged,
    ForgedForAnotherUser,
    ForgedForAnotherIdentity,
    ForgedForAnotherFrame,
    /// Forges only where the provider says this of accounts that have another identity of it.
    ForgedWhere(ExistingLink),
    /// Does it without having declared it.
    Undeclared,
    /// Writes by itself what only the end of a flow writes.
    HandsOver,
    MakesAnAccount,
    Links,
}

#[derive(Debug)]
struct Wrongdoer(Wrong);

const fn declaration(establishes: &'static [Establishes]) -> Declaration {
    Declaration {
        name: "wrongdoer",
        summary: "Does wrong.",
        keys: &[],
        needs: &[Need::Identity],
        outcomes: &[Outcome::Succeeded, Outcome::Attempted],
        establishes,
        asks: &[],
        shows: false,
    }
}

static DECLARED: Declaration = declaration(&[Establishes::User, Establishes::Proof]);
static UNDECLARED: Declaration = declaration(&[]);

impl Authenticator for Wrongdoer {
    fn declaration(&self) -> &'static Declaration {
        if matches!(self.0, Wrong::Undeclared) { &UNDECLARED } else { &DECLARED }
    }

    fn proves(&self, sight: &Sight<'_>) -> Option<ProofKind> {
        (matches!(self.0, Wrong::ForgedWhere(_)) && !self.waits_for_another(sight)).then_some(ProofKind::Password)
    }

    fn act(&self, sight: &Sight<'_>, _input: Input<'_>, _entropy: &Entropy) -> Turn {
        let Some(existing) = &sight.frame.existing else { return Turn::just(Act::Attempted) };
        if self.waits_for_another(sight) {
            return Turn::just(Act::Attempted);
        }
        if let Some(write) = self.written(sight, existing) {
            return Turn::just(Act::Succeed).with(Effect::Write(write));
        }
        let how = match self.0 {
            Wrong::Authenticated | Wrong::Undeclared => How::Authenticated(Box::new(existing.clone())),
            _ => How::Proved(Box::new(existing.clone()), Box::new(self.forged(sight, existing))),
        };
        let methods = vec![AuthenticationMethod::Federated];
        let chosen = Chosen { how, methods, identity: None, auth_time: sight.now };
        Turn::just(Act::Succeed).with(Effect::User(Box::new(chosen)))
    }
}

impl Wrongdoer {
    fn waits_for_another(&self, sight: &Sight<'_>) -> bool {
        let Wrong::ForgedWhere(links) = self.0 else { return false };
        let provider = &sight.frame.identity.as_ref().unwrap().key.provider;
        let says_so = sight.policy.provider(provider).is_some_and(|provider| provider.on_existing_link == links);
        !says_so || sight.frame.existing_identities.is_empty()
    }

    fn written(&self, sight: &Sight<'_>, existing: &User) -> Option<Write> {
        let at = sight.now;
        match self.0 {
            Wrong::HandsOver => Some(Write::HandOver { user: existing.id, proof: AddressProof::Mailbox { at } }),
            Wrong::MakesAnAccount => {
                let subject = CanonicalSubject::from_bytes([78; 16]);
                Some(Write::CreateUser(Box::new(NewUser::unknown(UserId::from_bytes([78; 16]), subject, at))))
            }
            Wrong::Links => Some(Write::Link(Box::new(LinkedIdentity {
                id: IdentityId::from_bytes([78; 16]),
                key: sight.frame.identity.as_ref().unwrap().key.clone(),
                user: existing.id,
                primary: false,
                label: String::new(),
                email: None,
                assured: None,
                claims: BTreeMap::new(),
                proof: LinkProof { kind: ProofKind::Password, at, accepted: accepted_in(sight.frame.id, sight.frame) },
                created_at: at,
                updated_at: at,
                last_sign_in_at: at,
                arrived: true,
            }))),
            _ => None,
        }
    }

    fn forged(&self, sight: &Sight<'_>, existing: &User) -> AcceptedProof {
        let frame = sight.frame;
        let mut identity = frame.identity.as_ref().unwrap().key.clone();
        let mut proof = LinkProof { kind: ProofKind::Password, at: sight.now, accepted: accepted_in(frame.id, frame) };
        let mut user = existing.id;
        match self.0 {
            Wrong::ForgedForAnotherUser => user = UserId::from_bytes([77; 16]),
            Wrong::ForgedForAnotherIdentity => identity.issuer.push('/'),
            Wrong::ForgedForAnotherFrame => proof.accepted = accepted_in(domain::FrameId::from_bytes([77; 16]), frame),
            _ => {}
        }
        let stored = serde_json::json!({ "user": user, "identity": identity, "proof": proof });
        serde_json::from_value(stored).unwrap()
    }
}

/// The wrongdoer stands where accounts are proved, behind the real `create-user-if-unique`.
fn flow_with(wrong: Wrong) -> Flow {
    let finds = KINDS.iter().find(|kind| kind.declaration.name == "create-user-if-unique").unwrap();
    let alternative = |authenticator| Execution::new(Requirement::Alternative, Node::Authenticator(authenticator));
    let executions = vec![alternative((finds.build)(&Config::default())), alternative(Arc::new(Wrongdoer(wrong)))];
    let name = flow_name("first-broker-login");
    let level = Level { executions, succeeds_when_empty: false };
    Flow::new(name, Revision("wrong".into()), level).unwrap()
}

/// A flow in which somebody hands out proofs that nobody gave, for whatever explores flows.
pub(crate) fn forging_flow() -> Flow {
    flow_with(Wrong::Forged)
}

/// The same behind a page that says what there is already, and only where the provider says this of a second identity.
pub(crate) fn forging_flow_where(links: ExistingLink) -> Flow {
    let text = "flow: asks-first\nexecutions:\n  - create-user-if-unique: { requirement: alternative }\n  - flow: known\n    requirement: alternative\n    executions: [confirm-link: { reveals: account }, verify-by-email]\n";
    let flow = flow_runtime::reader::read(text, "test.yaml").unwrap().flow;
    let mut level = (*flow.level).clone();
    if let Node::SubFlow { level, .. } = &mut level.executions[1].node {
        level.executions[1].node = Node::Authenticator(Arc::new(Wrongdoer(Wrong::ForgedWhere(links))));
    }
    Flow::new(flow.name, Revision("wrong".into()), level).unwrap()
}

fn explored_with(wrong: Wrong) -> Report {
    let flow = flow_with(wrong);
    let setting = Setting { word: Word::Silent, existing: Existing::Owner { password: true }, mails: true };
    let mut world = setting.world("first-broker-login");
    world.policy.flows.insert(flow.name.clone(), Arc::new(flow));
    explore(&world, setting)
}

fn says(report: &Report, what: &str) -> bool {
    report.wrongs.iter().any(|wrong| wrong.contains(what))
}

#[test]
fn an_account_that_merely_authenticated_is_not_linked() {
    let report = explored_with(Wrong::Authenticated);
    assert!(says(&report, "a link without a proof that fits it was stopped") && report.linked_by.is_empty(), "{report:#?}");
}

#[test]
fn ph_23_a_proof_for_another_user_identity_or_frame_is_stopped() {
    for wrong in [Wrong::ForgedForAnotherUser, Wrong::ForgedForAnotherIdentity, Wrong::ForgedForAnotherFrame] {
        let report = explored_with(wrong);
        assert!(says(&report, "a link without a proof that fits it was stopped"), "{wrong:?}: {report:#?}");
        assert!(report.linked_by.is_empty(), "{wrong:?}");
    }
}

#[test]
fn what_was_not_declared_does_not_happen() {
    let report = explored_with(Wrong::Undeclared);
    assert!(says(&report, "wrongdoer did what it doesn't declare") && report.linked_by.is_empty(), "{report:#?}");
}

/// No declaration has it, so none helps.
#[test]
fn only_the_end_of_a_flow_links_makes_accounts_and_hands_over() {
    for (wrong, what) in [(Wrong::HandsOver, "a hand-over"), (Wrong::MakesAnAccount, "an account"), (Wrong::Links, "a link")] {
        let report = explored_with(wrong);
        assert!(says(&report, &format!("wrongdoer did what it doesn't declare: {what}")), "{wrong:?}: {report:#?}");
        assert!(report.linked_by.is_empty(), "{wrong:?}");
    }
}

/// Beyond the fence only the judge is left: this is what the exploration reports of an engine that takes any proof.
#[test]
fn the_exploration_finds_a_link_that_nobody_proved() {
    let report = explored_with(Wrong::Forged);
    assert!(says(&report, "nobody has shown that"), "{report:#?}");
}

fn accepted_in(id: domain::FrameId, frame: &flow_runtime::Frame) -> domain::Accepted {
    domain::Accepted::Login { frame: id, flow: frame.flow.clone(), revision: frame.revision.0.clone(), rule: None }
}
