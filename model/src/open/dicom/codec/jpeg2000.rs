//! JPEG 2000 part 1 (ITU-T T.800).

use super::super::super::error::Result;
use super::super::super::packed;
use super::super::header::{Photometric, Samples};
use super::{check_size, luma, undecodable};

/// Tiles are decoded one by one and each costs memory; real files have one or a few dozen.
const MAX_TILES: u64 = 4096;
/// A codestream begins, and so does its size marker.
const START: [u8; 4] = [0xff, 0x4f, 0xff, 0x51];

/// One sample a pixel, signed ones as two's complement.
pub(super) fn decode(packed: &[u8], samples: &Samples) -> Result<Vec<u16>> {
    let found = codestream(packed).and_then(|stream| Some((stream, Size::read(stream)?)));
    let (stream, size) = found.ok_or_else(|| undecodable("JPEG 2000"))?;
    check_size(size.rows as usize, size.cols as usize, samples)?;
    if size.tiles > MAX_TILES || usize::from(size.components) != samples.channels() {
        return Err(undecodable("JPEG 2000"));
    }
    let pixels = samples.rows * samples.cols;
    let planes =
        packed::jpeg2000(stream).map_err(|fault| fault.in_words("JPEG 2000", undecodable))?;
    if pixels == 0 || planes.len() != pixels * samples.channels() {
        return Err(undecodable("JPEG 2000"));
    }
    let planes: Vec<&[u16]> = planes.chunks_exact(pixels).collect();
    // The decoder lifts signed samples as if they were unsigned.
    let lift = if size.signed {
        1_u16 << (size.bits - 1)
    } else {
        0
    };
    let word = |sample: u16| sample.wrapping_sub(lift);
    match planes.as_slice() {
        [grey] => Ok(grey.iter().map(|&sample| word(sample)).collect()),
        // The decoder has already undone the colour transform that is part of the codestream.
        [red, green, blue] => Ok(red
            .iter()
            .zip(*green)
            .zip(*blue)
            .map(|((&r, &g), &b)| luma(Photometric::Rgb, [r, g, b].map(word)))
            .collect()),
        _ => Err(undecodable("JPEG 2000")),
    }
}

/// The codestream, bare or the first of a JP2 file (T.800 I.5.4 has readers pass over others). The
/// decoder gets no more than that, so that it decodes what was checked.
fn codestream(packed: &[u8]) -> Option<&[u8]> {
    if packed.starts_with(&START) {
        return Some(packed);
    }
    let mut rest = packed;
    loop {
        let (length, kind) = (rest.first_chunk()?, rest.get(4..8)?);
        let (header, length) = match u32::from_be_bytes(*length) {
            0 => (8, rest.len()),
            1 => (
                16,
                usize::try_from(u64::from_be_bytes(*rest.get(8..)?.first_chunk()?)).ok()?,
            ),
            length => (8, length as usize),
        };
        let content = rest.get(header..length)?;
        if kind == b"jp2c" {
            return Some(content);
        }
        rest = rest.get(length..)?;
    }
}

/// The size marker of a codestream (T.800 A.5.1).
#[derive(Debug)]
struct Size {
    rows: u32,
    cols: u32,
    tiles: u64,
    components: u16,
    bits: u8,
    signed: bool,
}

impl Size {
    /// Reads the first marker.
    fn read(stream: &[u8]) -> Option<Self> {
        let fields = stream.strip_prefix(&START)?.get(4..)?;
        let number = |index: usize| {
            let bytes = fields.get(index * 4..index * 4 + 4)?;
            Some(u32::from_be_bytes(bytes.try_into().ok()?))
        };
        let (right, bottom, left, top) = (number(0)?, number(1)?, number(2)?, number(3)?);
        let (tile_cols, tile_rows) = (number(4)?, number(5)?);
        let [c1, c0, depth, ..] = *fields.get(32..)? else {
            return None;
        };
        let (rows, cols) = (bottom.checked_sub(top)?, right.checked_sub(left)?);
        if tile_cols == 0 || tile_rows == 0 {
            return None;
        }
        Some(Self {
            rows,
            cols,
            tiles: u64::from(right.div_ceil(tile_cols)) * u64::from(bottom.div_ceil(tile_rows)),
            components: u16::from_be_bytes([c1, c0]),
            bits: ((depth & 0x7f) + 1).clamp(1, 16),
            signed: depth & 0x80 != 0,
        })
    }
}
