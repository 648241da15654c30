//! The header of NIfTI-2 (`nifti2.h`, <https://nifti.nimh.nih.gov/nifti-2>): that of NIfTI-1 with
//! places and sizes in 64 bits and decimals in double precision, in another order.

use nifti::{Endianness, NiftiHeader};

use super::super::super::error::{OpenError, Result};

/// Bytes of the header.
pub(super) const HEADER_BYTES: usize = 540;

/// Whether header and voxels are in one file, or put together to one, by the magic.
pub(super) fn is_nifti_2(bytes: &[u8]) -> bool {
    matches!(bytes.get(4..8), Some(b"n+2\0" | b"ni2+"))
}

/// The header, in the numbers of NIfTI-1: no scan has sizes that these cannot hold.
pub(super) fn parse(head: &[u8]) -> Result<NiftiHeader> {
    let bytes: &[u8; HEADER_BYTES] = head.first_chunk().ok_or(OpenError::Truncated)?;
    let head = Head {
        bytes,
        is_big_endian: bytes.starts_with(&(HEADER_BYTES as u32).to_be_bytes()),
    };
    let all = [0, 1, 2, 3, 4, 5, 6, 7];
    Ok(NiftiHeader {
        datatype: head.number(12, 2) as i16,
        dim: all.map(|axis| u16::try_from(head.number(16 + 8 * axis, 8)).unwrap_or(u16::MAX)),
        pixdim: all.map(|axis| head.decimal(104 + 8 * axis)),
        vox_offset: head.number(168, 8) as f32,
        scl_slope: head.decimal(176),
        scl_inter: head.decimal(184),
        qform_code: head.number(344, 4) as i16,
        sform_code: head.number(348, 4) as i16,
        quatern_b: head.decimal(352),
        quatern_c: head.decimal(360),
        quatern_d: head.decimal(368),
        quatern_x: head.decimal(376),
        quatern_y: head.decimal(384),
        quatern_z: head.decimal(392),
        srow_x: head.row(400),
        srow_y: head.row(432),
        srow_z: head.row(464),
        xyzt_units: head.number(500, 4) as u8,
        endianness: if head.is_big_endian {
            Endianness::Big
        } else {
            Endianness::Little
        },
        ..NiftiHeader::default()
    })
}

struct Head<'a> {
    bytes: &'a [u8; HEADER_BYTES],
    is_big_endian: bool,
}

impl Head<'_> {
    /// A number of so many bytes, without its sign; 0 past the end. In one place, not in each of
    /// those that read one: the engine is sent over slow lines.
    #[inline(never)]
    fn number(&self, at: usize, bytes: usize) -> u64 {
        let add = |sum: u64, byte: &u8| (sum << 8) | u64::from(*byte);
        let bytes = self.bytes.get(at..at + bytes).unwrap_or_default().iter();
        if self.is_big_endian {
            bytes.fold(0, add)
        } else {
            bytes.rev().fold(0, add)
        }
    }

    fn decimal(&self, at: usize) -> f32 {
        f64::from_bits(self.number(at, 8)) as f32
    }

    fn row(&self, at: usize) -> [f32; 4] {
        [0, 8, 16, 24].map(|next| self.decimal(at + next))
    }
}
