//! Expressions of linking rules: whatever is written, it is read or refused at a byte of it, and what is read comes to an end.

use super::{Target, corpus};
use domain::RuleName;
use flow_runtime::linking::{FindBy, LinkingRule, Matching, RuleSet};

/// What expressions give a meaning to.
const WORDS: &[&str] = &[
    "identity.",
    "account.",
    "claims.",
    "claims['a']",
    "provider",
    "email",
    "domain",
    "username",
    "email_vouched",
    "attributes.",
    "providers",
    "true",
    "false",
    "has(",
    "size(",
    ".exists(x, ",
    ".all(x, ",
    ".startsWith(",
    ".contains(",
    " in ",
    " == ",
    " != ",
    " && ",
    " || ",
    "!",
    "(",
    ")",
    "[",
    "]",
    ", ",
    "'",
    "\"",
    "\\",
    "\\'",
    "x",
    "0",
    "1",
    "999999",
    "9999999",
    "'a'",
    "['a', 'b']",
    "é",
    "\u{202e}",
    "\0",
    "\n",
    "!!!!",
    "((((",
    "))))",
    "&",
    "|",
    "=",
    ".",
    "null",
    "-1",
    "1.5",
    "{}",
    "?",
    ":",
];

pub(super) fn target() -> Target {
    let seeds = corpus::lines("tests/runtime/fuzz/corpus/expressions.txt");
    let words = WORDS.iter().map(|word| word.as_bytes().to_vec()).collect();
    Target { name: "expressions", seeds, words, most: 2_200, laws }
}

fn compiled(text: &str) -> Result<RuleSet, String> {
    let matching = Matching::Custom { expression: text.to_owned(), find_by: FindBy::default() };
    let rule = LinkingRule::new(RuleName::parse("fuzz").unwrap(), 1, matching);
    RuleSet::compile(vec![rule]).map_err(|problem| format!("{problem:?}"))
}

/// What a text led to is what was said about it, without places.
fn laws(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    match (compiled(&text), compiled(&text)) {
        (Ok(_), Ok(_)) => {
            let spaced = format!("  {text}\n");
            assert!(spaced.len() > 2_000 || compiled(&spaced).is_ok());
            let bracketed = format!("({text})");
            if let Err(why) = compiled(&bracketed) {
                assert!(why.contains("at most"), "{why}");
            }
            format!("read, {} signs", text.matches(['(', '[', '!', '&', '|']).count())
        }
        (Err(one), Err(other)) => {
            assert_eq!(one, other);
            assert!(one.len() < 10_000, "{} bytes", one.len());
            one.chars().filter(|c| !c.is_ascii_digit()).take(60).collect()
        }
        _ => panic!("reading twice differs"),
    }
}
