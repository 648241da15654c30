//! Which image goes with which marks, told from the names of files.
//!
//! Three layouts are known: `NAME_image` (or `NAME`) with `NAME_marks` (or 3D Slicer's
//! `NAME.seg.nrrd`) beside it, the same in a folder for each case (`case/ct` with `case/mask`, `patient/study/ct`, or
//! `sub-01/ses-01/anat/sub-01_ses-01_ct`), and a folder of images beside one of marks
//! (`imagesTr/NAME` with `labelsTr/NAME`, as the Medical Segmentation Decathlon and nnU-Net have
//! them, or `images/NAME_image` with `marks/NAME_mask`).

mod folders;
mod named;
mod patient;
#[cfg(test)]
mod plain_tests;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use model::train::crops;

use crate::evaluate::boxes;
use folders::{mark_folder, of_challenge};
pub(crate) use named::is_of_one_reader;
use named::{IMAGES, MARKS, Named, PICTURE, SURELY_IMAGE, stem};
use patient::{begin_anew, part_and_name, patient_of};

/// An image, and the marks that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) image: PathBuf,
    /// None where the image stands alone: boxes may say where its tumours are.
    pub(crate) marks: Option<PathBuf>,
    /// The file of boxes beside it, or in a folder around it.
    pub(crate) boxes: Option<PathBuf>,
    /// Whether patients have one name in folders such as `train` and `test` and are two.
    begins_anew: bool,
}

impl Pair {
    /// Whether it is a slice in a file of its own.
    pub(crate) fn is_picture(&self) -> bool {
        self.image.extension().is_some_and(|it| it == PICTURE)
    }

    /// Whose it is: scans of one patient are not independent of each other.
    pub(crate) fn patient(&self) -> String {
        patient_of(&self.name, self.begins_anew)
    }

    /// What it is called in the folder that names begin anew in.
    pub(crate) fn own_name(&self) -> &str {
        part_and_name(&self.name).1
    }

    /// The patient of this name in that folder, as [`Pair::patient`] names patients.
    pub(crate) fn patient_called(&self, name: &str) -> String {
        patient::called(&self.name, name, self.begins_anew)
    }
}

/// Levels of folders that are looked into.
const LEVELS: usize = 3;
/// What is said of a folder of crops among others.
pub(crate) const OF_CROPS: &str = "a folder of crops with an index is scored on its own, as --data";
/// Endings of images that have to be converted.
const FOREIGN: [&str; 5] = ["dcm", "npy", "npz", "h5", "mat"];

/// The images of a folder.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Those that can be scored, in the order of their names.
    pub(crate) pairs: Vec<Pair>,
    /// Files that seem to be images, or marks of some, and whose other half is not there.
    pub(crate) left_out: Vec<PathBuf>,
    /// Folders of crops, which have an index of their own.
    pub(crate) of_crops: Vec<PathBuf>,
    /// Whether names begin anew in each of several folders, so that patients of one name are two.
    pub(crate) begins_anew: bool,
}

/// All images of a folder and of those in it.
///
/// # Errors
/// A folder without any: what was looked for is said.
pub(crate) fn pairs(folder: &Path) -> Result<Found> {
    let mut looked = Looked::default();
    match mark_folder(folder) {
        Some(marks) => looked.challenge(folder, &marks, None)?,
        None => looked.gather(folder, &own_name(folder), LEVELS, None)?,
    }
    let mut pairs = told_apart(looked.pairs);
    let begins_anew = begin_anew(&pairs);
    for pair in &mut pairs {
        pair.begins_anew = begins_anew;
    }
    pairs.sort_by(|a, b| (&a.name, &a.image).cmp(&(&b.name, &b.image)));
    let left_out = left_out(&looked.files, &pairs);
    if pairs.is_empty() {
        let alone = left_out.first().map_or_else(String::new, |first| {
            format!("; no marks are known to belong to {}", first.display())
        });
        let of_crops = looked.of_crops.iter();
        let of_crops = of_crops.map(|it| format!("; {}: {OF_CROPS}", it.display()));
        let of_crops: String = of_crops.collect();
        let foreign = foreign(&looked.files);
        bail!(
            "{} has nothing to score. Looked for: index.csv with the folders images and masks; \
             NAME_image (or NAME alone, or {}) with NAME_marks (or {}, or NAME.seg) beside it, as .nii.gz, .nii, \
             .hdr.gz, .hdr, .nrrd, .nhdr, .mha, .mhd or .png; the same in a folder for each case, where NAME may be missing, up to {LEVELS} folders \
             deep; a folder imagesTr (or {}, with any \
             ending) beside labelsTr (or {}, with the same ending){alone}{of_crops}{foreign}",
            folder.display(),
            IMAGES[1..].join(", "),
            MARKS[1..].join(", "),
            folders::IMAGE_FOLDERS.join(", "),
            folders::MARK_FOLDERS.join(", "),
        );
    }
    Ok(Found {
        pairs,
        left_out,
        of_crops: looked.of_crops,
        begins_anew,
    })
}

