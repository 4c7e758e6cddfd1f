//! Whole files, good and broken.

use super::*;
use crate::settings::MailTransport;
use domain::Assurance;
use std::collections::BTreeMap;
use std::fs;
use tempfile::TempDir;

mod policy;
mod rules;

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// Lines 1 to 3 of every broken file below.
const TOP: &str = "database: sqlite:braid.db\nkeyring: [{ id: one, file: keyring.key }]\nrealms:\n";

/// The folder of a configuration, with what it refers to.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in [
        ("keyring.key", KEY),
        ("short.key", "AAAA"),
        ("campus.secret", "a-secret-for-tests-only\n"),
        ("wiki.secret", "another-secret-for-tests\n"),
        ("internal-ca.pem", ""),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    fs::create_dir(folder.path().join("flows")).unwrap();
    folder
}

fn read_in(folder: &TempDir, text: &str, variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    let variables: BTreeMap<_, _> = variables.iter().copied().collect();
    let variable = |name: &str| variables.get(name).map(ToString::to_string);
    read(
        text,
        "braid.yaml",
        &Surroundings { folder: folder.path().to_path_buf(), variable: &variable, notes: super::seen::Notes::default() },
    )
}

fn problems(text: &str) -> Vec<Problem> {
    read_in(&folder(), text, &[]).err().map(|error| error.problems).unwrap_or_default()
}

/// The documented example.
fn example() -> &'static str {
    let text = include_str!("../../../../docs/configuration.md");
    text.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap()
}

const EXAMPLE_VARIABLES: [(&str, &str); 3] = [
    ("BRAID_OLD_KEY", "//////////////////////////////////////////8"),
    ("SMTP_URL", "smtps://u:p@mail.example.org:465"),
    ("FEDERATION_SECRET", "a-secret-of-the-federation"),
];

#[test]
fn the_documented_example_loads() {
    let settings = read_in(&folder(), example(), &EXAMPLE_VARIABLES)
        .unwrap_or_else(|error| panic!("{}", error.problems.iter().map(Problem::render).collect::<String>()));
    let [realm] = settings.realms.as_slice() else { panic!("one realm") };
    assert_eq!(realm.origin, "https://login.example.org");
    assert_eq!(realm.policy.limits, flow_runtime::Limits::default(), "the documented limits are the defaults");
    assert!(realm.policy.sends_mail);
    assert!(matches!(realm.mail.as_ref().unwrap().transport, MailTransport::Smtp(_)));
    assert_eq!(realm.policy.providers[0].trust_email, Assurance::Domains(vec!["campus.example".into()]));
    assert_eq!(realm.providers[0].client_secret.as_ref().unwrap().reveal(), "a-secret-for-tests-only");
    assert_eq!(realm.policy.providers[1].authorities.len(), 2);
    let rules: Vec<_> = realm.policy.rules.rules().map(|rule| rule.name.to_string()).collect();
    assert_eq!(rules, ["employees", "contractors", "campus-address", "analysts"]);
    assert!(settings.warnings.is_empty());
    assert_eq!(realm.clients.len(), 2);
    assert_eq!(settings.trusted_proxies[0].prefix, 8);
}

#[test]
fn what_the_example_calls_a_default_is_one() {
    let folder = folder();
    let full = read_in(&folder, example(), &EXAMPLE_VARIABLES).unwrap();
    let short = format!(
        "{TOP}  main:\n    origin: https://login.example.org\n    providers:\n      - {{ alias: campus, issuer: https://sso.example, client-id: braid, client-secret: {{ file: campus.secret }} }}\n    clients: [{{ id: wiki, secret: {{ file: wiki.secret }}, redirect-uris: [https://wiki.example.org/callback] }}]\n"
    );
    let short = read_in(&folder, &short, &[]).unwrap();
    let (full_provider, short_provider) = (&full.realms[0].providers[0], &short.realms[0].providers[0]);
    assert_eq!(full_provider.scopes, short_provider.scopes);
    assert_eq!(full_provider.token_auth, short_provider.token_auth);
    assert_eq!(full_provider.signing_algs, short_provider.signing_algs);
    assert_eq!(full_provider.clock_skew, short_provider.clock_skew);
    assert_eq!(full_provider.claims.email_verified, short_provider.claims.email_verified);
    let (full_policy, short_policy) = (&full.realms[0].policy.providers[0], &short.realms[0].policy.providers[0]);
    assert_eq!(full_policy.link_only, short_policy.link_only);
    assert_eq!(full_policy.linking_domain, short_policy.linking_domain);
    assert_eq!(full_policy.on_existing_link, short_policy.on_existing_link);
    assert_eq!(full_policy.unproved_claims, short_policy.unproved_claims);
    assert!(!short_policy.proves_fresh_login && short_policy.most_identities.is_none() && short_policy.hands_out.is_empty());
    assert_eq!(full.listen, short.listen);
    let (full_bindings, short_bindings) = (&full.realms[0].policy.bindings, &short.realms[0].policy.bindings);
    let without = flow_runtime::Bindings { second_factor: None, ..full_bindings.clone() };
    assert!(full_bindings.second_factor.is_some() && without == *short_bindings, "a second factor isn't offered by itself");
    let (full_client, short_client) = (&full.realms[0].clients[0], &short.realms[0].clients[0]);
    let mut renamed = full_client.clone();
    renamed.name.clone_from(&short_client.name);
    assert_eq!(renamed, *short_client);
    assert_eq!(short.realms[0].policy.providers[0].trust_email, Assurance::Nobody);
    assert_eq!(short.realms[0].policy.providers[0].first_login_flow.as_str(), "first-broker-login");
}

