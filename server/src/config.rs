//! Every setting of the server. A flag wins over its environment variable.

mod production;

use std::ffi::OsStr;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::Resettable;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use crate::client::Networks;

pub use production::UnfitForProduction;

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

    /// Folder for the embedded database and the letters that are not sent; made if it does not
    /// exist.
    #[arg(long, global = true, env = "NEUROCARE_DATA", default_value = "data")]
    pub data: PathBuf,

    /// Database, as `mysql://USER:PASSWORD@HOST/NAME`, `mariadb://…` or `sqlite://PATH`; if not
    /// given, `neurocare.sqlite` in the data folder.
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
    /// `X-Forwarded-For` whom they speak for. A network must hold no clients.
    #[arg(
        long,
        global = true,
        env = "NEUROCARE_TRUSTED_PROXIES",
        default_value = "",
        hide_default_value = true
    )]
    pub trusted_proxies: Networks,

    /// Set where none but the proxies get addresses of a network wider than `/24` (IPv6: `/64`), as
    /// in a cluster: production trusts no such network otherwise.
    #[arg(long, global = true, env = "NEUROCARE_TRUST_WIDE_NETWORKS")]
    pub trust_wide_networks: bool,

    /// Mail server, as `smtps://USER:PASSWORD@HOST` or `smtp://USER:PASSWORD@HOST?tls=required`;
    /// if not given, letters are written to `outbox` in the data folder.
    #[arg(
        long,
        global = true,
        env = "NEUROCARE_SMTP_URL",
        hide_env_values = true
    )]
    pub smtp_url: Option<String>,

    /// Whether an account can be used only after the link in its first letter was followed, and has
    /// a new address only after the link in the letter to it was; if not given, it must where
    /// letters go to a mail server. Without it, registering and then signing in tells whether an
    /// address had an account, so production does not start without it.
    #[arg(
        long,
        global = true,
        env = "NEUROCARE_CONFIRM_ADDRESSES",
        action = clap::ArgAction::Set
    )]
    pub confirm_addresses: Option<bool>,

    /// Who may make accounts: anybody, or the operator alone (`server add-account`).
    #[arg(
        long,
        global = true,
        env = "NEUROCARE_REGISTRATION",
        value_enum,
        default_value = "open"
    )]
    pub registration: Registration,

    /// Most MiB that the saved analyses of all accounts may take together, with what follow-up
    /// needs of them; no limit if not given.
    #[arg(long, global = true, env = "NEUROCARE_STORAGE_TOTAL_MIB")]
    pub storage_total_mib: Option<u32>,

    /// Sender of letters.
    #[arg(
        long,
        global = true,
        env = "NEUROCARE_LETTERS_FROM",
        default_value = "NeuroCare AI <no-reply@localhost>"
    )]
    pub letters_from: String,

    /// Who runs the service, as the page on privacy says.
    #[arg(long, global = true, env = "NEUROCARE_OPERATOR")]
    pub operator: Option<String>,

    /// How to reach them, such as an e-mail address, as that page and letters say.
    #[arg(long, global = true, env = "NEUROCARE_CONTACT")]
    pub contact: Option<String>,

    /// Seconds for which new connections are still taken after SIGTERM or Ctrl-C, while `/readyz`
    /// answers 503, so that a load balancer sends nobody here when it ends; if not given, 5 in
    /// production and none in a trial.
    #[arg(long, global = true, env = "NEUROCARE_DRAIN_SECS")]
    pub drain_secs: Option<u16>,

    /// Address and port for figures in the Prometheus format, such as `127.0.0.1:9464`; off if not
    /// given.
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
    /// Copy the embedded database to a new file and stop; a server may be running on it.
    Backup {
        /// The copy; refused if there is such a file.
        file: PathBuf,
    },
    /// Make an account, send its owner the letter behind whose link they choose a password, and
    /// stop.
    AddAccount {
        /// E-mail address of the owner.
        email: String,
    },
    /// Keep an account from being used, sign it out everywhere, and stop. Nothing of it is deleted.
    DisableAccount {
        /// Its e-mail address.
        email: String,
    },
    /// Let an account be used again, and stop.
    EnableAccount {
        /// Its e-mail address.
        email: String,
    },
    /// Switch the second factor of an account off, whose owner has neither app nor recovery codes
    /// any more, write to them about it, and stop.
    ResetSecondFactor {
        /// Its e-mail address.
        email: String,
    },
    /// End every session and every link in a letter, as after putting a backup back, and stop.
    SignOutAll,
}

