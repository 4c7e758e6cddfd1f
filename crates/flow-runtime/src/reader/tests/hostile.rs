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

/// A problem costs the same wherever it stands, so what many of them cost is bounded by their number.
#[test]
fn a_problem_costs_the_same_in_a_line_as_long_as_the_file() {
    let text = format!("flow: example\nexecutions: [{}]\n", "nonsense01234567890123456789012345678901, ".repeat(4_900));
    let found = refused(&text);
    assert_eq!(found.len(), 4_900);
    let longest = found.iter().map(|problem| problem.render(&text).len()).max().unwrap();
    assert!(longest < 2_000, "{longest}");
    let nested = format!("flow: example\nexecutions: [{}]\n", "[[[[[[[[x]]]]]]]], ".repeat(500));
    assert!(refused(&nested).iter().all(|problem| problem.span.length <= 500));
}

#[test]
fn long_lines_keys_numbers_and_names_are_refused_in_few_words() {
    let long = "x".repeat(200_000);
    let digits = "9".repeat(200_000);
    for text in [
        format!("flow: {long}\nexecutions: [cookie]\n"),
        format!("flow: example\nexecutions: [{long}]\n"),
        format!("flow: example\n\"{long}\": 1\nexecutions: [cookie]\n"),
        format!("flow: example\nexecutions: [reset-password: {{ lifetime: {digits}d }}]\n"),
        format!("flow: example\nexecutions: [reset-password: {{ lifetime: {digits} }}]\n"),
        format!("flow: example\nexecutions: [reset-password: {{ requirement: {long} }}]\n"),
        format!("flow: example\nexecutions: [{{ flow: a, when: {long}, executions: [cookie] }}]\n"),
        format!("flow: example\nexecutions: [{{ flow: {long}, executions: [cookie] }}]\n"),
        format!("{long}: example\n"),
        format!("# braid: {long}\nflow: Example\nexecutions: [cookie]\n"),
        format!("# braid: allow {long} because of this\nflow: Example\nexecutions: [cookie]\n"),
        " ".repeat(200_000),
        "\n".repeat(200_000),
        format!("{}flow: Example\nexecutions: [cookie]\n", "# x\n".repeat(50_000)),
        format!("flow: Example\nexecutions: [cookie]\ndescription: >\n{}", "  x\n".repeat(50_000)),
        format!("flow: 'Example{}'\nexecutions: [cookie]\n", "''".repeat(60_000)),
        format!("flow: example\nexecutions: [cookie]\n? {long}\n: x\n"),
    ] {
        let found = refused(&text);
        let said: usize = found.iter().map(|problem| problem.render(&text).len()).sum();
        assert!(found.len() < 10 && said < 10_000, "{:?}: {} problems, {said} bytes", &text[..20], found.len());
    }
}

#[test]
fn what_is_not_closed_is_refused() {
    let broken = "[ { [[ {a:[ \" ' [cookie {flow:a [cookie} {a:b] ] } | -[ ?[ & * ! % @ `";
    for broken in broken.split(' ') {
        for text in [
            format!("flow: example\nexecutions: {broken}"),
            format!("flow: example\nexecutions:\n  - {broken}\n"),
            broken.to_owned(),
        ] {
            assert!(!refused(&text).is_empty(), "{text}");
        }
    }
}

#[test]
fn what_looks_like_something_else_is_not_taken_for_it() {
    for (text, code) in [
        // A Cyrillic letter, a full-width colon, a no-break space, a soft hyphen, an invisible joiner, other ends of lines and digits.
        ("flow: example\nexecutions: [c\u{43e}okie]\n", "BF0030"),
        ("flow\u{ff1a} example\nexecutions: [cookie]\n", "BF0001"),
        ("flow: example\nexecutions:\u{a0}[cookie]\n", "BF0001"),
        ("flow: ex\u{ad}ample\nexecutions: [cookie]\n", "BF0003"),
        ("flow: example\nexecutions: [coo\u{200d}kie]\n", "BF0003"),
        ("flow: example\nexecutions: [cookie]\u{feff}\n", "BF0003"),
        ("flow: example\u{2028}executions: [cookie]\n", "BF0003"),
        ("flow: example\u{85}executions: [cookie]\n", "BF0003"),
        ("flow: example\n\texecutions: [cookie]\n", "BF0001"),
        ("flow: example\nexecutions:\n  - reset-password: { lifetime: \u{661}5m }\n", "BF0033"),
    ] {
        let found = codes(text);
        assert!(found.contains(&code), "{text:?}: {found:?}");
    }
}

/// A deep file is refused on a thread with little stack: nothing goes deeper than the limit.
#[test]
fn depth_needs_no_stack() {
    let deep = || {
        for text in
            ["[".repeat(200_000), "{a: ".repeat(60_000), "- ".repeat(100_000), "? ".repeat(100_000), "!a &b ".repeat(40_000)]
        {
            assert!(!refused(&text).is_empty());
        }
    };
    std::thread::Builder::new().stack_size(512 * 1024).spawn(deep).unwrap().join().unwrap();
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

/// What a flow does is its revision, and what it promises are its tests.
#[test]
fn a_flow_that_lost_its_end_is_never_taken_for_the_whole_one() {
    let said = |read: super::Read| format!("{} {:?}", read.flow.revision.0, read.tests);
    for shipped in super::super::SHIPPED {
        let whole = said(super::fine(shipped.text));
        let last_line = shipped.text.trim_end().rfind('\n').unwrap();
        for (end, _) in shipped.text.char_indices().filter(|(end, _)| *end <= last_line) {
            match super::read(&shipped.text[..end], shipped.file) {
                Ok(read) => assert_ne!(said(read), whole, "{} cut at {end}", shipped.file),
                Err(found) => assert!((1..10).contains(&found.len()), "{} cut at {end}: {found:?}", shipped.file),
            }
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
