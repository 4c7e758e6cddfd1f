//! A flow as a picture that is read in a browser, in light or in the dark, and by those who can't see it.

use super::layout::{Area, Layout, Mark, NAME, SMALL, layout};
use super::tree;
use flow_runtime::reader::Outline;
use std::fmt::Write as _;

const STYLE: &str = "\
svg{--paper:#fff;--ink:#1b1f24;--faint:#57606a;--line:#6e7781;--card:#f6f8fa;--end:#dbeafe;--warn:#9a3412}\
@media(prefers-color-scheme:dark){svg{--paper:#0d1117;--ink:#e6edf3;--faint:#9aa4af;--line:#8b949e;--card:#1c2128;--end:#1f3a5f;--warn:#fdba74}}\
.paper{fill:var(--paper);stroke:none}\
text{font-family:system-ui,sans-serif;fill:var(--ink);text-anchor:middle}\
.small,.or{fill:var(--faint)}.setting{font-family:ui-monospace,monospace}\
.waived{fill:var(--warn);font-weight:600}.name{font-weight:600}.or{font-style:italic}\
rect{stroke:var(--line)}.card{fill:var(--card)}.end{fill:var(--end)}.frame{fill:none}\
.when{stroke-dasharray:7 4}.off{stroke-dasharray:2 4;opacity:.65}\
.arrow{stroke:var(--line);stroke-width:1.5;fill:none}.tip{fill:var(--line)}";

/// The picture.
pub(super) fn drawn(outline: &Outline) -> String {
    let Layout { width, height, marks } = layout(outline);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         role=\"img\" aria-labelledby=\"flow-title flow-description\" lang=\"en\">\n"
    );
    let _ = writeln!(text, "<title id=\"flow-title\">The flow {}</title>", escaped(outline.name.as_str()));
    let _ = writeln!(text, "<desc id=\"flow-description\">{}</desc>", escaped(&tree::drawn(outline)));
    let _ = writeln!(text, "<style>{STYLE}</style>");
    let _ = writeln!(text, "<rect class=\"paper\" stroke=\"none\" width=\"100%\" height=\"100%\"/>");
    for mark in &marks {
        draw(mark, &mut text);
    }
    text.push_str("</svg>\n");
    text
}

fn draw(mark: &Mark, text: &mut String) {
    let _ = match mark {
        Mark::Box { area: Area { x, y, width, height }, class } => {
            let round = if *class == "end" { 16 } else { 8 };
            writeln!(
                text,
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round}\"/>"
            )
        }
        Mark::Text { x, y, class, text: words } => {
            let size = if *class == "name" { NAME } else { SMALL };
            writeln!(text, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\">{}</text>", escaped(words))
        }
        Mark::Arrow { x, from, to } => {
            let (neck, left, right) = (to - 7.0, x - 4.5, x + 4.5);
            writeln!(
                text,
                "<path class=\"arrow\" d=\"M{x:.1} {from:.1}V{neck:.1}\"/><path class=\"tip\" d=\"M{left:.1} {neck:.1}H{right:.1}L{x:.1} {to:.1}Z\"/>"
            )
        }
    };
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
