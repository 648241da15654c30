//! Masks as a NIfTI-1 file in the scan's own geometry.
//!
//! Written by hand because the writer of the crate `nifti` wants `ndarray` and a file
//! system; the header is 348 bytes with fixed places (nifti1.h).

use crate::mask::Mask;
use crate::open::orient::Reorder;
use crate::open::{OpenError, limit};
use crate::vector::{Affine, column, norm};
use crate::volume::{FileGrid, NiftiSpace, Volume};

/// Header and the four bytes that say "no extension".
const DATA_START: usize = 352;
/// `NIFTI_XFORM_SCANNER_ANAT`.
const SCANNER: i16 = 1;
/// `NIFTI_XFORM_ALIGNED_ANAT`: the places are those of another file. Without a code (0), readers
/// would pass over the directions.
const ALIGNED: i16 = 2;
/// `NIFTI_UNITS_MM`.
const MILLIMETRES: u8 = 2;
/// Whose word the distances are, where they are not the scan's.
const BY_READER: &[u8] = b"Pixel size by the reader's calibration";
/// `NIFTI_TYPE_UINT8`.
const UINT8: i16 = 2;
/// `NIFTI_TYPE_UINT16`.
const UINT16: i16 = 512;

/// Where a lesion lies on one slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// Slice of the volume.
    pub slice: usize,
    /// Pixels of the slice: indices `row · cols + col`.
    pub pixels: Vec<usize>,
    /// Number of the lesion, from 1.
    pub lesion: usize,
}

/// An uncompressed `.nii` of lesions, each voxel the number of its own or 0, on the grid of
/// `volume` as [`mask_to_nifti`] lays it out. A voxel is one byte, or two where a number needs
/// them.
///
/// # Errors
/// There is not enough memory for the file.
pub fn lesions_to_nifti(volume: &Volume, marked: &[Marked]) -> Result<Vec<u8>, OpenError> {
    let most = marked.iter().map(|it| it.lesion).max().unwrap_or(0);
    let marks = marked.iter().flat_map(|it| {
        let value = u16::try_from(it.lesion).unwrap_or(u16::MAX);
        let pixels = it.pixels.iter();
        pixels.map(move |&pixel| (it.slice, pixel, value))
    });
    write(volume, most > usize::from(u8::MAX), marks)
}

/// An uncompressed `.nii` of `masks`, one byte a voxel (0 or 1), on the grid of `volume`;
/// slices without a mask, and masks of another size, are empty.
///
/// A scan that was a NIfTI file gets its own axes and its own words for where they lie. Of others,
/// columns, rows and slices are the file's axes i, j, k, and sform and qform carry
/// `patient_from_voxel` turned to RAS; where that is unknown, the canonical directions
/// with the known spacings (1 mm where unknown), and codes that do not claim the scanner's; where
/// the reader has calibrated them, the description says so.
///
/// # Errors
/// There is not enough memory for the file.
pub fn mask_to_nifti(volume: &Volume, masks: &[Option<&Mask>]) -> Result<Vec<u8>, OpenError> {
    let size = (volume.rows, volume.cols);
    let masks = masks.iter().enumerate();
    let masks = masks.filter_map(|(slice, mask)| Some((slice, (*mask)?)));
    let marks = masks
        .filter(|(_, mask)| (mask.rows, mask.cols) == size)
        .flat_map(|(slice, mask)| {
            let pixels = mask.pixels.iter().enumerate();
            let set = pixels.filter(|(_, value)| **value > 0);
            set.map(move |(pixel, _)| (slice, pixel, 1))
        });
    write(volume, false, marks)
}

/// A file with these values at pixels of slices, one byte a voxel or, if it `is_wide`, two.
fn write(
    volume: &Volume,
    is_wide: bool,
    marks: impl Iterator<Item = (usize, usize, u16)>,
) -> Result<Vec<u8>, OpenError> {
    let canonical = [volume.cols, volume.rows, volume.slices()];
    let (size, reorder, space, said) = if let Some(grid) = volume.file_grid {
        let FileGrid {
            size,
            axis,
            flip,
            space,
        } = grid;
        (size, Reorder { axis, flip }, space, &[][..])
    } else {
        let said = if volume.is_calibrated { BY_READER } else { &[] };
        (canonical, Reorder::IDENTITY, space(volume), said)
    };
    let width = 1 + usize::from(is_wide);
    let mut file = header(size, &space, is_wide, said);
    let bytes = size.iter().product::<usize>().saturating_mul(width);
    limit::reserve(&mut file, bytes)?;
    file.resize(DATA_START + bytes, 0);
    let walk = reorder.walk(size);
    // What lies outside would be written into another slice.
    let is_there = |&(slice, pixel, _): &(usize, usize, u16)| {
        slice < volume.slices() && pixel < volume.rows * volume.cols
    };
    for (slice, pixel, value) in marks.filter(is_there) {
        let place = [pixel % volume.cols, pixel / volume.cols, slice];
        let start = DATA_START + walk.index(place) * width;
        let voxel = file.get_mut(start..start + width).unwrap_or_default();
        for (byte, value) in voxel.iter_mut().zip(value.to_le_bytes()) {
            *byte = value;
        }
    }
    Ok(file)
}

