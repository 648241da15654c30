//! What the analysis says about one spot, and what usually follows from its size.

pub mod advice;
mod rejected;

use serde::{Deserialize, Serialize};

pub use rejected::Rejected;

/// A lesion longer than this is a mass, no longer a nodule (Fleischner Society, *Glossary of Terms
/// for Thoracic Imaging*, Radiology 2008, doi:10.1148/radiol.2462070712).
const MASS_MM: f32 = 30.0;

/// What two measurements of the diameter of an unchanged lesion may differ by (Lung-RADS v2022
/// calls only more than this growth).
pub(crate) const ERROR_MM: f32 = 1.5;

/// Whether a lesion of this longest diameter is a mass.
pub fn is_mass(longest_mm: f32) -> bool {
    longest_mm > MASS_MM
}

/// Whether a finding or a lesion with this confidence is drawn by the reader alone: where the
/// network marked nothing, it was not confident of anything.
pub fn is_drawn(confidence: f32) -> bool {
    confidence <= 0.0
}

/// A straight line between two pixel centres of a slice (row, column; fractions allowed).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// One end as (row, col).
    pub from: (f32, f32),
    /// The other end as (row, col).
    pub to: (f32, f32),
}

/// One connected tumour region on one slice, measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Slice it lies on.
    pub slice: usize,
    /// Number of the lesion it belongs to across slices, from 1; 0 before it has one.
    pub lesion: usize,
    /// Pixels.
    pub area_px: usize,
    /// mm², where spacing is known.
    pub area_mm2: Option<f32>,
    /// Longest diameter: mm where spacing is known, else pixels.
    pub longest: Segment,
    /// Length of `longest` in mm (`None`: spacing unknown).
    pub longest_mm: Option<f32>,
    /// Length of `longest` in pixels.
    pub longest_px: f32,
    /// Longest chord perpendicular to `longest`.
    pub perpendicular: Segment,
    /// Length of `perpendicular` in mm.
    pub perpendicular_mm: Option<f32>,
    /// Length of `perpendicular` in pixels.
    pub perpendicular_px: f32,
    /// Mean value inside: HU for CT, grey level otherwise.
    pub mean_value: f32,
    /// Mean tumour probability of those pixels that the network marked, 0…1; 0 where it marked
    /// none.
    pub confidence: f32,
    /// Centre as (row, col).
    pub centre: (f32, f32),
}

impl Finding {
    /// Whether the reader has drawn it where the network marked nothing.
    pub fn is_drawn(&self) -> bool {
        is_drawn(self.confidence)
    }
}

/// A side of the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// The patient's right, which is on the left of an image.
    #[serde(rename = "R")]
    Right,
    /// The patient's left.
    #[serde(rename = "L")]
    Left,
}

impl Side {
    /// `R` or `L`, as on images.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Right => "R",
            Self::Left => "L",
        }
    }
}

/// What the reader has said of a lesion that is not rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing yet.
    #[default]
    Open,
    /// That it is one.
    Confirmed,
}

impl Verdict {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands a reference over"
    )]
    fn is_open(&self) -> bool {
        *self == Self::Open
    }

    /// As tables have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
        }
    }
}

/// One lesion over all its slices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lesion {
    /// Number, from 1: largest first as the network finds them, and kept while the reader judges
    /// and draws.
    pub number: usize,
    /// First and last slice.
    pub slices: (usize, usize),
    /// Slice with the largest area.
    pub key_slice: usize,
    /// Volume in mL, where all spacings are known, several slices show it, and the slices before
    /// and after were analysed, too.
    pub volume_ml: Option<f32>,
    /// Largest longest diameter over its slices, mm.
    pub longest_mm: Option<f32>,
    /// Mean probability over the pixels of its findings that are not drawn by hand; 0 where all
    /// are.
    pub confidence: f32,
    /// Lung that it lies in or beside on its key slice; absent in the midline, where the file does
    /// not tell sides or no lung was recognised, and in documents of earlier releases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// What the reader has said of it; absent where that is nothing, and in documents of earlier
    /// releases.
    #[serde(default, skip_serializing_if = "Verdict::is_open")]
    pub judgement: Verdict,
}

impl Lesion {
    /// What the reader says of it: what is drawn alone counts as confirmed, also in documents of
    /// earlier releases, which say nothing of it.
    pub fn verdict(&self) -> Verdict {
        if self.is_drawn() {
            Verdict::Confirmed
        } else {
            self.judgement
        }
    }

    /// Whether the reader has said that it is one, or has drawn it.
    pub fn is_confirmed(&self) -> bool {
        self.verdict() == Verdict::Confirmed
    }

    /// Whether the reader has drawn all of it where the network marked nothing.
    pub fn is_drawn(&self) -> bool {
        is_drawn(self.confidence)
    }
}
