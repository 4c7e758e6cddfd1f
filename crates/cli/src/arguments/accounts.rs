//! `braid identity` and `braid user`.

use super::InRealm;
use clap::{Args, Subcommand};

/// An account by its subject.
#[derive(Args)]
pub(crate) struct Of {
    #[command(flatten)]
    pub(crate) realm: InRealm,
    /// The account: its subject (usr_…), or the name that it signs in with
    #[arg(value_name = "SUBJECT")]
    pub(crate) account: String,
}

/// One identity of an account.
#[derive(Args)]
pub(crate) struct Named {
    #[command(flatten)]
    pub(crate) of: Of,
    /// The identity, as `braid identity list` calls it
    #[arg(value_name = "IDENTITY_ID", allow_hyphen_values = true)]
    pub(crate) identity: String,
}

/// Who does it, and why: both are recorded.
#[derive(Args)]
pub(crate) struct Hand {
    /// Why; it is recorded
    #[arg(long)]
    pub(crate) reason: String,
    /// Who does it; it is recorded [default: the operating system's name of whoever runs this]
    #[arg(long)]
    pub(crate) by: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum IdentityCommand {
    /// Show the identities of an account
    List {
        #[command(flatten)]
        of: Of,
        /// Write them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Tie an identity to an account, on your word
    Link(NewTie),
    /// Take an identity off its account; what was gained through it ends
    Unlink {
        #[command(flatten)]
        named: Named,
        #[command(flatten)]
        hand: Hand,
    },
    /// Choose the identity that feeds names and picture
    Primary {
        #[command(flatten)]
        named: Named,
        #[command(flatten)]
        hand: Hand,
    },
}

#[derive(Args)]
pub(crate) struct NewTie {
    #[command(flatten)]
    pub(crate) of: Of,
    /// The provider
    #[arg(long)]
    pub(crate) provider: String,
    /// The issuer that the provider asserts [default: the configured one]
    #[arg(long)]
    pub(crate) issuer: Option<String>,
    /// The authority behind the provider, where the provider is configured to tell
    #[arg(long)]
    pub(crate) authority: Option<String>,
    /// The provider's id for the person, byte for byte
    #[arg(long)]
    pub(crate) subject: String,
    /// What the person is called there [default: the provider's id]
    #[arg(long)]
    pub(crate) label: Option<String>,
    #[command(flatten)]
    pub(crate) hand: Hand,
}

#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// Close an account: all that lives on it ends
    Disable {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        hand: Hand,
    },
    /// Open an account again
    Enable {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        hand: Hand,
    },
    /// Close an account because something about it is suspicious
    Lock {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        hand: Hand,
    },
    /// Delete an account for ever: what is left is that its subject stays taken
    Delete {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        hand: Hand,
    },
    /// Give an account roles, or take them away
    Role {
        #[command(flatten)]
        of: Of,
        /// A role that it gets
        #[arg(long, value_name = "ROLE", required_unless_present = "remove")]
        add: Vec<String>,
        /// A role that it loses
        #[arg(long, value_name = "ROLE")]
        remove: Vec<String>,
        #[command(flatten)]
        hand: Hand,
    },
    /// Have the password replaced at the next login with it, where the flow asks (`update-password`); ends all sessions
    RequireNewPassword {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        hand: Hand,
    },
    /// Take the second factor away, for an owner who has lost it; ends all sessions. Be sure who asks
    RemoveSecondFactor {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        hand: Hand,
    },
    /// Set an attribute to these values, or take it away if there are none
    Attribute {
        #[command(flatten)]
        of: Of,
        /// The attribute
        name: String,
        /// Its values
        values: Vec<String>,
        #[command(flatten)]
        hand: Hand,
    },
}
