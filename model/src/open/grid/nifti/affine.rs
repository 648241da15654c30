//! Orientation of a NIfTI grid: sform, else qform, else voxel sizes alone.

use nifti::NiftiHeader;

use super::super::header::is_regular;
use crate::vector::Affine;

/// The affine matrix in LPS mm, and whether the file really says so.
pub(super) fn of(header: &NiftiHeader, size: [usize; 3]) -> (Affine, bool) {
    let from_file = [
        (header.sform_code > 0).then(|| sform(header)),
        (header.qform_code > 0 && has_sizes(header, size)).then(|| qform(header)),
    ];
    let mm = match header.xyzt_units & 0x07 {
        1 => 1000.0,
        3 => 0.001,
        _ => 1.0,
    };
    let known = from_file.into_iter().flatten().find(is_regular);
    let ras = known.unwrap_or_else(|| sizes_only(header, size));
    let [x, y, z] = ras.map(|row| row.map(|value| value * mm));
    // NIfTI's x and y point to right and front, ours to left and back.
    (
        [x.map(|value| 0.0 - value), y.map(|value| 0.0 - value), z],
        known.is_some(),
    )
}

/// Whether the file says how far voxels are apart, along every axis that has several.
pub(super) fn has_sizes(header: &NiftiHeader, size: [usize; 3]) -> bool {
    let mut axes = header.pixdim.iter().skip(1).zip(size);
    axes.all(|(mm, count)| count == 1 || (mm.is_finite() && mm.abs() > 0.0))
}

/// Distances of voxels, mm; 1 along an axis of which the file does not say it.
fn distances(header: &NiftiHeader) -> [f64; 3] {
    let [_, dx, dy, dz, ..] = header.pixdim.map(|mm| f64::from(mm).abs());
    [dx, dy, dz].map(|mm| if mm.is_finite() && mm > 0.0 { mm } else { 1.0 })
}

fn sform(header: &NiftiHeader) -> Affine {
    [header.srow_x, header.srow_y, header.srow_z].map(|row| row.map(f64::from))
}

/// Rotation from a quaternion (nifti1.h, method 2). The only sign that counts is that of
/// `pixdim[0]`: distances below zero mirror nothing.
fn qform(header: &NiftiHeader) -> Affine {
    let [b, c, d] = [header.quatern_b, header.quatern_c, header.quatern_d].map(f64::from);
    let rest = 1.0 - b * b - c * c - d * d;
    // Half a turn, but for rounding (nifti1_io.c).
    let a = if rest < 1e-7 { 0.0 } else { rest.sqrt() };
    let [dx, dy, dz] = distances(header);
    let dz = if header.pixdim[0] < 0.0 { -dz } else { dz };
    let [x, y, z] = [header.quatern_x, header.quatern_y, header.quatern_z].map(f64::from);
    [
        [
            (a * a + b * b - c * c - d * d) * dx,
            2.0 * (b * c - a * d) * dy,
            2.0 * (b * d + a * c) * dz,
            x,
        ],
        [
            2.0 * (b * c + a * d) * dx,
            (a * a + c * c - b * b - d * d) * dy,
            2.0 * (c * d - a * b) * dz,
            y,
        ],
        [
            2.0 * (b * d - a * c) * dx,
            2.0 * (c * d + a * b) * dy,
            (a * a + d * d - c * c - b * b) * dz,
            z,
        ],
    ]
}

/// Columns to the left, rows to the front, slices to the head: what nibabel supposes of
/// files that say nothing.
fn sizes_only(header: &NiftiHeader, size: [usize; 3]) -> Affine {
    let [dx, dy, dz] = distances(header);
    let centre = |mm: f64, count: usize| mm * (count as f64 - 1.0) / 2.0;
    let [nx, ny, nz] = size;
    [
        [-dx, 0.0, 0.0, centre(dx, nx)],
        [0.0, dy, 0.0, -centre(dy, ny)],
        [0.0, 0.0, dz, -centre(dz, nz)],
    ]
}
