//! What a flow means, said plainly: the tree is walked from its root at every turn, and what became of each execution is kept.
//!
//! It shares nothing with the engine but the tree, and costs what it costs.

use super::scripted::{Deed, Plan};
use super::tree::{Branch, Tree};
use flow_runtime::Requirement;
use std::collections::BTreeMap;

/// Where somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// At the page of this leaf, which may be left for these executions.
    Page { leaf: u8, ways: Vec<u16> },
    /// Signed in by this leaf.
    SignedIn(u8),
    /// Turned away, with this code.
    Denied(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Succeeded,
    Failed,
    UsedUp,
}

/// A node with its numbers.
struct Node {
    id: u16,
    last: u16,
    is_required: bool,
    /// What its condition comes to, if it has one.
    when: Option<bool>,
    what: What,
}

enum What {
    Leaf(u8, Plan),
    Level(Vec<Node>),
}

/// Somebody in a flow.
pub(super) struct Plain {
    root: Node,
    /// Whether levels succeed where nothing is left to run.
    on_empty: bool,
    ends: BTreeMap<u16, End>,
    /// The child that was chosen, by level.
    chosen: BTreeMap<u16, u16>,
    /// The execution that said last who signs in, and its leaf.
    user: Option<(u16, u8)>,
}

/// What a node comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Run(u16, u8, Plan),
    Over(End),
    NotThere,
}

impl Plain {
    pub(super) fn of(tree: &Tree, on_empty: bool) -> Self {
        let (children, last) = nodes(tree, &mut 0, &mut 0, true);
        let root = Node { id: 0, last, is_required: true, when: None, what: What::Level(children) };
        Self { root, on_empty, ends: BTreeMap::new(), chosen: BTreeMap::new(), user: None }
    }

    /// From the start.
    pub(super) fn begin(&mut self) -> Place {
        self.ends.clear();
        self.chosen.clear();
        self.user = None;
        self.go()
    }

    /// The page's leaf does its deed.
    pub(super) fn go_on(&mut self) -> Place {
        let Stand::Run(id, leaf, plan) = self.stand(&self.root) else { panic!("nothing waits") };
        self.ended(id, leaf, plan.deed)
    }

    /// The person can't.
    pub(super) fn give_up(&mut self) -> Place {
        let Stand::Run(id, leaf, _) = self.stand(&self.root) else { panic!("nothing waits") };
        self.ended(id, leaf, Deed::GivesUp)
    }

    /// The person takes another way: what they leave is as if it had never been, and so is what they come to.
    pub(super) fn choose(&mut self, way: u16) -> Place {
        let Stand::Run(current, ..) = self.stand(&self.root) else { panic!("nothing waits") };
        let mut level = &self.root;
        loop {
            let What::Level(children) = &level.what else { panic!("a leaf has no ways") };
            let to = children.iter().find(|child| child.has(way)).unwrap();
            self.chosen.insert(level.id, to.id);
            let from = children.iter().find(|child| child.has(current));
            for child in from.into_iter().chain([to]).filter(|_| !to.has(current)) {
                self.ends.retain(|id, end| !child.has(*id) || *end == End::UsedUp);
                self.chosen.retain(|level, _| !child.has(*level));
            }
            if to.id == way {
                break;
            }
            level = to;
        }
        self.go_at(way)
    }

    /// Runs what is next, until a page or the end.
    fn go(&mut self) -> Place {
        match self.stand(&self.root) {
            Stand::Run(id, ..) => self.go_at(id),
            Stand::Over(End::Succeeded) => match self.user {
                Some((id, leaf)) if self.rests_on(&self.root, id) => Place::SignedIn(leaf),
                _ => Place::Denied("no-account"),
            },
            Stand::Over(_) | Stand::NotThere => Place::Denied("no-way-left"),
        }
    }

    fn go_at(&mut self, id: u16) -> Place {
        let Stand::Run(at, leaf, plan) = self.stand(&self.root) else { panic!("nothing runs") };
        assert_eq!(at, id, "what was chosen comes first");
        if plan.shows { Place::Page { leaf, ways: self.ways(&self.root, id) } } else { self.ended(id, leaf, plan.deed) }
    }

    fn ended(&mut self, id: u16, leaf: u8, deed: Deed) -> Place {
        let end = match deed {
            Deed::Succeed => {
                self.user = Some((id, leaf));
                End::Succeeded
            }
            Deed::Pass => End::Succeeded,
            Deed::DoesntApply => End::Failed,
            Deed::GivesUp => End::UsedUp,
            Deed::Denies => return Place::Denied("no-account"),
        };
        self.ends.insert(id, end);
        let mut done = Vec::new();
        self.done(&self.root, &mut done);
        for (id, last) in done {
            self.ends.range_mut(id..=last).for_each(|(_, end)| *end = if *end == End::UsedUp { End::Failed } else { *end });
        }
        self.go()
    }

