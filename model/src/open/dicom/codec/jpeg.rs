//! JPEG baseline, extended (8 bits) and lossless (ITU-T T.81).

use jpeg_decoder::{Decoder, PixelFormat};

use super::super::super::error::{OpenError, Result};
use super::super::header::{Photometric, Samples};
use super::{check_size, luma, undecodable};

/// One sample a pixel.
pub(super) fn decode(packed: &[u8], samples: &Samples) -> Result<Vec<u16>> {
    check_frame(packed, samples)?;
    let mut decoder = Decoder::new(packed);
    decoder.set_max_decoding_buffer_size(samples.rows * samples.cols * 4);
    let pixels = decoder.decode().map_err(|_| undecodable("JPEG"))?;
    let format = decoder.info().map(|info| info.pixel_format);
    let words: Vec<u16> = match format {
        Some(PixelFormat::L8) => pixels.into_iter().map(u16::from).collect(),
        Some(PixelFormat::L16) => {
            let (pairs, _) = pixels.as_chunks::<2>();
            pairs.iter().map(|pair| u16::from_ne_bytes(*pair)).collect()
        }
        Some(PixelFormat::RGB24) => {
            let (colours, _) = pixels.as_chunks::<3>();
            colours
                .iter()
                .map(|rgb| luma(Photometric::Rgb, rgb.map(u16::from)))
                .collect()
        }
        _ => return Err(undecodable("JPEG")),
    };
    if words.len() == samples.rows * samples.cols {
        Ok(words)
    } else {
        Err(undecodable("JPEG"))
    }
}

/// Looks at the frame header before the decoder does, which panics on some of what it
/// can say.
fn check_frame(packed: &[u8], samples: &Samples) -> Result<()> {
    let mut rest = packed
        .strip_prefix(&[0xff, 0xd8])
        .ok_or_else(|| undecodable("JPEG"))?;
    loop {
        let [0xff, marker, tail @ ..] = rest else {
            return Err(undecodable("JPEG"));
        };
        if *marker == 0xff {
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let length = usize::from(u16::from_be_bytes(
            *tail.first_chunk().ok_or(OpenError::Truncated)?,
        ));
        if matches!(marker, 0xc0..=0xc3) {
            let [_, _, bits, r1, r0, c1, c0, components, ..] = *tail else {
                return Err(OpenError::Truncated);
            };
            let size = |high, low| usize::from(u16::from_be_bytes([high, low]));
            check_size(size(r1, r0), size(c1, c0), samples)?;
            if *marker != 0xc3 && bits != 8 {
                return Err(OpenError::Compression {
                    name: format!("Lossy JPEG with {bits} bits a pixel"),
                });
            }
            if !(2..=16).contains(&bits) || usize::from(components) != samples.channels() {
                return Err(undecodable("JPEG"));
            }
            return Ok(());
        }
        rest = tail.get(length..).ok_or(OpenError::Truncated)?;
    }
}
