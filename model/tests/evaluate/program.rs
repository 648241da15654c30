//! Running the program, and what it leaves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub(crate) fn slices() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/analysis")
}

/// A folder that is not there yet.
pub(crate) fn fresh(name: &str) -> PathBuf {
    let name = format!("neurocare-evaluate-{}-{name}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A folder for the results of `data`: tests run at once.
pub(crate) fn fresh_for(data: &Path) -> PathBuf {
    let name = data.file_name().unwrap().to_string_lossy();
    fresh(&format!("{name}-results"))
}

/// A published file.
pub(crate) fn weights(network: &str) -> PathBuf {
    repository().join(format!("public/weights/{network}.safetensors"))
}

/// Scoring the published weights of `networks`.
pub(crate) fn command(data: &Path, networks: &[&str], out: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evaluate"));
    command.arg("--data").arg(data).arg("--out").arg(out);
    for network in networks {
        command.arg("--weights").arg(weights(network));
    }
    command
}

/// The content of `metrics.json`.
pub(crate) fn evaluate(data: &Path, networks: &[&str], out: &Path) -> Value {
    let mut command = command(data, networks, out);
    let run = command.args(["--pixel-mm", "0.7"]).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    let metrics = std::fs::read(out.join("metrics.json")).unwrap();
    serde_json::from_slice(&metrics).unwrap()
}

/// What the program says before it gives up.
pub(crate) fn refused(data: &Path, more: &[&str]) -> String {
    let out = fresh_for(data);
    let run = command(data, &["unet"], &out).args(more).output().unwrap();
    assert!(!run.status.success());
    std::fs::remove_dir_all(out).unwrap();
    String::from_utf8_lossy(&run.stderr).into_owned()
}

/// The lines of a table, by column.
pub(crate) fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// The names in a folder, in order.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}
