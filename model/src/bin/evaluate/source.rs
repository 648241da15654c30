//! What is in a folder: crops in strips with an index, or whole slices.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Error, Result, ensure};
use model::train::crops::{self, Assumed, Crop, Marks, NOT_SCORED};

use crate::evaluate::learnt;
use crate::evaluate::pairs::{Found, OF_CROPS, Pair, is_of_one_reader, pairs};
use crate::evaluate::scan::Scan;
use crate::evaluate::size;
use crate::evaluate::survey::Survey;

/// The content of a folder.
pub(crate) enum Content {
    /// `index.csv`, `images/` and `masks/`.
    Crops(Vec<Crop>),
    /// Images of whole slices, opened one after another, and what is assumed of them.
    Scans(Vec<Image>, Assumed),
}

impl Content {
    /// Whose images they are; of scans with boxes, as their files are called.
    fn patients(&self) -> BTreeSet<String> {
        match self {
            Self::Crops(crops) => crops.iter().map(|it| it.patient.clone()).collect(),
            Self::Scans(images, _) => images.iter().map(Image::patient).collect(),
        }
    }
}

/// A scan that can be scored.
pub(crate) enum Image {
    /// To be read: all together may not fit into memory.
    File(Pair),
    /// One slice out of a strip.
    Slice(Box<Scan>),
}

impl Image {
    /// Whether it is a scan rather than a slice of one.
    pub(crate) fn is_volume(&self) -> bool {
        matches!(self, Self::File(pair) if !pair.is_picture())
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::File(pair) => &pair.name,
            Self::Slice(scan) => &scan.name,
        }
    }

    fn patient(&self) -> String {
        match self {
            Self::File(pair) => pair.patient(),
            Self::Slice(scan) => scan.patient.clone(),
        }
    }

    pub(crate) fn open(&self, assumed: Assumed) -> Result<Cow<'_, Scan>> {
        match self {
            Self::File(pair) => Scan::open(pair, assumed).map(Cow::Owned),
            Self::Slice(scan) => Ok(Cow::Borrowed(scan.as_ref())),
        }
    }
}

/// A folder, with what had to be assumed of it and what of it cannot be scored.
pub(crate) struct Source {
    pub(crate) content: Content,
    pub(crate) notes: Vec<String>,
    /// What figures rest on that no file says: the meaning of marks, the size of pixels.
    pub(crate) assumed: Vec<String>,
}

/// Edge in pixels from which the images of a strip are whole slices, with a chest to find lungs in.
pub(crate) const WHOLE_PX: usize = 256;
/// What is said of an index of other things.
const NO_CROPS: &str =
    "index.csv is not one of crops, for want of a column row or of the folder images: not used";
/// What is said of marks of single readers in files of their own.
const ONE_READER: &str = "seems to hold the marks of one reader: a scan has one file of marks, with the number of \
     readers of each voxel (the sum of such files)";
/// What is said of marks whose places do not count.
const AS_STORED: &str =
    "--marks-as-stored: marks are taken for those of the image's voxels in the order of both files";
/// What is said of a split that is asked of scans.
const NO_SPLITS: &str = "--split is for the lines of an index of crops: all scans are scored";

/// Looks at a folder.
///
/// # Arguments
/// * `split`: of an index with splits, the one to score, or `all`; `None`: `test`, or all if there
///   is none.
/// * `assumed`: what the user says where no file does.
///
/// # Errors
/// A folder without anything that can be scored.
pub(crate) fn open(folder: &Path, split: Option<&str>, assumed: Assumed) -> Result<Source> {
    let mut notes = Vec::new();
    let said = size::said(folder).filter(|_| assumed.pixel_mm.is_none());
    if let Some(size::Said { mm, by }) = &said {
        notes.push(format!(
            "where no file says it, pixels are taken for {mm} mm, as {by} says; --pixel-mm says otherwise"
        ));
    }
    let assumed = Assumed {
        pixel_mm: assumed.pixel_mm.or(said.map(|it| it.mm)),
        ..assumed
    };
    if split.is_some() && !crops::are_there(folder) {
        notes.push(NO_SPLITS.to_owned());
    }
    let (content, mut taken) = if crops::are_there(folder) {
        let (crops, marks) = crops::read_any(folder, split, &assumed, &mut notes)?;
        ensure!(!crops.is_empty(), "the index has no crop to score");
        let of_no_size = || crops.iter().filter(|it| it.about.pixel_assumed);
        let mm = of_no_size().map(|it| it.pixel_mm).next();
        let pixels = assumed_pixels(of_no_size().count(), crops.len(), mm);
        let marks = marks.map(|it| format!("numbers of the masks assumed to be {it}"));
        let taken = marks.into_iter().chain(pixels).collect();
        (of_strips(crops, assumed, &mut notes), taken)
    } else if folder.join("index.csv").exists() {
        notes.push(NO_CROPS.to_owned());
        scans(folder, assumed, &mut notes).context(NO_CROPS)?
    } else {
        scans(folder, assumed, &mut notes)?
    };
    let known = learnt::note(&content.patients());
    notes.extend(known.clone());
    taken.extend(known);
    Ok(Source {
        content,
        notes,
        assumed: taken,
    })
}

