//! Both files of one analysis.

mod measured;
mod saved;

use super::csv::REMARK;
use super::*;
use crate::calliper::Calliper;
use crate::finding::{Lesion, Rejected, Segment, Side, Verdict};
use crate::map::Map;
use crate::network::Architecture;
use crate::pipeline::{Correction, Decisions, SliceAnalysis};
use crate::protocol::{BackendChoice, EngineInfo, Summary};
use crate::settings::{Denoise, Postprocess, Settings};
use crate::volume::{Intensity, PixelSpacing, Volume};

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

fn engine(adapter: &str, start_up_ms: f64) -> EngineInfo {
    EngineInfo {
        architecture: Architecture::Unet,
        backend: BackendChoice::Cpu,
        adapter: adapter.to_owned(),
        reason: None,
        self_test_error: 0.0,
        start_up_ms,
        weights_version: "1".to_owned(),
        threshold: 0.5,
        least_peak: 0.0,
        pipeline_version: 1,
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
        slice_spacing_mm: Some(2.5),
        is_oriented: true,
        patient_from_voxel: Some([
            [0.7, 0.0, 0.0, -100.0],
            [0.0, 0.7, 0.0, -120.0],
            [0.0, 0.0, 2.5, -200.0],
        ]),
        ..Volume::without_place((64, 64), vec![0; 10 * 64 * 64], Intensity::Hounsfield)
    }
}

/// A slice on which the reader has rejected the only finding, and which has no lung.
fn judged(slice: usize) -> Map<usize, SliceAnalysis> {
    let analysis = SliceAnalysis {
        rejected: vec![Rejected::new(finding(slice), &[7])],
        decisions: Decisions {
            unwanted: [7].into(),
            ..Decisions::default()
        },
        ..SliceAnalysis::unmarked((64, 64), Vec::new())
    };
    [(slice, analysis)].into()
}

/// The table of an open scan.
fn table(
    made_with: &[MadeWith<'_>],
    volume: &Volume,
    analyses: &Map<usize, SliceAnalysis>,
    summary: &Summary,
    lines: &[Calliper],
    examined_on: &str,
) -> String {
    let made_with = made_with.to_vec();
    to_csv(&Report::of_scan(
        made_with,
        volume,
        analyses,
        summary,
        lines,
        examined_on,
    ))
}

/// The JSON of an open scan.
fn file(
    made_with: &[MadeWith<'_>],
    volume: &Volume,
    analyses: &Map<usize, SliceAnalysis>,
    summary: &Summary,
    lines: &[Calliper],
) -> String {
    let made_with = made_with.to_vec();
    to_json(&Report::of_scan(
        made_with, volume, analyses, summary, lines, "",
    ))
}

#[test]
fn csv_has_a_cell_for_every_column_and_counts_from_one() {
    let csv = table(&[], &volume(), &Map::new(), &summary(), &[], "");
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].len(), lines[1].len());
    assert_eq!(lines[1][..5], ["marked", "1", "5", "11.0", "21.5"]);
    // 20.5 · 0.7 − 100, 10 · 0.7 − 120, 4 · 2.5 − 200
    assert_eq!(lines[1][5..10], ["-85.65", "-113.00", "-190.00", "20", ""]);
    assert_eq!(
        lines[1][14..20],
        ["-31.2", "HU", "0.750", PROGRAM, "", REMARK]
    );
}

#[test]
fn a_slice_lies_where_the_viewer_says() {
    let slice_positions_mm = vec![-200.0, -197.5, -195.0, -192.5, -180.0];
    let uneven = Volume {
        slice_positions_mm,
        ..volume()
    };
    let [x, y, z] = Grid::from(&uneven).place(4, finding(4).centre);
    assert_eq!((x, y, z), (Some(-85.65), Some(-113.0), Some(-180.0)));
    let placed = Volume {
        patient_from_voxel: None,
        ..uneven
    };
    assert_eq!(
        Grid::from(&placed).place(4, finding(4).centre),
        [None, None, Some(-180.0)]
    );
}

