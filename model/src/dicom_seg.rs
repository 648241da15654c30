//! The lesions as a DICOM Segmentation (PS3.3 A.51), which an archive files beside the scan.
//!
//! One segment for each lesion, one frame for each slice that it reaches, one bit a pixel, on the
//! very pixels of the scan's files: what the volume turned and mirrored is undone. The field that
//! was searched is no segment: it is wider than the lung where masses reach into chest wall and
//! mediastinum.

mod code;
mod data_set;
mod frame;
mod module;
mod part10;
mod segment;
mod text;

use dicom_dictionary_std::tags;

use crate::finding::Lesion;
use crate::map::Map;
use crate::pipeline::SliceAnalysis;
use crate::protocol::EngineInfo;
use crate::volume::Volume;
use data_set::{DataSet, Items};
use segment::Algorithm;

/// What makes one object differ from the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Day on which it is made: `YYYYMMDD`.
    pub date: String,
    /// Time of that day: `HHMMSS`.
    pub time: String,
    /// For the UIDs of object, series and dimensions.
    pub random: [[u8; 16]; 3],
}

/// There is no such file of this result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoSegmentation {
    /// Not DICOM, or without what the object has to say of it.
    #[error("The scan is no DICOM series that a segmentation could refer to.")]
    NoSeries,
    /// A segmentation has at least one segment.
    #[error("Nothing is marked on this scan, so there is nothing to write.")]
    NothingMarked,
    /// More than there is memory for, or more than the numbers of the format hold.
    #[error("Too much is marked on this scan for one file.")]
    TooLarge,
}

/// A file of `lesions`, which are those of `analyses` as [`summarise`](crate::pipeline::summarise)
/// numbers them. `engine` is the one behind all analyses, `None` where they differ in it.
///
/// # Errors
/// See [`NoSegmentation`].
pub fn to_dicom_seg(
    volume: &Volume,
    analyses: &Map<usize, SliceAnalysis>,
    lesions: &[Lesion],
    engine: Option<&EngineInfo>,
    stamp: &Stamp,
) -> Result<Vec<u8>, NoSegmentation> {
    let series = volume.dicom.as_ref().ok_or(NoSegmentation::NoSeries)?;
    let frames = frame::frames(analyses, lesions);
    if frames.is_empty() {
        return Err(NoSegmentation::NothingMarked);
    }
    let length = frame::packed_bytes(frames.len(), series)
        .filter(|_| u16::try_from(lesions.len()).is_ok())
        .ok_or(NoSegmentation::TooLarge)?;

    let mut set = DataSet::default();
    module::common(&mut set, series, stamp);
    module::image(&mut set, series, frames.len());
    module::shared_groups(&mut set, series);
    module::dimensions(&mut set, stamp);
    let slices = frame::marked_slices(&frames, series.slices.len());
    module::references(&mut set, series, &slices);
    let is_judged = |it: &SliceAnalysis| !it.rejected.is_empty() || it.is_corrected();
    let algorithm = Algorithm::new(engine, analyses.values().any(is_judged));
    let mut segments = Items::default();
    for (number, lesion) in (1..).zip(lesions) {
        segments.push(algorithm.segment(number, lesion));
    }
    set.sequence(tags::SEGMENT_SEQUENCE, &segments);
    let mut groups = Items::default();
    for frame in &frames {
        let position = slices.iter().take_while(|it| **it <= frame.slice).count();
        if let Some(slice) = series.slices.get(frame.slice) {
            groups.push(frame.groups(slice, position));
        }
    }
    set.sequence(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, &groups);

    let mut file = part10::start(&text::uid(stamp.random[0]));
    file.extend(set.into_bytes());
    file.extend(data_set::header(tags::PIXEL_DATA, *b"OB", length));
    let start = file.len();
    file.try_reserve_exact(length as usize)
        .map_err(|_| NoSegmentation::TooLarge)?;
    file.resize(start + length as usize, 0);
    let packed = file.get_mut(start..).unwrap_or_default();
    frame::pack(&frames, series, volume.cols, packed);
    Ok(file)
}
