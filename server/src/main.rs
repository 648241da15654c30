//! `server` (or `server serve`) serves; `server migrate` brings the schema up to date.

use clap::Parser;
use server::config::{Command, Config};
use server::store::{Store, schema};
use server::{log, serve};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    log::start(&config)?;
    match config.command.as_ref().unwrap_or(&Command::Serve) {
        Command::Serve => serve::serve(config).await,
        Command::Migrate => {
            let store = Store::open(&config).await?;
            let version = schema::migrate(&store).await?;
            tracing::info!(schema.version = version, "the schema is up to date");
            Ok(())
        }
    }
}