/// A broken file, the place of its first problem, and words of its reason and remedy.
struct Broken {
    text: String,
    place: &'static str,
    reason: &'static str,
    remedy: &'static str,
}

fn realm(lines: &str) -> String {
    format!("{TOP}  main:\n{lines}")
}

fn provider(keys: &str) -> String {
    realm(&format!("    origin: https://login.example.org\n    providers:\n      - {keys}\n"))
}

fn client(keys: &str) -> String {
    realm(&format!("    origin: https://login.example.org\n    clients:\n      - {keys}\n"))
}

macro_rules! broken {
    ($($text:expr, $place:literal, $reason:literal, $remedy:literal;)*) => {
        vec![$(Broken { text: $text.into(), place: $place, reason: $reason, remedy: $remedy }),*]
    };
}

use broken;

fn check(table: Vec<Broken>) {
    for Broken { text, place, reason, remedy } in table {
        let found = problems(&text);
        let Some(first) = found.first() else { panic!("nothing is wrong with\n{text}") };
        assert_eq!(first.place.to_string(), place, "{}\n{text}", first.render());
        assert!(first.reason.contains(reason), "{}\n{text}", first.render());
        assert!(first.remedy.contains(remedy), "{}\n{text}", first.render());
    }
}

#[test]
fn a_broken_top_is_said_with_its_place_and_remedy() {
    check(broken![
        "", "braid.yaml:1:1", "is a mapping, not nothing", "key: value";
        "database: [", "braid.yaml:1:11", "not valid YAML: unclosed bracket", "correct the line";
        "keyring: [{ id: one, file: keyring.key }]\nrealms: { a: { origin: 'https://a.example' } }", "braid.yaml:1:1", "`database` is missing", "sqlite:braid.db";
        "database: mysql://x\nkeyring: [{ id: one, file: keyring.key }]\nrealms: { a: { origin: 'https://a.example' } }", "braid.yaml:1:11", "no database", "postgres://";
        "database: sqlite:a\nrealms: { a: { origin: 'https://a.example' } }", "braid.yaml:1:1", "no keyring", "braid keyring new";
        "database: sqlite:a\nkeyring: [{ id: one, file: short.key }]\nrealms: { a: { origin: 'https://a.example' } }", "braid.yaml:2:17", "32 bytes in base64; it has 3 bytes", "braid keyring new";
        "database: sqlite:a\nkeyring: [{ id: one, key: '***' }]\nrealms: { a: { origin: 'https://a.example' } }", "braid.yaml:2:17", "it is not base64", "braid keyring new";
        "database: sqlite:a\nkeyring: [{ id: one, file: none.key }]\nrealms: { a: { origin: 'https://a.example' } }", "braid.yaml:2:28", "can't be read", "make the file";
        "database: sqlite:a\nkeyring: [{ id: one, env: NOT_SET }]\nrealms: { a: { origin: 'https://a.example' } }", "braid.yaml:2:27", "NOT_SET is not set", "set it";
        format!("{TOP}\n"), "braid.yaml:1:1", "there is no realm", "realms:";
        format!("listen: localhost\n{TOP}  a: {{ origin: https://a.example }}"), "braid.yaml:1:9", "not an address", "127.0.0.1:8080";
        format!("lisen: 127.0.0.1:1\n{TOP}  a: {{ origin: https://a.example }}"), "braid.yaml:1:1", "no key `lisen`", "did you mean `listen`?";
        format!("listen: 127.0.0.1:1\nlisten: 127.0.0.1:2\n{TOP}  a: {{ origin: https://a.example }}"), "braid.yaml:2:1", "twice", "line 1";
        format!("trusted-proxies: [10.0.0.0/33]\n{TOP}  a: {{ origin: https://a.example }}"), "braid.yaml:1:19", "not a network", "10.0.0.0/8";
        format!("allow-internal: [http://x]\n{TOP}  a: {{ origin: https://a.example }}"), "braid.yaml:1:18", "not a host", "host:port";
        format!("flows: nowhere\n{TOP}  a: {{ origin: https://a.example }}"), "braid.yaml:1:8", "can't be read", "make the folder";
    ]);
}

