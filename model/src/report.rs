//! The findings as files: JSON for programs, CSV for spreadsheets.

use serde::Serialize;

use crate::finding::Finding;
use crate::protocol::{EngineInfo, Summary};
use crate::settings::Settings;

/// Said in every report; a table of numbers has no place for it.
const DISCLAIMER: &str = "Preliminary screening, not a diagnosis. Not a medical device.";

/// Columns of the CSV file; lengths and areas carry their unit.
const CSV_HEADER: &str = "lesion,slice,z_mm,area_px,area_mm2,longest_px,longest_mm,perpendicular_px,perpendicular_mm,mean_value,confidence,centre_row,centre_col";

/// Everything about one analysis but its masks.
#[derive(Debug, Serialize)]
struct Report<'a> {
    program: &'static str,
    version: &'static str,
    disclaimer: &'static str,
    engine: Option<&'a EngineInfo>,
    settings: Option<&'a Settings>,
    /// The CSV file counts from 1.
    slices_counted_from: u8,
    /// Slices that were segmented and show no lung, so that nothing was searched on them.
    slices_without_lung: &'a [usize],
    summary: &'a Summary,
}

/// The analysis as indented JSON; field names carry their units.
pub fn to_json(
    engine: Option<&EngineInfo>,
    settings: Option<&Settings>,
    summary: &Summary,
    slices_without_lung: &[usize],
) -> String {
    let report = Report {
        program: "NeuroCare AI",
        version: env!("CARGO_PKG_VERSION"),
        disclaimer: DISCLAIMER,
        engine,
        settings,
        slices_counted_from: 0,
        slices_without_lung,
        summary,
    };
    // Plain structs of numbers and texts always serialise.
    indented(&serde_json::to_string(&report).unwrap_or_default())
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

/// One line a finding, RFC 4180. Slices are counted from 1 as on screen. All cells are
/// numbers, so none can be read as a formula. `z_mm` is where the slices lie
/// ([`Volume::slice_positions_mm`](crate::volume::Volume::slice_positions_mm)).
pub fn to_csv(summary: &Summary, z_mm: &[f32]) -> String {
    let optional = |value: Option<f32>| value.map_or_else(String::new, |v| format!("{v:.2}"));
    let line = |f: &Finding| {
        [
            f.lesion.to_string(),
            (f.slice + 1).to_string(),
            optional(z_mm.get(f.slice).copied()),
            f.area_px.to_string(),
            optional(f.area_mm2),
            format!("{:.2}", f.longest_px),
            optional(f.longest_mm),
            format!("{:.2}", f.perpendicular_px),
            optional(f.perpendicular_mm),
            format!("{:.1}", f.mean_value),
            format!("{:.3}", f.confidence),
            format!("{:.1}", f.centre.0),
            format!("{:.1}", f.centre.1),
        ]
        .join(",")
    };
    std::iter::once(CSV_HEADER.to_owned())
        .chain(summary.findings.iter().map(line))
        .flat_map(|line| [line, "\r\n".to_owned()])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Segment;

    fn finding() -> Finding {
        let line = Segment {
            from: (1.0, 2.0),
            to: (3.0, 4.0),
        };
        Finding {
            slice: 4,
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

    #[test]
    fn csv_has_a_cell_for_every_column_and_counts_slices_from_one() {
        let summary = Summary {
            findings: vec![finding()],
            ..Summary::default()
        };
        let z_mm = [0.0, 2.5, 5.0, 7.5, -186.5];
        let csv = to_csv(&summary, &z_mm);
        let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].len(), lines[1].len());
        assert_eq!(lines[1][..5], ["1", "5", "-186.50", "20", ""]);
        let unknown = to_csv(&summary, &[]);
        assert!(unknown.ends_with(&csv.replacen("-186.50", "", 1)[CSV_HEADER.len()..]));
    }

    #[test]
    fn json_carries_the_disclaimer_and_names_its_units() {
        let summary = Summary {
            findings: vec![finding()],
            ..Summary::default()
        };
        let value: serde_json::Value =
            serde_json::from_str(&to_json(None, None, &summary, &[2])).unwrap();
        assert!(
            value["disclaimer"]
                .as_str()
                .unwrap()
                .contains("not a diagnosis")
        );
        assert_eq!(value["summary"]["findings"][0]["longest_mm"], 6.5);
        assert_eq!(value["slices_without_lung"], serde_json::json!([2]));
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
