//! Which slices make up a series, and what the user is told about it.

use model::open::{NamedFile, OpenError, open_files};

use crate::fixture::{bytes, file, replace, with_size};

/// `lidc_explicit.dcm` at another height and under another series.
fn slice(name: &str, z: &str, series: &str) -> NamedFile {
    let original = bytes("lidc_explicit.dcm");
    let start = original
        .windows(8)
        .position(|eight| eight == b"\x20\x00\x32\x00DS\x24\x00")
        .unwrap_or_else(|| panic!("the position must be 36 characters long"));
    let mut position = format!("-166.00\\-171.70\\{z}").into_bytes();
    position.resize(36, b' ');
    let mut moved = original;
    moved[start + 8..start + 44].copy_from_slice(&position);
    NamedFile {
        name: name.to_owned(),
        bytes: replace(
            &moved,
            b"UI\x06\x001.2.3\0",
            format!("UI\x06\x00{series}\0").as_bytes(),
        ),
    }
}

fn open(files: Vec<NamedFile>) -> Result<model::volume::Volume, OpenError> {
    open_files(files, &mut |_, _| {})
}

#[test]
fn slices_are_sorted_and_gaps_are_told() {
    let files = ["-20.0", "-30.0", "-22.5", "-25.0"].map(|z| slice(z, z, "1.2.3"));
    let volume = open(files.to_vec()).expect("opens");
    assert_eq!(volume.slices(), 4);
    assert_eq!(volume.slice_spacing_mm, Some(2.5));
    assert_eq!(volume.slice_positions_mm, [-30.0, -25.0, -22.5, -20.0]);
    assert_eq!(volume.steps_mm(), [5.0, 2.5, 2.5]);
    assert_eq!(volume.slabs_mm(), [5.0, 3.75, 2.5, 2.5]);
    assert_eq!(volume.goes_on(), [true; 4], "one thin slice is missing");
    assert!((volume.patient_from_voxel.expect("a place")[2][3] + 30.0).abs() < 1e-9);
    assert!(
        volume
            .notes
            .iter()
            .any(|note| note.contains("1 slice(s) seem to be missing")),
        "{:?}",
        volume.notes
    );
}

#[test]
fn a_scan_does_not_go_on_over_a_gap() {
    let files = ["0.0", "2.5", "5.0", "35.0", "37.5"].map(|z| slice(z, z, "1.2.3"));
    let volume = open(files.to_vec()).expect("opens");
    assert_eq!(volume.goes_on(), [true, true, false, true, true]);
}

/// A slice that does not say where it lies, but how far along the table.
fn located(location_mm: &str) -> NamedFile {
    let mut placed = slice(location_mm, "0.0", "1.2.3");
    let start = placed
        .bytes
        .windows(8)
        .position(|eight| eight == b"\x20\x00\x32\x00DS\x24\x00")
        .unwrap_or_else(|| panic!("the position must be 36 characters long"));
    placed.bytes[start + 2..start + 4].copy_from_slice(b"\x41\x10");
    placed.bytes[start + 8..start + 44].copy_from_slice(format!("{location_mm:36}").as_bytes());
    placed
}

#[test]
fn slices_without_a_position_are_as_far_apart_as_their_locations() {
    let files = ["20.0", "0.0", "10.0"].map(located);
    let volume = open(files.to_vec()).expect("opens");
    assert_eq!(volume.slices(), 3);
    assert_eq!(volume.slice_spacing_mm, Some(10.0), "not their thickness");
    // How thick a slice is does not tell it.
    let files = ["5.0", "5.0"].map(located);
    assert_eq!(open(files.to_vec()).expect("opens").slice_spacing_mm, None);
}

#[test]
fn uneven_spacing_is_told() {
    let files = ["0.0", "2.5", "5.0", "7.9"].map(|z| slice(z, z, "1.2.3"));
    let volume = open(files.to_vec()).expect("opens");
    assert!(
        volume
            .notes
            .iter()
            .any(|note| note.contains("unevenly spaced")),
        "{:?}",
        volume.notes
    );
}

#[test]
fn slices_in_the_same_place_count_once() {
    let files = ["0.0", "2.5", "2.5"].map(|z| slice(z, z, "1.2.3"));
    let volume = open(files.to_vec()).expect("opens");
    assert_eq!(volume.slices(), 2);
    assert!(
        volume
            .notes
            .iter()
            .any(|note| note.contains("were left out")),
        "{:?}",
        volume.notes
    );
}

