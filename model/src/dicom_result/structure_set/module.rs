//! What is said of the Structure Set and of its ROIs, but for their contours (PS3.3 A.19.3).

use dicom_dictionary_std::{tags, uids};

use crate::dicom_result::Stamp;
use crate::dicom_result::algorithm::{Algorithm, kind, name};
use crate::dicom_result::data_set::DataSet;
use crate::dicom_result::object::{self, Kind};
use crate::dicom_result::text::decimal;
use crate::finding::Lesion;
use crate::volume::DicomSeries;

/// An RT Structure Set.
pub(super) const KIND: Kind = Kind {
    class_uid: uids::RT_STRUCTURE_SET_STORAGE,
    modality: "RTSTRUCT",
    series_number: "901",
};

/// Detached Study Management: retired, and still the class that a study is referred to by (PS3.3
/// C.8.8.5).
const STUDY: &str = "1.2.840.10008.3.1.2.3.1";

/// What it is, when it was made, and that nobody has approved it.
pub(super) fn head(set: &mut DataSet, series: &DicomSeries, stamp: &Stamp) {
    object::common(set, KIND, series, stamp);
    object::coordinates(set, series);
    set.text(tags::OPERATORS_NAME, *b"PN", "");
    set.text(tags::STRUCTURE_SET_LABEL, *b"SH", object::LABEL);
    set.text(tags::STRUCTURE_SET_NAME, *b"LO", object::TITLE);
    set.text(tags::STRUCTURE_SET_DESCRIPTION, *b"ST", object::NOTE);
    set.text(tags::STRUCTURE_SET_DATE, *b"DA", &stamp.date);
    set.text(tags::STRUCTURE_SET_TIME, *b"TM", &stamp.time);
    set.text(tags::APPROVAL_STATUS, *b"CS", "UNAPPROVED");
    set.item(
        tags::REFERENCED_FRAME_OF_REFERENCE_SEQUENCE,
        coordinates(series),
    );
}

/// The coordinates, and the whole series that they are of: by these files readers find the scan.
fn coordinates(series: &DicomSeries) -> DataSet {
    let mut of_series = DataSet::default();
    of_series.uid(tags::SERIES_INSTANCE_UID, &series.series_uid);
    let files = object::files(series, 0..series.slices.len());
    of_series.sequence(tags::CONTOUR_IMAGE_SEQUENCE, &files);
    let mut study = DataSet::default();
    study.uid(tags::REFERENCED_SOP_CLASS_UID, STUDY);
    study.uid(tags::REFERENCED_SOP_INSTANCE_UID, &series.study_uid);
    study.item(tags::RT_REFERENCED_SERIES_SEQUENCE, of_series);
    let mut coordinates = DataSet::default();
    let uid = &series.frame_of_reference_uid;
    coordinates.uid(tags::FRAME_OF_REFERENCE_UID, uid);
    coordinates.item(tags::RT_REFERENCED_STUDY_SEQUENCE, study);
    coordinates
}

/// The ROI of a lesion, named as on the page, whose numbers may have gaps (`roi` counts from 1
/// without any).
pub(super) fn region(
    algorithm: &Algorithm,
    roi: &str,
    lesion: &Lesion,
    series: &DicomSeries,
) -> DataSet {
    let mut region = DataSet::default();
    region.text(tags::ROI_NUMBER, *b"IS", roi);
    let uid = &series.frame_of_reference_uid;
    region.uid(tags::REFERENCED_FRAME_OF_REFERENCE_UID, uid);
    region.text(tags::ROI_NAME, *b"LO", &name(lesion));
    if let Some(ml) = lesion.volume_ml {
        let volume = (f64::from(ml) * 1000.0).round() / 1000.0;
        region.text(tags::ROI_VOLUME, *b"DS", &decimal(volume));
    }
    let (how, by) = algorithm.behind(lesion);
    region.text(tags::ROI_GENERATION_ALGORITHM, *b"CS", how);
    if let Some(by) = by {
        region.text(tags::ROI_GENERATION_DESCRIPTION, *b"LO", by);
    }
    region
}

/// What the ROI shows. Whether it is a target is for those who treat the patient to say, so its
/// interpreted type stays empty, and so does who interpreted it.
pub(super) fn observation(roi: &str, lesion: &Lesion) -> DataSet {
    let mut observation = DataSet::default();
    observation.text(tags::OBSERVATION_NUMBER, *b"IS", roi);
    observation.text(tags::REFERENCED_ROI_NUMBER, *b"IS", roi);
    observation.item(
        tags::RTROI_IDENTIFICATION_CODE_SEQUENCE,
        kind(lesion).item(),
    );
    observation.text(tags::RTROI_INTERPRETED_TYPE, *b"CS", "");
    observation.text(tags::ROI_INTERPRETER, *b"PN", "");
    observation
}
