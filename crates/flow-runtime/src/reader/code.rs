//! Every kind of problem that a document can have: its stable code, its severity, its title, and why it is one.

/// A kind of problem. Two are the same if their ids are.
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

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
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
    /// Whether a comment can silence it: a warning about what a flow does, not about how something is silenced or waived.
    pub fn can_be_silenced(&self) -> bool {
        let about_answers = [
            &UNREADABLE_SILENCE,
            &SILENCE_WITHOUT_REASON,
            &SILENCE_OF_UNKNOWN_CODE,
            &SILENCE_OF_ERROR,
            &SILENCE_OF_NOTHING,
            &WAIVER_OF_ANOTHER_FLOW,
            &NOTHING_TO_WAIVE,
        ];
        self.severity == Severity::Warning && !about_answers.contains(&self)
    }
}

/// The code with this id, however its letters are written.
pub fn find(id: &str) -> Option<&'static Code> {
    CODES.iter().copied().find(|code| code.id.eq_ignore_ascii_case(id))
}

macro_rules! codes {
    ($($name:ident, $id:literal, $severity:ident, $title:literal, $explanation:literal;)*) => {
        $(pub(crate) static $name: Code = Code {
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
        "A condition is the name of a fact, perhaps with a value, or one of `all`, `any`, `not` and `cel`.";
    UNKNOWN_FACT, "BF0041", Error, "an unknown fact",
        "No fact of a login has this name.";
    BAD_PROVIDER, "BF0042", Error, "a bad provider alias",
        "No identity provider can have this alias.";
    REQUIREMENT_WITH_WHEN, "BF0043", Error, "a requirement beside a condition",
        "A sub-flow with `when:` is required if the condition holds, and isn't there otherwise. It can only be disabled on top.";
    BAD_EXPRESSION, "BF0044", Error, "a bad expression",
        "An expression is a small part of CEL over what is known of a login. It is read and typed when the flow is loaded.";
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
    UNKNOWN_STEP, "BF0070", Error, "a step that nobody can take",
        "A step of a test is one thing that happens or is seen: a key from a short list, with its value.";
    BAD_TEST_VALUE, "BF0071", Error, "a value that no login can have",
        "A test plays a login with this value, so it must be one that a real login could have.";
    TEST_TWICE, "BF0072", Error, "a test name twice",
        "Whoever reads that a test is red must know which one.";
    NOBODY, "BF0073", Error, "an account that isn't there",
        "A test knows the accounts that it begins with, and those that somebody makes on the way.";
    NOTHING_EXPECTED, "BF0074", Error, "a test that expects nothing",
        "It would be green whatever came of the login.";
    BAD_RULE, "BF0075", Error, "a linking rule that can't be used",
        "Tests write linking rules as the configuration does, and they are checked as strictly.";
    UNKNOWN_PROPERTY, "BF0080", Error, "a property that isn't there",
        "A waiver accepts that one of the properties is broken that are proved of every flow.";
    WAIVER_NOWHERE, "BF0081", Error, "a waiver for nothing",
        "A waiver is good for one execution, or for the flow itself. A waiver for nothing would look like an answer to something.";
    WAIVER_WITHOUT_REASON, "BF0082", Error, "a waiver without a reason",
        "Whoever reads the flow, the log or the audit trail must be able to judge whether the waiver is still right.";
    WAIVER_OF_ANOTHER_FLOW, "BF0083", Warning, "a waiver of another flow",
        "A waiver is good for the flow that it was given to. A copy under another name is another flow, which somebody has to answer for anew.";
    LINKED_WITHOUT_PROOF, "BF0101", Error, "P1: linked without a proof",
        "Somebody gets an identity linked to an account that they haven't proved, and from then on they get in. Only a proof that policy accepts for that account and that identity may link it.";
    FACTOR_BYPASSED, "BF0103", Error, "P3: a second factor is bypassed",
        "Somebody set up a second factor so that a password, a mailbox or an identity alone doesn't open the account, and here it does. Ask for it after the sign-in, and before an identity is linked.";
    CANNOT_FINISH, "BF0104", Error, "P4: somebody can't finish",
        "Whoever holds a proof that the flow asks for, or is new, must be able to get in unless somebody decided otherwise; and no page may be a dead end.";
    NEVER_HAPPENS, "BF0106", Error, "P6: something never happens",
        "However a login goes, the execution never has a turn. Whoever wrote it counts on it in vain.";
    TELLS_STRANGERS, "BF0110", Error, "P10: it tells strangers who has an account",
        "Somebody who has proved nothing sees something else where an address has an account. Only an execution that says `reveals: account` may do that.";
    NOT_DECIDED, "BF0120", Error, "nobody knows whether it holds",
        "There is more to try out than is tried, so nothing is proved. What isn't proved doesn't serve.";
    NOTHING_TO_WAIVE, "BF0121", Warning, "a waiver that waives nothing",
        "The property holds there. A waiver that stays could hide the next harm.";
}