#[test]
fn the_series_with_most_slices_is_opened() {
    let files = vec![
        slice("a", "0.0", "1.2.9"),
        slice("b", "10.0", "1.2.3"),
        slice("c", "11.0", "1.2.3"),
    ];
    let volume = open(files).expect("opens");
    assert_eq!(volume.slices(), 2);
    assert!(
        volume.notes.iter().any(|note| note.contains("2 series")),
        "{:?}",
        volume.notes
    );
}

#[test]
fn files_of_two_patients_are_said_to_be_so() {
    let of = |name: &str, z: &str, patient: &[u8]| {
        let mut file = slice(name, z, "1.2.3");
        file.bytes = replace(&file.bytes, b"secret-id", patient);
        file
    };
    let is_told = |files: Vec<NamedFile>| {
        let notes = open(files).expect("opens").notes;
        notes.iter().any(|note| note.contains("2 patients"))
    };
    let (one, padded) = (of("a", "0.0", b"secret-id"), of("b", "1.0", b"secret-id"));
    assert!(!is_told(vec![one.clone(), padded]));
    assert!(is_told(vec![one, of("b", "1.0", b"secret-ie")]));
}

#[test]
fn an_overview_across_the_slices_is_left_out() {
    let mut overview = slice("overview", "0.0", "1.2.3");
    let axial = b"1.000000\\0.000000\\0.000000\\0.000000\\1.000000\\0.000000";
    let coronal = b"1.000000\\0.000000\\0.000000\\0.000000\\0.00000\\-1.000000";
    overview.bytes = replace(&overview.bytes, axial, coronal);
    let files = vec![
        overview,
        slice("a", "0.0", "1.2.3"),
        slice("b", "2.5", "1.2.3"),
    ];
    let volume = open(files).expect("opens");
    assert_eq!(volume.slices(), 2);
    assert!(
        volume
            .notes
            .iter()
            .any(|note| note.contains("in another direction")),
        "{:?}",
        volume.notes
    );
}

#[test]
fn a_tilted_gantry_is_told() {
    let mut second = slice("b", "2.5", "1.2.3");
    second.bytes = replace(
        &second.bytes,
        b"-166.00\\-171.70\\2.5",
        b"-166.00\\-171.20\\2.5",
    );
    let volume = open(vec![slice("a", "0.0", "1.2.3"), second]).expect("opens");
    assert!(
        volume.notes.iter().any(|note| note.contains("tilted")),
        "{:?}",
        volume.notes
    );
    assert_eq!(volume.slice_spacing_mm, Some(2.5));
}

#[test]
fn mixed_sizes_are_refused() {
    let files = vec![
        file("lidc_explicit.dcm"),
        NamedFile {
            name: "small.dcm".to_owned(),
            bytes: with_size("lidc_explicit.dcm", 32, 64),
        },
    ];
    let error = open(files).expect_err("sizes differ");
    assert_eq!(
        error,
        OpenError::MixedSizes {
            first: "64 × 64".to_owned(),
            other: "32 × 64".to_owned()
        }
    );
}

/// A slice with other distances of its pixels, in as many characters.
fn spaced(z: &str, mm: &str) -> NamedFile {
    let mut file = slice(z, z, "1.2.3");
    let original = b"0.820312\\0.820312";
    file.bytes = replace(&file.bytes, original, format!("{mm}\\{mm}").as_bytes());
    file
}

#[test]
fn slices_with_pixels_of_another_size_are_left_out() {
    let with_third = |third: NamedFile| {
        let files = ["0.0", "2.5"].map(|z| spaced(z, "0.700000"));
        let volume = open([vec![third], files.to_vec()].concat()).expect("opens");
        let spacing = volume.spacing.expect("a spacing");
        assert!((spacing.row_mm - 0.7).abs() < 1e-3 && (spacing.col_mm - 0.7).abs() < 1e-3);
        (volume.slices(), volume.notes)
    };
    let (slices, notes) = with_third(spaced("5.0", "0.700500"));
    assert_eq!((slices, notes.len()), (3, 0), "rounded: {notes:?}");
    let smaller = NamedFile {
        name: "small.dcm".to_owned(),
        bytes: with_size("lidc_explicit.dcm", 32, 64),
    };
    for other in [spaced("5.0", "0.800000"), smaller] {
        let (slices, notes) = with_third(other);
        assert_eq!(slices, 2);
        let said = "1 image(s) with pixels of another number or size left out.";
        assert!(notes.iter().any(|note| note == said), "{notes:?}");
    }
}

