//! The findings as a table, for spreadsheets.

use super::measured::{centred, mean, mm, px};
use super::text::cell;
use super::{Grid, PROGRAM, Report};
use crate::calliper::{Calliper, Enclosed};
use crate::finding::advice::mean_diameter_mm;
use crate::finding::{Finding, Lesion, Side, Verdict};
use crate::volume::Intensity;

/// Columns of the CSV file; lengths and areas carry their unit. Places are counted from 1, as on
/// screen; `x`, `y`, `z` are patient coordinates (LPS) of the centre; `mean_diameter_mm` is what
/// advice goes by ([`crate::finding::advice`]), of a lesion that on the slice where it is largest,
/// of a line with two axes the mean of both. `side` is the lung of the lesion, R or L of the
/// patient; `instance_number` is what other viewers call the image of the slice; `from` and `to`
/// are the ends of the longest diameter, of the line or of the longer one of its axes, or two
/// corners of the box of an ellipse; `judgement` is what the reader has said of the lesion:
/// `confirmed`, `rejected`, else `open`; standard deviation, least and greatest value are those
/// that an ellipse encloses, empty as its mean where no pixel lies inside; `sizes_by` is who says how
/// large pixels are, the `file` or the `reader`, who has calibrated the picture. Every line says
/// where it comes from, and of what lesion: tables are cut and put together. New columns come last,
/// so that the places of those before stay; only [`LABEL_COLUMN`] comes after them.
const CSV_HEADER: &str = "status,lesion,slice,row,column,x_mm,y_mm,z_mm,area_px,area_mm2,longest_px,longest_mm,perpendicular_px,perpendicular_mm,mean_value,unit_of_value,confidence,program,network,remark,lesion_volume_mm3,lesion_first_slice,lesion_last_slice,examined_on,mean_diameter_mm,side,instance_number,from_row,from_column,to_row,to_column,judgement,sd_value,min_value,max_value,sizes_by";

/// What tables of saved analyses have besides, always as the last column: theirs are put together
/// more often than those of one scan.
const LABEL_COLUMN: &str = ",label";

/// What the disclaimer comes to, without a comma.
pub(super) const REMARK: &str = "preliminary screening; not a diagnosis";

/// One line a finding, RFC 4180; its status is `marked`, `corrected` where the reader has changed
/// its outline, `drawn` where the network marked nothing, which leaves its confidence empty, or
/// `rejected`: these come after them, with the number that their lesion had and without its volume
/// and slices. Last comes what the reader measured by hand, with its middle: lines are `measured`
/// and have a length, or with a second axis a longest and a perpendicular diameter and the mean of
/// both; each `ellipse` has an area and the values that it encloses.
///
/// On slices that the reader had corrected when they were saved the status is
/// `marked or corrected`, because of which outline was not saved; on the open scan, of outlines
/// that the reader has not changed since. In the table of a saved analysis patient coordinates are
/// empty, and the last column is the label.
///
/// No cell is read as a formula: all are numbers, or words of this program, or the day, or a text
/// that is kept from being one.
pub fn to_csv(report: &Report<'_>) -> String {
    let Report {
        grid,
        summary,
        examined_on,
        ..
    } = report;
    let line = |finding: &Finding, status: &str| {
        let made = report
            .made_with
            .iter()
            .find(|it| it.slices.contains(&finding.slice));
        let engine = made.and_then(|it| it.engine);
        let network = engine.map_or_else(String::new, |it| {
            cell(&[it.architecture.title(), " ", &it.weights_version].concat())
        });
        let cells = cells(grid, finding, status);
        let lesions = &mut summary.lesions.iter();
        // What is rejected of a lesion is no part of its volume.
        let lesion = lesions.find(|it| it.number == finding.lesion && status != "rejected");
        let side = lesion.and_then(|it| it.side).map_or("", Side::letter);
        let judgement = match lesion {
            Some(lesion) => lesion.verdict().word(),
            None if status == "rejected" => status,
            None => Verdict::Open.word(),
        };
        let lesion = lesion_cells(lesion);
        let mean = optional(mean_diameter_mm(finding));
        [
            &cells,
            PROGRAM,
            &network,
            REMARK,
            &lesion,
            examined_on,
            &mean,
            side,
            &instance(grid, finding.slice),
            &ends(finding.longest.from, finding.longest.to),
            judgement,
            // Of an ellipse.
            ",,",
            grid.sizes_by(),
        ]
        .join(",")
    };
    let found = summary.findings.iter().zip(&report.statuses);
    let found = found.map(|(finding, status)| line(finding, status.word()));
    let rejected = report.rejected.iter();
    let rejected = rejected.map(|finding| line(finding, "rejected"));
    let lines = report.lines.iter();
    let measured = lines.map(|line| measured(grid, line, examined_on));
    let label = report.label.map(|label| [",", &cell(label)].concat());
    let (column, label) = match &label {
        Some(label) => (LABEL_COLUMN, label.as_str()),
        None => ("", ""),
    };
    let header = std::iter::once([CSV_HEADER, column, "\r\n"].concat());
    let lines = found.chain(rejected).chain(measured);
    header
        .chain(lines.map(|line| line + label + "\r\n"))
        .collect()
}

