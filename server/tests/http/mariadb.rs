//! A MariaDB of a test's own, which it may kill. Tests on MySQL start one as well: what is tested
//! is how the service takes the loss of its database, whichever it was.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::{Connection as _, MySqlConnection};
use tempfile::TempDir;

use crate::service::mysql;

/// How long a start may take on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(3);

pub(crate) struct MariaDb {
    folder: TempDir,
    port: u16,
    process: Child,
}

impl MariaDb {
    /// A new one; `None` where the tests run on SQLite.
    pub(crate) async fn start() -> Option<Self> {
        mysql()?;
        let folder = tempfile::tempdir().unwrap();
        let installed = command("mariadb-install-db", &folder)
            .args(["--no-defaults", "--auth-root-authentication-method=normal"])
            .args(["--skip-test-db", "--user=root"])
            .arg(format!(
                "--datadir={}",
                folder.path().join("data").display()
            ))
            .output()
            .unwrap();
        let words = [installed.stdout, installed.stderr].concat();
        assert!(
            installed.status.success(),
            "mariadb-install-db: {}",
            String::from_utf8_lossy(&words)
        );
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let mut server = Self {
            process: run(&folder, port),
            folder,
            port,
        };
        server.wait().await;
        Some(server)
    }

    /// Its URL, without a database.
    pub(crate) fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}", self.port)
    }

    /// SIGKILL: it has no time to finish anything.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again on the same files and port.
    pub(crate) async fn restart(&mut self) {
        self.process = run(&self.folder, self.port);
        self.wait().await;
    }

    async fn wait(&mut self) {
        let begin = Instant::now();
        while MySqlConnection::connect(&self.url()).await.is_err() {
            assert!(self.process.try_wait().unwrap().is_none(), "it ended");
            assert!(begin.elapsed() < START_LIMIT, "it does not answer");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn run(folder: &TempDir, port: u16) -> Child {
    let path = |name: &str| folder.path().join(name).display().to_string();
    command("mariadbd", folder)
        .args(["--no-defaults", "--bind-address=127.0.0.1", "--user=root"])
        .args(["--innodb-buffer-pool-size=32M", "--performance-schema=off"])
        .arg(format!("--datadir={}", path("data")))
        .arg(format!("--socket={}", path("socket")))
        .arg(format!("--pid-file={}", path("pid")))
        .arg(format!("--port={port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// With a folder of its own for what passes: one that starts takes away the temporary tables of all
/// others that share it.
fn command(name: &str, folder: &TempDir) -> Command {
    let mut command = Command::new(program(name));
    command.env("TMPDIR", folder.path());
    command
}

/// Debian keeps servers where only root's `PATH` leads.
fn program(name: &str) -> PathBuf {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];
    let mut places = folders
        .iter()
        .map(|folder| PathBuf::from(folder).join(name));
    places
        .find(|path| path.is_file())
        .unwrap_or_else(|| name.into())
}
