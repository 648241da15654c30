//! Pictures of greys as they are stored, and the crops of a patient on top of each other in one.

use std::path::Path;

use anyhow::{Context, Result};

/// The greys of a PNG.
pub(super) struct Greys {
    pub(super) values: Vec<u16>,
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// Whether the file has 16 bits a pixel.
    pub(super) is_deep: bool,
}

impl Greys {
    /// Reads a PNG of 8 or 16 bits, without scaling the one to the other: marks are numbers, and
    /// scaled to 8 bits the small ones would all be 0.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let image = image::open(path).with_context(|| format!("reading {}", path.display()))?;
        let (rows, columns) = (image.height() as usize, image.width() as usize);
        let color = image.color();
        let is_deep = color.bytes_per_pixel() / color.channel_count() > 1;
        let values = if is_deep {
            image.into_luma16().into_raw()
        } else {
            let values = image.into_luma8().into_raw();
            values.into_iter().map(u16::from).collect()
        };
        Ok(Self {
            values,
            rows,
            columns,
            is_deep,
        })
    }
}

/// Larger numbers than any mark are marks all the same.
pub(super) fn byte(value: u16) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

/// Squares on top of each other.
pub(super) struct Strip {
    pub(super) values: Vec<u16>,
    /// Rows and columns of each.
    pub(super) edge: usize,
    /// Whether the file has 16 bits a pixel.
    pub(super) is_deep: bool,
}

impl Strip {
    /// Reads a PNG as [`Greys::read`] does.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let greys = Greys::read(path)?;
        Ok(Self {
            values: greys.values,
            edge: greys.columns,
            is_deep: greys.is_deep,
        })
    }

    /// The square of that number.
    pub(super) fn square(&self, row: usize) -> Result<&[u16]> {
        let size = self.edge * self.edge;
        self.values
            .get(row * size..(row + 1) * size)
            .context("the strip ends before this crop")
    }
}

#[cfg(test)]
mod tests {
    use image::{ImageBuffer, Luma, LumaA};

    use super::*;

    #[test]
    fn numbers_of_sixteen_bits_stay_as_they_are() {
        let folder = std::env::temp_dir().join(format!("neurocare-greys-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (plain, with_alpha) = (folder.join("plain.png"), folder.join("alpha.png"));
        let numbers = vec![0, 1, 2, 3, 4, 300];
        let image: ImageBuffer<Luma<u16>, Vec<u16>> =
            ImageBuffer::from_raw(3, 2, numbers.clone()).unwrap();
        image.save(&plain).unwrap();
        let pairs = numbers.iter().flat_map(|&number| [number, u16::MAX]);
        let image: ImageBuffer<LumaA<u16>, Vec<u16>> =
            ImageBuffer::from_raw(3, 2, pairs.collect()).unwrap();
        image.save(&with_alpha).unwrap();
        for file in [plain, with_alpha] {
            let greys = Greys::read(&file).unwrap();
            assert_eq!(greys.values, numbers, "{}", file.display());
            assert_eq!(
                (greys.rows, greys.columns, greys.is_deep),
                (2, 3, true),
                "{}",
                file.display()
            );
        }
        let bytes: Vec<u8> = numbers.into_iter().map(byte).collect();
        assert_eq!(bytes, [0, 1, 2, 3, 4, 255]);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
