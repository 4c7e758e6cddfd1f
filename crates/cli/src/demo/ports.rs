//! The five ports of the demo, all on this machine only.

use super::DemoOptions;
use crate::failure::Failure;
use std::convert::Infallible;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// Where everything is.
pub(super) struct Ports {
    pub(super) demo: u16,
    pub(super) campus: u16,
    pub(super) social: u16,
    pub(super) application: u16,
    pub(super) mailbox: u16,
}

impl Ports {
    pub(super) fn of(options: &DemoOptions) -> Result<Self, Failure> {
        let after = |offset: u16| options.port.checked_add(offset);
        let (Some(campus), Some(social)) = (after(1), after(2)) else {
            return Err(Failure::new("there are no two ports after this one", "choose a smaller `--port`"));
        };
        let (application, mailbox) = (options.application_port, options.mailbox_port);
        let ports = Self { demo: options.port, campus, social, application, mailbox };
        let mut all = ports.all();
        all.sort_unstable();
        if all.contains(&0) || all.windows(2).any(|pair| matches!(pair, [one, next] if one == next)) {
            return Err(Failure::new(
                "the demo needs five different ports",
                "give `--port` (which takes the next two as well), `--application-port` and `--mailbox-port` apart from each other",
            ));
        }
        Ok(ports)
    }

    fn all(&self) -> [u16; 5] {
        [self.demo, self.campus, self.social, self.application, self.mailbox]
    }

    /// Makes sure that no port is taken, before anything is changed. The last two stay claimed; the server claims its own.
    pub(super) async fn claim(&self) -> Result<(TcpListener, TcpListener), Failure> {
        for (port, option) in [(self.demo, "--port"), (self.campus, "--port"), (self.social, "--port")] {
            listen(port, option).await?;
        }
        Ok((listen(self.application, "--application-port").await?, listen(self.mailbox, "--mailbox-port").await?))
    }

    /// Says the text once the broker answers, and then nothing more.
    pub(super) async fn announce(&self, text: String) -> Infallible {
        while TcpStream::connect(address(self.demo)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        print!("{text}");
        // Whoever started the demo may have closed its output; the demo goes on.
        let _ = std::io::stdout().flush();
        std::future::pending().await
    }

    /// The addresses of the three realms.
    pub(super) fn realms(&self) -> [SocketAddr; 3] {
        [self.demo, self.campus, self.social].map(address)
    }

    /// The broker's origin.
    pub(super) fn origin(&self) -> String {
        origin(self.demo)
    }

    /// Where the application is.
    pub(super) fn application_url(&self) -> String {
        origin(self.application)
    }

    /// Where the application is called back at.
    pub(super) fn redirect_uri(&self) -> String {
        format!("{}/callback", self.application_url())
    }

    /// Where the mailbox is.
    pub(super) fn mailbox_url(&self) -> String {
        origin(self.mailbox)
    }
}

/// Browsers keep secure cookies on `localhost` without TLS, but not on an address.
pub(super) fn origin(port: u16) -> String {
    format!("http://localhost:{port}")
}

fn address(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

async fn listen(port: u16, option: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address(port)).await.map_err(|error| {
        let reason = format!("port {port} can't be used");
        Failure::new(reason, format!("stop what is using it (another demo?), or choose another with `{option}`")).because(&error)
    })
}
