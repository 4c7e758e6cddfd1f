//! Proves, before a flow serves, that it does no harm: every state that a login in it can reach is visited, in every setting that makes a
//! difference, with the real engine in a pretend world whose judge never asks the engine.
//!
//! What is proved stands at [`Property`]. A broken property comes with the shortest story in which it shows.

mod assumed;
mod binding;
mod cast;
mod check;
mod deed;
mod diagnostics;
mod explore;
mod judging;
mod reach;
mod realm;
mod replay;
mod setting;
mod state;
mod telling;
mod together;
mod twins;
mod verdict;

pub use crate::definition::waiver::{Assumption, Property, Waiver};
pub use binding::{Binding, bindings, depends_on};
pub use cast::{ADDRESS, Who};
pub use check::{check, check_flow, never_happens};
pub use deed::Deed;
pub use replay::{Replayed, replay, wander};
pub use setting::{Existing, Joins, Rules, Setting, Word};
pub use together::{Harm, Together, explore_together};
pub use verdict::{Checked, Finding, Story, Verdict};
