//! What `flow check` says to people.

use super::*;

const GOOD: &str = "flow: good\nexecutions: [register]\n";
const BAD: &str = "flow: bad\nexecutions: [cokie, { provider: { requirement: alternativ } }]\n";
const ODD: &str = "flow: odd
executions:
  - register: { requirement: alternative }
  - { flow: nobody, requirement: alternative, executions: [cookie: { requirement: disabled }] }
";

fn checked(files: &[(&str, &str)], more: &[&str], style: Style) -> (String, u8) {
    let folder = tempfile::tempdir().unwrap();
    let mut paths: Vec<PathBuf> = more.iter().map(|name| folder.path().join(name)).collect();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        paths.push(path);
    }
    let mut out = Vec::new();
    let found = Found::in_paths(&paths, &Realms::none());
    found.write(&mut out, style).unwrap();
    (String::from_utf8(out).unwrap().replace(&format!("{}/", folder.path().display()), ""), found.exit_code())
}

#[test]
fn good_files_are_counted_and_nothing_else_is_said() {
    let (out, exit_code) = checked(&[("a.yaml", GOOD), ("b.yaml", GOOD)], &[], Style::Plain);
    let (proved, summary) = out.split_once('\n').unwrap();
    assert!(proved.contains(" states visited in "), "{out}");
    assert_eq!((summary, exit_code), ("2 files checked, 0 problems\n", 0));
}

#[test]
fn every_problem_of_every_file_is_shown() {
    let (out, exit_code) = checked(&[("bad.yaml", BAD), ("good.yaml", GOOD)], &[], Style::Plain);
    assert!(out.contains("bad.yaml:2:14") && out.contains("bad.yaml:2:48"), "{out}");
    assert!(out.contains("`braid flow explain-code BF0030` says more"), "{out}");
    assert!(out.ends_with("2 files checked, 2 problems\n"), "{out}");
    assert_eq!(exit_code, 1);
}

#[test]
fn a_folder_is_all_of_its_flows() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("bad.yaml", BAD), ("odd.yml", ODD), ("notes.txt", "no flow")] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let found = Found::in_paths(&[folder.path().to_owned()], &Realms::none());
    assert_eq!(found.summary(), "2 files checked, 2 problems, 1 warning");
}

#[test]
fn a_warning_is_shown_but_is_no_failure() {
    let (out, exit_code) = checked(&[("odd.yaml", ODD)], &[], Style::Plain);
    assert!(out.starts_with("warning[BF0052]"), "{out}");
    assert!(out.ends_with("1 file checked, 0 problems, 1 warning\n"), "{out}");
    assert_eq!(exit_code, 0);
}

#[test]
fn a_file_that_is_not_there_does_not_hide_the_others() {
    let (out, exit_code) = checked(&[("bad.yaml", BAD)], &["gone.yaml"], Style::Plain);
    assert!(out.starts_with("gone.yaml can't be opened: "), "{out}");
    assert!(out.ends_with("1 file checked, 2 problems, 1 not opened\n"), "{out}");
    assert_eq!(exit_code, 2);
}

#[test]
fn on_a_terminal_the_place_is_drawn() {
    let (out, _) = checked(&[("bad.yaml", BAD)], &[], Style::Graphical);
    for part in ["BF0030", "there is no authenticator `cokie`", "did you mean `cookie`?", "bad.yaml:2:14"] {
        assert!(out.contains(part), "{part} is missing:\n{out}");
    }
}

#[test]
fn a_file_cannot_control_the_terminal() {
    for style in [Style::Plain, Style::Graphical] {
        let (out, _) = checked(&[("evil.yaml", "flow: a # \u{1b}]0;owned\u{7}\nexecutions: [cookie]\n")], &[], style);
        assert!(!out.contains("\u{1b}]") && !out.contains('\u{7}'), "{out:?}");
        assert!(out.contains("BF0003"));
    }
}
