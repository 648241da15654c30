//! Why a file could not be opened, and what to do about it.

use super::limit;
use crate::protocol::Failure;

pub(super) type Result<T, E = OpenError> = std::result::Result<T, E>;

/// Why a file could not be opened; the text is a sentence for the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Nothing to open.
    #[error("No file was chosen.")]
    NoFiles,
    /// A file of no bytes.
    #[error("The file is empty.")]
    EmptyFile,
    /// No known format.
    #[error(
        "This is not a CT image in a format known here (DICOM, NIfTI, NRRD, MetaImage, PNG, JPEG or a zip of these)."
    )]
    UnknownFormat,
    /// A number over its limit, see [`super::limit`].
    #[error("The {what} is {found}; at most {limit} can be opened.")]
    TooLarge {
        /// Of what.
        what: &'static str,
        /// In the file.
        found: u64,
        /// Largest that is opened.
        limit: u64,
    },
    /// Compressed data that grow out of all proportion.
    #[error("The compressed data swell far beyond any real image, so they were not unpacked.")]
    Bomb,
    /// Rows, columns or slices are zero.
    #[error("The image has no pixels.")]
    EmptyImage,
    /// The file ends too early.
    #[error("The file is cut short: it ends before the image does.")]
    Truncated,
    /// Fields that contradict the format or each other.
    #[error("The {format} file is damaged: {detail}.")]
    Malformed {
        /// Format in words.
        format: &'static str,
        /// What is wrong, part of a sentence.
        detail: String,
    },
    /// A compression that cannot be decoded.
    #[error("{name} is not supported yet.")]
    Compression {
        /// Name of the transfer syntax.
        name: String,
    },
    /// A feature of a format that is not read.
    #[error("{what} cannot be opened yet.")]
    Unsupported {
        /// In words, starting a sentence.
        what: String,
    },
    /// Coronal or sagittal slices.
    #[error("The slices are not axial; only axial (transverse) slices can be segmented.")]
    NotAxial,
    /// A DICOM object made of a scan.
    #[error("This is {what}, not a scan.")]
    NotScan {
        /// In words, with an article.
        what: &'static str,
    },
    /// What can be opened once it is saved, unpacked or chosen otherwise.
    #[error("{what} cannot be opened as it is.")]
    AsItIs {
        /// In words, starting a sentence.
        what: &'static str,
        /// What to do with it, one sentence.
        way_out: &'static str,
    },
    /// An archive inside an archive.
    #[error("The zip holds another zip.")]
    ZipInZip,
    /// A report, a directory file and the like.
    #[error("The DICOM file holds no image.")]
    NoPixels,
    /// Slices of different sizes in a series.
    #[error("The slices differ in size: {first} and {other} pixels.")]
    MixedSizes {
        /// `rows × columns` of the first slice.
        first: String,
        /// Of one that differs.
        other: String,
    },
    /// Slices in a series whose pixels are of different sizes in mm.
    #[error("The slices' pixels differ in size, so the scan cannot be measured as one.")]
    MixedSpacing,
    /// Several volumes where one is expected.
    #[error("There are {count} {format} files; only one can be opened at a time.")]
    Several {
        /// Format in words.
        format: &'static str,
        /// How many.
        count: usize,
    },
    /// A series that is not there.
    #[error("This series is no longer in the files.")]
    NoSuchSeries,
    /// A reference mask that does not fit the scan.
    #[error(
        "The reference mask has {found} voxels (columns × rows × slices), the scan has {expected}."
    )]
    MaskSize {
        /// Of the mask.
        found: String,
        /// Of the volume.
        expected: String,
    },
    /// A reference mask in a format that holds none.
    #[error("A reference mask must be a NIfTI, NRRD, MetaImage or PNG file.")]
    MaskFormat,
    /// A decoder that is loaded when it is needed could not be.
    #[error("The part of the program that reads {what} could not be loaded.")]
    NotLoaded {
        /// What it decodes.
        what: &'static str,
    },
    /// The browser gave no more memory.
    #[error("There is not enough memory for this scan.")]
    OutOfMemory,
    /// An error in one of several files.
    #[error("“{name}”: {source}")]
    InFile {
        /// Name of the file.
        name: String,
        /// What is wrong with it.
        source: Box<OpenError>,
    },
}

impl OpenError {
    /// What the user can do, one sentence.
    pub fn way_out(&self) -> &'static str {
        match self {
            Self::NoFiles => {
                "Choose a DICOM, NIfTI, NRRD, MetaImage, PNG or JPEG file, or a folder or zip of DICOM files."
            }
            Self::EmptyFile | Self::Truncated => "Copy or download the file again.",
            Self::UnknownFormat => "Export the scan as one of these.",
            Self::TooLarge { what, .. } if limit::OF_ZIP.contains(what) => {
                "Unpack it, and open the folder of one series."
            }
            Self::TooLarge { what, .. } if limit::OF_STUDY.contains(what) => {
                "Open the folder of one series of the study, or fewer of its slices."
            }
            Self::TooLarge { .. } => "Open fewer slices, or export the series at a smaller size.",
            Self::Bomb => "Export the scan again without this compression.",
            Self::EmptyImage | Self::Malformed { .. } => {
                "Export the scan again from the scanner's or the viewer's software."
            }
            Self::Compression { .. } => {
                "Ask your PACS for uncompressed files (Explicit VR Little Endian), or for JPEG 2000."
            }
            Self::Unsupported { .. } => "Export the scan as greyscale DICOM or NIfTI.",
            Self::NotScan { .. } => "Open the CT series.",
            Self::AsItIs { way_out, .. } => way_out,
            Self::ZipInZip => "Unpack it first.",
            Self::NotAxial => "Open the axial series of the examination.",
            Self::NoPixels => "Choose the image files of the series.",
            Self::MixedSizes { .. } | Self::MixedSpacing => "Open one series at a time.",
            Self::Several { .. } => "Choose one of them.",
            Self::NoSuchSeries => "Choose the files again.",
            Self::MaskSize { .. } => "Choose the mask that belongs to the open scan.",
            Self::NotLoaded { .. } => "Check the connection and open the file again.",
            Self::MaskFormat => "Save the mask as NIfTI, or as one PNG a slice.",
            Self::OutOfMemory => "Close other tabs, or open fewer slices.",
            Self::InFile { source, .. } => source.way_out(),
        }
    }

    /// The same error, with the file's name.
    pub(super) fn in_file(self, name: &str) -> Self {
        match self {
            Self::InFile { .. } => self,
            source => Self::InFile {
                name: name.to_owned(),
                source: Box::new(source),
            },
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self {
            cause: error.to_string(),
            way_out: error.way_out().to_owned(),
        }
    }
}
