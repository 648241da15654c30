//! Everything about one analysis but its masks, for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::indent::indented;
use super::measured::Measured;
use super::{MadeWith, rejected};
use crate::calliper::Calliper;
use crate::finding::Finding;
use crate::finding::advice::DISCLAIMER;
use crate::pipeline::{SliceAnalysis, without_lung};
use crate::protocol::{EngineInfo, Summary};
use crate::settings::Settings;
use crate::volume::{Intensity, PixelSpacing, Volume};

/// Everything about one analysis but its masks.
#[derive(Debug, Serialize)]
struct Report<'a> {
    program: &'static str,
    version: &'static str,
    /// A table of numbers has no place for it.
    disclaimer: &'static str,
    scan: Scan<'a>,
    /// With what all slices were analysed; `None` if it is not the same for all.
    engine: Option<&'a EngineInfo>,
    settings: Option<&'a Settings>,
    /// And then, which slices were with what.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    made_with: &'a [MadeWith<'a>],
    /// Slices, rows and columns; the CSV file counts from 1, as the page does.
    counted_from: u8,
    /// Slices that were segmented and show no lung, so that nothing was searched on them.
    slices_without_lung: Vec<usize>,
    /// Slices on which the reader has changed the outline of something.
    corrected_slices: Vec<usize>,
    summary: &'a Summary,
    /// What the reader took out of the result.
    rejected: Vec<&'a Finding>,
    /// Lines that the reader measured by hand.
    measured: Vec<Measured>,
}

/// The grid that places of findings are on. Slices go from feet to head, rows from front to back,
/// columns to the patient's left, whatever the file's own order is.
#[derive(Debug, Serialize)]
struct Scan<'a> {
    rows: usize,
    columns: usize,
    slices: usize,
    intensity: Intensity,
    pixel_spacing: Option<PixelSpacing>,
    slice_spacing_mm: Option<f32>,
    /// Three rows of the matrix that takes (column, row, slice, 1) to patient coordinates (LPS, mm).
    patient_from_voxel: Option<[[f64; 4]; 3]>,
    slice_positions_mm: &'a [f32],
}

/// The analysis as indented JSON; field names carry their units.
pub fn to_json(
    made_with: &[MadeWith<'_>],
    volume: &Volume,
    analyses: &BTreeMap<usize, SliceAnalysis>,
    summary: &Summary,
    lines: &[Calliper],
) -> String {
    let (engine, settings, made_with) = match made_with {
        [all] => (all.engine, Some(all.settings), &[][..]),
        parts => (None, None, parts),
    };
    let report = Report {
        program: "NeuroCare AI",
        version: env!("CARGO_PKG_VERSION"),
        disclaimer: DISCLAIMER,
        scan: Scan {
            rows: volume.rows,
            columns: volume.cols,
            slices: volume.slices(),
            intensity: volume.intensity,
            pixel_spacing: volume.spacing,
            slice_spacing_mm: volume.slice_spacing_mm,
            patient_from_voxel: volume.patient_from_voxel,
            slice_positions_mm: &volume.slice_positions_mm,
        },
        engine,
        settings,
        made_with,
        counted_from: 0,
        slices_without_lung: without_lung(analyses),
        corrected_slices: corrected(analyses),
        summary,
        rejected: rejected(analyses).collect(),
        measured: lines
            .iter()
            .map(|line| Measured::new(line, volume.spacing))
            .collect(),
    };
    // Plain structs of numbers and texts always serialise.
    indented(&serde_json::to_string(&report).unwrap_or_default())
}

fn corrected(analyses: &BTreeMap<usize, SliceAnalysis>) -> Vec<usize> {
    let all = analyses.iter().filter(|(_, it)| it.is_corrected());
    all.map(|(&slice, _)| slice).collect()
}