fn header(size: [usize; 3], space: &NiftiSpace, is_wide: bool, said: &[u8]) -> Vec<u8> {
    let mut header = vec![0; DATA_START];
    let mut put = |at: usize, bytes: &[u8]| {
        if let Some(place) = header.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    };
    put(0, &348_i32.to_le_bytes());
    let [ni, nj, nk] = size;
    let lengths = [3, ni, nj, nk, 1, 1, 1, 1];
    put(40, &lengths.map(|n| (n as i16).to_le_bytes()).concat());
    let (datatype, bits) = if is_wide { (UINT16, 16) } else { (UINT8, 8) };
    put(70, &[datatype, bits].map(i16::to_le_bytes).concat());
    put(76, &space.pixdim.map(f32::to_le_bytes).concat());
    put(108, &(DATA_START as f32).to_le_bytes());
    put(112, &1_f32.to_le_bytes());
    put(123, &[space.xyzt_units]);
    put(148, said);
    put(252, &space.codes.map(i16::to_le_bytes).concat());
    put(256, &space.qform.map(f32::to_le_bytes).concat());
    for (row, at) in space.sform.iter().zip([280, 296, 312]) {
        put(at, &row.map(f32::to_le_bytes).concat());
    }
    put(344, b"n+1\0");
    header
}

/// Where the canonical axes lie.
fn space(volume: &Volume) -> NiftiSpace {
    let affine = ras(volume);
    let axes = [0, 1, 2].map(|axis| column(&affine, axis));
    let [dx, dy, dz] = axes.map(|axis| norm(axis) as f32);
    let [b, c, d] = quaternion(axes);
    let [x, y, z] = affine.map(|row| row[3]);
    NiftiSpace {
        // The leading 1 says that the axes are right-handed, as canonical ones always are.
        pixdim: [1.0, dx, dy, dz],
        xyzt_units: MILLIMETRES,
        codes: [volume.patient_from_voxel.map_or(ALIGNED, |_| SCANNER); 2],
        qform: [b, c, d, x, y, z].map(|value| value as f32),
        sform: affine.map(|row| row.map(|value| value as f32)),
    }
}

/// The affine matrix in NIfTI's RAS.
fn ras(volume: &Volume) -> Affine {
    let [x, y, z] = volume.patient_from_voxel.unwrap_or_else(|| {
        let (row_mm, col_mm) = volume
            .spacing
            .map_or((1.0, 1.0), |mm| (mm.row_mm.into(), mm.col_mm.into()));
        let slice_mm = volume.slice_spacing_mm.map_or(1.0, f64::from);
        [
            [col_mm, 0.0, 0.0, 0.0],
            [0.0, row_mm, 0.0, 0.0],
            [0.0, 0.0, slice_mm, 0.0],
        ]
    });
    [x.map(|value| -value), y.map(|value| -value), z]
}

/// The quaternion (b, c, d) of the rotation nearest to three nearly perpendicular axes.
///
/// Canonical axes are at most 45° from right-to-left, front-to-back and foot-to-head, in RAS
/// half a turn about z; so the component d is the largest one and is taken as divisor.
fn quaternion(axes: [[f64; 3]; 3]) -> [f64; 3] {
    let [i, j, k] = axes.map(|axis| {
        let length = norm(axis).max(f64::MIN_POSITIVE);
        axis.map(|value| value / length)
    });
    let d = (1.0 - i[0] - j[1] + k[2]).max(0.0).sqrt() / 2.0;
    if d < 1e-6 {
        return [0.0, 0.0, 1.0];
    }
    let a = (i[1] - j[0]) / (4.0 * d);
    let (b, c) = ((k[0] + i[2]) / (4.0 * d), (k[1] + j[2]) / (4.0 * d));
    // The file stores no a: it is the non-negative root, so the sign goes to the others.
    let sign = if a < 0.0 { -1.0 } else { 1.0 };
    let length = (a * a + b * b + c * c + d * d)
        .sqrt()
        .max(f64::MIN_POSITIVE);
    [b, c, d].map(|value| sign * value / length)
}
