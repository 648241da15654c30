//! Measuring the regions of a final mask.

use super::diameter::{diameters, length_mm};
use super::region::{Region, regions};
use super::{SliceView, UNKNOWN_SPACING};
use crate::finding::{Finding, Segment};
use crate::mask::Mask;
use crate::volume::PixelSpacing;

/// Pixels of one millimetre, for lengths in pixels.
const UNIT: PixelSpacing = PixelSpacing::square(1.0);

/// The regions of `mask`, measured, largest first; `lesion` is 0 until
/// [`link`](super::link) numbers it.
///
/// `probability` holds 0…255 for 0…1; mask, probability and slice have the same grid.
pub fn findings(
    mask: &Mask,
    probability: &[u8],
    slice: &SliceView<'_>,
    slice_index: usize,
) -> Vec<Finding> {
    corrected_findings(mask, mask, probability, slice, slice_index)
}

/// [`findings`] of a mask that the reader has changed. `marked` is the mask before the correction:
/// the confidence of a finding counts only its pixels.
pub fn corrected_findings(
    mask: &Mask,
    marked: &Mask,
    probability: &[u8],
    slice: &SliceView<'_>,
    slice_index: usize,
) -> Vec<Finding> {
    regions(mask)
        .iter()
        .filter_map(|region| measured(region, marked, probability, slice, slice_index))
        .collect()
}

/// Gives a finding the sizes in mm that it has with this pixel spacing.
pub fn measure_again(finding: &mut Finding, spacing: Option<PixelSpacing>) {
    let length = |segment: Segment| spacing.map(|spacing| length_mm(segment, spacing));
    finding.area_mm2 = spacing.map(|it| finding.area_px as f32 * it.area_mm2());
    finding.longest_mm = length(finding.longest);
    finding.perpendicular_mm = length(finding.perpendicular);
}

fn measured(
    region: &Region,
    marked: &Mask,
    probability: &[u8],
    slice: &SliceView<'_>,
    slice_index: usize,
) -> Option<Finding> {
    let area_px = region.pixels.len();
    let cols = marked.cols;
    let positions = region.pixels.iter().map(|i| (i / cols, i % cols));
    let both = diameters(positions.clone(), slice.spacing.unwrap_or(UNKNOWN_SPACING))?;
    let mean = |sum: f64| (sum / area_px as f64) as f32;
    let values = region.pixels.iter().filter_map(|&i| slice.values.get(i));
    let mut chances = (0.0, 0);
    for &pixel in &region.pixels {
        if let (Some(1..), Some(&chance)) = (marked.pixels.get(pixel), probability.get(pixel)) {
            chances = (chances.0 + f64::from(chance) / 255.0, chances.1 + 1);
        }
    }
    let mut finding = Finding {
        slice: slice_index,
        lesion: 0,
        area_px,
        area_mm2: None,
        longest: both.longest,
        longest_mm: None,
        longest_px: length_mm(both.longest, UNIT),
        perpendicular: both.perpendicular,
        perpendicular_mm: None,
        perpendicular_px: length_mm(both.perpendicular, UNIT),
        mean_value: mean(values.map(|&v| f64::from(v)).sum()),
        confidence: (chances.0 / f64::from(chances.1.max(1))) as f32,
        centre: (
            mean(positions.clone().map(|(row, _)| row as f64).sum()),
            mean(positions.map(|(_, col)| col as f64).sum()),
        ),
    };
    measure_again(&mut finding, slice.spacing);
    Some(finding)
}
