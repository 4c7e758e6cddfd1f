//! Where everything in a picture of a flow is. What is required stands one below the other, alternatives stand side by side where there is
//! room, and a sub-flow is a frame around its own.

use super::measure::{lines, width};
use super::words::{chosen, establishes, is_required, requirement, visible, waived};
use flow_runtime::Requirement;
use flow_runtime::reader::{Outline, OutlineExecution, OutlineLevel, OutlineNode};

/// The sizes of letters, in pixels.
pub(super) const NAME: f64 = 15.0;
pub(super) const SMALL: f64 = 12.0;

const PADDING: f64 = 12.0;
/// Between two that follow each other: an arrow is drawn there.
const GAP: f64 = 26.0;
/// Between alternatives: “or” is written there.
const BESIDE: f64 = 34.0;
/// The widest that a line of a card may be.
const LINE: f64 = 230.0;
/// The widest that alternatives may stand side by side.
const WIDEST: f64 = 1150.0;

/// Something to draw.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    /// A card or a frame.
    Box { area: Area, class: &'static str },
    /// A line of text, in the middle of x, standing on y.
    Text { x: f64, y: f64, class: &'static str, text: String },
    /// An arrow downwards.
    Arrow { x: f64, from: f64, to: f64 },
}

/// Where a box is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A whole picture.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) marks: Vec<Mark>,
}

/// A part with its size, before it has a place.
struct Part {
    width: f64,
    height: f64,
    content: Content,
}

