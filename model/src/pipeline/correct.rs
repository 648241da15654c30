//! What the reader corrects by hand: areas drawn into the final mask, and cut out of it.

use std::collections::BTreeSet;

use super::number::{Numbered, number_apart, numbered};
use super::{Series, SliceAnalysis};
use crate::analysis::region::{Region, regions};
use crate::analysis::{SliceView, UNKNOWN_SPACING};
use crate::finding::Rejected;
use crate::map::Map;
use crate::mask::Mask;
use crate::order;
use crate::settings::Postprocess;

/// An area that the reader has drawn. It is kept beside the final mask, and holds under
/// other settings and after another run of the network, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Whether the area is tumour, or is none.
    is_tumour: bool,
    /// Its pixels (`row · cols + col`), ascending; none where findings were rejected and that was
    /// all.
    pixels: Vec<usize>,
    /// Pixels that had been rejected before, and are no longer.
    wanted: Vec<usize>,
    /// Pixels that it has rejected.
    unwanted: Vec<usize>,
    /// The numbers of all lesions before, which those that it joins are to have again; none once
    /// all are numbered anew.
    numbers: Vec<Numbered>,
}

/// A closed line that the reader has drawn around an area: corners as (row, col), where pixel 0
/// covers 0…1.
pub type Freehand = [(f32, f32)];

impl Series<'_> {
    /// Makes the area in `outline` tumour, or none, on slice `index`; `false` if that changes
    /// nothing. Findings that lie in an area that is none are rejected, and can be taken back as
    /// such.
    pub fn correct(
        &self,
        index: usize,
        analyses: &mut Map<usize, SliceAnalysis>,
        outline: &Freehand,
        is_tumour: bool,
    ) -> bool {
        let numbers = numbered(analyses);
        let Some(analysis) = analyses.get_mut(&index) else {
            return false;
        };
        let mut pixels = inside(outline, (self.volume.rows, self.volume.cols));
        let before = analysis.decisions.unwanted.clone();
        if is_tumour {
            analysis.want(&pixels);
        } else {
            analysis.reject_within(&pixels);
            // They are out of the mask, and are to come back whole when they are taken back.
            let mut rejected = BTreeSet::new();
            rejected.extend(analysis.rejected.iter().flat_map(Rejected::pixels));
            pixels.retain(|pixel| !rejected.contains(pixel));
        }
        let is_other =
            |pixel: &usize| analysis.refined.pixels.get(*pixel) != Some(&u8::from(is_tumour));
        if !pixels.iter().any(is_other) {
            pixels.clear();
        }
        let unwanted = &analysis.decisions.unwanted;
        let correction = Correction {
            is_tumour,
            pixels,
            wanted: before.difference(unwanted).copied().collect(),
            unwanted: unwanted.difference(&before).copied().collect(),
            numbers,
        };
        if correction.is_empty() {
            return false;
        }
        analysis.decisions.corrections.push(correction);
        self.repeat(index, analyses);
        true
    }

    /// Takes the last correction of slice `index` back; `false` if there is none.
    pub fn undo(&self, index: usize, analyses: &mut Map<usize, SliceAnalysis>) -> bool {
        let Some(analysis) = analyses.get_mut(&index) else {
            return false;
        };
        let Some(last) = analysis.decisions.corrections.pop() else {
            return false;
        };
        let joined = analysis.lesions_at(last.pixels.iter().chain(&last.wanted));
        for pixel in &last.unwanted {
            analysis.decisions.unwanted.remove(pixel);
        }
        analysis.decisions.unwanted.extend(&last.wanted);
        self.repeat(index, analyses);
        number_apart(analyses, &joined, &last.numbers);
        true
    }
}

impl Correction {
    /// An area of these pixels that is tumour.
    #[cfg(test)]
    pub(crate) fn added(pixels: Vec<usize>) -> Self {
        Self {
            is_tumour: true,
            pixels,
            wanted: Vec::new(),
            unwanted: Vec::new(),
            numbers: Vec::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.pixels.is_empty() && self.wanted.is_empty() && self.unwanted.is_empty()
    }

    /// The highest number that it keeps.
    pub(super) fn last_number(&self) -> usize {
        let numbers = self.numbers.iter().map(|it| it.lesion);
        numbers.max().unwrap_or(0)
    }

    /// Lets the numbers go that lesions had before.
    pub(super) fn forget_numbers(&mut self) {
        self.numbers.clear();
    }

    fn holds(&self, pixel: usize) -> bool {
        self.pixels.binary_search(&pixel).is_ok()
    }
}

impl SliceAnalysis {
    /// Whether the reader has changed the outline of anything, now or before it was saved.
    pub fn is_corrected(&self) -> bool {
        let mut corrections = self.decisions.corrections.iter();
        self.was_corrected || corrections.any(|it| !it.pixels.is_empty())
    }