/// Crops, or whole slices if all are.
fn of_strips(crops: Vec<Crop>, assumed: Assumed, notes: &mut Vec<String>) -> Content {
    let whole = crops.iter().filter(|crop| crop.rows >= WHOLE_PX).count();
    if whole == crops.len() {
        notes.push("whole slices in strips: each is judged alone".to_owned());
        let slices = crops.into_iter().map(Scan::from_crop).map(Box::new);
        return Content::Scans(slices.map(Image::Slice).collect(), assumed);
    }
    if whole > 0 {
        notes.push(format!(
            "{whole} whole slices are scored as crops, as the others are"
        ));
    }
    Content::Crops(crops)
}

/// What pixels are taken for where no file says it; `None` where all do.
fn assumed_pixels(count: usize, all: usize, mm: Option<f32>) -> Option<String> {
    let taken = mm.map_or_else(
        || "as large as the network's own".to_owned(),
        |mm| format!("{mm} mm large"),
    );
    (count > 0).then(|| format!("pixels of {count} of {all} images assumed to be {taken}"))
}

/// The images that can be scored. Each is opened once more later: all together may not fit into
/// memory, and what the marks are is told from all of them.
fn scans(
    folder: &Path,
    assumed: Assumed,
    notes: &mut Vec<String>,
) -> Result<(Content, Vec<String>)> {
    let found = pairs(folder)?;
    let of_one_reader = tell_left_out(&found, assumed, notes);
    let mut images = found.pairs;
    let all = images.len();
    let (survey, unread) = keep_readable(&mut images, assumed, notes);
    if let (true, Some(error)) = (images.is_empty(), unread) {
        let error = match of_one_reader {
            Some(why) => error.context(why),
            None => error,
        };
        return Err(error.context(format!(
            "none of {all} scans can be scored; what is wrong with the first"
        )));
    }
    // A file of none but other patients has other names for these.
    ensure!(
        survey.unlisted < images.len() || survey.listed == 0,
        "no scan has a line in boxes.csv: its {} patients have other names",
        survey.listed
    );
    let told = assumed.label.map(|_| Marks::Binary).or(assumed.marks);
    let marks = told.map_or_else(|| survey.marks(), Ok)?;
    if let Some(label) = assumed.label {
        crops::check_label(label, &survey.values)?;
    }
    let taken = survey.taken_for(told);
    let pixels = assumed_pixels(survey.unknown_size, images.len(), assumed.pixel_mm);
    let taken = taken.into_iter().chain(pixels).collect();
    survey.tell(marks, assumed, notes);
    let assumed = Assumed {
        marks: Some(marks),
        ..assumed
    };
    let images = images.into_iter().map(Image::File).collect();
    Ok((Content::Scans(images, assumed), taken))
}

/// Notes what of a folder is left out, and what is to be known of the rest; the note on marks of
/// single readers, if such seem to be among them.
fn tell_left_out(found: &Found, assumed: Assumed, notes: &mut Vec<String>) -> Option<String> {
    let of_crops = found.of_crops.iter();
    notes.extend(of_crops.map(|it| format!("{NOT_SCORED}{}: {OF_CROPS}", it.display())));
    if assumed.as_stored {
        notes.push(AS_STORED.to_owned());
    }
    if found.begins_anew {
        notes.push(
            "scans of two folders have one name: patients of each folder are taken for other ones"
                .to_owned(),
        );
    }
    let of_one_reader = found.left_out.iter().find(|path| is_of_one_reader(path));
    let of_one_reader = of_one_reader.map(|path| format!("{}: {ONE_READER}", path.display()));
    notes.extend(of_one_reader.clone());
    for path in &found.left_out {
        notes.push(format!(
            "{NOT_SCORED}{}: nothing is known to belong to it",
            path.display()
        ));
    }
    of_one_reader
}

/// Keeps the images that can be opened, notes why others cannot, and answers what is found in those
/// and the first of the errors.
fn keep_readable(
    images: &mut Vec<Pair>,
    assumed: Assumed,
    notes: &mut Vec<String>,
) -> (Survey, Option<Error>) {
    let as_they_are = Assumed {
        marks: Some(Marks::Counts),
        label: None,
        ..assumed
    };
    let mut survey = Survey::default();
    let mut unread = None;
    images.retain(|pair| match Scan::open(pair, as_they_are) {
        Ok(scan) => {
            survey.add(&scan);
            true
        }
        Err(error) => {
            notes.push(format!("{NOT_SCORED}{}: {error:#}", pair.image.display()));
            unread.get_or_insert(error);
            false
        }
    });
    (survey, unread)
}