#[test]
fn a_broken_realm_is_said_with_its_place_and_remedy() {
    check(broken![
        realm("    name: x\n"), "braid.yaml:4:3", "`origin` is missing", "origin:";
        realm("    origin: https://login.example.org/\n"), "braid.yaml:5:13", "slash at its end", "write `https://login.example.org`";
        realm("    origin: https://login.example.org/auth\n"), "braid.yaml:5:13", "no path", "write `https://login.example.org`";
        realm("    origin: https://Login.example.org:443\n"), "braid.yaml:5:13", "another way", "write `https://login.example.org`";
        realm("    origin: http://login.example.org\n"), "braid.yaml:5:13", "is https", "write `https://login.example.org`";
        realm("    origin: login.example.org\n"), "braid.yaml:5:13", "not a URL", "https://";
        realm("    origin: 8080\n"), "braid.yaml:5:13", "a text, not a number", "quotes";
        format!("{TOP}  a: {{ origin: https://x.example }}\n  b: {{ origin: https://x.example }}\n"), "braid.yaml:5:16", "line 4 has this origin", "an origin of its own";
        format!("{TOP}  a: {{ origin: https://x.example }}\n  a: {{ origin: https://y.example }}\n"), "braid.yaml:5:3", "twice", "line 4";
        format!("{TOP}  A!: {{ origin: https://x.example }}\n"), "braid.yaml:4:3", "not a valid realm", "short name";
        realm("    origin: https://x.example\n    flows: { browser: brwser }\n"), "braid.yaml:6:23", "no flow “brwser”", "did you mean `browser`?";
        realm("    origin: https://x.example\n    limits: { codes-per-mail: 0 }\n"), "braid.yaml:6:31", "whole number", "digits";
        realm("    origin: https://x.example\n    limits: { resend-after: 30 }\n"), "braid.yaml:6:29", "length of time", "15m";
        realm("    origin: https://x.example\n    mail: { from: nobody, smtp: smtp://x }\n"), "braid.yaml:6:19", "not an address", "login@example.org";
        realm("    origin: https://x.example\n    mail: { from: a@b.example, smtp: 'mail.example.org:25' }\n"), "braid.yaml:6:38", "neither smtp nor smtps", "smtp://";
        realm("    origin: https://x.example\n    mail: { from: a@b.example, smtp: 'smtp://m.example?tls=off' }\n"), "braid.yaml:6:38", "a query", "smtp://";
        realm("    origin: https://x.example\n    mail: { from: a@b.example }\n"), "braid.yaml:6:11", "`smtp` is missing", "smtp://";
        format!("{TOP}  main:\n    origin: https://x.example\nproviders: [{{ alias: a }}]\n"), "braid.yaml:6:1", "no key `providers`", "here there are";
    ]);
}

