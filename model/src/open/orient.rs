//! From any axis order and direction to the canonical one of a [`Volume`].
//!
//! [`Volume`]: crate::volume::Volume

use super::error::{OpenError, Result};
use crate::vector::{Affine, column, unit};

/// All ways to assign source axes to the canonical axes column, row, slice.
const PERMUTATIONS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [1, 0, 2],
    [0, 2, 1],
    [2, 1, 0],
    [1, 2, 0],
    [2, 0, 1],
];

/// Where the voxels of a canonical grid lie in a source grid (first axis fastest).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reorder {
    /// Source axis that becomes columns, rows, slices.
    pub(crate) axis: [usize; 3],
    /// Whether it is walked backwards.
    pub(crate) flip: [bool; 3],
}

impl Reorder {
    /// The source as it is.
    pub(crate) const IDENTITY: Self = Self {
        axis: [0, 1, 2],
        flip: [false; 3],
    };

    /// The axes of the source that lie closest to left, back and head.
    pub(super) fn to_canonical(patient_from_source: &Affine) -> Result<Self> {
        let mut cosine = [[0.0; 3]; 3];
        for (axis, along) in cosine.iter_mut().enumerate() {
            *along = unit(column(patient_from_source, axis)).ok_or_else(flat)?;
        }
        let score = |axes: &[usize; 3]| -> f64 {
            axes.iter()
                .enumerate()
                .map(|(patient, &axis)| pick(&cosine, axis, patient).abs())
                .sum()
        };
        let mut best = PERMUTATIONS[0];
        for axes in PERMUTATIONS {
            // A hair's breadth of preference for the earlier one keeps exact ties stable.
            if score(&axes) > score(&best) + 1e-9 {
                best = axes;
            }
        }
        let mut flip = [false; 3];
        for ((patient, &axis), flip) in best.iter().enumerate().zip(&mut flip) {
            *flip = pick(&cosine, axis, patient) < 0.0;
        }
        Ok(Self { axis: best, flip })
    }

    /// Columns, rows and slices of the canonical grid.
    pub(super) fn size(&self, source: [usize; 3]) -> [usize; 3] {
        self.axis.map(|axis| source.get(axis).copied().unwrap_or(1))
    }

    /// The affine matrix of the canonical grid.
    pub(super) fn affine(&self, source: [usize; 3], patient_from_source: &Affine) -> Affine {
        let mut result = [[0.0; 4]; 3];
        for (row, from) in result.iter_mut().zip(patient_from_source) {
            let [x, y, z, origin] = *from;
            let steps = self
                .axis
                .map(|axis| [x, y, z].get(axis).copied().unwrap_or(0.0));
            let size = self.size(source);
            let [mut a, mut b, mut c] = steps;
            let mut start = origin;
            for ((step, flip), size) in [&mut a, &mut b, &mut c]
                .into_iter()
                .zip(self.flip)
                .zip(size)
            {
                if flip {
                    start += *step * (size.saturating_sub(1)) as f64;
                    *step = -*step;
                }
            }
            *row = [a, b, c, start];
        }
        result
    }

    /// How the source is walked in canonical order. It has at most 2³¹ voxels.
    pub(crate) fn walk(&self, source: [usize; 3]) -> Walk {
        let [n0, n1, _] = source;
        let strides = [1, n0 as isize, (n0 * n1) as isize];
        let [cols, rows, slices] = self.size(source);
        let mut start = 0;
        let mut steps = [0; 3];
        for (((step, axis), flip), size) in steps
            .iter_mut()
            .zip(self.axis)
            .zip(self.flip)
            .zip([cols, rows, slices])
        {
            let stride = strides.get(axis).copied().unwrap_or(0);
            if flip {
                start += stride * (size as isize - 1);
                *step = -stride;
            } else {
                *step = stride;
            }
        }
        Walk { start, steps }
    }

    /// Source indices of the canonical voxels, in canonical order.
    pub(super) fn indices(&self, source: [usize; 3]) -> impl Iterator<Item = usize> + use<> {
        let walk = self.walk(source);
        let [cols, rows, slices] = self.size(source);
        (0..slices).flat_map(move |slice| {
            (0..rows).flat_map(move |row| (0..cols).map(move |col| walk.index([col, row, slice])))
        })
    }
}

/// From canonical places to source indices.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walk {
    start: isize,
    /// For a step to the next column, row, slice.
    steps: [isize; 3],
}

impl Walk {
    /// The source index of a canonical column, row and slice inside the grid.
    pub(crate) fn index(&self, place: [usize; 3]) -> usize {
        let [col, row, slice] = place.map(|n| n as isize);
        let [step_col, step_row, step_slice] = self.steps;
        (self.start + slice * step_slice + row * step_row + col * step_col) as usize
    }
}

fn pick(cosine: &[[f64; 3]; 3], axis: usize, patient: usize) -> f64 {
    cosine
        .get(axis)
        .and_then(|along| along.get(patient))
        .copied()
        .unwrap_or(0.0)
}

fn flat() -> OpenError {
    OpenError::Malformed {
        format: "image",
        detail: "its orientation has an axis of no length".to_owned(),
    }
}
