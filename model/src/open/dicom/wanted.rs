//! The list of tags that are read. Those of [`origin`] name the patient: they are kept apart, for a
//! DICOM file of the result and for the line that says whose scan is open. `header` compares two of
//! them to tell patients apart.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

pub(super) use dicom_dictionary_std::tags::PIXEL_DATA;

use super::origin;

/// The functional groups of frames that are read (PS3.3 C.7.6.16).
pub(super) const FUNCTIONAL_GROUPS: [Tag; 5] = [
    tags::FRAME_CONTENT_SEQUENCE,
    tags::PIXEL_MEASURES_SEQUENCE,
    tags::PLANE_POSITION_SEQUENCE,
    tags::PLANE_ORIENTATION_SEQUENCE,
    tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE,
];

const VALUES: [Tag; 38] = [
    tags::TRANSFER_SYNTAX_UID,
    tags::IMAGE_TYPE,
    tags::SOP_CLASS_UID,
    tags::SOP_INSTANCE_UID,
    tags::MODALITY,
    tags::SLICE_THICKNESS,
    tags::SPACING_BETWEEN_SLICES,
    tags::IMAGER_PIXEL_SPACING,
    tags::STUDY_INSTANCE_UID,
    tags::SERIES_INSTANCE_UID,
    tags::ACQUISITION_NUMBER,
    tags::TEMPORAL_POSITION_IDENTIFIER,
    tags::TEMPORAL_POSITION_INDEX,
    tags::FRAME_ACQUISITION_NUMBER,
    tags::INSTANCE_NUMBER,
    tags::IMAGE_POSITION_PATIENT,
    tags::IMAGE_ORIENTATION_PATIENT,
    tags::FRAME_OF_REFERENCE_UID,
    tags::SLICE_LOCATION,
    tags::SAMPLES_PER_PIXEL,
    tags::PHOTOMETRIC_INTERPRETATION,
    tags::PLANAR_CONFIGURATION,
    tags::NUMBER_OF_FRAMES,
    tags::ROWS,
    tags::COLUMNS,
    tags::PIXEL_SPACING,
    tags::BITS_ALLOCATED,
    tags::BITS_STORED,
    tags::HIGH_BIT,
    tags::PIXEL_REPRESENTATION,
    tags::PIXEL_PADDING_VALUE,
    tags::PIXEL_PADDING_RANGE_LIMIT,
    tags::RESCALE_INTERCEPT,
    tags::RESCALE_SLOPE,
    tags::RESCALE_TYPE,
    tags::FLOAT_PIXEL_DATA,
    tags::DOUBLE_FLOAT_PIXEL_DATA,
    PIXEL_DATA,
];

/// Whether a value is kept.
pub(super) fn is_wanted(tag: Tag) -> bool {
    VALUES.contains(&tag) || is_sequence(tag) || origin::is_kept(tag)
}

/// Whether the tag is a sequence on the list.
pub(super) fn is_sequence(tag: Tag) -> bool {
    let of_frames = [
        tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE,
        tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
    ];
    of_frames.contains(&tag) || FUNCTIONAL_GROUPS.contains(&tag)
}
