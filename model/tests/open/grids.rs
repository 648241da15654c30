//! Grids of numbers as other programs write them (`fixtures/open/make_grids.py`).

use model::mask::Mask;
use model::nifti_mask::mask_to_nifti;
use model::open::{NamedFile, join, open_files, open_grid, open_reference, voxels_among};
use model::protocol::Failure;
use model::volume::Volume;

use crate::fixture::{bytes, file, refused, replace, try_open};
use crate::orientation::assert_phantom;

fn open(files: Vec<NamedFile>) -> Volume {
    open_files(files, &mut |_, _| {}).expect("opens")
}

#[test]
fn the_scan_is_the_same_whatever_program_wrote_it() {
    for (names, format) in [
        (&["phantom_psr.mha"][..], "MetaImage"),
        (&["phantom_packed.mha"], "MetaImage"),
        (&["phantom_ail.mhd", "phantom_ail.raw"], "MetaImage"),
        (&["phantom_packed.zraw", "phantom_packed.mhd"], "MetaImage"),
        (&["phantom_psr.nrrd"], "NRRD"),
        (&["phantom_packed.nrrd"], "NRRD"),
        (&["phantom_sla.nhdr", "phantom_sla.raw.gz"], "NRRD"),
        (&["phantom_2.nii"], "NIfTI-2"),
        (&["phantom_2_big.nii.gz"], "NIfTI-2, gzipped"),
        (&["phantom_pair.hdr", "phantom_pair.img"], "NIfTI"),
        (
            &["phantom_packed.img.gz", "phantom_packed.hdr.gz"],
            "NIfTI, gzipped",
        ),
    ] {
        let volume = open(names.iter().map(|name| file(name)).collect());
        assert_phantom(&volume, names[0]);
        assert_eq!((volume.format.as_str(), volume.notes.len()), (format, 0));
    }
}

#[test]
fn a_header_and_its_voxels_are_found_in_folders() {
    let in_folder = |folder: &str, name: &str| NamedFile {
        name: format!("{folder}/{name}"),
        ..file(name)
    };
    let mut files = vec![
        in_folder("scans", "phantom_ail.raw"),
        in_folder("scans", "phantom_ail.mhd"),
    ];
    assert_phantom(&open(files.clone()), "in a folder");
    files[0].name = "scans/PHANTOM_AIL.RAW".to_owned();
    assert_phantom(&open(files), "under a name in capitals");
}

#[test]
fn the_voxels_of_a_header_are_told_by_their_name() {
    let among = |header: &[u8]| {
        let names = [
            "scans/phantom_ail.zraw",
            "scans/PHANTOM_ail.raw",
            "phantom_ail.raw",
        ];
        voxels_among("scans/phantom_ail.mhd", header, names)
    };
    let header = bytes("phantom_ail.mhd");
    assert_eq!(among(&header), Some((1, "scans/PHANTOM_ail.raw")));
    let twice = ["SCAN.RAW", "scan.raw", "Scan.raw"];
    let header = changed_bytes("phantom_ail.mhd", "= phantom_ail.raw", "= scan.raw");
    assert_eq!(
        voxels_among("scan.mhd", &header, twice),
        Some((1, "scan.raw"))
    );
    assert_eq!(among(&bytes("phantom_psr.mha")), None);
    let listed = changed_bytes("phantom_ail.mhd", "= phantom_ail.raw", "= LIST\n1.raw");
    assert_eq!(among(&listed), None);
}

#[test]
fn the_mask_of_a_scan_lies_on_it_in_nifti() {
    for names in [
        &["phantom_psr.mha"][..],
        &["phantom_psr.nrrd"],
        &["phantom_2.nii"],
        &["phantom_pair.hdr", "phantom_pair.img"],
    ] {
        let (name, files) = (names[0], names.iter().map(|it| file(it)));
        let volume = open(files.collect());
        let mut mask = Mask::empty(16, 20);
        mask.pixels[3 * 20 + 15] = 1;
        let mut masks = vec![None; 6];
        masks[4] = Some(&mask);
        let exported = NamedFile {
            name: "mask.nii".to_owned(),
            bytes: mask_to_nifti(&volume, &masks).expect("memory"),
        };
        let reference = open_reference(vec![exported], &volume).expect("fits");
        assert_eq!(reference.apart_mm, None, "{name}");
        assert_eq!(reference.masks[4], mask, "{name}");
        assert_eq!(reference.masks[0].area_px(), 0, "{name}");
    }
}

#[test]
fn of_several_files_of_one_name_that_in_the_folder_of_the_header_is_meant() {
    let in_folder = |folder: &str, bytes: Vec<u8>| NamedFile {
        name: format!("{folder}/phantom_ail.raw"),
        bytes,
    };
    let raw = bytes("phantom_ail.raw");
    let header = NamedFile {
        name: "scan/phantom_ail.mhd".to_owned(),
        bytes: bytes("phantom_ail.mhd"),
    };
    let other = || vec![0; raw.len()];
    assert_phantom(
        &open(vec![
            in_folder("before", other()),
            in_folder("scan", raw.clone()),
            header,
            in_folder("scan/old", other()),
        ]),
        "between others",
    );
}

