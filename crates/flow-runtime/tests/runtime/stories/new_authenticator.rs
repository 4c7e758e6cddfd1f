//! A new authenticator is one file: what is declared here is read, checked, run, described and in the schema, and nothing else knows it.

use crate::world::World;
use domain::Entropy;
use flow_runtime::authenticator::{Act, Authenticator, Input, KINDS, Sight, Turn};
use flow_runtime::definition::config::{Config, Key, KeyKind};
use flow_runtime::definition::declaration::{Declaration, Kind, Outcome};
use flow_runtime::describe::{authenticator, data, overview, schema};
use flow_runtime::outcome::DenialCode;
use flow_runtime::reader::{find, read, read_with};
use std::sync::Arc;

static KIND: Kind = Kind { declaration: &DECLARATION, build };

static DECLARATION: Declaration = Declaration {
    name: "example-with-a-number",
    summary: "Counts to a number, and lets nobody in.",
    keys: &[Key {
        name: "tries",
        kind: KeyKind::Count { least: 1, most: 9 },
        default: Some("3"),
        description: "How far it counts.",
        example: "5",
    }],
    needs: &[],
    outcomes: &[Outcome::Denied],
    establishes: &[],
    asks: &[],
    shows: false,
};

#[derive(Debug)]
struct Counting(u32);

fn build(config: &Config) -> Arc<dyn Authenticator> {
    Arc::new(Counting(config.count("tries").unwrap_or_default()))
}

impl Authenticator for Counting {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn act(&self, _sight: &Sight<'_>, _input: Input<'_>, _entropy: &Entropy) -> Turn {
        Turn::just(if self.0 == 5 { Act::Deny(DenialCode::NoWayLeft) } else { Act::Attempted })
    }
}

fn kinds() -> &'static [&'static Kind] {
    Box::leak(KINDS.iter().copied().chain([&KIND]).collect::<Vec<_>>().into_boxed_slice())
}

const FLOW: &str = "flow: browser\nexecutions:\n  - example-with-a-number: { tries: 5 }\n";

#[test]
fn it_is_read_with_its_keys_and_nobody_else_knows_it() {
    assert_eq!(read(FLOW, "a.yaml").unwrap_err()[0].code.id, "BF0030");
    let flow = read_with(kinds(), FLOW, "a.yaml").unwrap().flow;
    let other = read_with(kinds(), &FLOW.replace('5', "4"), "a.yaml").unwrap().flow;
    assert_ne!(flow.revision, other.revision);
    for (tries, code) in [("0", "BF0035"), ("10", "BF0035"), ("\"5\"", "BF0034"), ("five", "BF0034"), ("[5]", "BF0012")] {
        let found = read_with(kinds(), &FLOW.replace('5', tries), "a.yaml").unwrap_err();
        assert_eq!(found.iter().map(|problem| problem.code.id).collect::<Vec<_>>(), [code], "{tries}");
    }
    let misspelt = read_with(kinds(), &FLOW.replace("with-a", "with"), "a.yaml").unwrap_err();
    assert_eq!(misspelt[0].help.as_deref(), Some("did you mean `example-with-a-number`?"));
}

#[test]
fn its_examples_of_bad_and_good_numbers_are_what_the_code_says() {
    let code = find("BF0034").unwrap();
    let found = read_with(kinds(), str::from_utf8(code.bad).unwrap(), "a.yaml").unwrap_err();
    assert_eq!(found.iter().map(|problem| problem.code.id).collect::<Vec<_>>(), ["BF0034"]);
    assert!(read_with(kinds(), code.good, "a.yaml").unwrap().warnings.is_empty());
}

#[test]
fn it_runs() {
    let mut world = World::new();
    let flow = read_with(kinds(), FLOW, "a.yaml").unwrap().flow;
    world.policy.flows.insert(flow.name.clone(), Arc::new(flow));
    assert_eq!(world.login().denial(), DenialCode::NoWayLeft);
}

#[test]
fn what_stands_behind_it_is_never_reached() {
    let text = format!("{FLOW}  - cookie\n");
    let warnings = read_with(kinds(), &text, "a.yaml").unwrap().warnings;
    assert_eq!(warnings.iter().map(|warning| (warning.code.id, warning.span.line)).collect::<Vec<_>>(), [("BF0053", 4)]);
}

#[test]
fn it_is_in_schema_text_and_data() {
    let schema = schema(kinds());
    let settings = &schema["definitions"]["settings of example-with-a-number"];
    assert_eq!(settings["properties"]["tries"]["minimum"], 1);
    assert_eq!(settings["properties"]["tries"]["default"], 3);
    assert!(schema["definitions"]["authenticator"]["properties"]["example-with-a-number"].is_object());
    assert!(overview(kinds()).contains("example-with-a-number"));
    assert!(
        authenticator(&DECLARATION).contains("tries: How far it counts. Values: a whole number from 1 to 9. The default is `3`.")
    );
    assert_eq!(data(kinds()).as_array().unwrap().last().unwrap()["keys"][0]["values"]["number"]["most"], 9);
}
