//! What Keycloak's authenticators are in Braid.

use super::report::Effect;

/// What a flow serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Somebody signs in at Braid itself.
    Login,
    /// A provider said who somebody is, and no account has that identity.
    FirstLogin,
    /// Somebody has come in by a provider.
    AfterProvider,
}

/// What an execution becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Becomes {
    /// An authenticator with these settings.
    This(&'static str, &'static [(&'static str, &'static str)]),
    /// A required sub-flow of two alternatives: the account's password, or a provider that it is linked to.
    OwnCredential,
    /// A code of an authenticator application, or setting one up where somebody has none.
    OneTimeCode,
    /// The authenticator before it does this too.
    Part,
    /// It always succeeds.
    Nothing,
    /// It ends the login.
    Deny,
    /// Nothing in Braid does that. Whoever gets past it in Keycloak has shown something.
    MissingGuard,
    /// Nothing in Braid does that, and nobody is let in or kept out by it.
    MissingComfort,
}

/// One of Keycloak's authenticators, what it is here, and what is different about that.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) id: &'static str,
    pub(super) becomes: Becomes,
    pub(super) difference: Option<(Effect, &'static str, &'static str, &'static str)>,
}

const fn same(id: &'static str, becomes: Becomes) -> Known {
    Known { id, becomes, difference: None }
}

const fn other(
    id: &'static str,
    becomes: Becomes,
    effect: Effect,
    keycloak: &'static str,
    braid: &'static str,
    remedy: &'static str,
) -> Known {
    Known { id, becomes, difference: Some((effect, keycloak, braid, remedy)) }
}

/// What asks for codes of an authenticator application.
pub(super) const ONE_TIME_CODES: &[&str] = &["auth-otp-form", "auth-conditional-otp-form", "reset-otp"];

/// Second factors of Keycloak that nobody can have here.
pub(super) const ABSENT_FACTORS: &[&str] =
    &["webauthn-authenticator", "webauthn-authenticator-passwordless", "auth-recovery-authn-code-form"];

const FIRST_LOGIN: &[Known] = &[
    other(
        "idp-review-profile",
        Becomes::This("review-profile", &[]),
        Effect::Differs,
        "“missing” shows the page while anything that the realm's user profile demands is missing",
        "`missing` shows it while there is no address; nothing else is demanded here",
        "",
    ),
    other(
        "idp-create-user-if-unique",
        Becomes::This("create-user-if-unique", &[]),
        Effect::Differs,
        "finds an existing account by address, and by username",
        "the realm's linking rules find it: by address, unless you write others. A username finds nobody; one that is taken is left out",
        "see “Linking rules” in docs/flows.md",
    ),
    other(
        "idp-confirm-link",
        Becomes::This("confirm-link", &[("reveals", "account")]),
        Effect::Differs,
        "everybody who brings the address reads that an account has it",
        "only those whose provider vouches for the address do; all others read that it may be in use",
        "",
    ),
    other(
        "idp-email-verification",
        Becomes::This("verify-by-email", &[]),
        Effect::Stricter,
        "opening the mail links the identity, in any browser, also to an account that never proved the address",
        "a press in the browser that started, or the mail's code typed there, links it; an account that never proved the address stays as it is, and whoever has the mailbox gets one of their own",
        "",
    ),
    other(
        "idp-username-password-form",
        Becomes::OwnCredential,
        Effect::Stricter,
        "links the identity to whichever account signs in on this form, also by another provider",
        "asks for the password of the account that was found, or for a fresh login at a provider that it is linked to",
        "",
    ),
    other(
        "auth-password-form",
        Becomes::This("reauthenticate", &[("by", "password")]),
        Effect::Differs,
        "asks for the password of the user that was found",
        "the same; it doesn't apply to an account without a password",
        "",
    ),
    other(
        "idp-auto-link",
        Becomes::This("auto-set-existing-user", &[]),
        Effect::Stricter,
        "links the account that was found, whoever says so",
        "links it only if the provider vouches for the address, is trusted for it (`trust-email`), and the account has proved it",
        "trust the provider where you do, and give everybody else a way to prove the account; a waiver of P1 links as Keycloak does",
    ),
    same("idp-detect-existing-broker-user", Becomes::This("detect-existing-user", &[])),
    other(
        "idp-confirm-override-link",
        Becomes::MissingComfort,
        Effect::Differs,
        "asks before another identity of the provider takes the old one's place",
        "an account may have several identities of one provider; whether a new one is added, replaces, is asked about or refused is the provider's `on-existing-link`",
        "write `on-existing-link: replace` or `ask` at the provider",
    ),
];

const LOGIN: &[Known] = &[
    same("auth-cookie", Becomes::This("cookie", &[])),
    other(
        "auth-spnego",
        Becomes::MissingComfort,
        Effect::LeftOut,
        "signs in with a Kerberos ticket",
        "doesn't speak Kerberos; people use another way",
        "",
    ),
    same("identity-provider-redirector", Becomes::This("provider", &[])),
    same("auth-username-password-form", Becomes::This("username-and-password", &[])),
    other(
        "registration-page-form",
        Becomes::This("register", &[]),
        Effect::Differs,
        "one page of form actions, and the attributes of the realm's user profile",
        "one page: username, address, names and password",
        "",
    ),
    other(
        "reset-credentials-choose-user",
        Becomes::This("reset-password", &[]),
        Effect::Stricter,
        "asks who it is, sends a mail, and sets a new password, also of an account that never proved its address",
        "`reset-password` does all of it; whoever has the mailbox of an address that was never proved gets an account of their own instead",
        "",
    ),
    same("reset-credential-email", Becomes::Part),
    same("reset-password", Becomes::Part),
];

const EVERYWHERE: &[Known] = &[
    same("auth-otp-form", Becomes::OneTimeCode),
    other(
        "auth-conditional-otp-form",
        Becomes::OneTimeCode,
        Effect::Stricter,
        "asks for it or not by an attribute, by roles and by headers of the request",
        "asks everybody",
        "put it into a sub-flow with a `when:` if some people needn't show it",
    ),
    other(
        "reset-otp",
        Becomes::OneTimeCode,
        Effect::Stricter,
        "has whoever read the mail set up another application, without a code of the old one",
        "asks for a code of the application: a mailbox alone doesn't get around a second factor",
        "whoever has lost it asks an administrator (`braid user remove-second-factor`)",
    ),
    same("allow-access-authenticator", Becomes::Nothing),
    same("deny-access-authenticator", Becomes::Deny),
    other(
        "organization",
        Becomes::MissingComfort,
        Effect::LeftOut,
        "asks for the address first, and leads to the provider of its organization",
        "has no organizations; the login page shows the realm's providers",
        "",
    ),
    other(
        "idp-add-organization-member",
        Becomes::MissingComfort,
        Effect::LeftOut,
        "makes the account a member of the provider's organization",
        "has no organizations",
        "",
    ),
    other(
        "user-session-limits",
        Becomes::MissingGuard,
        Effect::Laxer,
        "refuses or ends sessions beyond a number",
        "doesn't count sessions",
        "",
    ),
];

/// What an authenticator becomes in a flow of this purpose.
pub(super) fn known(id: &str, purpose: Purpose) -> Option<&'static Known> {
    let own = match purpose {
        Purpose::Login => LOGIN,
        Purpose::FirstLogin => FIRST_LOGIN,
        Purpose::AfterProvider => &[],
    };
    own.iter().chain(EVERYWHERE).find(|known| known.id == id)
}

/// Whether the authenticator is one of Keycloak's conditions.
pub(super) fn is_condition(id: &str) -> bool {
    id.starts_with("conditional-")
}
