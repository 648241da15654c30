//! What is no scan, or is packed or written in a way that is not read, is called by its name.

use model::open::NamedFile;
use model::protocol::Failure;

use crate::fixture::{bytes, file, refused, replace, zip_of};
use crate::slices::open;

/// The message for bytes that must not open.
fn said(bytes: Vec<u8>) -> String {
    Failure::from(refused(bytes)).to_string()
}

/// `lidc_explicit.dcm` as an object of another class.
fn of_class(class: &str) -> Vec<u8> {
    let mut padded = class.as_bytes().to_vec();
    padded.resize(class.len().next_multiple_of(2), 0);
    let length = [padded.len() as u8, 0];
    let element = [b"\x08\x00\x16\x00UI", &length[..], &padded].concat();
    let ct = b"\x08\x00\x16\x00UI\x1a\x001.2.840.10008.5.1.4.1.1.2\0";
    replace(&bytes("lidc_explicit.dcm"), ct, &element)
}

fn segmentation() -> Vec<u8> {
    bytes("../dicom_seg/expected/single.seg.dcm")
}

#[test]
fn what_is_made_of_a_scan_is_told_from_one() {
    assert_eq!(
        said(segmentation()),
        "This is a segmentation of a scan, not a scan. Open the CT series."
    );
    for (class, kind) in [
        ("1.2.840.10008.5.1.4.1.1.481.2", "RTDOSE"),
        ("1.2.840.10008.5.1.4.1.1.481.3", "RTSTRUCT"),
        ("1.2.840.10008.5.1.4.1.1.88.33", "SR"),
        ("1.2.840.10008.5.1.4.1.1.11.1", "PR"),
    ] {
        let said = said(of_class(class));
        assert!(said.contains(kind) && said.contains("not a scan"), "{said}");
    }
}

#[test]
fn a_segmentation_beside_its_scan_is_a_file_without_an_image() {
    let beside = NamedFile {
        name: "mask.dcm".to_owned(),
        bytes: segmentation(),
    };
    let volume = open(vec![file("lidc_explicit.dcm"), beside]).expect("opens");
    assert_eq!(volume.notes, ["Left out: 1 DICOM file without an image."]);
}

#[test]
fn headers_without_their_voxels_are_told_as_such() {
    let mut nifti_2 = bytes("phantom_2.nii")[..540].to_vec();
    nifti_2[4..8].copy_from_slice(b"ni2\0");
    for header in [
        bytes("phantom_pair.hdr"),
        bytes("phantom_packed.hdr.gz"),
        nifti_2,
    ] {
        assert_eq!(
            said(header),
            "The header of a NIfTI without its voxels cannot be opened as it is. Choose it \
             together with the .img file of the same name."
        );
    }
    assert_eq!(
        said(bytes("phantom_ail.mhd")),
        "The header of a MetaImage without its voxels cannot be opened as it is. Choose it \
         together with the .raw or .zraw file beside it."
    );
    assert_eq!(
        said(bytes("phantom_sla.nhdr")),
        "The header of an NRRD without its voxels cannot be opened as it is. Choose it together \
         with the file beside it that holds them."
    );
}

/// Where NIfTI has its magic, ANALYZE has none, and programs that wrote it did not agree on which
/// side is left.
#[test]
fn analyze_is_refused_with_its_voxels_too() {
    let mut header = bytes("phantom_pair.hdr");
    header[344..348].fill(0);
    let voxels = NamedFile {
        name: "scan.img".to_owned(),
        ..file("phantom_pair.img")
    };
    for voxels in [None, Some(voxels)] {
        let header = NamedFile {
            name: "scan.hdr".to_owned(),
            bytes: header.clone(),
        };
        let files = [header].into_iter().chain(voxels).collect();
        let error = open(files).expect_err("no side is known");
        assert_eq!(
            Failure::from(error).to_string(),
            "ANALYZE 7.5 (.hdr with .img), which does not say where left and right are, cannot be \
             opened as it is. Export the scan as DICOM or NIfTI from the program that it came \
             from."
        );
    }
}

#[test]
fn a_zip_in_a_zip() {
    let inside = zip_of(&[bytes("lidc_explicit.dcm")]);
    let expected = "The zip holds another zip. Unpack it first.";
    assert_eq!(said(zip_of(std::slice::from_ref(&inside))), expected);
    let both = NamedFile {
        name: "study.zip".to_owned(),
        bytes: zip_of(&[inside, bytes("lidc_explicit.dcm")]),
    };
    let volume = open(vec![both]).expect("opens");
    assert_eq!(volume.notes, ["Left out: 1 file of another kind."]);
}

/// A zip with two bytes of its entry changed, at this place of the table of contents.
fn with_entry(at: usize, value: u16) -> Vec<u8> {
    let mut zip = zip_of(&[bytes("lidc_explicit.dcm")]);
    let entry = zip.windows(4).position(|it| it == b"PK\x01\x02");
    let at = entry.expect("an entry") + at;
    zip[at..at + 2].copy_from_slice(&value.to_le_bytes());
    zip
}

#[test]
fn a_zip_that_only_other_programs_read_is_to_be_unpacked() {
    let (flags, method) = (8, 10);
    let (encrypted, lzma) = (1, 14);
    for zip in [with_entry(flags, encrypted), with_entry(method, lzma)] {
        assert_eq!(
            said(zip),
            "An encrypted or unusually compressed zip cannot be opened as it is. Unpack it first."
        );
    }
}

#[test]
fn of_a_time_series_one_volume_is_to_be_saved() {
    let mut nifti = bytes("phantom_ras.nii");
    let (axes, times) = (40, 48);
    nifti[axes..axes + 2].copy_from_slice(&4_u16.to_le_bytes());
    nifti[times..times + 2].copy_from_slice(&2_u16.to_le_bytes());
    assert_eq!(
        said(nifti),
        "A time series (4-D NIfTI) cannot be opened as it is. Save one of its volumes as a file of \
         its own."
    );
}

#[test]
fn pictures_of_different_bits_are_not_one_series() {
    let error = open(vec![file("grey8.png"), file("grey16.png")]).expect_err("bits differ");
    assert!(Failure::from(error).to_string().ends_with(
        "A mixture of 8-bit and 16-bit pictures cannot be opened as it is. Open one series at a \
         time, or save all of its pictures with as many bits."
    ));
}

#[test]
fn a_large_zip_is_to_be_unpacked() {
    let mut zip = vec![0; (512 << 20) + 1];
    zip[..4].copy_from_slice(b"PK\x03\x04");
    assert_eq!(
        said(zip),
        "The size of the zip in MB is 513; at most 512 can be opened. Unpack it, and open the \
         folder of one series."
    );
}

#[test]
fn files_that_are_no_images_do_not_count_as_slices() {
    let text = |name: usize| NamedFile {
        name: name.to_string(),
        bytes: b"a program of a disc".to_vec(),
    };
    let disc = |programs: usize| {
        let mut files: Vec<NamedFile> = (0..programs).map(text).collect();
        files.push(file("lidc_explicit.dcm"));
        open(files)
    };
    let volume = disc(2001).expect("opens");
    assert_eq!(volume.notes, ["Left out: 2001 files of another kind."]);
    let error = disc(10_000).expect_err("too many");
    let said = "The number of files is 10001; at most 10000 can be opened.";
    assert_eq!(error.to_string(), said);
}
