//! The findings as files: JSON for programs, CSV for spreadsheets.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::finding::{Finding, Rejected};
use crate::pipeline::{SliceAnalysis, without_lung};
use crate::protocol::{EngineInfo, Summary};
use crate::settings::Settings;
use crate::volume::{Intensity, PixelSpacing, Volume};

/// Said in every report; a table of numbers has no place for it.
const DISCLAIMER: &str = "Preliminary screening, not a diagnosis. Not a medical device.";

/// Everything about one analysis but its masks.
#[derive(Debug, Serialize)]
struct Report<'a> {
    program: &'static str,
    version: &'static str,
    disclaimer: &'static str,
    scan: Scan<'a>,
    engine: Option<&'a EngineInfo>,
    settings: Option<&'a Settings>,
    /// Slices, rows and columns; the CSV file counts from 1, as the page does.
    counted_from: u8,
    /// Slices that were segmented and show no lung, so that nothing was searched on them.
    slices_without_lung: Vec<usize>,
    summary: &'a Summary,
    /// What the reader took out of the result.
    rejected: Vec<&'a Finding>,
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
    engine: Option<&EngineInfo>,
    settings: Option<&Settings>,
    volume: &Volume,
    analyses: &BTreeMap<usize, SliceAnalysis>,
    summary: &Summary,
) -> String {
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
        counted_from: 0,
        slices_without_lung: without_lung(analyses),
        summary,
        rejected: rejected(analyses).collect(),
    };
    // Plain structs of numbers and texts always serialise.
    indented(&serde_json::to_string(&report).unwrap_or_default())
}

fn rejected(analyses: &BTreeMap<usize, SliceAnalysis>) -> impl Iterator<Item = &Finding> {
    let all = analyses.values().flat_map(|analysis| &analysis.rejected);
    all.map(|Rejected { finding, .. }| finding)
}

