//! Which files on disk make one scan.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use model::open::NamedFile;

/// The files of one scan.
#[derive(Debug)]
pub(crate) struct Scan {
    /// Name of the result folder.
    pub(crate) name: String,
    files: Vec<PathBuf>,
}

impl Scan {
    /// Read all files into memory.
    pub(crate) fn read(&self) -> anyhow::Result<Vec<NamedFile>> {
        let read = |path: &PathBuf| {
            let bytes =
                std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
            Ok(NamedFile {
                name: path.display().to_string(),
                bytes,
            })
        };
        self.files.iter().map(read).collect()
    }
}

/// Group the arguments into scans: a file is a scan of its own; in a folder the DICOM
/// files are one series together and every other image file is a scan of its own.
pub(crate) fn scans(arguments: &[PathBuf]) -> anyhow::Result<Vec<Scan>> {
    let mut scans = Vec::new();
    for path in arguments {
        if path.is_dir() {
            let files = files_below(path)?;
            let (series, others): (Vec<_>, Vec<_>) =
                files.into_iter().partition(|file| is_dicom(file));
            if !series.is_empty() {
                scans.push(Scan {
                    name: name_of(path),
                    files: series,
                });
            }
            scans.extend(others.into_iter().filter(|file| is_image(file)).map(single));
        } else {
            scans.push(single(path.clone()));
        }
    }
    anyhow::ensure!(
        !scans.is_empty(),
        "no DICOM, NIfTI, PNG, JPEG or zip file found"
    );
    Ok(scans)
}

fn single(path: PathBuf) -> Scan {
    Scan {
        name: name_of(&path),
        files: vec![path],
    }
}

fn name_of(path: &Path) -> String {
    let name = path
        .file_name()
        .map_or_else(|| "scan".to_owned(), |n| n.to_string_lossy().into_owned());
    [".nii.gz", ".nii", ".dcm", ".png", ".jpg", ".jpeg", ".zip"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(&name)
        .to_owned()
}

fn is_image(path: &Path) -> bool {
    let name = path.to_string_lossy().to_lowercase();
    [".nii.gz", ".nii", ".png", ".jpg", ".jpeg", ".zip"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// DICOM files are known by the letters DICM after a preamble of 128 bytes, or by
/// their ending where the preamble is missing (DICOM PS3.10 §7.1).
fn is_dicom(path: &Path) -> bool {
    use std::io::Read as _;
    let mut start = [0; 132];
    let marked = std::fs::File::open(path)
        .and_then(|mut file| file.read_exact(&mut start))
        .is_ok()
        && start.ends_with(b"DICM");
    marked
        || path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("dcm"))
}

fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)
        .with_context(|| format!("reading the folder {}", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
