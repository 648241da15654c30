//! Where things lie, and the programs that are built from them.

use std::env;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::command;
use crate::progress::say;

/// The folders of this repository.
#[derive(Debug)]
pub(crate) struct Project {
    /// The repository.
    pub(crate) root: PathBuf,
    /// Cargo's output.
    pub(crate) target: PathBuf,
    /// What the server serves.
    pub(crate) site: PathBuf,
}

impl Project {
    /// Finds the repository that `cargo run` was called in.
    ///
    /// Clones that share a target folder share this program too: the folder that it was compiled
    /// in may be another clone's, or gone.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .context("the build tool must be started by `cargo run --package xtask`")?;
        let root = Path::new(&package)
            .parent()
            .context("the build tool does not lie in a workspace")?
            .to_path_buf();
        let metadata =
            command::read(cargo(&root).args(["metadata", "--no-deps", "--format-version", "1"]))?;
        let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
        let target = metadata
            .get("target_directory")
            .and_then(serde_json::Value::as_str)
            .context("cargo metadata names no target directory")?
            .into();
        let site = root.join("site");
        Ok(Self { root, target, site })
    }

    /// Cargo, in the repository.
    pub(crate) fn cargo(&self) -> Command {
        cargo(&self.root)
    }

    /// Waits until no other clone builds in the same target folder, and keeps others waiting until
    /// it is dropped. Cargo's own lock ends with each of its runs: the next clone would put its
    /// modules and its server in the place of those that are about to be used.
    pub(crate) fn turn(&self) -> anyhow::Result<File> {
        let path = self.target.join("neurocare.lock");
        let cannot = || format!("cannot lock {}", path.display());
        std::fs::create_dir_all(&self.target).with_context(cannot)?;
        let file = File::create(&path).with_context(cannot)?;
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => (),
            Err(TryLockError::Error(error)) => return Err(error).with_context(cannot),
        }
        say(&format!(
            "another run builds in {}: waiting for it",
            self.target.display()
        ));
        file.lock().with_context(cannot)?;
        Ok(file)
    }

    /// Compiles the server, optimised: Leptos marks up a page differently in debug builds,
    /// and the page's module is optimised as well.
    pub(crate) fn build_server(&self) -> anyhow::Result<()> {
        command::run(
            self.cargo()
                .args(["build", "--release", "--package", "server"]),
        )
    }

    /// The compiled server, ready to run on the built site.
    pub(crate) fn server(&self) -> Command {
        let name = format!("server{}", env::consts::EXE_SUFFIX);
        let mut server = Command::new(self.target.join("release").join(name));
        server
            .current_dir(&self.root)
            .env("NEUROCARE_SITE", &self.site);
        server
    }

    /// Turns this process into the server, so that Ctrl-C reaches it directly.
    #[cfg(unix)]
    pub(crate) fn become_server(&self) -> anyhow::Result<()> {
        use std::os::unix::process::CommandExt as _;
        Err(self.server().exec()).context("cannot start the server")
    }

    /// Runs the server until it ends.
    #[cfg(not(unix))]
    pub(crate) fn become_server(&self) -> anyhow::Result<()> {
        command::run(&mut self.server())
    }
}

/// The cargo that runs this program, so that the toolchain is the same.
fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(root)
        // Leptos compiles this in and then asks for the module under another name.
        .env_remove("LEPTOS_OUTPUT_NAME");
    cargo
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_runs_do_not_build_in_one_folder_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project {
            root: folder.path().into(),
            target: folder.path().join("target"),
            site: folder.path().join("site"),
        };
        let turn = project.turn().unwrap();
        let other = File::open(project.target.join("neurocare.lock")).unwrap();
        assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
        drop(turn);
        assert!(other.try_lock().is_ok());
    }

    #[test]
    fn the_repository_is_found() {
        let project = Project::find().unwrap();
        assert!(project.root.join("neurocare").is_file());
        assert!(project.target.is_absolute());
    }
}
