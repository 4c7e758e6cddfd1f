//! `braid demo`: the broker, two identity providers, an application and a mailbox, in one process on this machine.
//!
//! The three realms are ordinary Braid realms from an ordinary `braid.yaml`; only their mail goes to the mailbox.

mod application;
mod folder;
mod mailbox;
mod page;
mod ports;
mod seeds;
mod tour;

use crate::failure::Failure;
use crate::shutdown;
use clap::Args;
use folder::Folder;
use ports::Ports;
use server::config::Source;
use server::mail::Mailbox;
use server::{Braid, MailRoute, MailTransport, Settings};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What the demo is asked.
#[derive(Args)]
pub(crate) struct DemoOptions {
    /// The broker's port; the two providers take the next two
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The application's port
    #[arg(long, default_value_t = 8090)]
    application_port: u16,
    /// The mailbox's port
    #[arg(long, default_value_t = 8025)]
    mailbox_port: u16,
    /// Where the demo keeps what it needs
    #[arg(long, value_name = "DIR", default_value = "braid-demo")]
    data: PathBuf,
    /// Forget everything from earlier runs first
    #[arg(long)]
    fresh: bool,
}

/// Runs until the process is asked to end.
pub(crate) async fn run(options: DemoOptions) -> Result<(), Failure> {
    let ports = Ports::of(&options)?;
    let (application_listener, mailbox_listener) = ports.claim().await?;
    let folder = Folder::prepare(&options.data, options.fresh, &ports)?;
    let mailbox = Arc::new(Mailbox::new());
    let config = folder.config();
    let source = Source::adapted(&config, with_mailbox(Arc::clone(&mailbox)));
    let braid = Braid::open_from(source).await.map_err(|error| Failure::start(&config, error))?;
    seeds::sow(&braid).await?;

    let (stop, stopped) = watch::channel(false);
    let (issuer, redirect_uri) = (ports.origin(), ports.redirect_uri());
    let client =
        application::Settings { issuer, redirect_uri, secret: folder.application_secret()?, mailbox: ports.mailbox_url() };
    let application = application::router(client)?;
    let serving = [
        tokio::spawn(serve(application_listener, application, stopped.clone())),
        tokio::spawn(serve(mailbox_listener, mailbox::router(mailbox), stopped.clone())),
    ];
    let told = ports.announce(tour::text(&ports, &folder));
    let ended = tokio::select! {
        ended = braid.serve(stop_when_asked(stop)) => ended,
        never = told => match never {},
    };
    for task in serving {
        // The pages of the demo have nothing to lose.
        let _ = task.await;
    }
    ended.map_err(|error| Failure::serve(&config, &error))
}

fn with_mailbox(mailbox: Arc<Mailbox>) -> impl Fn(&mut Settings) {
    move |settings| {
        for realm in &mut settings.realms {
            let from = format!("{} <no-reply@{}.example>", realm.policy.name, realm.policy.realm);
            realm.mail = Some(MailRoute { from, transport: MailTransport::Mailbox(Arc::clone(&mailbox)) });
            realm.policy.sends_mail = true;
        }
    }
}

async fn serve(listener: TcpListener, router: axum::Router, stopped: watch::Receiver<bool>) -> std::io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(until(stopped)).await
}

/// Ends when the process is asked to end, and tells the others.
async fn stop_when_asked(stop: watch::Sender<bool>) {
    shutdown::asked().await;
    stop.send_replace(true);
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop as well.
    let _ = stopped.wait_for(|stop| *stop).await;
}
