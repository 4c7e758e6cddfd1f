//! Flows and settings that change while people sign in.

mod database;
mod waivers;

use crate::people::*;
use persistence::ByHand;
use std::sync::Arc;
use testkit::{Place, Scene, World, on_every_database};
use tokio::sync::Semaphore;

on_every_database!(in_memory:
    a_login_goes_on_with_the_flow_that_it_began_with,
    a_page_that_was_drawn_before_a_reload_takes_its_form,
    a_broken_file_changes_nothing_and_the_next_good_one_is_taken,
    a_file_that_is_half_written_or_gone_changes_nothing,
    providers_and_clients_are_reloaded_too,
    a_pipe_or_a_device_among_the_flows_holds_up_nobody,
    only_operators_see_what_serves,
    whatever_is_written_in_between_the_last_good_content_serves,
    a_writer_who_takes_their_time_is_waited_for,
);

on_every_database!(on_disk:
    rel_58_a_login_goes_on_at_a_node_that_never_had_its_revision,
    rel_58_a_login_goes_on_after_a_restart_with_other_flows,
);

on_every_database!(in_memory: a_thousand_reloads_under_a_load_of_logins_fail_none,);

const ADDRESS: &str = "vic@home.example";

/// A browser flow.
const HOUSE: &str = "flow: house\nexecutions:\n  - flow: sign in\n    executions:\n      - cookie: { requirement: alternative }\n      \
    - provider: { requirement: alternative }\n      - username-and-password: { requirement: alternative }\n      \
    - register: { requirement: alternative }\n      - reset-password: { requirement: alternative }\n  - flow: second factor\n    \
    when: user.second-factor-configured\n    executions:\n      - one-time-code\n";

/// The same in another order: a form that met the wrong one would be lost.
const OTHER_HOUSE: &str = "flow: house\nexecutions:\n  - flow: sign in\n    executions:\n      - cookie: { requirement: alternative }\n      \
    - username-and-password: { requirement: alternative }\n      - register: { requirement: alternative }\n      \
    - reset-password: { requirement: alternative }\n      - provider: { requirement: alternative }\n  - flow: second factor\n    \
    when: user.second-factor-configured\n    executions:\n      - one-time-code\n";

/// A first login in which an account that is there already is to be proved by its password.
const CAREFUL: &str = "flow: welcome\nexecutions:\n  - create-user-if-unique: { requirement: alternative }\n  - flow: prove\n    \
    requirement: alternative\n    executions:\n      - confirm-link: { reveals: account }\n      - reauthenticate: { by: password }\n      \
    - flow: second factor\n        when: user.second-factor-configured\n        executions:\n          - one-time-code\n";

/// The same, after everybody has looked at their profile.
const ASKING: &str = "flow: welcome\nexecutions:\n  - review-profile: { update: on }\n  - flow: who is it\n    executions:\n      \
    - create-user-if-unique: { requirement: alternative }\n      - flow: prove\n        requirement: alternative\n        executions:\n          \
    - confirm-link: { reveals: account }\n          - reauthenticate: { by: password }\n          - flow: second factor\n            \
    when: user.second-factor-configured\n            executions:\n              - one-time-code\n";

fn by() -> ByHand {
    ByHand { by: "an operator".into(), reason: "a test".into() }
}

/// A realm whose provider `social` sends newcomers through `welcome`, and whose browser flow is `house`.
fn scene(place: Place) -> Scene {
    Scene::on(place).provider("social", "first-login-flow", "welcome").flow("welcome.yaml", CAREFUL).flow("house.yaml", HOUSE)
}

async fn taken(world: &World, node: usize) {
    world.braid_at(node).reload("a test").await.unwrap();
}

/// What the health page says to somebody on this machine.
async fn health(world: &World, node: usize) -> serde_json::Value {
    let mut browser = world.browser_at(node);
    browser.network = std::net::Ipv4Addr::LOCALHOST.into();
    let answer = browser.get("/health").await;
    assert_eq!(answer.status, 200);
    serde_json::from_str(&answer.body).unwrap()
}

fn revision(health: &serde_json::Value, flow: &str) -> flow_runtime::Revision {
    let text = health["realms"]["demo"]["flows"][flow]["revision"].as_str();
    flow_runtime::Revision(text.unwrap_or_else(|| panic!("no {flow}: {health}")).to_owned())
}

fn flow(name: &str) -> domain::FlowName {
    domain::FlowName::parse(name).unwrap()
}

