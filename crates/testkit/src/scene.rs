//! What a world is made of: a realm as an operator would write it down, with what the test changes in it.

use crate::provider::CLIENT_SECRET;
use crate::{ORIGIN, Place, Provider, World};
use server::config::Source;
use server::mail::Mailbox;
use server::{MailRoute, MailTransport, Settings};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The secret of a confidential client, so that logs can be searched for it.
pub(crate) fn secret_of(client: &str) -> String {
    format!("marker-secret-of-{client}")
}

/// The address where a client is called back.
pub(crate) fn callback_of(client: &str) -> String {
    format!("https://{client}.example/callback")
}

type Keys = BTreeMap<&'static str, String>;
type Change = Arc<dyn Fn(&mut Settings) + Send + Sync>;

/// A realm `demo` with two providers and a few clients.
///
/// | provider | |
/// | --- | --- |
/// | `campus` | trusted for every address; links without asking where it vouches for a proved one |
/// | `social` | trusted for none |
///
/// | client | |
/// | --- | --- |
/// | `app` | keeps a secret |
/// | `spa` | public |
/// | `desk` | keeps a secret, and people are asked before it learns anything |
#[derive(Clone)]
pub struct Scene {
    place: Place,
    providers: BTreeMap<&'static str, Keys>,
    clients: BTreeMap<&'static str, Keys>,
    smtp: Option<String>,
    flows: BTreeMap<String, String>,
    changes: Vec<Change>,
}

impl Scene {
    /// The usual realm on this kind of database.
    pub fn on(place: Place) -> Self {
        let scene = Self {
            place,
            providers: BTreeMap::new(),
            clients: BTreeMap::new(),
            smtp: None,
            flows: BTreeMap::new(),
            changes: Vec::new(),
        };
        scene
            .provider("campus", "trust-email", "true")
            .provider("campus", "first-login-flow", "first-broker-login-auto-link")
            .provider("social", "trust-email", "false")
            .client("app", "secret", &secret_of("app"))
            .client("spa", "public", "true")
            .client("desk", "secret", &secret_of("desk"))
            .client("desk", "consent", "true")
    }

    /// Sets a key of a provider, which is made if it isn't there. The value is YAML.
    #[must_use]
    pub fn provider(mut self, alias: &'static str, key: &'static str, value: &str) -> Self {
        self.providers.entry(alias).or_default().insert(key, value.to_owned());
        self
    }

    /// Sets a key of a client, which is made if it isn't there. The value is YAML.
    #[must_use]
    pub fn client(mut self, id: &'static str, key: &'static str, value: &str) -> Self {
        self.clients.entry(id).or_default().insert(key, value.to_owned());
        self
    }

    /// Mail goes to this SMTP server instead of the mailbox.
    #[must_use]
    pub fn mail_to(mut self, smtp: &str) -> Self {
        self.smtp = Some(smtp.to_owned());
        self
    }

    /// Puts a flow into the folder, in place of one in a file of this name.
    #[must_use]
    pub fn flow(mut self, file: &str, text: &str) -> Self {
        self.flows.insert(file.to_owned(), text.to_owned());
        self
    }

    /// Changes what the configuration came to.
    #[must_use]
    pub fn with(mut self, change: impl Fn(&mut Settings) + Send + Sync + 'static) -> Self {
        self.changes.push(Arc::new(change));
        self
    }

    /// Changes the realm's limits.
    #[must_use]
    pub fn limits(self, change: impl Fn(&mut flow_runtime::Limits) + Send + Sync + 'static) -> Self {
        self.with(move |settings| change(&mut settings.realms[0].policy.limits))
    }

    /// Opens the world.
    pub async fn open(self) -> World {
        World::open(self).await
    }

    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// Whether mail goes over SMTP.
    pub(crate) fn mails_elsewhere(&self) -> bool {
        self.smtp.is_some()
    }

    /// The secret of a client, if it keeps one.
    pub(crate) fn secret(&self, client: &str) -> Option<String> {
        self.clients.get(client)?.get("secret").cloned()
    }

    pub(crate) fn aliases(&self) -> impl Iterator<Item = &'static str> {
        self.providers.keys().copied()
    }

    /// Writes the configuration and the flows of a node into a folder.
    pub(crate) fn write(&self, folder: &Path, database: &str, providers: &BTreeMap<String, Provider>) {
        std::fs::create_dir_all(folder.join("flows")).unwrap();
        for (file, text) in &self.flows {
            std::fs::write(folder.join("flows").join(file), text).unwrap();
        }
        std::fs::write(folder.join("braid.yaml"), self.yaml(database, providers)).unwrap();
    }

    /// What a node reads, from YAML as an operator's is. `mailbox` takes the mail, unless that goes elsewhere.
    pub(crate) fn source(&self, folder: &Path, mailbox: Arc<Mailbox>) -> Source {
        let (changes, mails_elsewhere) = (self.changes.clone(), self.mails_elsewhere());
        Source::adapted(&folder.join("braid.yaml"), move |settings| {
            settings.passwords = server::PasswordCost::Test;
            settings.http.connect_timeout = Duration::from_secs(2);
            settings.http.total_timeout = Duration::from_secs(2);
            for change in &changes {
                change(settings);
            }
            if let (false, Some(realm)) = (mails_elsewhere, settings.realms.first_mut()) {
                let from = realm.mail.as_ref().map(|route| route.from.clone());
                let transport = MailTransport::Mailbox(Arc::clone(&mailbox));
                realm.mail = from.map(|from| MailRoute { from, transport });
            }
        })
    }

    fn yaml(&self, database: &str, providers: &BTreeMap<String, Provider>) -> String {
        let hosts: Vec<&str> = providers.values().filter_map(|provider| provider.issuer.strip_prefix("http://")).collect();
        let smtp = self.smtp.as_deref().unwrap_or("smtp://127.0.0.1:1?tls=none");
        let mut yaml = format!(
            "database: \"{database}\"\nflows: flows\nallow-internal: {hosts:?}\nkeyring:\n  - {{ id: test, key: {} }}\n\
             realms:\n  demo:\n    name: Demo\n    origin: {ORIGIN}\n    mail: {{ from: Demo <login@demo.example>, smtp: \"{smtp}\" }}\n    flows: {{ second-factor: second-factor }}\n",
            "A".repeat(43)
        );
        yaml.push_str("    providers:\n");
        for (alias, keys) in &self.providers {
            let mut name = alias.to_string();
            name[..1].make_ascii_uppercase();
            let issuer = &providers[*alias].issuer;
            write!(yaml, "      - alias: {alias}\n        name: {name}\n        client-id: braid\n").unwrap();
            writeln!(yaml, "        client-secret: {CLIENT_SECRET}").unwrap();
            if !keys.contains_key("issuer") {
                writeln!(yaml, "        issuer: {issuer}").unwrap();
            }
            entries(&mut yaml, keys);
        }
        yaml.push_str("    clients:\n");
        for (id, keys) in &self.clients {
            write!(yaml, "      - id: {id}\n        name: The {id}\n").unwrap();
            if !keys.contains_key("redirect-uris") {
                writeln!(yaml, "        redirect-uris: [\"{}\"]", callback_of(id)).unwrap();
            }
            entries(&mut yaml, keys);
        }
        yaml
    }
}

fn entries(yaml: &mut String, keys: &Keys) {
    for (key, value) in keys {
        writeln!(yaml, "        {key}: {value}").unwrap();
    }
}
