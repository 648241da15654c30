//! Findings lie where other programs find them, however the scan lies in its files.
//!
//! `tests/fixtures/dicom_seg/places.py` has computed the places with pydicom.
#![cfg(all(feature = "open", feature = "analysis", feature = "engine"))]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its example shall fail"
)]

use std::path::{Path, PathBuf};

use model::analysis::{SliceView, findings};
use model::map::Map;
use model::mask::Mask;
use model::open::{NamedFile, open_files};
use model::protocol::Summary;
use model::report::{Report, to_csv};
use model::volume::Volume;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dicom_seg")
}

fn open(name: &str) -> Volume {
    let bytes = std::fs::read(fixtures().join(name)).unwrap();
    let name = name.to_owned();
    open_files(vec![NamedFile { name, bytes }], &mut |_, _| {}).unwrap()
}

/// x, y and z of every finding of this value in the table.
fn places(volume: &Volume, value: i16) -> Vec<[f64; 3]> {
    let found = (0..volume.slices()).flat_map(|slice| {
        let view = SliceView::of(volume, slice).unwrap();
        let set: Vec<u8> = view
            .values
            .iter()
            .map(|&hu| u8::from(hu == value))
            .collect();
        let mask = Mask::from_bytes(view.rows, view.cols, &set).unwrap();
        findings(&mask, &vec![255; set.len()], &view, slice)
    });
    let summary = Summary {
        findings: found.collect(),
        ..Summary::default()
    };
    let analyses = Map::new();
    let report = Report::of_scan(Vec::new(), volume, &analyses, &summary, &[], "");
    let table = to_csv(&report);
    let place = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        [5, 6, 7].map(|cell: usize| cells[cell].parse().unwrap())
    };
    table.lines().skip(1).map(place).collect()
}

#[test]
fn findings_lie_where_the_files_say() {
    let expected = std::fs::read_to_string(fixtures().join("expected/places.csv")).unwrap();
    let mut count = 0;
    for line in expected.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [scan, value, place @ ..] = cells.as_slice() else {
            panic!("{line}");
        };
        let found = places(&open(scan), value.parse().unwrap());
        let is_near = |it: &[f64; 3]| {
            let mut pairs = it.iter().zip(place);
            pairs.all(|(a, b)| (a - b.parse::<f64>().unwrap()).abs() < 0.01)
        };
        assert!(found.iter().any(is_near), "{line}: {found:?}");
        count += 1;
    }
    assert!(count >= 15, "{count} places");
}
