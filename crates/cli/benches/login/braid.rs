//! The server under test: its process, and what the kernel says of it.

use crate::Failed;
use crate::browser::Connection;
use crate::clock::Stopwatch;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Clock ticks per second in `/proc`, which is 100 on every Linux that Debian ships.
const TICK_MICROSECONDS: f64 = 10_000.0;

/// One `braid serve`.
pub(crate) struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    pub(crate) fn start(folder: &Path, issuer: &str) -> Result<Self, Failed> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let port = address.port();
        let config = folder.join("braid.yaml");
        let upstream = issuer.trim_start_matches("http://");
        fs::write(
            &config,
            format!(
                "database: sqlite:bench.db\nlisten: 127.0.0.1:{port}\nkeyring: [{{ id: k, key: {} }}]\nallow-internal: ['{upstream}']\n\
                 realms:\n  bench:\n    origin: http://localhost:{port}\n    providers:\n      - {{ alias: stub, issuer: '{issuer}', client-id: braid, client-secret: a-secret-for-the-bench, trust-email: true }}\n    \
                 clients:\n      - {{ id: client, secret: another-secret-for-the-bench, redirect-uris: ['http://localhost:9/callback'] }}\n",
                "A".repeat(43) + "="
            ),
        )?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_braid"));
        command.args(["--log-level", "error", "serve", "--config"]).arg(&config).current_dir(folder);
        Ok(Self { child: command.stdout(Stdio::null()).spawn()?, address })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Milliseconds from the start until a login page was served.
    pub(crate) fn first_page(&self, since: &Stopwatch) -> Result<f64, Failed> {
        let challenge = "a".repeat(43);
        let path = format!(
            "/authorize?response_type=code&client_id=client&scope=openid&redirect_uri=http://localhost:9/callback&code_challenge_method=S256&code_challenge={challenge}"
        );
        while since.milliseconds() < 30_000.0 {
            let Ok(mut connection) = Connection::open(self.address) else {
                std::thread::yield_now();
                continue;
            };
            let answer = connection.get(&path, "")?;
            let (page, cookie) = (answer.location()?, answer.cookie("browser").unwrap_or_default());
            if connection.get(&page, &cookie)?.status == 200 {
                return Ok(since.milliseconds());
            }
        }
        Err("the server did not show its login page within 30 s".into())
    }

    /// Microseconds of processor time, user and system, that `work` made the server spend.
    pub(crate) fn cost(&self, work: impl FnOnce() -> Result<(), Failed>) -> Result<f64, Failed> {
        let before = self.ticks()?;
        work()?;
        Ok((self.ticks()? - before) * TICK_MICROSECONDS)
    }

    fn ticks(&self) -> Result<f64, Failed> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let field = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).ok_or("no processor time in /proc");
        Ok(field(11)? + field(12)?)
    }

    /// Proportional set size in KiB.
    pub(crate) fn memory(&self) -> Result<u64, Failed> {
        let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).ok_or("no Pss in /proc")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    pub(crate) fn stop(mut self) -> Result<(), Failed> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}
