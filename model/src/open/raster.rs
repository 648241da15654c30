//! PNG and JPEG pictures of slices.

mod jpeg;
mod png;

use super::error::{OpenError, Result};
use super::limit;

/// How a picture is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Png,
    Jpeg,
}

/// A picture as grey levels.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) levels: Vec<i16>,
    /// The brightest level possible.
    pub(super) max: i16,
    /// 1 where the picture is not black, however dark: for masks.
    pub(super) set: Vec<u8>,
}

/// Decodes a picture. Colours become brightness (Rec. 709 weights), transparent parts
/// black; 16-bit levels lose their lowest bit to fit `i16`.
pub(super) fn read(bytes: &[u8], packing: Packing) -> Result<Picture> {
    match packing {
        Packing::Png => png::read(bytes),
        Packing::Jpeg => jpeg::read(bytes),
    }
}

impl Picture {
    /// Room for a picture of this size with levels up to `brightest`.
    fn new(rows: usize, cols: usize, brightest: u16) -> Result<Self> {
        let (mut levels, mut set) = (Vec::new(), Vec::new());
        limit::reserve(&mut levels, rows * cols)?;
        limit::reserve(&mut set, rows * cols)?;
        Ok(Self {
            rows,
            cols,
            levels,
            max: fit(brightest, brightest),
            set,
        })
    }

    /// Adds pixels of levels up to `brightest`.
    fn extend(&mut self, brightest: u16, levels: impl Iterator<Item = u16>) {
        for level in levels {
            self.levels.push(fit(level, brightest));
            self.set.push(u8::from(level > 0));
        }
    }
}

fn fit(level: u16, brightest: u16) -> i16 {
    (if brightest > 255 { level >> 1 } else { level }) as i16
}

fn damaged(format: &'static str) -> OpenError {
    OpenError::Malformed {
        format,
        detail: "its pixels cannot be decoded".to_owned(),
    }
}