#[test]
fn places_that_are_not_known_and_greys_are_said_to_be_so() {
    let volume = Volume {
        patient_from_voxel: None,
        intensity: Intensity::Grey { max: 255 },
        ..volume()
    };
    let csv = table(&[], &volume, &Map::new(), &summary(), &[], "");
    assert!(
        csv.contains("21.5,,,,20,") && csv.contains(",grey,"),
        "{csv}"
    );
}

#[test]
fn what_the_reader_rejected_stands_in_both_files() {
    let csv = table(&[], &volume(), &judged(6), &summary(), &[], "");
    let last = csv.lines().last().unwrap();
    assert!(last.starts_with("rejected,1,7,11.0,"), "{csv}");
    let json = file(&[], &volume(), &judged(6), &summary(), &[]);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["rejected"][0]["slice"], 6);
    assert_eq!(value["slices_without_lung"], serde_json::json!([6]));
}

#[test]
fn what_the_reader_corrected_is_told_from_what_the_network_marked() {
    let mut analysis = SliceAnalysis::unmarked((64, 64), Vec::new());
    analysis.refined.set(&[7], 1);
    analysis.findings = summary().findings;
    let status = |analysis: &SliceAnalysis| {
        let analyses = [(4, analysis.clone())].into();
        let csv = table(&[], &volume(), &analyses, &summary(), &[], "");
        let last = csv.lines().last().unwrap();
        last.split(",1,5,").next().unwrap().to_owned()
    };
    assert_eq!(status(&analysis), "marked");
    analysis.was_corrected = true;
    assert_eq!(
        status(&analysis),
        "marked or corrected",
        "before it was saved"
    );
    analysis.decisions.corrections = vec![Correction::added(vec![9])];
    assert_eq!(
        status(&analysis),
        "marked or corrected",
        "and another since"
    );
    analysis.decisions.corrections = vec![Correction::added(vec![7])];
    assert_eq!(status(&analysis), "corrected");

    let analyses = [(4, analysis)].into();
    let json = file(&[], &volume(), &analyses, &summary(), &[]);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["corrected_slices"], serde_json::json!([4]));
}

#[test]
fn every_line_tells_its_lesion_and_the_day() {
    let summary = Summary {
        lesions: vec![Lesion {
            number: 1,
            slices: (3, 6),
            key_slice: 4,
            volume_ml: Some(0.5241),
            longest_mm: None,
            confidence: 0.75,
            side: Some(Side::Right),
            judgement: Verdict::Confirmed,
        }],
        ..summary()
    };
    let numbered = Volume {
        instance_numbers: (101..=110).rev().collect(),
        ..volume()
    };
    let day = "2026-11-29";
    let line = Calliper {
        slice: 4,
        from: (1.0, 1.0),
        to: (2.0, 2.0),
        enclosed: None,
        crossing: None,
    };
    let csv = table(&[], &numbered, &judged(6), &summary, &[line], day);
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let columns = [
        "lesion_volume_mm3",
        "lesion_first_slice",
        "lesion_last_slice",
        "examined_on",
        "mean_diameter_mm",
        "side",
        "instance_number",
        "from_row",
        "from_column",
        "to_row",
        "to_column",
        "judgement",
        "sd_value",
        "min_value",
        "max_value",
        "sizes_by",
    ];
    assert_eq!(lines[0][20..], columns);
    // The file counts from the head: the fifth slice from the feet is its image 106.
    assert_eq!(lines[1][20..27], ["524.10", "4", "7", day, "", "R", "106"]);
    let judgements = lines[1..].iter().map(|line| line[31]);
    assert!(judgements.eq(["confirmed", "rejected", ""]), "{csv}");
    // As earlier releases saved what is drawn alone.
    let mut drawn = summary.clone();
    drawn.lesions[0].confidence = 0.0;
    drawn.lesions[0].judgement = Verdict::Open;
    let drawn = table(&[], &numbered, &judged(6), &drawn, &[], day);
    assert!(drawn.lines().nth(1).unwrap().ends_with(",confirmed,,,,"));
    let ends = lines[2..].iter().map(|line| (line[0], &line[20..27]));
    let none = |number| ["", "", "", day, "", "", number];
    let expected = [("rejected", none("104")), ("measured", none("106"))];
    let expected = expected.iter().map(|(status, it)| (*status, &it[..]));
    assert!(ends.eq(expected), "{csv}");
    let json = file(&[], &numbered, &Map::new(), &summary, &[]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["summary"]["lesions"][0]["side"], "R");
    assert_eq!(json["scan"]["instance_numbers"][4], 106);
}