async fn a_login_goes_on_with_the_flow_that_it_began_with(place: Place) {
    let world = scene(place).open().await;
    world.user("vic", ADDRESS, PASSWORD, true).await;
    world.provider("social").will_assert(person("vic-at-social", ADDRESS, false));
    let mut browser = world.browser();
    let (begun, exists) = go_through(&mut browser, &world.app("app"), "social").await;
    assert!(exists.text().contains("account"), "{}", exists.text());

    world.writes_flow(0, "welcome.yaml", ASKING);
    taken(&world, 0).await;
    let again = browser.open(&exists.at).await;
    assert_eq!(again.text(), exists.text(), "the page is as it was");
    let password = browser.submit(&exists, "continue", &[]).await;
    let back = browser.submit(&password, "continue", &[("password", PASSWORD)]).await;
    begun.code(&back);
    assert_eq!(world.recorded(domain::AuditKind::IdentityLinked).await, 1);

    world.provider("social").will_assert(person("new-at-social", "new@home.example", false));
    let (_, page) = go_through(&mut world.browser(), &world.app("app"), "social").await;
    page.shows("Check your details");
    world.finish().await;
}

async fn a_page_that_was_drawn_before_a_reload_takes_its_form(place: Place) {
    let scene = scene(place).with(|settings| settings.realms[0].policy.bindings.browser = flow("house"));
    let world = scene.open().await;
    world.user("vic", ADDRESS, PASSWORD, true).await;
    let mut browser = world.browser();
    let begun = world.app("app").begin();
    let page = browser.visit(&begun.url()).await;
    world.writes_flow(0, "house.yaml", OTHER_HOUSE);
    taken(&world, 0).await;
    let back = browser.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    begun.code(&back);
    world.finish().await;
}

async fn a_broken_file_changes_nothing_and_the_next_good_one_is_taken(place: Place) {
    let world = scene(place).open().await;
    let before = health(&world, 0).await;
    assert_eq!(before["status"], "current", "{before}");
    world.writes_flow(0, "welcome.yaml", "flow: welcome\nexecutions:\n  - create-user-if-uniqe\n");
    assert!(world.braid().reload("a test").await.is_err());
    let broken = health(&world, 0).await;
    assert_ne!(broken["status"], "current");
    assert_eq!(broken["realms"], before["realms"], "nothing changed");
    let problems = broken["refused"]["files"]["problems"].as_array().unwrap();
    let of_the_flow = |problem: &&serde_json::Value| problem["file"].as_str().unwrap().ends_with("flows/welcome.yaml");
    let problem = problems.iter().find(of_the_flow).unwrap();
    assert_eq!((problem["line"].as_u64(), problem["column"].as_u64()), (Some(3), Some(5)));
    assert!(problem["reason"].as_str().unwrap().contains("create-user-if-uniqe"), "{problem}");
    assert!(problem["remedy"].as_str().unwrap().contains("create-user-if-unique"), "{problem}");
    world.browser().visit(&world.app("app").begin().url()).await.shows("Sign in");

    world.writes_flow(0, "welcome.yaml", ASKING);
    world.braid().look_around().await;
    let mended = health(&world, 0).await;
    assert_eq!(mended["status"], "current", "{mended}");
    assert_ne!(revision(&mended, "welcome"), revision(&before, "welcome"));
    world.finish().await;
}

async fn a_file_that_is_half_written_or_gone_changes_nothing(place: Place) {
    let world = scene(place).open().await;
    let before = health(&world, 0).await["realms"].clone();
    let file = world.folder_of(0).join("flows/welcome.yaml");
    for half in [&CAREFUL.as_bytes()[..9], b"", b"flow: welcome\nexecutions:\n  - create-user-if-unique\n\xc3"] {
        std::fs::write(&file, half).unwrap();
        assert!(world.braid().reload("a test").await.is_err(), "{:?}", String::from_utf8_lossy(half));
        assert_eq!(health(&world, 0).await["realms"], before);
    }
    std::fs::remove_file(&file).unwrap();
    assert!(world.braid().reload("a test").await.is_err(), "the provider names a flow that is gone");
    std::fs::rename(world.folder_of(0).join("braid.yaml"), world.folder_of(0).join("gone.yaml")).unwrap();
    assert!(world.braid().reload("a test").await.is_err());
    assert_eq!(health(&world, 0).await["realms"], before);
    world.browser().visit(&world.app("app").begin().url()).await.shows("Sign in");
    world.finish().await;
}

