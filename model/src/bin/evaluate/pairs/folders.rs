//! A folder of images with a folder of marks beside it: `imagesTr` with `labelsTr`, `images` with
//! `masks`, `image` with `marks`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::named::{ENDINGS, IMAGES, MARKS, Named, PICTURE, parts, stem};
use super::{Pair, entries, own_name};

/// How the name of a folder of images begins, and what stands in its place in the name of the one
/// for marks. What follows (`Tr`, `_test`) is the same for both.
pub(super) const IMAGE_FOLDERS: [&str; 9] = [
    "images", "image", "imgs", "img", "scans", "scan", "volumes", "volume", "ct",
];
pub(super) const MARK_FOLDERS: [&str; 12] = [
    "labels",
    "label",
    "marks",
    "mark",
    "masks",
    "mask",
    "segmentations",
    "segmentation",
    "segs",
    "seg",
    "annotations",
    "gt",
];
/// nnU-Net's name for the first channel, which marks do not have.
const FIRST_CHANNEL: &str = "_0000";

/// The folder of marks that belongs to one of images, if it is one and there is such. Small and
/// capital letters are the same.
pub(super) fn mark_folder(images: &Path) -> Option<PathBuf> {
    let name = own_name(images).to_lowercase();
    let rests = IMAGE_FOLDERS
        .iter()
        .filter_map(|word| name.strip_prefix(word));
    let rests: Vec<&str> = rests.collect();
    if rests.is_empty() {
        return None;
    }
    // A folder that cannot be listed has none that are known beside it.
    let parent = images.parent()?;
    let is_here = parent.as_os_str().is_empty();
    let parent = if is_here { Path::new(".") } else { parent };
    let beside = entries(parent).ok()?;
    let folders = beside.into_iter().filter(|it| it.is_dir());
    let folders: Vec<(String, PathBuf)> = folders
        .map(|it| (own_name(&it).to_lowercase(), it))
        .collect();
    let wanted = rests
        .iter()
        .flat_map(|rest| MARK_FOLDERS.map(|word| format!("{word}{rest}")));
    let found = wanted
        .into_iter()
        .find_map(|wanted| folders.iter().find(|it| it.0 == wanted));
    found.map(|it| it.1.clone())
}

/// Images whose marks lie in a folder of their own, one of each case. Both may be called the same,
/// or the marks `CASE_mask` (`_marks`, `_seg`, …) and the image `CASE_image`, or one of them as the
/// case alone.
///
/// # Arguments
/// `name`: what a case is called that has no name but the folder's.
///
/// # Errors
/// A folder that cannot be listed.
pub(super) fn of_challenge(images: &[PathBuf], marks: &Path, name: &str) -> Result<Vec<Pair>> {
    let marks: Vec<PathBuf> = entries(marks)?;
    let marks: Vec<Named<'_>> = marks.iter().filter_map(|it| Named::of(it)).collect();
    let pair = |image: &PathBuf| {
        let (own, ending) = stem(image)?;
        let case = case_of(&own);
        let likest = marks
            .iter()
            .filter(|it| it.is_picture == (ending == PICTURE))
            .filter_map(|it| Some((likeness(it, &own, &case)?, it)))
            .min_by_key(|it| it.0);
        Some(Pair {
            name: match case.as_str() {
                "" => name.to_owned(),
                case => case.to_owned(),
            },
            image: image.clone(),
            marks: likest.map(|(_, it)| it.path.to_owned()),
            boxes: None,
            begins_anew: false,
        })
    };
    let mut cases = BTreeSet::new();
    let pairs = images.iter().filter_map(pair);
    Ok(pairs
        .filter(|it| cases.insert((it.name.clone(), it.is_picture())))
        .collect())
}

/// Whose an image in a folder of images is: its name without `_0000` and without `_image` or alike.
fn case_of(stem: &str) -> String {
    let stem = stem.strip_suffix(FIRST_CHANNEL).unwrap_or(stem);
    match parts(stem) {
        (case, word) if IMAGES.contains(&word.as_str()) => case.to_owned(),
        _ => stem.to_owned(),
    }
}

/// How well marks fit an image, least the best; `None` where they belong to another one. Of a file
/// that is there as it is and compressed, the compressed one is taken.
fn likeness(marks: &Named<'_>, own: &str, case: &str) -> Option<(usize, usize)> {
    let (stem, ending) = stem(marks.path)?;
    let channel = own.strip_suffix(FIRST_CHANNEL);
    let by_name = [Some(own), channel, Some(case)]
        .iter()
        .position(|it| *it == Some(stem.as_str()));
    let of_case = || {
        let is_its = [Some(own), channel, Some(case)].contains(&Some(marks.case.as_str()));
        let rank = marks.rank(&MARKS).filter(|_| is_its)?;
        Some(by_name.into_iter().len() + 3 + rank)
    };
    let ending = ENDINGS.iter().position(|it| *it == ending)?;
    Some((by_name.or_else(of_case)?, ending))
}
