//! The keys that documents and sub-flows have, as data. The reader takes no others, and schema and documentation are made of these.

use serde_json::Value;

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

/// The names of keys.
pub(super) fn names(words: &'static [Word]) -> Vec<&'static str> {
    words.iter().map(|word| word.name).collect()
}
