//! The server as a process of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A running server; dropping it kills it.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    /// Where it listens.
    pub(crate) addr: SocketAddr,
    /// From the call to the line that says where.
    pub(crate) start: Duration,
}

impl Program {
    /// Starts the optimised server that lies beside this program.
    pub(crate) async fn start(url: &str, folder: &Path) -> anyhow::Result<Self> {
        let here = std::env::current_exe()?;
        let server = here
            .parent()
            .and_then(Path::parent)
            .context("this program lies nowhere")?
            .join("server");
        if !server.is_file() {
            bail!("first: cargo build --release -p server");
        }
        std::fs::create_dir_all(folder.join("site/pkg"))?;
        let begin = Instant::now();
        let mut child = Command::new(server)
            .args(["serve", "--addr", "127.0.0.1:0"])
            .env("DATABASE_URL", url)
            .env("NEUROCARE_SITE", folder.join("site"))
            .env("NEUROCARE_DATA", folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let log = child.stderr.take().context("no log")?;
        let mut lines = BufReader::new(log).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some((_, addr)) = line.split_once("NeuroCare AI is at http://") {
                let start = begin.elapsed();
                let addr = addr.trim().parse()?;
                // Whoever writes to a pipe that nobody reads waits for ever.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Self { child, addr, start });
            }
        }
        bail!("the server did not start")
    }

    /// Memory that it holds.
    pub(crate) fn memory_mb(&self) -> anyhow::Result<u64> {
        let id = self.child.id().context("the server has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let kilobytes: u64 = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().strip_suffix(" kB"))
            .context("this system does not tell the memory of a process")?
            .parse()?;
        Ok(kilobytes / 1024)
    }
}
