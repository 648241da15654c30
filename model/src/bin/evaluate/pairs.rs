//! Which image goes with which marks, told from the names of files.
//!
//! Three layouts are known: `NAME_image` with `NAME_marks` beside it, the same in a folder for each
//! case (`case/ct` with `case/mask`, or `patient/study/ct`), and folders of a challenge
//! (`imagesTr/NAME` with `labelsTr/NAME`, as the Medical Segmentation Decathlon and nnU-Net have
//! them).

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::evaluate::boxes;

/// An image, and the marks that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) image: PathBuf,
    /// None where the image stands alone: boxes may say where its tumours are.
    pub(crate) marks: Option<PathBuf>,
}

impl Pair {
    /// Whether it is a slice in a file of its own.
    pub(crate) fn is_picture(&self) -> bool {
        self.image.extension().is_some_and(|it| it == PICTURE)
    }
}

/// Endings of files; pictures have marks that are pictures, too.
const ENDINGS: [&str; 3] = ["nii.gz", "nii", PICTURE];
const PICTURE: &str = "png";
/// What an image is called, and what its marks are, after the name of the case.
const IMAGES: [&str; 5] = ["image", "img", "ct", "scan", "volume"];
/// What nothing but an image is called.
const SURELY_IMAGE: &str = "image";
const MARKS: [&str; 15] = [
    "marks",
    "mask",
    "masks",
    "label",
    "labels",
    "seg",
    "segmentation",
    "gt",
    "tumour",
    "tumor",
    "lesion",
    "nodule",
    "gtv",
    "roi",
    "annotation",
];
/// Folders of a challenge: how the name of one for images begins, and what stands in its place in
/// the name of the one for marks.
const IMAGE_FOLDER: &str = "images";
const MARK_FOLDERS: [&str; 3] = ["labels", "masks", "segmentations"];
/// Levels of folders that are looked into.
const LEVELS: usize = 2;
/// nnU-Net's name for the first channel, which marks do not have.
const FIRST_CHANNEL: &str = "_0000";

/// The images of a folder.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Those that can be scored, in the order of their names.
    pub(crate) pairs: Vec<Pair>,
    /// Files that seem to be images, or marks of some, and whose other half is not there.
    pub(crate) left_out: Vec<PathBuf>,
}

/// All images of a folder and of those in it.
///
/// # Errors
/// A folder without any.
pub(crate) fn pairs(folder: &Path) -> Result<Found> {
    let (mut pairs, mut files) = (Vec::new(), Vec::new());
    look(folder, &own_name(folder), LEVELS, &mut pairs, &mut files)?;
    pairs.sort_by(|a, b| (&a.name, &a.image).cmp(&(&b.name, &b.image)));
    let left_out = left_out(&files, &pairs);
    if pairs.is_empty() {
        let alone = left_out.first().map_or_else(String::new, |first| {
            format!("; no marks are known to belong to {}", first.display())
        });
        bail!(
            "{} has neither index.csv, nor NAME_image.nii.gz (or .nii, .png) with NAME_marks or NAME_mask beside it, nor a folder for each case, nor imagesTr and labelsTr{alone}",
            folder.display()
        );
    }
    Ok(Found { pairs, left_out })
}

/// Gathers the pairs and all files of a folder, and of those in it.
///
/// # Arguments
/// * `name`: what a case is called that has no name but the folder's.
/// * `levels`: how many levels of folders in it are looked into.
fn look(
    folder: &Path,
    name: &str,
    levels: usize,
    pairs: &mut Vec<Pair>,
    all: &mut Vec<PathBuf>,
) -> Result<()> {
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) =
        entries(folder)?.into_iter().partition(|it| it.is_dir());
    if let Some(marks) = mark_folder(folder) {
        pairs.extend(of_challenge(&files, &marks));
    } else {
        pairs.extend(beside_each_other(folder, name, &files));
        for inner in folders.iter().filter(|_| levels > 0) {
            let own = own_name(inner);
            let name = if levels < LEVELS {
                format!("{name}/{own}")
            } else {
                own
            };
            look(inner, &name, levels - 1, pairs, all)?;
        }
    }
    all.extend(files);
    Ok(())
}

fn own_name(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Files of no pair. Of an image that is there twice, and of marks beside others, the better one is
/// used; pictures that are not called images are any pictures.
fn left_out(files: &[PathBuf], pairs: &[Pair]) -> Vec<PathBuf> {
    let used = pairs.iter().map(|it| &it.image);
    let used: BTreeSet<&PathBuf> = used
        .chain(pairs.iter().filter_map(|it| it.marks.as_ref()))
        .collect();
    let of_case = |path: &Path, named: &Named<'_>| {
        let folder = path.parent().map(Path::to_owned);
        (folder, named.case.clone(), named.is_picture)
    };
    let cases: BTreeSet<_> = pairs
        .iter()
        .filter_map(|it| Some(of_case(&it.image, &Named::of(&it.image)?)))
        .collect();
    // The same file packed and unpacked is there twice.
    let unpacked = |path: &Path| {
        let (stem, ending) = stem(path)?;
        Some((path.with_file_name(stem), ending == PICTURE))
    };
    let copies: BTreeSet<_> = used.iter().filter_map(|path| unpacked(path)).collect();
    let is_used = |path: &Path| unpacked(path).is_some_and(|it| copies.contains(&it));
    let is_alone = |path: &&PathBuf| {
        let Some(named) = Named::of(path).filter(|_| !is_used(path)) else {
            return false;
        };
        if named.rank(&IMAGES).is_some() {
            !cases.contains(&of_case(path, &named))
        } else {
            !named.is_picture && named.rank(&MARKS).is_none()
        }
    };
    files.iter().filter(is_alone).cloned().collect()
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .with_context(|| format!("reading {}", folder.display()))?;
    entries.retain(|path| !own_name(path).starts_with('.'));
    entries.sort();
    Ok(entries)
}

