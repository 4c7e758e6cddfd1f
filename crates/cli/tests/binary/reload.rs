//! A binary that serves while its files and its database are changed.

use crate::place::{Place, Running, get};
use serde_json::Value;

/// What an operator says when they change something.
const WHY: &str = "--reason=a test";

const FIRST: &str = "flow: house\nexecutions:\n  - username-and-password\n";
const SECOND: &str = "flow: house\nexecutions:\n  - cookie: { requirement: alternative }\n  - username-and-password: { requirement: alternative }\n";
/// The cookie has no turn.
const IDLE: &str = "flow: house\nexecutions:\n  - flow: sign in\n    executions:\n      - username-and-password: { requirement: alternative }\n      - cookie: { requirement: alternative }\n  - flow: second factor\n    when: user.second-factor-configured\n    executions: [one-time-code]\n";
/// It has one.
const WHOLE: &str = "flow: house\nexecutions:\n  - flow: sign in\n    executions:\n      - cookie: { requirement: alternative }\n      - username-and-password: { requirement: alternative }\n  - flow: second factor\n    when: user.second-factor-configured\n    executions: [one-time-code]\n";
const BROKEN: &str = "flow: house\nexecutions:\n  - username-and-pasword\n";

/// A place with a `house`, and its port.
fn place() -> (Place, u16) {
    let place = Place::with_flow("house", FIRST);
    let config = place.read("braid.yaml");
    let port = config.split("127.0.0.1:").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
    (place, port)
}

fn health(port: u16) -> Value {
    let answer = get(port, "/health");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

fn house(health: &Value) -> String {
    health.pointer("/realms/main/flows/house/revision").unwrap().as_str().unwrap().to_owned()
}

fn until_reloaded(braid: &mut Running) {
    braid.says("the configuration was reloaded");
}

#[test]
fn a_changed_file_is_taken_and_a_broken_one_changes_nothing() {
    let (place, port) = place();
    let mut braid = place.start(&["serve"], "listening");
    let first = house(&health(port));
    place.write("flows/house.yaml", SECOND);
    until_reloaded(&mut braid);
    let second = house(&health(port));
    assert_ne!(first, second);

    place.write("flows/house.yaml", BROKEN);
    braid.says("so the last good one keeps serving");
    let broken = health(port);
    assert_eq!(house(&broken), second);
    let problem = &broken["refused"]["files"]["problems"][0];
    assert_eq!((problem["file"].as_str(), problem["line"].as_u64()), (Some("flows/house.yaml"), Some(3)), "{broken}");
    assert!(get(port, "/.well-known/openid-configuration").starts_with("HTTP/1.1 200"));

    place.write("flows/house.yaml", FIRST);
    until_reloaded(&mut braid);
    let mended = health(port);
    assert_eq!((house(&mended), &mended["refused"]["files"]), (first, &Value::Null));
    let (code, log) = braid.terminate();
    assert_eq!(code, Some(0), "{log}");
}

#[test]
fn a_hangup_reloads_and_says_what_waits_for_a_restart() {
    let (place, port) = place();
    let mut braid = place.start(&["serve"], "listening");
    braid.hang_up();
    braid.says("SIGHUP");
    assert_eq!(health(port)["waits-for-a-restart"], Value::Array(vec![]));
    let config = place.read("braid.yaml").replace("database: sqlite:braid.db", "database: sqlite:other.db");
    place.write("braid.yaml", &config);
    until_reloaded(&mut braid);
    assert_eq!(health(port)["waits-for-a-restart"], serde_json::json!(["database"]));
    assert!(!place.has("other.db"));
    assert_eq!(braid.terminate().0, Some(0));
}

/// As Kubernetes changes a mounted map: the files are links through a link that is swapped.
#[test]
fn a_swapped_link_is_seen() {
    let (place, port) = place();
    std::fs::remove_file(place.path("flows/house.yaml")).unwrap();
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, place.path(name)).unwrap();
    for (version, text) in [("flows/..first", FIRST), ("flows/..second", SECOND)] {
        std::fs::create_dir(place.path(version)).unwrap();
        place.write(&format!("{version}/house.yaml"), text);
    }
    link("..first", "flows/..data");
    link("..data/house.yaml", "flows/house.yaml");
    let mut braid = place.start(&["serve"], "listening");
    let first = house(&health(port));
    link("..second", "flows/..data_tmp");
    std::fs::rename(place.path("flows/..data_tmp"), place.path("flows/..data")).unwrap();
    until_reloaded(&mut braid);
    assert_ne!(house(&health(port)), first);
    assert_eq!(braid.terminate().0, Some(0));
}

