//! The DICOM Segmentation.

use model::dicom_result::{NoObject, to_dicom_seg};
use model::open::{NamedFile, open_files};
use model::pipeline::{SliceAnalysis, summarise};
use model::volume::Volume;

use crate::example::{
    MARKED_HU, REJECTED_HU, analysed, assert_is, count, fixtures, open, stem, try_open, written,
};

fn of_values(volume: &Volume, marked: &[i16]) -> Result<Vec<u8>, NoObject> {
    written(to_dicom_seg, volume, analysed(volume, marked))
}

fn assert_as_expected(scan: &str) {
    let file = of_values(&open(scan), &MARKED_HU).unwrap();
    assert_is(&file, &format!("{}.seg.dcm", stem(scan)));
}

each_series!(assert_as_expected);

#[test]
fn a_file_is_referred_to_once_where_frames_of_another_lie_between_its_own() {
    let mut volume = open("multiframe.dcm");
    let slices = &mut volume.dicom.as_mut().unwrap().slices;
    for (index, slice) in slices.iter_mut().enumerate() {
        slice.instance_uid = format!("1.2.3.9{}", index % 2);
    }
    let file = of_values(&volume, &MARKED_HU).unwrap();
    let uses = ["1.2.3.90", "1.2.3.91"].map(|uid| count(&file, uid));
    assert_eq!(
        uses.iter().sum::<usize>(),
        6,
        "by four frames and once each by the series"
    );
}

#[test]
fn what_is_not_marked_or_rejected_makes_no_file() {
    let volume = open("single.dcm");
    assert_eq!(of_values(&volume, &[]), Err(NoObject::NothingMarked));
    let rejected = [REJECTED_HU];
    assert_eq!(of_values(&volume, &rejected), Err(NoObject::NothingMarked));
}

#[test]
fn a_lesion_that_the_reader_drew_alone_is_manual() {
    let volume = open("multiframe.dcm");
    let mut analyses = analysed(&volume, &MARKED_HU);
    // The network saw the first lesion, and the reader drew the second on a slice of its own.
    let second = |it: &&mut SliceAnalysis| {
        it.findings
            .iter()
            .any(|f| f.mean_value as i16 == MARKED_HU[1])
    };
    let slice = analyses.values_mut().find(second).unwrap();
    slice.was_corrected = true;
    slice.findings[0].confidence = 0.0;
    let kinds = |bytes: &[u8]| ["MANUAL", "SEMIAUTOMATIC"].map(|kind| count(bytes, kind));
    let drawn = written(to_dicom_seg, &volume, analyses.clone()).unwrap();
    assert_eq!(kinds(&drawn), [1, 1]);

    let slice = analyses.values_mut().find(second).unwrap();
    slice.findings[0].confidence = 0.1;
    let seen = written(to_dicom_seg, &volume, analyses).unwrap();
    assert_eq!(kinds(&seen), [0, 2], "the network had a part in it");
}

#[test]
fn segments_count_without_the_gap_that_a_rejected_lesion_leaves_in_the_numbers_of_the_page() {
    let volume = open("multiframe.dcm");
    let mut analyses = analysed(&volume, &MARKED_HU);
    summarise(&volume, &mut analyses, None);
    for analysis in analyses.values_mut() {
        while let Some(place) = analysis.findings.iter().position(|it| it.lesion == 1) {
            assert!(analysis.reject(place));
        }
    }
    let bytes = written(to_dicom_seg, &volume, analyses).unwrap();
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|it| it == part);
    assert!(holds(b"Lesion 2") && !holds(b"Lesion 1"));
    // Segment Number and Referenced Segment Number.
    for tag in [b"\x62\0\x04\0", b"\x62\0\x0b\0"] {
        let element = |number: u8| [&tag[..], b"US\x02\0", &[number, 0]].concat();
        assert!(holds(&element(1)) && !holds(&element(2)), "{tag:?}");
    }
}

/// The scan's bytes with one tag made private, so that nobody knows it.
fn without(bytes: &[u8], tag: [u8; 4]) -> Vec<u8> {
    let place = bytes.windows(4).position(|four| four == tag).unwrap();
    let mut changed = bytes.to_vec();
    changed[place] += 1;
    changed
}

#[test]
fn a_scan_that_cannot_be_referred_to_has_no_such_file() {
    let bytes = std::fs::read(fixtures().join("single.dcm")).unwrap();
    for tag in [
        *b"\x08\0\x16\0",
        *b"\x08\0\x18\0",
        *b"\x18\0\x50\0",
        *b"\x20\0\x0d\0",
        *b"\x20\0\x0e\0",
        *b"\x20\0\x32\0",
        *b"\x20\0\x37\0",
        *b"\x20\0\x52\0",
        *b"\x28\0\x30\0",
    ] {
        let volume = try_open("scan.dcm", without(&bytes, tag));
        assert_eq!(volume.dicom, None, "{tag:?}");
        assert_eq!(of_values(&volume, &MARKED_HU), Err(NoObject::NoSeries));
    }
}

