//! Everything about one analysis but its masks, for programs.

use serde::Serialize;

use super::indent::indented;
use super::measured::{Ellipse, Measured};
use super::{Grid, MadeWith, Report};
use crate::finding::Finding;
use crate::finding::advice::DISCLAIMER;
use crate::protocol::{EngineInfo, Summary};
use crate::settings::Settings;

/// Everything about one analysis but its masks.
#[derive(Debug, Serialize)]
struct File<'a> {
    program: &'static str,
    version: &'static str,
    /// A table of numbers has no place for it.
    disclaimer: &'static str,
    /// Of a saved analysis.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    /// Of a saved analysis, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    examined_on: Option<&'a str>,
    scan: &'a Grid<'a>,
    /// With what all slices were analysed; `None` if it is not the same for all.
    engine: Option<&'a EngineInfo>,
    settings: Option<&'a Settings>,
    /// And then, which slices were with what.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    made_with: &'a [MadeWith<'a>],
    /// What `patient_from_voxel` leads to: DICOM's axes, to the patient's left, back and head. x
    /// and y of NIfTI have the opposite sign.
    coordinates: &'static str,
    /// Slices, rows and columns; the CSV file counts from 1, as the page does.
    counted_from: u8,
    /// The same in words, and what else differs between the files.
    counting_and_units: &'static str,
    /// Slices that were segmented and show no lung, so that nothing was searched on them.
    slices_without_lung: &'a [usize],
    /// Slices on which the reader has changed the outline of something.
    corrected_slices: &'a [usize],
    summary: &'a Summary,
    /// What the reader took out of the result.
    rejected: &'a [&'a Finding],
    /// Lines that the reader measured by hand.
    measured: Vec<Measured>,
    /// Ellipses that the reader drew by hand.
    ellipses: Vec<Ellipse>,
}

/// The analysis as indented JSON; field names carry their units.
pub fn to_json(report: &Report<'_>) -> String {
    let (engine, settings, made_with) = match report.made_with.as_slice() {
        [all] => (all.engine, Some(all.settings), &[][..]),
        parts => (None, None, parts),
    };
    let spacing = report.grid.pixel_spacing;
    let (mut measured, mut ellipses) = (Vec::new(), Vec::new());
    for line in report.lines {
        match Ellipse::new(line, spacing) {
            Some(ellipse) => ellipses.push(ellipse),
            None => measured.push(Measured::new(line, spacing)),
        }
    }
    let file = File {
        program: "NeuroCare AI",
        version: env!("CARGO_PKG_VERSION"),
        disclaimer: DISCLAIMER,
        label: report.label,
        examined_on: report.label.and(Some(report.examined_on)),
        scan: &report.grid,
        engine,
        settings,
        made_with,
        coordinates: "LPS, mm",
        counted_from: 0,
        counting_and_units: "Slices, rows and columns are counted from 0 here, from 1 on the page and in CSV. Volumes are in mL here, in mm³ there.",
        slices_without_lung: &report.slices_without_lung,
        corrected_slices: &report.corrected_slices,
        summary: report.summary,
        rejected: &report.rejected,
        measured,
        ellipses,
    };
    // Plain structs of numbers and texts always serialise.
    indented(&serde_json::to_string(&file).unwrap_or_default())
}
