//! Which image goes with which marks, told from the names of files.
//!
//! Three layouts are known: `NAME_image` with `NAME_marks` beside it, the same in a folder for each
//! case (`case/ct` with `case/mask`), and folders of a challenge (`imagesTr/NAME` with
//! `labelsTr/NAME`, as the Medical Segmentation Decathlon and nnU-Net have them).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// An image, and the marks that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) image: PathBuf,
    /// None where the image stands alone: boxes may say where its tumours are.
    pub(crate) marks: Option<PathBuf>,
}

/// Endings of files; pictures have marks that are pictures, too.
const ENDINGS: [&str; 3] = ["nii.gz", "nii", PICTURE];
const PICTURE: &str = "png";
/// What an image is called, and what its marks are, after the name of the case.
const IMAGES: [&str; 5] = ["image", "img", "ct", "scan", "volume"];
/// What nothing but an image is called.
const SURELY_IMAGE: &str = "image";
const MARKS: [&str; 8] = [
    "marks",
    "mask",
    "masks",
    "label",
    "labels",
    "seg",
    "segmentation",
    "gt",
];
/// Folders of a challenge: how the name of one for images begins, and what stands in its place in
/// the name of the one for marks.
const IMAGE_FOLDER: &str = "images";
const MARK_FOLDERS: [&str; 3] = ["labels", "masks", "segmentations"];
/// nnU-Net's name for the first channel, which marks do not have.
const FIRST_CHANNEL: &str = "_0000";

/// All images of a folder, in the order of their names.
///
/// # Errors
/// A folder without any.
pub(crate) fn pairs(folder: &Path) -> Result<Vec<Pair>> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for path in entries(folder)? {
        if path.is_dir() {
            folders.push(path);
        } else {
            files.push(path);
        }
    }
    let mut pairs = beside_each_other(folder, &files);
    for inner in &folders {
        let files = entries(inner)?;
        match mark_folder(inner) {
            Some(marks) => pairs.extend(of_challenge(&files, &marks)),
            None => pairs.extend(beside_each_other(inner, &files)),
        }
    }
    pairs.sort_by(|a, b| (&a.name, &a.image).cmp(&(&b.name, &b.image)));
    if pairs.is_empty() {
        bail!(
            "{} has neither index.csv, nor NAME_image.nii.gz (or .nii, .png) with NAME_marks or NAME_mask beside it, nor a folder for each case, nor imagesTr and labelsTr",
            folder.display()
        );
    }
    Ok(pairs)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .with_context(|| format!("reading {}", folder.display()))?;
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

/// Images with the marks beside them; of those without, the ones that are surely meant.
fn beside_each_other(folder: &Path, files: &[PathBuf]) -> Vec<Pair> {
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
        let is_meant = marks.is_some() || image.word == SURELY_IMAGE;
        let folder = || folder.file_name().unwrap_or_default().to_string_lossy();
        is_meant.then(|| Pair {
            name: match image.case.as_str() {
                "" => folder().into_owned(),
                case => case.to_owned(),
            },
            image: image.path.clone(),
            marks: marks.map(|it| it.path.clone()),
        })
    };
    let images = files.iter().filter(|it| it.rank(&IMAGES).is_some());
    images.filter_map(pair).collect()
}

/// The folder of marks that belongs to one of images, if it is one and there is such.
fn mark_folder(images: &Path) -> Option<PathBuf> {
    let rest = images.file_name()?.to_str()?.strip_prefix(IMAGE_FOLDER)?;
    let beside = |word| images.with_file_name(format!("{word}{rest}"));
    MARK_FOLDERS.map(beside).into_iter().find(|it| it.is_dir())
}

/// Images whose marks have the same name in a folder of their own.
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
    images.iter().filter_map(pair).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with such files, all empty.
    fn folder(name: &str, files: &[&str]) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("neurocare-{}-{name}", std::process::id()));
        for file in files {
            let path = folder.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, []).unwrap();
        }
        folder
    }

    /// Name, image and marks of every pair, as paths below the folder.
    fn found(name: &str, files: &[&str]) -> Vec<(String, String, Option<String>)> {
        let folder = folder(name, files);
        let below = |path: &PathBuf| {
            let path = path.strip_prefix(&folder).unwrap();
            path.to_string_lossy().into_owned()
        };
        let all = pairs(&folder).unwrap();
        let all = all
            .iter()
            .map(|it| {
                (
                    it.name.clone(),
                    below(&it.image),
                    it.marks.as_ref().map(below),
                )
            })
            .collect();
        std::fs::remove_dir_all(&folder).unwrap();
        all
    }

    fn expected(pairs: &[(&str, &str, &str)]) -> Vec<(String, String, Option<String>)> {
        let owned = |text: &str| text.to_owned();
        let pair = |&(name, image, marks): &(&str, &str, &str)| {
            let marks = (!marks.is_empty()).then(|| owned(marks));
            (owned(name), owned(image), marks)
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn image_and_marks_lie_beside_each_other() {
        let files = [
            "P1_image.nii.gz",
            "P1_marks.nii.gz",
            "P2_image.nii",
            "Q_z-074.75_image.png",
            "Q_z-074.75_mask.png",
            "R_gt.nii.gz",
            "R_ct.nii.gz",
            "S_ct.nii",
            "S_image.nii",
            "S_mask.nii",
            "S_seg.nii",
            "notes.txt",
            "._P1_image.nii.gz",
            "contact-sheet.png",
        ];
        let pairs = [
            ("P1", "P1_image.nii.gz", "P1_marks.nii.gz"),
            ("P2", "P2_image.nii", ""),
            ("Q_z-074.75", "Q_z-074.75_image.png", "Q_z-074.75_mask.png"),
            ("R", "R_ct.nii.gz", "R_gt.nii.gz"),
            ("S", "S_image.nii", "S_mask.nii"),
        ];
        assert_eq!(found("beside", &files), expected(&pairs));
    }

    #[test]
    fn each_case_has_a_folder() {
        let files = [
            "one/ct.nii.gz",
            "one/mask.nii.gz",
            "two/two_image.nii.gz",
            "two/two_seg.nii.gz",
        ];
        let pairs = [
            ("one", "one/ct.nii.gz", "one/mask.nii.gz"),
            ("two", "two/two_image.nii.gz", "two/two_seg.nii.gz"),
        ];
        assert_eq!(found("cases", &files), expected(&pairs));
    }

    #[test]
    fn a_challenge_has_folders_of_images_and_of_labels() {
        let files = [
            "imagesTr/lung_001.nii.gz",
            "labelsTr/lung_001.nii.gz",
            "imagesTs/lung_002_0000.nii.gz",
            "labelsTs/lung_002.nii",
        ];
        let pairs = [
            (
                "lung_001",
                "imagesTr/lung_001.nii.gz",
                "labelsTr/lung_001.nii.gz",
            ),
            (
                "lung_002",
                "imagesTs/lung_002_0000.nii.gz",
                "labelsTs/lung_002.nii",
            ),
        ];
        assert_eq!(found("challenge", &files), expected(&pairs));
    }

    #[test]
    fn a_folder_without_images_is_told_what_they_are_called() {
        let folder = folder("none", &["a.dcm"]);
        let said = pairs(&folder).unwrap_err().to_string();
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(
            said.contains("NAME_image") && said.contains("imagesTr"),
            "{said}"
        );
    }
}
