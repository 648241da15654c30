//! How the history reads when much is stored: requests a second and how long they take, time
//! to start, memory.
//!
//! ```sh
//! cargo build --release -p server && cargo run --release -p server --example load
//! cargo run --release -p server --example load -- --database-url mysql://USER:PASSWORD@127.0.0.1/EMPTY
//! ```
//!
//! It fills an empty database, starts the server beside it on a port of this machine, asks for
//! pages of the history for some seconds and prints what it measured. `server/BENCH.md` has
//! results.

mod drive;
mod program;
mod seed;

use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Parser;
use server::config::Config;
use server::store::{Store, schema};

use crate::program::Program;

/// What to measure.
#[derive(Debug, Parser)]
struct Arguments {
    /// An empty database; if not given, an SQLite file that is deleted afterwards.
    #[arg(long)]
    database_url: Option<String>,
    /// Analyses to store, over accounts of at most 5000.
    #[arg(long, default_value_t = 100_000)]
    analyses: u32,
    /// Connections that ask at once.
    #[arg(long, default_value_t = 16)]
    clients: usize,
    /// How long they ask.
    #[arg(long, default_value_t = 15)]
    seconds: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir()?;
    let url = arguments
        .database_url
        .clone()
        .unwrap_or_else(|| format!("sqlite://{}/load.sqlite", folder.path().display()));
    let config = Config::try_parse_from(["load", "--database-url", &url])?;
    let store = Store::open(&config).await?;
    schema::migrate(&store).await?;

    let begin = Instant::now();
    let people = seed::people(&store, arguments.analyses)
        .await
        .context("the database must be empty")?;
    store.close().await;
    say(&format!(
        "{} analyses of {} accounts stored in {:.0} s",
        arguments.analyses,
        people.len(),
        begin.elapsed().as_secs_f64()
    ));

    let program = Program::start(&url, folder.path()).await?;
    say(&format!(
        "started in {} ms, {} MB while idle",
        program.start.as_millis(),
        program.memory_mb()?
    ));
    let limit = Duration::from_secs(arguments.seconds);
    for kind in drive::Kind::ALL {
        let times = drive::ask(program.addr, &people, kind, arguments.clients, limit).await?;
        say(&format!("{:<28} {}", kind.name(), times.in_words(limit)));
    }
    say(&format!("{} MB after that", program.memory_mb()?));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a program for the command line")]
fn say(line: &str) {
    println!("{line}");
}
