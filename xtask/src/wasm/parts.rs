//! The parts of a module that a page or worker fetches when it needs them.
//!
//! What `wasm_split` marks in the code, with all that nothing else uses, goes into modules of its
//! own (`wasm_split_cli_support`, which takes them out of the linker's output before wasm-bindgen
//! sees it). They share memory and table with the main module, so each fits the very main module it
//! was taken out of. Names end with a digest of all of them: those of parts, so that none of
//! another release is found, and those of the functions that fetch them, so that main module and
//! script of two releases are not linked.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, ensure};
use sha2::{Digest as _, Sha256};
use walrus::{Module, ModuleConfig};
use wasm_split_cli_support::{Options, transform};

use super::order;

/// A module without its parts.
#[derive(Debug)]
pub(super) struct Split {
    /// The main module, for wasm-bindgen.
    pub(super) main: PathBuf,
    /// What goes beside what wasm-bindgen makes of it: names and contents.
    pub(super) beside: Vec<(String, Vec<u8>)>,
    /// What names of the functions that fetch parts begin with there; empty if there are no parts.
    pub(super) load: String,
}

/// How the script ends a fetch of a part, and how with a limit on its time: as long as the largest
/// one takes at 10 kbit/s. The script keeps a fetch that has begun until it fails, and a browser
/// waits for as long as a line hangs.
const FETCH: &str = "import.meta.url));";
const LIMITED_FETCH: &str = "import.meta.url), { signal: AbortSignal.timeout(120000) });";

/// What names of the functions that fetch parts begin with as they come from the linker.
const LOAD: &str = "__wasm_split_load_";

/// Splits what the linker made, `compiled`, for a script `NAME.js`. `NAME-parts.js` will fetch the
/// parts: the main module imports it, and it imports that script. `folder` is for files in between.
///
/// # Errors
/// The linker's output has no relocations, or cannot be read.
pub(super) fn split(compiled: &Path, name: &str, folder: &Path) -> anyhow::Result<Split> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let input = fs::read(compiled)?;
    let main = folder.join("main.wasm");
    let script_name = format!("{name}-parts.js");
    let link_name = format!("./{script_name}");
    let main_module = format!("./{name}.js");
    let mut options = Options::new(&input);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = &link_name;
    options.main_module = &main_module;
    let made = transform(options)
        .map_err(|error| anyhow!("{error:#}"))
        .with_context(|| format!("cannot split {}", compiled.display()))?;

    let mut digest = Sha256::new_with_prefix(fs::read(&main)?);
    for part in &made.split_modules {
        digest.update(fs::read(part)?);
    }
    let digest: [u8; 32] = digest.finalize().into();
    let first = digest.first_chunk().copied().unwrap_or_default();
    let digest = format!("{:016x}", u64::from_be_bytes(first));
    let mut script = fs::read_to_string(folder.join(&script_name))?;
    let mut beside = Vec::new();
    for part in made.split_modules {
        let old = part
            .file_stem()
            .context("a part has no name")?
            .to_string_lossy();
        let new = format!("{}-{digest}.wasm", old.trim_start_matches("split_"));
        let address = format!("\"./{old}.wasm\"");
        ensure!(script.contains(&address), "nothing fetches {old}");
        script = script.replace(&address, &format!("\"./{new}\""));
        beside.push((new, compact(&fs::read(&part)?)?));
    }
    ensure!(script.contains(FETCH), "no part is fetched");
    let script = script.replace(FETCH, LIMITED_FETCH);
    let load = format!("{LOAD}{digest}_");
    ensure!(script.contains(LOAD), "no function fetches a part");
    beside.push((script_name, script.replace(LOAD, &load).into_bytes()));
    Ok(Split { main, beside, load })
}

/// Has a main module ask its own script of parts for them, by the names that begin with `load`.
pub(super) fn link(main: &mut Module, load: &str) {
    for import in main.imports.iter_mut() {
        if let Some(part) = import.name.strip_prefix(LOAD) {
            import.name = format!("{load}{part}");
        }
    }
}

/// The same module with numbers as short as they can be, where the linker leaves room to relocate
/// each, and its functions in order.
fn compact(part: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut config = ModuleConfig::new();
    config
        .generate_name_section(false)
        .generate_producers_section(false);
    order::by_likeness(&config.parse(part)?.emit_wasm())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A function that drops a number, which takes five bytes as linkers write it.
    const PADDED: &[u8] = b"\0asm\x01\0\0\0\
        \x01\x04\x01\x60\0\0\
        \x03\x02\x01\0\
        \x07\x05\x01\x01f\0\0\
        \x0a\x0b\x01\x09\0\x41\x87\x80\x80\x80\0\x1a\x0b";

    #[test]
    fn numbers_take_no_more_bytes_than_they_need() {
        let small = compact(PADDED).unwrap();
        assert!(small.windows(3).any(|three| three == [0x41, 7, 0x1a]));
        assert_eq!(small.len(), PADDED.len() - 4);
    }

    /// Imports a function that fetches a part, and another one.
    const IMPORTS: &[u8] = b"\0asm\x01\0\0\0\
        \x01\x04\x01\x60\0\0\
        \x02\x29\x02\x04./p.\x17__wasm_split_load_bench\0\0\x04./b.\x01a\0\0";

    #[test]
    fn a_main_module_asks_the_script_of_its_own_release_for_parts() {
        let mut main = Module::from_buffer(IMPORTS).unwrap();
        link(&mut main, "__wasm_split_load_12ab_");
        let names: Vec<&str> = main.imports.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["__wasm_split_load_12ab_bench", "a"]);
    }

    #[test]
    fn a_module_without_relocations_cannot_be_split() {
        let folder = tempfile::tempdir().unwrap();
        let compiled = folder.path().join("app.wasm");
        fs::write(&compiled, PADDED).unwrap();
        assert!(split(&compiled, "page", &folder.path().join("split")).is_err());
    }
}
