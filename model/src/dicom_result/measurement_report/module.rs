//! What is said of the report besides its content (PS3.3 C.17.2), and of all that is measured.

use dicom_dictionary_std::{tags, uids};

use super::content::{Item, Relation};
use crate::dicom_result::data_set::{DataSet, Items};
use crate::dicom_result::object::{self, Kind};
use crate::dicom_result::text::uid;
use crate::dicom_result::{Stamp, code, part10, seg};
use crate::volume::DicomSeries;

/// A report.
pub(super) const KIND: Kind = Kind {
    class_uid: uids::COMPREHENSIVE3_DSR_STORAGE,
    modality: "SR",
    series_number: "902",
};

/// What it is, when it was made, and that nobody has verified it.
pub(super) fn document(set: &mut DataSet, series: &DicomSeries, stamp: &Stamp) {
    object::common(set, KIND, series, stamp);
    set.text(tags::CONTENT_DATE, *b"DA", &stamp.date);
    set.text(tags::CONTENT_TIME, *b"TM", &stamp.time);
    set.text(tags::COMPLETION_FLAG, *b"CS", "PARTIAL");
    set.text(tags::COMPLETION_FLAG_DESCRIPTION, *b"LO", object::NOTE);
    set.text(tags::PRELIMINARY_FLAG, *b"CS", "PRELIMINARY");
    set.text(tags::VERIFICATION_FLAG, *b"CS", "UNVERIFIED");
    for tag in [
        tags::PERFORMED_PROCEDURE_CODE_SEQUENCE,
        tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE,
    ] {
        set.sequence(tag, &Items::default());
    }
}

/// All that the content refers to, of one study.
pub(super) fn evidence(
    set: &mut DataSet,
    series: &DicomSeries,
    slices: &[usize],
    segmentation: &Stamp,
) {
    let [object, own_series, _] = segmentation.random;
    let mut objects = Items::default();
    objects.push(object::referred_to(seg::CLASS_UID, &uid(object)));
    let files = object::files(series, slices.iter().copied());
    let mut all = Items::default();
    for (uid, instances) in [(&uid(own_series), &objects), (&series.series_uid, &files)] {
        let mut item = DataSet::default();
        item.uid(tags::SERIES_INSTANCE_UID, uid);
        item.sequence(tags::REFERENCED_SOP_SEQUENCE, instances);
        all.push(item);
    }
    let mut study = DataSet::default();
    study.uid(tags::STUDY_INSTANCE_UID, &series.study_uid);
    study.sequence(tags::REFERENCED_SERIES_SEQUENCE, &all);
    set.item(tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE, study);
}

/// The language of the report, what observed, and what examination it is of (TID 1204, 1002, 1500).
pub(super) fn context() -> [Item; 5] {
    use Relation::{Context, Modifier};
    [
        Item::code(Modifier, code::LANGUAGE, code::ENGLISH),
        Item::code(Context, code::OBSERVER_TYPE, code::DEVICE),
        Item::uid(Context, code::OBSERVER_UID, part10::IMPLEMENTATION),
        Item::text(Context, code::OBSERVER_NAME, "NeuroCare AI"),
        Item::code(Modifier, code::PROCEDURE_REPORTED, code::CT),
    ]
}
