//! Slices of a series have a say in what is found on those beside them.

use std::collections::{BTreeMap, BTreeSet};

use super::{SliceAnalysis, postprocess, view};
use crate::settings::Postprocess;
use crate::volume::Volume;

/// Largest distance of slices in mm at which a nodule of 5 mm cannot lie between two of them. It is
/// also the largest in the data that the rule was measured on.
const MOST_MM: f32 = 5.0;

/// Repeats the postprocessing of a slice, with other settings or because more is known now; whether
/// its final mask has changed. What was rejected stays rejected. A slice that was restored, or not
/// analysed, stays as it is.
///
/// # Arguments
/// * `alike`: slices that were analysed in the same way. If this one is of them, and all slices
///   beside it are, their probabilities count, too.
pub fn refine(
    volume: &Volume,
    index: usize,
    analyses: &mut BTreeMap<usize, SliceAnalysis>,
    alike: &BTreeSet<usize>,
    settings: &Postprocess,
) -> bool {
    let analysis = analyses.get(&index).filter(|it| !it.is_restored());
    let (Some(analysis), Ok(slice)) = (analysis, view(volume, index)) else {
        return false;
    };
    let beside = beside(volume, index, analyses, alike);
    let (raw, refined, findings) = postprocess(
        &slice,
        index,
        &analysis.probability,
        &beside,
        analysis.field.as_ref(),
        settings,
    );
    analyses.get_mut(&index).is_some_and(|analysis| {
        let before = std::mem::replace(&mut analysis.refined, refined);
        (analysis.raw, analysis.findings) = (raw, findings);
        analysis.reject_again();
        analysis.refined != before
    })
}

/// After slice `index` was analysed: repeats the postprocessing of it and of those beside it, where all
/// is known now; the others whose final mask has changed.
pub fn settle(
    volume: &Volume,
    index: usize,
    analyses: &mut BTreeMap<usize, SliceAnalysis>,
    alike: &BTreeSet<usize>,
    settings: &Postprocess,
) -> Vec<usize> {
    let mut changed = Vec::new();
    for other in index.saturating_sub(1)..=index + 1 {
        let has_say = !beside(volume, other, analyses, alike).is_empty();
        if has_say && refine(volume, other, analyses, alike, settings) && other != index {
            changed.push(other);
        }
    }
    changed
}

/// Probabilities of the slices before and after, if all there are can be asked.
fn beside<'a>(
    volume: &Volume,
    index: usize,
    analyses: &'a BTreeMap<usize, SliceAnalysis>,
    alike: &BTreeSet<usize>,
) -> Vec<&'a [u8]> {
    let is_near = volume.slice_spacing_mm.is_some_and(|mm| mm <= MOST_MM);
    let mut planes = Vec::new();
    // The slice itself is asked for, too: it must be alike.
    for place in index.saturating_sub(1)..(index + 2).min(volume.slices()) {
        let known = analyses.get(&place).filter(|_| alike.contains(&place));
        match known {
            Some(analysis) if is_near && !analysis.is_restored() => {
                if place != index {
                    planes.push(analysis.probability.as_slice());
                }
            }
            _ => return Vec::new(),
        }
    }
    planes
}
