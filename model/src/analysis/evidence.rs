//! Whether what the network saw is enough to keep a region: on its own slice, and on those beside.

use super::morphology::intersection;
use super::postprocess::level;
use super::region::Region;
use crate::mask::Mask;

/// Area in mm² from which a region of a slice alone need not be certain anywhere: a disk of 5 mm.
/// Most vessels that are taken for nodules are smaller; and large tumours are often marked less
/// surely than small nodules, so that they would be lost.
const SMALL_MM2: f32 = 20.0;
/// Area in mm² at which a region between two other slices needs the least peak itself; a larger
/// one needs less, a smaller one more.
const USUAL_MM2: f32 = 10.0;
/// Lower bound on the odds from neighbouring slices: a large mass must not be ruled out because the
/// lung field cut it off there.
const LEAST_ODDS: f32 = 0.1;

/// What is known of the slices before and after one, on the same grid.
#[derive(Debug, Clone, Default)]
pub struct Beside<'a> {
    /// Their probabilities (0…255 for 0…1); empty unless those of all that there are are known.
    pub probability: Vec<&'a [u8]>,
    /// Their regions that are probable in themselves, where there are any.
    pub firm: Vec<&'a Mask>,
}

impl Beside<'_> {
    /// What lies between two slices that both are firm there.
    pub(super) fn between(&self) -> Option<Mask> {
        match self.firm.as_slice() {
            [before, after] => Some(intersection(before, after)),
            _ => None,
        }
    }
}

/// What regions of a slice are judged by.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    /// Of the slice, 0…255 for 0…1; asked for only if there is a least peak.
    pub(super) probability: &'a [u8],
    pub(super) beside: &'a Beside<'a>,
    /// Area of a pixel.
    pub(super) pixel_mm2: f32,
    /// The setting of that name, 0…1; 0 keeps every region.
    pub(super) least_peak: f32,
}

impl Evidence<'_> {
    /// Of a slice of which nothing else is known, a region is improbable if it is small and
    /// nowhere reaches the least peak. Between two known slices one of any size is, if the
    /// odds of its peak, those of the peak in its place on the slices beside, and its size say
    /// so together: vessels and noise that are taken for a nodule are mostly gone a slice
    /// further, and nodules are not.
    pub(super) fn is_probable(&self, region: &Region) -> bool {
        let least = level(self.least_peak);
        let own = region.peak(self.probability);
        let pixels = region.pixels.len() as f32;
        let others = self.beside.probability.iter();
        match others.map(|plane| region.peak(plane)).max() {
            _ if least == 0 => true,
            None => pixels >= SMALL_MM2 / self.pixel_mm2 - 1e-3 || own >= least,
            Some(others) => {
                let size = pixels * self.pixel_mm2 / USUAL_MM2;
                let together = odds(own) * odds(others).max(LEAST_ODDS);
                together * size * size >= odds(least) * odds(least)
            }
        }
    }

    /// Whether at least half of a region lies on firm regions of a slice beside, which it
    /// continues.
    pub(super) fn continues(&self, region: &Region) -> bool {
        let mut firm = self.beside.firm.iter();
        firm.any(|firm| 2 * region.pixels_in(firm) >= region.pixels.len())
    }
}

/// Odds of a probability of 0…255, half a step away from certainty at either end.
pub(crate) fn odds(probability: u8) -> f32 {
    let steps = f32::from(probability);
    (steps + 0.5) / (255.5 - steps)
}
