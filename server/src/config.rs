//! Every setting of the server. A flag wins over its environment variable.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

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

    /// Folder for the embedded database; made if it does not exist.
    #[arg(long, global = true, env = "NEUROCARE_DATA", default_value = "data")]
    pub data: PathBuf,

    /// Database, as `sqlite://PATH`; if not given, `neurocare.sqlite` in the data folder.
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Set when a proxy in front serves HTTPS: browsers are then told to use nothing else.
    #[arg(long, global = true, env = "NEUROCARE_BEHIND_TLS")]
    pub behind_tls: bool,

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
    /// Bring the schema up to date, then serve until Ctrl-C or SIGTERM.
    Serve,
    /// Bring the schema up to date and stop.
    Migrate,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

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

    #[test]
    fn an_address_without_a_port_is_refused() {
        assert!(Config::try_parse_from(["server", "--addr", "127.0.0.1"]).is_err());
    }
}
