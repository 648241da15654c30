//! The Structured Report.

use model::dicom_result::{Marked, NoObject, Stamp, to_measurement_report};
use model::finding::{Finding, Side};
use model::pipeline::summarise;
use model::volume::{Intensity, Volume};

use crate::example::{
    MARKED_HU, REJECTED_HU, analysed, assert_is, count, of_mask, open, stamp, stem, written,
};

fn report(marked: &Marked<'_>, stamp: &Stamp) -> Result<Vec<u8>, NoObject> {
    let own = Stamp {
        random: [11_u128, 12, 13].map(u128::to_be_bytes),
        ..stamp.clone()
    };
    to_measurement_report(marked, &own, stamp)
}

/// Another report of the same, with a Segmentation of its own.
fn second_report(marked: &Marked<'_>, stamp: &Stamp) -> Result<Vec<u8>, NoObject> {
    let [own, segmentation] = [[21_u128, 22, 23], [31, 32, 33]].map(|random| Stamp {
        random: random.map(u128::to_be_bytes),
        ..stamp.clone()
    });
    to_measurement_report(marked, &own, &segmentation)
}

/// The tracking UIDs of a report's lesions. The first UID in its content is that of the program.
fn tracked(report: &[u8]) -> Vec<&[u8]> {
    const UID: &[u8] = b"\x40\0\x24\xa1UI";
    let places = report.windows(UID.len()).enumerate();
    let places = places.filter(|(_, it)| *it == UID).skip(1);
    let uid = |(place, _): (usize, &[u8])| {
        let [low, high, value @ ..] = &report[place + UID.len()..] else {
            unreachable!("an element has a length")
        };
        &value[..usize::from(u16::from_le_bytes([*low, *high]))]
    };
    places.map(uid).collect()
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
fn a_second_report_calls_the_same_lesions_the_same() {
    let volume = open("multiframe.dcm");
    let analyses = analysed(&volume, &MARKED_HU);
    let first = written(report, &volume, analyses.clone()).unwrap();
    let second = written(second_report, &volume, analyses).unwrap();
    let [lesion, other] = tracked(&first)[..] else {
        panic!("two lesions")
    };
    assert_ne!(lesion, other);
    assert_eq!(tracked(&second), [lesion, other]);

    // Also where it has another number.
    let alone = analysed(&volume, &MARKED_HU[1..2]);
    let alone = written(report, &volume, alone).unwrap();
    assert_eq!(count(&alone, "Lesion 1"), 1);
    assert_eq!(tracked(&alone), [other]);
}

#[test]
fn what_has_another_outline_or_lies_on_another_image_is_called_otherwise() {
    let mut volume = open("multiframe.dcm");
    let analyses = analysed(&volume, &MARKED_HU);
    let before = written(report, &volume, analyses.clone()).unwrap();
    let mut corrected = analyses.clone();
    let is_second = |it: &Finding| it.mean_value as i16 == MARKED_HU[1];
    let (&slice, analysis) = corrected
        .iter_mut()
        .find(|(_, it)| it.findings.iter().any(is_second))
        .unwrap();
    let mut set = analysis.refined.pixels.clone();
    *set.iter_mut().find(|it| **it > 0).unwrap() = 0;
    *analysis = of_mask(&volume, slice, &set);
    let after = written(report, &volume, corrected).unwrap();
    assert_eq!(tracked(&before)[0], tracked(&after)[0]);
    assert_ne!(tracked(&before)[1], tracked(&after)[1]);

    for slice in &mut volume.dicom.as_mut().unwrap().slices {
        slice.instance_uid.push_str(".1");
    }
    let elsewhere = written(report, &volume, analyses).unwrap();
    for (uid, other) in tracked(&before).iter().zip(tracked(&elsewhere)) {
        assert_ne!(*uid, other);
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
