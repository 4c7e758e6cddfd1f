//! The facts that conditions may ask for: one table, by which reader, engine, schema, documents and checks go.

/// Facts that have a name in YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NamedFact {
    /// `provider`
    Provider,
    /// `identity.address-trusted`: the provider vouched for the address, and is trusted for it.
    IdentityAddressTrusted,
    /// `identity.has-address`
    IdentityHasAddress,
    /// `identity.domain`
    IdentityDomain,
    /// `identity.authority`
    IdentityAuthority,
    /// `identity.attribute`
    IdentityAttribute,
    /// `existing-user.has-password`
    ExistingUserHasPassword,
    /// `existing-user.address-proved`
    ExistingUserAddressProved,
    /// `user.has-password`
    UserHasPassword,
    /// `user.second-factor-configured`
    UserSecondFactorConfigured,
    /// `user.address-proved`
    UserAddressProved,
    /// `user.address-proved-by`
    UserAddressProvedBy,
    /// `user.domain`
    UserDomain,
    /// `user.role`
    UserRole,
    /// `user.attribute`
    UserAttribute,
    /// `login.first`
    LoginFirst,
    /// `client`
    Client,
    /// `scope`
    Scope,
}

/// One fact, as operators know it.
#[derive(Debug)]
pub struct FactKind {
    /// The fact.
    pub fact: NamedFact,
    /// Its name in YAML.
    pub name: &'static str,
    /// Whom or what it is about. Where nobody is there yet, it can't be answered.
    pub about: About,
    /// What stands beside the name.
    pub takes: Takes,
    /// When it holds, in one sentence for operators.
    pub description: &'static str,
    /// An example, as it would stand below `when:`.
    pub example: &'static str,
}

/// Whom or what a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The identity that came from a provider: in first-login flows, and in post-login flows.
    Identity,
    /// The account that the identity may belong to: in first-login flows, once it was found.
    ExistingUser,
    /// Whoever signs in, once that is known.
    User,
    /// The identity, where there is one; else whoever signs in.
    Comer,
    /// The login itself: always there.
    Login,
}

/// What stands beside the name of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Nothing: the name alone is the condition.
    Nothing,
    /// The alias of a provider, or several.
    Providers,
    /// The id of a client, or several.
    Clients,
    /// A role, or several.
    Roles,
    /// A domain, or several.
    Domains,
    /// A scope, or several.
    Scopes,
    /// A text, or several.
    Texts,
    /// One of these words, or several.
    OneOf(&'static [&'static str]),
    /// The name of an attribute with a value, or several.
    Attribute,
}

/// Who may have proved an address.
pub(crate) const PROVERS: &[&str] = &["mailbox", "provider", "administrator"];

macro_rules! facts {
    ($($fact:ident $name:literal $about:ident $takes:expr, $description:literal, $example:literal;)*) => {
        /// Every fact, in the order of its documentation.
        pub static FACTS: &[FactKind] = &[$(FactKind {
            fact: NamedFact::$fact,
            name: $name,
            about: About::$about,
            takes: $takes,
            description: $description,
            example: $example,
        }),*];

        impl NamedFact {
            /// Its name in YAML.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$fact => $name),*
                }
            }

            /// When it holds, in one sentence for operators.
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$fact => $description),*
                }
            }

            /// Whom or what it is about.
            pub const fn about(self) -> About {
                match self {
                    $(Self::$fact => About::$about),*
                }
            }

            /// Every fact with its name in YAML.
            pub const ALL: &'static [(&'static str, Self)] = &[$(($name, Self::$fact)),*];
        }
    };
}

facts! {
    Provider "provider" Comer Takes::Providers,
        "the identity came from this provider; whoever signs in without an identity came from none", "provider: campus";
    IdentityAddressTrusted "identity.address-trusted" Identity Takes::Nothing,
        "the provider vouched for the address, and is trusted for it", "identity.address-trusted";
    IdentityHasAddress "identity.has-address" Identity Takes::Nothing,
        "the provider sent an address", "identity.has-address";
    IdentityDomain "identity.domain" Identity Takes::Domains,
        "the address that the provider sent is of this domain, whether it vouched for it or not", "identity.domain: x.org";
    IdentityAuthority "identity.authority" Identity Takes::Texts,
        "the identity is of this authority behind a federation", "identity.authority: https://idp.x.org";
    IdentityAttribute "identity.attribute" Identity Takes::Attribute,
        "the provider sent an attribute with this value", "identity.attribute: { department: physics }";
    ExistingUserHasPassword "existing-user.has-password" ExistingUser Takes::Nothing,
        "the existing account has a password", "existing-user.has-password";
    ExistingUserAddressProved "existing-user.address-proved" ExistingUser Takes::Nothing,
        "the existing account has proved an address", "existing-user.address-proved";
    UserHasPassword "user.has-password" User Takes::Nothing,
        "the account that signs in has a password", "user.has-password";
    UserSecondFactorConfigured "user.second-factor-configured" User Takes::Nothing,
        "whoever signs in has set up a second factor for the account", "user.second-factor-configured";
    UserAddressProved "user.address-proved" User Takes::Nothing,
        "the account that signs in has proved its address", "user.address-proved";
    UserAddressProvedBy "user.address-proved-by" User Takes::OneOf(PROVERS),
        "the account's address was proved by its mailbox, by the word of a trusted provider, or by an administrator",
        "user.address-proved-by: mailbox";
    UserDomain "user.domain" User Takes::Domains,
        "the account has proved an address of this domain", "user.domain: x.org";
    UserRole "user.role" User Takes::Roles,
        "an administrator gave the account this role", "user.role: editor";
    UserAttribute "user.attribute" User Takes::Attribute,
        "the account has an attribute with this value", "user.attribute: { department: physics }";
    LoginFirst "login.first" User Takes::Nothing,
        "the person comes to their account for the first time: it is made in this login, or no login with their identity has ended well yet",
        "login.first";
    Client "client" Login Takes::Clients,
        "this application sent the person", "client: shop";
    Scope "scope" Login Takes::Scopes,
        "the application asked for this scope", "scope: email";
}

impl FactKind {
    /// The fact with this name in YAML.
    pub fn named(name: &str) -> Option<&'static Self> {
        FACTS.iter().find(|kind| kind.name == name)
    }
}
