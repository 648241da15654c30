//! The findings as a table, for spreadsheets.

use std::collections::BTreeMap;

use super::rejected;
use crate::finding::Finding;
use crate::pipeline::SliceAnalysis;
use crate::protocol::Summary;
use crate::volume::{Intensity, Volume};

/// Columns of the CSV file; lengths and areas carry their unit. Places are counted from 1, as on
/// screen; `x`, `y`, `z` are patient coordinates (LPS) of the centre.
const CSV_HEADER: &str = "status,lesion,slice,row,column,x_mm,y_mm,z_mm,area_px,area_mm2,longest_px,longest_mm,perpendicular_px,perpendicular_mm,mean_value,unit_of_value,confidence";

/// One line a finding, RFC 4180; its status is `marked`, `corrected` on slices where the reader has changed an
/// outline, or `rejected`: these come last and belong to no lesion.
/// No cell is read as a formula: all are numbers, or words of this program.
pub fn to_csv(
    volume: &Volume,
    analyses: &BTreeMap<usize, SliceAnalysis>,
    summary: &Summary,
) -> String {
    let marked = summary.findings.iter().map(|finding| {
        let analysis = analyses.get(&finding.slice);
        let is_corrected = analysis.is_some_and(SliceAnalysis::is_corrected);
        line(
            volume,
            finding,
            if is_corrected { "corrected" } else { "marked" },
        )
    });
    let rejected = rejected(analyses).map(|finding| line(volume, finding, "rejected"));
    std::iter::once(CSV_HEADER.to_owned())
        .chain(marked)
        .chain(rejected)
        .flat_map(|line| [line, "\r\n".to_owned()])
        .collect()
}

/// Patient coordinates (LPS, mm) of a finding's centre. Slices need not be evenly spaced: each has
/// the height that the viewer shows.
pub(super) fn place(volume: &Volume, finding: &Finding) -> [Option<f32>; 3] {
    let (row, column) = (f64::from(finding.centre.0), f64::from(finding.centre.1));
    let position = volume.slice_positions_mm.get(finding.slice);
    let position = position.map(|&mm| f64::from(mm));
    let Some(matrix) = &volume.patient_from_voxel else {
        return [None, None, position.map(|mm| mm as f32)];
    };
    let [x, y, z] = matrix.map(|[a, b, c, origin]| {
        let within = a * column + b * row;
        (within, within + c * finding.slice as f64 + origin)
    });
    let height = position.map_or(z.1, |mm| mm + z.0);
    [x.1, y.1, height].map(|mm| Some(mm as f32))
}

fn line(volume: &Volume, finding: &Finding, status: &str) -> String {
    let optional = |value: Option<f32>| value.map_or_else(String::new, |v| format!("{v:.2}"));
    let (row, column) = finding.centre;
    let [x, y, z] = place(volume, finding);
    let lesion = match status {
        "rejected" => String::new(),
        _ => finding.lesion.to_string(),
    };
    let unit = match volume.intensity {
        Intensity::Hounsfield => "HU",
        Intensity::Grey { .. } => "grey",
    };
    [
        status.to_owned(),
        lesion,
        (finding.slice + 1).to_string(),
        format!("{:.1}", row + 1.0),
        format!("{:.1}", column + 1.0),
        optional(x),
        optional(y),
        optional(z),
        finding.area_px.to_string(),
        optional(finding.area_mm2),
        format!("{:.2}", finding.longest_px),
        optional(finding.longest_mm),
        format!("{:.2}", finding.perpendicular_px),
        optional(finding.perpendicular_mm),
        format!("{:.1}", finding.mean_value),
        unit.to_owned(),
        format!("{:.3}", finding.confidence),
    ]
    .join(",")
}
