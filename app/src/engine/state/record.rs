//! A saved analysis laid out like an open scan, so that the same panels show it.

use std::collections::BTreeMap;

use model::protocol::{SliceResult, VolumeInfo};
use model::saved::Saved;

use super::{Desk, OpenScan, WorkerState};

impl Desk {
    /// A desk with a saved analysis on it.
    pub fn of_saved(saved: &Saved) -> Self {
        Self {
            worker: WorkerState::Up,
            open: OpenScan {
                scan: Some(scan(saved)),
                results: results(saved),
                summary: Some(saved.summary.clone()),
                ..OpenScan::default()
            },
            ..Self::default()
        }
    }
}

/// The scan that it is of, as far as that is saved.
fn scan(saved: &Saved) -> VolumeInfo {
    VolumeInfo {
        rows: saved.rows,
        cols: saved.cols,
        slices: saved.scan_slices,
        intensity: saved.intensity,
        first_levels: None,
        spacing: saved.spacing,
        is_calibrated: saved.is_calibrated,
        slice_spacing_mm: saved.slice_spacing_mm,
        is_stack: false,
        slice_positions_mm: Vec::new(),
        instance_numbers: saved.instance_numbers.clone(),
        is_oriented: saved.is_oriented(),
        gaps: saved.gaps.clone(),
        has_series: false,
        identity: String::new(),
        patient: None,
        series: Vec::new(),
        chosen_series: 0,
        series_number: saved.series_number,
        format: "Saved masks, no image".to_owned(),
        notes: Vec::new(),
    }
}

/// Figures by slice, with what was found and rejected on each.
fn results(saved: &Saved) -> BTreeMap<usize, SliceResult> {
    let mut results: BTreeMap<usize, SliceResult> = saved
        .slices
        .iter()
        .map(|slice| {
            let result = SliceResult {
                run: 0,
                slice: slice.slice,
                findings: Vec::new(),
                rejected: Vec::new(),
                is_corrected: slice.is_corrected,
                can_undo: false,
                lung_px: slice.lung_px,
                histogram: slice.histogram,
                is_repeated: false,
                total_ms: slice.total_ms,
                network_ms: slice.network_ms,
                agreement: None,
            };
            (slice.slice, result)
        })
        .collect();
    for finding in &saved.summary.findings {
        if let Some(result) = results.get_mut(&finding.slice) {
            result.findings.push(finding.clone());
        }
    }
    for rejected in &saved.rejected {
        if let Some(result) = results.get_mut(&rejected.finding.slice) {
            result.rejected.push(rejected.clone());
        }
    }
    results
}
