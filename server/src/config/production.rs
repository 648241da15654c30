//! What production does not start with, and what is warned of where a service looks like one
//! without being called so.

use std::net::IpAddr;
use std::str::FromStr as _;

use axum::http::Uri;
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};

use super::{Config, Mode};
use crate::client::Network;

impl Config {
    /// Holds the settings against the mode.
    ///
    /// # Errors
    /// In production, all that is missing or still as it was given for trying out.
    pub fn check(&self) -> Result<(), UnfitForProduction> {
        let faults = self.faults();
        if self.mode == Mode::Trial || faults.is_empty() {
            Ok(())
        } else {
            Err(UnfitForProduction(faults.join("\n  ")))
        }
    }

    /// What the operator should know, though the server starts with it.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.is_reached_in_clear() {
            warnings.push(
                "other machines reach this service over plain HTTP: their browsers drop the session's cookie, so \
                 that nobody there stays signed in, and offer no WebGPU. Put a proxy with HTTPS in front, and set \
                 NEUROCARE_BEHIND_TLS"
                    .to_owned(),
            );
        }
        if self.mode == Mode::Trial && self.is_behind_https() {
            let head = "this service looks like one for other people, and NEUROCARE_MODE is not production";
            let faults = self.faults();
            warnings.push(if faults.is_empty() {
                head.to_owned()
            } else {
                format!(
                    "{head}, which would not start with these settings:\n  {}",
                    faults.join("\n  ")
                )
            });
        }
        if let Some(addr) = self.metrics_addr.filter(|addr| !addr.ip().is_loopback()) {
            warnings.push(format!(
                "whoever reaches {addr} sees the figures: NEUROCARE_METRICS_ADDR asks nobody for a password. Listen on \
                 127.0.0.1, or let a firewall decide who gets there"
            ));
        }
        warnings
    }

    /// Whether people reach it by HTTPS, as far as is known.
    fn is_behind_https(&self) -> bool {
        self.behind_tls || self.public_url().starts_with("https://")
    }

    /// What is missing for production, or still as it was given for trying out.
    fn faults(&self) -> Vec<&'static str> {
        let all = [
            (
                !self.behind_tls,
                "NEUROCARE_BEHIND_TLS is not set: people's passwords need a proxy that serves HTTPS",
            ),
            (
                self.trusted_proxies.is_empty(),
                "NEUROCARE_TRUSTED_PROXIES is empty: without it every visitor has the proxy's address",
            ),
            (
                self.trusted_proxies.iter().any(Network::is_too_wide),
                "NEUROCARE_TRUSTED_PROXIES names a network wider than /8 (IPv6: /16): whoever is in it may write any address, and is held up by nothing that counts addresses. Name the proxies alone",
            ),
            (
                !self.trust_wide_networks
                    && self
                        .trusted_proxies
                        .iter()
                        .any(|it| it.is_wide() && !it.is_too_wide()),
                "NEUROCARE_TRUSTED_PROXIES names a network wider than /24 (IPv6: /64), which must hold no clients: whoever is in it may write any address, and is held up by nothing that counts addresses. Name the proxies by their addresses; where none but proxies get addresses of that network, as in a cluster, set NEUROCARE_TRUST_WIDE_NETWORKS",
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
                self.smtp_url.as_deref().is_some_and(sends_in_clear),
                "NEUROCARE_SMTP_URL must begin with smtps:// or end with ?tls=required: letters hold links for \
                 new passwords, which anybody on the way to the mail server could read",
            ),
            (
                self.confirm_addresses == Some(false),
                "NEUROCARE_CONFIRM_ADDRESSES is false: anybody could find out who has an account",
            ),
            (
                self.letters_from.contains("@localhost"),
                "NEUROCARE_LETTERS_FROM is missing: mail servers refuse letters from an address that does not exist",
            ),
            (
                self.database_url.as_deref().is_some_and(has_weak_password),
                "DATABASE_URL has no password, or one that everybody tries first",
            ),
            (
                self.database_url.as_deref().is_some_and(trusts_any_server),
                "DATABASE_URL needs ?ssl-mode=VERIFY_IDENTITY (or VERIFY_CA): without it, anybody on the way to \
                 the database could read everything or pretend to be it. A certificate of your own goes into \
                 &ssl-ca=FILE; on this machine none is needed",
            ),
        ];
        let faults = all.into_iter();
        faults
            .filter_map(|(is_fault, words)| is_fault.then_some(words))
            .collect()
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

