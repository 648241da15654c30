//! The RT Structure Set.

use model::dicom_result::{NoObject, to_dicom_seg, to_structure_set};
use model::map::Map;
use model::pipeline::summarise;

use crate::example::{
    MARKED_HU, REJECTED_HU, analysed, assert_is, count, fixtures, of_mask, open, stem, try_open,
    written,
};

fn assert_as_expected(scan: &str) {
    let volume = open(scan);
    let file = written(to_structure_set, &volume, analysed(&volume, &MARKED_HU)).unwrap();
    assert_is(&file, &format!("{}.rtstruct.dcm", stem(scan)));
}

each_series!(assert_as_expected);

/// Two holes on one row, one that touches itself at a corner, an island in a hole that is a lesion
/// of its own, and regions that touch at a corner.
const TANGLE: [&str; 11] = [
    "..##############..",
    "..#..##.#########.",
    "..#..##.#.....####",
    "..#######.###.####",
    "..####.##.#.#.####",
    "..#####.#.###.####",
    "..#######.....####",
    "..################",
    ".#....##..##......",
    "#.#....##..##.#...",
    ".#............#...",
];

/// The Segmentation of the same marks goes with it: the script holds the two against each other.
#[test]
fn holes_and_islands() {
    let volume = open("single.dcm");
    let mut set = vec![0; volume.rows * volume.cols];
    for (row, line) in TANGLE.iter().enumerate() {
        for (col, _) in line.match_indices('#') {
            set[(row + 1) * volume.cols + col + 1] = 1;
        }
    }
    let analyses: Map<_, _> = [(0, of_mask(&volume, 0, &set))].into_iter().collect();
    for (write, name) in [
        (to_dicom_seg as crate::example::Write, "tangle.seg.dcm"),
        (to_structure_set, "tangle.rtstruct.dcm"),
    ] {
        let file = written(write, &volume, analyses.clone()).unwrap();
        assert_is(&file, name);
    }
}

#[test]
fn what_is_not_marked_or_rejected_makes_no_file() {
    let volume = open("single.dcm");
    for marked in [&[][..], &[REJECTED_HU]] {
        assert_eq!(
            written(to_structure_set, &volume, analysed(&volume, marked)),
            Err(NoObject::NothingMarked)
        );
    }
}

#[test]
fn a_scan_that_cannot_be_referred_to_has_no_such_file() {
    let mut bytes = std::fs::read(fixtures().join("single.dcm")).unwrap();
    // The frame of reference under a tag that nobody knows.
    let tag = b"\x20\0\x52\0";
    let place = bytes.windows(4).position(|four| four == tag).unwrap();
    bytes[place] += 1;
    let volume = try_open("scan.dcm", bytes);
    assert_eq!(
        written(to_structure_set, &volume, analysed(&volume, &MARKED_HU)),
        Err(NoObject::NoSeries)
    );
}

/// A reader may then say how large pixels are, and a file would have figures by that beside places
/// by the scan's own word.
#[test]
fn a_scan_whose_pixels_cannot_be_so_small_has_no_such_file() {
    let mut bytes = std::fs::read(fixtures().join("single.dcm")).unwrap();
    let (said, metres) = (b"0.800000\\0.700000", b"0.000800\\0.000700");
    let place = bytes.windows(said.len()).position(|it| it == said).unwrap();
    bytes[place..place + said.len()].copy_from_slice(metres);
    let mut volume = try_open("scan.dcm", bytes);
    assert!(volume.spacing.is_none());
    volume.calibrate(Some(0.8));
    for write in [to_dicom_seg as crate::example::Write, to_structure_set] {
        assert_eq!(
            written(write, &volume, analysed(&volume, &MARKED_HU)),
            Err(NoObject::NoSeries)
        );
    }
}

#[test]
fn a_lesion_that_the_reader_drew_alone_is_manual_and_one_that_is_rejected_is_left_out() {
    let volume = open("multiframe.dcm");
    let mut analyses = analysed(&volume, &MARKED_HU);
    summarise(&volume, &mut analyses, None);
    let seen = written(to_structure_set, &volume, analyses.clone()).unwrap();
    let kinds = |file: &[u8]| ["MANUAL", "SEMIAUTOMATIC"].map(|kind| count(file, kind));
    assert_eq!(kinds(&seen), [0, 2]);

    for analysis in analyses.values_mut() {
        for finding in analysis.findings.iter_mut().filter(|it| it.lesion == 2) {
            finding.confidence = 0.0;
            analysis.was_corrected = true;
        }
    }
    let drawn = written(to_structure_set, &volume, analyses.clone()).unwrap();
    assert_eq!(kinds(&drawn), [1, 1]);

    for analysis in analyses.values_mut() {
        while let Some(place) = analysis.findings.iter().position(|it| it.lesion == 2) {
            assert!(analysis.reject(place));
        }
    }
    let kept = written(to_structure_set, &volume, analyses).unwrap();
    let names = |file: &[u8]| ["Lesion 1", "Lesion 2"].map(|name| count(file, name));
    assert_eq!([names(&drawn), names(&kept)], [[1, 1], [1, 0]]);
}

#[test]
fn nothing_of_a_scans_pixels_is_copied_that_a_structure_set_has_no_place_for() {
    let volume = open("single.dcm");
    let file = written(to_structure_set, &volume, analysed(&volume, &MARKED_HU)).unwrap();
    assert_eq!(count(&file, "\x28\0\x10\x21CS"), 0, "lossy compression");
}
