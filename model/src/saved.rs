//! What is kept of an analysis: figures and masks, never pixels.
//!
//! A *document* is one file of bytes, the same in the browser's outbox, on the wire and in
//! the database:
//!
//! ```text
//! "NCA1" · length of the content (u32) · deflate( content )
//! content = length of the header (u32) · header (JSON of [`Saved`]) · masks
//! masks   = for each slice of the header: length (u32) · runs ([`runs`])
//! ```
//!
//! Numbers are little-endian. Compression is left to the caller (the browser has its own,
//! which costs the page nothing); [`envelope`] and [`content`] are pure.

pub mod content;
pub mod envelope;
pub mod lesion;
mod lung;
pub mod runs;

use serde::{Deserialize, Serialize};

pub use lesion::{Place, SavedLesion};

use crate::calliper::Calliper;
use crate::finding::Rejected;
use crate::finding::advice::size;
use crate::protocol::{EngineInfo, Summary, is_searched};
use crate::settings::Settings;
use crate::volume::{Intensity, PixelSpacing};

/// Version of the header; an unknown one is not read.
pub const VERSION: u8 = 1;

/// Limits of a document. The server refuses what is over them; the page says so before.
pub mod limit {
    /// Bytes of a document.
    pub const DOCUMENT_BYTES: usize = 1 << 20;
    /// Bytes of the content.
    pub const CONTENT_BYTES: usize = 16 << 20;
    /// Bytes of the header.
    pub const HEADER_BYTES: usize = 4 << 20;
    /// Slices.
    pub const SLICES: usize = 2000;
    /// Rows, and columns.
    pub const EDGE: usize = 8192;
    /// Pixels over all segmented slices: what their label maps take in memory, in bytes.
    pub const PIXELS: usize = 600_000_000;
    /// Findings over all slices.
    pub const FINDINGS: usize = 10_000;
    /// Lines and ellipses measured by hand.
    pub const LINES: usize = 1000;
    /// Bytes of any text in the header.
    pub const TEXT_BYTES: usize = 600;
}

/// The header of a document: everything but the masks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved {
    /// [`VERSION`].
    pub version: u8,
    /// What the user calls the patient; not a name.
    pub label: String,
    /// Day of the examination as the user says it, `YYYY-MM-DD`.
    pub examined_on: String,
    /// Keyed digest of the image, 32 bytes as hex: tells whether an image is the same,
    /// and nothing else about it.
    pub digest: String,
    /// Height of a slice in pixels.
    pub rows: usize,
    /// Width of a slice in pixels.
    pub cols: usize,
    /// Slices of the whole scan, segmented or not.
    pub scan_slices: usize,
    /// Meaning of values.
    pub intensity: Intensity,
    /// Pixel spacing.
    pub spacing: Option<PixelSpacing>,
    /// Whether that is the reader's calibration; absent where it is the file's, and in documents of
    /// earlier releases, which know no other.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_calibrated: bool,
    /// Distance between slices in mm.
    pub slice_spacing_mm: Option<f32>,
    /// Slices after which something is not shown ([`Volume::gaps`](crate::volume::Volume::gaps));
    /// absent where there are none, and in documents of earlier releases, which say nothing of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<usize>,
    /// Whether nobody knows which end of the scan is the head's, and which side the patient's left;
    /// absent where that is known, and in documents of earlier releases, which say nothing of it,
    /// the last of them of single slices only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_head_unknown: bool,
    /// Number of the image of each slice of the whole scan in its DICOM series
    /// ([`Volume::instance_numbers`](crate::volume::Volume::instance_numbers)); absent where its
    /// file says none, and in documents of earlier releases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instance_numbers: Vec<usize>,
    /// Number of the DICOM series in its study; absent where its file says none, and in documents
    /// of earlier releases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series_number: Option<i32>,
    /// Network, weights, back end, adapter.
    pub engine: EngineInfo,
    /// What the user chose.
    pub settings: Settings,
    /// Segmented slices in ascending order; their masks follow in the same order.
    pub slices: Vec<SavedSlice>,
    /// Figures over all of them.
    pub summary: Summary,
    /// The lesions as follow-up needs them.
    pub lesions: Vec<SavedLesion>,
    /// What the reader has taken out of the result; absent in documents of the first release.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<Rejected>,
    /// Lines that the reader has measured, with a second axis if they have one, and ellipses with
    /// what they enclose: the document has no pixels to look at again. Absent where there are none,
    /// and in documents of earlier releases, the last of them with lines of one axis only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Calliper>,
}

