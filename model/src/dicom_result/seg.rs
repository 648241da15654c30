//! The lesions as a DICOM Segmentation (PS3.3 A.51).
//!
//! One segment for each lesion, one frame for each slice that it reaches, one bit a pixel, on the
//! very pixels of the scan's files: what the volume turned and mirrored is undone. The field that
//! was searched is no segment: it is wider than the lung where masses reach into chest wall and
//! mediastinum.

mod module;
mod segment;

use dicom_dictionary_std::tags;

use super::algorithm::Algorithm;
use super::data_set::{self, DataSet, Items};
use super::{Marked, NoObject, Stamp, frame, part10, text};

/// What other objects refer to one by.
pub(super) const CLASS_UID: &str = module::KIND.class_uid;

/// A file of the lesions.
///
/// # Errors
/// See [`NoObject`].
pub fn to_dicom_seg(marked: &Marked<'_>, stamp: &Stamp) -> Result<Vec<u8>, NoObject> {
    let (series, frames) = marked.frames()?;
    let length = frame::packed_bytes(frames.len(), series).ok_or(NoObject::TooLarge)?;

    let mut set = DataSet::default();
    module::content(&mut set, series, stamp);
    module::image(&mut set, series, frames.len());
    module::shared_groups(&mut set, series);
    module::dimensions(&mut set, stamp);
    let slices = frame::marked_slices(&frames, series.slices.len());
    module::references(&mut set, series, &slices);
    let algorithm = Algorithm::of(marked);
    let mut segments = Items::default();
    for (number, lesion) in (1..).zip(marked.lesions) {
        segments.push(segment::segment(&algorithm, number, lesion));
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

    let mut file = part10::start(CLASS_UID, &text::uid(stamp.random[0]));
    file.extend(set.into_bytes());
    file.extend(data_set::header(tags::PIXEL_DATA, *b"OB", length));
    let start = file.len();
    file.try_reserve_exact(length as usize)
        .map_err(|_| NoObject::TooLarge)?;
    file.resize(start + length as usize, 0);
    let packed = file.get_mut(start..).unwrap_or_default();
    frame::pack(&frames, series, marked.volume.cols, packed);
    Ok(file)
}