/// A file whose name says what it is.
struct Named<'a> {
    case: String,
    word: String,
    is_picture: bool,
    path: &'a PathBuf,
}

impl<'a> Named<'a> {
    fn of(path: &'a PathBuf) -> Option<Self> {
        let (stem, ending) = stem(path)?;
        let (case, word) = stem.rsplit_once(['_', '-']).unwrap_or(("", &stem));
        Some(Self {
            case: case.to_owned(),
            word: word.to_lowercase(),
            is_picture: ending == PICTURE,
            path,
        })
    }

    /// The place of its word among these, the likelier ones first.
    fn rank(&self, words: &[&str]) -> Option<usize> {
        words.iter().position(|&word| word == self.word)
    }
}

/// Images with the marks beside them; of those without, the ones that are surely meant, and all
/// where boxes may say where tumours are.
///
/// # Arguments
/// `name`: what a case is called that has no name but the folder's.
fn beside_each_other(folder: &Path, name: &str, files: &[PathBuf]) -> Vec<Pair> {
    let has_boxes = folder.join(boxes::FILE).exists();
    let files: Vec<Named<'_>> = files.iter().filter_map(Named::of).collect();
    let pair = |image: &Named<'_>| {
        let is_of_case =
            |it: &&Named<'_>| it.case == image.case && it.is_picture == image.is_picture;
        let of_case = || files.iter().filter(is_of_case);
        let first = of_case().filter_map(|it| it.rank(&IMAGES)).min();
        if image.rank(&IMAGES) != first {
            return None;
        }
        let marks = of_case().filter_map(|it| Some((it.rank(&MARKS)?, it)));
        let marks = marks.min_by_key(|it| it.0).map(|it| it.1);
        let is_meant =
            marks.is_some() || image.word == SURELY_IMAGE || (has_boxes && !image.is_picture);
        is_meant.then(|| Pair {
            name: match image.case.as_str() {
                "" => name.to_owned(),
                case => case.to_owned(),
            },
            image: image.path.clone(),
            marks: marks.map(|it| it.path.clone()),
        })
    };
    let images = files.iter().filter(|it| it.rank(&IMAGES).is_some());
    // A file that is there as it is and compressed, too, counts once.
    let mut cases = BTreeSet::new();
    let mut is_new = |image: &Named<'_>| cases.insert((image.case.clone(), image.is_picture));
    images
        .filter_map(|image| pair(image).filter(|_| is_new(image)))
        .collect()
}

/// The folder of marks that belongs to one of images, if it is one and there is such.
fn mark_folder(images: &Path) -> Option<PathBuf> {
    let rest = images.file_name()?.to_str()?.strip_prefix(IMAGE_FOLDER)?;
    let beside = |word| images.with_file_name(format!("{word}{rest}"));
    MARK_FOLDERS.map(beside).into_iter().find(|it| it.is_dir())
}

/// Images whose marks have the same name in a folder of their own, one of each case.
fn of_challenge(images: &[PathBuf], marks: &Path) -> Vec<Pair> {
    let pair = |image: &PathBuf| {
        let (stem, ending) = stem(image)?;
        let name = stem.strip_suffix(FIRST_CHANNEL).unwrap_or(&stem);
        let endings = if ending == PICTURE {
            &ENDINGS[2..]
        } else {
            &ENDINGS[..2]
        };
        let files = endings
            .iter()
            .map(|ending| marks.join(format!("{name}.{ending}")));
        Some(Pair {
            name: name.to_owned(),
            image: image.clone(),
            marks: files.into_iter().find(|file| file.exists()),
        })
    };
    let mut cases = BTreeSet::new();
    let pairs = images.iter().filter_map(pair);
    pairs
        .filter(|it| cases.insert((it.name.clone(), it.is_picture())))
        .collect()
}

/// Name and ending of a file that can be an image or marks. Names that begin with a dot are the
/// copies that macOS leaves.
fn stem(path: &Path) -> Option<(String, &'static str)> {
    let name = path
        .file_name()?
        .to_str()
        .filter(|name| !name.starts_with('.'))?;
    ENDINGS.into_iter().find_map(|ending| {
        let stem = name.strip_suffix(ending)?.strip_suffix('.')?;
        Some((stem.to_owned(), ending))
    })
}
