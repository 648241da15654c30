//! PNG and JPEG pictures of slices.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, ImageReader, Limits};

use super::error::{OpenError, Result};
use super::limit;

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
pub(super) fn read(bytes: &[u8], format: ImageFormat) -> Result<Picture> {
    let picture = decode(bytes, format)?;
    let (rows, cols) = (picture.height() as usize, picture.width() as usize);
    let (mut levels, mut set) = (Vec::new(), Vec::new());
    limit::reserve(&mut levels, rows * cols)?;
    limit::reserve(&mut set, rows * cols)?;
    let max = if picture.color().bytes_per_pixel() / picture.color().channel_count() > 1 {
        let grey = picture.into_luma_alpha16();
        for pixel in grey.pixels() {
            let [level, alpha] = pixel.0.map(u32::from);
            let level = (u64::from(level) * u64::from(alpha) + 32_767) / 65_535;
            levels.push((level >> 1) as i16);
            set.push(u8::from(level > 0));
        }
        i16::MAX
    } else {
        let grey = picture.into_luma_alpha8();
        for pixel in grey.pixels() {
            let [level, alpha] = pixel.0.map(u16::from);
            let level = (level * alpha + 127) / 255;
            levels.push(level as i16);
            set.push(u8::from(level > 0));
        }
        255
    };
    Ok(Picture {
        rows,
        cols,
        levels,
        max,
        set,
    })
}

fn decode(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage> {
    let (cols, rows) = ImageReader::with_format(Cursor::new(bytes), format)
        .into_dimensions()
        .map_err(|error| damaged(&error, format))?;
    limit::check_grid(u64::from(rows), u64::from(cols), 1)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(limit::FILE_BYTES * 2);
    reader.limits(limits);
    reader.decode().map_err(|error| damaged(&error, format))
}

fn damaged(error: &image::ImageError, format: ImageFormat) -> OpenError {
    if let image::ImageError::IoError(error) = error
        && error.kind() == std::io::ErrorKind::UnexpectedEof
    {
        return OpenError::Truncated;
    }
    OpenError::Malformed {
        format: if format == ImageFormat::Png {
            "PNG"
        } else {
            "JPEG"
        },
        detail: "its pixels cannot be decoded".to_owned(),
    }
}
