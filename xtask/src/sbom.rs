//! The software bill of materials (OWASP ASVS 5.0, 15.1.2), as `CycloneDX` 1.6 has it: the crates
//! that become part of what is passed on, Rust's standard library, and the weights of the networks.
//!
//! It has neither a time nor a serial number: the same sources have the same one on every machine
//! of a kind. The server for another kind has some other crates.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use anyhow::Context as _;
use cargo_metadata::Package;
use serde_json::{Map, Value, json};

use crate::command;
use crate::project::Project;
use crate::shipped;

/// Of the weights, as `model/MODEL_CARD.md` says.
const LICENCE_OF_WEIGHTS: &str = "CC-BY-3.0";

/// The bill as JSON.
///
/// # Errors
/// Cargo does not know what the programs are built from, or a file of the repository cannot be
/// read.
pub(crate) fn text(project: &Project) -> anyhow::Result<String> {
    let read = |path: &str| {
        let path = project.root.join(path);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let lock = read("Cargo.lock")?;
    let checksums = checksums(&lock);
    let manifest: Map<String, Value> = serde_json::from_str(&read("public/weights/manifest.json")?)
        .context("the manifest of the weights cannot be read")?;
    let crates = shipped::crates(project)?;
    let mut components: Vec<Value> = crates
        .iter()
        .map(|(name, package)| library(package, checksums.get(name.as_str()).copied()))
        .collect();
    components.push(standard_library()?);
    components.extend(manifest.iter().map(|(name, about)| weights(name, about)));
    let bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": {
            "type": "application",
            "bom-ref": "neurocare",
            "name": "NeuroCare AI",
            "version": env!("CARGO_PKG_VERSION"),
            "licenses": licences(env!("CARGO_PKG_LICENSE")),
        }},
        "components": components,
    });
    Ok(serde_json::to_string_pretty(&bill)?)
}

fn library(package: &Package, checksum: Option<&str>) -> Value {
    let version = package.version.to_string();
    let address = address(package.name.as_str(), &version);
    json!({
        "type": "library",
        "bom-ref": address,
        "name": package.name.as_str(),
        "version": version,
        "purl": address,
        "licenses": package.license.as_deref().map_or(json!([]), licences),
        "hashes": checksum.map_or(json!([]), sha256),
    })
}

fn standard_library() -> anyhow::Result<Value> {
    let said = command::read(Command::new("rustc").arg("--version"))?;
    let version = said.split(' ').nth(1).context("rustc has no version")?;
    Ok(json!({
        "type": "library",
        "bom-ref": "rust-std",
        "name": "Rust standard library",
        "version": version,
        "licenses": licences("MIT OR Apache-2.0"),
    }))
}

/// A network of the manifest.
fn weights(name: &str, about: &Value) -> Value {
    json!({
        "type": "machine-learning-model",
        "bom-ref": format!("weights/{name}"),
        "name": name,
        "version": about["version"],
        "licenses": licences(LICENCE_OF_WEIGHTS),
        "hashes": about["sha256"].as_str().map_or(json!([]), sha256),
    })
}

/// A crate's package URL.
fn address(name: &str, version: &str) -> String {
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

/// Some crates still write the slash of former days.
fn licences(expression: &str) -> Value {
    let choices: Vec<&str> = expression.split('/').map(str::trim).collect();
    json!([{ "expression": choices.join(" OR ") }])
}

fn sha256(content: &str) -> Value {
    json!([{ "alg": "SHA-256", "content": content }])
}

/// SHA-256 of the crates' archives by name and version, out of the lock file.
fn checksums(lock: &str) -> BTreeMap<String, &str> {
    let entries = lock.split("[[package]]").filter_map(|entry| {
        let field = |name: &str| {
            let mut lines = entry.lines();
            lines.find_map(|line| {
                line.strip_prefix(name)?
                    .strip_prefix(" = \"")?
                    .strip_suffix('"')
            })
        };
        let name = format!("{} {}", field("name")?, field("version")?);
        Some((name, field("checksum")?))
    });
    entries.collect()
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn asvs_15_1_2_it_has_what_is_passed_on_each_with_version_licence_and_hash() {
        let project = Project::find().unwrap();
        let bill: Value = serde_json::from_str(&text(&project).unwrap()).unwrap();
        let components = bill["components"].as_array().unwrap();
        let of = |name: &str| components.iter().find(|it| it["name"] == name);
        for name in ["axum", "leptos", "wgpu"] {
            assert!(of(name).is_some(), "{name}");
        }
        for name in ["leptos_macro", "server"] {
            assert!(of(name).is_none(), "{name}");
        }
        for component in components {
            let has = |part: &str| component[part][0].is_object();
            let is_std = component["bom-ref"] == "rust-std";
            assert!(has("hashes") || is_std, "{component}");
            assert!(has("licenses"), "{component}");
            assert!(component["version"].is_string(), "{component}");
        }
        let unet = of("unet").unwrap();
        let bytes = fs::read(project.root.join("public/weights/unet.safetensors")).unwrap();
        assert_eq!(unet["type"], "machine-learning-model");
        let mut digest = String::new();
        for byte in Sha256::digest(bytes) {
            write!(digest, "{byte:02x}").unwrap();
        }
        assert_eq!(unet["hashes"][0]["content"], digest);
    }

    #[test]
    fn names_and_licences_are_as_other_programs_read_them() {
        assert_eq!(
            address("toml", "1.2.1+spec-1.1.0"),
            "pkg:cargo/toml@1.2.1%2Bspec-1.1.0"
        );
        assert_eq!(licences("MIT / Apache-2.0"), licences("MIT OR Apache-2.0"));
    }

    #[test]
    fn a_checksum_belongs_to_name_and_version_and_our_own_crates_have_none() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \"ff\"\n\n\
                    [[package]]\nname = \"b\"\nversion = \"1.0.0\"\ndependencies = [\n \"a\",\n]\n";
        let expected = BTreeMap::from([("a 1.0.0".to_owned(), "ff")]);
        assert_eq!(checksums(lock), expected);
    }
}