/// JSON without spaces, indented by two. Writing it indented in the first place would bring
/// the code that writes every type a second time into the browser.
fn indented(compact: &str) -> String {
    let mut out = String::with_capacity(2 * compact.len());
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    let mut characters = compact.chars().peekable();
    while let Some(character) = characters.next() {
        if is_text {
            is_text = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
            out.push(character);
            continue;
        }
        match character {
            '{' | '[' => {
                out.push(character);
                if !matches!(characters.peek(), Some('}' | ']')) {
                    depth += 1;
                    line(&mut out, depth);
                } else if let Some(end) = characters.next() {
                    out.push(end);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => {
                is_text = character == '"';
                out.push(character);
            }
        }
    }
    out
}

/// Columns of the CSV file; lengths and areas carry their unit. Places are counted from 1, as on
/// screen; `x`, `y`, `z` are patient coordinates (LPS) of the centre.
const CSV_HEADER: &str = "status,lesion,slice,row,column,x_mm,y_mm,z_mm,area_px,area_mm2,longest_px,longest_mm,perpendicular_px,perpendicular_mm,mean_value,unit_of_value,confidence";

/// One line a finding, RFC 4180; those that the reader rejected come last and belong to no lesion.
/// No cell is read as a formula: all are numbers, or words of this program.
pub fn to_csv(
    volume: &Volume,
    analyses: &BTreeMap<usize, SliceAnalysis>,
    summary: &Summary,
) -> String {
    let marked = summary
        .findings
        .iter()
        .map(|finding| line(volume, finding, true));
    let rejected = rejected(analyses).map(|finding| line(volume, finding, false));
    std::iter::once(CSV_HEADER.to_owned())
        .chain(marked)
        .chain(rejected)
        .flat_map(|line| [line, "\r\n".to_owned()])
        .collect()
}

/// Patient coordinates (LPS, mm) of a finding's centre. Slices need not be evenly spaced: each has
/// the height that the viewer shows.
fn place(volume: &Volume, finding: &Finding) -> [Option<f32>; 3] {
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

fn line(volume: &Volume, finding: &Finding, is_marked: bool) -> String {
    let optional = |value: Option<f32>| value.map_or_else(String::new, |v| format!("{v:.2}"));
    let (row, column) = finding.centre;
    let [x, y, z] = place(volume, finding);
    let (status, lesion) = if is_marked {
        ("marked", finding.lesion.to_string())
    } else {
        ("rejected", String::new())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Segment;

    fn finding(slice: usize) -> Finding {
        let line = Segment {
            from: (1.0, 2.0),
            to: (3.0, 4.0),
        };
        Finding {
            slice,
            lesion: 1,
            area_px: 20,
            area_mm2: None,
            longest: line,
            longest_mm: Some(6.5),
            longest_px: 8.0,
            perpendicular: line,
            perpendicular_mm: None,
            perpendicular_px: 4.0,
            mean_value: -31.25,
            confidence: 0.75,
            centre: (10.0, 20.5),
        }
    }

    fn summary() -> Summary {
        Summary {
            findings: vec![finding(4)],
            ..Summary::default()
        }
    }

    /// Ten slices of 64 × 64 pixels of 0.7 mm, 2.5 mm apart.
    fn volume() -> Volume {
        Volume {
            rows: 64,
            cols: 64,
            voxels: vec![0; 10 * 64 * 64],
            intensity: Intensity::Hounsfield,
            spacing: None,
            slice_spacing_mm: Some(2.5),
            patient_from_voxel: Some([
                [0.7, 0.0, 0.0, -100.0],
                [0.0, 0.7, 0.0, -120.0],
                [0.0, 0.0, 2.5, -200.0],
            ]),
            slice_positions_mm: Vec::new(),
            file_grid: None,
            format: String::new(),
            notes: Vec::new(),
        }
    }

    /// A slice on which the reader has rejected the only finding, and which has no lung.
    fn judged(slice: usize) -> BTreeMap<usize, SliceAnalysis> {
        let analysis = SliceAnalysis {
            field: None,
            probability: Vec::new(),
            raw: crate::mask::Mask::empty(64, 64),
            refined: crate::mask::Mask::empty(64, 64),
            firm: None,
            findings: Vec::new(),
            rejected: vec![Rejected::new(finding(slice), &[7])],
            unwanted: [7].into(),
            histogram: [0; 10],
            network_ms: 0.0,
        };
        [(slice, analysis)].into()
    }

    #[test]
    fn csv_has_a_cell_for_every_column_and_counts_from_one() {
        let csv = to_csv(&volume(), &BTreeMap::new(), &summary());
        let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].len(), lines[1].len());
        assert_eq!(lines[1][..5], ["marked", "1", "5", "11.0", "21.5"]);
        // 20.5 · 0.7 − 100, 10 · 0.7 − 120, 4 · 2.5 − 200
        assert_eq!(lines[1][5..10], ["-85.65", "-113.00", "-190.00", "20", ""]);
        assert_eq!(lines[1][14..], ["-31.2", "HU", "0.750"]);
    }

    #[test]
    fn a_slice_lies_where_the_viewer_says() {
        let slice_positions_mm = vec![-200.0, -197.5, -195.0, -192.5, -180.0];
        let uneven = Volume {
            slice_positions_mm,
            ..volume()
        };
        let [x, y, z] = place(&uneven, &finding(4));
        assert_eq!((x, y, z), (Some(-85.65), Some(-113.0), Some(-180.0)));
        let placed = Volume {
            patient_from_voxel: None,
            ..uneven
        };
        assert_eq!(place(&placed, &finding(4)), [None, None, Some(-180.0)]);
    }

    #[test]
    fn places_that_are_not_known_and_greys_are_said_to_be_so() {
        let volume = Volume {
            patient_from_voxel: None,
            intensity: Intensity::Grey { max: 255 },
            ..volume()
        };
        let csv = to_csv(&volume, &BTreeMap::new(), &summary());
        assert!(
            csv.contains("21.5,,,,20,") && csv.contains(",grey,"),
            "{csv}"
        );
    }

    #[test]
    fn what_the_reader_rejected_stands_in_both_files() {
        let csv = to_csv(&volume(), &judged(6), &summary());
        let last = csv.lines().last().unwrap();
        assert!(last.starts_with("rejected,,7,11.0,"), "{csv}");
        let json = to_json(None, None, &volume(), &judged(6), &summary());
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["rejected"][0]["slice"], 6);
        assert_eq!(value["slices_without_lung"], serde_json::json!([6]));
    }

    #[test]
    fn json_carries_the_disclaimer_the_grid_and_units() {
        let json = to_json(None, None, &volume(), &BTreeMap::new(), &summary());
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert!(
            value["disclaimer"]
                .as_str()
                .unwrap()
                .contains("not a diagnosis")
        );
        assert_eq!(value["summary"]["findings"][0]["longest_mm"], 6.5);
        assert_eq!(value["scan"]["slices"], 10);
        assert_eq!(value["scan"]["patient_from_voxel"][2][3], -200.0);
    }

    #[test]
    fn indented_json_is_what_serde_writes() {
        let text = r#"{"a\"b\\":[],"c":{},"d":["x, y: {z}",-1.5e3,[{"e":null}]],"f":{"g":true}}"#;
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(
            indented(&serde_json::to_string(&value).unwrap()),
            serde_json::to_string_pretty(&value).unwrap()
        );
    }
}
