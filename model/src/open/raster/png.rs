//! PNG pictures; of an animated one its first frame.

use super::super::error::{OpenError, Result};
use super::super::intensity::luma;
use super::super::limit;
use super::super::packed::{self, Fault};
use super::{Picture, damaged};

pub(super) fn read(bytes: &[u8]) -> Result<Picture> {
    let header = Header::read(bytes).map_err(refused)?;
    let pixels = limit::check_grid(header.rows.into(), header.cols.into(), 1)?;
    let most_bytes = usize::try_from(limit::FILE_BYTES * 2).unwrap_or(usize::MAX);
    let samples = packed::png(bytes, most_bytes).map_err(refused)?;

    let brightest = if header.bits == 16 { u16::MAX } else { 255 };
    let mut picture = Picture::new(header.rows as usize, header.cols as usize, brightest)?;
    let pixel = || samples.chunks_exact((samples.len() / pixels).max(1));
    picture.count_coloured(brightest, pixel());
    picture.extend(brightest, pixel().map(|it| brightness(it, brightest)));
    if picture.levels.len() == pixels {
        Ok(picture)
    } else {
        Err(damaged("PNG"))
    }
}

/// What the first chunk says (PNG specification, 11.2.1).
struct Header {
    rows: u32,
    cols: u32,
    /// Bits a sample.
    bits: u8,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let fields = bytes.get(16..).ok_or(Fault::Truncated)?;
        let [w3, w2, w1, w0, h3, h2, h1, h0, bits, ..] = *fields else {
            return Err(Fault::Truncated);
        };
        if bytes.get(12..16) != Some(b"IHDR") {
            return Err(Fault::Damaged);
        }
        Ok(Self {
            rows: u32::from_be_bytes([h3, h2, h1, h0]),
            cols: u32::from_be_bytes([w3, w2, w1, w0]),
            bits,
        })
    }
}

/// Brightness on black of one pixel: grey or three colours, with or without alpha.
fn brightness(pixel: &[u16], brightest: u16) -> u16 {
    let (level, alpha) = match *pixel {
        [level] => return level,
        [level, alpha] => (level, alpha),
        [red, green, blue] => return luma([red, green, blue]),
        [red, green, blue, alpha, ..] => (luma([red, green, blue]), alpha),
        [] => return 0,
    };
    let brightest = u64::from(brightest);
    ((u64::from(level) * u64::from(alpha) + brightest / 2) / brightest) as u16
}

fn refused(fault: Fault) -> OpenError {
    fault.in_words("PNG", damaged)
}
