//! Files that somebody made to hurt. Each is refused, with a place and a reason.

use super::super::{MAX_BYTES, read_bytes};
use super::{codes, refused};
use std::fmt::Write as _;

#[test]
fn a_megabyte_is_refused_unread() {
    let text = format!("flow: example\nexecutions:\n{}", "  - cookie\n".repeat(100_000));
    assert!(text.len() > 1_000_000);
    assert_eq!(codes(&text), ["BF0004"]);
    assert_eq!(read_bytes(&vec![0xff; MAX_BYTES + 1], "test.yaml").unwrap_err()[0].code.id, "BF0004");
}

#[test]
fn ten_thousand_levels_are_refused() {
    for text in ["[".repeat(10_000), "{a: ".repeat(10_000), "- ".repeat(10_000), "? ".repeat(10_000)] {
        assert_eq!(codes(&text), ["BF0005"], "{}", &text[..4]);
    }
    let mut staircase = String::from("flow: example\nexecutions:\n");
    for level in 0..100 {
        let indent = "    ".repeat(level);
        writeln!(staircase, "{indent}  - flow: level {level}\n{indent}    executions:").unwrap();
    }
    assert_eq!(codes(&staircase), ["BF0005"]);
}

#[test]
fn too_many_parts_are_refused() {
    let text = format!("flow: example\nexecutions: [{}]\n", "cookie, ".repeat(6_000));
    assert_eq!(codes(&text), ["BF0006"]);
}

#[test]
fn an_alias_bomb_stays_small() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        writeln!(text, "a{level}: &a{level} [{before}]").unwrap();
    }
    let found = codes(&text);
    assert!(found.contains(&"BF0007"));
    assert!(found.len() < 300, "{}", found.len());
}

#[test]
fn bytes_that_are_not_text_are_refused_where_they_stand() {
    let found = read_bytes(b"flow: example\n# \xff\n", "test.yaml").unwrap_err();
    assert_eq!((found[0].code.id, found[0].span.line, found[0].span.column), ("BF0002", 2, 3));
    assert_eq!(codes("flow: a\0b\nexecutions: [cookie]\n"), ["BF0003"]);
    assert_eq!(codes("flow: example\0\nexecutions: [cookie]\n"), ["BF0003"]);
    assert_eq!(codes("flow: \"a\\0b\"\nexecutions: [cookie]\n"), ["BF0020"]);
}

#[test]
fn a_thousand_equal_keys_are_each_reported_but_none_counts() {
    let text = format!("flow: one\nexecutions: [cookie]\n{}", "flow: two\n".repeat(1_000));
    let found = codes(&text);
    assert_eq!(found.len(), 1_000);
    assert!(found.iter().all(|code| *code == "BF0010"));
}

#[test]
fn a_flow_that_lost_its_end_is_never_taken_for_the_whole_one() {
    for shipped in super::super::SHIPPED {
        let whole = super::fine(shipped.text).flow.revision;
        let last_line = shipped.text.trim_end().rfind('\n').unwrap();
        for (end, _) in shipped.text.char_indices().filter(|(end, _)| *end <= last_line) {
            let same = super::read(&shipped.text[..end], shipped.file).is_ok_and(|read| read.flow.revision == whole);
            assert!(!same, "{} cut at {end}", shipped.file);
        }
    }
}

#[test]
fn a_message_cannot_control_a_terminal() {
    let text = "flow: \"\\e]0;owned\\a\"\nexecutions:\n  - \"\\e[31m\u{e9}\"\n";
    for problem in refused(text) {
        assert!(!problem.render(text).contains(|c: char| c.is_control() && c != '\n'), "{problem:?}");
    }
    let raw = "flow: example # \u{1b}[31m\u{202e}\n";
    assert!(!refused(raw)[0].render(raw).contains(['\u{1b}', '\u{202e}']));
}