#[test]
fn slices_of_which_no_size_is_the_usual_one_are_refused() {
    let files = vec![spaced("0.0", "0.700000"), spaced("2.5", "0.800000")];
    assert_eq!(
        open(files).expect_err("sizes differ"),
        OpenError::MixedSpacing
    );
}

#[test]
fn a_broken_slice_is_named_and_left_out_and_its_gap_is_said() {
    let mut files: Vec<NamedFile> = ["0.0", "2.5", "5.0", "7.5", "10.0"]
        .map(|z| spaced(z, "0.700000"))
        .into();
    files[2].name = "slice7.dcm".to_owned();
    files[2].bytes.truncate(3000);
    let broken = files[2].clone();
    let volume = open(files).expect("the others are whole");
    assert_eq!(volume.slice_positions_mm, [0.0, 2.5, 7.5, 10.0]);
    for said in [
        "1 DICOM file(s) could not be read and were left out: “slice7.dcm”: The file is cut short",
        "About 1 slice(s) seem to be missing from the series",
    ] {
        let mut notes = volume.notes.iter();
        assert!(
            notes.any(|note| note.starts_with(said)),
            "{:?}",
            volume.notes
        );
    }

    let error = open(vec![broken.clone(), broken]).expect_err("nothing is whole");
    assert!(
        error
            .to_string()
            .starts_with("“slice7.dcm”: The file is cut short"),
        "{error}"
    );
}

#[test]
fn other_files_of_a_folder_are_left_out() {
    let text = NamedFile {
        name: "notes.txt".to_owned(),
        bytes: b"hello".to_vec(),
    };
    let volume = open(vec![text, file("lidc_explicit.dcm")]).expect("opens");
    assert!(
        volume
            .notes
            .iter()
            .any(|note| note == "1 other file(s) left out."),
        "{:?}",
        volume.notes
    );
}

#[test]
fn progress_ends_at_its_total() {
    let mut last = (0, 0);
    open_files(vec![file("phantom_supine.zip")], &mut |done, total| {
        assert!(done > last.0 && done <= total);
        last = (done, total);
    })
    .expect("opens");
    assert_eq!(last, (12, 12));
}

#[test]
fn pictures_stack_in_the_order_of_their_names() {
    let named = |name: &str, fixture: &str| NamedFile {
        name: name.to_owned(),
        bytes: bytes(fixture),
    };
    let volume = open(vec![
        named("s10.png", "grey8.png"),
        named("s9.png", "rgb.png"),
    ])
    .expect("opens");
    assert_eq!(volume.slices(), 2);
    assert_eq!(
        volume.slice(1).expect("slice"),
        crate::fixture::expected("grey8.i16")
    );
}

#[test]
fn coronal_slices_are_refused() {
    let error = open(vec![file("phantom_coronal.zip")]).expect_err("coronal");
    assert_eq!(error, OpenError::NotAxial);
}

/// A slice of a pass, with its number and the value of its last pixel.
fn pass(z: &str, pass: u8, number: u8, hu: u8) -> NamedFile {
    let mut file = slice(z, z, "1.2.3");
    let element = |element: u8, value: u8| -> Vec<u8> {
        let value = [b'0' + value, b' '];
        [&[0x20, 0, element, 0], b"IS\x02\x00".as_slice(), &value].concat()
    };
    let numbers = [element(0x12, pass), element(0x13, number)].concat();
    file.bytes = replace(&file.bytes, &element(0x13, 1), &numbers);
    let last = file.bytes.len() - 2;
    // With its intercept of -1024.
    file.bytes[last..].copy_from_slice(&[hu, 4]);
    file
}

/// The last pixel of each slice.
fn last_pixels(volume: &model::volume::Volume) -> Vec<i16> {
    let slices = (0..volume.slices()).filter_map(|i| volume.slice(i)?.last());
    slices.copied().collect()
}

