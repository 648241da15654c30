//! Headers of NIfTI-1 (<https://nifti.nimh.nih.gov/nifti-1>), which the crate `nifti` reads, and of
//! NIfTI-2, which says the same in wider numbers.

mod affine;
mod pair;
mod wide;

use nifti::{Endianness, NiftiHeader, NiftiType};

use super::super::error::{OpenError, Result};
use super::header::{self, Header, Layout, Packing, Place};
use crate::volume::NiftiSpace;
pub(super) use pair::{apart, mark_joined};

/// So many bytes hold a header of either.
pub(super) const HEADER_BYTES: usize = wide::HEADER_BYTES;
/// Of NIfTI-1.
const NARROW_BYTES: usize = 348;

/// Whether a file is NIfTI-1 or NIfTI-2, header and voxels in one, or put together to one.
pub(in crate::open) fn is_nifti(bytes: &[u8]) -> bool {
    matches!(bytes.get(344..348), Some(b"n+1\0" | b"ni1+")) || wide::is_nifti_2(bytes)
}

/// Whether it is a header whose voxels are in a file of their own.
pub(in crate::open) fn is_nifti_header(bytes: &[u8]) -> bool {
    apart(bytes).is_some()
}

/// The header of a file that is packed so as a whole.
pub(super) fn read(head: &[u8], packing: Packing) -> Result<Header> {
    let is_wide = wide::is_nifti_2(head);
    let (header, header_bytes) = if is_wide {
        (wide::parse(head)?, wide::HEADER_BYTES)
    } else {
        (parse(head)?, NARROW_BYTES)
    };
    let joined = pair::packing(head);
    let packing = joined.unwrap_or(packing);
    let layout = layout(&header, packing)?;
    let (packed_from, start) = match joined {
        None => (0, layout.start.max(header_bytes)),
        // Of two files, the header counts from the beginning of the second.
        Some(Packing::None) => (0, layout.start + header_bytes),
        Some(_) => (header_bytes, layout.start),
    };
    let size = size(&header)?;
    let (patient_from_voxel, is_oriented) = affine::of(&header, size);
    Ok(Header {
        size,
        place: Place {
            patient_from_voxel,
            is_oriented,
            has_spacing: is_oriented || affine::has_sizes(&header, size),
            space: space(&header),
        },
        layout: Layout {
            packed_from,
            start,
            ..layout
        },
        format: match (is_wide, packing) {
            (false, Packing::None) => "NIfTI",
            (false, _) => "NIfTI, gzipped",
            (true, Packing::None) => "NIfTI-2",
            (true, _) => "NIfTI-2, gzipped",
        },
    })
}

fn parse(head: &[u8]) -> Result<NiftiHeader> {
    let mut head: [u8; NARROW_BYTES] = *head.first_chunk().ok_or(OpenError::Truncated)?;
    // The crate knows no magic but those of files.
    head[NARROW_BYTES - 1] = 0;
    NiftiHeader::from_reader(head.as_slice()).map_err(|_| malformed("its header cannot be read"))
}

fn space(header: &NiftiHeader) -> NiftiSpace {
    let [handedness, dx, dy, dz, ..] = header.pixdim;
    NiftiSpace {
        pixdim: [handedness, dx, dy, dz],
        xyzt_units: header.xyzt_units,
        codes: [header.qform_code, header.sform_code],
        qform: [
            header.quatern_b,
            header.quatern_c,
            header.quatern_d,
            header.quatern_x,
            header.quatern_y,
            header.quatern_z,
        ],
        sform: [header.srow_x, header.srow_y, header.srow_z],
    }
}

fn size(header: &NiftiHeader) -> Result<[usize; 3]> {
    let [count, nx, ny, nz, rest @ ..] = header.dim;
    if !(1..=7).contains(&count) {
        return Err(malformed("its number of dimensions is impossible"));
    }
    let length = |axis: u16, length: u16| if axis <= count { length } else { 1 };
    if rest.iter().zip(4..).any(|(&n, axis)| length(axis, n) > 1) {
        return Err(OpenError::AsItIs {
            what: "A time series (4-D NIfTI)",
            way_out: "Save one of its volumes as a file of its own.",
        });
    }
    header::size([length(1, nx), length(2, ny), length(3, nz)].map(u64::from))
}

/// How the voxels are stored, from where on the header says it.
fn layout(header: &NiftiHeader, packing: Packing) -> Result<Layout> {
    let kind = header
        .data_type()
        .map_err(|_| malformed("its type of number is unknown"))?;
    if matches!(
        kind,
        NiftiType::Rgb24
            | NiftiType::Rgba32
            | NiftiType::Float128
            | NiftiType::Complex64
            | NiftiType::Complex128
            | NiftiType::Complex256
    ) {
        return Err(OpenError::Unsupported {
            what: "NIfTI of colours, complex or 128-bit numbers".to_owned(),
        });
    }
    let start = header.vox_offset;
    if !(0.0..=1e9).contains(&start) {
        return Err(malformed("its voxels begin at an impossible place"));
    }
    // A slope of zero or NaN means that there is no scaling (nifti1.h; nibabel).
    let slope = f64::from(header.scl_slope);
    let is_scaled = slope != 0.0 && !slope.is_nan();
    let (slope, intercept) = if is_scaled {
        (slope, f64::from(header.scl_inter))
    } else {
        (1.0, 0.0)
    };
    if !slope.is_finite() || !intercept.is_finite() {
        return Err(malformed("its scaling is not a number"));
    }
    Ok(Layout {
        kind,
        is_big_endian: header.endianness == Endianness::Big,
        packing,
        packed_from: 0,
        start: start as usize,
        slope,
        intercept,
    })
}

fn malformed(detail: &str) -> OpenError {
    OpenError::Malformed {
        format: "NIfTI",
        detail: detail.to_owned(),
    }
}
