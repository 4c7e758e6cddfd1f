//! Fills a database with a crowd, for looking at and for measuring:
//! `cargo run -p testkit --example crowd -- --users 100000 --database sqlite:crowd.db`.

#![expect(clippy::unwrap_used, reason = "whoever runs this sees what is wrong")]

use clap::Parser;
use domain::RealmId;
use persistence::{Keyring, SealingKey, Store};
use std::time::Instant;
use testkit::Crowd;

#[derive(Parser)]
struct Arguments {
    /// How many accounts, each with five identities
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    users: u64,
    /// Where to: `sqlite:PATH` or `postgres://…`
    #[arg(long)]
    database: String,
    /// The realm that they are made in
    #[arg(long, default_value = "demo")]
    realm: String,
    /// The same seed makes the same people
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() {
    let Arguments { users, database, realm, seed } = Arguments::parse();
    // A crowd has nothing that is sealed, so any key will do.
    let keyring = Keyring::new(vec![SealingKey::new("crowd", [0; 32])]).unwrap();
    let store = Store::open(&database, keyring).await.unwrap();
    store.migrate().await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "a tool that says how long it took")]
    let began = Instant::now();
    Crowd { users, seed }.arrive(&store, &RealmId::parse(&realm).unwrap()).await.unwrap();
    println!("{users} accounts with five identities each, in {:.1} s", began.elapsed().as_secs_f64());
}
