//! Decides what happens next in a login.
//!
//! [`step`] takes a stored login, an event, the time and some entropy, and says what follows: a question for the driver, a page, a
//! trip to a provider, or the end, together with what must be written and sent. It performs nothing itself. This crate
//! must not know async code, the clock, randomness, sockets, a database or a web framework.

pub mod ask;
pub mod authenticator;
pub mod checker;
pub mod definition;
pub mod describe;
pub mod engine;
pub mod event;
pub mod flow_test;
pub mod linking;
mod others;
pub mod outcome;
pub mod page;
pub mod policy;
mod position;
pub mod proof;
pub mod reader;
pub mod revisions;
pub mod session;
pub mod sync;
pub mod view;
mod ways_in;
pub mod world;
pub mod write;

pub use ask::{
    Candidate, Candidates, CodeVerdict, Counter, Fact, FoundUsers, KnownIdentity, LiveSession, OneTimeVerdict, PasswordVerdict,
    Question, Reservation, Sought,
};
pub use definition::{Execution, ExecutionId, Flow, Level, Node, Requirement, Revision};
pub use engine::{Asking, Resting, Start, Step, begin, begin_with, step};
pub use event::{Arrival, Event, Form};
pub use outcome::{Decision, Denial, DenialCode, Fault, Finish, Next, Rejected, SignedIn};
pub use page::{Page, View, Viewer};
pub use policy::{Bindings, Limits, RealmPolicy};
pub use position::Position;
pub use proof::AcceptedProof;
pub use revisions::{Pinned, Revisions};
pub use session::{AuthenticationSession, Frame, Purpose, Rest, StepId};
pub use view::view;
pub use write::{Conflict, Guard, MailKind, NewUser, Notice, ProfileChange, UnlinkReason, Write};
