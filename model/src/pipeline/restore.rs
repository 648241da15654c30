//! A saved analysis back on the image it was made of, where the reader may go on correcting it.

use std::collections::BTreeSet;

use super::SliceAnalysis;
use crate::analysis::SliceView;
use crate::analysis::measure::corrected_findings;
use crate::analysis::region::{Region, regions};
use crate::finding::{Finding, Rejected};
use crate::map::Map;
use crate::mask::Mask;
use crate::saved::content::Content;
use crate::saved::label::{FINAL, LUNG, RAW};
use crate::saved::{SavedError, SavedSlice, runs};
use crate::settings::Postprocess;
use crate::volume::Volume;

/// Why a saved analysis does not fit the open scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// Another size or number of slices.
    #[error("it is of a scan with another size")]
    OtherScan,
    /// Its figures are not those of its masks.
    #[error("its findings do not belong to its masks")]
    OtherFindings,
    /// Its masks cannot be read.
    #[error(transparent)]
    Masks(#[from] SavedError),
}

/// A slice as it was saved, before anything was corrected since.
#[derive(Debug, Clone)]
pub struct AsSaved {
    /// All that was found, what was rejected with it.
    mask: Mask,
    /// The regions of the mask.
    findings: Vec<Finding>,
}

impl AsSaved {
    /// The regions of the mask, to be measured anew.
    pub(super) fn findings_mut(&mut self) -> impl Iterator<Item = &mut Finding> {
        self.findings.iter_mut()
    }

    /// Raw mask, final mask and findings with what was corrected since. Probabilities are not
    /// saved: a finding whose outline has changed has the confidence that its pixels were saved
    /// with, and none where it has no such pixels.
    pub(super) fn corrected(
        &self,
        slice: &SliceView<'_>,
        index: usize,
        analysis: &SliceAnalysis,
        settings: &Postprocess,
    ) -> (Mask, Mask, Vec<Finding>) {
        let mut refined = self.mask.clone();
        analysis.correct_again(&mut refined, slice, settings);
        let saved = regions(&self.mask);
        let saved = || saved.iter().zip(&self.findings);
        let mut findings = corrected_findings(&refined, &self.mask, &[], slice, index);
        for (finding, region) in findings.iter_mut().zip(regions(&refined)) {
            if let Some((_, before)) = saved().find(|(it, _)| it.pixels == region.pixels) {
                finding.clone_from(before);
                continue;
            }
            let (mut sum, mut pixels) = (0.0, 0);
            for (before, of) in saved() {
                let is_in = |pixel: &&usize| before.pixels.binary_search(pixel).is_ok();
                let common = region.pixels.iter().filter(is_in).count();
                sum += of.confidence * common as f32;
                pixels += common;
            }
            finding.confidence = if pixels > 0 { sum / pixels as f32 } else { 0.0 };
        }
        (analysis.raw.clone(), refined, findings)
    }
}

/// The analyses of all saved slices. They have no probabilities.
///
/// # Errors
/// It is not of this volume, or its figures are not those of its masks.
pub fn restore(
    volume: &Volume,
    content: &Content<'_>,
) -> Result<Map<usize, SliceAnalysis>, RestoreError> {
    let saved = &content.saved;
    if (saved.rows, saved.cols, saved.scan_slices) != (volume.rows, volume.cols, volume.slices()) {
        return Err(RestoreError::OtherScan);
    }
    // What is drawn is known as such by itself.
    let lesions = saved.summary.lesions.iter();
    let lesions = lesions.filter(|it| it.is_confirmed() && !it.is_drawn());
    let confirmed: BTreeSet<usize> = lesions.map(|it| it.number).collect();
    let mut analyses = Map::new();
    for (slice, mask) in saved.slices.iter().zip(&content.masks) {
        let labels = runs::decode(mask, saved.rows * saved.cols)?;
        let findings = saved.summary.findings.iter();
        let findings = findings.filter(|f| f.slice == slice.slice).cloned();
        let rejected = saved.rejected.iter();
        let rejected = rejected.filter(|r| r.finding.slice == slice.slice).cloned();
        let mut analysis = analysis(slice, &labels, findings.collect(), (saved.rows, saved.cols))?;
        with_rejected(&mut analysis, rejected.collect())?;
        analysis.as_saved = Some(as_saved(&analysis));
        if !confirmed.is_empty() {
            let findings = analysis.findings.iter();
            for (finding, region) in findings.zip(regions(&analysis.refined)) {
                if confirmed.contains(&finding.lesion) {
                    analysis.decisions.confirmed.extend(region.pixels);
                }
            }
        }
        analyses.insert(slice.slice, analysis);
    }
    Ok(analyses)
}

/// Rejected regions lie beside the final mask, never in it, and are as large as was measured.
fn with_rejected(
    analysis: &mut SliceAnalysis,
    rejected: Vec<Rejected>,
) -> Result<(), RestoreError> {
    for one in &rejected {
        let mut area_px = 0;
        for pixel in one.pixels() {
            let is_free = analysis.refined.pixels.get(pixel) == Some(&0);
            if !is_free || !analysis.decisions.unwanted.insert(pixel) {
                return Err(RestoreError::OtherFindings);
            }
            area_px += 1;
        }
        if area_px != one.finding.area_px {
            return Err(RestoreError::OtherFindings);
        }
        if one.was_confirmed {
            analysis.decisions.confirmed.extend(one.pixels());
        }
    }
    analysis.rejected = rejected;
    Ok(())
}

fn as_saved(analysis: &SliceAnalysis) -> AsSaved {
    let mut all = analysis.clone();
    // Each leaves the list when it is back.
    while all.take_back(0) {}
    AsSaved {
        mask: all.refined,
        findings: all.findings,
    }
}

fn analysis(
    slice: &SavedSlice,
    labels: &[u8],
    mut findings: Vec<Finding>,
    (rows, cols): (usize, usize),
) -> Result<SliceAnalysis, RestoreError> {
    let layer = |bit: u8| Mask {
        rows,
        cols,
        pixels: labels
            .iter()
            .map(|label| u8::from(label & bit != 0))
            .collect(),
    };
    let (field, refined) = (layer(LUNG), layer(FINAL));
    // Lesions are joined by the order of regions, which findings must have.
    let areas = regions(&refined).into_iter().map(|r| r.pixels.len());
    if !areas.eq(findings.iter().map(|f| f.area_px)) {
        return Err(RestoreError::OtherFindings);
    }
    let raw = layer(RAW);
    if slice.is_corrected {
        // Earlier releases gave what was drawn the small mean probability of its pixels.
        let drawn = |(_, region): &(_, Region)| region.pixels_in(&raw) == 0;
        let all = findings.iter_mut().zip(regions(&refined));
        for (finding, _) in all.filter(drawn) {
            finding.confidence = 0.0;
        }
    }
    Ok(SliceAnalysis {
        field: (field.area_px() > 0).then_some(field),
        raw,
        refined,
        findings,
        histogram: slice.histogram,
        network_ms: slice.network_ms,
        was_corrected: slice.is_corrected,
        ..SliceAnalysis::unmarked((rows, cols), Vec::new())
    })
}
