//! How a flow runs: what `docs/flows.md` says under that heading, with the flows that stand there.

mod conditions;
mod steps;
mod ways;

use crate::world::{World, flow_name};

const PAGE: &str = include_str!("../../../../../../docs/flows.md");

/// A realm whose logins run the flow of that name on the page.
fn signs_in_with(flow: &str) -> World {
    let mut w = World::new();
    w.flow(on_the_page(flow));
    w.policy.bindings.browser = flow_name(flow);
    w
}

/// A realm where first logins from `campus` run the flow of that name on the page.
fn first_logins_with(flow: &str) -> World {
    let mut w = World::new();
    w.flow(on_the_page(flow));
    w.campus_uses(flow);
    w
}

fn on_the_page(flow: &str) -> &'static str {
    let begins = format!("flow: {flow}\n");
    let mut blocks = PAGE.split("```yaml\n").skip(1).map(|part| part.split("```").next().unwrap());
    blocks.find(|block| block.starts_with(&begins)).expect("the page has such a flow")
}
