//! What is made from the declarations says all of them, and the schema in the repository is that of this Braid.

use super::{authenticator, data, overview, schema};
use crate::authenticator::KINDS;
use crate::definition::config::KeyKind;
use crate::definition::fact::FACTS;
use crate::reader::keys::{DOCUMENT, SUB_FLOW};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests decides whether they write")]
fn blessing() -> bool {
    std::env::var_os("BRAID_BLESS").is_some_and(|value| value == "1")
}

fn keys(schema: &Value) -> BTreeSet<String> {
    schema["properties"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn the_schema_in_the_repository_is_the_one_of_this_braid() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../flows/flow.schema.json");
    let now = format!("{:#}\n", schema(KINDS));
    if blessing() {
        fs::write(&file, &now).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == now, "flows/flow.schema.json is stale: BRAID_BLESS=1 writes it");
}

#[test]
fn the_schema_says_every_key_word_and_fact_with_a_description() {
    let schema = schema(KINDS);
    assert_eq!(keys(&schema), DOCUMENT.iter().map(|word| word.name.to_owned()).collect());
    assert_eq!(keys(&schema["definitions"]["sub-flow"]), SUB_FLOW.iter().map(|word| word.name.to_owned()).collect());
    for kind in KINDS {
        let declaration = kind.declaration;
        let settings = &schema["definitions"][format!("settings of {}", declaration.name)];
        assert_eq!(settings["additionalProperties"], false);
        assert_eq!(keys(settings).len(), declaration.keys.len() + 1, "{}", declaration.name);
        for key in declaration.keys {
            let said = &settings["properties"][key.name];
            assert!(said["description"].as_str().unwrap().starts_with(key.description));
            assert_eq!(said["default"].is_null(), key.default.is_none_or(str::is_empty), "{}", key.name);
            assert_eq!(said["examples"].as_array().unwrap().len(), 1);
            if let KeyKind::OneOf(words) = key.kind {
                assert_eq!(said["enum"].as_array().unwrap().len(), words.len());
            }
        }
    }
    let condition = &schema["definitions"]["condition"]["anyOf"];
    let alone: Vec<_> = condition[0]["anyOf"].as_array().unwrap().iter().map(|fact| &fact["const"]).collect();
    let with_a_value = keys(&condition[1]);
    for fact in FACTS {
        assert!(alone.contains(&&fact.name.into()) || with_a_value.contains(fact.name), "{}", fact.name);
    }
}

#[test]
fn every_mapping_and_every_word_of_the_schema_is_described() {
    fn visit(value: &Value, path: &str, missing: &mut Vec<String>) {
        let properties = value["properties"].as_object().into_iter().flatten();
        let words = value["anyOf"].as_array().into_iter().flatten().filter(|word| !word["const"].is_null());
        for (name, said) in properties.map(|(name, said)| (name.as_str(), said)).chain(words.map(|word| ("const", word))) {
            if said["description"].as_str().is_none_or(str::is_empty) {
                missing.push(format!("{path}/{name}"));
            }
        }
        match value {
            Value::Object(object) => object.iter().for_each(|(key, value)| visit(value, &format!("{path}/{key}"), missing)),
            Value::Array(items) => items.iter().for_each(|value| visit(value, path, missing)),
            _ => {}
        }
    }
    let mut missing = Vec::new();
    visit(&schema(KINDS), "", &mut missing);
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn text_and_data_say_every_declaration() {
    let all = overview(KINDS);
    for (kind, said) in KINDS.iter().zip(data(KINDS).as_array().unwrap()) {
        let declaration = kind.declaration;
        let text = authenticator(declaration);
        assert!(all.lines().any(|line| line.starts_with(declaration.name) && line.ends_with(declaration.summary)));
        assert!(text.starts_with(declaration.name) && text.contains(declaration.summary));
        assert_eq!(said["name"], declaration.name);
        for (key, entry) in declaration.keys.iter().zip(said["keys"].as_array().unwrap()) {
            assert!(text.contains(&format!("\n  {}: {}", key.name, key.description)), "{text}");
            assert!(key.default.is_none_or(|default| text.contains(&format!("The default is `{default}`"))));
            assert_eq!((&entry["name"], &entry["description"]), (&key.name.into(), &key.description.into()));
        }
        for need in declaration.needs {
            assert!(text.contains(need.description()));
        }
    }
}

#[test]
fn the_example_of_every_key_is_a_value_of_it() {
    for kind in KINDS {
        for key in kind.declaration.keys {
            for value in [Some(key.example), key.default].into_iter().flatten().filter(|value| !value.is_empty()) {
                let needed = kind.declaration.keys.iter().filter(|other| other.default.is_none() && other.name != key.name);
                let needed: Vec<String> = needed.map(|other| format!(", {}: {}", other.name, other.example)).collect();
                let needed = needed.concat();
                let text = format!("flow: a\nexecutions:\n  - {}: {{ {}: {value}{needed} }}\n", kind.declaration.name, key.name);
                let found = crate::reader::read(&text, "a.yaml").err().unwrap_or_default();
                assert!(found.iter().all(|problem| problem.code.id == "BF0051"), "{text}: {found:?}");
            }
        }
    }
}
