//! The header of NIfTI-2 (`nifti2.h`, <https://nifti.nimh.nih.gov/nifti-2>): that of NIfTI-1 with
//! places and sizes in 64 bits and decimals in double precision, in another order.

use nifti::{Endianness, NiftiHeader};

use super::super::super::error::{OpenError, Result};

/// Bytes of the header.
pub(super) const HEADER_BYTES: usize = 540;

/// Header and voxels in one file: its length in either byte order, and its magic.
pub(super) fn is_nifti_2(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"n+2\0".as_slice())
}

/// The header, in the numbers of NIfTI-1: no scan has sizes that these cannot hold.
pub(super) fn parse(head: &[u8]) -> Result<NiftiHeader> {
    let head: &[u8; HEADER_BYTES] = head.first_chunk().ok_or(OpenError::Truncated)?;
    let is_big_endian = head.starts_with(&(HEADER_BYTES as u32).to_be_bytes());
    let whole = |at: usize| i64::from_le_bytes(number(head, at, is_big_endian));
    let decimal = |at: usize| f64::from_le_bytes(number(head, at, is_big_endian)) as f32;
    let code = |at: usize| i32::from_le_bytes(number(head, at, is_big_endian));
    let row = |at: usize| [0, 8, 16, 24].map(|next| decimal(at + next));
    let all = [0, 1, 2, 3, 4, 5, 6, 7];
    Ok(NiftiHeader {
        dim: all.map(|axis| u16::try_from(whole(16 + 8 * axis)).unwrap_or(u16::MAX)),
        datatype: i16::from_le_bytes(number(head, 12, is_big_endian)),
        pixdim: all.map(|axis| decimal(104 + 8 * axis)),
        vox_offset: whole(168) as f32,
        scl_slope: decimal(176),
        scl_inter: decimal(184),
        qform_code: code(344) as i16,
        sform_code: code(348) as i16,
        quatern_b: decimal(352),
        quatern_c: decimal(360),
        quatern_d: decimal(368),
        quatern_x: decimal(376),
        quatern_y: decimal(384),
        quatern_z: decimal(392),
        srow_x: row(400),
        srow_y: row(432),
        srow_z: row(464),
        xyzt_units: code(500) as u8,
        endianness: if is_big_endian {
            Endianness::Big
        } else {
            Endianness::Little
        },
        ..NiftiHeader::default()
    })
}

/// The bytes of a number, as little-endian; zeros past the end.
fn number<const BYTES: usize>(
    head: &[u8; HEADER_BYTES],
    at: usize,
    is_big_endian: bool,
) -> [u8; BYTES] {
    let bytes = head.get(at..).and_then(<[u8]>::first_chunk);
    let mut bytes = bytes.copied().unwrap_or([0; BYTES]);
    if is_big_endian {
        bytes.reverse();
    }
    bytes
}