impl Saved {
    /// Whether it is known which side is the patient's left and which end the head's. Earlier
    /// releases do not say it of pictures, which never tell: of scans of grey levels it counts as
    /// not known.
    pub fn is_oriented(&self) -> bool {
        !self.is_head_unknown && self.intensity == Intensity::Hounsfield
    }

    /// The slice to begin at: that of the largest lesion, or else the first.
    pub fn first_shown(&self) -> Option<usize> {
        let (mut largest, mut number) = (0.0, 0);
        for finding in &self.summary.findings {
            if size(finding) > largest {
                (largest, number) = (size(finding), finding.lesion);
            }
        }
        let lesion = self.summary.lesions.iter().find(|l| l.number == number);
        let slice = lesion.map(|it| it.key_slice);
        slice.or_else(|| self.slices.first().map(|it| it.slice))
    }

    /// Longest diameter of any lesion on any slice, mm. In documents of earlier releases,
    /// [`SavedLesion`] has that of the key slice, which may be shorter.
    pub fn longest_mm(&self) -> Option<f32> {
        let diameters = self.summary.lesions.iter().filter_map(|l| l.longest_mm);
        diameters.max_by(f32::total_cmp)
    }

    /// Volume of all lesions together, mL; `None` where there is none, or where that of any is not
    /// known: the sum of the others would be taken for the whole.
    pub fn volume_ml(&self) -> Option<f64> {
        let volumes = self.lesions.iter().map(|l| l.volume_ml.map(f64::from));
        volumes
            .sum::<Option<f64>>()
            .filter(|_| !self.lesions.is_empty())
    }

    /// Volume of those lesions together of which it is known, mL, where it is not known of others;
    /// else `None`.
    pub fn least_volume_ml(&self) -> Option<f64> {
        let known = self.lesions.iter().filter_map(|l| l.volume_ml);
        let is_partial = (1..self.lesions.len()).contains(&known.clone().count());
        is_partial.then(|| known.map(f64::from).sum())
    }
}

/// One segmented slice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedSlice {
    /// Its place in the scan.
    pub slice: usize,
    /// Pixels of the lung field.
    pub lung_px: usize,
    /// Pixels per tenth of probability inside the lung field; none where nothing was searched.
    pub histogram: [u32; 10],
    /// Time of the whole slice, ms.
    pub total_ms: f64,
    /// Time of the network alone, ms.
    pub network_ms: f64,
    /// Whether the reader has changed the outline of anything on it; absent where not, and in
    /// documents of earlier releases.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_corrected: bool,
}

impl SavedSlice {
    /// Whether there was a lung, or what may be one, to search.
    pub fn is_searched(&self) -> bool {
        is_searched(&self.histogram)
    }
}

/// Bits of a label map, the form in which masks are kept: one byte a pixel.
pub mod label {
    /// Lung field.
    pub const LUNG: u8 = 1;
    /// Tumour, threshold only.
    pub const RAW: u8 = 2;
    /// Tumour, after postprocessing.
    pub const FINAL: u8 = 4;
    /// All of them.
    pub const ALL: u8 = LUNG | RAW | FINAL;
}

/// Why bytes are not a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    /// Not the beginning of a document, or of a newer version.
    #[error("this is not a saved analysis of a version that is known here")]
    Unknown,
    /// It ends too early, or goes on after its end.
    #[error("the saved analysis is cut off or has something after its end")]
    Length,
    /// Over one of [`limit`].
    #[error("the saved analysis is larger than allowed")]
    TooLarge,
    /// Its parts contradict each other.
    #[error("the saved analysis contradicts itself")]
    Inconsistent,
}