    /// Sub-flows that have succeeded: what was used up in them is forgotten.
    fn done(&self, node: &Node, done: &mut Vec<(u16, u16)>) {
        let What::Level(children) = &node.what else { return };
        if self.has_succeeded(node) {
            done.push((node.id, node.last));
        }
        for child in children {
            self.done(child, done);
        }
    }

    fn stand(&self, node: &Node) -> Stand {
        let children = match &node.what {
            What::Leaf(leaf, plan) => {
                return self.ends.get(&node.id).map_or(Stand::Run(node.id, *leaf, *plan), |end| Stand::Over(*end));
            }
            What::Level(_) if node.when == Some(false) => return Stand::NotThere,
            What::Level(children) => children,
        };
        let empty = Stand::Over(if self.on_empty { End::Succeeded } else { End::Failed });
        if children.iter().any(|child| child.is_required) {
            let there = children.iter().filter(|child| child.is_required).map(|child| self.stand(child));
            let mut there = there.filter(|stand| *stand != Stand::NotThere).peekable();
            let all = if there.peek().is_none() { empty } else { Stand::Over(End::Succeeded) };
            return there.find(|stand| *stand != Stand::Over(End::Succeeded)).unwrap_or(all);
        }
        if children.iter().any(|child| self.has_succeeded(child)) {
            return Stand::Over(End::Succeeded);
        }
        let first = children.iter().find(|child| self.chosen.get(&node.id) == Some(&child.id));
        let mut stands = first.into_iter().chain(children).map(|child| self.stand(child));
        let failed = if children.is_empty() { empty } else { Stand::Over(End::Failed) };
        stands.find(|stand| matches!(stand, Stand::Run(..) | Stand::Over(End::Succeeded))).unwrap_or(failed)
    }

    /// Something in it ran, and that was enough. What succeeds because it is empty has its turn like all others.
    fn has_succeeded(&self, node: &Node) -> bool {
        let ran = self.ends.range(node.id..=node.last).any(|(_, end)| *end == End::Succeeded);
        ran && self.stand(node) == Stand::Over(End::Succeeded)
    }

    /// Whether the success of this node rests on that execution.
    fn rests_on(&self, node: &Node, id: u16) -> bool {
        self.has_succeeded(node)
            && match &node.what {
                What::Leaf(..) => node.id == id,
                What::Level(children) => {
                    let any_required = children.iter().any(|child| child.is_required);
                    children.iter().filter(|child| child.is_required || !any_required).any(|child| self.rests_on(child, id))
                }
            }
    }

    /// The entrances of the other alternatives on the way to the leaf that waits, innermost first.
    fn ways(&self, node: &Node, at: u16) -> Vec<u16> {
        let What::Level(children) = &node.what else { return Vec::new() };
        let inner = children.iter().find(|child| child.has(at)).map_or(Vec::new(), |child| self.ways(child, at));
        let is_choice = !children.iter().any(|child| child.is_required);
        let others = children.iter().filter(|child| is_choice && !child.has(at)).filter_map(|child| self.entrance(child));
        inner.into_iter().chain(others.filter(|(_, shows)| *shows).map(|(id, _)| id)).collect()
    }

    fn entrance(&self, node: &Node) -> Option<(u16, bool)> {
        let children = match &node.what {
            _ if self.is_used_up(node) => return None,
            What::Leaf(_, plan) => return Some((node.id, plan.shows)),
            What::Level(children) => children,
        };
        let mut required = children.iter().filter(|child| child.is_required).peekable();
        match required.peek() {
            Some(_) => required.find(|child| child.when != Some(false)).and_then(|child| self.entrance(child)),
            None => children.iter().find_map(|child| self.entrance(child)),
        }
    }

    fn is_used_up(&self, node: &Node) -> bool {
        match &node.what {
            What::Leaf(..) => self.ends.get(&node.id) == Some(&End::UsedUp),
            What::Level(children) if children.iter().any(|child| child.is_required) => {
                children.iter().any(|child| child.is_required && child.when.is_none() && self.is_used_up(child))
            }
            What::Level(children) => !children.is_empty() && children.iter().all(|child| self.is_used_up(child)),
        }
    }
}

impl Node {
    fn has(&self, id: u16) -> bool {
        (self.id..=self.last).contains(&id)
    }
}

/// The nodes that are ever run, numbered as in the file.
fn nodes(tree: &Tree, last: &mut u16, leaves: &mut u8, run: bool) -> (Vec<Node>, u16) {
    let any_required = tree.iter().any(Branch::is_required);
    let mut nodes_here = Vec::new();
    for branch in tree {
        *last += 1;
        let id = *last;
        let counts = run && branch.requirement() != Requirement::Disabled && (branch.is_required() || !any_required);
        let (what, when) = match branch {
            Branch::Leaf(_, plan) => {
                *leaves += 1;
                (What::Leaf(*leaves, *plan), None)
            }
            Branch::Sub(_, when, inner) => (What::Level(nodes(inner, last, leaves, counts).0), *when),
        };
        let node = Node { id, last: *last, is_required: branch.is_required(), when, what };
        nodes_here.extend(counts.then_some(node));
    }
    (nodes_here, *last)
}
