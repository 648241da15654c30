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

/// The regions of a mask (pixels that touch at a corner belong together), largest
/// first; equally large ones in reading order.
pub fn regions(mask: &Mask) -> Vec<Region> {
    let components = Components::of(mask, Connectivity::Eight);
    let mut regions: Vec<Region> = components
        .parts
        .iter()
        .map(|part| Region {
            pixels: Vec::with_capacity(part.area_px),
        })
        .collect();
    for (index, &label) in components.labels.iter().enumerate() {
        let region = (label as usize).checked_sub(1);
        if let Some(region) = region.and_then(|i| regions.get_mut(i)) {
            region.pixels.push(index);
        }
    }
    order::sort_by_key(&mut regions, |region| {
        std::cmp::Reverse(region.pixels.len())
    });
    regions
}
