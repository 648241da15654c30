//! The crates that become part of a program that is passed on: of the site or the server.
//!
//! Cargo tells of all programs of the workspace at once, with the features that any of them has on.
//! Hence the list does not say which of them a crate is in, and may have one that is in none.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::Context as _;
use cargo_metadata::{CargoOpt, DependencyKind, Metadata, MetadataCommand, Package, PackageId};

use crate::command;
use crate::project::Project;

const WASM: &str = "wasm32-unknown-unknown";

/// What is passed on: package and features; in a browser, or where this program runs.
const PROGRAMS: [(&str, Option<&str>, bool); 4] = [
    ("app", Some("app/hydrate"), true),
    ("engine", None, true),
    ("decoder", None, true),
    ("server", None, false),
];

/// All of them, by name and version.
///
/// # Errors
/// Cargo does not know what the programs are built from.
pub(crate) fn crates(project: &Project) -> anyhow::Result<BTreeMap<String, Package>> {
    let here = command::read(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let mut crates = BTreeMap::new();
    for (program, feature, is_in_browser) in PROGRAMS {
        let platform = if is_in_browser { WASM } else { here.trim() };
        let metadata = metadata(project, feature, platform)?;
        for package in linked(&metadata, program)? {
            let name = format!("{} {}", package.name, package.version);
            crates.entry(name).or_insert_with(|| package.clone());
        }
    }
    Ok(crates)
}

fn metadata(project: &Project, feature: Option<&str>, platform: &str) -> anyhow::Result<Metadata> {
    let mut cargo = MetadataCommand::new();
    cargo
        .current_dir(&project.root)
        .other_options(vec!["--filter-platform".to_owned(), platform.to_owned()]);
    if let Some(feature) = feature {
        cargo.features(CargoOpt::SomeFeatures(vec![feature.to_owned()]));
    }
    Ok(cargo.exec()?)
}

/// What becomes part of the program `name`: its dependencies from elsewhere that are not for
/// building or testing.
fn linked<'a>(metadata: &'a Metadata, name: &str) -> anyhow::Result<Vec<&'a Package>> {
    let root = metadata
        .workspace_packages()
        .into_iter()
        .find(|package| package.name.as_str() == name)
        .with_context(|| format!("the workspace has no package {name}"))?;
    let graph = metadata.resolve.as_ref().context("no dependency graph")?;
    let nodes: BTreeMap<_, _> = graph.nodes.iter().map(|node| (&node.id, node)).collect();
    let mut seen: BTreeSet<&PackageId> = BTreeSet::new();
    let mut open = vec![&root.id];
    while let Some(id) = open.pop() {
        let package = &metadata[id];
        let is_macro = package
            .targets
            .iter()
            .any(cargo_metadata::Target::is_proc_macro);
        if is_macro || !seen.insert(id) {
            continue;
        }
        let linked = nodes.get(id).into_iter().flat_map(|node| &node.deps);
        open.extend(linked.filter_map(|dependency| {
            let mut kinds = dependency.dep_kinds.iter();
            kinds
                .any(|it| it.kind == DependencyKind::Normal)
                .then_some(&dependency.pkg)
        }));
    }
    let packages = seen.into_iter().map(|id| &metadata[id]);
    Ok(packages.filter(|it| it.source.is_some()).collect())
}
