//! `braid flow simulate`: tries a flow on somebody in the pretend world, and tells each step.

mod people;
mod told;

use super::source;
use crate::arguments::SimulateOptions;
use crate::failure::Failure;
use flow_runtime::flow_test::{Action, Play, Step, Stop};
use flow_runtime::reader::{Diagnostic, Read, printable, read_steps};
use std::path::Path;

/// Plays it and prints what would happen. The engine is that of real logins; nothing is written or sent.
pub(crate) async fn run(options: &SimulateOptions) -> Result<(), Failure> {
    let read = source::flow(&options.flow).map_err(|problem| Failure::new(problem, "correct the flow, or name another"))?;
    let steps = options.answers.as_deref().map(steps).transpose()?.unwrap_or_default();
    let started = match &options.config {
        Some(_) => people::of_a_realm(options, &read).await?,
        None => people::invented(options, &read)?,
    };
    for line in play(started, &steps, &read) {
        println!("{}", printable(&line));
    }
    Ok(())
}

/// The story, line by line.
fn play(started: Result<Play, Stop>, steps: &[Step], read: &Read) -> Vec<String> {
    let mut play = match started {
        Ok(play) => play,
        Err(stop) => return told::stop(&stop),
    };
    let needed = |step: &&Step, play: &Play| !play.is_over() || matches!(step.action, Action::Shows(_) | Action::Sends(_));
    let mut stopped = None;
    let mut left = 0_usize;
    for step in steps {
        if !needed(&step, &play) {
            left = left.saturating_add(1);
        } else if let Err(stop) = play.step(step) {
            stopped = Some(stop);
            break;
        }
    }
    let mut lines: Vec<String> = play.story.iter().flat_map(|moment| told::moment(moment, &play)).collect();
    lines.extend(stopped.as_ref().map(told::stop).unwrap_or_default());
    if left > 0 {
        lines.push(format!("the login is over; {left} of the answers weren't needed"));
    }
    lines.extend(told::end(&play, read));
    lines
}

fn steps(path: &Path) -> Result<Vec<Step>, Failure> {
    let text = text(path, "--answers")?;
    read_steps(&text, &path.display().to_string()).map_err(|problems| refused(&problems, &text))
}

fn text(path: &Path, option: &str) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        Failure::new(format!("{} can't be read", path.display()), format!("name a file with `{option}`")).because(&error)
    })
}

fn refused(problems: &[Diagnostic], text: &str) -> Failure {
    let drawn: Vec<String> = problems.iter().map(|problem| problem.render(text)).collect();
    Failure::new(drawn.join("\n"), "correct the file")
}
