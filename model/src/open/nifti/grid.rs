//! Header and voxels of a NIfTI file, as stored.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use nifti::{Endianness, NiftiHeader, NiftiType};

use super::super::error::{OpenError, Result};
use super::super::inflate::{Budget, damaged, read_all};
use super::super::kind::{is_nifti, refusal};
use super::super::limit;
use super::affine;
use crate::vector::Affine;
use crate::volume::NiftiSpace;

const HEADER_BYTES: usize = 348;

/// Voxels as stored, the first axis fastest.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) size: [usize; 3],
    pub(super) patient_from_voxel: Affine,
    /// Whether the file says how the grid lies in the patient.
    pub(super) is_oriented: bool,
    pub(super) has_spacing: bool,
    pub(super) is_gzipped: bool,
    pub(super) space: NiftiSpace,
    layout: Layout,
    bytes: Vec<u8>,
}

/// Where and how the voxels are stored.
#[derive(Debug, Clone, Copy)]
struct Layout {
    kind: NiftiType,
    big_endian: bool,
    start: usize,
    slope: f64,
    intercept: f64,
}

/// Whether a file may take no more memory than a browser has for it ([`limit`]).
pub(super) const LIMITED: bool = true;
/// Or as much as its header says: as many voxels as a volume may have, of up to eight bytes each.
pub(super) const UNLIMITED: bool = false;

impl Grid {
    /// Reads a file; a gzipped one only as far as its header says it goes.
    ///
    /// # Arguments
    /// `IS_LIMITED`: [`LIMITED`] or [`UNLIMITED`]; a constant, so that the browser's engine holds
    /// one way only.
    pub(super) fn read<const IS_LIMITED: bool>(file: Vec<u8>) -> Result<Self> {
        let is_gzipped = !is_nifti(&file);
        let header = if is_gzipped {
            let mut header = [0; HEADER_BYTES];
            MultiGzDecoder::new(file.as_slice())
                .read_exact(&mut header)
                .map_err(|error| damaged(&error))?;
            if !is_nifti(&header) {
                return Err(refusal(&header));
            }
            parse(&header)?
        } else {
            parse(file.get(..HEADER_BYTES).ok_or(OpenError::Truncated)?)?
        };
        let size = size(&header)?;
        let layout = layout(&header)?;
        let voxel_bytes = layout.kind.size_of() as u64;
        let end =
            layout.start as u64 + size.iter().map(|&n| n as u64).product::<u64>() * voxel_bytes;
        if IS_LIMITED {
            limit::check_bytes(end, end)?;
        }
        let bytes = match (is_gzipped, IS_LIMITED) {
            (true, LIMITED) => unpack(&file, end)?,
            (true, UNLIMITED) => unpack_all(&file, end)?,
            (false, _) => file,
        };
        if (bytes.len() as u64) < end {
            return Err(OpenError::Truncated);
        }
        let (patient_from_voxel, is_oriented) = affine::of(&header, size);
        Ok(Self {
            size,
            patient_from_voxel,
            is_oriented,
            has_spacing: is_oriented || affine::has_sizes(&header, size),
            is_gzipped,
            space: space(&header),
            layout,
            bytes,
        })
    }

    /// The value of voxel `index` after slope and intercept; NaN past the end.
    pub(super) fn value(&self, index: usize) -> f64 {
        let Layout {
            kind,
            big_endian,
            start,
            slope,
            intercept,
        } = self.layout;
        let rest = self
            .bytes
            .get(start + index * kind.size_of()..)
            .unwrap_or_default();
        stored(rest, kind, big_endian) * slope + intercept
    }
}

fn unpack(file: &[u8], end: u64) -> Result<Vec<u8>> {
    let budget = Budget {
        free_bytes: limit::INFLATION_FREE_MASK_BYTES,
        ..Budget::of(file.len())
    };
    read_all(MultiGzDecoder::new(file).take(end), budget)
}

/// Unpacks a file whatever it swells to: its header has said how far it goes, and a mask of nothing
/// but zeros in eight bytes each swells as a bomb does.
fn unpack_all(file: &[u8], end: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    limit::reserve(&mut bytes, end as usize)?;
    let mut packed = MultiGzDecoder::new(file).take(end);
    packed
        .read_to_end(&mut bytes)
        .map_err(|error| damaged(&error))?;
    Ok(bytes)
}

/// A number at the start of `bytes`; NaN if they are too few.
fn stored(bytes: &[u8], kind: NiftiType, big_endian: bool) -> f64 {
    macro_rules! number {
        ($type:ty) => {
            bytes.first_chunk().map(|bytes| {
                if big_endian {
                    <$type>::from_be_bytes(*bytes)
                } else {
                    <$type>::from_le_bytes(*bytes)
                }
            })
        };
    }
    let value = match kind {
        NiftiType::Uint8 => number!(u8).map(f64::from),
        NiftiType::Int8 => number!(i8).map(f64::from),
        NiftiType::Uint16 => number!(u16).map(f64::from),
        NiftiType::Int16 => number!(i16).map(f64::from),
        NiftiType::Uint32 => number!(u32).map(f64::from),
        NiftiType::Int32 => number!(i32).map(f64::from),
        NiftiType::Uint64 => number!(u64).map(|value| value as f64),
        NiftiType::Int64 => number!(i64).map(|value| value as f64),
        NiftiType::Float32 => number!(f32).map(f64::from),
        NiftiType::Float64 => number!(f64),
        _ => None,
    };
    value.unwrap_or(f64::NAN)
}

fn parse(header: &[u8]) -> Result<NiftiHeader> {
    NiftiHeader::from_reader(header).map_err(|_| malformed("its header cannot be read"))
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
    let size = [length(1, nx), length(2, ny), length(3, nz)];
    // Any axis may be the slices; the limits for each are checked once that is known.
    for found in size {
        limit::check_grid(found.into(), 1, 1)?;
    }
    let [nx, ny, nz] = size.map(u64::from);
    if nx * ny * nz > limit::VOXELS {
        return Err(OpenError::TooLarge {
            what: "number of voxels",
            found: nx * ny * nz,
            limit: limit::VOXELS,
        });
    }
    Ok(size.map(usize::from))
}

fn layout(header: &NiftiHeader) -> Result<Layout> {
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
        big_endian: header.endianness == Endianness::Big,
        start: (start as usize).max(HEADER_BYTES),
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
