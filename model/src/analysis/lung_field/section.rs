//! Whether a slice shows the body all around.

use super::LEAST_VIEW_MM;
use crate::analysis::SliceView;
use crate::volume::Intensity;

/// Darker than any lung: the room's air, and what scanners pad with.
const ROOM_BELOW_HU: i16 = -950;
/// At least this share of the image's border lies in the room. Of 117 whole slices of five
/// scans it was 0.46 to 0.97.
const LEAST_ROOM: f32 = 0.4;

/// Whether the body is in view from skin to skin, so that lungs that are not seen are not there:
/// neck and abdomen. Where the body goes on past the image, so may a lung; and of pictures
/// and crops nobody knows.
pub fn shows_whole_body(slice: &SliceView<'_>) -> bool {
    let (rows, cols) = (slice.rows, slice.cols);
    let Some(spacing) = slice.spacing else {
        return false;
    };
    let view_mm = (rows as f32 * spacing.row_mm).max(cols as f32 * spacing.col_mm);
    if slice.intensity != Intensity::Hounsfield || view_mm < LEAST_VIEW_MM {
        return false;
    }
    let is_border =
        |row: usize, col: usize| row == 0 || col == 0 || row + 1 == rows || col + 1 == cols;
    let (mut border, mut room) = (0_usize, 0_usize);
    for (index, &value) in slice.values.iter().enumerate() {
        if is_border(index / cols.max(1), index % cols.max(1)) {
            border += 1;
            room += usize::from(value < ROOM_BELOW_HU);
        }
    }
    room as f32 >= LEAST_ROOM * border as f32
}
