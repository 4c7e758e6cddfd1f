//! `braid flow explain-code`, `braid flow docs` and `braid flow schema`: what Braid knows of itself, for those who write flows.

use crate::arguments::{DocsOptions, ExplainCodeOptions};
use flow_runtime::authenticator::KINDS;
use flow_runtime::describe;
use flow_runtime::reader::{CODES, Code, Severity, find, instead_of, printable};
use std::io::{self, Write as _};
use std::process::ExitCode;

/// `braid flow explain-code [CODE]`. Exits with 2 if there is no such code.
pub(crate) fn explain_code(options: &ExplainCodeOptions) -> ExitCode {
    said(match &options.code {
        None => Ok(list()),
        Some(id) => find(id).map(explained).ok_or_else(|| {
            let known: Vec<&str> = CODES.iter().map(|code| code.id).collect();
            let near = instead_of(id, &known);
            let help = if near.starts_with("did") { near } else { "`braid flow explain-code` lists all codes".to_owned() };
            format!("there is no code {}: {help}", printable(&format!("{id:?}")))
        }),
    })
}

/// `braid flow docs [AUTHENTICATOR]`. Exits with 2 if there is no such authenticator.
pub(crate) fn docs(options: &DocsOptions) -> ExitCode {
    if options.json {
        return said(Ok(format!("{:#}\n", describe::data(KINDS))));
    }
    said(match &options.authenticator {
        None => Ok(format!("{}\n`braid flow docs NAME` says everything about one.\n", describe::overview(KINDS))),
        Some(name) => {
            let found = KINDS.iter().find(|kind| kind.declaration.name.eq_ignore_ascii_case(name));
            found.map(|kind| describe::authenticator(kind.declaration)).ok_or_else(|| {
                let known: Vec<&str> = KINDS.iter().map(|kind| kind.declaration.name).collect();
                format!("there is no authenticator {}: {}", printable(&format!("{name:?}")), instead_of(name, &known))
            })
        }
    })
}

/// `braid flow schema`.
pub(crate) fn schema() -> ExitCode {
    said(Ok(format!("{:#}\n", describe::schema(KINDS))))
}

fn said(text: Result<String, String>) -> ExitCode {
    match text {
        Ok(text) => match io::stdout().write_all(text.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            // Whoever reads the output has gone away; there is nobody to tell.
            Err(_) => ExitCode::from(2),
        },
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

fn severity(code: &Code) -> &'static str {
    match code.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn list() -> String {
    let line = |code: &&Code| format!("{}  {:7}  {}\n", code.id, severity(code), code.title);
    CODES.iter().map(line).collect()
}

fn explained(code: &Code) -> String {
    let indented = |text: &str| {
        let lines = text.lines().map(|line| format!("    {line}").trim_end().to_owned());
        printable(&lines.collect::<Vec<_>>().join("\n"))
    };
    let silencing = if code.can_be_silenced() {
        format!("\nA comment at the line or above it silences it: # braid: allow {} because …\n", code.id)
    } else {
        String::new()
    };
    format!(
        "{} ({}): {}\n\n{}\n\nWrong:\n\n{}\n\nRight:\n\n{}\n{silencing}",
        code.id,
        severity(code),
        code.title,
        code.explanation,
        indented(&String::from_utf8_lossy(code.bad)),
        indented(code.good),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_listed_and_explained() {
        let list = list();
        for code in CODES {
            assert!(list.lines().any(|line| line.starts_with(code.id) && line.ends_with(code.title)));
            let text = explained(code);
            assert!(
                text.starts_with(code.id) && text.contains(code.explanation) && text.contains("Wrong:\n\n    flow: "),
                "{text}"
            );
            assert!(text.lines().all(|line| !line.contains(|c: char| c.is_control())), "{text:?}");
        }
        assert!(explained(find("bf0052").unwrap()).contains("# braid: allow BF0052 because"));
    }
}
