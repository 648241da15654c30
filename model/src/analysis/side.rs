//! Which lung a lesion lies in, or beside.
//!
//! Not by the sign of a coordinate, whose origin depends on the table, nor by the middle of the
//! lungs alone, which a collapsed one moves: each connected part of the lung field belongs to the
//! side of the body's midline on which most of it lies, as far as it reaches beyond that.

use super::SliceView;
use super::component::{Components, Connectivity};
use super::lung_field::{assumed_spacing, midline_of};
use crate::finding::Side;
use crate::mask::Mask;

/// Width of the cells in which lungs are told apart, in mm: where they all but touch, in front of
/// the heart and behind it, two or three pixels of tissue are left between them.
const CELL_MM: f32 = 3.0;
/// Share of a part of the field on one side of the midline from which on all of it is that lung.
const MOST: f32 = 0.75;
/// How much nearer than the other lung the lesion's must be, in mm. Less is the midline.
const MARGIN_MM: f32 = 8.0;

/// The side of the patient that a place (row, column) of a slice lies on, by the lung field of that
/// slice; `None` in the midline, and without a lung. The slice's columns run towards the patient's
/// left.
pub fn side(slice: &SliceView<'_>, field: &Mask, (row, col): (f32, f32)) -> Option<Side> {
    let spacing = slice.spacing.unwrap_or_else(|| assumed_spacing(slice));
    let (high, wide) = (cell_px(spacing.row_mm), cell_px(spacing.col_mm));
    let cells = whole_cells(field, high, wide);
    let parts = Components::of(&cells, Connectivity::Four);
    let midline = midline_of(slice)? / wide;
    let place = |cell: usize| (cell / cells.cols, cell % cells.cols);

    let mut on_right = vec![0_usize; parts.all.len()];
    for (part, run) in parts.runs() {
        if let Some(count) = on_right.get_mut(part) {
            *count += run.filter(|&cell| place(cell).1 < midline).count();
        }
    }
    // To the right lung and to the left one, mm².
    let mut nearest = [f32::INFINITY; 2];
    for (part, run) in parts.runs() {
        let (Some(whole), Some(&right)) = (parts.all.get(part), on_right.get(part)) else {
            continue;
        };
        let share = right as f32 / whole.area_px as f32;
        for cell in run {
            let (cell_row, cell_col) = place(cell);
            let is_left = if (1.0 - MOST..MOST).contains(&share) {
                cell_col >= midline
            } else {
                share < MOST
            };
            let centre = |cell: usize, px: usize| (cell as f32 + 0.5) * px as f32 - 0.5;
            let down_mm = (centre(cell_row, high) - row) * spacing.row_mm;
            let across_mm = (centre(cell_col, wide) - col) * spacing.col_mm;
            if let Some(nearest) = nearest.get_mut(usize::from(is_left)) {
                *nearest = nearest.min(down_mm * down_mm + across_mm * across_mm);
            }
        }
    }
    let [right_mm, left_mm] = nearest.map(f32::sqrt);
    if right_mm + MARGIN_MM < left_mm {
        Some(Side::Right)
    } else if left_mm + MARGIN_MM < right_mm {
        Some(Side::Left)
    } else {
        None
    }
}

fn cell_px(pixel_mm: f32) -> usize {
    ((CELL_MM / pixel_mm) as usize).max(1)
}

/// Cells all of whose pixels are set; those at the last edges that are cut off are not.
fn whole_cells(mask: &Mask, high: usize, wide: usize) -> Mask {
    let mut cells = Mask::empty(mask.rows / high, mask.cols / wide);
    let lines = mask.pixels.chunks_exact((mask.cols * high).max(1));
    for (cells, lines) in cells
        .pixels
        .chunks_exact_mut((mask.cols / wide).max(1))
        .zip(lines)
    {
        cells.fill(1);
        for line in lines.chunks_exact(mask.cols) {
            for (cell, pixels) in cells.iter_mut().zip(line.chunks_exact(wide)) {
                *cell &= u8::from(pixels.iter().all(|&pixel| pixel != 0));
            }
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::{Intensity, PixelSpacing};

    const ROWS: usize = 120;
    const COLS: usize = 160;

    /// A body of 2 mm pixels from column 10 to 150, whose midline is 80, with lungs in the given
    /// columns of rows 30 to 90.
    fn chest(lungs: &[std::ops::Range<usize>]) -> (Vec<i16>, Mask) {
        let mut values = vec![-1000; ROWS * COLS];
        let mut field = Mask::empty(ROWS, COLS);
        for (index, value) in values.iter_mut().enumerate() {
            let (row, col) = (index / COLS, index % COLS);
            if (10..150).contains(&col) && (10..110).contains(&row) {
                *value = 40;
            }
            if (30..90).contains(&row) && lungs.iter().any(|it| it.contains(&col)) {
                *value = -850;
                field.pixels[index] = 1;
            }
        }
        (values, field)
    }

    fn side_at(lungs: &[std::ops::Range<usize>], place: (f32, f32)) -> Option<Side> {
        let (values, field) = chest(lungs);
        let slice = SliceView {
            values: &values,
            rows: ROWS,
            cols: COLS,
            intensity: Intensity::Hounsfield,
            spacing: Some(PixelSpacing {
                row_mm: 2.0,
                col_mm: 2.0,
            }),
        };
        side(&slice, &field, place)
    }

    #[test]
    fn columns_run_to_the_patients_left() {
        let lungs = [20..70, 90..140];
        assert_eq!(side_at(&lungs, (50.0, 30.0)), Some(Side::Right));
        assert_eq!(side_at(&lungs, (50.0, 130.0)), Some(Side::Left));
        // At the chest wall, outside the field.
        assert_eq!(side_at(&lungs, (25.0, 15.0)), Some(Side::Right));
    }

    #[test]
    fn between_the_lungs_there_is_no_side() {
        assert_eq!(side_at(&[20..70, 90..140], (50.0, 79.5)), None);
    }

    #[test]
    fn a_lung_that_reaches_over_the_midline_stays_one_lung() {
        // Of the right lung a tenth lies left of column 80, as behind the heart.
        let lungs = [20..88, 96..140];
        assert_eq!(side_at(&lungs, (50.0, 85.0)), Some(Side::Right));
    }

    #[test]
    fn a_collapsed_lung_does_not_turn_the_other_ones_half_into_it() {
        for (col, lungs) in [(60.0, 20..70), (25.0, 20..70)] {
            assert_eq!(side_at(&[lungs], (50.0, col)), Some(Side::Right));
        }
        let left = std::slice::from_ref(&(90..140));
        assert_eq!(side_at(left, (50.0, 95.0)), Some(Side::Left));
    }

    #[test]
    fn lungs_that_touch_are_told_apart_at_the_midline() {
        let lungs = std::slice::from_ref(&(20..140));
        assert_eq!(side_at(lungs, (50.0, 50.0)), Some(Side::Right));
        assert_eq!(side_at(lungs, (50.0, 110.0)), Some(Side::Left));
        assert_eq!(side_at(lungs, (50.0, 79.5)), None);
    }

    #[test]
    fn without_a_lung_there_is_no_side() {
        assert_eq!(side_at(&[], (50.0, 50.0)), None);
    }
}
