//! JPEG (ITU-T T.81): baseline, extended and progressive with 8 bits, and lossless; and
//! JPEG-LS (ITU-T T.87) in grey. For pictures, and for DICOM's frames.

use super::packed::{self, Fault};

/// "Start of frame": lossless, and of JPEG-LS.
const LOSSLESS: u8 = 0xc3;
const LS: u8 = 0xf7;

/// What the frame header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) rows: usize,
    pub(super) cols: usize,
    /// Bits a sample.
    pub(super) bits: u8,
    /// 1 for grey, 3 for colour.
    pub(super) components: usize,
}

/// Why there are no pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JpegError {
    /// A kind of JPEG, in words, that is not read.
    Kind(&'static str),
    /// Anything else.
    Fault(Fault),
}

/// Samples of an image, row-major.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Samples {
    /// 8 or up to 16 bits a pixel.
    Grey(Vec<u16>),
    /// Red, green and blue of each pixel, 8 bits each.
    Colour(Vec<u16>),
}

impl Frame {
    /// Finds the frame header. Also keeps from the decoder what would make it panic.
    pub(super) fn read(packed: &[u8]) -> Result<Self, JpegError> {
        let mut rest = packed.strip_prefix(&[0xff, 0xd8]).ok_or(Fault::Damaged)?;
        loop {
            let [0xff, marker, tail @ ..] = rest else {
                return Err(if rest.len() < 2 {
                    Fault::Truncated
                } else {
                    Fault::Damaged
                }
                .into());
            };
            if *marker == 0xff {
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            let length = tail.first_chunk().ok_or(Fault::Truncated)?;
            match *marker {
                0xc0..=LOSSLESS | LS => return Self::parse(*marker, tail),
                // The others between are tables.
                0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                    return Err(JpegError::Kind("An arithmetic or hierarchical JPEG"));
                }
                _ => {}
            }
            rest = tail
                .get(usize::from(u16::from_be_bytes(*length))..)
                .ok_or(Fault::Truncated)?;
        }
    }

    fn parse(marker: u8, segment: &[u8]) -> Result<Self, JpegError> {
        let [_, _, bits, r1, r0, c1, c0, components, ..] = *segment else {
            return Err(Fault::Truncated.into());
        };
        let size = |high, low| usize::from(u16::from_be_bytes([high, low]));
        let frame = Self {
            rows: size(r1, r0),
            cols: size(c1, c0),
            bits,
            components: components.into(),
        };
        let is_of_any_bits = matches!(marker, LOSSLESS | LS);
        if !is_of_any_bits && bits == 12 {
            Err(JpegError::Kind("A lossy JPEG with 12 bits a pixel"))
        } else if components == 4 {
            Err(JpegError::Kind("A CMYK JPEG"))
        } else if marker == LS && components != 1 {
            Err(JpegError::Kind("A JPEG-LS in colour"))
        } else if (is_of_any_bits || bits == 8) && (2..=16).contains(&bits) {
            Ok(frame)
        } else {
            Err(Fault::Damaged.into())
        }
    }

    /// Unpacks the image that this header was read from.
    pub(super) fn decode(&self, packed: &[u8]) -> Result<Samples, JpegError> {
        let values = packed::jpeg(packed, self.rows * self.cols * 4)?;
        let found = values.len();
        let samples = match self.components {
            1 => Samples::Grey(values),
            3 => Samples::Colour(values),
            _ => return Err(Fault::Damaged.into()),
        };
        if found == self.rows * self.cols * self.components {
            Ok(samples)
        } else {
            Err(Fault::Damaged.into())
        }
    }
}

impl From<Fault> for JpegError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