#[test]
fn a_header_apart_need_not_end_with_an_empty_line() {
    let header = bytes("phantom_sla.nhdr");
    let header = header.trim_ascii_end();
    for ending in ["", "\n", "\r\n", "\n\n", "\r\n\r\n"] {
        let header = NamedFile {
            name: "phantom_sla.nhdr".to_owned(),
            bytes: [header, ending.as_bytes()].concat(),
        };
        let files = vec![header, file("phantom_sla.raw.gz")];
        assert_phantom(&open(files), &format!("ends with {ending:?}"));
    }
}

#[test]
fn nrrd_has_words_in_capitals_too() {
    for (from, to) in [
        ("encoding: raw", "Encoding: RAW"),
        ("type: short", "type: Short"),
        ("space: left-posterior-superior", "space: lps"),
        ("endian: little", "endian: Little"),
    ] {
        assert_phantom(&changed("phantom_psr.nrrd", from, to), to);
    }
    let header = bytes("phantom_sla.nhdr");
    let header = NamedFile {
        name: "phantom_sla.nhdr".to_owned(),
        bytes: replace(&header, b"endian: big", b"endian: BIG"),
    };
    let files = vec![header, file("phantom_sla.raw.gz")];
    assert_phantom(&open(files), "endian: BIG");
}

#[test]
fn words_of_another_program_are_no_fields() {
    let from = "space: left-posterior-superior";
    let to = format!("space:=ours\nsizes:=1 2 3\n{from}");
    assert_phantom(&changed("phantom_psr.nrrd", from, &to), "phantom_psr.nrrd");
}

#[test]
fn meta_image_is_read_as_itk_reads_it() {
    for (from, to) in [
        ("ElementSpacing", "ElementSize = 9 9 9\nElementSpacing"),
        ("ElementSpacing", "ElementSize"),
        ("ElementDataFile = LOCAL", "ElementDataFile = Local"),
        ("ObjectType", "Comment = of a phantom\nObjectType"),
    ] {
        assert_phantom(&changed("phantom_psr.mha", from, to), to);
    }
}

/// A file with other words in its header, opened.
fn changed(name: &str, from: &str, to: &str) -> Volume {
    try_open(name, changed_bytes(name, from, to)).expect("opens")
}

fn changed_bytes(name: &str, from: &str, to: &str) -> Vec<u8> {
    replace(&bytes(name), from.as_bytes(), to.as_bytes())
}

#[test]
fn without_a_place_distances_are_used_and_said_to_be_all() {
    for volume in [
        changed("phantom_psr.mha", "TransformMatrix", "Nothing"),
        changed(
            "phantom_psr.nrrd",
            "space: left-posterior-superior",
            "space: 3D-right-handed",
        ),
    ] {
        assert!(!volume.is_oriented && volume.patient_from_voxel.is_none());
        let spacing = volume.spacing.expect("distances");
        assert!((spacing.col_mm - 0.8).abs() < 1e-5 && (spacing.row_mm - 2.5).abs() < 1e-5);
        assert!((volume.slice_spacing_mm.expect("one") - 0.7).abs() < 1e-5);
        assert!(volume.notes[0].contains("which way the patient lies"));
    }
    let none = changed("phantom_psr.mha", "ElementSpacing", "Nothing");
    assert_eq!((none.spacing, none.slice_spacing_mm), (None, None));
}

#[test]
fn voxels_may_be_the_end_of_the_file() {
    let local = with_header_size("phantom_psr.mha", "-1", |_| 9);
    assert_phantom(&local, "phantom_psr.mha");
    let apart = apart_with_header_size(["phantom_ail.mhd", "phantom_ail.raw"], "-1");
    assert_phantom(&apart, "phantom_ail.mhd");
    let nrrd = changed(
        "phantom_psr.nrrd",
        "encoding: raw",
        "encoding: raw\nbyte skip: -1",
    );
    assert_phantom(&nrrd, "phantom_psr.nrrd");
}

/// A `MetaImage` in one file, with `gap(length of its header)` other bytes before its voxels.
fn with_header_size(name: &str, size: &str, gap: fn(usize) -> usize) -> Volume {
    let to = format!("HeaderSize = {size}\nElementDataFile");
    let file = changed_bytes(name, "ElementDataFile", &to);
    let end = file.windows(6).position(|it| it == b"LOCAL\n");
    let (header, voxels) = file.split_at(end.expect("an end of the header") + 6);
    let between = vec![7; gap(header.len())];
    try_open(name, [header, &between, voxels].concat()).expect("opens")
}