async fn providers_and_clients_are_reloaded_too(place: Place) {
    let mut world = scene(place).open().await;
    let mut browser = world.browser();
    let page = browser.visit(&world.app("app").begin().url()).await;
    assert!(page.text().contains("Social"), "{}", page.text());
    world.rewrites(0, |scene| scene.provider("social", "enabled", "false").client("app", "consent", "true"));
    taken(&world, 0).await;
    let page = world.browser().visit(&world.app("app").begin().url()).await;
    assert!(!page.text().contains("Social"), "{}", page.text());
    world.finish().await;
}

async fn a_pipe_or_a_device_among_the_flows_holds_up_nobody(place: Place) {
    let world = scene(place).open().await;
    let before = health(&world, 0).await["realms"].clone();
    let flows = world.folder_of(0).join("flows");
    let made = std::process::Command::new("mkfifo").arg(flows.join("pipe.yaml")).status().unwrap();
    assert!(made.success());
    std::os::unix::fs::symlink("/dev/zero", flows.join("zero.yaml")).unwrap();
    world.braid().look_around().await;
    let refused = health(&world, 0).await;
    let problems = refused["refused"]["files"]["problems"].as_array().unwrap();
    for file in ["pipe.yaml", "zero.yaml"] {
        let is_told = |problem: &serde_json::Value| problem["file"].as_str().unwrap().ends_with(file);
        assert!(problems.iter().any(is_told), "{file}: {refused}");
        std::fs::remove_file(flows.join(file)).unwrap();
    }
    assert_eq!(refused["realms"], before);
    world.braid().look_around().await;
    assert_eq!(health(&world, 0).await["status"], "current");
    world.finish().await;
}

async fn only_operators_see_what_serves(place: Place) {
    let world = scene(place).open().await;
    let mut browser = world.browser();
    assert_eq!(browser.get("/health").await.status, 404, "somebody on the network");
    browser.network = std::net::Ipv4Addr::LOCALHOST.into();
    let forwarded = browser.request(axum::http::Method::GET, "/health", &[("x-forwarded-for", "127.0.0.1")], None).await;
    assert_eq!(forwarded.status, 404, "somebody behind a proxy that nobody trusts");
    assert_eq!(browser.get("/health/ready").await.status, 204);
    world.finish().await;
}

/// Writes of good, broken and half files in any order, with a look after some of them: in the end the last content serves if it is good,
/// else the last good one that was looked at.
async fn whatever_is_written_in_between_the_last_good_content_serves(place: Place) {
    let world = scene(place).open().await;
    let good = [CAREFUL.to_owned(), ASKING.to_owned(), CAREFUL.replace("flow: prove", "flow: proof")];
    let bad =
        ["", "flow: welcome\nexecutions: [teapot]\n", "flow: other\nexecutions:\n  - create-user-if-unique\n", "flow: welc"];
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut draw = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap()
    };
    let mut serves = revision(&health(&world, 0).await, "welcome");
    for _ in 0..120 {
        let (text, is_good) = if draw(2) == 0 { (good[draw(3)].as_str(), true) } else { (bad[draw(4)], false) };
        world.writes_flow(0, "welcome.yaml", text);
        if draw(3) > 0 {
            let taken = world.braid().reload("a test").await;
            assert_eq!(taken.is_ok(), is_good, "{text}: {taken:?}");
            if is_good {
                serves = flow_runtime::reader::read(text, "welcome.yaml").unwrap().flow.revision;
            }
            let health = health(&world, 0).await;
            assert_eq!(revision(&health, "welcome"), serves);
            assert_eq!(health["status"] == "current", is_good);
        }
    }
    world.finish().await;
}

/// Somebody writes files piece by piece and again and again while the files are watched.
async fn a_writer_who_takes_their_time_is_waited_for(place: Place) {
    use std::io::Write as _;
    let world = scene(place).open().await;
    let file = world.folder_of(0).join("flows/welcome.yaml");
    let writer = std::thread::spawn(move || {
        for number in 0..400 {
            let text = if number % 2 == 0 { ASKING } else { CAREFUL };
            let mut open = std::fs::File::create(&file).unwrap();
            for piece in text.as_bytes().chunks(7) {
                open.write_all(piece).unwrap();
            }
            std::thread::yield_now();
        }
    });
    while !writer.is_finished() {
        world.braid().look_around().await;
        world.browser().visit(&world.app("app").begin().url()).await.shows("Sign in");
    }
    writer.join().unwrap();
    world.braid().look_around().await;
    let last = flow_runtime::reader::read(CAREFUL, "welcome.yaml").unwrap().flow.revision;
    let health = health(&world, 0).await;
    assert_eq!((revision(&health, "welcome"), &health["status"]), (last, &serde_json::json!("current")));
    world.finish().await;
}

