//! Whether distances that a file gives can be those of a CT in millimetres.

use crate::volume::Volume;

/// Between pixels, mm. CT has 0.2 to 1, PET up to 6; files in metres, centimetres or micrometres
/// without a word of it are far outside.
const PIXEL_MM: std::ops::RangeInclusive<f32> = 0.1..=10.0;

/// Whether pixels of a CT can be so large.
pub(super) fn is_possible(mm: f32) -> bool {
    PIXEL_MM.contains(&mm)
}

/// Longest edge of a slice, mm: the largest fields of view have 820.
const FIELD_MM: f32 = 1200.0;

/// Forgets distances that are out of the question, and notes it.
pub(super) fn drop_impossible(volume: &mut Volume) {
    let is_field = |pixels: usize, mm: f32| is_possible(mm) && pixels as f32 * mm <= FIELD_MM;
    let is_impossible = volume
        .spacing
        .is_some_and(|it| !is_field(volume.rows, it.row_mm) || !is_field(volume.cols, it.col_mm));
    if is_impossible {
        volume.spacing = None;
        volume.slice_spacing_mm = None;
        volume.slice_thickness_mm = None;
        // Places are in the same unit.
        volume.patient_from_voxel = None;
        volume.slice_positions_mm = Vec::new();
        volume.notes.push(
            "The file's pixel spacing cannot be that of a CT, so it is not used; sizes are in pixels."
                .to_owned(),
        );
    }
}
