//! Where the lesions lie, for files that tell one from another.

use super::SliceAnalysis;
use crate::analysis::region::regions;
use crate::map::Map;
use crate::nifti_mask::Marked;

/// Every region of the final masks with the number of its lesion, which [`super::summarise`] has
/// given.
pub fn marked(analyses: &Map<usize, SliceAnalysis>) -> Vec<Marked> {
    let mut all = Vec::new();
    for (&slice, analysis) in analyses {
        let regions = regions(&analysis.refined);
        let found = analysis.findings.iter().zip(regions);
        all.extend(found.map(|(finding, region)| Marked {
            slice,
            pixels: region.pixels,
            lesion: finding.lesion,
        }));
    }
    all
}
