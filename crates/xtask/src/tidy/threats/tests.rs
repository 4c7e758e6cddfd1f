//! The check of the threat model, on small models.

use super::*;
use crate::tidy::tree::SourceFile;

const HEAD: &str = "# Threats\n\nSome words.\n\n| id | threat | what Braid does | test |\n| --- | --- | --- | --- |\n";

fn tree() -> Tree {
    let file = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
    Tree {
        files: vec![
            file("crates/a/src/b.rs", "    #[test]\n    fn ph_3_nothing_is_joined() {}\n    pub(crate) async fn helps() {}\n"),
            file("crates/a/src/c.rs", "// fn only_in_a_comment() {}\nlet text = \"fn in_a_text\";\n"),
            file("e2e/story.test.mjs", "test('the attacker gets nowhere', async () => {})\nconst other = 'not a test'\n"),
        ],
    }
}

fn wrong(rows: &str) -> Vec<String> {
    compare(&format!("{HEAD}{rows}"), &tree())
}

#[test]
fn a_row_with_a_test_is_right() {
    assert_eq!(wrong("| PH-3 | t | b | `ph_3_nothing_is_joined` |\n"), Vec::<String>::new());
    assert_eq!(
        wrong("| PH-3 | t \\| u | b | `a::b::ph_3_nothing_is_joined`, `the attacker gets nowhere` |"),
        Vec::<String>::new()
    );
    assert_eq!(wrong("| PH-3, WEB-9 | t | b | `helps` and `ph_3_nothing_is_joined` |"), Vec::<String>::new());
}

#[test]
fn a_row_without_a_test_that_exists_is_wrong() {
    let others = "| PH-3 | t | b | `ph_3_nothing_is_joined` |\n";
    for test in ["", "later", "`gone`", "`helps`, `gone`", "`only_in_a_comment`", "`in_a_text`", "`not a test`"] {
        assert_eq!(wrong(&format!("{others}| PH-4 | t | b | {test} |")).len(), 1, "{test}");
    }
}

#[test]
fn a_test_that_names_a_row_needs_it() {
    assert_eq!(wrong(""), ["docs/threats.md: test `ph_3_nothing_is_joined` has no row PH-3"]);
    assert_eq!(wrong("| PH-30 | t | b | `ph_3_nothing_is_joined` |").len(), 1);
}

#[test]
fn a_broken_table_is_wrong() {
    let row = "| PH-3 | t | b | `helps` |\n";
    assert_eq!(wrong(&format!("{row}{row}")).len(), 1, "twice");
    assert_eq!(wrong(&format!("{row}| PH-4 | t | `helps` |")).len(), 1, "three cells");
    assert_eq!(wrong(&format!("{row}|  | t | b | `helps` |")).len(), 1, "no id");
    assert_eq!(compare(row, &tree()).len(), 2, "no header, so the first row isn't read either");
}

#[test]
fn row_ids_are_read_from_the_names_of_tests() {
    for (test, id) in [
        ("ph_22_a_name", Some("PH-22")),
        ("oidc_pk_2_plain_is_refused", Some("OIDC-PK-2")),
        ("web_1_x", Some("WEB-1")),
        ("web_1a_x", Some("WEB-1A")),
        ("rel_7", Some("REL-7")),
        ("ph_balance_is_kept", None),
        ("oidc_pk_is_on", None),
        ("a_ph_22", None),
    ] {
        assert_eq!(row_id(test).as_deref(), id, "{test}");
    }
}
