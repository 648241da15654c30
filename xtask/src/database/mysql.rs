//! MySQL: as installed, or, since Debian's releases have none, from Debian's unstable archive with
//! all that it needs, in a folder of its own. Nothing of it is installed on the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use super::Engine;
use crate::command::{self, find};
use crate::progress::say;
use crate::project::Project;

/// Debian's package with the server alone.
const PACKAGE: &str = "mysql-server-core";

/// Where Debian keeps the keys of its archives.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// The machine's own settings are not for the tests; it must come first.
const NO_DEFAULTS: &str = "--no-defaults";

/// A MySQL server program.
#[derive(Debug)]
pub(crate) struct MySql {
    /// The program and its first arguments.
    line: Vec<String>,
}

impl MySql {
    /// The installed one, the one fetched before, or one that is fetched now.
    ///
    /// # Errors
    /// There is none, and it cannot be fetched here; the message says why.
    pub(crate) fn find(project: &Project) -> anyhow::Result<Self> {
        if let Some(installed) = installed() {
            return Ok(Self {
                line: vec![installed.display().to_string(), NO_DEFAULTS.to_owned()],
            });
        }
        let folder = project.target.join("mysql");
        let root = folder.join("root");
        if !root.exists() {
            say("fetching MySQL from Debian's unstable archive, into the build folder");
            fetch(&folder, &root)?;
        }
        Self::unpacked(&root)
    }

    /// Runs with the libraries it came with, through their own loader: the machine's are older.
    fn unpacked(root: &Path) -> anyhow::Result<Self> {
        let libraries = entry(&root.join("usr/lib"), |name| name.ends_with("-linux-gnu"))?;
        let loader = entry(&libraries, |name| name.starts_with("ld-linux"))?;
        let usr = |path: &str| root.join("usr").join(path).display().to_string();
        Ok(Self {
            line: vec![
                loader.display().to_string(),
                "--library-path".to_owned(),
                format!("{}:{}", libraries.display(), usr("lib/mysql/private")),
                usr("sbin/mysqld"),
                NO_DEFAULTS.to_owned(),
                format!("--lc-messages-dir={}", usr("share/mysql")),
                format!("--plugin-dir={}", usr("lib/mysql/plugin")),
            ],
        })
    }

    fn command(&self) -> Command {
        let mut words = self.line.iter();
        let mut command = Command::new(words.next().map_or("mysqld", String::as_str));
        command.args(words).arg("--secure-file-priv=NULL");
        command
    }
}

impl Engine for MySql {
    fn name(&self) -> &'static str {
        "mysqld"
    }

    fn fill(&self, data: &str) -> anyhow::Result<Command> {
        let mut command = self.command();
        command.args(["--initialize-insecure", data]);
        Ok(command)
    }

    fn serve(&self) -> anyhow::Result<Command> {
        let mut command = self.command();
        command.arg("--mysqlx=OFF");
        Ok(command)
    }
}

/// `mysqld` on the `PATH`, unless it is MariaDB under that name.
fn installed() -> Option<PathBuf> {
    let path = find("mysqld")?;
    let version = command::read(Command::new(&path).arg("--version")).ok()?;
    (!version.contains("MariaDB")).then_some(path)
}

/// Fetches the package and what it needs, and unpacks all of it into `root`.
fn fetch(folder: &Path, root: &Path) -> anyhow::Result<()> {
    if find("apt-get").is_none() {
        bail!("MySQL is not installed, and without apt-get it cannot be fetched");
    }
    let work = tempfile::Builder::new()
        .prefix("neurocare-apt-")
        .tempdir()?;
    let file = |name: &str| work.path().join(name);
    for name in ["lists/partial", "archives/partial"] {
        fs::create_dir_all(file(name))?;
    }
    // As on a machine without any package: all that the server needs comes along.
    fs::write(file("status"), "")?;
    let source = format!("deb [signed-by={KEYRING}] {} unstable main\n", archive()?);
    fs::write(file("sources.list"), source)?;
    let apt = |arguments: &[&str]| {
        let option = |key: &str, name: &str| format!("{key}={}", file(name).display());
        let options = [
            option("Dir::Etc::SourceList", "sources.list"),
            "Dir::Etc::SourceParts=-".to_owned(),
            option("Dir::State::Lists", "lists"),
            option("Dir::State::Status", "status"),
            option("Dir::Cache", "."),
            option("Dir::Cache::Archives", "archives"),
            "APT::Sandbox::User=root".to_owned(),
            "Acquire::http::Timeout=30".to_owned(),
            "Acquire::Retries=2".to_owned(),
        ];
        let mut command = Command::new("apt-get");
        for option in &options {
            command.args(["-o", option]);
        }
        command::read(command.args(["-qq", "-y"]).args(arguments))
    };
    apt(&["update"])?;
    apt(&[
        "install",
        "--no-install-recommends",
        "--download-only",
        PACKAGE,
    ])?;
    let partial = folder.join("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    fs::create_dir_all(&partial)?;
    for package in fs::read_dir(file("archives"))? {
        let package = package?.path();
        if package.extension().is_some_and(|ending| ending == "deb") {
            command::read(
                Command::new("dpkg-deb")
                    .arg("-x")
                    .args([&package, &partial]),
            )?;
        }
    }
    // Only what is complete gets the name by which it is found.
    fs::rename(&partial, root)?;
    Ok(())
}

/// The archive that this machine's own packages come from.
fn archive() -> anyhow::Result<String> {
    let archives = command::read(Command::new("apt-get").args([
        "indextargets",
        "--format",
        "$(REPO_URI)",
        "Created-By: Packages",
        "Label: Debian",
        "Component: main",
    ]))?;
    let first = archives.lines().next();
    Ok(first
        .context("MySQL is not installed, and this machine knows no archive of Debian's")?
        .to_owned())
}

/// The first entry of a folder whose name fits.
fn entry(folder: &Path, fits: impl Fn(&str) -> bool) -> anyhow::Result<PathBuf> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(&fits) {
            return Ok(entry.path());
        }
    }
    bail!("{} is not complete: delete it", folder.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_fetched_runs_with_its_own_loader_and_libraries() {
        let root = tempfile::tempdir().unwrap();
        let libraries = root.path().join("usr/lib/x86_64-linux-gnu");
        fs::create_dir_all(&libraries).unwrap();
        let loader = libraries.join("ld-linux-x86-64.so.2");
        fs::write(&loader, "").unwrap();
        let command = MySql::unpacked(root.path()).unwrap().serve().unwrap();
        assert_eq!(command.get_program(), loader.as_os_str());
    }

    #[test]
    fn an_incomplete_folder_says_what_to_do() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("usr/lib/mysql")).unwrap();
        let error = MySql::unpacked(root.path()).unwrap_err().to_string();
        assert!(error.ends_with("is not complete: delete it"), "{error}");
    }
}
