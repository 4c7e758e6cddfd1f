//! Visits every reachable state of the shipped flows, in every setting that makes a difference, and looks for wrongs.
//!
//! The checker does the same for every flow, with fewer moves and with states that it takes for alike. What it leaves out is what this is for:
//! races, old and forged events, limits that are reached, accounts and providers that are closed meanwhile, and states compared by all that a
//! login stores. So its settings, moves and states are its own: a setting that one of the two forgets, or two states that one of them takes for
//! alike by mistake, would be forgotten by both if they shared them. They share only the world and its judge.

mod moves;
mod search;
mod setting;
pub(crate) mod wrong;

use search::{Report, explore};
use setting::{Existing, Setting, Word, all};
use std::collections::BTreeMap;

/// Explores a first-login flow in every setting.
fn explored(flow: &str) -> BTreeMap<Setting, Report> {
    let reports: BTreeMap<_, _> = all().map(|setting| (setting, explore(&setting.world(flow), setting))).collect();
    let states: usize = reports.values().map(|report| report.states).sum();
    let steps: usize = reports.values().map(|report| report.steps).sum();
    println!("{flow}: {states} states and {steps} steps in {} settings", reports.len());
    reports
}

/// What must be so in every setting of a flow that ships.
fn is_right(reports: &BTreeMap<Setting, Report>) {
    for (setting, report) in reports {
        assert!(report.wrongs.is_empty(), "{setting:?}: {:#?}", report.wrongs);
        assert!(report.states > 5, "{setting:?} went nowhere");
    }
}

/// Everybody who holds a proof that counts gets to the account, and only they do.
fn proofs_open_what_they_prove(reports: &BTreeMap<Setting, Report>, flow: &str) {
    let links_by_trust = ["first-broker-login-auto-link", "first-broker-login-by-rule"].contains(&flow);
    for (setting, report) in reports {
        let by_mail = setting.mails && setting.word != Word::Nothing && setting.existing.owner_proved();
        let by_password = setting.word != Word::Nothing && setting.existing.candidate_has_password(setting.word);
        let by_trust = links_by_trust && setting.word == Word::Trusted && setting.existing.owner_proved();
        assert_eq!(report.linked_by.contains("mailbox"), by_mail && !by_trust, "mail in {setting:?}");
        let by_provider = setting.existing == Existing::OwnerAtProvider;
        assert_eq!(report.linked_by.contains("linked-provider"), by_provider && !by_trust, "another login in {setting:?}");
        assert_eq!(report.linked_by.contains("trusted-assertion"), by_trust, "trust in {setting:?}");
        if by_password && !by_trust {
            assert!(report.linked_by.contains("password"), "password in {setting:?}");
        }
        if setting.existing == Existing::Nobody {
            assert!(report.linked_by.is_empty(), "nobody to link in {setting:?}");
        }
    }
}

#[test]
fn every_state_of_first_broker_login() {
    let reports = explored("first-broker-login");
    is_right(&reports);
    proofs_open_what_they_prove(&reports, "first-broker-login");
}

#[test]
fn every_state_of_first_broker_login_auto_link() {
    let reports = explored("first-broker-login-auto-link");
    is_right(&reports);
    proofs_open_what_they_prove(&reports, "first-broker-login-auto-link");
}

#[test]
fn every_state_of_first_broker_login_by_rule() {
    let reports = explored("first-broker-login-by-rule");
    is_right(&reports);
    proofs_open_what_they_prove(&reports, "first-broker-login-by-rule");
}

#[test]
fn every_state_of_keycloak_first_broker_login() {
    let reports = explored("keycloak-first-broker-login");
    is_right(&reports);
    proofs_open_what_they_prove(&reports, "keycloak-first-broker-login");
}

#[test]
fn every_state_of_browser_and_registration() {
    let mut reports = BTreeMap::new();
    for create in [false, true] {
        for setting in all().filter(|setting| setting.mails && setting.word == Word::Silent) {
            let mut world = setting.world("first-broker-login");
            world.client("shop").consent = true;
            reports.insert(
                setting,
                search::explore_from(&world, setting, |request| {
                    request.wish = if create { domain::Wish::Create } else { domain::Wish::SignIn }
                }),
            );
        }
        let states: usize = reports.values().map(|report| report.states).sum();
        println!("{}: {states} states", if create { "registration" } else { "browser" });
        is_right(&reports);
    }
}

/// Forgotten passwords and addresses, whoever has the address already.
#[test]
fn every_state_of_recovery_and_addresses() {
    use domain::Wish::{ChangeAddress, Recover, VerifyAddress};
    for wish in [Recover, VerifyAddress, ChangeAddress] {
        let mut reports = BTreeMap::new();
        // Without a mail there is no such way, and whoever can't sign in is no owner.
        let makes_a_difference = |setting: &Setting| {
            let owner = setting.mails && setting.existing.candidate_has_password(setting.word);
            setting.word == Word::Silent && (wish == Recover || owner)
        };
        for setting in all().filter(makes_a_difference) {
            let mut world = setting.world("first-broker-login");
            world.user("somebody").proved("taken@x.org").done();
            // How providers find the account is the other explorations' matter.
            world.policy.providers.clear();
            reports.insert(setting, search::explore_from(&world, setting, |request| request.wish = wish));
        }
        let states: usize = reports.values().map(|report| report.states).sum();
        println!("{wish:?}: {states} states");
        for (setting, report) in &reports {
            assert!(report.wrongs.is_empty(), "{wish:?} {setting:?}: {:#?}", report.wrongs);
        }
        let renewed: Vec<_> = reports.iter().filter(|(_, report)| report.renewed).map(|(setting, _)| *setting).collect();
        let may = |setting: &&Setting| match wish {
            // The account that has proved the address, or a fresh one.
            Recover => setting.mails && setting.existing.owner_proved() && setting.existing.candidate_has_password(setting.word),
            // Whoever can sign in with a password and claims the address that nobody has proved.
            VerifyAddress => setting.mails && setting.existing == Existing::Claimant { password: true },
            _ => setting.mails && setting.existing.candidate_has_password(setting.word),
        };
        for setting in reports.keys().filter(may) {
            assert!(renewed.contains(setting), "{wish:?}: nobody gets through in {setting:?}");
        }
        assert!(renewed.iter().all(|setting| setting.mails), "{wish:?} without a mail");
    }
}