#[test]
fn every_finding_has_the_diameter_that_advice_goes_by() {
    let measured = Finding {
        perpendicular_mm: Some(4.0),
        ..finding(4)
    };
    let summary = Summary {
        findings: vec![measured, finding(5)],
        ..summary()
    };
    let csv = table(&[], &volume(), &Map::new(), &summary, &[], "");
    let means = csv.lines().map(|line| line.split(',').nth(24));
    // (6.5 + 4) / 2; of the other one the shorter diameter is not known.
    let expected = ["mean_diameter_mm", "5.25", ""];
    assert!(means.eq(expected.map(Some)), "{csv}");
}

#[test]
fn every_line_says_which_network_it_is_of() {
    let settings = Settings {
        architecture: Architecture::Unet,
        denoise: Denoise::None,
        postprocess: Postprocess::default(),
    };
    let engine = engine("A", 1.0);
    let made_with = MadeWith {
        slices: vec![4],
        engine: Some(&engine),
        settings: &settings,
    };
    let csv = table(&[made_with], &volume(), &judged(6), &summary(), &[], "");
    let lines: Vec<_> = csv.lines().skip(1).collect();
    let (marked, elsewhere) = (lines[0], lines[1]);
    let title = engine.architecture.title();
    let network = [title, " ", &engine.weights_version].concat();
    assert!(
        marked.contains(&[PROGRAM, &network, REMARK].join(",")),
        "{csv}"
    );
    assert!(
        elsewhere.contains(&[PROGRAM, "", REMARK].join(",")),
        "{csv}"
    );
}

#[test]
fn json_carries_the_disclaimer_the_grid_and_units() {
    let json = file(&[], &volume(), &Map::new(), &summary(), &[]);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(
        value["disclaimer"]
            .as_str()
            .unwrap()
            .contains("not a diagnosis")
    );
    assert_eq!(value["summary"]["findings"][0]["longest_mm"], 6.5);
    assert_eq!(value["scan"]["slices"], 10);
    assert_eq!(value["scan"]["is_oriented"], true);
    assert_eq!(value["scan"]["patient_from_voxel"][2][3], -200.0);
    assert_eq!(value["coordinates"], "LPS, mm");
}

#[test]
fn json_says_with_what_slices_were_analysed_together_or_each() {
    let settings = Settings {
        architecture: Architecture::Unet,
        denoise: Denoise::None,
        postprocess: Postprocess::default(),
    };
    let made_with = |engines: [EngineInfo; 3]| -> serde_json::Value {
        let all = engines.map(|engine| (engine, settings));
        let all: Map<_, _> = (4..).zip(all).collect();
        let groups = MadeWith::of_slices(&all);
        let json = file(&groups, &volume(), &Map::new(), &summary(), &[]);
        serde_json::from_str(&json).unwrap()
    };
    let alike = made_with([engine("A", 1.0), engine("A", 2.0), engine("A", 1.0)]);
    assert_eq!(alike["engine"]["adapter"], "A");
    assert_eq!(alike["settings"]["denoise"], "none");
    assert!(alike.get("made_with").is_none());
    let mixed = made_with([engine("A", 1.0), engine("B", 1.0), engine("A", 1.0)]);
    assert!(mixed["engine"].is_null() && mixed["settings"].is_null());
    assert_eq!(mixed["made_with"][0]["slices"], serde_json::json!([4, 6]));
    assert_eq!(mixed["made_with"][1]["engine"]["adapter"], "B");
    assert_eq!(mixed["made_with"][1]["settings"]["denoise"], "none");
}
