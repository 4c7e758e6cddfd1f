//! Pictures of flows.

#![expect(clippy::format_collect, reason = "a few lines of text, written once")]

use super::layout::{Area, Mark, NAME, SMALL, layout};
use super::measure::width;
use super::{drawn, mermaid, svg, tree};
use crate::arguments::Picture;
use flow_runtime::reader::{Outline, SHIPPED, read};

const EXAMPLE: &str = include_str!("tests/example.yaml");

fn outline(text: &str) -> Outline {
    read(text, "test.yaml").unwrap_or_else(|problems| panic!("{problems:#?}")).outline
}

#[test]
fn the_tree_says_what_counts() {
    assert_eq!(tree::drawn(&outline(EXAMPLE)), include_str!("tests/example.txt"));
}

#[test]
fn mermaid_has_subgraphs_conditions_and_edges() {
    assert_eq!(mermaid::drawn(&outline(EXAMPLE)), include_str!("tests/example.mmd"));
}

#[test]
fn the_picture_is_as_it_was_looked_at() {
    assert_eq!(svg::drawn(&outline(EXAMPLE)), include_str!("tests/example.svg"));
}

#[test]
fn every_shipped_flow_has_every_picture() {
    for shipped in SHIPPED {
        let read = read(shipped.text, shipped.file).unwrap();
        for picture in [Picture::Tree, Picture::Mermaid, Picture::Svg] {
            let text = drawn(&read, picture);
            for (id, authenticator) in read.flow.authenticators() {
                let name = authenticator.declaration().name;
                assert!(text.contains(name), "{name} ({id}) isn't in {picture:?} of {}", shipped.file);
            }
        }
    }
}

fn boxes(marks: &[Mark]) -> Vec<Area> {
    marks.iter().filter_map(|mark| if let Mark::Box { area, .. } = mark { Some(*area) } else { None }).collect()
}

fn contains(outer: &Area, inner: &Area) -> bool {
    let right = |area: &Area| area.x + area.width;
    let bottom = |area: &Area| area.y + area.height;
    outer.x <= inner.x && outer.y <= inner.y && right(inner) <= right(outer) && bottom(inner) <= bottom(outer)
}

fn apart(one: &Area, other: &Area) -> bool {
    one.x + one.width <= other.x
        || other.x + other.width <= one.x
        || one.y + one.height <= other.y
        || other.y + other.height <= one.y
}

/// Two boxes are apart, or one is inside the other; every text is inside the picture, and no wider than the smallest box around it.
#[test]
fn nothing_overlaps() {
    let wide = format!(
        "flow: wide\nexecutions:\n{}",
        (0..12)
            .map(|n| format!(
                "  - flow: WWWWWWWW MMMMMMMM {n} {}\n    requirement: alternative\n    executions: [cookie]\n",
                "漢字".repeat(10)
            ))
            .collect::<String>()
    );
    let own = [("wide", wide.as_str()), ("example", EXAMPLE)];
    for (name, text) in SHIPPED.iter().map(|shipped| (shipped.file, shipped.text)).chain(own) {
        let picture = layout(&outline(text));
        let boxes = boxes(&picture.marks);
        for (index, one) in boxes.iter().enumerate() {
            for other in boxes.iter().skip(index + 1) {
                assert!(apart(one, other) || contains(one, other) || contains(other, one), "{name}: {one:?} {other:?}");
            }
        }
        for mark in &picture.marks {
            let Mark::Text { x, y, class, text } = mark else { continue };
            let size = if *class == "name" { NAME } else { SMALL };
            let half = width(text, size) / 2.0;
            let area = Area { x: x - half, y: y - size, width: 2.0 * half, height: size };
            let page = Area { x: 0.0, y: 0.0, width: picture.width, height: picture.height };
            assert!(contains(&page, &area), "{name}: {text}");
            let around =
                boxes.iter().filter(|one| one.x <= *x && *x <= one.x + one.width && one.y <= *y && *y <= one.y + one.height);
            let smallest = around.min_by(|one, other| one.width.total_cmp(&other.width));
            assert!(smallest.is_none_or(|smallest| contains(smallest, &area) || *class == "or"), "{name}: {text}");
        }
    }
}

#[test]
fn names_say_nothing_to_the_picture() {
    let evil = "flow: evil\nexecutions:\n  - flow: \"</text><script>alert(1)</script>&\\\"]; end; %%{\"\n    requirement: required\n    executions: [cookie]\n";
    let picture = svg::drawn(&outline(evil));
    assert!(!picture.contains("<script") && picture.contains("&lt;script&gt;"), "{picture}");
    let chart = mermaid::drawn(&outline(evil));
    assert!(!chart.contains("<script") && !chart.contains("%%{") && !chart.contains("]; end;"), "{chart}");
}
