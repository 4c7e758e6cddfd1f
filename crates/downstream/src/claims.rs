//! What a client learns about a person, by scope (OpenID Connect Core §5.1 and §5.4).

use crate::scope;
use domain::{CanonicalSubject, EmailAddress, User, Username};
use serde_json::{Map, Value, json};

/// What there is to tell about a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claims {
    /// `preferred_username`.
    pub username: Option<Username>,
    /// `given_name`.
    pub given_name: Option<String>,
    /// `family_name`.
    pub family_name: Option<String>,
    /// `name`.
    pub name: Option<String>,
    /// `picture`.
    pub picture: Option<String>,
    /// `email`, and whether the account has proved it (`email_verified`).
    pub email: Option<(EmailAddress, bool)>,
}

impl Claims {
    /// What the account says.
    pub fn of(user: &User) -> Self {
        let names = [user.given_name.as_deref(), user.family_name.as_deref()];
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Self {
            username: user.username.clone(),
            given_name: user.given_name.clone(),
            family_name: user.family_name.clone(),
            name: (!name.is_empty()).then_some(name),
            picture: user.picture.clone(),
            email: user.email.as_ref().map(|email| (email.address.clone(), email.is_proved())),
        }
    }

    /// The claims that the scopes open. What there is nothing to say about is left out (§5.3.2).
    pub(crate) fn opened_by(&self, scopes: &[String]) -> Map<String, Value> {
        let mut claims = Map::new();
        if scope::has(scopes, scope::PROFILE) {
            let username = self.username.as_ref().map(ToString::to_string);
            let profile = [
                ("preferred_username", username.as_ref()),
                ("given_name", self.given_name.as_ref()),
                ("family_name", self.family_name.as_ref()),
                ("name", self.name.as_ref()),
                ("picture", self.picture.as_ref()),
            ];
            claims.extend(profile.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?)))));
        }
        if let Some((address, proved)) = self.email.as_ref().filter(|_| scope::has(scopes, scope::EMAIL)) {
            claims.insert("email".to_owned(), json!(address));
            claims.insert("email_verified".to_owned(), json!(proved));
        }
        claims
    }
}

/// The answer of the userinfo endpoint (§5.3.2). `subject` is the grant's, `scopes` are the access token's.
pub fn userinfo(subject: &CanonicalSubject, claims: &Claims, scopes: &[String]) -> Value {
    let mut answer = claims.opened_by(scopes);
    answer.insert("sub".to_owned(), json!(subject));
    Value::Object(answer)
}
