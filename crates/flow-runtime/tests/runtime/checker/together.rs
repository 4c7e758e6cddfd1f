//! What holds of each flow by itself holds of all flows of a login together: random flows that were accepted one by one, as one login, in
//! random settings, to the last state, on the real engine and before the same judge.
//!
//! `BRAID_TOGETHER` says how many logins are explored; `BRAID_SEED` which.

use super::mutants::{Dice, mutants, number};
use super::{readable, safe};
use crate::explorer::wrong::forging_flow;
use flow_runtime::Flow;
use flow_runtime::checker::{Existing, Harm, Property, Setting, Together, Word, check_flow, explore_together};
use flow_runtime::definition::declaration::{Establishes, Need};
use flow_runtime::flow_test::Serves;
use std::collections::BTreeSet;

/// What runs after the provider.
const POST_LOGIN: [&str; 6] = [
    "flow: after\nexecutions: [terms: { version: '1', document: 'https://x.org/terms' }]\n",
    "flow: after\nexecutions: [complete-profile: { ask: [given-name, family-name] }]\n",
    "flow: after\nassumes: [mail]\nexecutions: [verify-address]\n",
    "flow: after\nexecutions: [update-password]\n",
    "flow: after\nexecutions:\n  - { flow: newcomers, when: login.first, executions: [deny] }\n",
    "flow: after\nexecutions:\n  - { flow: unproved, when: { not: user.address-proved }, executions: [terms: { version: '2', document: 'https://x.org/terms' }] }\n  - complete-profile: { ask: [given-name] }\n",
];

/// What people sign in with, beside the shipped ones: steps after the provider.
const BROWSER: [&str; 4] = [
    "flow: sign-in\nexecutions:\n  - provider\n  - { flow: second factor, when: user.second-factor-configured, executions: [one-time-code] }\n  - terms: { version: '3', document: 'https://x.org/terms' }\n",
    "flow: sign-in\nexecutions:\n  - flow: in\n    executions: [cookie: { requirement: alternative }, username-and-password: { requirement: alternative }, provider: { requirement: alternative }]\n  - { flow: second factor, when: user.second-factor-configured, executions: [one-time-code] }\n  - update-password\n",
    "flow: sign-in\nassumes: [mail]\nexecutions:\n  - flow: in\n    executions: [username-and-password: { requirement: alternative }, provider: { requirement: alternative }]\n  - { flow: second factor, when: user.second-factor-configured, executions: [one-time-code] }\n  - verify-address\n",
    "flow: sign-in\nexecutions:\n  - flow: in\n    executions: [username-and-password: { requirement: alternative }, provider: { requirement: alternative }]\n  - { flow: second factor, when: user.second-factor-configured, executions: [one-time-code] }\n  - { flow: first-time, when: login.first, executions: [complete-profile: { ask: [given-name] }] }\n",
];

/// Flows that may be one part of a login.
struct Pool {
    browser: Vec<Flow>,
    first_login: Vec<Flow>,
    post_login: Vec<Flow>,
}

impl Pool {
    fn new() -> Self {
        let written = |texts: &[&str]| texts.iter().map(|text| readable(text).flow).collect::<Vec<_>>();
        let needs = |flow: &Flow, need| flow.authenticators().any(|(_, found)| found.declaration().needs.contains(&need));
        let shipped: Vec<Flow> = safe();
        let first_login = shipped.iter().filter(|flow| needs(flow, Need::Identity)).cloned().collect();
        let signs_in = |flow: &&Flow| {
            flow.authenticators().any(|(_, found)| found.declaration().establishes.contains(&Establishes::Identity))
        };
        let mut browser: Vec<Flow> = shipped.iter().filter(signs_in).cloned().collect();
        browser.extend(written(&BROWSER));
        Self { browser, first_login, post_login: written(&POST_LOGIN) }
    }

