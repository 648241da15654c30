//! Euclidean distance transform, exact and linear in the number of pixels
//! (Felzenszwalb & Huttenlocher, Theory of Computing 2012, doi:10.4086/toc.2012.v008a019).
//!
//! Hand-written because imageproc's knows square pixels only, and rows and columns of
//! a scan may differ in size.

use crate::mask::Mask;
use crate::volume::PixelSpacing;

/// Squared distance in mm² from every pixel to the nearest set pixel of `mask`
/// (centre to centre); infinite everywhere if none is set. Row-major.
pub fn squared_distance_mm2(mask: &Mask, spacing: PixelSpacing) -> Vec<f32> {
    let cols = mask.cols.max(1);
    let mut column_mm: Vec<f32> = mask
        .pixels
        .iter()
        .map(|&p| if p != 0 { 0.0 } else { f32::INFINITY })
        .collect();
    // Along the columns: the distance is what the pixel above or below has, one row more.
    sweep(&mut column_mm, cols, |row, neighbour| {
        for (d, &n) in row.iter_mut().zip(neighbour) {
            *d = d.min(n + spacing.row_mm);
        }
    });
    let mut envelope = Envelope::default();
    for line in column_mm.chunks_exact_mut(cols) {
        for d in line.iter_mut() {
            *d *= *d;
        }
        envelope.transform(line, spacing.col_mm);
    }
    column_mm
}

/// Shortens distances along the columns: calls `relax` with every row and the one above it,
/// downwards, then with every row and the one below it, upwards.
fn sweep<T>(values: &mut [T], cols: usize, relax: impl Fn(&mut [T], &[T])) {
    let rows = values.len() / cols;
    for row in 1..rows {
        let (above, below) = values.split_at_mut(row * cols);
        relax(below, above.get((row - 1) * cols..).unwrap_or_default());
    }
    for row in (1..rows).rev() {
        let (above, below) = values.split_at_mut(row * cols);
        let above = above.get_mut((row - 1) * cols..).unwrap_or_default();
        relax(above, below.get(..cols).unwrap_or_default());
    }
}

/// The lower envelope of parabolas over one row.
#[derive(Default)]
struct Envelope {
    /// Position (mm) and height of each parabola, and where it takes over (mm).
    parabolas: Vec<(f64, f64, f64)>,
}

impl Envelope {
    /// Replaces heights by the lower envelope of the parabolas standing on them.
    fn transform(&mut self, line: &mut [f32], step_mm: f32) {
        let step = f64::from(step_mm);
        self.parabolas.clear();
        for (i, &height) in line.iter().enumerate() {
            if height.is_finite() {
                self.add(i as f64 * step, f64::from(height));
            }
        }
        let mut rest = self.parabolas.iter().peekable();
        let Some(&(mut at, mut height, _)) = rest.next() else {
            return;
        };
        for (i, value) in line.iter_mut().enumerate() {
            let x = i as f64 * step;
            while let Some(&&(next_at, next_height, from)) = rest.peek() {
                if from > x {
                    break;
                }
                (at, height) = (next_at, next_height);
                rest.next();
            }
            *value = ((x - at) * (x - at) + height) as f32;
        }
    }

    fn add(&mut self, at: f64, height: f64) {
        while let Some(&(last_at, last_height, last_from)) = self.parabolas.last() {
            let from =
                ((height + at * at) - (last_height + last_at * last_at)) / (2.0 * (at - last_at));
            if from > last_from {
                self.parabolas.push((at, height, from));
                return;
            }
            self.parabolas.pop();
        }
        self.parabolas.push((at, height, f64::NEG_INFINITY));
    }
}
