//! What is said of a segment: one for each lesion (PS3.3 C.8.20.4).

use dicom_dictionary_std::tags;

use crate::dicom_result::algorithm::{Algorithm, kind, name};
use crate::dicom_result::code;
use crate::dicom_result::data_set::DataSet;
use crate::finding::Lesion;

/// The page's colour of tumours, sRGB (255, 112, 51), as `CIELab` under D65 in 16 bits each: as
/// highdicom 0.28 writes it and dcmqi 1.5 reads it back, so that viewers show the same colour.
const COLOUR: [u16; 3] = [42_094, 46_087, 47_848];

/// The segment of a lesion, named as on the page, whose numbers may have gaps (`number` counts from
/// 1 without any).
pub(super) fn segment(algorithm: &Algorithm, number: u16, lesion: &Lesion) -> DataSet {
    let mut segment = DataSet::default();
    segment.item(tags::ANATOMIC_REGION_SEQUENCE, code::LUNG.item());
    segment.item(
        tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE,
        code::ALTERED_STRUCTURE.item(),
    );
    segment.words(tags::SEGMENT_NUMBER, &[number]);
    segment.text(tags::SEGMENT_LABEL, *b"LO", &name(lesion));
    let (how, by) = algorithm.behind(lesion);
    segment.text(tags::SEGMENT_ALGORITHM_TYPE, *b"CS", how);
    if let Some(by) = by {
        segment.text(tags::SEGMENT_ALGORITHM_NAME, *b"LO", by);
    }
    segment.words(tags::RECOMMENDED_DISPLAY_CIE_LAB_VALUE, &COLOUR);
    segment.item(
        tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE,
        kind(lesion).item(),
    );
    segment
}