/// A `MetaImage` in two files, with nine other bytes before its voxels.
fn apart_with_header_size([header, voxels]: [&str; 2], size: &str) -> Volume {
    let to = format!("HeaderSize = {size}\nElementDataFile");
    let header = NamedFile {
        name: header.to_owned(),
        bytes: changed_bytes(header, "ElementDataFile", &to),
    };
    let voxels = NamedFile {
        name: voxels.to_owned(),
        bytes: [&[7; 9], bytes(voxels).as_slice()].concat(),
    };
    open(vec![header, voxels])
}

/// `SimpleITK` reads the same of these files.
#[test]
fn voxels_of_meta_image_begin_where_the_header_says() {
    for name in ["phantom_psr.mha", "phantom_packed.mha"] {
        assert_phantom(
            &with_header_size(name, "2000", |header| 2000 - header),
            name,
        );
        assert_phantom(&with_header_size(name, "0", |_| 0), name);
    }
    for names in [
        ["phantom_ail.mhd", "phantom_ail.raw"],
        ["phantom_packed.mhd", "phantom_packed.zraw"],
    ] {
        assert_phantom(&apart_with_header_size(names, "9"), names[0]);
    }
}

#[test]
fn what_is_not_read_is_refused_by_its_name() {
    for (name, from, to, expected) in [
        (
            "phantom_psr.mha",
            "BinaryData = True",
            "BinaryData = False",
            "A MetaImage with its voxels as text cannot be opened as it is. Save it as binary.",
        ),
        (
            "phantom_psr.mha",
            "MET_SHORT",
            "MET_SHORT_ARRAY",
            "MetaImage of numbers of this type cannot be opened yet. Export the scan as greyscale \
             DICOM or NIfTI.",
        ),
        (
            "phantom_psr.mha",
            "DimSize = 16 6 20",
            "NoSize = 16 6 20",
            "The MetaImage file is damaged: its header has no “DimSize”. Export the scan again \
             from the scanner's or the viewer's software.",
        ),
        (
            "phantom_psr.mha",
            "DimSize = 16 6 20",
            "DimSize = 16 6 10 2",
            "A MetaImage of several values a voxel, or of several times cannot be opened as it is. \
             Save one of its volumes as a file of its own.",
        ),
        (
            "phantom_ail.mhd",
            "ElementDataFile = phantom_ail.raw",
            "ElementDataFile = LIST\n1.raw\n2.raw",
            "A scan with its voxels in several files beside its header cannot be opened as it is. \
             Save it as one file.",
        ),
        (
            "phantom_sla.nhdr",
            "data file: phantom_sla.raw.gz",
            "data file: %03d.raw.gz 1 6 1",
            "A scan with its voxels in several files beside its header cannot be opened as it is. \
             Save it as one file.",
        ),
        (
            "phantom_ail.mhd",
            "= phantom_ail.raw",
            "= phantom_ail.raw\n\n",
            "The header of a MetaImage without its voxels cannot be opened as it is. Choose it \
             together with the .raw or .zraw file beside it.",
        ),
        (
            "phantom_psr.nrrd",
            "encoding: raw",
            "encoding: bzip2",
            "An NRRD with its voxels packed by bzip2 or in hexadecimal cannot be opened as it is. \
             Save it as raw or gzip.",
        ),
        (
            "phantom_psr.nrrd",
            "space directions: (-0,0.8",
            "space directions: none (-0,0.8",
            "An NRRD of several values a voxel, or of several times cannot be opened as it is. \
             Save one of its volumes as a file of its own.",
        ),
        (
            "phantom_psr.nrrd",
            "sizes: 16 6 20",
            "sizes: 16 6 9000",
            "The number of rows is 9000; at most 8192 can be opened. Open fewer slices, or export \
             the series at a smaller size.",
        ),
    ] {
        let damaged = changed_bytes(name, from, to);
        assert_eq!(
            Failure::from(refused(damaged)).to_string(),
            expected,
            "{to}"
        );
    }
}

#[test]
fn command_line_programs_read_them_too() {
    for name in [
        "phantom_packed.mha",
        "phantom_packed.nrrd",
        "phantom_2_big.nii.gz",
    ] {
        assert_phantom(&open_grid(bytes(name)).expect("opens"), name);
    }
    for (header, voxels) in [
        ("phantom_pair.hdr", "phantom_pair.img"),
        ("phantom_packed.hdr.gz", "phantom_packed.img.gz"),
        ("phantom_packed.mhd", "phantom_packed.zraw"),
    ] {
        let joined = join(&bytes(header), &bytes(voxels)).expect("memory");
        assert_phantom(&open_grid(joined).expect("opens"), header);
    }
    let alone = bytes("phantom_2_big.nii.gz");
    assert_eq!(join(&alone, &[1, 2]), Ok(alone));
}
