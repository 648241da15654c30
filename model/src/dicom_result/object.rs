//! What every object says: whose it is, what made it, and that it is no diagnosis.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::Stamp;
use super::data_set::{DataSet, Items};
use super::text::uid;
use crate::volume::DicomSeries;

/// The group of attributes of an image's pixels.
pub(super) const PIXELS: u16 = 0x28;
/// Position Reference Indicator, where the coordinates begin.
const POSITION_REFERENCE: (u16, u16) = (0x20, 0x1040);
/// For whoever reads the object without the page.
pub(super) const NOTE: &str = "Preliminary screening, not a diagnosis";
/// What the lesions together are called (CS, and SH).
pub(super) const LABEL: &str = "LUNG_LESIONS";
/// The same in words.
pub(super) const TITLE: &str = "Lung lesions, NeuroCare AI";

/// A device's serial number has to be there; a program has none.
const TEXTS: [(Tag, [u8; 2], &str); 6] = [
    (tags::MANUFACTURER, *b"LO", "NeuroCare AI"),
    (tags::SERIES_DESCRIPTION, *b"LO", TITLE),
    (tags::MANUFACTURER_MODEL_NAME, *b"LO", "NeuroCare AI"),
    (tags::DEVICE_SERIAL_NUMBER, *b"LO", "0"),
    (tags::SOFTWARE_VERSIONS, *b"LO", env!("CARGO_PKG_VERSION")),
    (tags::INSTANCE_NUMBER, *b"IS", "1"),
];

/// What an object is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) class_uid: &'static str,
    pub(super) modality: &'static str,
    /// Scanners count from 1, and objects of one kind stand together.
    pub(super) series_number: &'static str,
}

/// Patient and study as the scan has them; series, equipment and object are new.
pub(super) fn common(set: &mut DataSet, kind: Kind, series: &DicomSeries, stamp: &Stamp) {
    let copied = series.copied.iter();
    for element in copied.filter(|it| it.tag.0 != PIXELS && it.tag != POSITION_REFERENCE) {
        set.put(element.tag.into(), element.vr, &element.value);
    }
    for (tag, vr, value) in &TEXTS {
        set.text(*tag, *vr, value);
    }
    set.text(tags::MODALITY, *b"CS", kind.modality);
    set.text(tags::SERIES_NUMBER, *b"IS", kind.series_number);
    set.uid(tags::SOP_CLASS_UID, kind.class_uid);
    let [object, own_series, _] = stamp.random;
    for (tag, value) in [
        (tags::STUDY_INSTANCE_UID, &series.study_uid),
        (tags::SERIES_INSTANCE_UID, &uid(own_series)),
        (tags::SOP_INSTANCE_UID, &uid(object)),
    ] {
        set.uid(tag, value);
    }
}

/// The coordinates, of what has a place in the patient.
pub(super) fn coordinates(set: &mut DataSet, series: &DicomSeries) {
    let uid = &series.frame_of_reference_uid;
    set.uid(tags::FRAME_OF_REFERENCE_UID, uid);
    let copied = series.copied.iter();
    for element in copied.filter(|it| it.tag == POSITION_REFERENCE) {
        set.put(element.tag.into(), element.vr, &element.value);
    }
}

/// Another object, by its UIDs.
pub(super) fn referred_to(class_uid: &str, instance_uid: &str) -> DataSet {
    let mut reference = DataSet::default();
    reference.uid(tags::REFERENCED_SOP_CLASS_UID, class_uid);
    reference.uid(tags::REFERENCED_SOP_INSTANCE_UID, instance_uid);
    reference
}

/// The files of these slices, each once.
pub(super) fn files(series: &DicomSeries, slices: impl Iterator<Item = usize>) -> Items {
    let mut files = Items::default();
    let mut named: Vec<&str> = Vec::new();
    for slice in slices.filter_map(|slice| series.slices.get(slice)) {
        // The frames of two files may lie between each other.
        if !named.contains(&slice.instance_uid.as_str()) {
            files.push(referred_to(&slice.class_uid, &slice.instance_uid));
            named.push(&slice.instance_uid);
        }
    }
    files
}
