//! The folder that the server serves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, anyhow, ensure};
use sha2::{Digest as _, Sha256};

use crate::budget::{self, Size};
use crate::compress::Cache;
use crate::notices;
use crate::project::Project;
use crate::wasm::Module;

/// The page: small.
const PAGE: Module = Module {
    package: "app",
    features: "hydrate",
    profile: "wasm-page",
    name: "neurocare",
    folder: "pkg",
    has_parts: true,
    instructions: "",
};

/// The segmentation engine, fetched by the worker: small, its kernels fast.
const ENGINE: Module = Module {
    package: "engine",
    features: "",
    profile: "wasm-engine",
    name: "engine",
    folder: "engine",
    has_parts: true,
    instructions: "",
};

/// The same for browsers with relaxed SIMD, whose fused multiply-add helps on some machines
/// (`model/BENCH.md`). A module with instructions that a browser does not know is refused whole, so
/// there are two, and the worker's script chooses.
const ENGINE_RELAXED: Module = Module {
    folder: "engine-relaxed",
    profile: "wasm-engine-relaxed",
    instructions: "+relaxed-simd",
    ..ENGINE
};

/// The decoders of PNG, JPEG, JPEG-LS and JPEG 2000, which the worker fetches when a scan needs
/// them.
const DECODER: Module = Module {
    package: "decoder",
    features: "",
    profile: "wasm-engine",
    name: "decoder",
    folder: "decoder",
    has_parts: false,
    instructions: "",
};

/// Folder of `public/` whose files become one style sheet.
const STYLE: &str = "style";

/// Every file of the site: address without the leading slash, and bytes.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// The site of a project.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    project: &'a Project,
}

impl<'a> Site<'a> {
    /// The site of `project`.
    pub(crate) fn new(project: &'a Project) -> Self {
        Self { project }
    }

    /// Compiles the page's module.
    pub(crate) fn build_page(&self) -> anyhow::Result<()> {
        PAGE.build(self.project).map(drop)
    }

    /// Compiles the engine's modules.
    pub(crate) fn build_engine(&self) -> anyhow::Result<()> {
        ENGINE.build(self.project)?;
        DECODER.build(self.project)?;
        ENGINE_RELAXED.build(self.project).map(drop)
    }

    /// Puts modules, styles and public files into the site folder, and checks their sizes.
    ///
    /// # Errors
    /// A part is missing, a file cannot be written, a module has naga in it, or the site is over
    /// its budget.
    pub(crate) fn assemble(&self) -> anyhow::Result<()> {
        let public = self.project.root.join("public");
        let mut files = Files::new();
        collect(&public, Path::new(""), &mut files)?;
        // What the model card shows.
        let plots = self.project.root.join("model/plots");
        collect(&plots, Path::new("plots"), &mut files)?;
        let style = take_style(&mut files);
        files.insert("pkg/neurocare.css".into(), style);
        files.insert("notices.txt".into(), notices::text(self.project)?.into());
        for module in [PAGE, ENGINE, ENGINE_RELAXED, DECODER] {
            let folder = Path::new(module.folder);
            collect(&module.bound(self.project), folder, &mut files)?;
        }
        without_naga(&files)?;

        let cache = Cache::new(self.project.target.join("compressed"))?;
        let small = compress(&files, &cache)?;
        let sizes: Vec<Size> = files
            .iter()
            .map(|(path, bytes)| Size {
                path: path.to_string_lossy().into_owned(),
                raw: bytes.len(),
                sent: small.get(path).map_or(bytes.len(), Vec::len),
            })
            .collect();
        files.extend(
            small
                .into_iter()
                .map(|(path, bytes)| (sibling(&path), bytes)),
        );
        write(&self.project.site, &files)?;
        budget::check(&sizes)
    }
}

/// Adds every file under `folder`, its address beginning with `prefix`.
fn collect(folder: &Path, prefix: &Path, files: &mut Files) -> anyhow::Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let Some(name) = path.file_name() else {
            continue;
        };
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        let address = prefix.join(name);
        if path.is_dir() {
            collect(&path, &address, files)?;
        } else {
            let bytes =
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.insert(address, bytes);
        }
    }
    Ok(())
}

/// Takes the style sheets out of `files` and joins them in the order of their names.
fn take_style(files: &mut Files) -> Vec<u8> {
    let mut joined = Vec::new();
    files.retain(|path, bytes| {
        let is_style = path.starts_with(STYLE) && path.extension().is_some_and(|e| e == "css");
        if is_style {
            joined.append(bytes);
            joined.push(b'\n');
        }
        !is_style
    });
    joined
}

/// No module has naga in it, the compiler of shaders: a browser has its own, and wgpu brings this
/// one along as soon as a feature of it is on that needs it. Its panics name files of its source;
/// `naga-types`, which wgpu always needs, is another crate.
fn without_naga(files: &Files) -> anyhow::Result<()> {
    let is_its = |bytes: &[u8]| matches!(bytes, [start @ .., version] if start == b"/naga-" && version.is_ascii_digit());
    for (path, bytes) in files {
        let is_module = path.extension().is_some_and(|it| it == "wasm");
        ensure!(
            !is_module || !bytes.windows(7).any(is_its),
            "{} has naga in it, which no browser needs: see the features of wgpu",
            path.display()
        );
    }
    Ok(())
}