/// What is said of files that other programs read.
fn foreign(files: &[PathBuf]) -> String {
    let is_foreign = |path: &&PathBuf| {
        let ending = path.extension().and_then(|it| it.to_str());
        ending.is_some_and(|it| FOREIGN.contains(&it.to_lowercase().as_str()))
    };
    let first = files.iter().find(is_foreign);
    first.map_or_else(String::new, |first| {
        format!(
            "; {} is of a kind that is not read here: convert images and marks to NIfTI",
            first.display()
        )
    })
}

/// What is in a folder and in those in it.
#[derive(Default)]
struct Looked {
    /// Pairs, and what the folder inside of the whole is called that holds them.
    pairs: Vec<(Option<String>, Pair)>,
    files: Vec<PathBuf>,
    of_crops: Vec<PathBuf>,
}

impl Looked {
    /// Gathers what is in a folder.
    ///
    /// # Arguments
    /// * `name`: what a case is called that has no name but the folder's.
    /// * `levels`: how many levels of folders in it are looked into.
    /// * `around`: the file of boxes that belongs to it where it has none.
    fn gather(
        &mut self,
        folder: &Path,
        name: &str,
        levels: usize,
        around: Option<&Path>,
    ) -> Result<()> {
        let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) =
            entries(folder)?.into_iter().partition(|it| it.is_dir());
        let within = (levels < LEVELS).then(|| name.to_owned());
        let own = folder.join(boxes::FILE);
        let boxes = if own.exists() { Some(&*own) } else { around };
        let found = beside_each_other(name, &files, boxes).into_iter();
        self.pairs.extend(found.map(|pair| (within.clone(), pair)));
        self.files.extend(files);
        let marks: Vec<Option<PathBuf>> = folders.iter().map(|it| mark_folder(it)).collect();
        for (inner, its_marks) in folders.iter().zip(&marks) {
            let is_of_marks = marks.iter().flatten().any(|it| it == inner);
            let own = own_name(inner);
            if crops::are_there(inner) {
                self.of_crops.push(inner.clone());
            } else if let Some(its_marks) = its_marks {
                self.challenge(inner, its_marks, within.as_deref())?;
            } else if is_of_marks {
                self.files_of(inner)?;
            } else if levels > 0 {
                let name = within.as_ref().map(|name| format!("{name}/{own}"));
                self.gather(inner, &name.unwrap_or(own), levels - 1, boxes)?;
            }
        }
        Ok(())
    }

    /// Gathers a folder of images whose marks lie in another one, and the folders of cases in it.
    fn challenge(&mut self, images: &Path, marks: &Path, within: Option<&str>) -> Result<()> {
        let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) =
            entries(images)?.into_iter().partition(|it| it.is_dir());
        let own = own_name(images);
        let found = of_challenge(&files, marks, within.unwrap_or(&own))?;
        let found = found.into_iter();
        self.pairs
            .extend(found.map(|pair| (within.map(str::to_owned), pair)));
        self.files.extend(files);
        for inner in folders {
            let case = own_name(&inner);
            let its_marks = marks.join(&case);
            self.files_of(&inner)?;
            if its_marks.is_dir() {
                let found = of_challenge(&entries(&inner)?, &its_marks, &case)?;
                let found = found.into_iter().map(|pair| within_case(&case, pair));
                self.pairs.extend(found.map(|pair| (None, pair)));
            }
        }
        Ok(())
    }

    fn files_of(&mut self, folder: &Path) -> Result<()> {
        for entry in entries(folder)? {
            if entry.is_dir() {
                self.files_of(&entry)?;
            } else {
                self.files.push(entry);
            }
        }
        Ok(())
    }
}

/// The pairs with names of their own: where folders of several patients hold files that are called
/// the same, all have their folder's name before theirs.
fn told_apart(pairs: Vec<(Option<String>, Pair)>) -> Vec<Pair> {
    let mut holders = BTreeMap::<(String, bool), BTreeSet<Option<String>>>::new();
    for (within, pair) in &pairs {
        let name = (pair.name.clone(), pair.is_picture());
        holders.entry(name).or_default().insert(within.clone());
    }
    let is_clear = holders.values().all(|it| it.len() == 1);
    let pairs = pairs.into_iter();
    let named = pairs.map(|(within, pair)| match within {
        Some(within) if !is_clear => within_case(&within, pair),
        _ => pair,
    });
    named.collect()
}

