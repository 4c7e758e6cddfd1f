//! `braid identity`: what is tied to an account.

use crate::arguments::{Hand, IdentityCommand, Named, NewTie, Of};
use crate::failure::Failure;
use crate::realm::{For, Opened, by_hand, failed, open_account};
use crate::text::{date, shown, table};
use domain::{IdentityId, IdentityKey, LinkedIdentity, Subject, User, Vouched};
use persistence::{Linked, PrimarySet, Unlinked};
use serde_json::{Map, Value, json};

/// What the command says.
pub(crate) async fn run(command: IdentityCommand) -> Result<(), Failure> {
    match command {
        IdentityCommand::List { of, json } => list(&of, json).await,
        IdentityCommand::Link(tie) => link(tie).await,
        IdentityCommand::Unlink { named, hand } => unlink(&named, &hand).await,
        IdentityCommand::Primary { named, hand } => primary(&named, &hand).await,
    }
}

async fn list(of: &Of, as_json: bool) -> Result<(), Failure> {
    let (opened, user) = open_account(of, For::Reading).await?;
    let own = opened.store().identities_of(&opened.realm, user.id).await.map_err(|error| failed(&error))?;
    if as_json {
        let objects: Vec<Value> = own.iter().map(|identity| object(&user, identity)).collect();
        println!("{:#}", Value::Array(objects));
        return Ok(());
    }
    let factor = if user.has_one_time_codes { ", with a second factor" } else { "" };
    println!("{} ({}){factor}", shown(&user.label()), user.subject);
    let row = |identity: &LinkedIdentity| {
        let authority = identity.key.authority.as_ref().map_or_else(String::new, |authority| format!(" at {authority}"));
        [
            identity.id.to_string(),
            if identity.primary { "yes".to_owned() } else { String::new() },
            identity.key.provider.to_string(),
            format!("{}{authority}", identity.key.subject.as_str()),
            identity.label.clone(),
            date(identity.last_sign_in_at),
        ]
    };
    let rows: Vec<_> = own.iter().map(row).collect();
    println!("{}", table(["IDENTITY", "PRIMARY", "PROVIDER", "SUBJECT", "CALLED", "LAST SIGN-IN"], &rows));
    Ok(())
}

/// The identity object.
fn object(user: &User, identity: &LinkedIdentity) -> Value {
    json!({
        "id": identity.key.subject.as_str(),
        "user_id": user.subject,
        "identity_id": identity.id,
        "provider": identity.key.provider,
        "identity_data": asserted(identity),
        "created_at": date(identity.created_at),
        "last_sign_in_at": date(identity.last_sign_in_at),
        "updated_at": date(identity.updated_at),
    })
}

/// What the provider said, in its own words: the claims that are kept, and those that the tie itself consists of.
fn asserted(identity: &LinkedIdentity) -> Value {
    let kept = identity.claims.iter().filter_map(|(name, text)| Some((name.clone(), serde_json::from_str(text).ok()?)));
    let mut claims: Map<String, Value> = kept.collect();
    claims.insert("iss".into(), identity.key.issuer.clone().into());
    claims.insert("sub".into(), identity.key.subject.as_str().into());
    if let Some(authority) = &identity.key.authority {
        claims.insert("authority".into(), authority.clone().into());
    }
    if let Some(email) = &identity.email {
        claims.insert("email".into(), email.address.as_str().into());
        match email.vouched {
            Vouched::Yes => _ = claims.insert("email_verified".into(), true.into()),
            Vouched::No => _ = claims.insert("email_verified".into(), false.into()),
            Vouched::Silent => {}
        }
    }
    Value::Object(claims)
}

async fn link(tie: NewTie) -> Result<(), Failure> {
    let by = by_hand(&tie.hand)?;
    let subject = Subject::parse(&tie.subject).map_err(|error| Failure::caused(&error, "correct `--subject`"))?;
    let (opened, user) = open_account(&tie.of, For::Writing).await?;
    let key = key(&opened, &tie, subject)?;
    let label = domain::text::display_name(tie.label.as_deref().unwrap_or(&tie.subject)).unwrap_or_default();
    let id = IdentityId::from_bytes(server::fresh_entropy().id("identity"));
    let new = persistence::NewTie { id, key, label };
    let made = opened.store().link_by_hand(&opened.realm, user.id, &new, &by, server::now()).await;
    let nothing = |reason: &str, remedy: &str| Err(Failure::new(reason, remedy));
    match made.map_err(|error| failed(&error))? {
        Linked::Done(link) => {
            println!("tied {} of {} to {}", link.id, link.key.provider, user.subject);
            Ok(())
        }
        Linked::TakenBySame => nothing("the account has this identity already", "there is nothing to do"),
        Linked::TakenByOther => {
            let owner = opened.store().find_identity(&opened.realm, &new.key).await.map_err(|error| failed(&error))?;
            let owner = owner.map_or_else(|| "another account".to_owned(), |known| known.user.subject.to_string());
            let remedy = "if it is really this account's, take it off the other one first with `braid identity unlink`";
            Err(Failure::new(format!("the identity belongs to {owner}"), remedy))
        }
        Linked::NoSuchUser => nothing("the account is gone", "check the subject"),
        Linked::Closed => nothing("the account is closed", "open it first with `braid user enable`"),
    }
}

