//! Evaluates an expression: the same answer for the same arguments, within a fixed number of steps.

use super::MOST_STEPS;
use super::known::Known;
use super::tree::{List, Number, Text, Truth};
use std::borrow::Cow;

/// Why an expression has no answer. Who asked must deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Undecided {
    /// It names a text that the identity or the account hasn't got, or somebody who isn't there.
    Absent,
    /// It took more steps than it may.
    TooLong,
}

pub(super) fn holds(truth: &Truth, known: &Known<'_>) -> Result<bool, Undecided> {
    Evaluation { known, items: Vec::new(), steps: 0 }.truth(truth)
}

struct Evaluation<'e, 'c> {
    known: &'e Known<'c>,
    items: Vec<String>,
    steps: u32,
}

type Evaluated<T> = Result<T, Undecided>;

impl Evaluation<'_, '_> {
    fn step(&mut self) -> Evaluated<()> {
        self.steps += 1;
        if self.steps > MOST_STEPS { Err(Undecided::TooLong) } else { Ok(()) }
    }

    fn truth(&mut self, truth: &Truth) -> Evaluated<bool> {
        self.step()?;
        Ok(match truth {
            Truth::Constant(holds) => *holds,
            Truth::Named(name) => name.holds(self.known)?,
            Truth::Has(name) => name.is_there(self.known)?,
            Truth::Not(truth) => !self.truth(truth)?,
            Truth::All(truths) => self.joined(truths, false)?,
            Truth::Any(truths) => self.joined(truths, true)?,
            Truth::SameText(left, right) => self.text(left)? == self.text(right)?,
            Truth::SameNumber(left, right) => self.number(left)? == self.number(right)?,
            Truth::BothOrNeither(left, right) => self.truth(left)? == self.truth(right)?,
            Truth::In(text, list) => {
                let text = self.text(text)?.into_owned();
                self.list(list)?.contains(&text)
            }
            Truth::StartsWith(text, part) => self.text(text)?.starts_with(&*self.text(part)?),
            Truth::EndsWith(text, part) => self.text(text)?.ends_with(&*self.text(part)?),
            Truth::Contains(text, part) => self.text(text)?.contains(&*self.text(part)?),
            Truth::Exists(list, body) => self.over(list, body, true)?,
            Truth::ForAll(list, body) => self.over(list, body, false)?,
        })
    }

    /// `&&` and `||` as CEL has them: a part that decides outweighs a part that errs, on whichever side.
    fn joined(&mut self, truths: &[Truth], decides: bool) -> Evaluated<bool> {
        let mut undecided = None;
        for truth in truths {
            match self.truth(truth) {
                Ok(holds) if holds == decides => return Ok(decides),
                Ok(_) => {}
                Err(Undecided::TooLong) => return Err(Undecided::TooLong),
                Err(error) => undecided = Some(error),
            }
        }
        undecided.map_or(Ok(!decides), Err)
    }

    fn over(&mut self, list: &List, body: &Truth, decides: bool) -> Evaluated<bool> {
        let mut undecided = None;
        for item in self.list(list)? {
            self.items.push(item);
            let held = self.truth(body);
            self.items.pop();
            match held {
                Ok(holds) if holds == decides => return Ok(decides),
                Ok(_) => {}
                Err(Undecided::TooLong) => return Err(Undecided::TooLong),
                Err(error) => undecided = Some(error),
            }
        }
        undecided.map_or(Ok(!decides), Err)
    }

    fn text<'s>(&'s self, text: &'s Text) -> Evaluated<Cow<'s, str>> {
        match text {
            Text::Constant(text) => Ok(Cow::Borrowed(text)),
            Text::Named(name) => name.of(self.known),
            Text::Item(out) => {
                self.items.iter().rev().nth(*out).map(|item| Cow::Borrowed(item.as_str())).ok_or(Undecided::Absent)
            }
        }
    }

    fn list(&mut self, list: &List) -> Evaluated<Vec<String>> {
        let items: Vec<String> = match list {
            List::Constant(texts) => texts.iter().map(|text| Ok(self.text(text)?.into_owned())).collect::<Evaluated<_>>()?,
            List::Named(name) => name.of(self.known)?.into_iter().map(str::to_owned).collect(),
        };
        self.steps = self.steps.saturating_add(u32::try_from(items.len()).unwrap_or(u32::MAX));
        self.step()?;
        Ok(items)
    }

    fn number(&mut self, number: &Number) -> Evaluated<usize> {
        Ok(match number {
            Number::Constant(number) => *number,
            Number::SizeOfText(text) => self.text(text)?.chars().count(),
            Number::SizeOfList(list) => self.list(list)?.len(),
        })
    }
}