enum Content {
    Card {
        class: &'static str,
        lines: Vec<(&'static str, String)>,
    },
    Frame {
        class: &'static str,
        lines: Vec<(&'static str, String)>,
        inner: Box<Part>,
    },
    /// One below the other; whether an arrow or “or” leads from each to the next.
    Below(Vec<Part>, Between),
    Beside(Vec<Part>),
}

#[derive(Clone, Copy, PartialEq)]
enum Between {
    Arrow,
    Or,
    Nothing,
}

/// The picture of a flow.
pub(super) fn layout(outline: &Outline) -> Layout {
    let pill = |text: &str| card("end", vec![("small", text.to_owned())]);
    let whole = below(vec![pill("somebody comes"), level(&outline.level), pill("the flow has succeeded")], Between::Arrow);
    let mut marks = Vec::new();
    let (width, height) = (whole.width + 2.0 * PADDING, whole.height + 2.0 * PADDING);
    place(whole, PADDING, PADDING, &mut marks);
    Layout { width, height, marks }
}

fn level(of: &OutlineLevel) -> Part {
    let enabled = || of.executions.iter().filter(|execution| execution.requirement != Requirement::Disabled);
    let disabled = of.executions.iter().filter(|execution| execution.requirement == Requirement::Disabled);
    let required = enabled().any(is_required);
    let counted: Vec<Part> = enabled().filter(|execution| !required || is_required(execution)).map(part).collect();
    let mut parts: Vec<Part> = Vec::new();
    let widths: f64 = counted.iter().map(|part| part.width + BESIDE).sum::<f64>() - BESIDE;
    if counted.is_empty() {
        let words = if of.succeeds_when_empty { "nothing to run: it succeeds" } else { "nothing to run: it fails" };
        parts.push(card("card off", vec![("small", words.to_owned())]));
    } else if required {
        parts.push(below(counted, Between::Arrow));
    } else if widths <= WIDEST {
        parts.push(beside(counted));
    } else {
        parts.push(below(counted, Between::Or));
    }
    parts.extend(disabled.map(part));
    below(parts, Between::Nothing)
}

fn part(execution: &OutlineExecution) -> Part {
    let tag = requirement(execution);
    let off = execution.requirement == Requirement::Disabled;
    let mut text = Vec::new();
    let mut say = |class: &'static str, size: f64, words: &str| {
        text.extend(lines(&visible(words), size, LINE).into_iter().map(|line| (class, line)));
    };
    match &execution.node {
        OutlineNode::Authenticator { declaration, config } => {
            say("name", NAME, declaration.name);
            say("small", SMALL, tag);
            for setting in chosen(config) {
                say("setting", SMALL, &setting);
            }
            if let Some(waived) = waived(&execution.waived) {
                say("waived", SMALL, &waived);
            }
            let establishes = establishes(declaration);
            if !establishes.is_empty() {
                say("small", SMALL, &format!("→ {establishes}"));
            }
            card(if off { "card off" } else { "card" }, text)
        }
        OutlineNode::SubFlow { name, when, level: inner } => {
            say("name", NAME, name);
            match when {
                Some(when) => say("setting", SMALL, &format!("if {when}")),
                None => say("small", SMALL, tag),
            }
            if let Some(waived) = waived(&execution.waived) {
                say("waived", SMALL, &waived);
            }
            let class = match (off, when) {
                (true, _) => "frame off",
                (false, Some(_)) => "frame when",
                (false, None) => "frame",
            };
            frame(class, text, level(inner))
        }
    }
}

fn size_of(class: &str) -> f64 {
    if class == "name" { NAME } else { SMALL }
}

fn height_of(lines: &[(&'static str, String)]) -> f64 {
    lines.iter().map(|(class, _)| size_of(class) * 1.35).sum()
}

fn width_of(lines: &[(&'static str, String)]) -> f64 {
    lines.iter().map(|(class, line)| width(line, size_of(class))).fold(0.0, f64::max)
}

fn card(class: &'static str, lines: Vec<(&'static str, String)>) -> Part {
    let (width, height) = (width_of(&lines) + 2.0 * PADDING, height_of(&lines) + 2.0 * PADDING);
    Part { width, height, content: Content::Card { class, lines } }
}

fn frame(class: &'static str, lines: Vec<(&'static str, String)>, inner: Part) -> Part {
    let width = inner.width.max(width_of(&lines)) + 2.0 * PADDING;
    let height = height_of(&lines) + inner.height + 3.0 * PADDING;
    Part { width, height, content: Content::Frame { class, lines, inner: Box::new(inner) } }
}

fn below(parts: Vec<Part>, between: Between) -> Part {
    let width = parts.iter().map(|part| part.width).fold(0.0, f64::max);
    let height = parts.iter().map(|part| part.height + GAP).sum::<f64>() - GAP;
    Part { width, height, content: Content::Below(parts, between) }
}

fn beside(parts: Vec<Part>) -> Part {
    let width = parts.iter().map(|part| part.width + BESIDE).sum::<f64>() - BESIDE;
    let height = parts.iter().map(|part| part.height).fold(0.0, f64::max);
    Part { width, height, content: Content::Beside(parts) }
}

/// Puts a part with its upper left corner there.
fn place(part: Part, x: f64, y: f64, marks: &mut Vec<Mark>) {
    let area = Area { x, y, width: part.width, height: part.height };
    let middle = x + part.width / 2.0;
    match part.content {
        Content::Card { class, lines } => {
            marks.push(Mark::Box { area, class });
            write(lines, middle, y + PADDING, marks);
        }
        Content::Frame { class, lines, inner } => {
            marks.push(Mark::Box { area, class });
            let below = write(lines, middle, y + PADDING, marks) + PADDING;
            let left = middle - inner.width / 2.0;
            place(*inner, left, below, marks);
        }
        Content::Below(parts, between) => {
            let mut top = y;
            for (index, part) in parts.into_iter().enumerate() {
                match between {
                    Between::Arrow if index > 0 => marks.push(Mark::Arrow { x: middle, from: top - GAP, to: top }),
                    Between::Or if index > 0 => marks.push(or(middle, top - GAP / 2.0)),
                    _ => {}
                }
                let (left, height) = (middle - part.width / 2.0, part.height);
                place(part, left, top, marks);
                top += height + GAP;
            }
        }
        Content::Beside(parts) => {
            let mut left = x;
            for (index, part) in parts.into_iter().enumerate() {
                if index > 0 {
                    marks.push(or(left - BESIDE / 2.0, y + PADDING + NAME));
                }
                let width = part.width;
                place(part, left, y, marks);
                left += width + BESIDE;
            }
        }
    }
}

fn or(x: f64, y: f64) -> Mark {
    Mark::Text { x, y: y + SMALL / 3.0, class: "or", text: "or".to_owned() }
}

/// Writes lines below each other, and says where the next would begin.
fn write(lines: Vec<(&'static str, String)>, middle: f64, top: f64, marks: &mut Vec<Mark>) -> f64 {
    let mut y = top;
    for (class, text) in lines {
        let size = size_of(class);
        marks.push(Mark::Text { x: middle, y: y + size, class, text });
        y += size * 1.35;
    }
    y
}
