//! The values that an ellipse encloses: what a region of interest is drawn for.

use serde::{Deserialize, Serialize};

use crate::volume::PixelSpacing;

/// The pixels whose centres lie inside an ellipse, and their values: HU, or grey levels. Written as
/// a list in the order of its fields: names would cost the engine more than they are worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Listed", into = "Listed")]
pub struct Enclosed {
    /// How many there are. Without any the values are 0.
    pub area_px: usize,
    /// Mean of their values.
    pub mean_value: f32,
    /// Standard deviation of their values as of a sample, divided by n − 1: the pixels stand for
    /// the tissue around them. `None` of fewer than two.
    pub sd_value: Option<f32>,
    /// The least of their values.
    pub min_value: i16,
    /// The greatest of their values.
    pub max_value: i16,
}

/// [`Enclosed`] as it is written.
type Listed = (usize, f32, Option<f32>, i16, i16);

impl From<Listed> for Enclosed {
    fn from((area_px, mean_value, sd_value, min_value, max_value): Listed) -> Self {
        Self {
            area_px,
            mean_value,
            sd_value,
            min_value,
            max_value,
        }
    }
}

impl From<Enclosed> for Listed {
    fn from(it: Enclosed) -> Self {
        (
            it.area_px,
            it.mean_value,
            it.sd_value,
            it.min_value,
            it.max_value,
        )
    }
}

impl Enclosed {
    /// Inside the ellipse that fills the box between two corners, both as (row, col) in the
    /// viewer's image space, on a slice of `cols` columns. A centre on the ellipse itself is
    /// outside, as in scikit-image.
    pub(super) fn between((a, b): ((f64, f64), (f64, f64)), values: &[i16], cols: usize) -> Self {
        let middle = (f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1));
        let radius = ((a.0 - b.0).abs() / 2.0, (a.1 - b.1).abs() / 2.0);
        // A box without an area holds no pixel.
        let share = |centre: f64, middle: f64, radius: f64| ((centre - middle) / radius).powi(2);
        let first_row = (middle.0 - radius.0).max(0.0) as usize;
        let last_row = (middle.0 + radius.0).max(0.0) as usize;
        let rows = values.chunks_exact(cols.max(1)).enumerate();
        let (mut area_px, mut sum, mut sum_of_squares) = (0, 0.0, 0.0);
        let (mut min_value, mut max_value) = (i16::MAX, i16::MIN);
        for (row, values) in rows.skip(first_row).take(last_row - first_row + 1) {
            let down = share(row as f64 + 0.5, middle.0, radius.0);
            for (col, &value) in values.iter().enumerate() {
                if down + share(col as f64 + 0.5, middle.1, radius.1) < 1.0 {
                    area_px += 1;
                    // Whole numbers far below 2⁵³: nothing is rounded.
                    sum += f64::from(value);
                    sum_of_squares += f64::from(value).powi(2);
                    min_value = min_value.min(value);
                    max_value = max_value.max(value);
                }
            }
        }
        if area_px == 0 {
            return Self::default();
        }
        let n = area_px as f64;
        let squares = (sum_of_squares - sum * sum / n).max(0.0);
        Self {
            area_px,
            mean_value: (sum / n) as f32,
            sd_value: (area_px > 1).then(|| (squares / (n - 1.0)).sqrt() as f32),
            min_value,
            max_value,
        }
    }

    /// Their area in mm².
    pub fn area_mm2(&self, spacing: PixelSpacing) -> f32 {
        self.area_px as f32 * spacing.row_mm * spacing.col_mm
    }
}
