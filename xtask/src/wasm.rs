//! One WebAssembly module: compiled by cargo, bound to JavaScript by wasm-bindgen.
//!
//! wasm-bindgen's library is called rather than its command: `Cargo.lock` then keeps
//! it in step with the crate, which it must equal to the last digit.

mod names;
mod order;
mod parts;
mod script;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use wasm_bindgen_cli_support::Bindgen;

use crate::command;
use crate::project::Project;

use self::parts::Split;

/// A module of the site, or one beside it.
#[derive(Debug)]
pub(crate) struct Module {
    /// Workspace package, and stem of what cargo makes.
    pub(crate) package: &'static str,
    /// Its features.
    pub(crate) features: &'static str,
    /// Cargo profile.
    pub(crate) profile: &'static str,
    /// Name of the result: `NAME.js` and `NAME_bg.wasm`.
    pub(crate) name: &'static str,
    /// Folder of the results, and of the site if it goes there.
    pub(crate) folder: &'static str,
    /// Whether it has parts that are fetched when they are needed.
    pub(crate) has_parts: bool,
    /// Instructions beyond those of `.cargo/config.toml`; empty for none.
    pub(crate) instructions: &'static str,
}

impl Module {
    /// The engine and burn in one module; no part of the site.
    pub(crate) const fn with_burn(name: &'static str, features: &'static str) -> Self {
        Self {
            package: "model",
            features,
            profile: "wasm-engine",
            name,
            folder: name,
            has_parts: false,
            instructions: "",
        }
    }

    /// Compiles and binds; returns the folder of the results.
    ///
    /// # Errors
    /// It does not compile, or wasm-bindgen refuses it.
    pub(crate) fn build(&self, project: &Project) -> anyhow::Result<PathBuf> {
        let compiled = self.compile(project)?;
        let out = self.bound(project);
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        let split = if self.has_parts {
            let between = project.target.join("split").join(self.folder);
            parts::split(&compiled, self.name, &between)?
        } else {
            Split {
                main: compiled,
                beside: Vec::new(),
                load: String::new(),
            }
        };
        self.bind(&split, &out)?;
        for (name, content) in split.beside {
            fs::write(out.join(name), content)?;
        }
        Ok(out)
    }

    /// What cargo makes.
    fn compile(&self, project: &Project) -> anyhow::Result<PathBuf> {
        let mut cargo = project.cargo();
        // Flags from outside would replace those of `.cargo/config.toml`, which turn SIMD on.
        cargo
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        let mut flags = without_paths()?;
        if !self.instructions.is_empty() {
            flags.push(format!("-Ctarget-feature={}", self.instructions));
        }
        for flag in flags {
            // Cargo joins lists of this kind with those of the file.
            let list = format!("target.wasm32-unknown-unknown.rustflags=['{flag}']");
            cargo.args(["--config", &list]);
        }
        cargo
            .args(["rustc", "--package", self.package, "--lib"])
            .args([
                "--crate-type",
                "cdylib",
                "--target",
                "wasm32-unknown-unknown",
            ])
            .args(["--profile", self.profile, "--features", self.features]);
        if self.has_parts {
            // For this crate only: with flags of their own, its dependencies would be compiled
            // anew for each module of the profile.
            cargo.args(["--", "-Clink-args=--emit-relocs"]);
        }
        command::run(&mut cargo)?;
        let profile = project
            .target
            .join("wasm32-unknown-unknown")
            .join(self.profile);
        Ok(profile.join(format!("{}.wasm", self.package)))
    }

    /// Script and main module, as small as they are sent.
    fn bind(&self, split: &Split, out: &Path) -> anyhow::Result<()> {
        let mut bound = Bindgen::new()
            .input_path(&split.main)
            .keep_lld_exports(self.has_parts)
            .out_name(self.name)
            .web(true)?
            .typescript(false)
            .remove_name_section(true)
            .remove_producers_section(true)
            .generate_output()
            .with_context(|| format!("wasm-bindgen refuses {}", split.main.display()))?;
        if self.has_parts {
            parts::link(bound.wasm_mut(), &split.load);
        }
        let names = names::shorten(&mut bound);
        let closures = names::shorten_closures(&mut bound);
        bound.emit(out)?;
        let script = out.join(self.name).with_extension("js");
        let named = names::rename(&fs::read_to_string(&script)?, &names)?;
        let named = names::rename_closures(&named, &closures);
        fs::write(&script, script::compact(&named)?)?;
        let module = out.join(format!("{}_bg.wasm", self.name));
        fs::write(&module, order::by_likeness(&fs::read(&module)?)?)?;
        Ok(())
    }

    /// Where the results lie.
    pub(crate) fn bound(&self, project: &Project) -> PathBuf {
        project.target.join("bound").join(self.folder)
    }
}

/// Flags that keep the place of crates on this machine out of what is sent: messages of panics name
/// their files.
fn without_paths() -> anyhow::Result<Vec<String>> {
    let home = home::cargo_home().context("cargo has no folder here")?;
    let sources = home.join("registry").join("src");
    let Ok(registries) = fs::read_dir(&sources) else {
        return Ok(Vec::new());
    };
    let mut flags = Vec::new();
    for registry in registries {
        flags.push(format!(
            "--remap-path-prefix={}=crates",
            registry?.path().display()
        ));
    }
    // Another order would compile everything anew.
    flags.sort();
    Ok(flags)
}