/// Whether letters on their way to the mail server of a URL may be read by others.
fn sends_in_clear(url: &str) -> bool {
    if url.starts_with("smtps:") {
        return false;
    }
    // What cannot be read here is not known to be safe.
    let Ok(url) = url.parse::<Uri>() else {
        return true;
    };
    // The mail library, too, takes the first.
    let tls = url
        .query()
        .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("tls=")));
    tls != Some("required") && !url.host().is_some_and(is_this_machine)
}

/// Whether the database server of a URL need not show who it is, though it is another machine.
fn trusts_any_server(url: &str) -> bool {
    if url.starts_with("sqlite:") {
        return false;
    }
    // One that cannot be read is refused with a reason where it is opened.
    MySqlConnectOptions::from_str(url).is_ok_and(|options| {
        let is_near = options.get_socket().is_some() || is_this_machine(options.get_host());
        let is_verified = matches!(
            options.get_ssl_mode(),
            MySqlSslMode::VerifyCa | MySqlSslMode::VerifyIdentity
        );
        !is_near && !is_verified
    })
}

/// Whether a host is this machine: what is sent to it is on no line.
fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Settings that production does not start with.
#[derive(Debug, thiserror::Error)]
#[error("these settings are not fit for NEUROCARE_MODE=production:\n  {0}")]
pub struct UnfitForProduction(String);

#[cfg(test)]
mod tests {
    use super::*;

    const PRODUCTION: [&str; 14] = [
        "server",
        "--mode=production",
        "--behind-tls",
        "--trusted-proxies",
        "10.0.0.7,::1",
        "--public-url",
        "https://neurocare.example/",
        "--smtp-url",
        "smtps://user:secret@mail.example",
        "--letters-from",
        "NeuroCare AI <no-reply@neurocare.example>",
        "--database-url",
        "mysql://neurocare:uGh3yiuCh6ie@db/neurocare?ssl-mode=VERIFY_IDENTITY",
        "serve",
    ];

    #[test]
    fn asvs_13_1_production_takes_complete_settings() {
        let config = Config::from_flags(PRODUCTION).unwrap();
        assert!(config.check().is_ok());
        assert_eq!(config.public_url(), "https://neurocare.example");
    }

    #[test]
    fn asvs_13_1_production_refuses_what_is_missing_or_still_the_default() {
        let trial = Config::from_flags(["server"]).unwrap();
        assert!(trial.check().is_ok());
        let bare = Config::from_flags(["server", "--mode=production"]).unwrap();
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
        let mut config = Config::from_flags(PRODUCTION).unwrap();
        config.confirm_addresses = Some(false);
        let error = config.check().unwrap_err().to_string();
        assert!(error.contains("CONFIRM_ADDRESSES"), "{error}");
        for url in [
            "mysql://root@db/x",
            "mysql://a:secret@db/x",
            "mysql://db/x",
            "mysql://a:@db/x",
        ] {
            let mut config = Config::from_flags(PRODUCTION).unwrap();
            config.database_url = Some(url.into());
            let error = config.check().unwrap_err().to_string();
            assert!(error.contains("DATABASE_URL"), "{url}: {error}");
            assert!(!error.contains(url), "{error}");
        }
    }

    /// What production says to other settings of one kind.
    fn faults(change: impl FnOnce(&mut Config)) -> String {
        let mut config = Config::from_flags(PRODUCTION).unwrap();
        change(&mut config);
        config
            .check()
            .err()
            .map_or(String::new(), |e| e.to_string())
    }

    /// All that is warned of with these flags.
    fn warnings(flags: &[&str]) -> String {
        let flags = ["server"].iter().chain(flags).copied();
        Config::from_flags(flags).unwrap().warnings().join("\n")
    }

