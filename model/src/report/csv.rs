//! The findings as a table, for spreadsheets.

use std::collections::BTreeMap;

use super::measured::Measured;
use super::{MadeWith, PROGRAM, rejected};
use crate::analysis::region::regions;
use crate::calliper::Calliper;
use crate::finding::{Finding, Lesion};
use crate::pipeline::SliceAnalysis;
use crate::protocol::Summary;
use crate::volume::{Intensity, Volume};

/// Columns of the CSV file; lengths and areas carry their unit. Places are counted from 1, as on
/// screen; `x`, `y`, `z` are patient coordinates (LPS) of the centre. Every line says where it comes from, and of
/// what lesion: tables are cut and put together. New columns come last, so that the places of those before stay.
const CSV_HEADER: &str = "status,lesion,slice,row,column,x_mm,y_mm,z_mm,area_px,area_mm2,longest_px,longest_mm,perpendicular_px,perpendicular_mm,mean_value,unit_of_value,confidence,program,network,remark,lesion_volume_mm3,lesion_first_slice,lesion_last_slice,examined_on";

/// What the disclaimer comes to, without a comma.
pub(super) const REMARK: &str = "preliminary screening; not a diagnosis";

/// One line a finding, RFC 4180; its status is `marked`, `corrected` where the reader has changed its
/// outline, `drawn` where the network marked nothing, which leaves its confidence empty, or `rejected`: these come after
/// them and belong to no lesion. Last come lines that the reader `measured` by hand: the length of each, and its middle.
/// No cell is read as a formula: all are numbers, or words of this program, or the day.
///
/// # Arguments
/// * `examined_on`: the day of the examination, `YYYY-MM-DD`; empty if it is not known.
pub fn to_csv(
    made_with: &[MadeWith<'_>],
    volume: &Volume,
    analyses: &BTreeMap<usize, SliceAnalysis>,
    summary: &Summary,
    lines: &[Calliper],
    examined_on: &str,
) -> String {
    let line = |finding: &Finding, status: &str| {
        let made = made_with
            .iter()
            .find(|it| it.slices.contains(&finding.slice));
        let engine = made.and_then(|it| it.engine);
        let network = engine.map_or_else(String::new, |it| {
            [it.architecture.title(), " ", &it.weights_version].concat()
        });
        let cells = cells(volume, finding, status);
        let lesions = &mut summary.lesions.iter();
        // One that is rejected has the number that it had.
        let lesion = lesions.find(|it| it.number == finding.lesion && status != "rejected");
        let lesion = lesion_cells(lesion);
        [&cells, PROGRAM, &network, REMARK, &lesion, examined_on].join(",")
    };
    let marked = summary.findings.iter().map(|finding| {
        let status = match analyses.get(&finding.slice) {
            _ if finding.is_drawn() => "drawn",
            Some(analysis) if is_changed(analysis, finding) => "corrected",
            _ => "marked",
        };
        line(finding, status)
    });
    let rejected = rejected(analyses).map(|finding| line(finding, "rejected"));
    let measured = lines.iter().map(|line| measured(volume, line, examined_on));
    std::iter::once(CSV_HEADER.to_owned())
        .chain(marked)
        .chain(rejected)
        .chain(measured)
        .flat_map(|line| [line, "\r\n".to_owned()])
        .collect()
}

/// Patient coordinates (LPS, mm) of the centre of a finding on a slice. Slices need not be evenly spaced: each is as far from the
/// first one as their positions say. These are of the file's first pixels, which need not be the volume's.
pub(super) fn place(volume: &Volume, slice: usize, centre: (f32, f32)) -> [Option<f32>; 3] {
    let (row, column) = (f64::from(centre.0), f64::from(centre.1));
    let positions = &volume.slice_positions_mm;
    let position = positions.get(slice);
    let Some(matrix) = &volume.patient_from_voxel else {
        return [None, None, position.copied()];
    };
    let [_, _, [_, _, step_mm, _]] = matrix;
    let steps = match (positions.first(), position) {
        (Some(first), Some(own)) if step_mm.abs() > 0.0 => {
            (f64::from(*own) - f64::from(*first)) / step_mm
        }
        _ => slice as f64,
    };
    matrix.map(|[a, b, c, origin]| Some((a * column + b * row + c * steps + origin) as f32))
}

/// Whether the reader has changed the outline of this finding of the slice.
fn is_changed(analysis: &SliceAnalysis, finding: &Finding) -> bool {
    let place = analysis.findings.iter().position(|it| it == finding);
    place.is_some_and(|place| {
        let regions = regions(&analysis.refined);
        regions.get(place).is_some_and(|it| analysis.is_changed(it))
    })
}

/// The line of one that was measured by hand.
fn measured(volume: &Volume, line: &Calliper, examined_on: &str) -> String {
    let line = Measured::new(line, volume.spacing);
    let (row, column) = line.centre();
    let [x, y, z] = place(volume, line.slice, (row, column));
    let nothing = String::new;
    [
        "measured".to_owned(),
        nothing(),
        (line.slice + 1).to_string(),
        format!("{:.1}", row + 1.0),
        format!("{:.1}", column + 1.0),
        optional(x),
        optional(y),
        optional(z),
        nothing(),
        nothing(),
        optional(Some(line.length_px)),
        optional(line.length_mm),
        nothing(),
        nothing(),
        nothing(),
        nothing(),
        nothing(),
        PROGRAM.to_owned(),
        nothing(),
        REMARK.to_owned(),
        lesion_cells(None),
        examined_on.to_owned(),
    ]
    .join(",")
}

/// Volume, first and last slice.
fn lesion_cells(lesion: Option<&Lesion>) -> String {
    let Some(lesion) = lesion else {
        return ",,".to_owned();
    };
    let volume_mm3 = lesion.volume_ml.map(|ml| ml * 1000.0);
    let (first, last) = (lesion.slices.0 + 1, lesion.slices.1 + 1);
    [optional(volume_mm3), first.to_string(), last.to_string()].join(",")
}

fn optional(value: Option<f32>) -> String {
    value.map_or_else(String::new, |value| format!("{value:.2}"))
}

fn cells(volume: &Volume, finding: &Finding, status: &str) -> String {
    let (row, column) = finding.centre;
    let [x, y, z] = place(volume, finding.slice, finding.centre);
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
        if finding.is_drawn() {
            String::new()
        } else {
            format!("{:.3}", finding.confidence)
        },
    ]
    .join(",")
}
