//! The measurements of the lesions as a DICOM Structured Report: Comprehensive 3D SR (PS3.3 A.35.13)
//! after TID 1500, Measurement Report (PS3.16).
//!
//! It refers to the segments of a Segmentation, which has to be kept with it, and to the slices
//! that these were made from.

mod content;
mod group;
mod module;
mod tracking;

use super::algorithm::Algorithm;
use super::code;
use super::data_set::DataSet;
use super::{Marked, NoObject, Stamp, frame, part10, text};
use content::{Item, Relation};

/// A file of the lesions.
///
/// # Arguments
/// * `segmentation`: the stamp of the Segmentation that is kept with it
///   ([`to_dicom_seg`](super::to_dicom_seg)).
///
/// # Errors
/// See [`NoObject`].
pub fn to_measurement_report(
    marked: &Marked<'_>,
    stamp: &Stamp,
    segmentation: &Stamp,
) -> Result<Vec<u8>, NoObject> {
    let (series, frames) = marked.frames()?;
    let slices = frame::marked_slices(&frames, series.slices.len());
    let mut set = DataSet::default();
    module::document(&mut set, series, stamp);
    module::evidence(&mut set, series, &slices, segmentation);

    let algorithm = Algorithm::of(marked);
    let mut measurements = Item::container(Relation::Contains, code::IMAGING_MEASUREMENTS);
    for (number, lesion) in (1_u16..).zip(marked.lesions) {
        let own = frames.iter().filter(|it| it.segment == number);
        let lesion = group::Shown {
            marked,
            series,
            lesion,
            number,
            frames: own.collect(),
        };
        measurements.add(lesion.group(&algorithm, segmentation));
    }
    let mut report = Item::root(set, code::MEASUREMENT_REPORT, "1500");
    for item in module::context() {
        report.add(item);
    }
    report.add(measurements);

    let mut file = part10::start(module::KIND.class_uid, &text::uid(stamp.random[0]));
    file.extend(report.into_set().into_bytes());
    Ok(file)
}