fn within_case(folder: &str, mut pair: Pair) -> Pair {
    if pair.name != folder {
        pair.name = format!("{folder}/{}", pair.name);
    }
    pair
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
    let cases = used.iter();
    let cases = cases.filter_map(|it| Some(of_case(it, &Named::of(it)?)));
    let cases: BTreeSet<_> = cases.collect();
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
        if named.rank(&IMAGES).or(named.rank(&MARKS)).is_some() {
            !cases.contains(&of_case(path, &named))
        } else {
            !named.is_picture
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

/// Images with the marks beside them; of those without, the ones that are surely meant, and all
/// where boxes may say where tumours are.
///
/// # Arguments
/// * `name`: what a case is called that has no name but the folder's.
/// * `boxes`: the file of boxes that belongs to them.
fn beside_each_other(name: &str, files: &[PathBuf], boxes: Option<&Path>) -> Vec<Pair> {
    let files: Vec<Named<'_>> = files.iter().filter_map(|it| Named::of(it)).collect();
    let pair = |image: &Named<'_>| {
        let is_of_case =
            |it: &&Named<'_>| it.case == image.case && it.is_picture == image.is_picture;
        let of_case = || files.iter().filter(is_of_case);
        let first = of_case().filter_map(|it| it.rank(&IMAGES)).min();
        if first.is_some_and(|first| image.rank(&IMAGES) != Some(first)) {
            return None;
        }
        let marks = of_case().filter_map(|it| Some((it.rank(&MARKS)?, it)));
        let marks = marks.min_by_key(|it| it.0).map(|it| it.1);
        let is_meant =
            marks.is_some() || image.word == SURELY_IMAGE || (boxes.is_some() && !image.is_picture);
        is_meant.then(|| Pair {
            name: match image.case.as_str() {
                "" => name.to_owned(),
                case => case.to_owned(),
            },
            image: image.path.to_owned(),
            marks: marks.map(|it| it.path.to_owned()),
            boxes: boxes.map(Path::to_owned),
            begins_anew: false,
        })
    };
    let mut plain = plain_images(&files);
    if boxes.is_some() && plain.is_empty() {
        plain = boxed_images(&files);
    }
    let is_worded = |it: &&Named<'_>| {
        let is_plain = plain.iter().any(|plain| plain.path == it.path);
        it.rank(&IMAGES).is_some() && !is_plain
    };
    let images = files.iter().filter(is_worded).chain(&plain);
    // A file that is there as it is and compressed, too, counts once.
    let mut cases = BTreeSet::new();
    let mut is_new = |image: &Named<'_>| cases.insert((image.case.clone(), image.is_picture));
    images
        .filter_map(|image| pair(image).filter(|_| is_new(image)))
        .collect()
}

/// Volumes that are called as their case is, where boxes say what is in them, and no file has a word
/// that says what it is.
fn boxed_images<'a>(files: &[Named<'a>]) -> Vec<Named<'a>> {
    let is_worded = |it: &Named<'_>| it.rank(&IMAGES).or(it.rank(&MARKS)).is_some();
    let volumes = || files.iter().filter(|it| !it.is_picture);
    if volumes().any(is_worded) {
        return Vec::new();
    }
    let images = volumes().filter_map(|file| {
        Some(Named {
            case: stem(file.path)?.0,
            word: SURELY_IMAGE.to_owned(),
            ..*file
        })
    });
    images.collect()
}

/// Images that are called as their case is: no word says it, but marks of that case lie beside
/// them, and no image with a word does.
fn plain_images<'a>(files: &[Named<'a>]) -> Vec<Named<'a>> {
    let of = |case: &str, is_picture: bool, words: &[&str]| {
        let is_it = |it: &&Named<'_>| (it.case.as_str(), it.is_picture) == (case, is_picture);
        files
            .iter()
            .filter(is_it)
            .any(|it| it.rank(words).is_some())
    };
    let plain = files.iter().filter_map(|file| {
        let case = stem(file.path)?.0;
        let is_image = file.rank(&MARKS).is_none()
            && of(&case, file.is_picture, &MARKS)
            && !of(&case, file.is_picture, &IMAGES);
        let word = SURELY_IMAGE.to_owned();
        is_image.then_some(Named {
            case,
            word,
            ..*file
        })
    });
    plain.collect()
}
