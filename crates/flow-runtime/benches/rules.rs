//! What do linking rules cost? Counts the instructions of one decision, from the rules to the verdict, with Valgrind's callgrind:
//! `cargo bench -p flow-runtime --bench rules`. Nothing is timed, so machines agree.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "whoever runs this sees what is wrong")]

use domain::{
    AddressProof, AssertedEmail, Assurance, BrokeredIdentity, CanonicalSubject, EmailAddress, FlowName, IdentityKey,
    OwnedAddress, Provenance, ProviderAlias, ProviderPolicy, RealmId, RuleName, Subject, Timestamp, UserId, Vouched,
};
use flow_runtime::linking::{Case, FindBy, LinkingRule, LinkingVerdict, Matching, RuleSet};
use flow_runtime::session::Profile;
use flow_runtime::{Bindings, Candidate, Candidates, Limits, NewUser, RealmPolicy};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::Arc;

/// How many decisions are made; what it takes to get there is measured apart and taken off.
const DECISIONS: u64 = 200;

/// Realms whose rules are counted: what they are like, and how many there are. The identity meets one rule of the indexed ones.
const REALMS: [(&str, u64); 7] = [
    ("indexed", 10),
    ("indexed", 1_000),
    ("indexed CUSTOM", 10),
    ("indexed CUSTOM", 1_000),
    ("CUSTOM in one place", 1),
    ("CUSTOM in one place", 10),
    ("CUSTOM in one place", 64),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [kind, rules, decisions] = arguments.as_slice() {
        return decide(kind, rules.parse().unwrap(), decisions.parse().unwrap());
    }
    println!("| Rules | how many | instructions of one decision |\n| --- | --- | --- |");
    for (kind, rules) in REALMS {
        let one = (instructions(kind, rules, DECISIONS) - instructions(kind, rules, 0)) / DECISIONS;
        println!("| {kind} | {rules} | {one} |");
    }
}

/// What this program executes to make so many decisions.
fn instructions(kind: &str, rules: u64, decisions: u64) -> u64 {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe().unwrap());
    let ended = valgrind.args([kind, &rules.to_string(), &decisions.to_string()]).output().expect("valgrind is installed");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{said}");
    let count = said.lines().find_map(|line| line.split_once("Collected : ")).expect("callgrind says what it collected").1;
    count.trim().parse().unwrap()
}

fn decide(kind: &str, rules: u64, decisions: u64) {
    let policy = realm((0..rules).map(|number| rule(kind, number)).collect());
    let (identity, found) = (identity(), accounts());
    let profile = Profile::of_identity(Some(&identity));
    for _ in 0..decisions {
        let case = Case { policy: &policy, identity: &identity, profile: &profile, flow: None };
        assert!(!case.sought().emails.is_empty());
        assert!(matches!(case.judge(&found).verdict, LinkingVerdict::One(_)), "the last rule finds the account");
    }
}

/// Rule 0 is the one that finds the account; it is tried last.
fn rule(kind: &str, number: u64) -> LinkingRule {
    let name = RuleName::parse(&format!("rule-{number}")).unwrap();
    let priority = 10_000 - u32::try_from(number).unwrap();
    let holds = if number == 0 { "true" } else { "identity.username == 'somebody-else'" };
    let custom = Matching::Custom { expression: holds.to_owned(), find_by: FindBy::default() };
    match kind {
        "indexed" => {
            let domain = if number == 0 { "campus.example".to_owned() } else { format!("campus-{number}.example") };
            LinkingRule::new(name, priority, Matching::Domain(BTreeSet::from([domain])))
        }
        "indexed CUSTOM" => {
            let mut rule = LinkingRule::new(name, priority, custom);
            rule.providers = BTreeSet::from([alias(number)]);
            rule
        }
        _ => LinkingRule::new(name, priority, custom),
    }
}

fn alias(number: u64) -> ProviderAlias {
    ProviderAlias::parse(&format!("campus-{number}")).unwrap()
}

fn realm(rules: Vec<LinkingRule>) -> RealmPolicy {
    let flow = || FlowName::parse("browser").unwrap();
    let provider = ProviderPolicy { trust_email: Assurance::Everybody, ..ProviderPolicy::new(alias(0), "Campus".into(), flow()) };
    RealmPolicy {
        realm: RealmId::parse("demo").unwrap(),
        name: "Demo".into(),
        flows: BTreeMap::new(),
        revisions: flow_runtime::Revisions::default(),
        bindings: Bindings {
            browser: flow(),
            registration: flow(),
            forgotten_password: flow(),
            verify_address: flow(),
            change_address: flow(),
            second_factor: Some(flow()),
        },
        providers: vec![provider],
        clients: BTreeMap::new(),
        rules: Arc::new(RuleSet::compile(rules).unwrap()),
        sends_mail: true,
        limits: Limits::default(),
    }
}

fn address() -> EmailAddress {
    EmailAddress::parse("ada@campus.example").unwrap()
}

fn identity() -> BrokeredIdentity {
    let issuer = "https://campus.example".into();
    BrokeredIdentity {
        key: IdentityKey { provider: alias(0), issuer, authority: None, subject: Subject::parse("ada-1").unwrap() },
        email: Some(AssertedEmail { address: address(), vouched: Vouched::Yes }),
        username: Some("ada".into()),
        given_name: None,
        family_name: None,
        picture: None,
        attributes: BTreeMap::new(),
        auth_time: None,
        claims: BTreeMap::new(),
    }
}

fn accounts() -> Candidates {
    let at = Timestamp::from_seconds(1_700_000_000);
    let proof = Some(AddressProof::Mailbox { at });
    let user = NewUser {
        email: Some(OwnedAddress { address: address(), provenance: Provenance::Typed, proof }),
        ..NewUser::unknown(UserId::from_bytes([1; 16]), CanonicalSubject::from_bytes([2; 16]), at)
    };
    Candidates { accounts: vec![Candidate { user: user.as_user(), identities: vec![] }], ..Candidates::default() }
}
