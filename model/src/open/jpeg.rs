//! JPEG (ITU-T T.81): baseline, extended and progressive with 8 bits, and lossless. For
//! pictures, and for DICOM's frames.

use jpeg_decoder::{Decoder, Error, PixelFormat};

/// What the frame header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) rows: usize,
    pub(super) cols: usize,
    /// Bits a sample.
    pub(super) bits: u8,
    /// 1 for grey, 3 for colour.
    pub(super) components: usize,
    pub(super) is_lossless: bool,
}

/// Why there are no pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JpegError {
    /// It ends too early.
    Truncated,
    /// More than eight bits, but not lossless.
    Depth(u8),
    /// Anything else.
    Damaged,
}

/// Samples of an image, row-major.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Samples {
    /// 8 or up to 16 bits a pixel.
    Grey(Vec<u16>),
    /// 8 bits each.
    Colour(Vec<[u8; 3]>),
}

impl Frame {
    /// Finds the frame header. Also keeps from the decoder what would make it panic.
    pub(super) fn read(packed: &[u8]) -> Result<Self, JpegError> {
        let mut rest = packed
            .strip_prefix(&[0xff, 0xd8])
            .ok_or(JpegError::Damaged)?;
        loop {
            let [0xff, marker, tail @ ..] = rest else {
                return Err(if rest.len() < 2 {
                    JpegError::Truncated
                } else {
                    JpegError::Damaged
                });
            };
            if *marker == 0xff {
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            let length = tail.first_chunk().ok_or(JpegError::Truncated)?;
            if matches!(marker, 0xc0..=0xc3) {
                return Self::parse(*marker, tail);
            }
            rest = tail
                .get(usize::from(u16::from_be_bytes(*length))..)
                .ok_or(JpegError::Truncated)?;
        }
    }

    fn parse(marker: u8, segment: &[u8]) -> Result<Self, JpegError> {
        let [_, _, bits, r1, r0, c1, c0, components, ..] = *segment else {
            return Err(JpegError::Truncated);
        };
        let size = |high, low| usize::from(u16::from_be_bytes([high, low]));
        let frame = Self {
            rows: size(r1, r0),
            cols: size(c1, c0),
            bits,
            components: components.into(),
            is_lossless: marker == 0xc3,
        };
        if !frame.is_lossless && bits != 8 {
            Err(JpegError::Depth(bits))
        } else if (2..=16).contains(&bits) {
            Ok(frame)
        } else {
            Err(JpegError::Damaged)
        }
    }

    /// Unpacks the image that this header was read from.
    pub(super) fn decode(&self, packed: &[u8]) -> Result<Samples, JpegError> {
        let mut decoder = Decoder::new(packed);
        decoder.set_max_decoding_buffer_size(self.rows * self.cols * 4);
        let bytes = decoder.decode().map_err(|error| match error {
            Error::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                JpegError::Truncated
            }
            _ => JpegError::Damaged,
        })?;
        let samples = match decoder.info().map(|info| info.pixel_format) {
            Some(PixelFormat::L8) => Samples::Grey(bytes.into_iter().map(u16::from).collect()),
            Some(PixelFormat::L16) => {
                let (pairs, _) = bytes.as_chunks::<2>();
                Samples::Grey(pairs.iter().map(|pair| u16::from_ne_bytes(*pair)).collect())
            }
            Some(PixelFormat::RGB24) => Samples::Colour(bytes.as_chunks::<3>().0.to_vec()),
            Some(PixelFormat::CMYK32) | None => return Err(JpegError::Damaged),
        };
        if samples.len() == self.rows * self.cols {
            Ok(samples)
        } else {
            Err(JpegError::Damaged)
        }
    }
}

impl Samples {
    fn len(&self) -> usize {
        match self {
            Self::Grey(values) => values.len(),
            Self::Colour(values) => values.len(),
        }
    }
}
