//! Sizes of what was found, once the reader says how large pixels are.

use super::{AsSaved, SliceAnalysis};
use crate::analysis::measure::measure_again;
use crate::volume::PixelSpacing;

impl SliceAnalysis {
    /// Measures all that was found by this pixel spacing. The masks stay: how the network saw the
    /// slice, and what postprocessing made of it, was by another one.
    pub fn measure_again(&mut self, spacing: Option<PixelSpacing>) {
        let rejected = self.rejected.iter_mut().map(|it| &mut it.finding);
        let before = self.as_saved.iter_mut().flat_map(AsSaved::findings_mut);
        for finding in self.findings.iter_mut().chain(rejected).chain(before) {
            measure_again(finding, spacing);
        }
    }
}
