//! PNG and JPEG pictures of slices.

mod jpeg;
mod png;

use super::error::{OpenError, Result};
use super::limit;

/// One of so many pixels that are not black is coloured in a picture in colour.
const COLOURED: usize = 5;

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
    /// Pixels whose colour is plain to see.
    coloured: usize,
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
            coloured: 0,
        })
    }

    /// Whether it shows something in colour, and is no grey picture with a few marks.
    pub(super) fn is_in_colour(&self) -> bool {
        let seen = self.set.iter().filter(|it| **it > 0).count();
        COLOURED * self.coloured > seen
    }

    /// Counts those of these pixels whose colour is plain to see.
    fn count_coloured<'a>(&mut self, brightest: u16, pixels: impl Iterator<Item = &'a [u16]>) {
        let coloured = pixels.filter(|pixel| is_coloured(pixel, brightest));
        self.coloured = coloured.count();
    }

    /// Adds pixels of levels up to `brightest`.
    fn extend(&mut self, brightest: u16, levels: impl Iterator<Item = u16>) {
        for level in levels {
            self.levels.push(fit(level, brightest));
            self.set.push(u8::from(level > 0));
        }
    }
}

/// Whether a pixel of up to four samples is of a colour that a tinted screen or rounding in a JPEG
/// does not give to grey.
fn is_coloured(pixel: &[u16], brightest: u16) -> bool {
    let [red, green, blue, ..] = *pixel else {
        return false;
    };
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    most - least > brightest / 8
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of grey and coloured pixels, the rest of 100 black.
    fn picture(grey: usize, coloured: usize) -> Picture {
        let mut pixels = vec![[130, 120, 125]; grey];
        pixels.extend(vec![[255, 220, 60]; coloured]);
        pixels.resize(100, [0, 0, 0]);
        let mut picture = Picture::new(10, 10, 255).expect("room");
        picture.count_coloured(255, pixels.iter().map(<[u16; 3]>::as_slice));
        picture.extend(255, pixels.iter().map(|it| it[1]));
        picture
    }

    #[test]
    fn a_photo_is_in_colour_and_a_grey_picture_with_coloured_marks_is_not() {
        assert!(picture(10, 80).is_in_colour());
        assert!(picture(0, 10).is_in_colour(), "on black");
        assert!(!picture(80, 5).is_in_colour());
        assert!(!picture(100, 0).is_in_colour());
        assert!(!is_coloured(&[200], 255) && !is_coloured(&[200, 9], 255));
        assert!(!is_coloured(&[9000, 4000, 9000], u16::MAX));
    }
}
