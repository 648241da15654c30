//! Connected regions of a mask.

pub use imageproc::region_labelling::Connectivity;

use image::{GrayImage, Luma};
use imageproc::region_labelling::connected_components;

use crate::mask::Mask;

/// A mask's regions.
#[derive(Debug, Clone)]
pub struct Components {
    /// `rows × cols` numbers: 0 where the mask is unset, else the region's number from 1
    /// in the order of their first pixels.
    pub labels: Vec<u32>,
    /// Facts of region 1, 2, ….
    pub parts: Vec<Part>,
    rows: usize,
    cols: usize,
}

/// What is known of one region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    /// Pixels.
    pub area_px: usize,
    /// Whether it reaches the first or last row or column.
    pub touches_edge: bool,
}

impl Components {
    /// Labels the regions of a mask.
    pub fn of(mask: &Mask, connectivity: Connectivity) -> Self {
        let image = GrayImage::from_raw(mask.cols as u32, mask.rows as u32, mask.pixels.clone());
        let labels = image.map_or_else(Vec::new, |image| {
            connected_components(&image, connectivity, Luma([0])).into_raw()
        });
        let count = labels.iter().max().map_or(0, |&most| most as usize);
        let mut parts = vec![Part::default(); count];
        for (row, line) in labels.chunks_exact(mask.cols.max(1)).enumerate() {
            for (col, &label) in line.iter().enumerate() {
                let Some(part) = (label as usize)
                    .checked_sub(1)
                    .and_then(|i| parts.get_mut(i))
                else {
                    continue;
                };
                part.area_px += 1;
                part.touches_edge |=
                    row == 0 || col == 0 || row + 1 == mask.rows || col + 1 == mask.cols;
            }
        }
        Self {
            labels,
            parts,
            rows: mask.rows,
            cols: mask.cols,
        }
    }

    /// The regions that `wanted` says yes to.
    pub fn keep(&self, wanted: impl Fn(&Part) -> bool) -> Mask {
        self.keep_or(&Mask::empty(self.rows, self.cols), wanted)
    }

    /// `mask` (of the same size) and the regions that `wanted` says yes to.
    pub fn keep_or(&self, mask: &Mask, wanted: impl Fn(&Part) -> bool) -> Mask {
        let chosen: Vec<u8> = std::iter::once(0)
            .chain(self.parts.iter().map(|part| u8::from(wanted(part))))
            .collect();
        let both = mask.pixels.iter().zip(&self.labels);
        Mask {
            pixels: both
                .map(|(&p, &label)| p | chosen.get(label as usize).copied().unwrap_or(0))
                .collect(),
            ..*mask
        }
    }
}