/// The key that the identity has when its provider asserts it. A tie with another one would never open the account.
fn key(opened: &Opened, tie: &NewTie, subject: Subject) -> Result<IdentityKey, Failure> {
    let (provider, keyed) = opened.provider(&tie.provider)?;
    let nothing = |reason: String, remedy: String| Err(Failure::new(reason, format!("{remedy}; nothing was changed")));
    if let Some(other) = tie.issuer.as_ref().filter(|issuer| **issuer != keyed.issuer) {
        let reason = format!("identities of {provider} have the issuer {}, not {}", keyed.issuer, shown(other));
        return nothing(reason, "leave `--issuer` out, or name the provider that has it with `--provider`".to_owned());
    }
    match (&keyed.authority_claim, &tie.authority) {
        (Some(claim), None) => {
            let reason = format!("identities of {provider} belong to an authority, and a tie without one would open nothing");
            return nothing(reason, format!("name it with `--authority`, as the provider says it in its claim `{claim}`"));
        }
        (None, Some(_)) => {
            let reason = format!("the provider {provider} names no authorities, so a tie with one would open nothing");
            return nothing(reason, "leave `--authority` out, or give the provider an `authority-claim` first".to_owned());
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    let key = IdentityKey { provider, issuer: keyed.issuer.clone(), authority: tie.authority.clone(), subject };
    if opened.policy.provider(&key.provider).is_some_and(|provider| !provider.lets_in(&key)) {
        let reason = format!("{} doesn't let identities of this authority in", key.provider);
        return nothing(reason, "name one that is listed in the provider's `authorities`, or list it there first".to_owned());
    }
    Ok(key)
}

async fn unlink(named: &Named, hand: &Hand) -> Result<(), Failure> {
    let by = by_hand(hand)?;
    let id = identity_id(&named.identity)?;
    let (opened, user) = open_account(&named.of, For::Writing).await?;
    let ways_in = |user: &User, left: &[LinkedIdentity]| opened.policy.ways_in(user, left);
    let done = opened.store().unlink(&opened.realm, (user.id, id), ways_in, &by, server::now()).await;
    match done.map_err(|error| failed(&error))? {
        Unlinked::Done(gone) => {
            println!("took {} of {} off {}; what was gained through it has ended", gone.id, gone.key.provider, user.subject);
            Ok(())
        }
        Unlinked::NotThere => Err(not_there(&user, id)),
        Unlinked::LastWayIn => Err(Failure::new(
            "this is the last way into the account",
            "tie another identity first with `braid identity link`, or close the account with `braid user disable`",
        )),
    }
}

async fn primary(named: &Named, hand: &Hand) -> Result<(), Failure> {
    let by = by_hand(hand)?;
    let id = identity_id(&named.identity)?;
    let (opened, user) = open_account(&named.of, For::Writing).await?;
    let done = opened.store().set_primary(&opened.realm, (user.id, id), &by, server::now()).await;
    match done.map_err(|error| failed(&error))? {
        PrimarySet::Done => println!("{id} feeds the profile of {} from its next sign-in on", user.subject),
        PrimarySet::Already => println!("{id} feeds the profile of {} already", user.subject),
        PrimarySet::NotThere => return Err(not_there(&user, id)),
    }
    Ok(())
}

/// The identity that the command names.
pub(crate) fn identity_id(text: &str) -> Result<IdentityId, Failure> {
    IdentityId::parse(text).map_err(|error| Failure::caused(&error, "take it from `braid identity list`"))
}

pub(crate) fn not_there(user: &User, id: IdentityId) -> Failure {
    Failure::new(format!("{} has no identity {id}", user.subject), "take it from `braid identity list`; nothing was changed")
}
