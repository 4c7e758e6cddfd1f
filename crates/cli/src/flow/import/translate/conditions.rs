//! Conditional sub-flows.

use super::{Outcome, Translated, Translation, at, deny};
use crate::flow::import::known::{Purpose, SECOND_FACTORS, is_condition};
use crate::flow::import::realm::{Execution, Flow, Requirement};
use crate::flow::import::report::Effect;
use crate::flow::import::yaml::{Item, Level, Word, on_one_line, scalar};
use domain::RoleName;

/// What a condition comes to here.
enum Holds {
    /// Never.
    Never(&'static str),
    /// When this fact of Braid's holds.
    When(String),
    /// Braid can't ask that.
    Unknown,
}

/// What lets somebody in, or makes an account. A sub-flow that has one of them can't run for more people than before.
const OPENING: &[&str] = &["create-user-if-unique", "register", "reset-password", "cookie", "provider", "auto-set-existing-user"];

impl<'r> Translation<'r> {
    pub(super) fn conditional(&mut self, flow: &'r Flow, place: &str) -> Outcome {
        let conditions: Vec<&'r Execution> = flow
            .authentication_executions
            .iter()
            .filter(|execution| execution.authenticator.as_deref().is_some_and(is_condition))
            .filter(|execution| execution.requirement != Requirement::Disabled)
            .collect();
        let never = |why: &str| Outcome::Gone(Some(Item::Comment(format!("{} never runs: {why}", on_one_line(&flow.alias)))));
        if conditions.is_empty() {
            let (keycloak, braid) = ("never runs a conditional sub-flow without a condition", "it is left out");
            self.say(place, Effect::LeftOut, keycloak, braid, "");
            return never("it has no condition");
        }
        let holds: Vec<(String, Holds)> =
            conditions.iter().map(|condition| (at(place, condition), self.holds(condition, flow))).collect();
        if let Some((_, Holds::Never(why))) = holds.iter().find(|(_, holds)| matches!(holds, Holds::Never(_))) {
            let remedy = "put it back once there is something for it to ask";
            self.say(place, Effect::LeftOut, "runs it if its conditions hold", &format!("{why}, so it would never run"), remedy);
            return never(why);
        }
        let mut facts = Vec::new();
        let mut unknown = Vec::new();
        for (place, holds) in holds {
            match holds {
                Holds::When(fact) => {
                    if fact.contains("user.role") {
                        let keycloak = "counts a role that contains the role, too";
                        let remedy = "give the role itself to everybody whom the condition is about";
                        self.say(&place, Effect::Laxer, keycloak, "counts the role itself", remedy);
                    }
                    facts.push(fact);
                }
                Holds::Never(_) | Holds::Unknown => unknown.push(place),
            }
        }
        let Translated { level, passes } = self.level(flow, place, true);
        self.tell_unknown(&unknown);
        if !unknown.is_empty() && opens(&level) {
            self.needs_work = true;
            return Outcome::Stays(deny(Word::Required));
        }
        let when = match facts.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            several => Some(format!("{{ all: [{}] }}", several.join(", "))),
        };
        if level.items.iter().any(Item::is_enabled) {
            return self.sub_flow(flow, Word::Required, when, level, passes);
        }
        // Nothing is left to run, whether its condition holds or not.
        Outcome::Gone(Some(Item::Comment(format!("nothing is left of {}", on_one_line(&flow.alias)))))
    }

    fn tell_unknown(&mut self, unknown: &[String]) {
        for place in unknown {
            let braid = "can't ask that; what it guards runs for everybody, or is refused where it would let somebody in";
            self.say(
                place,
                Effect::Stricter,
                "runs the sub-flow only where it holds",
                braid,
                "write a `when:` that means the same",
            );
        }
    }

    fn role(&self, condition: &Execution) -> Holds {
        let role = self.realm.setting(condition, "condUserRole").and_then(|role| RoleName::parse(role).ok());
        let negated = self.realm.setting(condition, "negate") == Some("true");
        match (role, negated) {
            (Some(role), false) => Holds::When(format!("{{ user.role: {} }}", scalar(role.as_str()))),
            (Some(role), true) => Holds::When(format!("{{ not: {{ user.role: {} }} }}", scalar(role.as_str()))),
            (None, _) => Holds::Unknown,
        }
    }

    fn holds(&self, condition: &Execution, flow: &Flow) -> Holds {
        match condition.authenticator.as_deref().unwrap_or_default() {
            "conditional-user-configured" => configured(flow),
            "conditional-user-role" if self.purpose != Purpose::FirstLogin => self.role(condition),
            _ => Holds::Unknown,
        }
    }
}

/// Whether somebody has set up what the sub-flow asks for: all that is required there, or one of its alternatives.
fn configured(flow: &Flow) -> Holds {
    let siblings: Vec<&str> = flow
        .authentication_executions
        .iter()
        .filter(|execution| execution.requirement != Requirement::Disabled && execution.flow_alias.is_none())
        .filter_map(|execution| execution.authenticator.as_deref())
        .filter(|id| !is_condition(id))
        .collect();
    match siblings.as_slice() {
        [] => Holds::Unknown,
        all if all.iter().all(|id| SECOND_FACTORS.contains(id)) => Holds::Never("accounts have no second factors yet"),
        all if all.iter().all(|id| ["organization", "idp-add-organization-member"].contains(id)) => {
            Holds::Never("there are no organizations")
        }
        ["auth-password-form"] => Holds::When("existing-user.has-password".to_owned()),
        _ => Holds::Unknown,
    }
}

fn opens(level: &Level) -> bool {
    level.items.iter().any(|item| match item {
        Item::Authenticator { name, .. } => item.is_enabled() && OPENING.contains(name),
        Item::SubFlow { level, .. } => opens(level),
        Item::Comment(_) => false,
    })
}
