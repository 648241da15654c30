//! Connected regions of a mask.
//!
//! Hand-written because the regions of a mask are most of what a slice costs besides the
//! network: runs of set pixels are joined here, of which a slice has some thousands, where
//! imageproc joins its quarter of a million pixels. The tests hold the one to the other.

use std::ops::Range;

use super::group::Groups;
use crate::mask::{Mask, leading};

/// Which pixels belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connectivity {
    /// Those that share a side.
    Four,
    /// Those that share a side or a corner.
    Eight,
}

/// A mask's regions.
#[derive(Debug, Clone)]
pub struct Components {
    /// Runs in reading order.
    runs: Vec<Run>,
    /// Facts of region 0, 1, …, in the order of their first pixels.
    pub all: Vec<Component>,
    rows: usize,
    cols: usize,
}

/// Neighbouring set pixels of a row, as long as they go on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    row: usize,
    cols: Range<usize>,
    region: usize,
}

/// What is known of one region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Component {
    /// Pixels.
    pub area_px: usize,
    /// Whether it reaches the first or last row or column.
    pub touches_edge: bool,
}

impl Components {
    /// Finds the regions of a mask.
    pub fn of(mask: &Mask, connectivity: Connectivity) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        let mut groups = Groups::default();
        // Runs of the row above.
        let mut above = 0..0;
        for (row, line) in mask.pixels.chunks_exact(mask.cols.max(1)).enumerate() {
            let first = runs.len();
            let mut candidate = above.start;
            for cols in runs_of(line) {
                let run = groups.add();
                while let Some(other) = runs.get(candidate).filter(|_| candidate < above.end) {
                    if meets(&other.cols, &cols, connectivity) {
                        groups.join(candidate, run);
                    }
                    // The next run of this row may meet it, too.
                    if other.cols.end > cols.end {
                        break;
                    }
                    candidate += 1;
                }
                runs.push(Run {
                    row,
                    cols,
                    region: 0,
                });
            }
            above = first..runs.len();
        }
        let regions = groups.number();
        let count = regions.iter().max().map_or(0, |&last| last + 1);
        let mut all = vec![Component::default(); count];
        for (run, region) in runs.iter_mut().zip(regions) {
            run.region = region;
            if let Some(component) = all.get_mut(region) {
                component.area_px += run.cols.len();
                component.touches_edge |= run.row == 0
                    || run.row + 1 == mask.rows
                    || run.cols.start == 0
                    || run.cols.end == mask.cols;
            }
        }
        Self {
            runs,
            all,
            rows: mask.rows,
            cols: mask.cols,
        }
    }

    /// Every run of set pixels in reading order: its region, and the pixels' indices `row · cols +
    /// col`.
    pub fn runs(&self) -> impl Iterator<Item = (usize, Range<usize>)> + '_ {
        self.runs.iter().map(|run| {
            let line = run.row * self.cols;
            (run.region, line + run.cols.start..line + run.cols.end)
        })
    }

    /// The regions that `wanted` says yes to.
    pub fn keep(&self, wanted: impl Fn(&Component) -> bool) -> Mask {
        self.keep_or(Mask::empty(self.rows, self.cols), wanted)
    }

    /// `mask` (of the same size) and the regions that `wanted` says yes to.
    pub fn keep_or(&self, mut mask: Mask, wanted: impl Fn(&Component) -> bool) -> Mask {
        let chosen: Vec<bool> = self.all.iter().map(wanted).collect();
        for (region, pixels) in self.runs() {
            if chosen.get(region) == Some(&true)
                && let Some(pixels) = mask.pixels.get_mut(pixels)
            {
                pixels.fill(1);
            }
        }
        mask
    }
}

/// Runs of set pixels of a row.
pub(super) fn runs_of(line: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = line.get(at..)?;
        let start = at + leading(rest, 0);
        let rest = line.get(start..).filter(|rest| !rest.is_empty())?;
        at = start + leading(rest, 1);
        Some(start..at)
    })
}

/// Whether runs of two neighbouring rows belong together.
fn meets(a: &Range<usize>, b: &Range<usize>, connectivity: Connectivity) -> bool {
    match connectivity {
        Connectivity::Four => a.start < b.end && b.start < a.end,
        Connectivity::Eight => a.start <= b.end && b.start <= a.end,
    }
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};
    use imageproc::region_labelling::{self, connected_components};
    use proptest::prelude::*;

    use super::*;

    /// 0 where the mask is unset, else the region's number from 1.
    fn labels(mask: &Mask, components: &Components) -> Vec<u32> {
        let mut labels = vec![0; mask.pixels.len()];
        for (region, pixels) in components.runs() {
            labels[pixels].fill(region as u32 + 1);
        }
        labels
    }

    #[test]
    fn a_single_pixel_is_a_region() {
        let mask = Mask {
            rows: 1,
            cols: 1,
            pixels: vec![1],
        };
        for connectivity in [Connectivity::Four, Connectivity::Eight] {
            assert_eq!(labels(&mask, &Components::of(&mask, connectivity)), [1]);
        }
    }

    proptest! {
        #[test]
        fn regions_are_those_that_imageproc_finds(
            (rows, cols, pixels) in (1_usize..24, 1_usize..40, 1_u8..9).prop_flat_map(|(rows, cols, density)| {
                let pixel = (0_u8..9).prop_map(move |value| u8::from(value < density));
                (Just(rows), Just(cols), prop::collection::vec(pixel, rows * cols))
            })
        ) {
            // imageproc panics on a single pixel.
            prop_assume!(rows * cols > 1);
            let mask = Mask { rows, cols, pixels };
            let image = GrayImage::from_raw(cols as u32, rows as u32, mask.pixels.clone()).unwrap();
            for (connectivity, same) in [
                (Connectivity::Four, region_labelling::Connectivity::Four),
                (Connectivity::Eight, region_labelling::Connectivity::Eight),
            ] {
                let components = Components::of(&mask, connectivity);
                let expected = connected_components(&image, same, Luma([0])).into_raw();
                prop_assert_eq!(labels(&mask, &components), expected.clone());
                for (region, component) in (1..).zip(&components.all) {
                    let pixels = || expected.iter().enumerate().filter(move |(_, label)| **label == region);
                    prop_assert_eq!(component.area_px, pixels().count());
                    let is_edge = |(at, _): (usize, &u32)| {
                        let (row, col) = (at / cols, at % cols);
                        row == 0 || col == 0 || row + 1 == rows || col + 1 == cols
                    };
                    prop_assert_eq!(component.touches_edge, pixels().any(is_edge));
                }
                prop_assert_eq!(components.keep(|_| true), mask.clone());
            }
        }
    }
}
