//! Warnings that a comment silences, and comments that silence nothing.

use super::super::{Diagnostic, read};
use super::fine;

/// A flow with a warning on its fifth line.
fn odd(above: &str, beside: &str) -> String {
    format!(
        "flow: example\nexecutions:\n  - cookie\n  - flow: more\n{above}    on-empty: succeed{beside}\n    executions: [verify-address]\n"
    )
}

fn warnings(text: &str) -> Vec<(&'static str, usize)> {
    fine(text).warnings.iter().map(|warning| (warning.code.id, warning.span.line)).collect()
}

fn only(text: &str) -> Diagnostic {
    let mut warnings = fine(text).warnings;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    warnings.remove(0)
}

#[test]
fn a_comment_beside_the_line_or_above_it_silences_its_warning() {
    assert_eq!(warnings(&odd("", "")), [("BF0054", 5)]);
    let comment = "# braid: allow BF0054 because we empty this level in autumn";
    assert_eq!(warnings(&odd("", &format!(" {comment}"))), []);
    assert_eq!(warnings(&odd(&format!("    {comment}\n"), "")), []);
    assert_eq!(warnings(&odd(&format!("{comment}\n\n    # and another comment\n"), "")), []);
    assert_eq!(warnings(&odd(&format!("    {}\n", comment.replace("BF", "bf")), "")), []);
    assert_eq!(warnings(&odd(&format!("    {comment}\n"), "").replace('\n', "\r\n")), []);
}

#[test]
fn a_comment_silences_nothing_on_other_lines_and_no_other_warning() {
    let comment = "    # braid: allow BF0054 because we empty this level in autumn";
    assert_eq!(warnings(&odd("", &format!("\n{comment}"))), [("BF0054", 5), ("BF0064", 6)]);
    let other = comment.replace("BF0054", "BF0052");
    assert_eq!(warnings(&odd(&format!("{other}\n"), "")), [("BF0064", 5), ("BF0054", 6)]);
}

#[test]
fn a_text_that_looks_like_a_comment_is_none() {
    let text = odd("", "").replace("flow: more", "flow: \"# braid: allow BF0054 because it is a text\"");
    assert_eq!(warnings(&text), [("BF0054", 5)]);
    let block = format!("{}description: |\n  # braid: allow BF0054 because it is a text\n", odd("", ""));
    assert_eq!(warnings(&block), [("BF0054", 5)]);
    let glued = odd("", "").replace("flow: more", "flow: more#braid");
    assert_eq!(warnings(&glued), [("BF0054", 5)]);
}

#[test]
fn a_silence_has_a_reason() {
    for reason in ["", " because", " because ", " because !!!", " since we know", " because x"] {
        let text = odd(&format!("    # braid: allow BF0054{reason}\n"), "");
        assert_eq!(warnings(&text), [("BF0061", 5), ("BF0054", 6)], "{reason}");
    }
}

#[test]
fn a_silence_of_a_wrong_code_says_what_was_meant() {
    let unknown = only("flow: example\nexecutions: [cookie] # braid: allow BF0099 because of this");
    assert!(unknown.code.id == "BF0062" && unknown.help.is_some_and(|help| help.starts_with("did you mean `BF00")));
    let comment = only("flow: example\nexecutions: [cookie] # braid: silence BF0054 because of this");
    assert!(comment.code.id == "BF0060" && comment.help.is_some_and(|help| help.contains("`allow`")));
    assert_eq!(only("flow: example\nexecutions: [cookie] # braid:").code.id, "BF0060");
    for error_or_comment in ["BF0011", "BF0001", "BF0060", "BF0064"] {
        let text = format!("flow: example\nexecutions: [cookie] # braid: allow {error_or_comment} because of this");
        assert_eq!(only(&text).code.id, "BF0063");
    }
}

#[test]
fn an_error_is_never_silenced() {
    let text = "flow: example\nexecutions: [cokie] # braid: allow BF0030 because of this\n";
    let found: Vec<_> = read(text, "test.yaml").unwrap_err().iter().map(|problem| problem.code.id).collect();
    assert_eq!(found, ["BF0030", "BF0063"]);
}

#[test]
fn a_comment_changes_no_revision() {
    let silenced = odd("    # braid: allow BF0054 because we empty this level in autumn\n", "");
    assert_eq!(fine(&silenced).flow.revision, fine(&odd("", "")).flow.revision);
}

#[test]
fn a_thousand_comments_are_read() {
    let many = "    # braid: allow BF0054 because we empty this level in autumn\n".repeat(1_000);
    assert_eq!(warnings(&odd(&many, "")).len(), 999);
}
