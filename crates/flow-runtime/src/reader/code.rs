//! Every kind of problem that a document can have: its stable code, its severity, its title, and why it is one.

/// A kind of problem. Two are the same if their ids are.
#[derive(Debug)]
pub struct Code {
    /// The id, like `BF0012`. It never changes its meaning.
    pub id: &'static str,
    /// Whether a flow with it can be used.
    pub severity: Severity,
    /// A few words for lists.
    pub title: &'static str,
    /// Why it is a problem, in a sentence or two.
    pub explanation: &'static str,
    /// A document that has it: `examples/ID.bad.yaml`. One isn't UTF-8.
    ///
    /// A line `# ... and the line above N times more` stands for just that.
    pub bad: &'static [u8],
    /// A document of the same kind without any problem: `examples/ID.good.yaml`.
    pub good: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}

/// Whether a flow with a problem can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// It can't.
    Error,
    /// It can, but is probably not what was meant.
    Warning,
}

impl Code {
    /// Whether a comment can silence it: a warning about what a flow does.
    pub fn can_be_silenced(&self) -> bool {
        let about_comments =
            [&UNREADABLE_SILENCE, &SILENCE_WITHOUT_REASON, &SILENCE_OF_UNKNOWN_CODE, &SILENCE_OF_ERROR, &SILENCE_OF_NOTHING];
        self.severity == Severity::Warning && !about_comments.contains(&self)
    }
}

/// The code with this id, however its letters are written.
pub fn find(id: &str) -> Option<&'static Code> {
    CODES.iter().copied().find(|code| code.id.eq_ignore_ascii_case(id))
}

