//! What declarations mean, in words for operators. Schema and documentation say it with these.

use super::Requirement;
use super::declaration::{Establishes, Need, Outcome};

impl Requirement {
    /// Every requirement, with its word in YAML.
    pub const ALL: [(&str, Self); 3] =
        [("required", Self::Required), ("alternative", Self::Alternative), ("disabled", Self::Disabled)];

    /// What it means.
    pub fn description(self) -> &'static str {
        match self {
            Self::Required => "It must succeed. All required executions of a level run in order.",
            Self::Alternative => {
                "It is enough if it succeeds. Alternatives are tried in order; one that doesn't apply to this person is passed over."
            }
            Self::Disabled => "It isn't there.",
        }
    }
}

impl Need {
    /// What is needed.
    pub fn description(self) -> &'static str {
        match self {
            Self::Identity => "an identity from a provider: it is for first-login flows",
            Self::ExistingUser => "an existing user, found by something before it",
            Self::Mail => "a realm that sends mail",
            Self::User => "somebody who has signed in, by something before it",
            Self::Owner => "somebody who has signed in or proved the account, by something before it",
        }
    }
}

impl Outcome {
    /// How it ended.
    pub fn description(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded: it did what it is there for",
            Self::Attempted => "attempted: it doesn't apply to this person",
            Self::Challenged => "challenged: it waits for the person",
            Self::Retry => "retry: the person may try again on the same page",
            Self::Exhausted => "exhausted: it can't be tried any more; the next alternative may",
            Self::Denied => "denied: it ended the login",
            Self::Entered => "entered: its condition holds, so it is there",
        }
    }
}

impl Establishes {
    /// What is there after it.
    pub fn description(self) -> &'static str {
        match self {
            Self::User => "who signs in",
            Self::ExistingUser => "an existing user that the identity may belong to; that proves nothing",
            Self::NewUser => "a new user",
            Self::Proof => "a proof that the identity belongs to the existing user",
            Self::Profile => "the profile that a new user gets",
            Self::Identity => "an identity from a provider, whose first-login flow runs if no account has it",
            Self::SecondFactor => "that whoever signs in holds the account's second factor",
        }
    }
}
