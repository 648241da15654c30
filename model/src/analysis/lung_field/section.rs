//! Whether a slice shows the body all around.

use std::f32::consts::TAU;

use super::has_room_for_chest;
use crate::analysis::SliceView;
use crate::volume::Intensity;

/// Darker than any lung: the room's air, and what scanners pad with.
const ROOM_BELOW_HU: i16 = -950;
/// At least this share of the image's border lies in the room. Of the two scans of
/// Lung-PET-CT-Dx it was 0.65 to 0.96.
const LEAST_ROOM: f32 = 0.4;
/// From this share of one value on the border is the padding around a circular field of view.
const LEAST_PADDING: f32 = 0.7;
/// Where such a field of view is asked instead: this share of its radius.
const RING: f32 = 0.95;
/// At least this share of the ring lies in the room. Of the three whole scans of LIDC-IDRI it
/// was 0.41 to 0.68.
const LEAST_ROOM_ON_RING: f32 = 0.25;

/// Whether the body is in view from skin to skin, so that lungs that are not seen are not there:
/// neck and abdomen. Where the body goes on past the field of view, so may a lung; and of
/// pictures and crops nobody knows.
pub fn shows_whole_body(slice: &SliceView<'_>) -> bool {
    let Some(spacing) = slice.spacing else {
        return false;
    };
    if slice.intensity != Intensity::Hounsfield || !has_room_for_chest(slice, spacing) {
        return false;
    }
    let border = border(slice);
    let darkest = border.iter().min().copied().unwrap_or(0);
    if share(&border, |value| value == darkest) < LEAST_PADDING {
        return share(&border, |value| value < ROOM_BELOW_HU) >= LEAST_ROOM;
    }
    // A pixel of padding on the ring says nothing of what lies there.
    let is_room = |value| value < ROOM_BELOW_HU && value > darkest;
    share(&ring(slice), is_room) >= LEAST_ROOM_ON_RING
}

/// Values along the image's edges.
fn border(slice: &SliceView<'_>) -> Vec<i16> {
    let (rows, cols) = (slice.rows, slice.cols.max(1));
    let is_border = |index: usize| {
        let (row, col) = (index / cols, index % cols);
        row == 0 || col == 0 || row + 1 == rows || col + 1 == cols
    };
    let values = slice.values.iter().enumerate();
    values
        .filter(|&(index, _)| is_border(index))
        .map(|(_, &value)| value)
        .collect()
}

/// Values along an ellipse within the image.
fn ring(slice: &SliceView<'_>) -> Vec<i16> {
    let steps = 2 * (slice.rows + slice.cols);
    let at = |share: f32, length: usize| {
        ((0.5 + RING * share / 2.0) * length.saturating_sub(1) as f32).round() as usize
    };
    let value = |step: usize| {
        let (sin, cos) = (TAU * step as f32 / steps as f32).sin_cos();
        let index = at(sin, slice.rows) * slice.cols + at(cos, slice.cols);
        slice.values.get(index).copied()
    };
    (0..steps).filter_map(value).collect()
}

fn share(values: &[i16], is_counted: impl Fn(i16) -> bool) -> f32 {
    let count = values.iter().filter(|&&value| is_counted(value)).count();
    count as f32 / values.len().max(1) as f32
}
