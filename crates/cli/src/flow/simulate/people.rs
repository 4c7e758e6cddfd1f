//! Who meets the flow: invented people, or a realm's own as they are now.

use super::{SimulateOptions, refused, text};
use crate::arguments::{ConfigFile, InRealm};
use crate::failure::Failure;
use crate::realm::{For, Opened, failed, open};
use domain::{
    BrokeredIdentity, CanonicalSubject, ClientId, ClientPolicy, EmailAddress, ProviderAlias, Subject, Timestamp, Username,
    Vouched,
};
use flow_runtime::flow_test::{Cast, Given, GivenIdentity, Play, Stop, bind, others};
use flow_runtime::reader::{Read, Span, read_given};
use flow_runtime::world::{World, request_for};
use flow_runtime::{Candidate, RealmPolicy};
use serde_json::Value;
use server::Claims;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What counts as the password of an account of a realm: nobody knows the real one.
const RIGHT: &str = "right";

/// The application that sends the person.
const CLIENT: &str = "simulation";

/// A point of no file.
const NOWHERE: Span = Span { line: 1, column: 1, offset: 0, length: 0 };

/// A world of people who aren't there.
pub(super) fn invented(options: &SimulateOptions, read: &Read) -> Result<Result<Play, Stop>, Failure> {
    let mut given = match &options.given {
        None => Given::default(),
        Some(path) => {
            let text = text(path, "--given")?;
            read_given(&text, &path.display().to_string()).map_err(|problems| refused(&problems, &text))?
        }
    };
    if let Some(path) = &options.identity {
        given.identity = Some(claimed(&text(path, "--identity")?, &options.provider)?);
    }
    Ok(Play::begin(&Arc::new(read.flow.clone()), &others(), &given))
}

/// Standard claims (OpenID Connect Core §5.1), as a provider without settings of its own is understood.
fn claimed(json: &str, provider: &str) -> Result<GivenIdentity, Failure> {
    const REMEDY: &str = "write a JSON object as in an ID token's payload, at least with `sub`";
    let claims: Value = serde_json::from_str(json).map_err(|error| Failure::caused(&error, REMEDY))?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let provider = ProviderAlias::parse(provider).map_err(|error| Failure::caused(&error, "check `--provider`"))?;
    let subject = Subject::parse(&text("sub").unwrap_or_default()).map_err(|error| Failure::caused(&error, REMEDY))?;
    let email = text("email").map(|email| EmailAddress::parse(&email)).transpose();
    let email = email.map_err(|error| Failure::caused(&error, "correct `email`"))?;
    let vouched = match claims.get("email_verified") {
        Some(Value::Bool(true)) => Vouched::Yes,
        Some(Value::Bool(false)) => Vouched::No,
        _ => Vouched::Silent,
    };
    Ok(GivenIdentity {
        span: NOWHERE,
        provider: Some(provider),
        subject,
        authority: None,
        email: email.map(|email| (email, vouched)),
        username: text("preferred_username"),
        given_name: text("given_name"),
        family_name: text("family_name"),
        attributes: BTreeMap::new(),
        signed_in: claims.get("auth_time").map(|_| Duration::ZERO),
    })
}

/// The providers, rules and accounts of a realm, as they are now.
pub(super) async fn of_a_realm(options: &SimulateOptions, read: &Read) -> Result<Result<Play, Stop>, Failure> {
    let (Some(path), Some(realm)) = (&options.config, &options.realm) else {
        return Err(Failure::new("`--config` and `--realm` belong together", "name both"));
    };
    let opened = open(&InRealm { config: ConfigFile { path: path.clone() }, realm: realm.clone() }, For::Reading).await?;
    let mut policy = opened.policy.clone();
    let client = ClientId::parse(CLIENT).map_err(|error| Failure::caused(&error, "this is a mistake of Braid's"))?;
    policy.clients.insert(client.clone(), ClientPolicy::new(client.clone(), CLIENT));
    let wish = bind(&mut policy, &Arc::new(read.flow.clone()));
    let mut people = named(options, &opened).await?;
    let identity = match &options.identity {
        None => None,
        Some(path) => Some(met(options, &opened, &text(path, "--identity")?, &mut people).await?),
    };
    let (world, cast) = world(policy, people);
    let mut wanted = request_for(client, wish);
    wanted.provider_hint = identity.as_ref().map(|identity| identity.key.provider.clone());
    let mut play = Play::with(world, cast, wanted, None);
    let began = play.start().and_then(|()| match identity {
        None => Ok(()),
        Some(identity) => play.returns_as(identity, NOWHERE),
    });
    Ok(began.map(|()| play))
}

/// The accounts that the command names.
async fn named(options: &SimulateOptions, opened: &Opened) -> Result<Vec<Candidate>, Failure> {
    let mut people = Vec::new();
    for subject in &options.users {
        let parsed = CanonicalSubject::parse(subject);
        let parsed =
            parsed.map_err(|error| Failure::caused(&error, "name accounts by their subjects, which begin with `usr_`"))?;
        let found = opened.store().find_user_by_subject(&opened.realm, &parsed).await.map_err(|error| failed(&error))?;
        let Some(user) = found else {
            return Err(Failure::new(format!("the realm has no account {parsed}"), "check `--user`"));
        };
        let identities = opened.store().identities_of(&opened.realm, user.id).await.map_err(|error| failed(&error))?;
        people.push(Candidate { user, identities });
    }
    Ok(people)
}

/// The identity as the provider's own settings understand the claims, with the accounts that it meets.
async fn met(
    options: &SimulateOptions,
    opened: &Opened,
    json: &str,
    people: &mut Vec<Candidate>,
) -> Result<BrokeredIdentity, Failure> {
    let (provider, _) = opened.provider(&options.provider)?;
    let claims = Claims { provider: &provider, json, authority: None };
    let rehearsal = opened.braid.rehearse(&opened.realm, claims).await;
    let rehearsal = rehearsal.map_err(|error| Failure::caused(&error, "check `--identity` and `--provider`"))?;
    for found in rehearsal.met {
        if people.iter().all(|known| known.user.id != found.user.id) {
            people.push(found);
        }
    }
    Ok(rehearsal.identity)
}

fn world(policy: RealmPolicy, people: Vec<Candidate>) -> (World, Cast) {
    let now: Timestamp = server::now();
    let (mut world, mut cast) = (World::new(policy, now), Cast::new());
    world.accepts_waived = true;
    for Candidate { user, identities } in people {
        if user.has_password {
            world.passwords.insert(user.id, RIGHT.to_owned());
        }
        cast.extend(user.username.clone().map(|name: Username| (name, user.id)));
        world.identities.extend(identities.into_iter().map(|link| (link.key.clone(), link)));
        world.users.insert(user.id, user);
    }
    (world, cast)
}
