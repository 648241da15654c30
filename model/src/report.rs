//! The findings as files: JSON for programs, CSV for spreadsheets.

use serde::Serialize;

use crate::protocol::{EngineInfo, Summary};
use crate::settings::Settings;

/// Said in every file that leaves the program.
const DISCLAIMER: &str = "Preliminary screening, not a diagnosis. Not a medical device.";

/// Everything about one analysis but its masks.
#[derive(Debug, Serialize)]
struct Report<'a> {
    program: &'static str,
    version: &'static str,
    disclaimer: &'static str,
    engine: Option<&'a EngineInfo>,
    settings: Option<&'a Settings>,
    summary: &'a Summary,
}

/// The analysis as indented JSON; field names carry their units.
pub fn to_json(
    engine: Option<&EngineInfo>,
    settings: Option<&Settings>,
    summary: &Summary,
) -> String {
    let report = Report {
        program: "NeuroCare AI",
        version: env!("CARGO_PKG_VERSION"),
        disclaimer: DISCLAIMER,
        engine,
        settings,
        summary,
    };
    // Plain structs of numbers and texts always serialise.
    serde_json::to_string_pretty(&report).unwrap_or_default()
}

/// One line a finding, RFC 4180. Slices are counted from 1 as on screen. All cells are
/// numbers, so none can be read as a formula.
pub fn to_csv(summary: &Summary) -> String {
    let mut text = String::from(
        "lesion,slice,area_px,area_mm2,longest_px,longest_mm,perpendicular_px,perpendicular_mm,mean_value,confidence,centre_row,centre_col\r\n",
    );
    let optional = |value: Option<f32>| value.map_or_else(String::new, |v| format!("{v:.2}"));
    for f in &summary.findings {
        text += &format!(
            "{},{},{},{},{:.2},{},{:.2},{},{:.1},{:.3},{:.1},{:.1}\r\n",
            f.lesion,
            f.slice + 1,
            f.area_px,
            optional(f.area_mm2),
            f.longest_px,
            optional(f.longest_mm),
            f.perpendicular_px,
            optional(f.perpendicular_mm),
            f.mean_value,
            f.confidence,
            f.centre.0,
            f.centre.1,
        );
    }
    text
}
