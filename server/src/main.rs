//! `server` (or `server serve`) serves; `server migrate` brings the schema up to date;
//! `server backup FILE` copies an embedded database; `server add-account EMAIL` makes an account,
//! `disable-account EMAIL` and `enable-account EMAIL` say whether it can be used,
//! `reset-second-factor EMAIL` lets its owner sign in with the password alone;
//! `server sign-out-all` ends every session.

use server::config::{Command, Config};
use server::store::{Store, schema};
use server::{log, operator, serve};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::from_environment();
    log::start(&config)?;
    match config.command.as_ref().unwrap_or(&Command::Serve) {
        Command::Serve => serve::serve(config).await,
        Command::Migrate => {
            let store = Store::open(&config).await?;
            let version = schema::migrate(&store).await?;
            tracing::info!(schema.version = version, "the schema is up to date");
            Ok(())
        }
        Command::Backup { file } => {
            Store::open(&config).await?.back_up(file).await?;
            tracing::info!("the backup is in {}", file.display());
            Ok(())
        }
        Command::AddAccount { email } => {
            operator::add_account(&config, email).await?;
            tracing::info!("the account was made, and its owner was written to");
            Ok(())
        }
        Command::DisableAccount { email } => {
            operator::disable_account(&config, email).await?;
            tracing::info!("the account is disabled and signed out everywhere");
            Ok(())
        }
        Command::EnableAccount { email } => {
            operator::enable_account(&config, email).await?;
            tracing::info!("the account can be used again");
            Ok(())
        }
        Command::ResetSecondFactor { email } => {
            operator::reset_second_factor(&config, email).await?;
            tracing::info!("signing in asks for no code any more, and the owner was written to");
            Ok(())
        }
        Command::SignOutAll => {
            Store::open(&config).await?.sign_everybody_out().await?;
            tracing::info!("everybody is signed out");
            Ok(())
        }
    }
}
