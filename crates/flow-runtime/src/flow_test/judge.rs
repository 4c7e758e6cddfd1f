//! Compares what came of a login with what a test expects.

use super::expected::{ExpectedAccount, Linked, Then, Whom};
use super::play::{Play, Stop};
use super::step::Mail;
use super::told;
use crate::reader::Span;
use crate::{Notice, Rest};
use domain::{LinkedIdentity, ProofKind, ProviderAlias, User};

impl Play {
    /// The first expectation that doesn't hold.
    pub fn judge(&self, then: &Then) -> Result<(), Stop> {
        if let Some((span, whom)) = &then.signed_in {
            self.must_be_signed_in(*span, whom)?;
        }
        if let Some((span, code)) = &then.denied {
            let right = matches!(self.end(), Some(Rest::Denied { denial, .. }) if denial.code == *code);
            must(right, *span, || (format!("refused: `{}`", code.as_str()), self.shows()))?;
        }
        if let Some((span, shown)) = &then.shows {
            self.must_show(shown, *span)?;
        }
        if let Some((span, linked)) = &then.linked {
            self.must_be_linked(*span, linked)?;
        }
        if let Some((span, mails)) = &then.mails {
            self.must_have_mailed(*span, mails)?;
        }
        if let Some(span) = then.changes_nothing {
            self.must_be_as_before(span)?;
        }
        if let Some((span, scopes)) = &then.scopes {
            let granted = match self.end() {
                Some(Rest::Finished { finish, .. }) => finish.scopes.clone(),
                _ => Vec::new(),
            };
            let words = |scopes: &[String]| format!("the scopes {}", listed(scopes));
            must(granted == *scopes, *span, || (words(scopes), words(&granted)))?;
        }
        then.accounts.iter().try_for_each(|(span, whom, expected)| self.must_be(*span, whom, expected))
    }

    fn must_be_signed_in(&self, span: Span, whom: &Whom) -> Result<(), Stop> {
        let expected = self.whom(whom);
        let right = match self.end() {
            Some(Rest::Finished { finish, .. }) => Some(finish.signed_in.user.id) == expected,
            _ => false,
        };
        must(right, span, || (format!("signed in as {}", name(whom)), self.shows()))
    }

    fn must_be_linked(&self, span: Span, linked: &Linked) -> Result<(), Stop> {
        let new: Vec<&LinkedIdentity> =
            self.world.identities.values().filter(|link| !self.before.identities.contains_key(&link.key)).collect();
        let signed_in = match self.end() {
            Some(Rest::Finished { finish, .. }) => Some(finish.signed_in.user.id),
            _ => None,
        };
        let (right, expected) = match linked {
            Linked::Nothing => (new.is_empty(), "no identity is tied to anybody".to_owned()),
            Linked::By { proof, to } => {
                let whose = to.as_ref().map_or(signed_in, |to| self.whom(to));
                let right = matches!(new.as_slice(), [one] if one.proof.kind == *proof && Some(one.user) == whose);
                let to = to.as_ref().map_or_else(|| "whoever signed in".to_owned(), name);
                (right, format!("one identity is tied to {to}: {}", told::proof(*proof)))
            }
        };
        must(right, span, || {
            let tied = |link: &&LinkedIdentity| {
                format!("one of `{}` to {}: {}", link.key.provider, self.called(link.user), told::proof(link.proof.kind))
            };
            let shown: Vec<String> = new.iter().map(tied).collect();
            let shown = if shown.is_empty() { "no identity is tied to anybody".to_owned() } else { shown.join("; ") };
            (expected, format!("{shown} ({})", self.shows()))
        })
    }

    fn must_have_mailed(&self, span: Span, mails: &[Mail]) -> Result<(), Stop> {
        let sent = self.sent();
        let right = sent.len() == mails.len() && sent.iter().zip(mails).all(|(notice, mail)| told::is(notice, mail));
        must(right, span, || {
            let expected: Vec<String> = mails.iter().map(|mail| format!("`{}` to {}", mail.kind, mail.to)).collect();
            let shown: Vec<String> = sent.iter().map(|notice: &Notice| told::notice(notice)).collect();
            let words = |mails: Vec<String>| if mails.is_empty() { "no mail".to_owned() } else { mails.join(", then ") };
            (words(expected), words(shown))
        })
    }

