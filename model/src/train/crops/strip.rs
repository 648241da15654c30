//! The crops of a patient, on top of each other in a PNG.

use std::path::Path;

use anyhow::{Context, Result};

/// Squares on top of each other.
pub(super) struct Strip {
    pub(super) values: Vec<u16>,
    /// Rows and columns of each.
    pub(super) edge: usize,
    /// Whether the file has 16 bits a pixel.
    pub(super) is_deep: bool,
}

impl Strip {
    /// Reads a PNG of 8 or 16 bits, without scaling the one to the other.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let image = image::open(path).with_context(|| format!("reading {}", path.display()))?;
        let edge = image.width() as usize;
        let (values, is_deep) = match image {
            image::DynamicImage::ImageLuma16(image) => (image.into_raw(), true),
            other => {
                let values = other.into_luma8().into_raw();
                (values.into_iter().map(u16::from).collect(), false)
            }
        };
        Ok(Self {
            values,
            edge,
            is_deep,
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
