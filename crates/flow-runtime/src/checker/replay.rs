//! Plays a story again, and plays logins of people who do anything at all.

use super::assumed::assuming;
use super::binding::looks_like;
use super::check::opened;
use super::deed::{Deed, deeds};
use super::explore::BYPASSED;
use super::realm::Realm;
use super::setting::Setting;
use super::state::{Played, State};
use super::verdict::Story;
use crate::outcome::DenialCode;
use crate::{Flow, Rest};
use std::sync::Arc;

/// What a story came to when it was played again.
#[derive(Debug, Default)]
pub struct Replayed {
    /// What the judge of the world, or the engine, found wrong.
    pub wrongs: Vec<String>,
    /// Why the login was refused, if it was.
    pub denied: Option<DenialCode>,
    /// Whether somebody is signed in.
    pub signed_in: bool,
}

/// Plays a story of a flow again, in a fresh world of the same setting. None: it can't be played, so it is no story of this flow.
pub fn replay(flow: &Flow, story: &Story) -> Option<Replayed> {
    let realm = Realm::around(&flow.name, story.serves, None, None)?;
    let flow = Arc::new(assuming(&opened(flow), &story.assumed)?);
    let mut replayed = Replayed::default();
    let mut state = rested(State::begin(&realm, &flow, story.setting)?, (&realm, story.setting), &mut replayed)?;
    for deed in &story.deeds {
        let played = state.play(&realm, story.setting, deed);
        if matches!(played, Played::Nothing) {
            return None;
        }
        match rested(played, (&realm, story.setting), &mut replayed) {
            Some(next) => state = next,
            None => break,
        }
    }
    match state.session().map(|session| &session.rest) {
        Some(Rest::Denied { denial, .. }) => replayed.denied = Some(denial.code),
        Some(Rest::Finished { .. }) => replayed.signed_in = true,
        _ => {}
    }
    Some(replayed)
}

fn rested(played: Played, (realm, setting): (&Realm, Setting), replayed: &mut Replayed) -> Option<State> {
    match played {
        Played::Rested(mut state, _) => {
            replayed.wrongs.append(&mut state.world.wrongs);
            replayed.wrongs.extend(state.bypassed(realm, setting).map(|_| BYPASSED.to_owned()));
            state.settle();
            Some(*state)
        }
        Played::Nothing => None,
        Played::Broken(what) => {
            replayed.wrongs.push(what);
            None
        }
    }
}

/// Plays one login of people who do anything at all, and says what the judge found wrong. `choose` picks one of so many.
pub fn wander(flow: &Flow, choose: &mut dyn FnMut(usize) -> usize) -> Vec<String> {
    const MOST_DEEDS: usize = 24;
    let serves = looks_like(flow);
    let settings = Setting::all(serves, &[true, false]);
    let mut replayed = Replayed::default();
    let flow = Arc::new(flow.clone());
    let (Some(realm), Some(&setting)) = (Realm::around(&flow.name, serves, None, None), settings.get(choose(settings.len())))
    else {
        return vec!["no world can be made for it".to_owned()];
    };
    let Some(begun) = State::begin(&realm, &flow, setting) else { return vec!["the world can't begin".to_owned()] };
    let mut state = rested(begun, (&realm, setting), &mut replayed);
    for _ in 0..MOST_DEEDS {
        let Some(now) = state.as_ref() else { break };
        let offered = now.session().map(|session| deeds(&realm, setting, &now.world, session)).unwrap_or_default();
        let all = offered.into_iter().chain([Deed::start_again()]).collect::<Vec<_>>();
        let Some(deed) = all.get(choose(all.len())).filter(|_| now.session().is_some_and(|session| !session.is_over())) else {
            break;
        };
        if let Some(next) = rested(now.play(&realm, setting, deed), (&realm, setting), &mut replayed) {
            state = Some(next);
        }
    }
    replayed.wrongs
}