#[test]
fn a_flow_is_rolled_back_released_and_revoked_while_it_serves() {
    let (place, port) = place();
    let mut braid = place.start(&["serve"], "listening");
    let first = house(&health(port));
    place.write("flows/house.yaml", SECOND);
    until_reloaded(&mut braid);
    let second = house(&health(port));
    let flow = |command: &[&str]| {
        let ended = place.braid(&[&["flow"], command, &["--realm", "main"]].concat());
        (ended.code, ended.out, ended.err)
    };
    let (code, out, err) = flow(&["rollback", "house", &first[..8], WHY]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("Another change of its file ends that"), "{out}");
    braid.says("were changed in the database");
    let back = health(port);
    assert_eq!(
        (house(&back), back["realms"]["main"]["flows"]["house"]["rolled-back-from"].as_str()),
        (first.clone(), Some(&*second))
    );

    let (code, _, err) = flow(&["revoke", "house", &first, WHY]);
    assert_eq!(code, 1);
    assert!(err.contains("serves now"), "{err}");
    assert_eq!(flow(&["rollback", "house", "--release", WHY]).0, 0);
    braid.says("were changed in the database");
    assert_eq!(house(&health(port)), second);
    assert_eq!(flow(&["revoke", "house", WHY]).0, 0);
    braid.says("were changed in the database");

    let (_, history, _) = flow(&["history", "house"]);
    let acts: Vec<&str> = ["revoked", "released to", "rolled back to", "applied", "applied"].to_vec();
    let lines: Vec<&str> = history.lines().skip(1).collect();
    for (act, line) in acts.iter().zip(&lines) {
        assert!(line.contains(act), "{act} isn't in its line:\n{history}");
    }
    assert!(history.contains(&format!("serves: {second}, as the files say")), "{history}");
    assert!(history.contains("flows/house.yaml") && history.contains("a test"), "{history}");
    assert_eq!(flow(&["show", &format!("house@{first}")]).1, FIRST);

    place.write("flows/house.yaml", FIRST);
    braid.says("was revoked");
    assert_eq!(house(&health(port)), second, "what was revoked isn't taken");
    assert_eq!(flow(&["revoke", "house", &first, "--lift", WHY]).0, 0);
    assert_eq!(flow(&["show", "nobody"]).0, 1);
    assert_eq!(braid.terminate().0, Some(0));
}

#[test]
fn a_roll_back_that_no_node_would_take_is_not_written() {
    let (place, port) = place();
    place.write("flows/house.yaml", IDLE);
    let braid = place.start(&["serve"], "listening");
    let idle = house(&health(port));
    assert_eq!(braid.terminate().0, Some(0));
    place.write("flows/house.yaml", WHOLE);
    let config = place.read("braid.yaml").replace("name: Main", "name: Main, flows: { browser: house }");
    place.write("braid.yaml", &config);
    assert_eq!(place.start(&["serve"], "listening").terminate().0, Some(0));

    let refused = place.braid(&["flow", "rollback", "house", &idle, "--realm=main", "--reason=a test"]);
    assert_eq!(refused.code, 1, "{}", refused.out);
    assert!(refused.err.contains("`cookie` never has a turn"), "{}", refused.err);
    let history = place.braid(&["flow", "history", "house", "--realm", "main"]).out;
    assert!(!history.contains("rolled back to") && history.contains("as the files say"), "{history}");
}
