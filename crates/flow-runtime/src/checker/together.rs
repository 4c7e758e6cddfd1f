//! Flows that serve together: the flow of a login, the first logins that it calls, and what runs after them.
//!
//! A check looks at each flow by itself, among others that ask nothing. This looks at all of them at once, with the same deeds and the same
//! judge, so that tests can compare: what holds of each must hold of them together.

use super::Setting;
use super::deed::Deed;
use super::explore::{Explored, explore};
use super::judging::{refused_with_a_proof, stuck};
use super::realm::Realm;
use super::twins::{Compared, compare};
use crate::Flow;
use crate::definition::waiver::Property;
use std::sync::Arc;

/// Flows of one login.
#[derive(Debug, Clone, Copy)]
pub struct Together<'f> {
    /// What people sign in with.
    pub browser: &'f Flow,
    /// What its provider's first logins are.
    pub first_login: &'f Flow,
    /// What runs after the provider, if anything does.
    pub post_login: Option<&'f Flow>,
}

/// Something that is broken in flows that serve together.
#[derive(Debug, Clone)]
pub struct Harm {
    /// What it breaks.
    pub property: Property,
    /// What is done.
    pub deeds: Vec<Deed>,
    /// What comes of it.
    pub what: String,
}

/// Visits every state of such logins in one setting: what is broken, and how many states there are. None: they can't be explored, or not
/// to their end.
pub fn explore_together(flows: Together<'_>, setting: Setting) -> Option<(Vec<Harm>, usize)> {
    let realm = Realm::with_all(flows)?;
    let browser = Arc::new(flows.browser.clone());
    let explored = explore(&realm, &browser, setting)?;
    let told = if setting.can_be_told() { compare(&realm, &browser, setting)? } else { Compared::default() };
    if explored.is_cut || told.is_cut {
        return None;
    }
    let mut harm = harm_of(&explored);
    harm.extend(told.told.into_iter().filter(|told| !told.is_declared).map(|told| Harm {
        property: Property::P10,
        deeds: told.story,
        what: format!("{}; without that account, {}", told.with, told.without),
    }));
    Some((harm, explored.nodes.len() + told.pairs))
}

fn harm_of(explored: &Explored) -> Vec<Harm> {
    let wrongs = explored.wrongs.iter().map(|wrong| Harm {
        property: wrong.kind.property(),
        deeds: explored.story(wrong.node).into_iter().chain(wrong.deed.clone()).collect(),
        what: wrong.what.clone(),
    });
    let stuck = stuck(explored).map(|broken| Harm { property: broken.property, deeds: broken.deeds, what: broken.end });
    let refused = refused_with_a_proof(explored).map(|end| explored.story(end)).filter(|deeds| !was_left(deeds));
    let refused = refused.map(|deeds| Harm { property: Property::P4, deeds, what: "they are refused by accident".to_owned() });
    wrongs.chain(stuck).chain(refused).collect()
}

/// Whether the person left the way on which they proved an account. What becomes of them on another one is another story.
fn was_left(deeds: &[Deed]) -> bool {
    let after = deeds.iter().rev().take_while(|deed| !deed.is_a_proof());
    after.into_iter().any(|deed| matches!(deed, Deed::Way { .. }))
}
