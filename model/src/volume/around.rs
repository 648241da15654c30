//! What lies around a place, on the planes that cross the slices: there a vessel goes on, and a
//! nodule ends.

use std::ops::Range;

use super::Volume;
use super::even::can_be_resliced;
use crate::vector::{column, cross, dot, norm};

/// A plane across axial slices, as a picture with the head above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plane {
    /// The patient's right is on the left.
    Coronal,
    /// The patient's front is on the left.
    Sagittal,
}

/// A box of voxels around one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// Slice, row and column of the voxel in the middle.
    pub at: [usize; 3],
    /// From the feet to the head.
    pub slices: Range<usize>,
    /// From front to back.
    pub rows: Range<usize>,
    /// From the patient's right to the left.
    pub cols: Range<usize>,
}

impl Around {
    /// The box whose sides are `reach_mm` away from `at`, as far as the volume goes.
    ///
    /// # Arguments
    /// * `size`, `spacing_mm`: of the volume, along slices, rows and columns.
    pub fn new(size: [usize; 3], spacing_mm: [f32; 3], at: [usize; 3], reach_mm: f32) -> Self {
        let [slices, rows, cols] = [0, 1, 2].map(|axis| {
            let reach = (reach_mm / spacing_mm[axis]) as usize;
            at[axis].saturating_sub(reach)..(at[axis] + reach + 1).min(size[axis])
        });
        Self {
            at,
            slices,
            rows,
            cols,
        }
    }

    /// Slice, row and column of the voxels on a plane through the middle, row by row of the
    /// picture.
    pub fn voxels(&self, plane: Plane) -> impl Iterator<Item = [usize; 3]> + use<> {
        let [_, row, col] = self.at;
        let along = self.along(plane);
        self.slices.clone().rev().flat_map(move |slice| {
            along.clone().map(move |place| match plane {
                Plane::Coronal => [slice, row, place],
                Plane::Sagittal => [slice, place, col],
            })
        })
    }

    /// The places in a row of the picture.
    pub fn along(&self, plane: Plane) -> Range<usize> {
        match plane {
            Plane::Coronal => self.cols.clone(),
            Plane::Sagittal => self.rows.clone(),
        }
    }
}

/// Least cosine between the slices' normal and the stack's axis: 2°.
const PLUMB: f64 = 0.9994;

impl Volume {
    /// Whether slices lie straight on top of each other at even distances, so that a straight
    /// vessel looks straight across them, and it is known where the head is.
    pub fn is_stack(&self) -> bool {
        let positions = &self.slice_positions_mm;
        let steps = positions.windows(2).map(|two| (two[1] - two[0]).abs());
        let is_straight = positions.len() == self.slices() && can_be_resliced(steps);
        let is_plumb = self.patient_from_voxel.is_some_and(|affine| {
            let [a, b, step] = [0, 1, 2].map(|axis| column(&affine, axis));
            let normal = cross(a, b);
            dot(normal, step) >= PLUMB * norm(normal) * norm(step)
        });
        is_straight && is_plumb
    }

    /// What lies around a voxel; `None` if distances are not known.
    pub fn around(&self, at: [usize; 3], reach_mm: f32) -> Option<Around> {
        let (spacing, slice_mm) = (self.spacing?, self.slice_spacing_mm?);
        let size = [self.slices(), self.rows, self.cols];
        let spacing_mm = [slice_mm, spacing.row_mm, spacing.col_mm];
        Some(Around::new(size, spacing_mm, at, reach_mm))
    }

    /// Values on a plane of a box; nothing of what lies outside of the volume.
    pub fn values_on(&self, around: &Around, plane: Plane) -> Vec<i16> {
        let value = |[slice, row, col]: [usize; 3]| {
            let of_slice = self.slice(slice)?;
            of_slice.get(row * self.cols + col).copied()
        };
        around.voxels(plane).filter_map(value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::{Intensity, PixelSpacing};

    /// Slices at these places, each so much further to the back than the one below it.
    fn stack(positions_mm: &[f32], shift_mm: f64) -> Volume {
        Volume {
            spacing: Some(PixelSpacing {
                row_mm: 0.7,
                col_mm: 0.8,
            }),
            slice_spacing_mm: Some(2.5),
            patient_from_voxel: Some([
                [0.8, 0.0, 0.0, 0.0],
                [0.0, 0.7, shift_mm, 0.0],
                [0.0, 0.0, 2.5, 0.0],
            ]),
            slice_positions_mm: positions_mm.to_vec(),
            ..Volume::without_place(
                (2, 2),
                vec![0; positions_mm.len() * 4],
                Intensity::Hounsfield,
            )
        }
    }

    #[test]
    fn a_stack_is_even_and_plumb() {
        let even = [-5.0, -2.5, 0.0, 2.5];
        assert!(stack(&even, 0.0).is_stack());
        assert!(
            !stack(&[-5.0, -2.5, 2.5, 5.0], 0.0).is_stack(),
            "one is missing"
        );
        assert!(!stack(&even, 0.2).is_stack(), "a tilted gantry");
        let mut unknown = stack(&even, 0.0);
        unknown.slice_positions_mm.clear();
        assert!(!unknown.is_stack(), "the head may be anywhere");
    }

    #[test]
    fn a_box_ends_where_the_volume_does() {
        let around = Around::new([20, 30, 40], [2.5, 1.0, 0.5], [1, 15, 39], 5.0);
        assert_eq!(
            (around.slices, around.rows, around.cols),
            (0..4, 10..21, 29..40)
        );
    }

    #[test]
    fn planes_go_through_the_middle_with_the_head_above() {
        let around = Around::new([9, 9, 9], [2.0, 1.0, 1.0], [4, 5, 6], 2.0);
        let coronal: Vec<_> = around.voxels(Plane::Coronal).collect();
        assert_eq!(coronal.len(), 3 * 5);
        assert_eq!((coronal[0], coronal[14]), ([5, 5, 4], [3, 5, 8]));
        assert_eq!(coronal[7], around.at);
        let sagittal: Vec<_> = around.voxels(Plane::Sagittal).collect();
        assert_eq!((sagittal[0], sagittal[14]), ([5, 3, 6], [3, 7, 6]));
        assert_eq!(sagittal[7], around.at);
    }
}
