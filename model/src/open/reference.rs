//! A radiologist's mask for the open scan.

use super::error::{OpenError, Result};
use super::{NamedFile, Sorted, grid, limit, stack};
use crate::mask::Mask;
use crate::vector::{Affine, norm};
use crate::volume::Volume;

/// A reference mask on the grid of a scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// One mask a slice.
    pub masks: Vec<Mask>,
    /// How far from the scan the file says that it lies, in mm, where that is more than rounding:
    /// it may be of another scan, or its writer has lost the place.
    pub apart_mm: Option<f32>,
}

/// Files put the middle of a voxel, or its corner, where others do not.
const ROUNDED_MM: f64 = 2.0;

/// Opens a reference mask on the grid of `volume`: one mask a slice.
///
/// Voxels of at least 1 and picture pixels above 0 are set. NIfTI, NRRD and `MetaImage` are brought
/// to the canonical orientation like the scan; several pictures are taken in the order of their
/// names.
///
/// # Errors
/// [`OpenError::MaskFormat`]: no file can be a mask; [`OpenError::MaskSize`]: it has another size
/// than the volume; or what [`open_files`](super::open_files) would say.
pub fn open_reference(files: Vec<NamedFile>, volume: &Volume) -> Result<Reference, OpenError> {
    let sorted = match Sorted::new(files) {
        Err(OpenError::UnknownFormat) => return Err(OpenError::MaskFormat),
        sorted => sorted?,
    };
    let (found, masks, affine) = if !sorted.grids.is_empty() {
        let file = grid::open_masks(sorted.grids)?;
        (file.size, file.slices, file.patient_from_voxel)
    } else if !sorted.pictures.is_empty() {
        let (size, masks) = from_pictures(sorted.pictures)?;
        (size, masks, None)
    } else {
        return Err(OpenError::MaskFormat);
    };
    let expected = [volume.cols, volume.rows, volume.slices()];
    if found != expected {
        return Err(OpenError::MaskSize {
            found: words(found),
            expected: words(expected),
        });
    }
    let places = affine.zip(volume.patient_from_voxel);
    let apart_mm = places.map(|(mask, scan)| apart_mm(expected, &mask, &scan));
    Ok(Reference {
        masks,
        apart_mm: apart_mm.filter(|mm| *mm > ROUNDED_MM).map(|mm| mm as f32),
    })
}

/// How far the first or the last voxel of one grid lies from that of the other.
fn apart_mm([cols, rows, slices]: [usize; 3], a: &Affine, b: &Affine) -> f64 {
    let last = [cols, rows, slices].map(|it| it.saturating_sub(1) as f64);
    let place = |affine: &Affine, [x, y, z]: [f64; 3]| {
        affine.map(|[along_x, along_y, along_z, origin]| {
            along_x * x + along_y * y + along_z * z + origin
        })
    };
    let apart = |voxel| {
        let (a, b) = (place(a, voxel), place(b, voxel));
        norm([a[0] - b[0], a[1] - b[1], a[2] - b[2]])
    };
    apart([0.0; 3]).max(apart(last))
}

fn from_pictures(files: Vec<NamedFile>) -> Result<([usize; 3], Vec<Mask>)> {
    let count = files.len();
    let mut size = None;
    let mut masks = Vec::new();
    for picture in stack::pictures(files) {
        let picture = picture?;
        let (cols, rows) = *size.get_or_insert((picture.cols, picture.rows));
        limit::check_grid(rows as u64, cols as u64, count as u64)?;
        if (cols, rows) != (picture.cols, picture.rows) {
            return Err(OpenError::MixedSizes {
                first: format!("{rows} × {cols}"),
                other: format!("{} × {}", picture.rows, picture.cols),
            });
        }
        let pixels = picture.set;
        masks.push(Mask { rows, cols, pixels });
    }
    let (cols, rows) = size.ok_or(OpenError::MaskFormat)?;
    Ok(([cols, rows, count], masks))
}

fn words([cols, rows, slices]: [usize; 3]) -> String {
    format!("{cols} × {rows} × {slices}")
}
