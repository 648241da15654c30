//! A file's voxels as stored.

use nifti::NiftiType;

use super::super::error::{OpenError, Result};
use super::super::limit;
use super::header::{Header, Layout, Packing, Place};
use super::packed::unpack;
use super::text::numbers;

/// Voxels as stored, the first axis fastest.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) size: [usize; 3],
    pub(super) place: Place,
    pub(super) format: &'static str,
    layout: Layout,
    bytes: Vec<u8>,
}

impl Grid {
    /// Reads a file; a packed one only as far as its header says it goes.
    ///
    /// # Arguments
    /// `IS_LIMITED`: as for [`unpack`].
    pub(super) fn read<const IS_LIMITED: bool>(file: Vec<u8>) -> Result<Self> {
        let Header {
            size,
            place,
            layout,
            format,
        } = Header::of(&file)?;
        let voxels = size.iter().map(|&length| length as u64).product::<u64>();
        let end = layout.start as u64 + voxels * layout.kind.size_of() as u64;
        if IS_LIMITED {
            limit::check_bytes(end, end)?;
        }
        let packed = file.get(layout.packed_from..).unwrap_or_default();
        let bytes = match layout.packing {
            Packing::None => file,
            Packing::Text => numbers(format, packed, voxels as usize)?,
            packing => unpack::<IS_LIMITED>(packed, packing, end)?,
        };
        if (bytes.len() as u64) < end {
            return Err(OpenError::Truncated);
        }
        Ok(Self {
            size,
            place,
            format,
            layout,
            bytes,
        })
    }

    /// The value of voxel `index` after slope and intercept; NaN past the end.
    pub(super) fn value(&self, index: usize) -> f64 {
        let Layout {
            kind,
            is_big_endian,
            start,
            slope,
            intercept,
            ..
        } = self.layout;
        let rest = self
            .bytes
            .get(start + index * kind.size_of()..)
            .unwrap_or_default();
        stored(rest, kind, is_big_endian) * slope + intercept
    }
}

/// A number at the start of `bytes`; NaN if they are too few.
fn stored(bytes: &[u8], kind: NiftiType, is_big_endian: bool) -> f64 {
    macro_rules! number {
        ($type:ty) => {
            bytes.first_chunk().map(|bytes| {
                if is_big_endian {
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
