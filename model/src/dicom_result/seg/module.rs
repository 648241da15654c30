//! The modules of the object that are not about its segments or frames (PS3.3 A.51.3).

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};

use crate::dicom_result::Stamp;
use crate::dicom_result::data_set::{DataSet, Items};
use crate::dicom_result::object::{self, Kind};
use crate::dicom_result::text::{decimal, decimals, uid};
use crate::volume::DicomSeries;

/// A Segmentation.
pub(super) const KIND: Kind = Kind {
    class_uid: uids::SEGMENTATION_STORAGE,
    modality: "SEG",
    series_number: "900",
};

/// What every such object says: one bit a pixel, and that lesions share none.
const TEXTS: [(Tag, [u8; 2], &str); 7] = [
    (tags::IMAGE_TYPE, *b"CS", "DERIVED\\PRIMARY"),
    (tags::PHOTOMETRIC_INTERPRETATION, *b"CS", "MONOCHROME2"),
    (tags::SEGMENTATION_TYPE, *b"CS", "BINARY"),
    (tags::SEGMENTS_OVERLAP, *b"CS", "NO"),
    (tags::CONTENT_LABEL, *b"CS", object::LABEL),
    (tags::CONTENT_DESCRIPTION, *b"LO", object::NOTE),
    (tags::CONTENT_CREATOR_NAME, *b"PN", ""),
];
/// The same in numbers.
const WORDS: [(Tag, u16); 5] = [
    (tags::SAMPLES_PER_PIXEL, 1),
    (tags::BITS_ALLOCATED, 1),
    (tags::BITS_STORED, 1),
    (tags::HIGH_BIT, 0),
    (tags::PIXEL_REPRESENTATION, 0),
];

/// What it is, and when it was made.
pub(super) fn content(set: &mut DataSet, series: &DicomSeries, stamp: &Stamp) {
    object::common(set, KIND, series, stamp);
    object::coordinates(set, series);
    for (tag, vr, value) in &TEXTS {
        set.text(*tag, *vr, value);
    }
    set.text(tags::CONTENT_DATE, *b"DA", &stamp.date);
    set.text(tags::CONTENT_TIME, *b"TM", &stamp.time);
}

/// How large the image is, and what its source lost.
pub(super) fn image(set: &mut DataSet, series: &DicomSeries, frames: usize) {
    for element in series.copied.iter().filter(|it| it.tag.0 == object::PIXELS) {
        set.put(element.tag.into(), element.vr, &element.value);
    }
    for (tag, value) in &WORDS {
        set.words(*tag, &[*value]);
    }
    let [cols, rows] = series.plane.size;
    set.words(tags::ROWS, &[rows as u16]);
    set.words(tags::COLUMNS, &[cols as u16]);
    set.text(tags::NUMBER_OF_FRAMES, *b"IS", &frames.to_string());
}

/// What is said of all frames: how large pixels are and how slices lie.
pub(super) fn shared_groups(set: &mut DataSet, series: &DicomSeries) {
    let plane = &series.plane;
    let mut measures = DataSet::default();
    let spacing = decimals(&plane.spacing_mm);
    measures.text(tags::PIXEL_SPACING, *b"DS", &spacing);
    let thickness = decimal(plane.thickness_mm);
    measures.text(tags::SLICE_THICKNESS, *b"DS", &thickness);
    if let Some(mm) = plane.slice_spacing_mm {
        measures.text(tags::SPACING_BETWEEN_SLICES, *b"DS", &decimal(mm));
    }
    let mut orientation = DataSet::default();
    let directions = decimals(plane.direction.as_flattened());
    orientation.text(tags::IMAGE_ORIENTATION_PATIENT, *b"DS", &directions);
    let mut shared = DataSet::default();
    shared.item(tags::PIXEL_MEASURES_SEQUENCE, measures);
    shared.item(tags::PLANE_ORIENTATION_SEQUENCE, orientation);
    set.item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, shared);
}

/// Frames are indexed by segment, then by place.
pub(super) fn dimensions(set: &mut DataSet, stamp: &Stamp) {
    let [.., organisation] = stamp.random;
    let organisation = uid(organisation);
    let own = || {
        let mut own = DataSet::default();
        own.uid(tags::DIMENSION_ORGANIZATION_UID, &organisation);
        own
    };
    let mut indices = Items::default();
    for (pointer, group) in [
        (
            tags::REFERENCED_SEGMENT_NUMBER,
            tags::SEGMENT_IDENTIFICATION_SEQUENCE,
        ),
        (tags::IMAGE_POSITION_PATIENT, tags::PLANE_POSITION_SEQUENCE),
    ] {
        let mut index = own();
        index.pointer(tags::DIMENSION_INDEX_POINTER, pointer);
        index.pointer(tags::FUNCTIONAL_GROUP_POINTER, group);
        indices.push(index);
    }
    set.sequence(tags::DIMENSION_INDEX_SEQUENCE, &indices);
    set.item(tags::DIMENSION_ORGANIZATION_SEQUENCE, own());
}

/// The files that the frames were made from (PS3.3 C.12.2).
pub(super) fn references(set: &mut DataSet, series: &DicomSeries, slices: &[usize]) {
    let files = object::files(series, slices.iter().copied());
    let mut item = DataSet::default();
    item.uid(tags::SERIES_INSTANCE_UID, &series.series_uid);
    item.sequence(tags::REFERENCED_INSTANCE_SEQUENCE, &files);
    set.item(tags::REFERENCED_SERIES_SEQUENCE, item);
}
