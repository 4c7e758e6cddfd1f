//! Does the cost of a decision grow with the realm? Counts the pages that PostgreSQL reads at two sizes, and prints their ratio:
//! `cargo xtask with-postgres cargo bench -p testkit --bench pages -- 1000000`.

use testkit::{Crowd, Place, pages_read};

const SMALL: u64 = 1_000;
const LARGE: u64 = 100_000;

#[tokio::main]
async fn main() {
    let asked = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let large = asked.unwrap_or(LARGE);
    if !Place::Postgres.is_there() {
        return;
    }
    let few = pages_read(Crowd { users: SMALL, seed: 1 }).await;
    let many = pages_read(Crowd { users: large, seed: 1 }).await;
    println!("| Look-up | pages at {SMALL} users | at {large} | ratio |\n| --- | --- | --- | --- |");
    for (few, many) in few.iter().zip(&many) {
        println!("| {} | {:.2} | {:.2} | {:.2} |", few.what, few.pages, many.pages, many.pages / few.pages);
    }
}
