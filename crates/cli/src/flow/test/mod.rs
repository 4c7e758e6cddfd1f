//! `braid flow test`: plays the tests that stand in flow files, and says what came of them.

mod found;
mod json;
mod junit;
mod shown;

use super::files;
use crate::arguments::{CheckFormat, TestOptions};
use found::Tested;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

/// Plays the tests of all files. Exits with 0 if all are green, with 1 if one is red or a file can't be used, and with 2 if one couldn't be
/// opened.
pub(super) fn test(options: &TestOptions) -> ExitCode {
    let mut out = io::stdout().lock();
    let graphical = out.is_terminal();
    let tested = found::tested(&options.paths);
    let written = match options.format {
        CheckFormat::Human => shown::write(&mut out, &tested, options.coverage, graphical),
        CheckFormat::Json => json::write(&mut out, &tested),
    };
    if let Some(path) = &options.junit
        && let Err(error) = std::fs::write(path, junit::report(&tested))
    {
        eprintln!("{} can't be written: {error}", path.display());
        return ExitCode::from(2);
    }
    match written {
        Ok(()) => ExitCode::from(exit_code(&tested)),
        // Whoever reads the output has gone away; there is nobody to tell.
        Err(_) => ExitCode::from(2),
    }
}

fn exit_code(tested: &[Tested]) -> u8 {
    let unreadable = tested.iter().any(|tested| matches!(tested.what, found::What::Unreadable(_)));
    let bad = tested.iter().any(Tested::is_bad);
    match (unreadable, bad) {
        (true, _) => 2,
        (false, true) => 1,
        (false, false) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    const GREEN: &str = "flow: first\nexecutions: [create-user-if-unique]\ntests:\n  - name: somebody new\n    identity: { provider: social }\n    then: { signed-in: new }\n";
    const RED: &str = "flow: red\nexecutions: [create-user-if-unique]\ntests:\n  - name: nobody <new> & \"good\"\n    identity: { provider: social, email: ada@example.org }\n    then: { denied: no-account }\n";

    fn tested(files: &[(&str, &str)], more: &[&str]) -> (Vec<Tested>, String) {
        let folder = tempfile::tempdir().unwrap();
        let mut paths: Vec<PathBuf> = more.iter().map(|name| folder.path().join(name)).collect();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
            paths.push(folder.path().join(name));
        }
        let tested = found::tested(&paths);
        let mut out = Vec::new();
        shown::write(&mut out, &tested, true, false).unwrap();
        let text = String::from_utf8(out).unwrap().replace(&format!("{}/", folder.path().display()), "");
        (tested, text)
    }

    #[test]
    fn a_green_file_is_told_in_a_few_lines() {
        let (tested, text) = tested(&[("first.yaml", GREEN)], &[]);
        assert_eq!(exit_code(&tested), 0);
        assert!(text.starts_with("first.yaml\n  green  somebody new\n"), "{text}");
        assert!(text.contains("1 of 1 executions ran") && text.ends_with("1 test, 0 red\n"), "{text}");
        assert!(text.contains("`create-user-if-unique` on line 2 never ended `attempted`"), "{text}");
    }

    #[test]
    fn a_red_test_is_told_with_its_place_and_story() {
        let (tested, text) = tested(&[("red.yaml", RED)], &[]);
        assert_eq!(exit_code(&tested), 1);
        for part in [
            "  RED    nobody <new> & \"good\"\n",
            "red.yaml:6:13",
            "expected: refused: `no-account`",
            "shown:    signed in as a new account",
            "comes back from `social`",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_used_is_no_green_one() {
        let (broken, text) = tested(&[("broken.yaml", "flow: broken\nexecutions: [cokie]\n")], &[]);
        assert!(exit_code(&broken) == 1 && text.contains("BF0030"), "{text}");
        let (gone, text) = tested(&[("first.yaml", GREEN)], &["gone.yaml"]);
        assert!(exit_code(&gone) == 2 && text.contains("gone.yaml can't be opened") && text.contains("green"), "{text}");
    }

    #[test]
    fn a_flow_calls_the_others_that_are_tested_with_it() {
        let calls = "flow: browser\nexecutions: [provider]\ntests:\n  - name: through the other file\n    given: { providers: { campus: { first-login-flow: mine } } }\n    identity: { provider: campus, email: ada@example.org }\n    then: { denied: no-account }\n";
        let mine = "flow: mine\nexecutions: [detect-existing-user]\n";
        let (tested, text) = tested(&[("browser.yaml", calls), ("mine.yaml", mine)], &[]);
        assert_eq!(exit_code(&tested), 0, "{text}");
    }

    #[test]
    fn reports_for_other_programs_are_well_formed() {
        let (tested, _) = tested(&[("first.yaml", GREEN), ("red.yaml", RED)], &["gone.yaml"]);
        let junit = junit::report(&tested);
        assert!(junit.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "), "{junit}");
        assert!(junit.contains("tests=\"3\" failures=\"1\" errors=\"1\""), "{junit}");
        assert!(junit.contains("name=\"nobody &lt;new&gt; &amp; &quot;good&quot;\""), "{junit}");
        let mut out = Vec::new();
        json::write(&mut out, &tested).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!((&value["tests"], &value["red"]), (&2.into(), &1.into()));
        let red = value["files"].as_array().unwrap().iter().find(|file| file["flow"] == "red").unwrap();
        assert_eq!(red["tests"][0]["at"]["line"], 6);
    }
}
