//! The keys that documents and sub-flows have, as data. The reader takes no others, and schema and documentation are made of these.

use crate::definition::waiver::Assumption;
use serde_json::{Value, json};

/// One key of a mapping.
pub struct Word {
    /// Its name.
    pub name: &'static str,
    /// What it means, in a sentence or two for operators.
    pub description: &'static str,
    /// An example value, as it would stand in YAML.
    pub example: &'static str,
    /// What holds when it isn't given, in words. None: it must be given.
    pub default: Option<&'static str>,
    /// What it holds.
    pub holds: Holds,
}

/// What a key holds.
pub enum Holds {
    /// The name of a flow.
    FlowName,
    /// The name of a sub-flow.
    SubFlowName,
    /// A text for people.
    Text,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list of executions.
    Executions,
    /// What an execution means for its level.
    Requirement,
    /// A condition.
    Condition,
    /// What this JSON Schema says.
    Described(fn() -> Value),
}

const ON_EMPTY: Word = Word {
    name: "on-empty",
    description: "`succeed`: the level succeeds when nothing in it is left to run. Without this key it fails.",
    example: "succeed",
    default: Some("the level fails"),
    holds: Holds::OneOf(&["succeed"]),
};

const EXECUTIONS: Word = Word {
    name: "executions",
    description: "What runs, in order: authenticators and sub-flows.",
    example: "[cookie]",
    default: None,
    holds: Holds::Executions,
};

/// What an execution means for its level. Authenticators and sub-flows have it.
pub const REQUIREMENT: Word = Word {
    name: "requirement",
    description: "What the execution means for the level that it stands in.",
    example: "alternative",
    default: Some("required"),
    holds: Holds::Requirement,
};

/// The keys of a document.
pub const DOCUMENT: &[Word] = &[
    Word {
        name: "flow",
        description: "The flow's name: 1 to 64 characters of a–z, 0–9, `-` and `_`.",
        example: "first-broker-login",
        default: None,
        holds: Holds::FlowName,
    },
    Word {
        name: "description",
        description: "One sentence for people. It changes nothing.",
        example: "Make an account for a new identity.",
        default: Some("nothing"),
        holds: Holds::Text,
    },
    ON_EMPTY,
    EXECUTIONS,
    Word {
        name: "assumes",
        description: "What the flow takes for granted of every realm, provider and client that it is bound to. Where it isn't so, the flow doesn't serve.",
        example: "[mail]",
        default: Some("nothing is taken for granted"),
        holds: Holds::Described(assumes),
    },
    Word {
        name: "waivers",
        description: "Where the author accepts that a property is broken, and why.",
        example: "[{ property: P10, at: confirm-link, for: my-flow, reason: everybody here knows everybody }]",
        default: Some("nothing is accepted"),
        holds: Holds::Described(waivers),
    },
    Word {
        name: "tests",
        description: "What must come of logins of invented people. `braid flow test` plays them; a flow with a red test doesn't load.",
        example: "[{ name: a new person, identity: { provider: campus }, then: { signed-in: new } }]",
        default: Some("nothing is tested"),
        holds: Holds::Described(crate::flow_test::schema),
    },
];

/// The keys of a sub-flow.
pub const SUB_FLOW: &[Word] = &[
    Word {
        name: "flow",
        description: "The sub-flow's name, for people: 1 to 64 characters on one line, once in a file.",
        example: "prove ownership",
        default: None,
        holds: Holds::SubFlowName,
    },
    REQUIREMENT,
    Word {
        name: "when",
        description: "The sub-flow is required where this holds, and isn't there where it doesn't. Once decided, that stays.",
        example: "existing-user.has-password",
        default: Some("it is always there"),
        holds: Holds::Condition,
    },
    ON_EMPTY,
    EXECUTIONS,
];

/// The keys of a waiver.
pub const WAIVER: &[Word] = &[
    Word {
        name: "property",
        description: "The property that is broken there.",
        example: "P1",
        default: None,
        holds: Holds::OneOf(&["P1", "P3", "P4", "P6", "P10"]),
    },
    Word {
        name: "at",
        description: "The execution where it is broken, or the flow: its name, with the names of what it stands in before it where that is needed.",
        example: "create or link / auto-set-existing-user",
        default: None,
        holds: Holds::Text,
    },
    Word {
        name: "for",
        description: "The name of the flow that the waiver is for. It doesn't count in a copy with another name.",
        example: "first-broker-login",
        default: None,
        holds: Holds::FlowName,
    },
    Word {
        name: "reason",
        description: "Why that is accepted, for whoever reads the file, the log or the audit trail.",
        example: "only our own directory sends people here",
        default: None,
        holds: Holds::Text,
    },
];

fn assumes() -> Value {
    let words = Assumption::ALL.map(Assumption::as_str);
    json!({ "type": "array", "items": { "enum": words } })
}

fn waivers() -> Value {
    json!({ "type": "array", "items": crate::describe::mapping("A waiver.", WAIVER) })
}

/// The names of keys.
pub(super) fn names(words: &'static [Word]) -> Vec<&'static str> {
    words.iter().map(|word| word.name).collect()
}
