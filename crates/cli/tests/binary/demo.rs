//! `braid demo` starts from nothing, keeps its data, and says clearly what is in its way.

use crate::place::{Place, Running, free_port, get};
use std::os::unix::fs::PermissionsExt as _;

/// Three ports in a row that nobody listens on, and two others.
fn ports() -> [u16; 3] {
    let bind = |port: u16| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
    let first = std::iter::repeat_with(free_port).find(|port| *port < 65_000 && bind(port + 1) && bind(port + 2)).unwrap();
    let other = || std::iter::repeat_with(free_port).find(|port| !(first..first + 3).contains(port)).unwrap();
    let application = other();
    let mailbox = std::iter::repeat_with(other).find(|port| *port != application).unwrap();
    [first, application, mailbox]
}

fn start(place: &Place, ports: [u16; 3], more: &[&str]) -> Running {
    let [port, application, mailbox] = ports.map(|port| port.to_string());
    let arguments = ["demo", "--port", &port, "--application-port", &application, "--mailbox-port", &mailbox];
    place.start(&[&arguments[..], more].concat(), "Ctrl-C ends the demo.")
}

#[test]
fn it_starts_from_nothing_and_again_on_what_it_kept() {
    let place = Place::new();
    let ports = ports();
    let [port, application, mailbox] = ports;
    let demo = start(&place, ports, &[]);
    for (port, path) in
        [(port, "/health/ready"), (port + 1, "/health/ready"), (port + 2, "/health/ready"), (application, "/"), (mailbox, "/")]
    {
        let answer = get(port, path);
        assert!(answer.starts_with("HTTP/1.1 20"), "{port}{path}: {answer}");
    }
    for number in 1..=6 {
        assert!(demo.log.contains(&format!("\n{number}. ")), "story {number} is missing:\n{}", demo.log);
    }
    let leave = get(application, "/login?provider=campus&prompt=login");
    assert!(leave.contains(&format!("location: http://localhost:{port}/authorize?")), "{leave}");
    let (code, log) = demo.terminate();
    assert_eq!(code, Some(0), "{log}");

    for (name, mode) in [("", 0o700), ("keyring.key", 0o600), ("application.secret", 0o600)] {
        let path = place.path("braid-demo").join(name);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
    }
    let key = place.read("braid-demo/keyring.key");
    assert!(!log.contains(key.trim()));
    assert_eq!(start(&place, ports, &[]).terminate().0, Some(0));
    assert_eq!(place.read("braid-demo/keyring.key"), key, "the data was kept");
    place.write("braid-demo/mine.txt", "not the demo's");
    assert_eq!(start(&place, ports, &["--fresh"]).terminate().0, Some(0));
    assert_ne!(place.read("braid-demo/keyring.key"), key, "everything was forgotten");
    assert!(place.has("braid-demo/mine.txt"), "but nothing that was somebody else's");
}

#[test]
fn its_configuration_is_an_ordinary_one_and_its_flow_can_be_edited() {
    let place = Place::new();
    let ports = ports();
    assert_eq!(start(&place, ports, &[]).terminate().0, Some(0));
    let ended = place.braid(&["config", "check", "--config", "braid-demo/braid.yaml"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert_eq!(place.braid(&["flow", "check", "braid-demo/flows/first-login.yaml"]).code, 0);

    let flow = place.read("braid-demo/flows/first-login.yaml").replace("confirm-link:", "confirm-lnk:");
    place.write("braid-demo/flows/first-login.yaml", &flow);
    let [port, application, mailbox] = ports.map(|port| port.to_string());
    let ended = place.braid(&["demo", "--port", &port, "--application-port", &application, "--mailbox-port", &mailbox]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("did you mean `confirm-link`?") && ended.err.contains("first-login.yaml:"), "{}", ended.err);
}

#[test]
fn a_taken_port_is_said_before_anything_is_written() {
    let place = Place::new();
    let [port, application, mailbox] = ports();
    let taken = std::net::TcpListener::bind(("127.0.0.1", port + 1)).unwrap();
    let [first, second, third] = [port, application, mailbox].map(|port| port.to_string());
    let ended = place.braid(&["demo", "--port", &first, "--application-port", &second, "--mailbox-port", &third]);
    drop(taken);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains(&format!("error: port {} can't be used", port + 1)), "{}", ended.err);
    assert!(ended.err.contains("choose another with `--port`"), "{}", ended.err);
    assert!(!place.has("braid-demo"));

    let ended = place.braid(&["demo", "--port", &first, "--application-port", &first]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("five different ports"), "{}", ended.err);
}