#[test]
fn of_several_phases_in_the_same_places_the_first_one_is_opened() {
    let files = vec![
        pass("0.0", 1, 3, 30),
        pass("0.0", 1, 1, 10),
        pass("2.5", 1, 2, 11),
        pass("2.5", 1, 4, 31),
    ];
    assert_eq!(last_pixels(&open(files).expect("opens")), [10, 11]);
    let counted_anew = vec![
        pass("0.0", 2, 1, 30),
        pass("0.0", 1, 1, 10),
        pass("2.5", 1, 2, 11),
        pass("2.5", 2, 2, 31),
    ];
    assert_eq!(last_pixels(&open(counted_anew).expect("opens")), [10, 11]);
}

#[test]
fn frames_of_several_phases_in_any_order_are_told_apart_by_their_number() {
    let phases = open(vec![file("phantom_phases.dcm")]).expect("opens");
    assert!(phases.voxels == crate::fixture::expected("phantom.i16"));
}

#[test]
fn a_second_pass_between_the_slices_of_the_first_is_left_out() {
    let first = ["0.0", "2.5", "5.0"].map(|z| pass(z, 1, 1, 10));
    let between = ["1.0", "3.5", "6.0"].map(|z| pass(z, 2, 2, 20));
    let volume = open([first.to_vec(), between.to_vec()].concat()).expect("opens");
    assert_eq!(last_pixels(&volume), [10; 3]);
    assert_eq!(volume.slice_spacing_mm, Some(2.5));
    let said =
        |note: &String| note.starts_with("3 image(s) of another acquisition of the same region");
    assert!(volume.notes.iter().any(said), "{:?}", volume.notes);

    let beyond = ["7.0", "9.5"].map(|z| pass(z, 2, 2, 20));
    let volume = open([first.to_vec(), beyond.to_vec()].concat()).expect("opens");
    assert_eq!(volume.slices(), 5, "what is shown once stays");
    let halved = ["1.25", "3.75"].map(|z| pass(z, 2, 2, 20));
    let volume = open([first.to_vec(), halved.to_vec()].concat()).expect("opens");
    assert_eq!(volume.slices(), 5, "one scan, made in two passes");
}

#[test]
fn a_picture_of_a_series_that_does_not_say_where_it_lies_is_left_out() {
    let mut files = ["0.0", "2.5"].map(|z| slice(z, z, "1.2.3")).to_vec();
    files.push(located("1.0"));
    let volume = open(files).expect("opens");
    assert_eq!(volume.slice_positions_mm, [0.0, 2.5]);
    let said = |note: &String| note.starts_with("1 image(s) that do not say where they lie");
    assert!(volume.notes.iter().any(said), "{:?}", volume.notes);
}

#[test]
fn an_axial_ct_series_comes_before_longer_ones() {
    let changed = |mut file: NamedFile, old: &[u8], new: &[u8]| {
        file.bytes = replace(&file.bytes, old, new);
        file
    };
    let axial = b"1.000000\\0.000000\\0.000000\\0.000000\\1.000000\\0.000000";
    let coronal = b"1.000000\\0.000000\\0.000000\\0.000000\\0.00000\\-1.000000";
    let (ct, pet) = (b"CS\x02\x00CT", b"CS\x02\x00PT");
    for other in ["coronal", "pet"] {
        let longer = ["0.0", "1.0", "2.0"].map(|z| match other {
            "coronal" => changed(slice(z, z, "1.2.4"), axial, coronal),
            _ => changed(slice(z, z, "1.2.4"), ct, pet),
        });
        let mut files = longer.to_vec();
        files.extend(["10.0", "11.0"].map(|z| slice(z, z, "1.2.3")));
        let volume = open(files).expect("opens");
        assert_eq!(volume.slices(), 2, "{other}");
        let said = |note: &String| note.contains("axial CT series with most slices (2)");
        assert!(volume.notes.iter().any(said), "{:?}", volume.notes);
    }
}

#[test]
fn what_cannot_be_read_beside_a_scan_is_left_out() {
    let volume = open(vec![file("jpeg_ls.dcm"), file("lidc_explicit.dcm")]).expect("opens");
    assert_eq!(volume.slices(), 1);
    let said = |note: &String| {
        note.starts_with(
            "1 DICOM file(s) could not be read and were left out: “jpeg_ls.dcm”: JPEG-LS",
        )
    };
    assert!(volume.notes.iter().any(said), "{:?}", volume.notes);
    let two = vec![file("jpeg_ls.dcm"), file("jpeg_ls.dcm")];
    assert!(matches!(open(two), Err(OpenError::InFile { .. })));
}
