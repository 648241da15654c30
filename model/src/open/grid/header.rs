//! What the header of every format comes down to.

use nifti::NiftiType;

use super::super::error::Result;
use super::super::kind::{Kind, refusal};
use super::super::limit;
use super::{meta_image, nifti as nifti_file, nrrd, packed};
use crate::vector::{Affine, column, cross, dot, norm, unit};
use crate::volume::NiftiSpace;

/// How many voxels there are, how they lie in the patient, and how they are stored.
#[derive(Debug)]
pub(super) struct Header {
    /// Voxels along each axis, the first one fastest in the file.
    pub(super) size: [usize; 3],
    pub(super) place: Place,
    pub(super) layout: Layout,
    /// As the user reads it.
    pub(super) format: &'static str,
}

/// Where the voxels lie.
#[derive(Debug)]
pub(super) struct Place {
    /// LPS, mm.
    pub(super) patient_from_voxel: Affine,
    /// Whether the file says how the grid lies in the patient.
    pub(super) is_oriented: bool,
    pub(super) has_spacing: bool,
    /// The same for NIfTI files of a result.
    pub(super) space: NiftiSpace,
}

/// Where and how the voxels are stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) kind: NiftiType,
    pub(super) is_big_endian: bool,
    pub(super) packing: Packing,
    /// The byte of the file from which on it is packed so; all if it is not.
    pub(super) packed_from: usize,
    /// The byte of what was unpacked at which the voxels begin.
    pub(super) start: usize,
    pub(super) slope: f64,
    pub(super) intercept: f64,
}

/// How bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    /// Numbers in words, which become decimals of 32 bits, the least byte first.
    Text,
    Gzip,
    Zlib,
}

impl Header {
    /// Reads the header of a file of any of the formats.
    pub(super) fn of(file: &[u8]) -> Result<Self> {
        match Kind::of(file) {
            Some(Kind::Nifti) => nifti_file::read(file, Packing::None),
            Some(Kind::Gzip) => {
                let head = packed::head(file, nifti_file::HEADER_BYTES)?;
                if Kind::of(&head) != Some(Kind::Nifti) {
                    return Err(refusal(&head));
                }
                nifti_file::read(&head, Packing::Gzip)
            }
            Some(Kind::Nrrd) => nrrd::read(file),
            Some(Kind::MetaImage) => meta_image::read(file),
            _ => Err(refusal(file)),
        }
    }
}

impl Place {
    /// As a header of words says it: how the grid lies, in LPS and mm, or distances at most, of
    /// which 0 are unknown.
    pub(super) fn told(
        patient_from_voxel: Option<Affine>,
        spacing_mm: Option<[f64; 3]>,
        size: [usize; 3],
    ) -> Self {
        // Where there is one voxel only, nothing is far from it.
        let is_known = |mm: &[f64; 3]| mm.iter().zip(size).all(|(&mm, n)| n == 1 || mm > 0.0);
        match patient_from_voxel.filter(is_regular) {
            Some(affine) => Self::oriented(affine),
            None => Self::unoriented(spacing_mm.filter(is_known)),
        }
    }

    fn oriented(patient_from_voxel: Affine) -> Self {
        let [x, y, z] = patient_from_voxel.map(|row| row.map(|mm| mm as f32));
        let [dx, dy, dz] = [0, 1, 2].map(|axis| norm(column(&patient_from_voxel, axis)) as f32);
        Self {
            patient_from_voxel,
            is_oriented: true,
            has_spacing: true,
            space: NiftiSpace {
                pixdim: [1.0, dx, dy, dz],
                xyzt_units: 2,
                codes: [0, 1],
                qform: [0.0; 6],
                // NIfTI's x and y point to right and front.
                sform: [x.map(|mm| 0.0 - mm), y.map(|mm| 0.0 - mm), z],
            },
        }
    }

    /// Columns to the left, rows to the back, slices to the head, as images are shown.
    fn unoriented(spacing_mm: Option<[f64; 3]>) -> Self {
        let said = spacing_mm.unwrap_or_default();
        let [dx, dy, dz] = said.map(|mm| if mm > 0.0 { mm } else { 1.0 });
        let mut place = Self::oriented([
            [dx, 0.0, 0.0, 0.0],
            [0.0, dy, 0.0, 0.0],
            [0.0, 0.0, dz, 0.0],
        ]);
        let [dx, dy, dz] = said.map(|mm| mm as f32);
        place.space.pixdim = [1.0, dx, dy, dz];
        place.space.codes = [0, 0];
        Self {
            is_oriented: false,
            has_spacing: spacing_mm.is_some(),
            ..place
        }
    }
}

/// Whether axes have lengths and none lies in the plane of the others.
pub(super) fn is_regular(affine: &Affine) -> bool {
    let is_finite = affine.iter().flatten().all(|value| value.is_finite());
    let axes = [0, 1, 2].map(|axis| unit(column(affine, axis)));
    let [Some(a), Some(b), Some(c)] = axes else {
        return false;
    };
    is_finite && dot(cross(a, b), c).abs() > 0.01
}

/// A grid's size within the limits that do not depend on which of its axes are the slices.
pub(super) fn size(found: [u64; 3]) -> Result<[usize; 3]> {
    // Any axis may be the slices; the limits for each are checked once that is known.
    for length in found {
        limit::check_grid(length, 1, 1)?;
    }
    limit::check_voxels(found.iter().product())?;
    Ok(found.map(|length| length as usize))
}

/// Bytes of all voxels; where they are more than there are numbers for, the largest of these.
pub(super) fn voxel_bytes(size: [usize; 3], kind: NiftiType) -> usize {
    size.iter()
        .product::<usize>()
        .saturating_mul(kind.size_of())
}

/// Where the voxels of a file begin, from the byte on at which they may: after as many bytes as its
/// header says are to be skipped, or, by -1, so that they are the end of the file.
pub(super) fn start(file: &[u8], begin: usize, skip: Option<&str>, voxel_bytes: usize) -> usize {
    match skip.unwrap_or("0") {
        "-1" => file.len().saturating_sub(voxel_bytes).max(begin),
        skip => skip
            .parse::<u32>()
            .map_or(file.len(), |skip| begin.saturating_add(skip as usize)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_a_header_is_too_large_to_count_with() {
        let largest = [usize::MAX >> 2, 1, 1];
        assert_eq!(voxel_bytes(largest, NiftiType::Float64), usize::MAX);
        let file = [0; 10];
        let start = |skip: &str| start(&file, 4, Some(skip), 5);
        assert_eq!(["0", "2", "-1"].map(start), [4, 6, 5]);
        assert_eq!(["-2", "x", "99999999999"].map(start), [10; 3]);
        assert_eq!(super::start(&file, usize::MAX, Some("1"), 5), usize::MAX);
        // Nor do they begin before the header ends.
        assert_eq!(super::start(&file, 4, Some("-1"), 11), 4);
        assert_eq!(super::start(&file, 4, None, 5), 4);
    }
}