    #[test]
    fn asvs_13_1_a_service_behind_https_that_is_not_in_production_is_warned_of() {
        assert_eq!(warnings(&[]), "");
        for https in ["--behind-tls", "--public-url=https://neurocare.example"] {
            let words = warnings(&[https]);
            assert!(
                words.contains("NEUROCARE_MODE is not production"),
                "{words}"
            );
            assert!(words.contains("NEUROCARE_TRUSTED_PROXIES"), "{words}");
        }
        let fit: Vec<&str> = PRODUCTION[2..].to_vec();
        let words = warnings(&fit);
        assert!(
            words.ends_with("NEUROCARE_MODE is not production"),
            "{words}"
        );
        assert_eq!(warnings(&PRODUCTION[1..]), "");
    }

    #[test]
    fn asvs_13_4_5_figures_that_others_reach_are_warned_of() {
        for (addr, is_warned) in [
            ("127.0.0.1:9464", false),
            ("[::1]:9464", false),
            ("0.0.0.0:9464", true),
            ("10.0.0.7:9464", true),
        ] {
            let words = warnings(&["--metrics-addr", addr]);
            assert_eq!(
                words.contains("NEUROCARE_METRICS_ADDR"),
                is_warned,
                "{addr}: {words}"
            );
        }
    }

    #[test]
    fn asvs_4_1_3_production_does_not_trust_everybody_to_be_a_proxy() {
        for (proxies, is_fit, is_fit_if_said) in [
            ("10.0.0.7", true, true),
            ("10.0.0.0/24,fd00::/64", true, true),
            ("10.0.0.0/23", false, true),
            ("10.0.0.7,fd00::/63", false, true),
            ("10.0.0.0/8,fd00::/16", false, true),
            ("0.0.0.0/0", false, false),
            ("10.0.0.7, ::/0", false, false),
            ("0.0.0.0/1,128.0.0.0/1", false, false),
        ] {
            for (is_said, is_fit) in [(false, is_fit), (true, is_fit_if_said)] {
                let faults = faults(|config| {
                    config.trusted_proxies = proxies.parse().unwrap();
                    config.trust_wide_networks = is_said;
                });
                assert_eq!(!faults.contains("TRUSTED_PROXIES"), is_fit, "{proxies}");
            }
        }
    }

    #[test]
    fn asvs_12_3_production_sends_letters_under_tls_only() {
        for (url, is_fit) in [
            ("smtps://u:p@mail.example", true),
            ("smtp://u:p@mail.example?tls=required", true),
            ("smtp://u:p@mail.example:587/?x=1&tls=required", true),
            ("smtp://localhost", true),
            ("smtp://127.0.0.1:25", true),
            ("smtp://[::1]:25", true),
            ("smtp://u:p@mail.example", false),
            ("smtp://u:p@mail.example?tls=opportunistic", false),
            ("smtp://u:p@localhost.example", false),
            ("smtp://10.0.0.1", false),
            ("smtp://u: p@mail.example", false),
        ] {
            let faults = faults(|config| config.smtp_url = Some(url.into()));
            assert_eq!(!faults.contains("NEUROCARE_SMTP_URL"), is_fit, "{url}");
        }
    }

    #[test]
    fn asvs_12_3_production_asks_a_database_on_another_machine_who_it_is() {
        for (rest, is_fit) in [
            ("db/x?ssl-mode=VERIFY_IDENTITY", true),
            ("db/x?ssl-mode=verify_ca&ssl-ca=ca.pem", true),
            ("localhost/x", true),
            ("127.0.0.1:3307/x", true),
            ("[::1]/x", true),
            ("db/x?socket=/run/mysqld/mysqld.sock", true),
            ("db/x", false),
            ("db/x?ssl-mode=REQUIRED", false),
            ("10.0.0.7/x?ssl-mode=DISABLED", false),
        ] {
            let url = format!("mysql://a:uGh3yiuCh6ie@{rest}");
            let faults = faults(|config| config.database_url = Some(url));
            assert_eq!(faults.is_empty(), is_fit, "{rest}: {faults}");
        }
        let file = Some("sqlite:///srv/neurocare.sqlite".to_owned());
        assert_eq!(faults(|config| config.database_url = file), "");
    }
}
