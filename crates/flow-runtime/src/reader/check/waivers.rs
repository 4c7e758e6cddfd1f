//! Where waivers belong: what they name must be there, and they are good for the flow that they were given to.

use crate::definition::waiver;
use crate::reader::code;
use crate::reader::diagnostic::Problems;
use crate::reader::draft::{Document, Waiver};
use crate::reader::places::{self, Place, Places};
use crate::reader::suggest::{instead_of, quoted};

/// The waivers that count.
pub(super) fn of(document: &Document, problems: &mut Problems) -> Vec<waiver::Waiver> {
    let places = places::of(document);
    let own = document.waivers.iter().filter(|waiver| is_own(document, waiver, problems)).collect::<Vec<_>>();
    own.into_iter().filter_map(|waiver| resolved(waiver, &places, problems)).collect()
}

fn is_own(document: &Document, waiver: &Waiver, problems: &mut Problems) -> bool {
    let (name, span) = &waiver.flow;
    let Some(own) = document.name.as_ref().filter(|own| own.as_str() != name) else { return true };
    problems
        .report(&code::WAIVER_OF_ANOTHER_FLOW, *span, format!("the waiver was given to the flow {}", quoted(name)))
        .label(format!("this one is `{own}`, so it doesn't count"))
        .help("delete it; or, if you accept the same for this flow, write its name here");
    false
}

fn resolved(waiver: &Waiver, places: &Places, problems: &mut Problems) -> Option<waiver::Waiver> {
    let (text, span) = &waiver.at;
    let path: Vec<&str> = text.split(" / ").map(str::trim).collect();
    let found = places.at(&path);
    let enabled: Vec<&&Place> = found.iter().filter(|place| !place.disabled).collect();
    match (enabled.as_slice(), found.as_slice()) {
        ([one], _) => {
            let Waiver { property, reason, .. } = waiver;
            return Some(waiver::Waiver { property: *property, at: one.id, path: one.path.join(" / "), reason: reason.clone() });
        }
        ([], []) => {
            let last = path.last().copied().unwrap_or_default();
            problems
                .report(&code::WAIVER_NOWHERE, *span, format!("nothing in the flow is at {}", quoted(text)))
                .help(instead_of(last, &places.names()));
        }
        ([], _) => {
            problems
                .report(&code::WAIVER_NOWHERE, *span, format!("{} is disabled", quoted(text)))
                .help("delete the waiver: what is disabled does no harm");
        }
        ([first, ..], _) => {
            problems
                .report(&code::WAIVER_NOWHERE, *span, format!("several executions are at {}", quoted(text)))
                .help(format!("write more of the way there, such as `{}`", first.path.join(" / ")));
        }
    }
    None
}
