//! The modules of the object that are not about its segments or frames (PS3.3 A.51.3).

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};

use super::Stamp;
use super::data_set::{DataSet, Items};
use super::frame::reference;
use super::text::{decimal, decimals, uid};
use crate::volume::DicomSeries;

/// What every such object says: what it is, who made it, one bit a pixel, and that lesions share
/// none. A device's serial number has to be there; a program has none.
const TEXTS: [(Tag, [u8; 2], &str); 16] = [
    (tags::IMAGE_TYPE, *b"CS", "DERIVED\\PRIMARY"),
    (tags::SOP_CLASS_UID, *b"UI", uids::SEGMENTATION_STORAGE),
    (tags::MODALITY, *b"CS", "SEG"),
    (tags::MANUFACTURER, *b"LO", "NeuroCare AI"),
    (
        tags::SERIES_DESCRIPTION,
        *b"LO",
        "Lung lesions, NeuroCare AI",
    ),
    (tags::MANUFACTURER_MODEL_NAME, *b"LO", "NeuroCare AI"),
    (tags::DEVICE_SERIAL_NUMBER, *b"LO", "0"),
    (tags::SOFTWARE_VERSIONS, *b"LO", env!("CARGO_PKG_VERSION")),
    (tags::SERIES_NUMBER, *b"IS", "900"),
    (tags::INSTANCE_NUMBER, *b"IS", "1"),
    (tags::PHOTOMETRIC_INTERPRETATION, *b"CS", "MONOCHROME2"),
    (tags::SEGMENTATION_TYPE, *b"CS", "BINARY"),
    (tags::SEGMENTS_OVERLAP, *b"CS", "NO"),
    (tags::CONTENT_LABEL, *b"CS", "LUNG_LESIONS"),
    (
        tags::CONTENT_DESCRIPTION,
        *b"LO",
        "Preliminary screening, not a diagnosis",
    ),
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

/// Patient, study and coordinates as the scan has them; series, equipment and object are new.
pub(super) fn common(set: &mut DataSet, series: &DicomSeries, stamp: &Stamp) {
    for element in &series.copied {
        set.put(element.tag.into(), element.vr, &element.value);
    }
    for (tag, vr, value) in &TEXTS {
        set.text(*tag, *vr, value);
    }
    let [object, own_series, _] = stamp.random;
    for (tag, value) in [
        (tags::STUDY_INSTANCE_UID, &series.study_uid),
        (tags::FRAME_OF_REFERENCE_UID, &series.frame_of_reference_uid),
        (tags::SERIES_INSTANCE_UID, &uid(own_series)),
        (tags::SOP_INSTANCE_UID, &uid(object)),
    ] {
        set.uid(tag, value);
    }
    set.text(tags::CONTENT_DATE, *b"DA", &stamp.date);
    set.text(tags::CONTENT_TIME, *b"TM", &stamp.time);
}

/// How large the image is.
pub(super) fn image(set: &mut DataSet, series: &DicomSeries, frames: usize) {
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

/// The files that the frames were made from (PS3.3 C.12.2), each once.
pub(super) fn references(set: &mut DataSet, series: &DicomSeries, slices: &[usize]) {
    let mut files = Items::default();
    let mut named: Vec<&str> = Vec::new();
    for slice in slices.iter().filter_map(|&slice| series.slices.get(slice)) {
        // The frames of two files may lie between each other.
        if !named.contains(&slice.instance_uid.as_str()) {
            files.push(reference(slice));
            named.push(&slice.instance_uid);
        }
    }
    let mut item = DataSet::default();
    item.uid(tags::SERIES_INSTANCE_UID, &series.series_uid);
    item.sequence(tags::REFERENCED_INSTANCE_SEQUENCE, &files);
    set.item(tags::REFERENCED_SERIES_SEQUENCE, item);
}
