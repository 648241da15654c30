//! Whether distances that a file gives can be those of a CT in millimetres.

use crate::volume::Volume;

/// Forgets distances that are out of the question, and notes it.
pub(super) fn drop_impossible(volume: &mut Volume) {
    let size = (volume.rows, volume.cols);
    let is_impossible = volume.spacing.is_some_and(|it| !it.is_possible(size));
    if is_impossible {
        volume.spacing = None;
        volume.slice_spacing_mm = None;
        volume.slice_thickness_mm = None;
        // Places are in the same unit.
        volume.patient_from_voxel = None;
        volume.slice_positions_mm = Vec::new();
        // DICOM files of a result would say it of pixels and places all the same.
        volume.dicom = None;
        volume.notes.push(
            "The file's pixel spacing cannot be that of a CT, so it is not used: sizes are in pixels until you calibrate them."
                .to_owned(),
        );
    }
}
