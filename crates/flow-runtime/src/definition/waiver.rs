//! What must hold of a flow before it serves, what it takes for granted, and where its author accepts that a property is broken.

use super::ExecutionId;

/// A property that is proved of every flow before it serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// No identity is linked to an existing user without a proof that policy accepts for that user and that identity.
    P1,
    /// Nobody is signed in to an account that has a second factor, and no identity is linked to one, before that was shown.
    P3,
    /// Everybody who holds an eligible proof can finish, and every page leads on.
    P4,
    /// Every execution is reached.
    P6,
    /// What an unproved person sees is the same whether or not an account exists, unless an execution says otherwise.
    P10,
}

impl Property {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::P1, Self::P3, Self::P4, Self::P6, Self::P10];

    /// Its name in waivers and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::P1 => "P1",
            Self::P3 => "P3",
            Self::P4 => "P4",
            Self::P6 => "P6",
            Self::P10 => "P10",
        }
    }

    /// What it promises, for operators.
    pub const fn promise(self) -> &'static str {
        match self {
            Self::P1 => "no identity is linked to somebody's account without a proof of that account",
            Self::P3 => "a second factor that an account has is never bypassed",
            Self::P4 => "whoever can prove an account gets in, and no page is a dead end",
            Self::P6 => "everything in the flow can happen",
            Self::P10 => "a stranger isn't told whether an address has an account",
        }
    }
}

impl std::fmt::Display for Property {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something that a flow takes for granted of every realm, provider and client that it is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assumption {
    /// The provider vouches for the addresses of the people whom it sends, and is trusted with all addresses.
    TrustedAssertion,
    /// The realm sends mail.
    Mail,
}

impl Assumption {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::TrustedAssertion, Self::Mail];

    /// Its name in YAML.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TrustedAssertion => "trusted-assertion",
            Self::Mail => "mail",
        }
    }
}

/// The author of a flow accepts that a property is broken at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The property.
    pub property: Property,
    /// Where: an execution, or the flow itself.
    pub at: ExecutionId,
    /// The same in words: the names on the way there.
    pub path: String,
    /// Why, in the author's words.
    pub reason: String,
}

/// That a flow's author accepts at this very execution that an identity is linked without a proof. There is no other way to make one than
/// [`super::Flow::permit`].
#[derive(Debug)]
pub(crate) struct Permit(pub(super) ());
