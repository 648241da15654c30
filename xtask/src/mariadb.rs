//! A MariaDB for the tests: a folder, a socket and a port of its own, gone when they are done.

use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use crate::command::{self, find};

/// How long a start may take on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(2);

/// What makes it quick; nothing in it is meant to survive, and it serves this machine only.
const SETTINGS: [&str; 7] = [
    "--bind-address=127.0.0.1",
    "--innodb-buffer-pool-size=64M",
    "--innodb-file-per-table=0",
    "--innodb-flush-log-at-trx-commit=2",
    "--max-connections=800",
    "--performance-schema=off",
    "--skip-log-bin",
];

/// A running server; dropping it stops it.
#[derive(Debug)]
pub(crate) struct MariaDb {
    server: Child,
    port: u16,
    folder: TempDir,
}

impl MariaDb {
    /// The environment variable by which tests find it.
    pub(crate) const VARIABLE: &str = "NEUROCARE_TEST_MYSQL";

    /// Makes a new server and waits until it answers.
    ///
    /// # Errors
    /// It is not installed, or does not start; the message has the end of its log.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("neurocare-mariadb-")
            .tempdir()?;
        let data = format!("--datadir={}", folder.path().join("data").display());
        // It refuses to run as root unless told to.
        let user = command::read(Command::new("id").arg("-un"))?;
        let user = format!("--user={}", user.trim());
        command::read(Command::new(program("mariadb-install-db")?).args([
            "--no-defaults",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            &data,
            &user,
        ]))?;
        let port = free_port()?;
        let log = std::fs::File::create(folder.path().join("log"))?;
        let server = Command::new(program("mariadbd")?)
            .arg("--no-defaults")
            .args(SETTINGS)
            .args([data, user, format!("--port={port}")])
            .arg(format!(
                "--socket={}",
                folder.path().join("socket").display()
            ))
            .arg(format!(
                "--pid-file={}",
                folder.path().join("pid").display()
            ))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("cannot start mariadbd")?;
        let mut started = Self {
            server,
            port,
            folder,
        };
        started.wait()?;
        Ok(started)
    }

    /// Its URL, without a database.
    pub(crate) fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}", self.port)
    }

    /// Waits for its greeting.
    fn wait(&mut self) -> anyhow::Result<()> {
        let begin = Instant::now();
        while begin.elapsed() < START_LIMIT {
            if let Some(status) = self.server.try_wait()? {
                bail!("mariadbd ended ({status}):\n{}", self.log());
            }
            if greets(self.port) {
                return Ok(());
            }
            sleep(Duration::from_millis(100));
        }
        bail!("mariadbd does not answer:\n{}", self.log())
    }

    /// The end of its log.
    fn log(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines
            .get(lines.len().saturating_sub(20)..)
            .unwrap_or_default()
            .join("\n")
    }
}

impl Drop for MariaDb {
    /// Nothing is to be kept, so nothing is waited for.
    fn drop(&mut self) {
        if self.server.kill().is_ok() {
            // It was killed; how it ended says nothing.
            drop(self.server.wait());
        }
    }
}

/// Whether its programs are there.
pub(crate) fn is_installed() -> bool {
    ["mariadbd", "mariadb-install-db", "my_print_defaults"]
        .iter()
        .all(|name| program(name).is_ok())
}

/// Debian keeps servers where only root's `PATH` leads.
fn program(name: &str) -> anyhow::Result<PathBuf> {
    find(name)
        .or_else(|| {
            let path = Path::new("/usr/sbin").join(name);
            path.is_file().then_some(path)
        })
        .with_context(|| format!("{name} is not installed: ./neurocare setup"))
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

fn greets(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok_and(|mut stream| {
        stream
            .set_read_timeout(Some(Duration::from_secs(1)))
            .is_ok()
            && stream.read(&mut [0; 16]).is_ok_and(|bytes| bytes > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_answers_until_it_is_dropped() {
        if !is_installed() {
            return;
        }
        let server = MariaDb::start().unwrap();
        let (port, folder) = (server.port, server.folder.path().to_owned());
        assert!(greets(port));
        drop(server);
        assert!(!greets(port));
        assert!(!folder.exists());
    }

    #[test]
    fn only_a_server_that_greets_is_ready() {
        assert!(!greets(free_port().unwrap()));
    }
}
