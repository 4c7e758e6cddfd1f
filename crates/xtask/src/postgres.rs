//! A PostgreSQL of the tests' own: a fresh cluster in a temporary folder, gone when the tests end.

mod place;

pub(crate) use place::is_root;

use crate::shell;
use place::Place;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Stdio};

/// The variable that tells tests where the database is.
pub(crate) const VARIABLE: &str = "BRAID_TEST_POSTGRES";

/// The role that owns everything in the cluster.
const ROLE: &str = "braid";

/// The server takes many connections, from this machine only, and doesn't wait for the disk.
const SETTINGS: &str = "listen_addresses = '127.0.0.1'
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
";

/// Ends the server and removes its folder when the input ends: when this program does, however that comes about.
const GUARD: &str = r#"trap '' INT TERM HUP
cat
"$1" stop --mode=immediate --silent --pgdata=data
cd / && rm -rf "$2""#;

/// Where a program of PostgreSQL's is: on PATH, else where Debian keeps the newest version.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let programs = versions.map(|version| version.path().join("bin").join(name)).filter(|file| file.is_file());
    shell::find(name).or_else(|| programs.max())
}

/// A running cluster. It trusts everybody on this machine.
pub(crate) struct Cluster {
    port: u16,
    guard: Child,
    place: Place,
}

impl Cluster {
    /// Makes a cluster and starts it. Somebody may take a free port before the server has it, so there are a few tries.
    pub(crate) fn start() -> Result<Self, String> {
        let place = Place::make()?;
        let options = ["--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", "--username", ROLE, "--pgdata=data"];
        shell::output(place.command("initdb")?.args(options))?;
        let mut cluster = Self { port: 0, guard: guard(&place)?, place };
        cluster.serve().or_else(|_| cluster.serve()).or_else(|_| cluster.serve())?;
        Ok(cluster)
    }

    /// The address of its first database; tests make their own beside it.
    pub(crate) fn url(&self) -> String {
        format!("postgres://{ROLE}@127.0.0.1:{}/postgres", self.port)
    }

    fn serve(&mut self) -> Result<(), String> {
        self.port = free_port()?;
        let folder = self.place.folder();
        let own = format!("{SETTINGS}port = {}\nunix_socket_directories = '{}'\n", self.port, folder.display());
        fs::write(folder.join("data/postgresql.conf"), own).map_err(|error| format!("postgresql.conf: {error}"))?;
        let start = ["start", "--wait", "--silent", "--pgdata=data", "--log=log"];
        shell::output(self.place.command("pg_ctl")?.args(start)).map(drop).map_err(|message| {
            let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
            format!("{message}\nPostgreSQL's log:\n{log}")
        })
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        if let Err(error) = self.guard.wait() {
            eprintln!("PostgreSQL could not be stopped: {error}");
        }
    }
}

fn guard(place: &Place) -> Result<Child, String> {
    let control = place.command("pg_ctl")?;
    let mut guard = place.run_as_owner("sh");
    guard.args(["-c", GUARD, "sh"]).arg(control.get_program()).arg(place.folder());
    guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    guard.spawn().map_err(|error| format!("sh could not be started: {error}"))
}

fn free_port() -> Result<u16, String> {
    let address = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    address.map(|address| address.port()).map_err(|error| format!("no free port: {error}"))
}
