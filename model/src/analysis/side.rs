//! Which lung a lesion lies in, or beside.
//!
//! Not by the sign of a coordinate, whose origin depends on the table, nor by the middle of the
//! lungs alone, which a collapsed one moves: each connected part of the lung field belongs to the
//! side of the body's midline on which most of it lies, as far as it reaches beyond that.

use super::SliceView;
use super::component::{Components, Connectivity};
use super::lung_field::{assumed_spacing, midline_of};
use super::morphology::erode;
use crate::finding::Side;
use crate::mask::Mask;
use crate::volume::PixelSpacing;

/// Width in mm that is taken off the lungs before they are told apart: where they all but touch, in
/// front of the heart and behind it, two or three pixels of tissue are left between them.
const RIM_MM: f32 = 1.5;
/// How much nearer than the other lung the lesion's must be, in mm. Less is the midline.
const MARGIN_MM: f32 = 8.0;

/// The lungs of a slice, told apart.
#[derive(Debug)]
pub struct Lungs {
    /// Parts of the lung field without its rim.
    parts: Components,
    /// The side of each part; `None` where each half is its own.
    sides: Vec<Option<Side>>,
    /// The first column of the left half.
    midline: usize,
    cols: usize,
    spacing: PixelSpacing,
}

impl Lungs {
    /// Of a slice, whose columns run towards the patient's left, and its lung field; `None` where
    /// the slice has one value only.
    pub fn of(slice: &SliceView<'_>, field: &Mask) -> Option<Self> {
        let spacing = slice.spacing.unwrap_or_else(|| assumed_spacing(slice));
        let lungs = erode(field, RIM_MM, spacing);
        let parts = Components::of(&lungs, Connectivity::Four);
        let midline = midline_of(slice)?;
        let mut on_right = vec![0; parts.all.len()];
        for (part, run) in parts.runs() {
            if let Some(count) = on_right.get_mut(part) {
                *count += run.filter(|pixel| pixel % lungs.cols < midline).count();
            }
        }
        let sides = std::iter::zip(&parts.all, on_right).map(|(part, on_right)| {
            if 4 * on_right >= 3 * part.area_px {
                Some(Side::Right)
            } else if 4 * on_right <= part.area_px {
                Some(Side::Left)
            } else {
                None
            }
        });
        Some(Self {
            sides: sides.collect(),
            parts,
            midline,
            cols: lungs.cols,
            spacing,
        })
    }

    /// The side of the patient that a place (row, column) lies on; `None` in the midline, and
    /// without a lung.
    pub fn side_of(&self, (row, col): (f32, f32)) -> Option<Side> {
        // Squares, to the right lung and to the left one.
        let (mut right_mm2, mut left_mm2) = (f32::INFINITY, f32::INFINITY);
        for (part, run) in self.parts.runs() {
            let whole = self.sides.get(part).copied().flatten();
            for pixel in run {
                let (pixel_row, pixel_col) = (pixel / self.cols, pixel % self.cols);
                let down_mm = (pixel_row as f32 - row) * self.spacing.row_mm;
                let across_mm = (pixel_col as f32 - col) * self.spacing.col_mm;
                let mm2 = down_mm * down_mm + across_mm * across_mm;
                let half = if pixel_col < self.midline {
                    Side::Right
                } else {
                    Side::Left
                };
                match whole.unwrap_or(half) {
                    Side::Right => right_mm2 = right_mm2.min(mm2),
                    Side::Left => left_mm2 = left_mm2.min(mm2),
                }
            }
        }
        let (right_mm, left_mm) = (right_mm2.sqrt(), left_mm2.sqrt());
        if right_mm + MARGIN_MM < left_mm {
            Some(Side::Right)
        } else if left_mm + MARGIN_MM < right_mm {
            Some(Side::Left)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::Intensity;

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
            spacing: Some(PixelSpacing::square(2.0)),
        };
        Lungs::of(&slice, &field)?.side_of(place)
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
