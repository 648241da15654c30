//! Both files of a saved analysis beside those of its scan.

use super::*;
use crate::saved::{Saved, SavedSlice, VERSION};

/// A scan with everything that the files tell of: a lesion, on one slice drawn, on another one
/// corrected, a finding that was rejected, and a line.
struct Example {
    volume: Volume,
    analyses: Map<usize, SliceAnalysis>,
    summary: Summary,
    made_with: Map<usize, (EngineInfo, Settings)>,
    lines: [Calliper; 1],
}

impl Example {
    fn new() -> Self {
        let drawn = Finding {
            confidence: 0.0,
            ..finding(2)
        };
        let found = |finding: &Finding, is_corrected: bool| {
            let mut analysis = SliceAnalysis::unmarked((64, 64), Vec::new());
            analysis.refined.set(&[7], 1);
            analysis.histogram = [3; 10];
            analysis.findings = vec![finding.clone()];
            if is_corrected {
                analysis
                    .decisions
                    .corrections
                    .push(Correction::added(vec![7]));
            }
            analysis
        };
        let mut analyses = judged(6);
        analyses.insert(2, found(&drawn, true));
        analyses.insert(3, found(&finding(3), false));
        analyses.insert(4, found(&finding(4), true));
        let settings = Settings {
            architecture: Architecture::Unet,
            denoise: Denoise::None,
            postprocess: Postprocess::default(),
        };
        let made_with = |&slice: &usize| (slice, (engine("A", 1.0), settings));
        Self {
            volume: Volume {
                spacing: Some(PixelSpacing::square(0.7)),
                slice_positions_mm: vec![-200.0; 10],
                instance_numbers: (101..=110).collect(),
                ..volume()
            },
            made_with: analyses.keys().map(made_with).collect(),
            analyses,
            summary: Summary {
                lesions: vec![Lesion {
                    number: 1,
                    slices: (2, 4),
                    key_slice: 4,
                    volume_ml: Some(0.5241),
                    longest_mm: Some(6.5),
                    confidence: 0.75,
                    side: Some(Side::Right),
                    judgement: Verdict::Confirmed,
                }],
                findings: vec![drawn, finding(3), finding(4)],
                ..Summary::default()
            },
            lines: [Calliper {
                slice: 4,
                from: (10.5, 20.5),
                to: (13.5, 24.5),
                enclosed: None,
                crossing: None,
            }],
        }
    }

    fn open(&self) -> Report<'_> {
        Report::of_scan(
            MadeWith::of_slices(&self.made_with),
            &self.volume,
            &self.analyses,
            &self.summary,
            &self.lines,
            "2026-11-29",
        )
    }

    /// The header of its document, as the page makes it.
    fn saved(&self) -> Saved {
        let Some((engine, settings)) = self.made_with.get(&4).cloned() else {
            panic!("what slice 4 was made with is missing")
        };
        let slices = self.analyses.iter().map(|(&slice, analysis)| SavedSlice {
            slice,
            lung_px: 0,
            histogram: analysis.histogram,
            total_ms: 0.0,
            network_ms: 0.0,
            is_corrected: analysis.is_corrected(),
        });
        let all = self.analyses.values();
        Saved {
            version: VERSION,
            label: "Before".to_owned(),
            examined_on: "2020-01-01".to_owned(),
            digest: String::new(),
            rows: self.volume.rows,
            cols: self.volume.cols,
            scan_slices: self.volume.slices(),
            intensity: self.volume.intensity,
            spacing: self.volume.spacing,
            slice_spacing_mm: self.volume.slice_spacing_mm,
            gaps: Vec::new(),
            instance_numbers: self.volume.instance_numbers.clone(),
            is_calibrated: self.volume.is_calibrated,
            is_head_unknown: !self.volume.is_oriented,
            series_number: None,
            engine,
            settings,
            slices: slices.collect(),
            summary: self.summary.clone(),
            lesions: Vec::new(),
            rejected: all.flat_map(|it| it.rejected.clone()).collect(),
            lines: self.lines.to_vec(),
        }
    }
}

