//! The log, on standard error: one event is one line, for people on a terminal and as JSON elsewhere.

use clap::{Args, ValueEnum};
use std::io::{self, IsTerminal as _, Write};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// What Braid's own crates are called in the log. Others may write what a request holds, so they are heard as warnings only.
const OWN: [&str; 7] = ["braid", "domain", "downstream", "flow_runtime", "persistence", "server", "upstream"];

/// How the log looks.
#[derive(Args)]
pub(crate) struct LogOptions {
    /// How the log is written [default: text on a terminal, json elsewhere]
    #[arg(long = "log", id = "log-format", value_enum, global = true)]
    format: Option<Format>,
    /// How much is logged [default: info; warn for the demo]
    #[arg(long = "log-level", value_enum, global = true)]
    level: Option<Level>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// How much is logged.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl Level {
    fn filter(self) -> LevelFilter {
        match self {
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
            Self::Trace => LevelFilter::TRACE,
        }
    }
}

/// Starts the log of this process.
pub(crate) fn start(options: &LogOptions, default_level: Level) {
    let on_terminal = io::stderr().is_terminal();
    let format = options.format.unwrap_or(if on_terminal { Format::Text } else { Format::Json });
    let level = options.level.unwrap_or(default_level).filter();
    let targets = Targets::new().with_default(level.min(LevelFilter::WARN)).with_targets(OWN.map(|name| (name, level)));
    let layer = match format {
        Format::Text => fmt::layer().with_writer(|| OneLine(io::stderr())).with_ansi(on_terminal).with_target(false).boxed(),
        Format::Json => {
            fmt::layer().json().flatten_event(true).with_current_span(false).with_writer(|| OneLine(io::stderr())).boxed()
        }
    };
    tracing_subscriber::registry().with(layer.with_filter(targets)).init();
}

/// Writes each event as one line, whatever is in its texts.
struct OneLine<W>(W);

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let (text, end) = event.strip_suffix(b"\n").map_or((event, &b""[..]), |text| (text, b"\n"));
        let mut line = Vec::with_capacity(event.len());
        for byte in text {
            match byte {
                b'\n' => line.extend_from_slice(b"\\n"),
                b'\r' => line.extend_from_slice(b"\\r"),
                byte => line.push(*byte),
            }
        }
        line.extend_from_slice(end);
        self.0.write_all(&line)?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_with_line_breaks_is_one_line() {
        let mut out = Vec::new();
        OneLine(&mut out).write_all(b"INFO signed in name=Eve\r\nINFO all is well\n").unwrap();
        assert_eq!(out, b"INFO signed in name=Eve\\r\\nINFO all is well\n");
    }
}
