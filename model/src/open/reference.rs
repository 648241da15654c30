//! A radiologist's mask for the open scan.

use super::error::{OpenError, Result};
use super::{NamedFile, Sorted, limit, nifti, stack};
use crate::mask::Mask;
use crate::volume::Volume;

/// Opens a reference mask on the grid of `volume`: one mask a slice.
///
/// NIfTI voxels of at least 1 and picture pixels above 0 are set. NIfTI is brought to the
/// canonical orientation like the scan; several pictures are taken in the order of their
/// names. The sizes must fit.
pub fn open_reference(files: Vec<NamedFile>, volume: &Volume) -> Result<Vec<Mask>, OpenError> {
    let sorted = match Sorted::new(files) {
        Err(OpenError::UnknownFormat) => return Err(OpenError::MaskFormat),
        sorted => sorted?,
    };
    let (found, masks) = if !sorted.nifti.is_empty() {
        nifti::open_masks(sorted.nifti)?
    } else if !sorted.pictures.is_empty() {
        from_pictures(sorted.pictures)?
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
    Ok(masks)
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
