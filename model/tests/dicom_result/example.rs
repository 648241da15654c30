//! The phantom, read and marked, and what is written of it.

use std::path::{Path, PathBuf};

use model::analysis::{SliceView, findings};
use model::dicom_result::{Marked, NoObject, Stamp};
use model::map::Map;
use model::mask::Mask;
use model::network::Architecture;
use model::open::{NamedFile, open_files};
use model::pipeline::{SliceAnalysis, summarise};
use model::protocol::{BackendChoice, EngineInfo};
use model::volume::Volume;

/// A test of each way that series lie and are stored, by what holds one of them to what is expected.
macro_rules! each_series {
    ($check:ident) => {
        #[test]
        fn one_slice() {
            $check("single.dcm");
        }

        #[test]
        fn a_series_with_the_patient_on_the_belly() {
            $check("mirrored.zip");
        }

        #[test]
        fn a_series_whose_rows_run_to_the_back() {
            $check("turned.zip");
        }

        #[test]
        fn an_oblique_series_with_mirrored_rows() {
            $check("oblique.zip");
        }

        #[test]
        fn a_series_of_a_tilted_gantry() {
            $check("tilted.zip");
        }

        #[test]
        fn frames_of_one_file_are_referred_to_by_number() {
            $check("multiframe.dcm");
        }
    };
}

/// Values of the phantom's lesions, and of what the reader rejects (`make.py`).
pub(crate) const MARKED_HU: [i16; 3] = [900, 700, 800];
pub(crate) const REJECTED_HU: i16 = 800;

/// What writes an object.
pub(crate) type Write = fn(&Marked<'_>, &Stamp) -> Result<Vec<u8>, NoObject>;

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dicom_seg")
}

pub(crate) fn open(name: &str) -> Volume {
    let bytes = std::fs::read(fixtures().join(name)).unwrap();
    try_open(name, bytes)
}

pub(crate) fn try_open(name: &str, bytes: Vec<u8>) -> Volume {
    let name = name.to_owned();
    open_files(vec![NamedFile { name, bytes }], &mut |_, _| {}).unwrap()
}

/// Every slice with the phantom's lesions marked, and with what the reader rejects taken out.
pub(crate) fn analysed(volume: &Volume, marked: &[i16]) -> Map<usize, SliceAnalysis> {
    let slice = |index| {
        let values = volume.slice(index).unwrap();
        let set: Vec<u8> = values
            .iter()
            .map(|hu| u8::from(marked.contains(hu)))
            .collect();
        let mut analysis = of_mask(volume, index, &set);
        let is_rejected = |it: &model::finding::Finding| it.mean_value as i16 == REJECTED_HU;
        if let Some(place) = analysis.findings.iter().position(is_rejected) {
            assert!(analysis.reject(place));
        }
        (index, analysis)
    };
    (0..volume.slices()).map(slice).collect()
}

/// A slice on which these pixels are marked.
pub(crate) fn of_mask(volume: &Volume, slice: usize, set: &[u8]) -> SliceAnalysis {
    let view = SliceView::of(volume, slice).unwrap();
    let mask = Mask::from_bytes(view.rows, view.cols, set).unwrap();
    let probability = vec![255; set.len()];
    let mut analysis = SliceAnalysis::unmarked((view.rows, view.cols), probability);
    analysis.findings = findings(&mask, &analysis.probability, &view, slice);
    analysis.refined = mask;
    analysis
}

fn engine() -> EngineInfo {
    EngineInfo {
        architecture: Architecture::Unetpp,
        backend: BackendChoice::Cpu,
        adapter: String::new(),
        reason: None,
        self_test_error: 0.0,
        start_up_ms: 0.0,
        weights_version: "7".to_owned(),
        threshold: 0.5,
        least_peak: 0.0,
        pipeline_version: 1,
    }
}

pub(crate) fn written(
    write: Write,
    volume: &Volume,
    mut analyses: Map<usize, SliceAnalysis>,
) -> Result<Vec<u8>, NoObject> {
    let summary = summarise(volume, &mut analyses, None);
    let marked = Marked {
        volume,
        analyses: &analyses,
        lesions: &summary.lesions,
        engine: Some(&engine()),
    };
    write(&marked, &stamp())
}

pub(crate) fn stamp() -> Stamp {
    Stamp {
        date: "20260730".to_owned(),
        time: "123456".to_owned(),
        random: [1_u128, 2, 3].map(u128::to_be_bytes),
    }
}

/// What is written stays in the build folder, for the scripts and to become the expected file.
pub(crate) fn assert_is(file: &[u8], name: &str) {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&kept, file).unwrap();
    let expected = std::fs::read(fixtures().join("expected").join(name)).unwrap_or_default();
    assert!(file == expected, "other bytes, see {}", kept.display());
}

/// The name of a scan's file without its ending.
pub(crate) fn stem(scan: &str) -> &str {
    scan.split('.').next().unwrap()
}

/// How often a text is in a file.
pub(crate) fn count(file: &[u8], text: &str) -> usize {
    let all = file.windows(text.len());
    all.filter(|it| *it == text.as_bytes()).count()
}
