//! The demo's folder: its keyring, client secrets, configuration, flow and database, all for their owner's eyes only.

use super::Ports;
use super::ports::origin;
use crate::failure::Failure;
use crate::keyring::{key, write_private};
use domain::Secret;
use flow_runtime::authenticator::KINDS;
use flow_runtime::reader::SHIPPED;
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

const KEYRING: &str = "keyring.key";
const CONFIG: &str = "braid.yaml";
const FLOW: &str = "flows/first-login.yaml";
/// What editors know flows by.
const SCHEMA: &str = "flows/flow.schema.json";
const DATABASES: [&str; 3] = ["braid.db", "braid.db-wal", "braid.db-shm"];

/// The secrets of clients: the broker's at its providers, and the application's at the broker.
const SECRETS: [&str; 4] = ["campus.secret", "staff.secret", "social.secret", "application.secret"];

/// The folder.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes what is missing. What is there is kept, except the configuration, which names the ports.
    pub(super) fn prepare(path: &Path, fresh: bool, ports: &Ports) -> Result<Self, Failure> {
        let folder = Self(path.to_path_buf());
        let remedy = "choose a folder that you may write to, with `--data`";
        let failed = |error: std::io::Error| Failure::new(format!("{} can't be used", path.display()), remedy).because(&error);
        if fresh {
            folder.forget().map_err(failed)?;
        }
        let make = |folder: PathBuf| fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
        make(path.to_path_buf()).and_then(|()| make(path.join("flows"))).map_err(failed)?;
        folder.write_once(KEYRING, key)?;
        for name in SECRETS {
            folder.write_once(name, || server::fresh_entropy().secret("client"))?;
        }
        if !folder.file(FLOW).exists() {
            fs::write(folder.file(FLOW), first_login_flow()).map_err(failed)?;
        }
        fs::write(folder.file(SCHEMA), format!("{:#}\n", flow_runtime::describe::schema(KINDS))).map_err(failed)?;
        fs::write(folder.config(), config(ports)).map_err(failed)?;
        Ok(folder)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The folder itself.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The configuration.
    pub(super) fn config(&self) -> PathBuf {
        self.file(CONFIG)
    }

    /// The flow that is there to be edited.
    pub(super) fn flow(&self) -> PathBuf {
        self.file(FLOW)
    }

    /// The application's secret at the broker.
    pub(super) fn application_secret(&self) -> Result<Secret, Failure> {
        let path = self.file("application.secret");
        let text = fs::read_to_string(&path);
        let text = text
            .map_err(|error| Failure::new(format!("{} can't be read", path.display()), "start with `--fresh`").because(&error))?;
        Ok(Secret::new(text.trim_end()))
    }

    fn write_once(&self, name: &str, secret: impl FnOnce() -> Secret) -> Result<(), Failure> {
        let path = self.file(name);
        if path.exists() { Ok(()) } else { write_private(&path, secret().reveal()) }
    }

    /// Removes what the demo wrote, by name: the folder may have been somebody else's.
    fn forget(&self) -> std::io::Result<()> {
        let names = [KEYRING, CONFIG, FLOW, SCHEMA].into_iter().chain(DATABASES).chain(SECRETS);
        for name in names {
            match fs::remove_file(self.file(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The shipped flow for first logins under a name of its own, to be edited.
fn first_login_flow() -> String {
    let shipped = SHIPPED.iter().find(|shipped| shipped.file == "first-broker-login.yaml").map_or("", |shipped| shipped.text);
    let note = "# Edit this file, run `braid flow check` on it, start the demo again: providers Campus and Social use it.\n#\n";
    format!("{note}{}", shipped.replace("flow: first-broker-login\n", "flow: first-login\n"))
}

fn config(ports: &Ports) -> String {
    let [demo, campus, social] = [ports.demo, ports.campus, ports.social].map(origin);
    let listen = ports.realms().map(|address| address.to_string()).join(", ");
    let redirect_uri = ports.redirect_uri();
    let (campus_port, social_port) = (ports.campus, ports.social);
    format!(
        "\
# `braid demo` writes this file at every start. docs/configuration.md explains it. Mail goes to the demo's mailbox.
database: sqlite:braid.db
listen: [{listen}]
keyring: [{{ id: demo, file: {KEYRING} }}]
allow-internal: [localhost:{campus_port}, localhost:{social_port}]
flows: flows

realms:
  # The broker.
  demo:
    name: Demo
    origin: {demo}
    # Applications may send people to set up a second factor (`braid_action=second-factor`).
    flows: {{ second-factor: second-factor }}
    providers:
      - alias: campus
        name: Campus
        issuer: {campus}
        client-id: braid
        client-secret: {{ file: campus.secret }}
        trust-email: [campus.example]
        first-login-flow: first-login
      # The same provider once more, this time with a flow that links without a question.
      - alias: staff
        name: Campus staff
        issuer: {campus}
        client-id: braid-staff
        client-secret: {{ file: staff.secret }}
        trust-email: [campus.example]
        first-login-flow: first-broker-login-auto-link
      - alias: social
        name: Social
        issuer: {social}
        client-id: braid
        client-secret: {{ file: social.secret }}
        first-login-flow: first-login
    clients:
      - id: application
        name: Demo application
        secret: {{ file: application.secret }}
        redirect-uris: ['{redirect_uri}']

  # An identity provider that verifies addresses.
  campus:
    name: Campus
    origin: {campus}
    clients:
      - id: braid
        name: Demo
        secret: {{ file: campus.secret }}
        redirect-uris: ['{demo}/broker/campus/callback']
      - id: braid-staff
        name: Demo
        secret: {{ file: staff.secret }}
        redirect-uris: ['{demo}/broker/staff/callback']

  # An identity provider that doesn't.
  social:
    name: Social
    origin: {social}
    clients:
      - id: braid
        name: Demo
        secret: {{ file: social.secret }}
        redirect-uris: ['{demo}/broker/social/callback']
"
    )
}