#[test]
fn the_table_of_a_saved_analysis_is_that_of_its_scan_but_for_what_is_not_saved() {
    let example = Example::new();
    let saved = example.saved();
    let csv = to_csv(&Report::of_saved(&saved, "Patient 12", "2026-11-29"));
    let statuses: Vec<_> = csv.lines().map(|line| line.split(',').next()).collect();
    let expected = [
        "status",
        "drawn",
        "marked",
        "marked or corrected",
        "rejected",
        "measured",
    ];
    assert_eq!(statuses, expected.map(Some));

    let open = to_csv(&example.open());
    let unsaved = |line: &str| {
        let mut cells: Vec<_> = line.split(',').collect();
        match cells[0] {
            "status" => cells.push("label"),
            status => {
                assert!(cells[5..8].iter().all(|it| !it.is_empty()), "{line}");
                cells[5..8].fill("");
                cells.push("Patient 12");
                if status == "corrected" {
                    cells[0] = "marked or corrected";
                }
            }
        }
        cells.join(",") + "\r\n"
    };
    assert_eq!(csv, open.lines().map(unsaved).collect::<String>());
}

#[test]
fn the_json_of_a_saved_analysis_is_that_of_its_scan_but_for_what_is_not_saved() {
    let example = Example::new();
    let saved = example.saved();
    let read = |json: &str| -> serde_json::Value { serde_json::from_str(json).unwrap() };
    let json = read(&to_json(&Report::of_saved(&saved, "=1+1", "2026-11-29")));
    let mut expected = read(&to_json(&example.open()));
    assert!(expected.get("label").is_none() && expected.get("examined_on").is_none());
    expected["label"] = "=1+1".into();
    expected["examined_on"] = "2026-11-29".into();
    expected["scan"]["patient_from_voxel"].take();
    expected["scan"]["slice_positions_mm"] = serde_json::json!([]);
    assert_eq!(json, expected);
    assert_eq!(json["corrected_slices"], serde_json::json!([2, 4]));
    assert_eq!(json["slices_without_lung"], serde_json::json!([6]));
}

#[test]
fn texts_of_others_are_one_cell_and_no_formula() {
    let example = Example::new();
    let mut saved = example.saved();
    saved.engine.weights_version = "1,2".to_owned();
    let csv = to_csv(&Report::of_saved(&saved, "=1+1, \"A\"", "2026-11-29"));
    let line = csv.lines().nth(1).unwrap();
    assert!(line.contains(",\"U-Net 1,2\","), "{line}");
    assert!(
        line.ends_with(",2026-11-29,,R,103,2.0,3.0,4.0,5.0,confirmed,,,,file,\"'=1+1, \"\"A\"\"\""),
        "{line}"
    );
}

#[test]
fn sizes_by_the_readers_calibration_are_said_to_be_so_in_both_files() {
    let mut example = Example::new();
    let told = |example: &Example| {
        let open = example.open();
        let saved = example.saved();
        [open, Report::of_saved(&saved, "A", "2026-11-29")].map(|report| {
            let csv = to_csv(&report);
            let mut lines = csv.lines().map(|line| line.split(',').nth(35).unwrap());
            assert_eq!(lines.next(), Some("sizes_by"));
            let all: Vec<_> = lines.map(str::to_owned).collect();
            assert!(all.iter().all(|it| *it == all[0]), "{csv}");
            let json: serde_json::Value = serde_json::from_str(&to_json(&report)).unwrap();
            (
                all[0].clone(),
                json["scan"]["is_calibrated_by_reader"].clone(),
            )
        })
    };
    let same = |by: &str, is: bool| [(by.to_owned(), is.into()), (by.to_owned(), is.into())];
    assert_eq!(told(&example), same("file", false));
    example.volume.calibrate(Some(0.5));
    assert_eq!(told(&example), same("file", false), "the file knows it");
    example.volume.spacing = None;
    assert_eq!(told(&example), same("", false));
    example.volume.calibrate(Some(0.5));
    assert_eq!(told(&example), same("reader", true));
    example.volume.calibrate(None);
    assert_eq!(told(&example), same("", false), "taken back");
}
