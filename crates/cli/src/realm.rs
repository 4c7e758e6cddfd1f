//! A realm as a command sees it: opened, with its accounts and whoever works on them.

use crate::arguments::{Hand, InRealm, Of};
use crate::failure::Failure;
use crate::text::shown;
use domain::user::Username;
use domain::{CanonicalSubject, ProviderAlias, RealmId, User};
use flow_runtime::RealmPolicy;
use persistence::{ByHand, Store, StoreError};
use server::config::Documents;
use server::{Braid, Change, RealmSettings, ReloadError, Settings, config, foresee};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::sync::Arc;

/// The most characters of a name or a reason that is recorded.
const LONGEST: usize = 500;

/// What a command wants of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// It only looks: nothing is made, not even a missing schema or key.
    Reading,
    /// It changes something: the database is made ready for this version first.
    Writing,
}

/// A realm, opened.
pub(crate) struct Opened {
    pub(crate) braid: Braid,
    pub(crate) realm: RealmId,
    pub(crate) policy: RealmPolicy,
    /// What the identities of each provider are keyed by.
    pub(crate) keyed: BTreeMap<ProviderAlias, Keyed>,
}

/// What the identities of a provider are keyed by, besides the provider's own id for the person.
pub(crate) struct Keyed {
    /// The issuer of all of them.
    pub(crate) issuer: String,
    /// The claim that names the authority of each, if one does.
    pub(crate) authority_claim: Option<String>,
}

/// Opens the realm that the command names.
pub(crate) async fn open(of: &InRealm, purpose: For) -> Result<Opened, Failure> {
    let path = &of.config.path;
    let settings = config::load(path)?;
    let Some(found) = settings.realms.iter().find(|realm| realm.policy.realm.as_str() == of.realm) else {
        return Err(no_realm(of, &settings));
    };
    let (realm, policy) = (found.policy.realm.clone(), found.policy.clone());
    let keyed = found.providers.iter().map(|provider| {
        let (issuer, authority_claim) = (provider.issuer.clone(), provider.authority_claim.clone());
        (provider.alias.clone(), Keyed { issuer, authority_claim })
    });
    let keyed = keyed.collect();
    let braid = match purpose {
        For::Reading => Braid::open_to_read(settings).await,
        For::Writing => Braid::open_beside(settings).await,
    };
    let braid = braid.map_err(|error| Failure::start(path, error))?;
    Ok(Opened { braid, realm, policy, keyed })
}

/// The realm's settings and the database alone: a rule or a flow that can't be used keeps a realm from being opened, and this is how it
/// is taken back.
pub(crate) async fn open_store(of: &InRealm, purpose: For) -> Result<(Store, RealmSettings, Arc<Documents>), Failure> {
    let path = &of.config.path;
    let mut settings = config::load(path)?;
    let Some(at) = settings.realms.iter().position(|realm| realm.policy.realm.as_str() == of.realm) else {
        return Err(no_realm(of, &settings));
    };
    let realm = settings.realms.swap_remove(at);
    let (database, keyring) = (settings.database.reveal(), settings.keyring);
    let store = match purpose {
        For::Reading => {
            let store = Store::open_to_read(database, keyring).await.map_err(|error| Failure::database(path, &error))?;
            store.check_schema().await.map_err(|error| Failure::schema(path, &error))?;
            store
        }
        For::Writing => {
            let store = Store::open(database, keyring).await.map_err(|error| Failure::database(path, &error))?;
            store.migrate().await.map_err(|error| Failure::schema(path, &error))?;
            store
        }
    };
    Ok((store, realm, settings.documents))
}

/// Refuses a change of the database that no node would take.
pub(crate) async fn usable(
    (store, realm, documents): (&Store, &RealmSettings, &Documents),
    change: Change<'_>,
) -> Result<(), Failure> {
    foresee(store, realm, documents, change).await.map_err(|error| match error {
        ReloadError::Config(error) => Failure::Config(error),
        error => Failure::caused(&error, "no node would use it; nothing was changed"),
    })
}