    /// One of these, or one that differs by one execution, if it may serve by itself.
    fn accepted(flows: &[Flow], dice: &mut Dice) -> Flow {
        loop {
            let flow = &flows[dice.one_of(flows.len())];
            let mut all: Vec<Flow> = mutants(flow).into_iter().map(|mutant| mutant.flow).collect();
            let chosen = if dice.one_of(3) == 0 { flow.clone() } else { all.swap_remove(dice.one_of(all.len())) };
            if check_flow(&chosen).may_serve() {
                return chosen;
            }
        }
    }
}

/// A setting of either kind of flow: what the provider says, and what is due at the account of whoever signs in.
fn setting(dice: &mut Dice, mails: &[bool]) -> Setting {
    let of_first_login = Setting::all(Serves::FirstLogin, mails);
    let setting = of_first_login[dice.one_of(of_first_login.len())];
    Setting { due: dice.one_of(2) == 0, live: dice.one_of(4) == 0, ..setting }
}

#[test]
fn flows_that_were_accepted_one_by_one_do_no_harm_together() {
    let pool = Pool::new();
    let mut dice = Dice(u64::try_from(number("BRAID_SEED", 5)).unwrap());
    let (mut explored, mut all) = (0, 0);
    let runs = number("BRAID_TOGETHER", 60);
    for run in 0..runs {
        let browser = Pool::accepted(&pool.browser, &mut dice);
        let first_login = Pool::accepted(&pool.first_login, &mut dice);
        let post_login = (dice.one_of(3) > 0).then(|| Pool::accepted(&pool.post_login, &mut dice));
        let assumes_mail = [Some(&browser), Some(&first_login), post_login.as_ref()];
        let assumes_mail = assumes_mail.into_iter().flatten().any(|flow| !flow.assumes.is_empty());
        let setting = setting(&mut dice, if assumes_mail { &[true] } else { &[true, false] });
        let flows = Together { browser: &browser, first_login: &first_login, post_login: post_login.as_ref() };
        let Some((harm, states)) = explore_together(flows, setting) else { continue };
        assert!(harm.is_empty(), "run {run}: {}", shown(&flows, setting, &harm));
        (explored, all) = (explored + 1, all + states);
    }
    println!("{explored} of {runs} logins of several flows, {all} states");
    assert!(explored * 10 >= runs * 9, "only {explored} of {runs} could be explored to their end");
}

/// What is broken in one of them shows in all of them together.
#[test]
fn harm_of_one_flow_is_found_in_all_of_them_together() {
    let browser = safe().into_iter().find(|flow| flow.name.as_str() == "browser").unwrap();
    let is_owned = |setting: &Setting| {
        (setting.word, setting.existing) == (Word::Untrusted, Existing::Owner { password: true }) && !setting.factor
    };
    let setting = Setting::all(Serves::FirstLogin, &[true]).into_iter().find(is_owned).unwrap();
    let found = |first_login: &Flow| {
        let flows = Together { browser: &browser, first_login, post_login: None };
        explore_together(flows, setting).unwrap().0.into_iter().map(|harm| harm.property).collect::<BTreeSet<_>>()
    };
    assert!(found(&forging_flow()).contains(&Property::P1));
    let text = "flow: tells\nexecutions:\n  - create-user-if-unique: { requirement: alternative }\n  - flow: known\n    requirement: alternative\n    executions: [confirm-link, reauthenticate]\n";
    assert_eq!(found(&readable(text).flow), BTreeSet::from([Property::P10]));
    assert_eq!(found(&readable(&text.replace("[confirm-link,", "[confirm-link: { reveals: account },")).flow), BTreeSet::new());
}

fn shown(flows: &Together<'_>, setting: Setting, harm: &[Harm]) -> String {
    let told = |flow: &Flow| format!("{} {:?}", flow.name, flow.level);
    let post = flows.post_login.map(told).unwrap_or_default();
    format!("{harm:#?}\nin {setting:?}\nof {}\n{}\n{post}", told(flows.browser), told(flows.first_login))
}
