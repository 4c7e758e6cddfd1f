//! The invented people, and what each of them can do.

use flow_runtime::Flow;
use flow_runtime::definition::declaration::{Establishes, Need};
use flow_runtime::flow_test::{Action, FlowTest, Given, GivenIdentity, Serves, Whom};
use flow_runtime::reader::{Diagnostic, Span, read};

use domain::Wish;

const PEOPLE: &str = include_str!("people.yaml");

/// Somebody, and the world that they come into.
pub(super) struct Person {
    /// Who it is, in words.
    pub(super) name: String,
    /// The world.
    pub(super) given: Given,
    /// A way that they want to take.
    pub(super) wants: Option<String>,
    /// The account that is theirs.
    pub(super) account: Option<String>,
    /// Its password.
    pub(super) password: Option<String>,
    /// Whether their application shows codes of the account.
    pub(super) has_second_factor: bool,
    /// Whether they read the mail that is sent to the address that it is about.
    pub(super) reads_mail: bool,
    /// Where they stand in the file.
    pub(super) span: Span,
}

impl Person {
    fn of(test: FlowTest) -> Self {
        let own = match &test.then.signed_in {
            Some((_, Whom::Named(name))) => Some(name.clone()),
            _ => None,
        };
        let account = own.as_ref().and_then(|own| test.given.accounts.iter().find(|account| account.username == *own));
        let wants = test.steps.iter().find_map(|step| match &step.action {
            Action::Chooses(way) => Some(way.clone()),
            _ => None,
        });
        Self {
            wants,
            password: account.and_then(|account| account.password.clone()),
            has_second_factor: account.is_some_and(|account| account.second_factor),
            account: own.map(|own| own.as_str().to_owned()),
            reads_mail: test.then.signed_in.is_some(),
            name: test.name,
            given: test.given,
            span: test.span,
        }
    }

    /// The identities by which this person can come back from a provider: the one that they come with first, then those of their account.
    pub(super) fn identities(&self) -> impl Iterator<Item = &GivenIdentity> {
        let own = self.given.accounts.iter().filter(|account| self.account.as_deref() == Some(account.username.as_str()));
        self.given.identity.iter().chain(own.flat_map(|account| account.identities.iter().map(|link| &link.identity)))
    }
}

/// Everybody who is sent through flows that serve this.
pub(super) fn people(serves: Serves) -> Result<Vec<Person>, Vec<Diagnostic>> {
    let tests = read(PEOPLE, "people.yaml")?.tests;
    Ok(tests.into_iter().filter(|test| test.given.serves == Some(serves)).map(Person::of).collect())
}

/// What a flow is for, judged by what it has.
pub(super) fn serves(flow: &Flow) -> Serves {
    let declared = || flow.authenticators().map(|(_, authenticator)| authenticator.declaration());
    let has = |name: &str| declared().any(|declaration| declaration.name == name);
    if declared().any(|declaration| declaration.needs.contains(&Need::Identity)) {
        return Serves::FirstLogin;
    }
    if has("change-address") {
        return Serves::Wish(Wish::ChangeAddress);
    }
    if has("verify-address") {
        return Serves::Wish(Wish::VerifyAddress);
    }
    if has("set-up-one-time-code") && !has("cookie") && !has("register") {
        return Serves::Wish(Wish::SecondFactor);
    }
    let signs_in: Vec<&str> =
        declared().filter(|declaration| declaration.establishes.contains(&Establishes::User)).map(|it| it.name).collect();
    match signs_in.as_slice() {
        [] => Serves::PostLogin,
        ["register"] => Serves::Wish(Wish::Create),
        ["reset-password"] => Serves::Wish(Wish::Recover),
        _ => Serves::Wish(Wish::SignIn),
    }
}
