//! Pages that are several executions in Keycloak and one here, and the settings of executions.

use super::facts::HAS_APPLICATION;
use super::{Outcome, Translation, word};
use crate::flow::import::known::Purpose;
use crate::flow::import::realm::{Execution, Flow, Realm, Requirement};
use crate::flow::import::report::Effect;
use crate::flow::import::yaml::{Item, Level, Word, on_one_line, scalar};

/// The parts of Keycloak's registration form that Braid's page has too.
const PARTS_OF_REGISTRATION: &[&str] =
    &["registration-user-creation", "registration-profile-action", "registration-password-action"];

/// The most characters that `deny` says.
const LONGEST_MESSAGE: usize = 500;

/// Bounds of `lifetime`, in seconds.
const LIFETIME: std::ops::RangeInclusive<u64> = 60..=86_400;

impl<'r> Translation<'r> {
    /// The form that makes accounts.
    pub(super) fn registration(&mut self, form: &'r Flow, requirement: Requirement, place: &str) -> Outcome {
        if self.purpose != Purpose::Login {
            return self.missing("registration-page-form", requirement, place);
        }
        if let Some(known) = crate::flow::import::known::known("registration-page-form", self.purpose) {
            self.tell_known(known, place);
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

    /// A code of an authenticator application. Where that is required, whoever has none sets one up, as in Keycloak.
    pub(super) fn one_time_code(&mut self, requirement: Word, place: &str) -> Item {
        let one = |name, requirement| Item::Authenticator { name, requirement, settings: Vec::new() };
        if self.has_application || requirement != Word::Required {
            return one("one-time-code", requirement);
        }
        let keycloak = "has whoever has no application set one up after the login";
        self.say(place, Effect::Differs, keycloak, "has them set one up at this place", "");
        let items = vec![one("one-time-code", Word::Alternative), one("set-up-one-time-code", Word::Alternative)];
        let level = Level { items, succeeds_when_empty: false };
        Item::SubFlow { name: self.name("one-time code"), requirement, when: None, level }
    }

    /// In Keycloak the second factor belongs to the password, and whoever comes by a provider gets around it. Here nobody does: it comes after
    /// all ways in.
    pub(in crate::flow::import) fn ask_everybody_for_the_second_factor(&mut self, level: &mut Level) {
        if level.items.iter().filter(|item| item.is_enabled()).count() < 2 {
            return;
        }
        let mut lifted = Vec::new();
        for item in &mut level.items {
            if let Item::SubFlow { level: way, .. } = item {
                lifted.extend(way.items.extract_if(.., |item| is_second_factor(item)));
            }
        }
        let Some(Item::SubFlow { name, when, level: factor, .. }) = lifted.into_iter().next() else { return };
        let keycloak = "asks those for it who sign in with a password, and nobody who comes by a provider";
        self.say(&name, Effect::Stricter, keycloak, "asks everybody who has one, however they came", "");
        let ways = Level { items: std::mem::take(&mut level.items), succeeds_when_empty: level.succeeds_when_empty };
        level.succeeds_when_empty = false;
        let sign_in = Item::SubFlow { name: self.name("sign in"), requirement: Word::Required, when: None, level: ways };
        level.items = vec![sign_in, Item::SubFlow { name, requirement: Word::Required, when, level: factor }];
    }

    /// A refusal, in the flow's own words where Keycloak has some.
    pub(super) fn denial(&mut self, execution: &Execution, requirement: Word, place: &str) -> Item {
        let text = self.realm.setting(execution, "denyErrorMessage").map(on_one_line).filter(|text| !text.is_empty());
        let is_key = |text: &str| text.starts_with("${") || !text.contains(' ');
        let mut settings = Vec::new();
        match text {
            None => {}
            Some(text) if is_key(&text) => {
                let keycloak = format!("says what its theme has for `{text}`");
                let remedy = "write that text into `deny`, as `message`";
                self.say(place, Effect::Differs, &keycloak, "says that the login was refused", remedy);
            }
            Some(text) => {
                let short: String = text.chars().take(LONGEST_MESSAGE).collect();
                if short != text {
                    self.say(place, Effect::Differs, "says more than 500 characters", "says the first 500 of them", "shorten it");
                }
                settings.push(("message", scalar(&short)));
            }
        }
        Item::Authenticator { name: "deny", requirement, settings }
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

/// A sub-flow that asks whoever has an application for a code of it, and does nothing else.
fn is_second_factor(item: &Item) -> bool {
    let Item::SubFlow { when: Some(when), level, .. } = item else { return false };
    let codes =
        |item: &Item| matches!(item, Item::Authenticator { name: "one-time-code", .. } | Item::Comment(_)) || !item.is_enabled();
    when == HAS_APPLICATION && level.items.iter().all(codes)
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