async fn rel_58_a_login_goes_on_at_a_node_that_never_had_its_revision(place: Place) {
    let mut world = scene(place).open().await;
    let new = world.start_node_with(|scene| scene.flow("welcome.yaml", ASKING)).await;
    world.user("vic", ADDRESS, PASSWORD, true).await;
    world.provider("social").will_assert(person("vic-at-social", ADDRESS, false));
    let mut browser = world.browser_at(new);
    world.writes_flow(new, "welcome.yaml", &CAREFUL.replace("  - flow: prove", "  - flow: proof"));
    taken(&world, new).await;
    let (begun, exists) = go_through(&mut browser, &world.app_at("app", new), "social").await;
    assert!(exists.text().contains("account"), "{}", exists.text());
    browser.goes_to(&world.browser());
    assert_eq!(browser.open(&exists.at).await.text(), exists.text(), "the old node draws the new node's page");
    let password = browser.submit(&exists, "continue", &[]).await;
    let back = browser.submit(&password, "continue", &[("password", PASSWORD)]).await;
    begun.code(&back);
    world.finish().await;
}

async fn rel_58_a_login_goes_on_after_a_restart_with_other_flows(place: Place) {
    let mut world = scene(place).open().await;
    world.user("vic", ADDRESS, PASSWORD, true).await;
    world.provider("social").will_assert(person("vic-at-social", ADDRESS, false));
    let mut browser = world.browser();
    let (begun, exists) = go_through(&mut browser, &world.app("app"), "social").await;
    let restarted = world.start_node_with(|scene| scene.flow("welcome.yaml", ASKING)).await;
    browser.goes_to(&world.browser_at(restarted));
    let password = browser.submit(&exists, "continue", &[]).await;
    let back = browser.submit(&password, "continue", &[("password", PASSWORD)]).await;
    begun.code(&back);
    world.finish().await;
}

/// Three people sign in again and again while the flow is swapped under each of their steps. None of their logins fails.
async fn a_thousand_reloads_under_a_load_of_logins_fail_none(place: Place) {
    const RELOADS: u64 = 1000;
    let scene = scene(place).with(|settings| settings.realms[0].policy.bindings.browser = flow("house"));
    let world = Arc::new(
        scene.limits(|limits| (limits.passwords_per_network, limits.passwords_per_account) = (u32::MAX, u32::MAX)).open().await,
    );
    for number in 0..3 {
        world.user(&format!("vic{number}"), &format!("vic{number}@home.example"), PASSWORD, true).await;
    }
    let (turns, mut logins) = (Arc::new(Semaphore::new(0)), tokio::task::JoinSet::new());
    for number in 0..3 {
        let (world, turns) = (Arc::clone(&world), Arc::clone(&turns));
        logins.spawn(async move {
            let mut count = 0_u32;
            while let Ok(turn) = turns.acquire().await {
                turn.forget();
                let mut browser = world.browser();
                let begun = world.app("app").begin();
                let page = browser.visit(&begun.url()).await;
                let name = format!("vic{number}");
                let wrong = browser.submit(&page, "continue", &[("username", &name), ("password", "")]).await;
                let back = browser.submit(&wrong, "continue", &[("username", &name), ("password", PASSWORD)]).await;
                begun.code(&back);
                count += 1;
            }
            count
        });
    }
    for number in 0..RELOADS {
        if number % 10 == 0 {
            turns.add_permits(3);
        }
        let text = if number % 2 == 0 { OTHER_HOUSE } else { HOUSE };
        world.writes_flow(0, "house.yaml", text);
        taken(&world, 0).await;
    }
    turns.close();
    let counts = logins.join_all().await;
    assert!(counts.iter().all(|count| *count > 10), "{counts:?} logins: too few to show anything");
    assert_eq!(health(&world, 0).await["reloads"], RELOADS);
    let Ok(world) = Arc::try_unwrap(world) else { panic!("somebody still signs in") };
    world.finish().await;
}
