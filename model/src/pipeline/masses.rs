//! Masses that the lung field leaves out on one slice and takes in on the next.
//!
//! A mass at the chest wall may lie in the lung field on one slice and outside on the next, though
//! the network sees it there. A part outside is taken in if at least half of it overlaps a mass on
//! a neighbouring slice.

use std::borrow::Cow;

use super::{Series, SliceAnalysis};
use crate::analysis::histogram::histogram;
use crate::map::Map;
use crate::mask::Mask;

/// Largest distance of slices in mm at which a mass (20 mm and more) is not passed over between two
/// of them.
const MOST_MM: f32 = 10.0;

impl Series<'_> {
    /// Takes masses in that go on from a slice beside, as far as these are known, and lets those go
    /// that do not any more; the slices that changed.
    pub(super) fn take_in_masses(&self, analyses: &mut Map<usize, SliceAnalysis>) -> Vec<usize> {
        if !analyses.values().any(has_parts) {
            return Vec::new();
        }
        let mut known: Vec<Option<Cow<'_, Mask>>> = Vec::new();
        for slice in 0..self.volume.slices() {
            let analysis = analyses.get(&slice).filter(|_| self.alike.contains(&slice));
            let masses = analysis.and_then(|it| it.masses.as_ref());
            known.push(masses.map(|it| Cow::Borrowed(&it.inside)));
        }
        // One that is taken in may take the next one along.
        while self.take_along(analyses, &mut known) {}

        let with_parts = |(slice, known): (usize, Option<Cow<'_, Mask>>)| {
            let is_needed = analyses.get(&slice).is_some_and(has_parts);
            Some((slice, known.filter(|_| is_needed)?.into_owned()))
        };
        let known: Vec<(usize, Mask)> = known
            .into_iter()
            .enumerate()
            .filter_map(with_parts)
            .collect();
        let mut changed = Vec::new();
        for (slice, known) in known {
            let analysis = analyses.get_mut(&slice);
            if analysis.is_some_and(|it| it.take_in(&known)) {
                changed.push(slice);
            }
        }
        changed
    }

    /// Adds to the known masses of each slice what lies on those of a slice beside; whether that
    /// was anything.
    fn take_along(
        &self,
        analyses: &Map<usize, SliceAnalysis>,
        known: &mut [Option<Cow<'_, Mask>>],
    ) -> bool {
        let mut is_news = false;
        for slice in 0..self.volume.slices() {
            let masses = analyses.get(&slice).and_then(|it| it.masses.as_ref());
            for part in masses.map_or(&[][..], |it| it.outside.as_slice()) {
                let lies_on = |slice: usize| {
                    let mask = known.get(slice).and_then(Option::as_deref);
                    mask.is_some_and(|mask| share(&part.pixels, mask) >= 0.5)
                };
                let goes_on =
                    |from: usize| self.steps_mm.get(from).is_some_and(|&mm| mm <= MOST_MM);
                let is_beside = slice
                    .checked_sub(1)
                    .is_some_and(|before| goes_on(before) && lies_on(before))
                    || (goes_on(slice) && lies_on(slice + 1));
                if let Some(Some(mask)) = known.get_mut(slice)
                    && is_beside
                    && share(&part.pixels, mask) < 1.0
                {
                    mask.to_mut().set(&part.pixels, 1);
                    is_news = true;
                }
            }
        }
        is_news
    }
}

impl SliceAnalysis {
    /// Makes those parts of masses outside of the lung field belong to it that lie in `known`, and
    /// no others; whether that is news.
    fn take_in(&mut self, known: &Mask) -> bool {
        let (Some(masses), Some(field)) = (&mut self.masses, &mut self.field) else {
            return false;
        };
        let mut is_news = false;
        for part in &mut masses.outside {
            let is_in = share(&part.pixels, known) >= 1.0;
            if is_in == part.is_in_field {
                continue;
            }
            (part.is_in_field, is_news) = (is_in, true);
            field.set(&part.pixels, u8::from(is_in));
            for (pixel, probability) in part.pixels.iter().zip(&part.probability) {
                if let Some(value) = self.probability.get_mut(*pixel) {
                    *value = if is_in { *probability } else { 0 };
                }
            }
        }
        if is_news {
            self.histogram = histogram(&self.probability, Some(field));
        }
        is_news
    }
}

fn has_parts(analysis: &SliceAnalysis) -> bool {
    let masses = analysis.masses.as_ref();
    masses.is_some_and(|masses| !masses.outside.is_empty())
}

/// Share of these pixels that are set.
fn share(pixels: &[usize], mask: &Mask) -> f32 {
    let set = pixels.iter().filter(|&&at| mask.pixels.get(at) == Some(&1));
    set.count() as f32 / pixels.len() as f32
}