macro_rules! codes {
    ($($name:ident, $id:literal, $severity:ident, $title:literal, $explanation:literal;)*) => {
        $(pub(super) static $name: Code = Code {
            id: $id,
            severity: Severity::$severity,
            title: $title,
            explanation: $explanation,
            bad: include_bytes!(concat!("examples/", $id, ".bad.yaml")),
            good: include_str!(concat!("examples/", $id, ".good.yaml")),
        };)*

        /// All codes, in the order of their ids.
        pub static CODES: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    SYNTAX, "BF0001", Error, "not valid YAML",
        "The text can't be read as YAML from this place on. Nothing after it was looked at.";
    NOT_UTF8, "BF0002", Error, "not UTF-8",
        "A flow document is text in UTF-8.";
    HIDDEN_CHARACTER, "BF0003", Error, "a character that can't be seen",
        "Control characters and characters that hide or change the direction of text could make a flow look like something that it isn't.";
    TOO_LARGE, "BF0004", Error, "too large",
        "A flow document has at most 256 KiB.";
    TOO_DEEP, "BF0005", Error, "nested too deep",
        "A flow document has at most 32 levels of lists and mappings within each other.";
    TOO_MANY, "BF0006", Error, "too many parts",
        "A flow document has at most 5,000 keys, values and list items.";
    ALIAS, "BF0007", Error, "an anchor or alias",
        "With anchors and aliases a small file can stand for a huge flow, and a change in one place changes another unseen.";
    TAG, "BF0008", Error, "a tag",
        "Tags ask for types that a flow doesn't have.";
    SECOND_DOCUMENT, "BF0009", Error, "a second document",
        "One file holds one flow.";
    DUPLICATE_KEY, "BF0010", Error, "a key twice",
        "Only one of the two could count, and readers of the file would disagree about which.";
    UNKNOWN_KEY, "BF0011", Error, "an unknown key",
        "A key that means nothing here is a mistake: it would be ignored in silence.";
    WRONG_TYPE, "BF0012", Error, "the wrong type",
        "A list, a mapping or a text stands where something else is expected.";
    MISSING_KEY, "BF0013", Error, "a missing key",
        "Something that every flow or sub-flow must say isn't there.";
    BAD_FLOW_NAME, "BF0020", Error, "a bad flow name",
        "Flows are found by their names, in configuration and in addresses, so the names are simple.";
    BAD_SUB_FLOW_NAME, "BF0021", Error, "a bad sub-flow name",
        "A sub-flow's name is a short text on one line.";
    DUPLICATE_SUB_FLOW, "BF0022", Error, "a sub-flow name twice",
        "Records and logs tell sub-flows apart by their names.";
    NO_EXECUTIONS, "BF0023", Error, "nothing to run",
        "A level without executions fails every login, unless it says `on-empty: succeed`.";
    UNKNOWN_AUTHENTICATOR, "BF0030", Error, "an unknown authenticator",
        "No authenticator has this name.";
    UNKNOWN_REQUIREMENT, "BF0031", Error, "an unknown requirement",
        "An execution is `required`, `alternative` or `disabled`.";
    UNKNOWN_WORD, "BF0032", Error, "an unknown word",
        "The key takes one of a few words, and this isn't one of them.";
    BAD_DURATION, "BF0033", Error, "a bad duration",
        "A duration is a whole number with its unit: `s`, `m`, `h` or `d`.";
    BAD_NUMBER, "BF0034", Error, "a bad number",
        "The key takes a whole number, written in digits without quotes.";
    OUT_OF_BOUNDS, "BF0035", Error, "out of bounds",
        "The value is smaller or larger than what makes sense or is safe.";
    BESIDE_ITS_AUTHENTICATOR, "BF0036", Error, "a key beside its authenticator",
        "The settings of an authenticator stand inside it. A list item that has several keys, none of which is `flow`, is an indentation mistake.";
    BAD_CONDITION, "BF0040", Error, "a bad condition",
        "A condition is the name of a fact, or one of `all`, `any`, `not` and `provider`.";
    UNKNOWN_FACT, "BF0041", Error, "an unknown fact",
        "No fact of a login has this name.";
    BAD_PROVIDER, "BF0042", Error, "a bad provider alias",
        "No identity provider can have this alias.";
    REQUIREMENT_WITH_WHEN, "BF0043", Error, "a requirement beside a condition",
        "A sub-flow with `when:` is required if the condition holds, and isn't there otherwise. It can only be disabled on top.";
    NEVER_RUNS, "BF0050", Error, "an alternative that never runs",
        "Where something at a level is required, alternatives at that level are never tried.";
    NEED_NOT_MET, "BF0051", Error, "an execution that can't do its work",
        "It needs something that nothing before it in the flow establishes, so it would end every login.";
    NOTHING_ENABLED, "BF0052", Warning, "nothing enabled",
        "Every execution of the level is disabled, so the level always fails.";
    NEVER_REACHED, "BF0053", Warning, "an execution that is never reached",
        "Before it stands one that always succeeds or always ends the login, without asking anybody. Nothing comes after that.";
    IDLE_ON_EMPTY, "BF0054", Warning, "an `on-empty` that changes nothing",
        "`on-empty` says what happens where nothing is left to run. This level always has something to run, and if that fails, the level fails.";
    CONSTANT_CONDITION, "BF0055", Warning, "a condition that is always the same",
        "The condition comes to the same for everybody, so the sub-flow is always there, or never.";
    UNREADABLE_SILENCE, "BF0060", Warning, "a comment to Braid that it doesn't understand",
        "A comment that begins with `braid:` is meant for Braid. There is one: `# braid: allow BF0052 because of a reason`.";
    SILENCE_WITHOUT_REASON, "BF0061", Warning, "a warning silenced without a reason",
        "Whoever reads the file later must be able to judge whether the warning is still rightly silenced. It is silenced by a reason only.";
    SILENCE_OF_UNKNOWN_CODE, "BF0062", Warning, "an unknown code is silenced",
        "Nothing has this code, so the comment silences nothing.";
    SILENCE_OF_ERROR, "BF0063", Warning, "something is silenced that can't be",
        "Only warnings about what a flow does can be silenced. A file with an error isn't used, and a comment doesn't change that.";
    SILENCE_OF_NOTHING, "BF0064", Warning, "a comment that silences nothing",
        "There is no such warning at the line that the comment is for. It may have been there once; a comment that stays could hide the next one.";
}