#[test]
fn a_broken_provider_is_said_with_its_place_and_remedy() {
    check(broken![
        provider("{ alias: Campus, issuer: https://c.example, client-id: b }"), "braid.yaml:7:18", "not a valid provider alias", "what people see";
        provider("{ alias: a, client-id: b }"), "braid.yaml:7:9", "`issuer` is missing", "issuer:";
        provider("{ alias: a, issuer: http://c.example, client-id: b }"), "braid.yaml:7:29", "only https", "allow-internal";
        provider("{ alias: a, issuer: https://10.0.0.1, client-id: b }"), "braid.yaml:7:29", "can't be reached", "allow-internal";
        provider("{ alias: a, issuer: 'https://c.example?x=1', client-id: b }"), "braid.yaml:7:29", "no query", "discovery document";
        provider("{ alias: a, issuer: https://c.example, client-id: b, client-secret: { file: none } }"), "braid.yaml:7:85", "can't be read", "make the file";
        provider("{ alias: a, issuer: https://c.example, client-id: b, token-auth: basic }"), "braid.yaml:7:9", "need a client secret", "client-secret";
        provider("{ alias: a, issuer: https://c.example, client-id: b, token-auth: jwt }"), "braid.yaml:7:74", "unknown word", "`basic`";
        provider("{ alias: a, issuer: https://c.example, client-id: b, trust-email: ['*.c.example'] }"), "braid.yaml:7:76", "not a domain", "without “*”";
        provider("{ alias: a, issuer: https://c.example, client-id: b, trust-email: 'yes' }"), "braid.yaml:7:75", "`trust-email` is a text", "`true`, `false`";
        provider("{ alias: a, issuer: https://c.example, client-id: b, first-login-flow: first-broker-logn }"), "braid.yaml:7:80", "no flow", "did you mean `first-broker-login`?";
        provider("{ alias: a, issuer: https://c.example, client-id: b, claims: { email: upn } }"), "braid.yaml:7:70", "“upn” says nothing", "name the claim";
        provider("{ alias: a, issuer: https://c.example, client-id: b, authorize-params: { state: x } }"), "braid.yaml:7:80", "set by Braid", "remove it";
        provider("{ alias: a, issuer: https://c.example, client-id: b, scopes: ['openid email'] }"), "braid.yaml:7:71", "scope", "item of its own";
        provider("{ alias: a, issuer: https://c.example, client-id: b, signing-algs: [HS256] }"), "braid.yaml:7:77", "no signing algorithm", "`RS256`";
        provider("{ alias: a, issuer: https://c.example, client-id: b }\n      - { alias: a, issuer: https://d.example, client-id: b }"), "braid.yaml:8:18", "on line 7 already", "another name";
        provider("{ alias: a, issuer: https://c.example, client-id: b, client_secret: x }"), "braid.yaml:7:62", "no key `client_secret`", "did you mean `client-secret`?";
    ]);
}

#[test]
fn a_broken_client_is_said_with_its_place_and_remedy() {
    check(broken![
        client("{ id: a, redirect-uris: [https://a.example/cb] }"), "braid.yaml:7:9", "no secret", "public: true";
        client("{ id: a, public: true, secret: { file: wiki.secret }, redirect-uris: [https://a.example/cb] }"), "braid.yaml:7:40", "can't keep a secret", "remove";
        client("{ id: a, secret: short, redirect-uris: [https://a.example/cb] }"), "braid.yaml:7:26", "fewer than 16", "random";
        client("{ id: a b, public: true, redirect-uris: [https://a.example/cb] }"), "braid.yaml:7:15", "not a valid client id", "short name";
        client("{ id: a, public: true }"), "braid.yaml:7:9", "no redirect URI", "redirect-uris:";
        client("{ id: a, public: true, redirect-uris: [https://a.example/*] }"), "braid.yaml:7:48", "compared exactly", "exact address";
        client("{ id: a, public: true, redirect-uris: [http://a.example/cb] }"), "braid.yaml:7:48", "scheme", "exact address";
        client("{ id: a, public: true, pkce-required: false, redirect-uris: [https://a.example/cb] }"), "braid.yaml:7:9", "PKCE", "remove";
        client("{ id: a, public: true, scopes: [openid, phone], redirect-uris: [https://a.example/cb] }"), "braid.yaml:7:49", "“phone” doesn't exist", "remove it";
        client("{ id: a, public: true, scopes: [email], redirect-uris: [https://a.example/cb] }"), "braid.yaml:7:41", "“openid” is missing", "add `openid`";
        client("{ id: a, public: true, signing-alg: none, redirect-uris: [https://a.example/cb] }"), "braid.yaml:7:45", "doesn't sign", "`ES256`";
        client("{ id: a, public: yes please, redirect-uris: [https://a.example/cb] }"), "braid.yaml:7:26", "true or false", "without quotes";
        client("{ id: a, public: true, redirect-uris: [https://a.example/cb] }\n      - { id: a, public: true, redirect-uris: [https://b.example/cb] }"), "braid.yaml:8:15", "on line 7 already", "another name";
    ]);
}

#[test]
fn one_run_finds_the_problems_of_all_parts() {
    let text = "listen: here\ndatabase: nowhere\nrealms:\n  main:\n    origin: http://x.example\n    provders: []\n    clients: [{ id: a }]\n";
    let places: Vec<String> = problems(text).iter().map(|problem| problem.place.to_string()).collect();
    let lines: Vec<&str> = places.iter().map(|place| place.split(':').nth(1).unwrap()).collect();
    assert_eq!(lines, ["1", "1", "2", "5", "6", "7"]);
}

