//! Every setting of the server. A flag wins over its environment variable.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::address::Network;

/// Settings; the defaults serve one machine at `http://127.0.0.1:3000`.
#[derive(Debug, Clone, Parser)]
#[command(name = "server", version, about = "The server of NeuroCare AI")]
pub struct Config {
    /// What to do; `serve` if not given.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Address and port to listen on. Only this machine can reach the default.
    #[arg(long, global = true, env = "NEUROCARE_ADDR", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)))]
    pub addr: SocketAddr,

    /// Folder of the built site (`./neurocare site` makes it).
    #[arg(long, global = true, env = "NEUROCARE_SITE", default_value = "site")]
    pub site: PathBuf,

    /// Folder for the embedded database and the letters that are not sent; made if it does not exist.
    #[arg(long, global = true, env = "NEUROCARE_DATA", default_value = "data")]
    pub data: PathBuf,

    /// Database, as `mysql://USER:PASSWORD@HOST/NAME` or `sqlite://PATH`; if not given,
    /// `neurocare.sqlite` in the data folder.
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Most connections to a MySQL or MariaDB server.
    #[arg(
        long,
        global = true,
        env = "NEUROCARE_DATABASE_CONNECTIONS",
        default_value_t = 10
    )]
    pub database_connections: u32,

    /// `production` refuses to start with settings that are only good for trying things out.
    #[arg(
        long,
        global = true,
        env = "NEUROCARE_MODE",
        value_enum,
        default_value = "trial"
    )]
    pub mode: Mode,

    /// Address of this service as people know it, for links in letters; if not given,
    /// `http://` and the address listened on.
    #[arg(long, global = true, env = "NEUROCARE_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// Set when a proxy in front serves HTTPS: browsers are then told to use nothing else.
    #[arg(long, global = true, env = "NEUROCARE_BEHIND_TLS")]
    pub behind_tls: bool,

    /// Addresses or networks of the proxies in front, with commas: only they may say in
    /// `X-Forwarded-For` whom they speak for.
    #[arg(
        long,
        global = true,
        env = "NEUROCARE_TRUSTED_PROXIES",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<Network>,

    /// Mail server, as `smtps://USER:PASSWORD@HOST` or `smtp://USER:PASSWORD@HOST?tls=required`;
    /// if not given, letters are written to `outbox` in the data folder.
    #[arg(
        long,
        global = true,
        env = "NEUROCARE_SMTP_URL",
        hide_env_values = true
    )]
    pub smtp_url: Option<String>,

    /// Whether an account can be used only after the link in its first letter was followed, and has a new
    /// address only after the link in the letter to it was; if not given, it must where letters go to a mail
    /// server. Without it, registering and then signing in tells whether an address had an account, so
    /// production does not start without it.
    #[arg(
        long,
        global = true,
        env = "NEUROCARE_CONFIRM_ADDRESSES",
        action = clap::ArgAction::Set
    )]
    pub confirm_addresses: Option<bool>,

    /// Sender of letters.
    #[arg(
        long,
        global = true,
        env = "NEUROCARE_LETTERS_FROM",
        default_value = "NeuroCare AI <no-reply@localhost>"
    )]
    pub letters_from: String,

    /// Address and port for figures in the Prometheus format, such as `127.0.0.1:9464`; off if not given.
    #[arg(long, global = true, env = "NEUROCARE_METRICS_ADDR")]
    pub metrics_addr: Option<SocketAddr>,

    /// What to log: `error`, `warn`, `info`, `debug`, or a filter such as `info,tower_http=debug`.
    #[arg(long, global = true, env = "NEUROCARE_LOG", default_value = "info")]
    pub log: String,

    /// How log lines look.
    #[arg(
        long,
        global = true,
        env = "NEUROCARE_LOG_FORMAT",
        value_enum,
        default_value = "text"
    )]
    pub log_format: LogFormat,
}

/// What the program does.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve until Ctrl-C or SIGTERM; brings the schema of an embedded database up to date first.
    Serve,
    /// Bring the schema up to date and stop.
    Migrate,
}

