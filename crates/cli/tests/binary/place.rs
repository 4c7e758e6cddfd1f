//! A folder in which the binary runs.

use domain::RealmId;
use persistence::{Keyring, SealingKey, Store};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use testkit::Crowd;

/// A folder of its own.
pub(crate) struct Place(TempDir);

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

impl Place {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// One with a keyring and a configuration that works.
    pub(crate) fn with_config() -> Self {
        let place = Self::new();
        assert_eq!(place.braid(&["keyring", "new", "--id", "one", "--out", "keyring.key"]).code, 0);
        let port = free_port();
        place.write(
            "braid.yaml",
            &format!(
                "database: sqlite:braid.db\nlisten: 127.0.0.1:{port}\nkeyring: [{{ id: one, file: keyring.key }}]\nrealms:\n  main: {{ name: Main, origin: 'http://localhost:{port}' }}\n"
            ),
        );
        place
    }

    /// One whose configuration has a folder `flows` with this flow in it.
    pub(crate) fn with_flow(name: &str, text: &str) -> Self {
        let place = Self::with_config();
        place.write("braid.yaml", &format!("flows: flows\n{}", place.read("braid.yaml")));
        std::fs::create_dir(place.path("flows")).unwrap();
        place.write(&format!("flows/{name}.yaml"), text);
        place
    }

    /// One with a realm `main` that has two providers, of which `campus` is trusted for addresses, and a crowd of this many accounts.
    pub(crate) fn with_crowd(users: u64) -> (Self, Crowd) {
        let place = Self::with_config();
        let origin = place.read("braid.yaml").split("origin: '").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let config = place.read("braid.yaml");
        let (process, _) = config.split_once("realms:").unwrap();
        let realm = format!(
            "realms:\n  main:\n    origin: {origin}\n    mail: {{ from: Main <login@main.example>, smtp: 'smtp://127.0.0.1:1?tls=none' }}\n    \
             providers:\n      - {{ alias: campus, issuer: https://campus.example, client-id: braid, client-secret: secret-of-campus, \
             trust-email: true, first-login-flow: first-broker-login-auto-link }}\n      - {{ alias: other, issuer: https://other.example, \
             client-id: braid, client-secret: secret-of-other }}\n"
        );
        place.write("braid.yaml", &format!("{process}{realm}"));
        assert_eq!(place.braid(&["migrate"]).code, 0);
        let crowd = Crowd { users, seed: 1 };
        let url = format!("sqlite:{}", place.path("braid.db").display());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let keyring = Keyring::new(vec![SealingKey::new("crowd", [1; 32])]).unwrap();
            let store = Store::open(&url, keyring).await.unwrap();
            crowd.arrive(&store, &RealmId::parse("main").unwrap()).await.unwrap();
        });
        (place, crowd)
    }

    /// Serves until the first answer, so that everything is made and applied.
    pub(crate) fn serves_once(&self) {
        let braid = self.start(&["serve"], "listening");
        let config = self.read("braid.yaml");
        let port = config.split("127.0.0.1:").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
        assert!(get(port, "/health/ready").starts_with("HTTP/1.1 20"));
        assert_eq!(braid.terminate().0, Some(0));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_braid"));
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null());
        command.env_remove("BRAID_DATABASE").env_remove("BRAID_LISTEN");
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn braid(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments).output().unwrap())
    }

    /// Runs the binary to its end, with something to read.
    pub(crate) fn braid_reading(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        ended(child.wait_with_output().unwrap())
    }

    /// Starts the binary, and waits until a line with `ready` is written: to standard error, or to standard output.
    pub(crate) fn start(&self, arguments: &[&str], ready: &str) -> Running {
        let mut child = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (said, lines) = std::sync::mpsc::channel();
        for stream in [Box::new(out) as Box<dyn std::io::Read + Send>, Box::new(err)] {
            let said = said.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    let _ = said.send(line);
                }
            });
        }
        drop(said);
        let mut log = String::new();
        while !log.contains(ready) {
            let Ok(line) = lines.recv() else {
                let code = child.wait().unwrap();
                panic!("it ended with {code} before it was ready:\n{log}");
            };
            log = format!("{log}{line}\n");
        }
        Running { child, lines, log }
    }
}

/// The status line and everything after it that the given path answers.
pub(crate) fn get(port: u16, path: &str) -> String {
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A binary that runs.
pub(crate) struct Running {
    child: Child,
    lines: std::sync::mpsc::Receiver<String>,
    /// What it said until it was ready.
    pub(crate) log: String,
}

impl Running {
    /// Waits until it says this.
    pub(crate) fn says(&mut self, text: &str) {
        loop {
            let line = self.lines.recv().unwrap_or_else(|_| panic!("it ended before it said “{text}”:\n{}", self.log));
            self.log = format!("{}{line}\n", self.log);
            if line.contains(text) {
                return;
            }
        }
    }

    /// Tells it to read its files again.
    pub(crate) fn hang_up(&self) {
        assert!(Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Asks it to end, as a service manager does, and says how it ended and all that it said.
    pub(crate) fn terminate(mut self) -> (Option<i32>, String) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let code = self.child.wait().unwrap().code();
        let rest: Vec<String> = self.lines.iter().collect();
        (code, format!("{}{}\n", self.log, rest.join("\n")))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ended(output: std::process::Output) -> Ended {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}