/// `single.dcm` 2.5 mm higher, with other bytes of the same length somewhere.
fn higher(old: &[u8], new: &[u8]) -> Vec<NamedFile> {
    let first = std::fs::read(fixtures().join("single.dcm")).unwrap();
    let mut second = first.clone();
    for (old, new) in [
        (b"40.000000".as_slice(), b"42.500000".as_slice()),
        (old, new),
    ] {
        let place = second.windows(old.len()).position(|it| it == old).unwrap();
        second[place..place + old.len()].copy_from_slice(new);
    }
    [first, second]
        .map(|bytes| NamedFile {
            name: String::new(),
            bytes,
        })
        .into()
}

#[test]
fn neither_has_one_whose_slices_do_not_belong_together() {
    let has_series = |old: &[u8], new: &[u8]| {
        let volume = open_files(higher(old, new), &mut |_, _| {}).unwrap();
        assert_eq!(volume.slices(), 2);
        volume.dicom.is_some()
    };
    assert!(has_series(b"S1", b"S1"));
    assert!(!has_series(b"1.2.3.1", b"1.2.3.8"), "another study");
    assert!(!has_series(b"1.2.3.3", b"1.2.3.8"), "other coordinates");
    assert!(!has_series(b"0.800000", b"0.800500"), "other pixels");
}

/// The values of Lossy Image Compression (0028,2110) that are copied from scans.
fn losses(scan: &Volume) -> Vec<&[u8]> {
    let copied = scan.dicom.as_ref().unwrap().copied.iter();
    let on_loss = copied.filter(|it| it.tag == (0x28, 0x2110));
    on_loss.map(|it| it.value.as_slice()).collect()
}

#[test]
fn one_slice_that_was_compressed_with_loss_is_enough_to_say_so() {
    let mut files = higher(b"S1", b"S1");
    let plain = open_files(higher(b"S1", b"S1"), &mut |_, _| {}).unwrap();
    assert_eq!(losses(&plain), [b"00"]);
    let second = &mut files[1].bytes;
    let pixels = second
        .windows(4)
        .position(|tag| tag == b"\xe0\x7f\x10\0")
        .unwrap();
    second.splice(pixels..pixels, *b"\x28\0\x10\x21CS\x02\x0001");
    let lossy = open_files(files, &mut |_, _| {}).unwrap();
    assert_eq!(losses(&lossy), [b"01"]);
    let patient = |scan: &Volume| {
        let copied = scan.dicom.as_ref().unwrap().copied.iter();
        copied
            .filter(|it| it.tag.0 == 0x10)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(patient(&lossy), patient(&plain));
}

#[test]
fn a_scan_that_is_packed_with_loss_says_so_though_it_does_not() {
    let scan = open("jpeg.dcm");
    let lossy = b"\x28\0\x10\x21";
    let original = std::fs::read(fixtures().join("jpeg.dcm")).unwrap();
    assert!(!original.windows(4).any(|tag| tag == lossy));
    assert_eq!(losses(&scan), [b"01"]);
    let brightest = *scan.voxels.iter().max().unwrap();
    assert_eq!(brightest, 8 * 200 - 1024);
    let segmentation = of_values(&scan, &[brightest]).unwrap();
    let said = [lossy.as_slice(), b"CS\x02\x0001"].concat();
    assert!(segmentation.windows(said.len()).any(|it| it == said));
}

#[test]
fn of_the_two_kinds_of_jpeg_ls_one_has_lost_something() {
    let original = std::fs::read(fixtures().join("jpeg.dcm")).unwrap();
    let uid = b"1.2.840.10008.1.2.4.50";
    let at = original
        .windows(uid.len())
        .position(|it| it == uid)
        .unwrap();
    for (kind, loss) in [(b"80", b"00"), (b"81", b"01")] {
        let mut bytes = original.clone();
        bytes[at + uid.len() - 2..at + uid.len()].copy_from_slice(kind);
        let name = "scan.dcm".to_owned();
        let scan = open_files(vec![NamedFile { name, bytes }], &mut |_, _| {}).unwrap();
        assert_eq!(losses(&scan), [loss]);
    }
}

#[test]
fn the_patient_is_in_memory_and_in_no_text() {
    let volume = open("single.dcm");
    let series = volume.dicom.as_ref().unwrap();
    let has_name = |value: &[u8]| value.windows(4).any(|four| four == b"ller");
    assert!(series.copied.iter().any(|it| has_name(&it.value)));
    let text = format!("{volume:?}");
    assert!(!text.contains("ller") && !text.contains("108, 108, 101, 114"));
}
