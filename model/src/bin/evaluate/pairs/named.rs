//! What the name of a file says: whose it is, and whether it is an image or marks.

use std::path::Path;

/// Endings of files; pictures have marks that are pictures, too.
pub(super) const ENDINGS: [&str; 9] = [
    "nii.gz", "nii", "hdr.gz", "hdr", "nrrd", "nhdr", "mha", "mhd", PICTURE,
];
pub(super) const PICTURE: &str = "png";
/// Between the parts of a name.
const BETWEEN: [char; 2] = ['_', '-'];
/// What an image is called, the likelier ones first.
pub(super) const IMAGES: [&str; 5] = ["image", "img", "ct", "scan", "volume"];
/// What nothing but an image is called.
pub(super) const SURELY_IMAGE: &str = "image";
/// What marks are called.
pub(super) const MARKS: [&str; 20] = [
    "marks",
    "mark",
    "mask",
    "masks",
    "label",
    "labels",
    "seg",
    "segs",
    "segmentation",
    "segmentations",
    "gt",
    "tumour",
    "tumor",
    "lesion",
    "lesions",
    "nodule",
    "nodules",
    "gtv",
    "roi",
    "annotation",
];

/// Whether a file seems to hold the marks of one reader, by the number at the end of its name
/// (`p_marks1`, `p_seg_2`).
pub(crate) fn is_of_one_reader(path: &Path) -> bool {
    stem(path).is_some_and(|(stem, _)| {
        let unnumbered = stem.trim_end_matches(|it: char| it.is_ascii_digit());
        let (case, word) = parts(unnumbered.trim_end_matches(BETWEEN));
        let is_numbered = unnumbered.len() < stem.len();
        is_numbered && !case.is_empty() && rank(&word, &MARKS).is_some()
    })
}

/// A file whose name says what it is: `CASE_word`, `word_CASE`, or the word alone.
#[derive(Clone)]
pub(super) struct Named<'a> {
    /// Empty where the name is the word alone.
    pub(super) case: String,
    pub(super) word: String,
    pub(super) is_picture: bool,
    pub(super) path: &'a Path,
}

impl<'a> Named<'a> {
    pub(super) fn of(path: &'a Path) -> Option<Self> {
        let (stem, ending) = stem(path)?;
        let (case, word) = parts(&stem);
        Some(Self {
            case: case.to_owned(),
            word,
            is_picture: ending == PICTURE,
            path,
        })
    }

    /// The place of its word among these, the likelier ones first.
    pub(super) fn rank(&self, words: &[&str]) -> Option<usize> {
        rank(&self.word, words)
    }
}

fn rank(of: &str, words: &[&str]) -> Option<usize> {
    words.iter().position(|&word| word == of)
}

/// What 3D Slicer calls segmentations, before the ending.
const SLICER: &str = "seg";

/// Case and word of a name without its ending. What stands last decides; where that is no word that
/// is known, what stands first (`volume-0` with `segmentation-0`).
///
/// `CASE.seg` of 3D Slicer is `CASE_seg`, and `CASE_mask.seg` no more than `CASE_mask`.
pub(super) fn parts(stem: &str) -> (&str, String) {
    let inner = stem
        .strip_suffix(SLICER)
        .and_then(|it| it.strip_suffix('.'));
    if let Some(inner) = inner {
        return match parts(inner) {
            (case, word) if rank(&word, &MARKS).is_some() => (case, word),
            _ => (inner, SLICER.to_owned()),
        };
    }
    let (case, last) = stem.rsplit_once(BETWEEN).unwrap_or(("", stem));
    let last = last.to_lowercase();
    let is_known = |word: &str| rank(word, &IMAGES).or(rank(word, &MARKS)).is_some();
    let leading = stem.split_once(BETWEEN).filter(|_| !is_known(&last));
    let leading = leading.map(|(word, case)| (case, word.to_lowercase()));
    leading
        .filter(|(_, word)| is_known(word))
        .unwrap_or((case, last))
}

/// Name and ending of a file that can be an image or marks. Names that begin with a dot are the
/// copies that macOS leaves.
pub(super) fn stem(path: &Path) -> Option<(String, &'static str)> {
    let name = path
        .file_name()?
        .to_str()
        .filter(|name| !name.starts_with('.'))?;
    ENDINGS.into_iter().find_map(|ending| {
        let stem = name.strip_suffix(ending)?.strip_suffix('.')?;
        Some((stem.to_owned(), ending))
    })
}
