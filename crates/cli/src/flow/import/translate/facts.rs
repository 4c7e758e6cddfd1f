//! Keycloak's conditions as facts of Braid's.

use super::Translation;
use crate::flow::import::known::{ABSENT_FACTORS, ONE_TIME_CODES, Purpose, is_condition};
use crate::flow::import::realm::{Execution, Flow, Requirement};
use crate::flow::import::yaml::{on_one_line, scalar, slug};
use domain::RoleName;

/// Whether somebody has set up an authenticator application.
pub(super) const HAS_APPLICATION: &str = "user.second-factor-configured";

/// The most characters of a slug that `slug` keeps. A longer one would be another name.
const LONGEST_SLUG: usize = 48;

/// What a condition comes to here.
pub(super) enum Holds {
    /// For everybody.
    Always,
    /// For nobody, because of this.
    Never(String),
    /// When this fact of Braid's holds.
    When(Fact),
    /// For everybody who hasn't done that yet in this session: what Keycloak does.
    Step(String),
    /// Braid can't ask that: what Keycloak does.
    Unknown(String),
}

/// A fact of Braid's.
pub(super) struct Fact {
    /// As it stands in YAML.
    pub(super) text: String,
    /// What is different about it.
    pub(super) remarks: Vec<Remark>,
}

/// For whom a fact holds, beside those for whom the condition held in Keycloak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    Fewer,
    More,
}

/// Something that is different about a fact.
pub(super) struct Remark {
    pub(super) counts: Counts,
    pub(super) keycloak: String,
    pub(super) braid: String,
    pub(super) remedy: String,
}

impl Counts {
    fn turned(self, negated: bool) -> Self {
        match (self, negated) {
            (Self::Fewer, true) | (Self::More, false) => Self::More,
            (Self::Fewer, false) | (Self::More, true) => Self::Fewer,
        }
    }
}

impl Remark {
    fn new(counts: Counts, keycloak: impl Into<String>, braid: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { counts, keycloak: keycloak.into(), braid: braid.into(), remedy: remedy.into() }
    }
}

impl Fact {
    /// The fact, or that it doesn't hold.
    fn holds(text: String, negated: bool, remarks: Vec<Remark>) -> Holds {
        let text = if negated { format!("{{ not: {text} }}") } else { text };
        let remarks = remarks.into_iter().map(|remark| Remark { counts: remark.counts.turned(negated), ..remark }).collect();
        Holds::When(Self { text, remarks })
    }
}