/// The line of what was measured by hand.
fn measured(grid: &Grid<'_>, line: &Calliper, examined_on: &str) -> String {
    let spacing = grid.pixel_spacing;
    let (long, short) = line.axes(spacing);
    let (row, column) = centred(long.middle());
    let [x, y, z] = grid.place(line.slice, (row, column));
    let nothing = String::new;
    let [mean_value, unit] = match line.enclosed {
        Some(it) if it.area_px > 0 => [format!("{:.1}", it.mean_value), unit(grid).to_owned()],
        _ => [nothing(), nothing()],
    };
    let [status, area_px, area_mm2, length_px, length_mm] = match line.enclosed {
        Some(it) => [
            "ellipse".to_owned(),
            it.area_px.to_string(),
            optional(spacing.map(|mm| it.area_mm2(mm))),
            nothing(),
            nothing(),
        ],
        None => [
            "measured".to_owned(),
            nothing(),
            nothing(),
            optional(Some(px(long))),
            optional(mm(long, spacing)),
        ],
    };
    let short_mm = short.and_then(|short| mm(short, spacing));
    [
        status,
        nothing(),
        (line.slice + 1).to_string(),
        format!("{:.1}", row + 1.0),
        format!("{:.1}", column + 1.0),
        optional(x),
        optional(y),
        optional(z),
        area_px,
        area_mm2,
        length_px,
        length_mm,
        optional(short.map(px)),
        optional(short_mm),
        mean_value,
        unit,
        nothing(),
        PROGRAM.to_owned(),
        nothing(),
        REMARK.to_owned(),
        lesion_cells(None),
        examined_on.to_owned(),
        optional(mean(mm(long, spacing), short_mm)),
        nothing(),
        instance(grid, line.slice),
        ends(centred(long.from), centred(long.to)),
        nothing(),
        spread(line.enclosed),
        grid.sizes_by().to_owned(),
    ]
    .join(",")
}

/// Standard deviation, least and greatest value, where there are any.
fn spread(enclosed: Option<Enclosed>) -> String {
    let Some(it) = enclosed.filter(|it| it.area_px > 0) else {
        return ",,".to_owned();
    };
    let [min, max] = [it.min_value, it.max_value].map(|value| value.to_string());
    [optional(it.sd_value), min, max].join(",")
}

/// What values are counted in.
fn unit(grid: &Grid<'_>) -> &'static str {
    match grid.intensity {
        Intensity::Hounsfield => "HU",
        Intensity::Grey { .. } => "grey",
    }
}

/// Rows and columns of both ends, counted from 1.
fn ends(from: (f32, f32), to: (f32, f32)) -> String {
    let places = [from.0, from.1, to.0, to.1];
    places.map(|it| format!("{:.1}", it + 1.0)).join(",")
}

/// The number of a slice's image in its series.
fn instance(grid: &Grid<'_>, slice: usize) -> String {
    let number = grid.instance_number(slice);
    number.map_or_else(String::new, |number| number.to_string())
}

/// Volume, first and last slice.
fn lesion_cells(lesion: Option<&Lesion>) -> String {
    let Some(lesion) = lesion else {
        return ",,".to_owned();
    };
    let volume_mm3 = lesion.volume_ml.map(|ml| ml * 1000.0);
    // A saved summary may say anything.
    let from_one = |slice: usize| slice.saturating_add(1).to_string();
    let (first, last) = (from_one(lesion.slices.0), from_one(lesion.slices.1));
    [optional(volume_mm3), first, last].join(",")
}

fn optional(value: Option<f32>) -> String {
    value.map_or_else(String::new, |value| format!("{value:.2}"))
}

fn cells(grid: &Grid<'_>, finding: &Finding, status: &str) -> String {
    let (row, column) = finding.centre;
    let [x, y, z] = grid.place(finding.slice, finding.centre);
    // What is rejected may have none.
    let lesion = match finding.lesion {
        0 => String::new(),
        number => number.to_string(),
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
        unit(grid).to_owned(),
        if finding.is_drawn() {
            String::new()
        } else {
            format!("{:.3}", finding.confidence)
        },
    ]
    .join(",")
}
