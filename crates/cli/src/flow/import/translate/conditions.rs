//! Conditional sub-flows.

use super::facts::{Counts, Fact, HAS_APPLICATION, Holds, Remark};
use super::{Outcome, Translated, Translation, at, deny};
use crate::flow::import::known::is_condition;
use crate::flow::import::realm::{Execution, Flow, Requirement};
use crate::flow::import::report::Effect;
use crate::flow::import::yaml::{Item, Level, Word, on_one_line};

/// What lets somebody in, or makes an account. A sub-flow that has one of them can't run for more people than before.
const OPENING: &[&str] = &["create-user-if-unique", "register", "reset-password", "cookie", "provider", "auto-set-existing-user"];

/// All conditions of a sub-flow, each with its place.
#[derive(Default)]
struct Weighed {
    /// Of which none holds.
    facts: Vec<(String, Fact)>,
    /// That are taken to hold for everybody.
    steps: Vec<(String, String)>,
    /// That Braid can't ask: what Keycloak does.
    unknown: Vec<(String, String)>,
}

impl<'r> Translation<'r> {
    /// A sub-flow with a condition. `alone`: nothing beside it in its level is required of everybody, so Keycloak refuses those for whom it
    /// doesn't hold.
    pub(super) fn conditional(&mut self, flow: &'r Flow, place: &str, alone: bool) -> Outcome {
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
        let mut weighed = Weighed::default();
        for condition in conditions {
            let place_of_it = at(place, condition);
            match self.holds(condition, flow) {
                Holds::Always => {}
                Holds::Never(why) => {
                    let remedy = "put it back once there is something for it to ask";
                    let braid = format!("{why}, so it would never run");
                    self.say(place, Effect::LeftOut, "runs it if its conditions hold", &braid, remedy);
                    return never(&why);
                }
                Holds::When(fact) => weighed.facts.push((place_of_it, fact)),
                Holds::Step(keycloak) => weighed.steps.push((place_of_it, keycloak)),
                Holds::Unknown(keycloak) => weighed.unknown.push((place_of_it, keycloak)),
            }
        }
        let before = self.has_application;
        self.has_application |= weighed.facts.iter().any(|(_, fact)| fact.text == HAS_APPLICATION);
        let Translated { level, passes } = self.level(flow, place, true);
        self.has_application = before;
        let opens = opens(&level);
        if !weighed.unknown.is_empty() && (alone || opens) || !weighed.steps.is_empty() && opens {
            return self.refused(weighed);
        }
        self.tell(&weighed, opens);
        let when = weighed.when();
        if level.items.iter().any(Item::is_enabled) {
            return self.sub_flow(flow, Word::Required, when, only_one_is_required(level), passes);
        }
        // Nothing is left to run, whether its condition holds or not.
        Outcome::Gone(Some(Item::Comment(format!("nothing is left of {}", on_one_line(&flow.alias)))))
    }

    /// To let those through for whom a condition doesn't hold would be less safe, and so would letting them in.
    fn refused(&mut self, weighed: Weighed) -> Outcome {
        for (place, keycloak) in weighed.unknown.into_iter().chain(weighed.steps) {
            let braid =
                "can't ask that, and to run it for everybody would let more people in: `deny` stands there, so nobody gets past";
            self.say(
                &place,
                Effect::Stricter,
                &keycloak,
                braid,
                "put a sub-flow with a `when:` in its place that means the same",
            );
        }
        self.needs_work = true;
        Outcome::Stays(deny(Word::Required))
    }

    fn tell(&mut self, weighed: &Weighed, opens: bool) {
        for (place, fact) in &weighed.facts {
            for Remark { counts, keycloak, braid, remedy } in &fact.remarks {
                let effect = match (counts, opens) {
                    (Counts::Fewer, false) | (Counts::More, true) => Effect::Laxer,
                    (Counts::Fewer, true) | (Counts::More, false) => Effect::Stricter,
                };
                self.say(place, effect, keycloak, braid, remedy);
            }
        }
        for (place, keycloak) in &weighed.steps {
            self.say(place, Effect::Stricter, keycloak, "has no such levels: what stands there is asked of everybody", "");
        }
        for (place, keycloak) in &weighed.unknown {
            let braid = "can't ask that; what stands there is asked of everybody";
            self.say(place, Effect::Stricter, keycloak, braid, "write a `when:` that means the same");
        }
    }
}

impl Weighed {
    /// The condition in YAML. None: it holds for everybody.
    fn when(&self) -> Option<String> {
        let facts: Vec<&str> = self.facts.iter().map(|(_, fact)| fact.text.as_str()).collect();
        match facts.as_slice() {
            [] => None,
            [one] => Some((*one).to_owned()),
            several => Some(format!("{{ all: [{}] }}", several.join(", "))),
        }
    }
}

/// An alternative without another one is required.
fn only_one_is_required(mut level: Level) -> Level {
    if level.items.iter().filter(|item| item.is_enabled()).count() == 1 {
        for item in &mut level.items {
            if let Item::Authenticator { requirement, .. } = item
                && *requirement == Word::Alternative
            {
                *requirement = Word::Required;
            }
        }
    }
    level
}

fn opens(level: &Level) -> bool {
    level.items.iter().any(|item| match item {
        Item::Authenticator { name, .. } => item.is_enabled() && OPENING.contains(name),
        Item::SubFlow { level, .. } => opens(level),
        Item::Comment(_) => false,
    })
}