/// What the service is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// One's own machine, trying things out.
    Trial,
    /// Other people's data.
    Production,
}

/// Who may make accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Registration {
    /// Anybody.
    Open,
    /// The operator.
    Closed,
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
    /// What flags say, and nothing else: tests must not depend on the variables of whoever runs
    /// them.
    ///
    /// # Errors
    /// There is no such flag, or its value cannot be taken.
    pub fn from_flags<'a>(flags: impl IntoIterator<Item = &'a str>) -> Result<Self, clap::Error> {
        let command = Self::command().mut_args(|flag| flag.env(Resettable::Reset));
        let mut matches = command.try_get_matches_from(flags)?;
        Self::from_arg_matches_mut(&mut matches)
    }

    /// What flags and environment say; ends the program, with the reason, where they cannot be
    /// taken. An empty variable is as good as none: files of variables list what is not set, too.
    pub fn from_environment() -> Self {
        let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
        let command = Self::command().mut_args(|flag| {
            if flag.get_env().is_some_and(is_empty) {
                flag.env(Resettable::Reset)
            } else {
                flag
            }
        });
        let mut matches = command.get_matches();
        Self::from_arg_matches_mut(&mut matches).unwrap_or_else(|error| error.exit())
    }

    /// Whether new accounts wait for the link in a letter.
    pub fn confirm_addresses(&self) -> bool {
        self.confirm_addresses.unwrap_or(self.smtp_url.is_some())
    }

    /// How long new connections are still taken once the server has been told to stop.
    pub fn drain(&self) -> Duration {
        let usual = match self.mode {
            Mode::Trial => 0,
            Mode::Production => 5,
        };
        Duration::from_secs(self.drain_secs.unwrap_or(usual).into())
    }

    /// Whether other machines can reach the service, and over plain HTTP only, as far as is known.
    pub fn is_reached_in_clear(&self) -> bool {
        !self.addr.ip().is_loopback()
            && !self.behind_tls
            && !self.public_url().starts_with("https://")
    }

    /// How to reach whoever runs the service; empty if they do not say so.
    pub fn contact(&self) -> &str {
        self.contact.as_deref().unwrap_or_default().trim()
    }

    /// The address of this service as people know it, without a slash at its end.
    pub fn public_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.addr),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asvs_13_4_the_default_address_is_reachable_from_this_machine_only() {
        let config = Config::from_flags(["server"]).unwrap();
        assert!(config.addr.ip().is_loopback());
        assert!(!config.behind_tls);
    }

    #[test]
    fn an_address_that_others_reach_without_tls_is_known() {
        let is_reached_in_clear = |flags: &[&str]| {
            let flags = ["server"].iter().chain(flags).copied();
            Config::from_flags(flags).unwrap().is_reached_in_clear()
        };
        assert!(!is_reached_in_clear(&[]));
        assert!(!is_reached_in_clear(&["--addr=[::1]:3000"]));
        for addr in ["--addr=0.0.0.0:3000", "--addr=192.0.2.7:3000"] {
            assert!(is_reached_in_clear(&[addr]));
            assert!(!is_reached_in_clear(&[addr, "--behind-tls"]));
            let https = "--public-url=https://neurocare.example";
            assert!(!is_reached_in_clear(&[addr, https]));
        }
    }

    #[test]
    fn settings_may_follow_the_command() {
        let config = Config::from_flags([
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

    #[test]
    fn no_proxies_may_be_said_in_either_way() {
        let proxies = |flags: &[&str]| {
            let flags = ["server"].iter().chain(flags).copied();
            Config::from_flags(flags).unwrap().trusted_proxies
        };
        assert!(proxies(&[]).is_empty());
        assert!(proxies(&["--trusted-proxies", ""]).is_empty());
        assert_eq!(proxies(&["--trusted-proxies", "10.0.0.0/8, ::1"]).len(), 2);
    }

    #[test]
    fn an_address_without_a_port_is_refused() {
        assert!(Config::from_flags(["server", "--addr", "127.0.0.1"]).is_err());
    }
}