impl Translation<'_> {
    pub(super) fn holds(&self, condition: &Execution, flow: &Flow) -> Holds {
        match condition.authenticator.as_deref().unwrap_or_default() {
            "conditional-user-configured" => self.configured(flow),
            "conditional-user-role" => self.role(condition),
            "conditional-user-attribute" => self.attribute(condition),
            "conditional-client-scope" => self.scope(condition),
            "conditional-credential" => self.credential(condition),
            "conditional-level-of-authentication" => self.level_of_authentication(condition),
            "conditional-sub-flow-executed" => self.executed(condition),
            id => Holds::Unknown(format!("runs it only where `{}` holds", on_one_line(id))),
        }
    }

    fn is_set(&self, condition: &Execution, key: &str) -> bool {
        self.realm.setting(condition, key) == Some("true")
    }

    /// Whether somebody has set up what the sub-flow asks for: all that is required there, or else one of its alternatives.
    fn configured(&self, flow: &Flow) -> Holds {
        let of = |wanted: Requirement| {
            let enabled =
                flow.authentication_executions.iter().filter(move |it| it.requirement == wanted && it.flow_alias.is_none());
            enabled.filter_map(|it| it.authenticator.as_deref()).filter(|id| !is_condition(id)).collect::<Vec<_>>()
        };
        let (required, alternative) = (of(Requirement::Required), of(Requirement::Alternative));
        let (asked, joined) = if required.is_empty() { (&alternative, "any") } else { (&required, "all") };
        let mut facts: Vec<&str> = Vec::new();
        let mut lacking: Vec<&str> = Vec::new();
        for id in asked {
            match *id {
                id if ONE_TIME_CODES.contains(&id) => facts.push(HAS_APPLICATION),
                "auth-password-form" if self.purpose == Purpose::FirstLogin => facts.push("existing-user.has-password"),
                "auth-password-form" => facts.push("user.has-password"),
                id if ABSENT_FACTORS.contains(&id) => lacking.push("nobody has such a second factor here"),
                "organization" | "idp-add-organization-member" => lacking.push("there are no organizations"),
                _ => return Holds::Unknown("runs it only where somebody has set up what it asks for".to_owned()),
            }
        }
        facts.dedup();
        match (lacking.first(), joined, facts.as_slice()) {
            (Some(why), "all", _) | (Some(why), _, []) => Holds::Never((*why).to_owned()),
            (None, _, []) => Holds::Unknown("runs it only where somebody has set up what it asks for".to_owned()),
            (_, _, [one]) => Fact::holds((*one).to_owned(), false, Vec::new()),
            (_, joined, several) => Fact::holds(format!("{{ {joined}: [{}] }}", several.join(", ")), false, Vec::new()),
        }
    }

    fn role(&self, condition: &Execution) -> Holds {
        let Some(given) = self.realm.setting(condition, "condUserRole").filter(|role| !role.trim().is_empty()) else {
            return Holds::Unknown("asks for a role that isn't named".to_owned());
        };
        let negated = self.is_set(condition, "negate");
        let what = match self.realm.client_role(given) {
            Some((client, role)) => {
                let (client, role) = (on_one_line(client), on_one_line(role));
                format!("asks for the role `{role}` of the client `{client}`, and counts a role that contains the role, too")
            }
            None => "counts a role that contains the role, too".to_owned(),
        };
        let Some(name) = own_name(given) else { return Holds::Unknown(format!("asks for the role `{}`", on_one_line(given))) };
        let braid = if name == given {
            "counts the role itself".to_owned()
        } else {
            format!("counts the role itself, which is called `{name}`")
        };
        let remedy = format!("give the role to everybody whom the condition is about: `braid user role … --add {name}`");
        Fact::holds(format!("{{ user.role: {} }}", scalar(&name)), negated, vec![Remark::new(Counts::Fewer, what, braid, remedy)])
    }

    fn attribute(&self, condition: &Execution) -> Holds {
        let setting = |key| self.realm.setting(condition, key).filter(|text| !text.is_empty());
        let (Some(given), Some(value)) = (setting("attribute_name"), setting("attribute_expected_value")) else {
            return Holds::Unknown("asks for an attribute that isn't named, or has no value".to_owned());
        };
        let negated = self.is_set(condition, "not");
        let asks = format!("asks whether `{}` is `{}`", on_one_line(given), on_one_line(value));
        let is_text = |text: &str| text.chars().all(domain::text::is_visible) && text.chars().count() <= 200;
        if self.is_set(condition, "regex") && value.contains(|c: char| r"\.[]{}()<>*+-=!?^$|".contains(c)) {
            return Holds::Unknown(format!("asks whether `{}` fits the pattern `{}`", on_one_line(given), on_one_line(value)));
        }
        // Keycloak counts these as attributes; an address says nothing as long as nobody proved it.
        let part = match given {
            "username" => Some("username"),
            "firstName" => Some("given_name"),
            "lastName" => Some("family_name"),
            "email" => return Holds::Unknown(asks),
            _ => None,
        };
        let Some(name) = own_name(given).filter(|_| is_text(value)) else { return Holds::Unknown(asks) };
        if let Some(part) = part {
            if value.contains(['\'', '"', '\\']) {
                return Holds::Unknown(asks);
            }
            return Fact::holds(format!("{{ cel: \"has(user.{part}) && user.{part} == '{value}'\" }}"), negated, Vec::new());
        }
        let mut remarks = Vec::new();
        if name != given {
            let braid = format!("calls the attribute `{name}`");
            remarks.push(Remark::new(
                Counts::Fewer,
                &asks,
                braid,
                "give it that name where providers and administrators fill it in",
            ));
        }
        if self.is_set(condition, "include_group_attributes") {
            let remedy = "give the attribute to everybody in those groups";
            remarks.push(Remark::new(Counts::Fewer, "counts attributes of groups, too", "has no groups", remedy));
        }
        Fact::holds(format!("{{ user.attribute: {{ {}: {} }} }}", scalar(&name), scalar(value)), negated, remarks)
    }

    /// A scope that the application asks for, or has without asking.
    fn scope(&self, condition: &Execution) -> Holds {
        let given = self.realm.setting(condition, "client_scope").filter(|scope| !scope.is_empty());
        let Some(given) = given.filter(|scope| scope.chars().all(|c| c.is_ascii_graphic())) else {
            return Holds::Unknown("asks for a scope that isn't named".to_owned());
        };
        let negated = self.is_set(condition, "negate");
        let scope = format!("{{ scope: {} }}", scalar(given));
        let by_default = self.realm.clients_with(given);
        let text = match by_default.as_slice() {
            [] => scope,
            clients => {
                let clients: Vec<String> = clients.iter().map(|client| scalar(client)).collect();
                format!("{{ any: [{scope}, {{ client: [{}] }}] }}", clients.join(", "))
            }
        };
        let mut remarks = Vec::new();
        if self.realm.clients.is_empty() {
            let keycloak = format!("counts applications that have `{}` without asking for it, too", on_one_line(given));
            let remedy = "export the realm with its clients, or name them with `client` in the condition";
            remarks.push(Remark::new(Counts::Fewer, keycloak, "doesn't know which those are", remedy));
        }
        Fact::holds(text, negated, remarks)
    }

    /// Which credential somebody has shown. Of those that nobody has here, it is clear that they weren't.
    fn credential(&self, condition: &Execution) -> Holds {
        let named = self.realm.setting(condition, "credentials").unwrap_or_default();
        let named: Vec<&str> = named.split("##").map(str::trim).filter(|name| !name.is_empty()).collect();
        let absent = |name: &&str| ["webauthn-passwordless", "webauthn", "recovery-authn-codes"].contains(name);
        let included = self.is_set(condition, "included");
        if !named.is_empty() && named.iter().all(absent) {
            return if included { Holds::Never("nobody has such a credential here".to_owned()) } else { Holds::Always };
        }
        let was = if included { "was" } else { "was not" };
        Holds::Unknown(format!("runs it only if one of these {was} shown: {}", on_one_line(&named.join(", "))))
    }

    fn level_of_authentication(&self, condition: &Execution) -> Holds {
        let level = on_one_line(self.realm.setting(condition, "loa-condition-level").unwrap_or("?"));
        let age = self.realm.setting(condition, "loa-max-age").filter(|age| *age != "0").map(on_one_line);
        let age = age.map_or_else(String::new, |age| format!(", and asks again after {age} seconds"));
        Holds::Step(format!("runs it only where the application wants level {level} and the session doesn't have it yet{age}"))
    }

    fn executed(&self, condition: &Execution) -> Holds {
        let flow = on_one_line(self.realm.setting(condition, "flow_to_check").unwrap_or("?"));
        let not = if self.realm.setting(condition, "check_result") == Some("not-executed") { " not" } else { "" };
        Holds::Unknown(format!("runs it only if the sub-flow “{flow}” has{not} succeeded before"))
    }
}

/// The name that a role or an attribute has here: its own, or one made of it.
fn own_name(given: &str) -> Option<String> {
    if RoleName::parse(given).is_ok() {
        return Some(given.to_owned());
    }
    let fits = given.chars().count() <= LONGEST_SLUG && given.contains(|c: char| c.is_ascii_alphanumeric());
    fits.then(|| slug(given))
}
