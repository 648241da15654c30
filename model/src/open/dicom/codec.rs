//! From the packed bytes of a frame to one sample a pixel.

mod jpeg;
mod jpeg2000;
mod rle;

use super::super::error::{OpenError, Result};
use super::super::intensity;
use super::element::malformed;
use super::header::{Photometric, Samples};
use super::syntax::Codec;

/// Unpacks a frame to `rows × cols` samples as stored, row-major; colours become their
/// brightness.
pub(super) fn decode(codec: Codec, packed: &[u8], samples: &Samples) -> Result<Vec<u16>> {
    match codec {
        Codec::Native => Ok(grey(&words(packed, samples), samples)),
        Codec::Rle => Ok(grey(
            &rle::decode(packed, samples)?,
            &Samples {
                planar: true,
                ..*samples
            },
        )),
        Codec::Jpeg => jpeg::decode(packed, samples),
        Codec::Jpeg2000 => jpeg2000::decode(packed, samples),
    }
}

/// Samples of 8 or 16 bits as words.
fn words(packed: &[u8], samples: &Samples) -> Vec<u16> {
    if samples.bits_allocated == 8 {
        return packed.iter().map(|&byte| byte.into()).collect();
    }
    let (pairs, _) = packed.as_chunks::<2>();
    let word = if samples.big_endian {
        u16::from_be_bytes
    } else {
        u16::from_le_bytes
    };
    pairs.iter().map(|pair| word(*pair)).collect()
}

/// Brightness of interleaved or planar colours.
fn grey(words: &[u16], samples: &Samples) -> Vec<u16> {
    let pixels = samples.rows * samples.cols;
    if samples.channels() == 1 {
        return words.to_vec();
    }
    let (step, plane) = if samples.planar { (1, pixels) } else { (3, 1) };
    let at = |index: usize| words.get(index).copied().unwrap_or(0);
    (0..pixels)
        .map(|pixel| {
            let [a, b, c] = [0, 1, 2].map(|channel| at(pixel * step + channel * plane));
            luma(samples.photometric, [a, b, c])
        })
        .collect()
}

/// Brightness of a colour: computed, or its first part.
fn luma(photometric: Photometric, colour: [u16; 3]) -> u16 {
    if photometric == Photometric::Rgb {
        intensity::luma(colour)
    } else {
        colour[0]
    }
}

/// An error unless the compressed image has the size that the header says.
fn check_size(rows: usize, cols: usize, samples: &Samples) -> Result<()> {
    if (rows, cols) == (samples.rows, samples.cols) {
        Ok(())
    } else {
        Err(malformed(&format!(
            "it says {} × {} pixels, its compressed image has {rows} × {cols}",
            samples.rows, samples.cols
        )))
    }
}

fn undecodable(name: &'static str) -> OpenError {
    malformed(&format!("its {name} pixels cannot be decoded"))
}
