//! The regions of a mask as lists of pixels, in the one order that findings have.

use super::component::{Components, Connectivity};
use crate::mask::Mask;
use crate::order;

/// Pixels of one region: indices `row · cols + col`, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// The indices; never empty.
    pub pixels: Vec<usize>,
}

impl Region {
    /// How many of its pixels are set in a mask of the same size.
    pub fn pixels_in(&self, mask: &Mask) -> usize {
        let is_set = |&&index: &&usize| mask.pixels.get(index).is_some_and(|&pixel| pixel != 0);
        self.pixels.iter().filter(is_set).count()
    }

    /// The highest value of its pixels in a plane of the same size; 0 where that has none of them.
    pub fn peak(&self, plane: &[u8]) -> u8 {
        let values = self.pixels.iter().filter_map(|&index| plane.get(index));
        values.copied().max().unwrap_or(0)
    }
}

/// The regions of a mask (pixels that touch at a corner belong together), largest
/// first; equally large ones in reading order.
pub fn regions(mask: &Mask) -> Vec<Region> {
    let components = Components::of(mask, Connectivity::Eight);
    let mut regions: Vec<Region> = components
        .all
        .iter()
        .map(|component| Region {
            pixels: Vec::with_capacity(component.area_px),
        })
        .collect();
    for (region, pixels) in components.runs() {
        if let Some(region) = regions.get_mut(region) {
            region.pixels.extend(pixels);
        }
    }
    order::sort_by_key(&mut regions, |region| {
        std::cmp::Reverse(region.pixels.len())
    });
    regions
}