#[test]
fn a_problem_shows_its_line_but_never_a_secret() {
    let found = problems(&realm("    origin: https://login.example.org/\n"));
    let expected = "error: an origin has no slash at its end\n  --> braid.yaml:5:13\n   |\n5  |     origin: https://login.example.org/\n   |             ^^^^^^^^^^^^^^^^^^^^^^^^^^\n   = help: write `https://login.example.org`\n";
    assert_eq!(found[0].render(), expected);

    let secret = "hunter2hunter2";
    for text in [
        client(&format!("{{ id: a, secret: {secret}, redirect-uris: [nonsense] }}")),
        client(&format!("{{ id: a, secret: {secret}, public: true, scope: x }}")),
        provider(&format!("{{ alias: a, client-id: b, client-secret: {secret}, issuer: 'http://x.example' }}")),
        realm(&format!("    mail: {{ from: a@b.example, smtp: 'http://u:{secret}@x' }}\n")),
        format!("database: mysql://u:{secret}@x\n"),
        format!("database: 'postgres://u:{secret}@x\n"),
        format!("keyring: [{{ id: a, key: {secret} }}]\n"),
    ] {
        let found: String = problems(&text).iter().map(Problem::render).collect();
        assert!(!found.is_empty() && !found.contains(secret), "{found}");
    }
}

#[test]
fn a_flow_of_the_folder_serves_and_a_broken_one_says_where() {
    let folder = folder();
    let flow = |name: &str| format!("flow: {name}\nexecutions:\n  - username-and-password\n");
    let file = folder.path().join("flows/mine.yaml");
    fs::write(&file, flow("mine")).unwrap();
    let text = format!("flows: flows\n{}", realm("    origin: https://x.example\n    flows: { browser: mine }\n"));
    let settings = read_in(&folder, &text, &[]).unwrap();
    assert_eq!(settings.realms[0].policy.bindings.browser.as_str(), "mine");

    fs::write(&file, flow("browser")).unwrap();
    let found = read_in(&folder, &text, &[]).err().unwrap().problems;
    assert!(found.iter().any(|problem| problem.reason.contains("another flow with the name browser")));

    fs::write(&file, "flow: mine\nexecutions:\n  - teapot\n").unwrap();
    let found = read_in(&folder, &text, &[]).err().unwrap().problems;
    assert!(found.iter().any(|problem| problem.place.to_string().ends_with("flows/mine.yaml:3:5")), "{found:?}");
}

#[test]
fn a_flow_with_a_red_test_does_not_load() {
    let folder = folder();
    let file = folder.path().join("flows/mine.yaml");
    let flow = |then: &str| {
        format!("flow: mine\nexecutions: [username-and-password]\ntests:\n  - name: nobody is there\n    then: {{ {then} }}\n")
    };
    let text = format!("flows: flows\n{}", realm("    origin: https://x.example\n    flows: { browser: mine }\n"));
    fs::write(&file, flow("shows: login")).unwrap();
    assert!(read_in(&folder, &text, &[]).is_ok());

    fs::write(&file, flow("signed-in: new")).unwrap();
    let found = read_in(&folder, &text, &[]).err().unwrap().problems;
    let red = found.iter().find(|problem| problem.reason.contains("the test “nobody is there” is red")).unwrap();
    assert!(red.place.to_string().ends_with("flows/mine.yaml:5:13"), "{red:?}");
    assert!(red.reason.contains("expected signed in as a new account, but it is the page `login`"), "{red:?}");
}

#[test]
fn the_environment_overrides_the_top() {
    let folder = folder();
    let text = realm("    origin: https://x.example\n");
    let settings = read_in(&folder, &text, &[]).unwrap();
    assert_eq!(settings.database.reveal(), format!("sqlite:{}/braid.db", folder.path().display()));

    let variables = [("BRAID_DATABASE", "sqlite::memory:"), ("BRAID_LISTEN", "127.0.0.1:1, [::1]:2")];
    let settings = read_in(&folder, &text, &variables).unwrap();
    assert_eq!(settings.database.reveal(), "sqlite::memory:");
    assert_eq!(settings.listen, ["127.0.0.1:1".parse().unwrap(), "[::1]:2".parse().unwrap()]);

    let found = read_in(&folder, &text, &[("BRAID_LISTEN", "here")]).err().unwrap().problems;
    assert_eq!(found[0].place, Place::Variable("BRAID_LISTEN"));
}

#[test]
fn a_file_that_is_not_there_says_so() {
    let error = load(Path::new("/nowhere/braid.yaml")).err().unwrap();
    assert_eq!(error.problems[0].place.to_string(), "/nowhere/braid.yaml");
    assert!(error.problems[0].remedy.contains("--config"));
}