    /// Whether the reader has drawn in this region of the final mask, or cut something off it; in a
    /// restored analysis, since it came back. What was changed before is known of the slice only.
    pub fn is_changed(&self, region: &Region) -> bool {
        let cols = self.refined.cols;
        let is_in = |pixel: usize| region.pixels.binary_search(&pixel).is_ok();
        // Regions hang together at corners, too, but not from the end of a row to the next.
        let touches = |pixel: &usize| {
            let (row, col) = (pixel / cols, pixel % cols);
            let beside = col.saturating_sub(1)..(col + 2).min(cols);
            (row.saturating_sub(1)..row + 2)
                .any(|row| beside.clone().any(|it| is_in(row * cols + it)))
        };
        self.decisions.corrections.iter().any(|it| {
            let is_near = |pixel: &usize| is_in(*pixel) || (!it.is_tumour && touches(pixel));
            it.pixels.iter().any(is_near)
        })
    }

    /// Numbers of the lesions in whose regions of the final mask any of these pixels lie.
    fn lesions_at<'a>(&self, pixels: impl Iterator<Item = &'a usize>) -> BTreeSet<usize> {
        let numbers = self.numbers();
        let at = pixels.filter_map(|pixel| numbers.get(*pixel).copied());
        at.filter(|number| *number > 0).collect()
    }

    /// Draws what was corrected into a final mask that was just made. What a cut leaves of a region
    /// goes with it if it is smaller than the smallest finding, as regions of the network do.
    pub(super) fn correct_again(
        &self,
        refined: &mut Mask,
        slice: &SliceView<'_>,
        settings: &Postprocess,
    ) {
        if self.decisions.corrections.is_empty() {
            return;
        }
        let before = regions(refined);
        for correction in &self.decisions.corrections {
            refined.set(&correction.pixels, u8::from(correction.is_tumour));
        }
        if self.decisions.corrections.iter().all(|it| it.is_tumour) {
            return;
        }
        let pixel_mm2 = slice.spacing.unwrap_or(UNKNOWN_SPACING).area_mm2();
        let least_px = settings.min_area_mm2 / pixel_mm2 - 1e-3;
        for region in regions(refined) {
            let is_left = (region.pixels.len() as f32) < least_px
                && !region.pixels.iter().any(|&it| self.is_drawn(it))
                && !before.iter().any(|it| it.pixels == region.pixels);
            if is_left {
                refined.set(&region.pixels, 0);
            }
        }
    }

    /// Whether the reader has drawn there what was tumour then.
    pub(super) fn is_drawn(&self, pixel: usize) -> bool {
        let mut all = self.decisions.corrections.iter();
        all.any(|it| it.is_tumour && it.holds(pixel))
    }

    /// Rejects findings of which nothing lies outside `area` (ascending).
    fn reject_within(&mut self, area: &[usize]) {
        let regions = regions(&self.refined);
        let is_within = |pixel: &usize| area.binary_search(pixel).is_ok();
        for (index, region) in regions.iter().enumerate().rev() {
            if region.pixels.iter().all(is_within) {
                self.reject(index);
            }
        }
    }

    /// What the reader draws is wanted, with all of whatever it meets that was rejected.
    fn want(&mut self, area: &[usize]) {
        let mut wanted = Mask::empty(self.refined.rows, self.refined.cols);
        wanted.set(area, 1);
        self.rejected.retain(|rejected| {
            let is_apart = !rejected.pixels().any(|p| area.binary_search(&p).is_ok());
            if !is_apart {
                wanted.set(&rejected.pixels().collect::<Vec<_>>(), 1);
            }
            is_apart
        });
        self.want_again(&wanted);
    }
}

/// Pixels of a slice of `(rows, cols)` whose centres lie inside, ascending. Where the line crosses
/// itself, both sides are inside (nonzero winding): a hand that ends a little too far leaves no
/// hole.
fn inside(outline: &Freehand, (rows, cols): (usize, usize)) -> Vec<usize> {
    let mut pixels = Vec::new();
    let ends = outline.iter().skip(1).chain(outline.first());
    let edges: Vec<_> = outline.iter().zip(ends).collect();
    for row in 0..rows {
        let centre = row as f32 + 0.5;
        let mut crossings: Vec<(f32, i32)> = edges
            .iter()
            .filter(|(from, to)| (from.0 <= centre) != (to.0 <= centre))
            .map(|(from, to)| {
                let share = (centre - from.0) / (to.0 - from.0);
                let turn = if from.0 < to.0 { 1 } else { -1 };
                (from.1 + share * (to.1 - from.1), turn)
            })
            .collect();
        order::sort_by(&mut crossings, |a, b| a.0.total_cmp(&b.0));
        let mut winding = 0;
        for pair in crossings.windows(2) {
            let [(left, turn), (right, _)] = *pair else {
                continue;
            };
            winding += turn;
            if winding != 0 {
                let column = |at: f32| ((at - 0.5).ceil().max(0.0) as usize).min(cols);
                pixels.extend((column(left)..column(right)).map(|col| row * cols + col));
            }
        }
    }
    pixels
}