    fn must_be_as_before(&self, span: Span) -> Result<(), Stop> {
        let (now, before) = (&self.world, &self.before);
        let same_people = now.users == before.users && now.passwords == before.passwords;
        must(same_people && now.identities == before.identities, span, || {
            let all = self.story.iter().flat_map(|moment| &moment.writes);
            let shown: Vec<String> = all.map(|write| told::write(write, &|user| self.called(user))).collect();
            ("accounts and identities stay as they were".to_owned(), shown.join("; "))
        })
    }

    fn must_be(&self, span: Span, whom: &Whom, expected: &ExpectedAccount) -> Result<(), Stop> {
        let Some(user) = self.whom(whom).and_then(|id| self.world.users.get(&id)) else {
            return Err(Stop::at(span, format!("the account {}", name(whom)), "there is none"));
        };
        let own = self.world.identities.values().filter(|link| link.user == user.id);
        let mut identities: Vec<ProviderAlias> = own.map(|link| link.key.provider.clone()).collect();
        identities.sort();
        differences(user, &identities, expected).into_iter().try_for_each(|(what, wanted, found)| {
            must(wanted == found, span, || (format!("{what} of {} is {wanted}", name(whom)), format!("it is {found}")))
        })
    }
}

/// What is compared of an account: what it is, what it should be, and what it is.
fn differences(user: &User, identities: &[ProviderAlias], expected: &ExpectedAccount) -> Vec<(&'static str, String, String)> {
    let none = || "none".to_owned();
    let text = |value: Option<String>| value.unwrap_or_else(none);
    let flag = |held: bool| if held { "true" } else { "false" }.to_owned();
    let aliases = |aliases: &[ProviderAlias]| listed(&aliases.iter().map(ToString::to_string).collect::<Vec<_>>());
    let email = user.email.as_ref();
    let mut compared = Vec::new();
    let mut compare = |what, wanted: Option<String>, found: String| {
        compared.extend(wanted.map(|wanted| (what, wanted, found)));
    };
    compare("`email`", expected.email.clone(), text(email.map(|email| email.address.to_string())));
    compare("`proved`", expected.proved.map(flag), flag(email.is_some_and(domain::OwnedAddress::is_proved)));
    compare("`password`", expected.password.map(flag), flag(user.has_password));
    compare("`second-factor`", expected.second_factor.map(flag), flag(user.has_one_time_codes));
    compare("`username`", expected.username.clone(), text(user.username.as_ref().map(ToString::to_string)));
    compare("`given-name`", expected.given_name.clone(), text(user.given_name.clone()));
    compare("`family-name`", expected.family_name.clone(), text(user.family_name.clone()));
    compare("`state`", expected.state.map(|state| state.as_str().to_owned()), user.state.as_str().to_owned());
    compare("`identities`", expected.identities.as_deref().map(aliases), aliases(identities));
    compared
}

fn listed(words: &[String]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn must(right: bool, span: Span, why: impl FnOnce() -> (String, String)) -> Result<(), Stop> {
    if right {
        return Ok(());
    }
    let (expected, shown) = why();
    Err(Stop::at(span, expected, shown))
}

fn name(whom: &Whom) -> String {
    match whom {
        Whom::Named(name) => format!("`{name}`"),
        Whom::New => "a new account".to_owned(),
    }
}

/// The proofs that a test may expect.
pub(crate) const PROOFS: &[(&str, ProofKind)] = &[
    ("created", ProofKind::Created),
    ("password", ProofKind::Password),
    ("mailbox", ProofKind::Mailbox),
    ("trusted-assertion", ProofKind::TrustedAssertion),
    ("linked-provider", ProofKind::LinkedProvider),
    ("waived", ProofKind::Waived),
];
