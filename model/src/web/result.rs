//! A segmented slice as a message, and back.

use js_sys::Array;

use super::{buffers, channel};
use crate::analysis::mass::Masses;
use crate::mask::Mask;
use crate::pipeline::{self, SliceAnalysis};
use crate::protocol::{Event, SliceResult};

/// Planes of a slice without the reference.
const PLANES: usize = 4;

/// Posts a slice's masks, probabilities and figures.
///
/// # Arguments
/// * `total_ms`: how long it took; `None` where the postprocessing alone was repeated.
/// * `planes`: those of `analysis`, if a subworker has sent them: they are passed on, not copied
///   once more.
pub(super) fn send(
    run: u32,
    slice: usize,
    analysis: &SliceAnalysis,
    reference: Option<&Mask>,
    total_ms: Option<f64>,
    planes: Option<Array>,
) {
    let list = planes.unwrap_or_else(|| copied(analysis));
    if let Some(mask) = reference {
        list.push(&channel::copies(&[&mask.pixels]).get(0));
    }
    let result = SliceResult {
        run,
        slice,
        findings: analysis.findings.clone(),
        rejected: analysis.rejected.clone(),
        is_corrected: analysis.is_corrected(),
        can_undo: !analysis.decisions.corrections.is_empty(),
        lung_px: analysis.field.as_ref().map_or(0, Mask::area_px),
        histogram: analysis.histogram,
        is_repeated: total_ms.is_none(),
        total_ms: total_ms.unwrap_or(0.0),
        network_ms: analysis.network_ms,
        agreement: reference.map(|mask| pipeline::agreement(analysis, mask)),
    };
    channel::pass_on(&Event::Segmented(result), &list);
}

/// Puts another final mask among a slice's planes.
pub(super) fn replace_refined(planes: &Array, refined: &Mask) {
    planes.set(2, channel::copies(&[&refined.pixels]).get(0));
}

/// A slice's planes as [`Event::Segmented`] has them, without the reference.
fn copied(analysis: &SliceAnalysis) -> Array {
    let no_field = vec![0; analysis.refined.pixels.len()];
    let field = analysis.field.as_ref();
    channel::copies(&[
        field.map_or(&no_field, |mask| &mask.pixels),
        &analysis.raw.pixels,
        &analysis.refined.pixels,
        &analysis.probability,
    ])
}

/// The same for the worker that started this one, with a plane of masses if there are any.
pub(super) fn with_masses(analysis: &SliceAnalysis) -> Array {
    let list = copied(analysis);
    if let Some(masses) = &analysis.masses {
        list.push(&channel::copies(&[&masses.plane()]).get(0));
    }
    list
}

/// What a subworker has sent for a slice of `rows × cols` pixels; `None` if planes are missing or
/// of another size.
pub(super) fn receive(
    result: SliceResult,
    planes: &Array,
    (rows, cols): (usize, usize),
) -> Option<SliceAnalysis> {
    let mut all = buffers(planes);
    let masses = (all.len() > PLANES).then(|| all.pop()).flatten();
    // The page has no use for it.
    planes.set_length(PLANES as u32);
    let [field, raw, refined, probability] = <[Vec<u8>; PLANES]>::try_from(all).ok()?;
    if probability.len() != rows * cols {
        return None;
    }
    let mask = |pixels: &[u8]| Mask::from_bytes(rows, cols, pixels);
    Some(SliceAnalysis {
        field: (result.lung_px > 0).then(|| mask(&field)).flatten(),
        masses: masses.and_then(|plane| Masses::from_plane(&plane, (rows, cols))),
        raw: mask(&raw)?,
        refined: mask(&refined)?,
        findings: result.findings,
        rejected: result.rejected,
        histogram: result.histogram,
        network_ms: result.network_ms,
        ..SliceAnalysis::unmarked((rows, cols), probability)
    })
}
