//! Pages that are several executions in Keycloak and one here, and the settings of executions.

use super::{Outcome, Translation, word};
use crate::flow::import::known::Purpose;
use crate::flow::import::realm::{Execution, Flow, Realm, Requirement};
use crate::flow::import::report::Effect;
use crate::flow::import::yaml::{Item, Word, on_one_line};

/// The parts of Keycloak's registration form that Braid's page has too.
const PARTS_OF_REGISTRATION: &[&str] =
    &["registration-user-creation", "registration-profile-action", "registration-password-action"];

/// Bounds of `lifetime`, in seconds.
const LIFETIME: std::ops::RangeInclusive<u64> = 60..=86_400;

impl<'r> Translation<'r> {
    /// The form that makes accounts.
    pub(super) fn registration(&mut self, form: &'r Flow, requirement: Requirement, place: &str) -> Outcome {
        if self.purpose != Purpose::Login {
            return self.missing("registration-page-form", requirement, place);
        }
        if let Some(known) = crate::flow::import::known::known("registration-page-form", self.purpose) {
            self.tell(known, place);
        }
        let enabled = |part: &&Execution| part.requirement != Requirement::Disabled;
        for part in form.authentication_executions.iter().filter(enabled) {
            let id = part.authenticator.as_deref().unwrap_or_default();
            if !PARTS_OF_REGISTRATION.contains(&id) {
                let keycloak =
                    if id.starts_with("registration-recaptcha") { "asks for a captcha" } else { "checks more on this page" };
                let place = format!("{place} › {}", on_one_line(id));
                let remedy = "registrations are counted by network here; if that isn't enough, don't serve this flow";
                self.say(&place, Effect::Laxer, keycloak, "doesn't", remedy);
            }
        }
        let settings = Vec::new();
        Outcome::Stays(Item::Authenticator { name: "register", requirement: word(requirement), settings })
    }

    /// Keycloak can ask for the name on one page and for the password on the next.
    pub(super) fn separate_pages(&mut self, id: &str, requirement: Requirement, place: &str) -> Option<Outcome> {
        match (id, self.purpose) {
            ("auth-username-form", Purpose::Login) if asks_for_passwords(self.realm) => {
                self.asks_for_both = true;
                let keycloak = "asks for the name, and on the next page for the password";
                self.say(place, Effect::Differs, keycloak, "asks for both on one page", "");
                let settings = Vec::new();
                Some(Outcome::Stays(Item::Authenticator {
                    name: "username-and-password",
                    requirement: word(requirement),
                    settings,
                }))
            }
            ("auth-password-form", Purpose::Login) if self.asks_for_both => Some(Outcome::Passes(None)),
            _ => None,
        }
    }

    /// The values of its keys, as they stand in YAML.
    pub(super) fn settings(&self, name: &str, execution: &Execution) -> Vec<(&'static str, String)> {
        match name {
            "review-profile" => {
                let given = self.realm.setting(execution, "update.profile.on.first.login");
                let update = given.filter(|word| ["on", "missing", "off"].contains(word)).unwrap_or("missing");
                vec![("update", update.to_owned())]
            }
            "confirm-link" => vec![("reveals", "account".to_owned())],
            "verify-by-email" | "reset-password" => vec![("lifetime", lifetime(self.realm))],
            "reauthenticate" => vec![("by", "password".to_owned())],
            _ => Vec::new(),
        }
    }

    /// What settings mean that Braid has no key for.
    pub(super) fn tell_settings(&mut self, name: &str, execution: &Execution, place: &str) {
        let set = |key: &str| self.realm.setting(execution, key).map(on_one_line);
        match name {
            "create-user-if-unique" if set("require.password.update.after.registration").as_deref() == Some("true") => {
                let keycloak = "has somebody new choose a password at once";
                self.say(place, Effect::Differs, keycloak, "doesn't ask; a password can be set by mail", "");
            }
            "provider" => {
                if let Some(alias) = set("defaultProvider") {
                    let keycloak = format!("goes straight to the provider `{alias}` when nobody is hinted at");
                    let braid = "shows the login page, where its button is";
                    self.say(place, Effect::Differs, &keycloak, braid, "have the client send `provider-hint`");
                }
            }
            _ => {}
        }
    }
}

/// Fifteen minutes, unless the realm says how long its mails' links work.
fn lifetime(realm: &Realm) -> String {
    let seconds = realm.action_token_generated_by_user_lifespan.map(|seconds| seconds.clamp(*LIFETIME.start(), *LIFETIME.end()));
    match seconds {
        None => "15m".to_owned(),
        Some(seconds) if seconds % 60 == 0 => format!("{}m", seconds / 60),
        Some(seconds) => format!("{seconds}s"),
    }
}

fn asks_for_passwords(realm: &Realm) -> bool {
    let asks = |execution: &Execution| {
        execution.authenticator.as_deref() == Some("auth-password-form") && execution.requirement != Requirement::Disabled
    };
    realm.authentication_flows.iter().any(|flow| flow.authentication_executions.iter().any(asks))
}

/// The ways of the login page that are switches of the realm in Keycloak, and executions here.
pub(in crate::flow::import) fn ways_of_the_login_page(realm: &Realm) -> Vec<Item> {
    let way = |name, settings| Item::Authenticator { name, requirement: Word::Alternative, settings };
    let register = (realm.registration_allowed == Some(true)).then(|| way("register", Vec::new()));
    let recover =
        (realm.reset_password_allowed == Some(true)).then(|| way("reset-password", vec![("lifetime", lifetime(realm))]));
    register.into_iter().chain(recover).collect()
}
