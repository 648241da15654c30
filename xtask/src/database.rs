//! A database server for the tests: a folder, a socket and a port of its own, gone when they are
//! done.

pub(crate) mod mariadb;
pub(crate) mod mysql;

use std::io::Read as _;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use crate::address::free_address;
use crate::command;

/// How long a start may take on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(2);

/// A folder whose files are in memory: a disk is waited for at every change of a schema, of which each
/// test makes dozens.
const IN_MEMORY: &str = "/dev/shm";

/// What there must be of it; the databases of all tests take up to 0.8 GB.
const ROOM_MIB: u64 = 2048;

/// What makes either engine quick; nothing in it is meant to survive, and it serves this machine
/// only.
const SETTINGS: [&str; 6] = [
    "--bind-address=127.0.0.1",
    "--innodb-buffer-pool-size=64M",
    "--innodb-flush-log-at-trx-commit=2",
    "--max-connections=800",
    "--performance-schema=off",
    "--skip-log-bin",
];

/// How the programs of an engine are called.
pub(crate) trait Engine {
    /// For people.
    fn name(&self) -> &'static str;

    /// What fills the empty folder named by `data` (an option with its value).
    ///
    /// # Errors
    /// It is not installed.
    fn fill(&self, data: &str) -> anyhow::Result<Command>;

    /// The server, but for its folder, port and socket.
    ///
    /// # Errors
    /// It is not installed.
    fn serve(&self) -> anyhow::Result<Command>;
}

/// A running server; dropping it stops it.
#[derive(Debug)]
pub(crate) struct Database {
    server: Child,
    addr: SocketAddr,
    folder: TempDir,
}

impl Database {
    /// The environment variable by which tests find it.
    pub(crate) const VARIABLE: &str = "NEUROCARE_TEST_MYSQL";

    /// Makes a new server and waits until it answers.
    ///
    /// # Errors
    /// It is not installed, or does not start; the message has the end of its log.
    pub(crate) fn start(engine: &impl Engine) -> anyhow::Result<Self> {
        let name = engine.name();
        let folder = tempfile::Builder::new()
            .prefix("neurocare-database-")
            .tempdir_in(place())?;
        let path = |option: &str, file: &str| {
            let file = folder.path().join(file);
            format!("--{option}={}", file.display())
        };
        let data = path("datadir", "data");
        // They refuse to run as root unless told to.
        let user = command::read(Command::new("id").arg("-un"))?;
        let user = format!("--user={}", user.trim());
        // A server that starts takes away the temporary tables of all others that share this folder.
        let passing = [("TMPDIR", folder.path())];
        command::read(engine.fill(&data)?.arg(&user).envs(passing))?;
        let addr = free_address()?;
        let log = std::fs::File::create(folder.path().join("log"))?;
        let server = engine
            .serve()?
            .args(SETTINGS)
            .args([&data, &user, &format!("--port={}", addr.port())])
            .args([path("socket", "socket"), path("pid-file", "pid")])
            .envs(passing)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let mut started = Self {
            server,
            addr,
            folder,
        };
        started.wait(name)?;
        Ok(started)
    }

    /// Its URL, without a database.
    pub(crate) fn url(&self) -> String {
        format!("mysql://root@{}", self.addr)
    }

    /// Waits for its greeting.
    fn wait(&mut self, name: &str) -> anyhow::Result<()> {
        let begin = Instant::now();
        while begin.elapsed() < START_LIMIT {
            if let Some(status) = self.server.try_wait()? {
                bail!("{name} ended ({status}):\n{}", self.log());
            }
            if greets(self.addr) {
                return Ok(());
            }
            sleep(Duration::from_millis(100));
        }
        bail!("{name} does not answer:\n{}", self.log())
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

impl Drop for Database {
    /// Nothing is to be kept, so nothing is waited for.
    fn drop(&mut self) {
        if self.server.kill().is_ok() {
            // It was killed; how it ended says nothing.
            drop(self.server.wait());
        }
    }
}

/// In memory, where there is room.
fn place() -> PathBuf {
    let mut free = Command::new("df");
    free.args(["--block-size=1M", "--output=avail", IN_MEMORY]);
    let told = command::read(&mut free).unwrap_or_default();
    // Below a head.
    let mib = told
        .lines()
        .last()
        .and_then(|line| line.trim().parse().ok());
    if mib.is_some_and(|mib: u64| mib >= ROOM_MIB) {
        PathBuf::from(IN_MEMORY)
    } else {
        std::env::temp_dir()
    }
}

fn greets(addr: SocketAddr) -> bool {
    TcpStream::connect_timeout(&addr, Duration::from_secs(1)).is_ok_and(|mut stream| {
        stream
            .set_read_timeout(Some(Duration::from_secs(1)))
            .is_ok()
            && stream.read(&mut [0; 16]).is_ok_and(|bytes| bytes > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::mariadb::MariaDb;
    use super::*;

    #[test]
    fn a_server_answers_until_it_is_dropped() {
        if !mariadb::is_installed() {
            eprintln!("MariaDB is not installed: nothing is tested");
            return;
        }
        let server = Database::start(&MariaDb).unwrap();
        let (addr, folder) = (server.addr, server.folder.path().to_owned());
        assert!(greets(addr));
        drop(server);
        assert!(!greets(addr));
        assert!(!folder.exists());
    }

    #[test]
    fn only_a_server_that_greets_is_ready() {
        assert!(!greets(free_address().unwrap()));
    }
}
