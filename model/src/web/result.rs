//! A segmented slice as a message, and back.

use super::channel;
use crate::mask::Mask;
use crate::pipeline::{self, SliceAnalysis};
use crate::protocol::{Event, SliceResult};

/// Posts a slice's masks, probabilities and figures.
pub(super) fn send(
    run: u32,
    slice: usize,
    analysis: &SliceAnalysis,
    reference: Option<&Mask>,
    total_ms: f64,
) {
    let no_field = vec![0; analysis.refined.pixels.len()];
    let field = analysis
        .field
        .as_ref()
        .map_or(&no_field, |mask| &mask.pixels);
    let mut planes: Vec<&[u8]> = vec![
        field,
        &analysis.raw.pixels,
        &analysis.refined.pixels,
        &analysis.probability,
    ];
    planes.extend(reference.map(|mask| mask.pixels.as_slice()));
    let result = SliceResult {
        run,
        slice,
        findings: analysis.findings.clone(),
        rejected: analysis.rejected.clone(),
        lung_px: analysis.field.as_ref().map_or(0, Mask::area_px),
        histogram: analysis.histogram,
        total_ms,
        network_ms: analysis.network_ms,
        agreement: reference.map(|mask| pipeline::agreement(analysis, mask)),
    };
    channel::send_with(&Event::Segmented(result), &planes);
}

/// What a hand has sent for a slice of `rows × cols` pixels; `None` if planes are missing or
/// of another size.
pub(super) fn receive(
    result: SliceResult,
    planes: Vec<Vec<u8>>,
    (rows, cols): (usize, usize),
) -> Option<SliceAnalysis> {
    let [field, raw, refined, probability] = <[Vec<u8>; 4]>::try_from(planes).ok()?;
    if probability.len() != rows * cols {
        return None;
    }
    let mask = |pixels: &[u8]| Mask::from_bytes(rows, cols, pixels);
    Some(SliceAnalysis {
        field: (result.lung_px > 0).then(|| mask(&field)).flatten(),
        raw: mask(&raw)?,
        refined: mask(&refined)?,
        firm: None,
        probability,
        findings: result.findings,
        rejected: result.rejected,
        unwanted: std::collections::BTreeSet::new(),
        histogram: result.histogram,
        network_ms: result.network_ms,
    })
}