/// The configuration has no realm of that name.
pub(crate) fn no_realm(of: &InRealm, settings: &Settings) -> Failure {
    let known: Vec<&str> = settings.realms.iter().map(|realm| realm.policy.realm.as_str()).collect();
    let reason = format!("{} has no realm “{}”", of.config.path.display(), shown(&of.realm));
    Failure::new(reason, format!("choose one of: {}", known.join(", ")))
}

/// Opens the realm and finds the account that the command names.
pub(crate) async fn open_account(of: &Of, purpose: For) -> Result<(Opened, User), Failure> {
    let opened = open(&of.realm, purpose).await?;
    let (store, realm) = (opened.store(), &opened.realm);
    let found = if let Ok(subject) = CanonicalSubject::parse(&of.account) {
        store.find_user_by_subject(realm, &subject).await.map_err(|error| failed(&error))?
    } else if let Ok(name) = Username::parse(&of.account) {
        store.find_users(realm, Some(&name), None).await.map_err(|error| failed(&error))?.by_username
    } else {
        let reason = format!("“{}” is neither a subject nor a username", shown(&of.account));
        return Err(Failure::new(reason, "a subject begins with `usr_` and has 26 characters after it"));
    };
    let Some(user) = found else {
        let reason = format!("the realm “{realm}” has no account “{}”", shown(&of.account));
        return Err(Failure::new(reason, "check the subject, as applications get it in `sub`, or the username"));
    };
    Ok((opened, user))
}

impl Opened {
    pub(crate) fn store(&self) -> &Store {
        self.braid.store()
    }

    /// The provider that the command names.
    pub(crate) fn provider(&self, alias: &str) -> Result<(ProviderAlias, &Keyed), Failure> {
        let found = self.keyed.iter().find(|(known, _)| known.as_str() == alias);
        found.map(|(alias, keyed)| (alias.clone(), keyed)).ok_or_else(|| {
            let known: Vec<&str> = self.keyed.keys().map(ProviderAlias::as_str).collect();
            let remedy = if known.is_empty() {
                "write one down in the configuration first".to_owned()
            } else {
                format!("choose one of: {}", known.join(", "))
            };
            Failure::new(format!("the realm “{}” has no provider “{}”", self.realm, shown(alias)), remedy)
        })
    }
}

/// Who works on an account, and why.
pub(crate) fn by_hand(hand: &Hand) -> Result<ByHand, Failure> {
    let text = |given: &str, option: &str| {
        recorded(given).ok_or_else(|| {
            let reason = format!("`{option}` says nothing that can be recorded");
            Failure::new(reason, format!("write a few words, at most {LONGEST} characters on one line"))
        })
    };
    let by = match &hand.by {
        Some(by) => text(by, "--by")?,
        None => operator()?,
    };
    Ok(ByHand { by, reason: text(&hand.reason, "--reason")? })
}

/// A text that a record may have: nothing in it can mislead whoever reads it.
fn recorded(given: &str) -> Option<String> {
    let text = given.trim();
    let fits = !text.is_empty() && text.chars().count() <= LONGEST && text.chars().all(domain::text::is_visible);
    fits.then(|| text.to_owned())
}

/// What the operating system calls whoever runs this.
fn operator() -> Result<String, Failure> {
    let own = std::fs::metadata("/proc/self")
        .map_err(|error| Failure::new("who runs this can't be found out", "say it with `--by`").because(&error))?;
    let id = own.uid().to_string();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == id).then(|| name.to_owned())
    });
    Ok(name.unwrap_or_else(|| format!("user {id}")))
}

/// The database gave no answer.
pub(crate) fn failed(error: &StoreError) -> Failure {
    Failure::caused(error, "check the database; nothing was changed")
}
