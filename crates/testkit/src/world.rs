//! The world of one test.

use crate::place::{self, Place};
use crate::{App, Browser, Letter, Phone, Provider, Scene};
use domain::{CanonicalSubject, EmailAddress, LinkedIdentity, OwnedAddress, RealmId, Secret, User, UserId, Username};
use flow_runtime::{NewUser, RealmPolicy, Write};
use persistence::{Commit, Committed, Store};
use server::Braid;
use server::mail::Mailbox;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

/// Everything that one test has.
pub struct World {
    scene: Scene,
    url: String,
    nodes: Vec<Braid>,
    policy: Option<RealmPolicy>,
    providers: BTreeMap<String, Provider>,
    mailbox: Arc<Mailbox>,
    finished: bool,
    folder: TempDir,
}

impl World {
    pub(crate) async fn open(scene: Scene) -> Self {
        let mut providers = BTreeMap::new();
        for alias in scene.aliases() {
            providers.insert(alias.to_owned(), Provider::start().await);
        }
        let folder = tempfile::tempdir().unwrap();
        let url = match scene.place() {
            Place::Memory => "sqlite::memory:".to_owned(),
            Place::File => format!("sqlite:{}", folder.path().join("braid.db").display()),
            Place::Postgres => place::new_postgres_database().await,
        };
        let mailbox = Arc::new(Mailbox::new());
        let mut world = Self { scene, url, nodes: vec![], policy: None, providers, mailbox, finished: false, folder };
        world.start_node().await;
        world
    }

    /// Starts one more node on the same database, and gives its number.
    pub async fn start_node(&mut self) -> usize {
        assert!(self.nodes.is_empty() || self.scene.place() != Place::Memory, "a database in memory has one node");
        let node = self.nodes.len();
        self.scene.write(&self.folder_of(node), &self.url, &self.providers);
        let source = self.scene.source(&self.folder_of(node), Arc::clone(&self.mailbox));
        self.policy = Some(source.load().settings.unwrap_or_else(|error| panic!("{error:?}")).realms.remove(0).policy);
        self.nodes.push(Braid::open_from(source).await.unwrap_or_else(|error| panic!("{error:?}")));
        node
    }

    /// Where the configuration of a node stands: `braid.yaml`, and its flows in `flows/`.
    pub fn folder_of(&self, node: usize) -> PathBuf {
        self.folder.path().join(format!("node-{node}"))
    }

    /// Writes a flow of a node. It doesn't reload.
    pub fn writes_flow(&self, node: usize, file: &str, text: &str) {
        std::fs::write(self.folder_of(node).join("flows").join(file), text).unwrap();
    }

    /// Writes another configuration for a node. It doesn't reload.
    pub fn rewrites(&mut self, node: usize, change: impl FnOnce(Scene) -> Scene) {
        self.scene = change(self.scene.clone());
        self.scene.write(&self.folder_of(node), &self.url, &self.providers);
    }

    /// Starts one more node with another configuration, as after a change of the file, and gives its number.
    pub async fn start_node_with(&mut self, change: impl FnOnce(Scene) -> Scene) -> usize {
        self.scene = change(self.scene.clone());
        self.start_node().await
    }

    /// A browser that asks the first node.
    pub fn browser(&self) -> Browser {
        self.browser_at(0)
    }

    /// A browser that asks this node.
    pub fn browser_at(&self, node: usize) -> Browser {
        Browser::new(self.nodes[node].router(), self.providers.clone())
    }

    /// A client.
    pub fn app(&self, id: &str) -> App {
        App::new(id, self.scene.secret(id), self.browser())
    }

    /// A client that asks this node for tokens.
    pub fn app_at(&self, id: &str, node: usize) -> App {
        App::new(id, self.scene.secret(id), self.browser_at(node))
    }

    /// A provider.
    pub fn provider(&self, alias: &str) -> &Provider {
        &self.providers[alias]
    }

    /// The first node.
    pub fn braid(&self) -> &Braid {
        self.braid_at(0)
    }

    /// A node.
    pub fn braid_at(&self, node: usize) -> &Braid {
        &self.nodes[node]
    }

    /// The database.
    pub fn store(&self) -> &Store {
        self.nodes[0].store()
    }

    /// The realm as its logins see it.
    pub fn policy(&self) -> &RealmPolicy {
        self.policy.as_ref().expect("a node has started")
    }

