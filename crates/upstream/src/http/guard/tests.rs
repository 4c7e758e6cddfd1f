//! Which URLs and addresses are let through.

use super::*;

fn admit(listed: &[&str], url: &str) -> Result<Reach, GuardError> {
    let listed: Vec<String> = listed.iter().map(|&entry| entry.into()).collect();
    Guard::new(&listed, &[443, 8443]).unwrap().admit(&Url::parse(url).unwrap())
}

#[test]
fn web_52_internal_hosts_are_refused_however_they_are_written() {
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0",
        "0.0.0.0",
        "169.254.169.254",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "100.64.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:8.8.8.8]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::1]",
        "[fd00::1]",
        "[fc00::1]",
        "[fe80::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[2001:db8::1]",
        "[2001::1]",
        "[2002:7f00:1::1]",
        "[3fff::1]",
        "[100::1]",
        "[5f00::1]",
        "localhost",
        "localhost.",
        "a.localhost",
        "LOCALHOST",
        "１２７.0.0.1",
    ] {
        assert_eq!(admit(&[], &format!("https://{host}/x")), Err(GuardError::Internal), "{host}");
    }
}

#[test]
fn web_52_public_hosts_are_reached() {
    for host in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "[2606:4700::1111]", "[2001:4860::1]", "idp.example", "idp.example."] {
        assert_eq!(admit(&[], &format!("https://{host}/x")), Ok(Reach::Public), "{host}");
    }
}

#[test]
fn web_52_only_https_on_the_usual_ports_without_credentials() {
    for (url, why) in [
        ("http://idp.example/", GuardError::Scheme),
        ("ftp://idp.example/", GuardError::Scheme),
        ("file:///etc/passwd", GuardError::Scheme),
        ("gopher://idp.example/", GuardError::Scheme),
        ("unix:/run/x.sock", GuardError::Scheme),
        ("https://idp.example:22/", GuardError::Port),
        ("https://idp.example:80/", GuardError::Port),
        ("https://a@idp.example/", GuardError::Credentials),
        ("https://a:b@idp.example/", GuardError::Credentials),
    ] {
        assert_eq!(admit(&[], url), Err(why), "{url}");
    }
    assert_eq!(admit(&[], "https://idp.example:8443/"), Ok(Reach::Public));
}

#[test]
fn web_52_an_exception_is_exactly_what_was_listed() {
    let listed = ["127.0.0.1:9000", "keycloak.internal", "[::1]:80", "10.0.0.1:443"];
    for (url, way) in [
        ("http://127.0.0.1:9000/x", Ok(Reach::Listed)),
        ("https://127.0.0.1:9000/x", Ok(Reach::Listed)),
        ("http://127.0.0.1:9001/x", Err(GuardError::Scheme)),
        ("https://127.0.0.1:8443/x", Err(GuardError::Internal)),
        ("http://127.0.0.2:9000/x", Err(GuardError::Scheme)),
        ("http://keycloak.internal/x", Ok(Reach::Listed)),
        ("https://KEYCLOAK.internal:7777/x", Ok(Reach::Listed)),
        ("http://sub.keycloak.internal/x", Err(GuardError::Scheme)),
        ("http://keycloak.internal.evil.example/x", Err(GuardError::Scheme)),
        ("http://u@keycloak.internal/x", Err(GuardError::Credentials)),
        ("ftp://keycloak.internal/x", Err(GuardError::Scheme)),
        ("http://[::1]/x", Ok(Reach::Listed)),
        ("http://[::1]:81/x", Err(GuardError::Scheme)),
        ("https://10.0.0.1/x", Ok(Reach::Listed)),
        ("http://10.0.0.1/x", Err(GuardError::Scheme)),
    ] {
        assert_eq!(admit(&listed, url), way, "{url}");
    }
}

#[test]
fn an_exception_is_a_host_or_a_host_and_a_port() {
    for entry in ["", "http://a", "a/b", "a/", "a b", "a?b", "a#b", "u@a", "a:99999", "*.internal x"] {
        assert!(Guard::new(&[entry.to_owned()], &[443]).is_err(), "{entry}");
    }
}
