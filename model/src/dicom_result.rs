//! The lesions as DICOM objects, which an archive files beside the scan.
//!
//! | file | module |
//! |---|---|
//! | Segmentation | [`to_dicom_seg`] |
//! | RT Structure Set | [`to_structure_set`] |
//! | Structured Report of what was measured | [`to_measurement_report`] |
//!
//! All are written here alike: `data_set` makes bytes of elements, `object` says whose they are and
//! what made them, `frame` finds the pixels of a lesion on each slice, `algorithm` says how it came
//! about.

mod algorithm;
mod code;
mod data_set;
mod frame;
mod measurement_report;
mod object;
mod part10;
mod seg;
mod structure_set;
mod text;

pub use measurement_report::to_measurement_report;
pub use seg::to_dicom_seg;
pub use structure_set::to_structure_set;

use crate::finding::Lesion;
use crate::map::Map;
use crate::pipeline::SliceAnalysis;
use crate::protocol::EngineInfo;
use crate::volume::{DicomSeries, Volume};
use frame::Frame;

/// What makes one object differ from the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Day on which it is made: `YYYYMMDD`.
    pub date: String,
    /// Time of that day: `HHMMSS`.
    pub time: String,
    /// For the UIDs of object and series, and for one more that an object needs.
    pub random: [[u8; 16]; 3],
}

/// There is no such file of this result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoObject {
    /// Not DICOM, or without what the object has to say of it.
    #[error("The scan is no DICOM series that such a file could refer to.")]
    NoSeries,
    /// An object has at least one lesion.
    #[error("Nothing is marked on this scan, so there is nothing to write.")]
    NothingMarked,
    /// More than there is memory for, or more than the numbers of the format hold.
    #[error("Too much is marked on this scan for one file.")]
    TooLarge,
}

/// What is written.
#[derive(Debug, Clone, Copy)]
pub struct Marked<'a> {
    /// The scan.
    pub volume: &'a Volume,
    /// Its slices, whose findings have the numbers of their lesions.
    pub analyses: &'a Map<usize, SliceAnalysis>,
    /// The lesions of `analyses` as [`summarise`](crate::pipeline::summarise) numbers them.
    pub lesions: &'a [Lesion],
    /// The one behind all analyses, `None` where they differ in it.
    pub engine: Option<&'a EngineInfo>,
}

impl<'a> Marked<'a> {
    /// The series that an object refers to, and the lesions on its slices.
    fn frames(&self) -> Result<(&'a DicomSeries, Vec<Frame>), NoObject> {
        let series = self.volume.dicom.as_ref().ok_or(NoObject::NoSeries)?;
        if u16::try_from(self.lesions.len()).is_err() {
            return Err(NoObject::TooLarge);
        }
        let frames = frame::frames(self.analyses, self.lesions);
        if frames.is_empty() {
            return Err(NoObject::NothingMarked);
        }
        Ok((series, frames))
    }
}
