//! What is to be found in a scan: pixels that two readers marked, and nodules, which is what hangs
//! together of these, over slices too.

use std::collections::BTreeSet;

use model::analysis::region::{Region, regions};
use model::mask::Mask;

/// Voxels of one nodule as (slice, pixel); never empty.
pub(crate) type Nodule = Vec<(usize, usize)>;

/// The nodules of a scan: marked voxels that touch, at a corner at least (26 neighbours), belong
/// together. Of a scan of one slice they are the regions of that slice.
///
/// # Arguments
/// * `slices`: for each slice its marks, not 0 where marked; `rows · cols`, row by row.
/// * `cols`: number of columns.
pub(crate) fn nodules(slices: &[Vec<u8>], cols: usize) -> Vec<Nodule> {
    let cols = cols.max(1);
    let mut marked: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (slice, pixels) in slices.iter().enumerate() {
        let set = pixels.iter().enumerate().filter(|(_, mark)| **mark != 0);
        marked.extend(set.map(|(at, _)| (slice, at)));
    }
    let mut nodules = Vec::new();
    while let Some(first) = marked.pop_first() {
        let mut nodule = vec![first];
        let mut next = 0;
        while let Some(&(slice, at)) = nodule.get(next) {
            next += 1;
            let (row, col) = (at / cols, at % cols);
            for slice in slice.saturating_sub(1)..=slice + 1 {
                for row in row.saturating_sub(1)..=row + 1 {
                    for col in col.saturating_sub(1)..=(col + 1).min(cols - 1) {
                        nodule.extend(marked.take(&(slice, row * cols + col)));
                    }
                }
            }
        }
        nodules.push(nodule);
    }
    nodules
}

/// 1 where at least two readers marked.
pub(crate) fn target(readers: &[u8]) -> Vec<u8> {
    readers.iter().map(|&n| u8::from(n >= 2)).collect()
}

/// Regions of the mask without a single marked pixel.
pub(crate) fn untouched(mask: &Mask, marked: &[u8]) -> usize {
    let regions = regions(mask);
    regions.iter().filter(|r| !touches(r, marked)).count()
}

/// Whether a pixel of the region is not 0.
pub(crate) fn touches(region: &Region, pixels: &[u8]) -> bool {
    let is_set = |&at: &usize| pixels.get(at).is_some_and(|&p| p != 0);
    region.pixels.iter().any(is_set)
}
