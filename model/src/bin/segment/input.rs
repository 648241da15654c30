//! Which files on disk make one scan.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use model::beside::voxels_file;
use model::open::{Catalogue, NamedFile, begins_like_dicom};

use super::name::names;

/// Bytes that tell a DICOM file: its preamble and the letters after it (PS3.10 §7.1).
const START_BYTES: u64 = 132;

/// The files of one scan.
#[derive(Debug)]
pub(crate) struct Scan {
    /// Name of the result folder.
    pub(crate) name: String,
    /// The file, or the folder of the files.
    place: PathBuf,
    files: Vec<PathBuf>,
}

impl Scan {
    /// The file of its voxels, where its header says that it is another one.
    fn voxels(&self) -> Option<PathBuf> {
        match self.files.as_slice() {
            [header, voxels] if *header == self.place && header != voxels => Some(voxels.clone()),
            _ => None,
        }
    }

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

/// What the arguments hold.
#[derive(Debug, Default)]
pub(crate) struct Input {
    pub(crate) scans: Vec<Scan>,
    /// What of it is left out, for the user.
    pub(crate) notes: Vec<String>,
}

impl Input {
    /// Groups the arguments into scans: every series of DICOM files is one, in a folder or of the
    /// files that are given one by one, and so is every other image file. No two have the same
    /// name.
    pub(crate) fn new(arguments: &[PathBuf]) -> anyhow::Result<Self> {
        let mut input = Self::default();
        let mut alone = Vec::new();
        for path in arguments {
            if path.is_dir() {
                input.add_folder(path)?;
            } else if is_dicom(path) {
                alone.push(path.clone());
            } else {
                input.scans.push(single(path.clone()));
            }
        }
        input.leave_out_voxels();
        input.add_files(&alone)?;
        anyhow::ensure!(
            !input.scans.is_empty(),
            "no DICOM, NIfTI, NRRD, MetaImage, PNG, JPEG or zip file found"
        );
        let places: Vec<&Path> = input.scans.iter().map(|it| it.place.as_path()).collect();
        for (name, scan) in std::iter::zip(names(&places), &mut input.scans) {
            scan.name = name;
        }
        Ok(input)
    }

    /// Files of voxels that are given beside their headers, as `scans/*` gives them, are no scans of
    /// their own.
    fn leave_out_voxels(&mut self) {
        let beside: Vec<PathBuf> = self.scans.iter().filter_map(Scan::voxels).collect();
        self.scans.retain(|scan| !beside.contains(&scan.place));
    }

    /// DICOM files that are given one by one. Where none can be opened, opening says why of each;
    /// one that cannot be read is a scan of its own, and no other fails with it.
    fn add_files(&mut self, files: &[PathBuf]) -> anyhow::Result<()> {
        let is_readable = |file: &PathBuf| std::fs::File::open(file).is_ok();
        let (files, unreadable): (Vec<_>, Vec<_>) = files.iter().cloned().partition(is_readable);
        self.scans.extend(unreadable.into_iter().map(single));
        let are_several = files.len() > 1;
        let known = are_several.then(|| series(&files, &mut self.notes));
        let alone = || files.iter().map(|it| vec![it.clone()]).collect();
        for files in known.transpose()?.flatten().unwrap_or_else(alone) {
            let first = files.first().cloned().unwrap_or_default();
            let place = match first.parent().filter(|_| files.len() > 1) {
                Some(parent) => parent.to_owned(),
                None => first,
            };
            self.scans.push(Scan {
                name: String::new(),
                place,
                files,
            });
        }
        Ok(())
    }

    fn add_folder(&mut self, folder: &Path) -> anyhow::Result<()> {
        let (dicom, others): (Vec<_>, Vec<_>) = files_below(folder)?
            .into_iter()
            .partition(|file| is_dicom(file));
        let mut notes = Vec::new();
        // Where none can be opened, opening says why.
        let series = series(&dicom, &mut notes)?.unwrap_or_else(|| vec![dicom]);
        let is_single = series.len() == 1;
        for files in series {
            let place = match files.first().and_then(|file| file.parent()) {
                Some(parent) if !is_single => parent,
                _ => folder,
            };
            self.scans.push(Scan {
                name: String::new(),
                place: place.to_owned(),
                files,
            });
        }
        let told = notes.iter().map(|it| format!("{}: {it}", folder.display()));
        self.notes.extend(told);
        let images = others.into_iter().filter(|file| is_image(file));
        self.scans.extend(images.map(single));
        Ok(())
    }
}

/// The files of each series; `None` where no file can be opened.
fn series(files: &[PathBuf], notes: &mut Vec<String>) -> anyhow::Result<Option<Vec<Vec<PathBuf>>>> {
    if files.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let mut catalogue = Catalogue::default();
    for file in files {
        let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        catalogue.add(&file.display().to_string(), bytes);
    }
    let path = |&place: &usize| files.get(place).cloned();
    let of_places = |places: &Vec<usize>| places.iter().filter_map(path).collect();
    let series = catalogue.series(notes).ok();
    Ok(series.map(|series| series.iter().map(of_places).collect()))
}

fn single(path: PathBuf) -> Scan {
    let mut files = vec![path.clone()];
    files.extend(beside(&path));
    Scan {
        name: String::new(),
        place: path,
        files,
    }
}

/// The file that holds the voxels, where a header says that it is another one.
fn beside(path: &Path) -> Option<PathBuf> {
    let name = path.to_string_lossy().to_lowercase();
    if !HEADERS.iter().any(|end| name.ends_with(end)) {
        return None;
    }
    let header = std::fs::read(path).ok()?;
    voxels_file(path, &header)
}

/// Endings of headers whose voxels may lie in a file of their own.
const HEADERS: [&str; 4] = [".mhd", ".nhdr", ".hdr", ".hdr.gz"];

/// Endings of what can be opened and is no DICOM.
pub(super) const ENDINGS: [&str; 12] = [
    ".nii.gz", ".nii", ".hdr.gz", ".hdr", ".nrrd", ".nhdr", ".mha", ".mhd", ".png", ".jpg",
    ".jpeg", ".zip",
];

fn is_image(path: &Path) -> bool {
    let name = path.to_string_lossy().to_lowercase();
    ENDINGS.iter().any(|end| name.ends_with(end))
}

/// What begins like DICOM or is called so. What is none after all, opening says.
fn is_dicom(path: &Path) -> bool {
    use std::io::Read as _;
    let mut start = Vec::new();
    let file = std::fs::File::open(path);
    let read = file.and_then(|file| file.take(START_BYTES).read_to_end(&mut start));
    let ends_so = |end: &OsStr| end.eq_ignore_ascii_case("dcm");
    read.is_ok() && begins_like_dicom(&start) || path.extension().is_some_and(ends_so)
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
