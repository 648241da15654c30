//! MariaDB, as installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::Engine;
use crate::command::find;

/// The installed one.
#[derive(Debug)]
pub(crate) struct MariaDb;

impl Engine for MariaDb {
    fn name(&self) -> &'static str {
        "mariadbd"
    }

    fn fill(&self, data: &str) -> anyhow::Result<Command> {
        let mut command = Command::new(program("mariadb-install-db")?);
        command.args([
            "--no-defaults",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            data,
        ]);
        Ok(command)
    }

    fn serve(&self) -> anyhow::Result<Command> {
        let mut command = Command::new(program("mariadbd")?);
        command.args(["--no-defaults", "--innodb-file-per-table=0"]);
        Ok(command)
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
