//! The Structured Report.

use model::dicom_result::{Marked, NoObject, Stamp, to_measurement_report};
use model::finding::Side;
use model::pipeline::summarise;
use model::volume::{Intensity, Volume};

use crate::example::{
    MARKED_HU, REJECTED_HU, analysed, assert_is, count, open, stamp, stem, written,
};

fn report(marked: &Marked<'_>, stamp: &Stamp) -> Result<Vec<u8>, NoObject> {
    let own = Stamp {
        random: [11_u128, 12, 13].map(u128::to_be_bytes),
        ..stamp.clone()
    };
    to_measurement_report(marked, &own, stamp)
}

fn assert_as_expected(scan: &str) {
    let volume = open(scan);
    let file = written(report, &volume, analysed(&volume, &MARKED_HU)).unwrap();
    assert_is(&file, &format!("{}.sr.dcm", stem(scan)));
}

#[test]
fn one_slice() {
    assert_as_expected("single.dcm");
}

#[test]
fn an_oblique_series_with_mirrored_rows() {
    assert_as_expected("oblique.zip");
}

#[test]
fn frames_of_one_file_are_referred_to_by_number() {
    assert_as_expected("multiframe.dcm");
}

#[test]
fn a_lesion_says_in_which_lung_it_lies() {
    let volume = open("single.dcm");
    let mut analyses = analysed(&volume, &MARKED_HU);
    let mut lesions = summarise(&volume, &mut analyses, None).lesions;
    for (side, word) in [(Side::Left, "Left"), (Side::Right, "Right")] {
        lesions[0].side = Some(side);
        let marked = Marked {
            volume: &volume,
            analyses: &analyses,
            lesions: &lesions,
            engine: None,
        };
        let file = report(&marked, &stamp()).unwrap();
        assert_eq!(count(&file, "Laterality"), 1);
        assert_eq!(count(&file, word), 1);
    }
}

#[test]
fn grey_levels_are_no_attenuation() {
    let mut volume = open("single.dcm");
    let of = |volume: &Volume| written(report, volume, analysed(volume, &MARKED_HU)).unwrap();
    assert_eq!(count(&of(&volume), "Attenuation Coefficient"), 2);
    volume.intensity = Intensity::Grey { max: 4095 };
    assert_eq!(count(&of(&volume), "Attenuation Coefficient"), 0);
}

#[test]
fn what_is_drawn_by_hand_names_no_algorithm() {
    let volume = open("single.dcm");
    let mut analyses = analysed(&volume, &MARKED_HU);
    let named = written(report, &volume, analyses.clone()).unwrap();
    assert_eq!(count(&named, "Algorithm Name"), 1);
    for finding in analyses.values_mut().flat_map(|it| &mut it.findings) {
        finding.confidence = 0.0;
    }
    let drawn = written(report, &volume, analyses).unwrap();
    assert_eq!(count(&drawn, "Algorithm Name"), 0);
}

#[test]
fn what_is_not_marked_or_rejected_makes_no_file() {
    let volume = open("single.dcm");
    for marked in [&[][..], &[REJECTED_HU]] {
        assert_eq!(
            written(report, &volume, analysed(&volume, marked)),
            Err(NoObject::NothingMarked)
        );
    }
}