/// The brotli form of every file that gains by it, using all cores.
fn compress(files: &Files, cache: &Cache) -> anyhow::Result<Files> {
    let queue = Mutex::new(files.iter());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let work = || -> anyhow::Result<Files> {
        let mut done = Files::new();
        loop {
            let next = queue
                .lock()
                .map_err(|_| anyhow!("compression failed"))?
                .next();
            let Some((path, bytes)) = next else {
                return Ok(done);
            };
            if let Some(small) = cache.compress(path, bytes)? {
                done.insert(path.clone(), small);
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut all = Files::new();
        for worker in workers {
            all.append(&mut worker.join().map_err(|_| anyhow!("compression failed"))??);
        }
        Ok(all)
    })
}

/// `a.js` → `a.js.br`.
fn sibling(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

/// Makes `folder` hold `files` and nothing else.
fn write(folder: &Path, files: &Files) -> anyhow::Result<()> {
    for (address, bytes) in files {
        let path = folder.join(address);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        write_file(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let wanted: BTreeSet<PathBuf> = files.keys().map(|address| folder.join(address)).collect();
    remove_others(folder, &wanted)
}

/// Makes a file hold `bytes`, with the time that belongs to them.
fn write_file(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let is_right = fs::read(path).is_ok_and(|old| old == bytes);
    if !is_right {
        fs::write(path, bytes)?;
    }
    let file = fs::File::options().write(true).open(path)?;
    file.set_modified(time_of(bytes))
}

/// A time that stands for content. Browsers know a file by its `ETag`, which the server makes of
/// size and time: the same content must have the same one on every server, whenever it was built.
fn time_of(bytes: &[u8]) -> SystemTime {
    let digest = Sha256::digest(bytes);
    let number = digest
        .iter()
        .take(8)
        .fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    // Whole seconds between 1980 and 2014, which archives and file systems of every kind keep.
    let since_1980 = Duration::from_secs(number % (1 << 30));
    SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 3652) + since_1980
}

fn remove_others(folder: &Path, wanted: &BTreeSet<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(&path, wanted)?;
        } else if !wanted.contains(&path) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_sheets_are_joined_in_order_and_leave_the_files() {
        let mut files = Files::from([
            ("style/2-page.css".into(), b"b".to_vec()),
            ("style/1-base.css".into(), b"a".to_vec()),
            ("icon.svg".into(), b"<svg/>".to_vec()),
        ]);
        assert_eq!(take_style(&mut files), b"a\nb\n");
        assert_eq!(files.keys().collect::<Vec<_>>(), [Path::new("icon.svg")]);
    }

    #[test]
    fn a_module_with_naga_is_refused_and_one_with_its_types_is_not() {
        let site = |path: &str, source: &str| {
            let bytes = format!("\0asm…/registry/{source}/src/lib.rs…").into_bytes();
            without_naga(&Files::from([(path.into(), bytes)]))
        };
        let refused = site("engine/engine_bg.wasm", "naga-30.0.1").unwrap_err();
        assert!(refused.to_string().starts_with("engine/engine_bg.wasm has"));
        site("engine/engine_bg.wasm", "naga-types-30.0.1").unwrap();
        site("notices.txt", "naga-30.0.1").unwrap();
    }

    #[test]
    fn a_file_that_is_wanted_no_more_goes() {
        let folder = tempfile::tempdir().unwrap();
        let first = Files::from([
            ("a/x.js".into(), b"x".to_vec()),
            ("y.js".into(), b"y".to_vec()),
        ]);
        write(folder.path(), &first).unwrap();
        let second = Files::from([("a/x.js".into(), b"x".to_vec())]);
        write(folder.path(), &second).unwrap();
        assert_eq!(fs::read(folder.path().join("a/x.js")).unwrap(), b"x");
        assert!(!folder.path().join("y.js").exists());
    }

    #[test]
    fn a_file_has_the_time_of_its_content_whenever_and_wherever_it_is_built() {
        let build = |folder: &Path, bytes: &[u8]| {
            let files = Files::from([("a/x.js".into(), bytes.to_vec())]);
            write(folder, &files).unwrap();
            let file = fs::metadata(folder.join("a/x.js")).unwrap();
            file.modified().unwrap()
        };
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = build(one.path(), b"x");
        assert_eq!(build(other.path(), b"x"), first);
        assert_ne!(build(one.path(), b"y"), first);
        assert_eq!(build(one.path(), b"x"), first);
        assert!(first < SystemTime::now());

        // As an earlier release of the build left it.
        fs::write(other.path().join("a/x.js"), b"x").unwrap();
        assert_eq!(build(other.path(), b"x"), first);
    }

    #[test]
    fn hidden_files_are_not_published() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".secret"), "s").unwrap();
        fs::write(folder.path().join("robots.txt"), "r").unwrap();
        let mut files = Files::new();
        collect(folder.path(), Path::new("p"), &mut files).unwrap();
        assert_eq!(
            files.keys().collect::<Vec<_>>(),
            [Path::new("p/robots.txt")]
        );
    }
}