/// What the service is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// One's own machine, trying things out.
    Trial,
    /// Other people's data.
    Production,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// Whether new accounts wait for the link in a letter.
    pub fn confirm_addresses(&self) -> bool {
        self.confirm_addresses.unwrap_or(self.smtp_url.is_some())
    }

    /// The address of this service as people know it, without a slash at its end.
    pub fn public_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.addr),
        }
    }

    /// Holds the settings against the mode.
    ///
    /// # Errors
    /// In production, all that is missing or still as it was given for trying out.
    pub fn check(&self) -> Result<(), UnfitForProduction> {
        if self.mode == Mode::Trial {
            return Ok(());
        }
        let faults: Vec<&str> = [
            (
                !self.behind_tls,
                "NEUROCARE_BEHIND_TLS is not set: people's passwords need a proxy that serves HTTPS",
            ),
            (
                self.trusted_proxies.is_empty(),
                "NEUROCARE_TRUSTED_PROXIES is empty: without it every visitor has the proxy's address",
            ),
            (
                !self.public_url().starts_with("https://"),
                "NEUROCARE_PUBLIC_URL does not begin with https://: links in letters would not work",
            ),
            (
                self.smtp_url.is_none(),
                "NEUROCARE_SMTP_URL is missing: letters would stay on this machine",
            ),
            (
                self.confirm_addresses == Some(false),
                "NEUROCARE_CONFIRM_ADDRESSES is false: anybody could find out who has an account",
            ),
            (
                self.letters_from.contains("@localhost"),
                "NEUROCARE_LETTERS_FROM is missing: letters need a sender that can be answered",
            ),
            (
                self.database_url.as_deref().is_some_and(has_weak_password),
                "DATABASE_URL has no password, or one that everybody tries first",
            ),
        ]
        .into_iter()
        .filter_map(|(is_fault, words)| is_fault.then_some(words))
        .collect();
        if faults.is_empty() {
            Ok(())
        } else {
            Err(UnfitForProduction(faults.join("\n  ")))
        }
    }
}

/// Whether the URL of a database server comes with a password that is none.
fn has_weak_password(url: &str) -> bool {
    const FIRST_TRIED: [&str; 8] = [
        "",
        "root",
        "mysql",
        "password",
        "secret",
        "neurocare",
        "changeme",
        "admin",
    ];
    if url.starts_with("sqlite:") {
        return false;
    }
    let login = url
        .split_once("://")
        .and_then(|(_, rest)| rest.split('/').next())
        .and_then(|authority| authority.rsplit_once('@'))
        .map_or("", |(login, _)| login);
    let password = login.split_once(':').map_or("", |(_, password)| password);
    FIRST_TRIED.contains(&password)
}

/// Settings that production does not start with.
#[derive(Debug, thiserror::Error)]
#[error("these settings are not fit for NEUROCARE_MODE=production:\n  {0}")]
pub struct UnfitForProduction(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asvs_13_4_the_default_address_is_reachable_from_this_machine_only() {
        let config = Config::try_parse_from(["server"]).unwrap();
        assert!(config.addr.ip().is_loopback());
        assert!(!config.behind_tls);
    }

    #[test]
    fn settings_may_follow_the_command() {
        let config = Config::try_parse_from([
            "server",
            "serve",
            "--addr",
            "127.0.0.1:4000",
            "--log-format",
            "json",
        ])
        .unwrap();
        assert_eq!(config.addr.port(), 4000);
        assert_eq!(config.log_format, LogFormat::Json);
    }

    const PRODUCTION: [&str; 14] = [
        "server",
        "--mode=production",
        "--behind-tls",
        "--trusted-proxies",
        "10.0.0.0/8,::1",
        "--public-url",
        "https://neurocare.example/",
        "--smtp-url",
        "smtps://user:secret@mail.example",
        "--letters-from",
        "NeuroCare AI <no-reply@neurocare.example>",
        "--database-url",
        "mysql://neurocare:uGh3yiuCh6ie@db/neurocare",
        "serve",
    ];

    #[test]
    fn asvs_13_1_production_takes_complete_settings() {
        let config = Config::try_parse_from(PRODUCTION).unwrap();
        assert!(config.check().is_ok());
        assert_eq!(config.public_url(), "https://neurocare.example");
    }

    #[test]
    fn asvs_13_1_production_refuses_what_is_missing_or_still_the_default() {
        let trial = Config::try_parse_from(["server"]).unwrap();
        assert!(trial.check().is_ok());
        let bare = Config::try_parse_from(["server", "--mode=production"]).unwrap();
        let error = bare.check().unwrap_err().to_string();
        for name in [
            "BEHIND_TLS",
            "TRUSTED_PROXIES",
            "PUBLIC_URL",
            "SMTP_URL",
            "LETTERS_FROM",
        ] {
            assert!(error.contains(name), "{name} is not in {error}");
        }
        let mut config = Config::try_parse_from(PRODUCTION).unwrap();
        config.confirm_addresses = Some(false);
        let error = config.check().unwrap_err().to_string();
        assert!(error.contains("CONFIRM_ADDRESSES"), "{error}");
        for url in [
            "mysql://root@db/x",
            "mysql://a:secret@db/x",
            "mysql://db/x",
            "mysql://a:@db/x",
        ] {
            let mut config = Config::try_parse_from(PRODUCTION).unwrap();
            config.database_url = Some(url.into());
            let error = config.check().unwrap_err().to_string();
            assert!(error.contains("DATABASE_URL"), "{url}: {error}");
            assert!(!error.contains(url), "{error}");
        }
    }

    #[test]
    fn an_address_without_a_port_is_refused() {
        assert!(Config::try_parse_from(["server", "--addr", "127.0.0.1"]).is_err());
    }
}
