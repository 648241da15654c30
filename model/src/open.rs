//! Bytes of files to a [`Volume`]: DICOM, NIfTI, NRRD, `MetaImage`, PNG, JPEG, and zips of these.
//!
//! Files come from strangers and the code runs where a panic ends the engine. So formats are told
//! by their bytes, never by name; sizes are checked against [`limit`] before memory is spent; every
//! number from a file is compared with what is there; and an error names its cause and the way out.
//! What names the patient is kept apart, for a DICOM file of the result
//! ([`DicomSeries`](crate::volume::DicomSeries)) and for the line that says whose scan is open
//! ([`Opened::stated`]); beside it patients are only told apart. It is sent nowhere.

mod archive;
mod catalogue;
mod dicom;
mod error;
mod found;
mod grid;
mod inflate;
mod intensity;
mod jpeg;
mod kind;
mod left_out;
pub mod limit;
pub(crate) mod orient;
mod packed;
mod raster;
mod reference;
mod spacing;
mod stack;

pub use catalogue::Catalogue;
pub use dicom::begins_like_dicom;
pub use error::OpenError;
pub use found::{FoundSeries, Opened};
pub use grid::{Labels, join, open_labels, open_labels_on, voxels_among};
#[cfg(target_arch = "wasm32")]
pub(crate) use packed::Fault;
pub use reference::{Reference, open_reference};

use crate::count::counted;
use crate::volume::Volume;
use error::Result;
use kind::Kind;

/// A file the user chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// Its name, for messages and for the order of pictures.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Files by format, zips unpacked.
#[derive(Debug, Default)]
struct Sorted {
    dicom: Vec<NamedFile>,
    /// NIfTI, NRRD and `MetaImage`.
    grids: Vec<NamedFile>,
    pictures: Vec<NamedFile>,
    unknown: usize,
    /// Why the first of those is unknown, where more can be said of it.
    reason: Option<OpenError>,
}

/// Whether opening a file may need a decoder of pictures: it is one, says that it holds them, or
/// is a zip. In the browser the decoders have to be loaded first.
pub fn may_need_decoder(file: &NamedFile) -> bool {
    /// What the transfer syntaxes of all kinds of JPEG begin with (PS3.6 annex A).
    const UID: &[u8] = b"1.2.840.10008.1.2.4.";
    const META_BYTES: usize = 4096;
    match Kind::of(&file.bytes) {
        Some(Kind::Zip | Kind::Png | Kind::Jpeg) => true,
        Some(Kind::Dicom) => file
            .bytes
            .windows(UID.len())
            .take(META_BYTES)
            .any(|bytes| bytes == UID),
        Some(Kind::Nifti | Kind::Gzip | Kind::Nrrd | Kind::MetaImage) | None => false,
    }
}

/// [`open_series`] without a choice.
///
/// # Errors
/// Those of [`open_series`].
pub fn open_files(
    files: Vec<NamedFile>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Volume, OpenError> {
    open_series(files, None, progress).map(|opened| opened.volume)
}

/// Opens files as one volume. `progress` hears of steps done and of how many.
///
/// Several DICOM files become the series with most slices, of the axial CT series that are no
/// projections if there are any; several pictures of one size become a stack in the order of their
/// names. `wanted` is the place of another series among [`Opened::series`], as the same files gave
/// them before.
///
/// # Errors
/// Nothing can be opened, and why; something is over a limit; [`OpenError::NoSuchSeries`].
pub fn open_series(
    files: Vec<NamedFile>,
    wanted: Option<usize>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Opened, OpenError> {
    let sorted = Sorted::new(files)?;
    let others = match &sorted {
        Sorted { dicom, grids, .. } if !dicom.is_empty() => grids.len() + sorted.pictures.len(),
        Sorted { grids, .. } if !grids.is_empty() => sorted.pictures.len(),
        Sorted { .. } => 0,
    } + sorted.unknown;
    let alone = |volume| Opened {
        volume,
        stated: Vec::new(),
        series: Vec::new(),
        chosen: 0,
    };
    let mut opened = match sorted {
        Sorted { dicom, .. } if !dicom.is_empty() => dicom::open(dicom, wanted, progress)?,
        Sorted { grids, .. } if !grids.is_empty() => alone(grid::open(grids, progress)?),
        Sorted { pictures, .. } => alone(stack::open(pictures, progress)?),
    };
    let volume = &mut opened.volume;
    spacing::drop_impossible(volume);
    if others > 0 {
        volume.notes.push(format!(
            "Left out: {} of another kind.",
            counted(others, "file")
        ));
    }
    Ok(opened)
}

/// Opens a NIfTI, NRRD or `MetaImage` file, whatever memory it takes: there is more of it outside of
/// the browser.
///
/// # Errors
/// It is none, ends too early, or has more voxels than a volume may have.
pub fn open_grid(file: Vec<u8>) -> Result<Volume, OpenError> {
    let mut volume = grid::open_large(file)?;
    spacing::drop_impossible(&mut volume);
    Ok(volume)
}

impl Sorted {
    /// An error if nothing can be opened.
    fn new(files: Vec<NamedFile>) -> Result<Self> {
        limit::check_files(&files)?;
        let mut sorted = Self::default();
        let mut unpacked = inflate::Unpacked::default();
        let is_single = files.len() == 1;
        let mut all = Vec::new();
        for file in files {
            if Kind::of(&file.bytes) == Some(Kind::Zip) {
                all.extend(archive::unpack(&file.bytes, &mut unpacked)?);
            } else if file.bytes.is_empty() && is_single {
                return Err(OpenError::EmptyFile);
            } else {
                all.push(file);
            }
        }
        grid::join_all(&mut all)?;
        for file in all {
            sorted.add(file);
        }
        if sorted.dicom.is_empty() && sorted.grids.is_empty() && sorted.pictures.is_empty() {
            return Err(sorted.reason.unwrap_or(OpenError::UnknownFormat));
        }
        limit::check_dicom_files(sorted.dicom.len())?;
        Ok(sorted)
    }

    fn add(&mut self, file: NamedFile) {
        match Kind::of(&file.bytes) {
            Some(Kind::Dicom) => self.dicom.push(file),
            Some(Kind::Nifti | Kind::Gzip | Kind::Nrrd | Kind::MetaImage) => self.grids.push(file),
            Some(Kind::Png | Kind::Jpeg) => self.pictures.push(file),
            kind @ (Some(Kind::Zip) | None) => {
                self.unknown += 1;
                let reason = if kind.is_some() {
                    OpenError::ZipInZip
                } else {
                    kind::refusal(&file.bytes)
                };
                if reason != OpenError::UnknownFormat {
                    self.reason.get_or_insert(reason);
                }
            }
        }
    }
}
