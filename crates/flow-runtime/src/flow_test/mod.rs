//! Tests that stand in a flow's own file: invented people meet the flow in a pretend world, with the engine that real logins have.

mod expected;
mod given;
mod judge;
pub(crate) mod names;
mod play;
mod report;
mod schema;
mod setup;
mod step;
mod told;

pub use expected::{ExpectedAccount, Linked, Then, Whom};
pub use given::{Given, GivenAccount, GivenClient, GivenIdentity, GivenLink, GivenProvider, GivenRequest, Serves};
pub(crate) use judge::PROOFS;
pub use names::{deeds, mail_name, page_name};
pub use play::{Moment, Play, Stop};
pub use report::{Coverage, Red, Result, run_test, run_tests};
pub use schema::schema;
pub use setup::{Cast, bind, others};
pub use step::{Action, Change, Mail, Shown, Step, Where};
pub use told::{notice, write};

#[cfg(test)]
mod tests;

use crate::reader::Span;

/// One test of a flow.
#[derive(Debug, Clone)]
pub struct FlowTest {
    /// Its name, unique in the file.
    pub name: String,
    /// Where it begins in the file.
    pub span: Span,
    /// The world that it begins with.
    pub given: Given,
    /// What happens, and what is seen on the way.
    pub steps: Vec<Step>,
    /// What must have come of it.
    pub then: Then,
}