    /// The realm's id.
    pub fn realm(&self) -> &RealmId {
        &self.policy().realm
    }

    /// Sends what is to be sent, and gives the newest mail to this address.
    pub async fn latest_to(&self, address: &str) -> Letter {
        let mut mails = self.mails_to(address).await;
        assert!(!mails.is_empty(), "no mail to {address}");
        mails.remove(0)
    }

    /// Sends what is to be sent, and gives all mails to this address, newest first.
    pub async fn mails_to(&self, address: &str) -> Vec<Letter> {
        self.nodes[0].deliver_mail().await;
        self.mailbox.messages().into_iter().filter(|mail| mail.to == address).map(Letter).collect()
    }

    /// Makes an account with a password and, if `proved`, an address that an administrator vouches for.
    pub async fn user(&self, name: &str, address: &str, password: &str, proved: bool) -> User {
        let entropy = server::fresh_entropy();
        let now = server::now();
        let proof = proved.then_some(domain::AddressProof::Administrator { at: now });
        let provenance = if proved { domain::Provenance::Administrator } else { domain::Provenance::Typed };
        let password = self.braid().hash_password(&Secret::new(password)).await.unwrap();
        let (id, subject) = (UserId::from_bytes(entropy.id("user")), CanonicalSubject::from_bytes(entropy.id("subject")));
        let user = NewUser {
            username: Some(Username::parse(name).unwrap()),
            email: Some(OwnedAddress { address: EmailAddress::parse(address).unwrap(), provenance, proof }),
            password_hash: Some(password),
            ..NewUser::unknown(id, subject, now)
        };
        let made = self.store().create_user(self.realm(), user.clone()).await.unwrap();
        assert_eq!(made, Committed::Done { version: None });
        self.store().find_user(self.realm(), user.id).await.unwrap().unwrap()
    }

    /// Gives an account a second factor, and the phone that makes its codes.
    pub async fn phone_of(&self, user: &User) -> Phone {
        let (phone, secret) = Phone::fresh();
        let set = Write::SetOneTimeCodes { user: user.id, secret };
        let (writes, now) = (vec![set], server::now());
        let commit = Commit { session: None, guards: vec![], writes, notices: vec![], code: None, now };
        assert_eq!(self.store().commit(self.realm(), &commit).await.unwrap(), Committed::Done { version: None });
        phone
    }

    /// The account of a subject, as it is now.
    pub async fn account(&self, subject: &str) -> User {
        let subject = CanonicalSubject::parse(subject).unwrap();
        self.store().find_user_by_subject(self.realm(), &subject).await.unwrap().expect("there is such an account")
    }

    /// All accounts that have this address, proved or not.
    pub async fn accounts_with(&self, address: &str) -> Vec<User> {
        let address = EmailAddress::parse(address).unwrap();
        self.store().find_users(self.realm(), None, Some(&address)).await.unwrap().by_email
    }

    /// What is linked to an account.
    pub async fn links_of(&self, user: &User) -> Vec<LinkedIdentity> {
        self.store().identities_of(self.realm(), user.id).await.unwrap()
    }

    /// Opens or closes an account.
    pub async fn set_enabled(&self, user: &User, enabled: bool) {
        let state = if enabled { domain::AccountState::Open } else { domain::AccountState::Disabled };
        let by = persistence::ByHand { by: "a test".into(), reason: "the story wants it".into() };
        self.store().set_state(self.realm(), user.id, state, &by, server::now()).await.unwrap().unwrap();
    }

    /// Somebody changes the database by hand, with a connection of their own: for databases that others can reach.
    pub async fn meddles(&self, sql: &str) {
        place::meddles(&self.url, sql).await;
    }

    /// How many records of this kind there are.
    pub async fn recorded(&self, kind: domain::AuditKind) -> usize {
        let records = self.store().audit_records(self.realm(), 10_000).await.unwrap();
        records.iter().filter(|record| record.kind == kind.as_str()).count()
    }

    /// Asks the oracle, and clears away. Every test ends with this.
    pub async fn finish(mut self) {
        self.finished = true;
        assert_eq!(persistence::check(self.store(), self.realm()).await.unwrap(), vec![], "the oracle");
        if self.scene.place() == Place::Postgres {
            place::drop_postgres_database(&self.url).await;
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        assert!(self.finished || std::thread::panicking(), "the oracle was not asked: end the test with `world.finish().await`");
    }
}
