//! Which slices make up a series, in which order, and what the user is told about it.

use model::open::{FoundSeries, NamedFile, OpenError, Opened, open_files, open_series};

use model::volume::Volume;

use crate::fixture::{bytes, file, replace, zip_of};
use crate::slices::{located, numbered, open, slice, thick};

#[test]
fn slices_are_sorted_and_gaps_are_told() {
    let files = ["-20.0", "-30.0", "-22.5", "-25.0"].map(|z| slice(z, z, "1.2.3"));
    let volume = open(files.to_vec()).expect("opens");
    assert_eq!(volume.slices(), 4);
    assert_eq!(volume.slice_spacing_mm, Some(2.5));
    assert_eq!(volume.slice_positions_mm, [-30.0, -25.0, -22.5, -20.0]);
    assert!(volume.is_oriented);
    assert_eq!(volume.steps_mm(), [5.0, 2.5, 2.5]);
    assert_eq!(volume.slabs_mm(), [5.0, 3.75, 2.5, 2.5]);
    assert_eq!(volume.goes_on(), [true; 4], "one thin slice is missing");
    assert!((volume.patient_from_voxel.expect("a place")[2][3] + 30.0).abs() < 1e-9);
    assert!(
        volume
            .notes
            .iter()
            .any(|note| note.contains("seems to lack about 1 slice;")),
        "{:?}",
        volume.notes
    );
}

#[test]
fn a_scan_does_not_go_on_over_a_gap() {
    let files = ["0.0", "2.5", "5.0", "35.0", "37.5"].map(|z| slice(z, z, "1.2.3"));
    let volume = open(files.to_vec()).expect("opens");
    assert_eq!(volume.goes_on(), [true, true, false, true, true]);
    assert_eq!(volume.gaps(), [2]);
}

#[test]
fn thin_slices_far_apart_show_nothing_whole() {
    let scan = |places: [&str; 4], mm| {
        let files = places.map(|z| thick(z, mm));
        open(files.to_vec()).expect("opens")
    };
    // HRCT of 1.25 mm, every 10 mm.
    let sampled = scan(["0", "10", "20", "30"], *b"1.25");
    assert!(!sampled.slices_touch() && sampled.slabs_mm().is_empty());
    assert_eq!(sampled.goes_on(), [false, false, false, true]);
    assert_eq!(sampled.gaps(), [0, 1, 2, 3]);
    let said = "Slices are 1.25 mm thick and 10.00 mm apart: what lies between is not shown.";
    assert!(
        sampled.notes.iter().any(|note| note == said),
        "{:?}",
        sampled.notes
    );
    // Closer ones may be linked, but not measured.
    let close = scan(["0", "3", "6", "9"], *b"1.25");
    assert_eq!(close.goes_on(), [true; 4]);
    assert_eq!(
        (close.gaps(), close.slabs_mm().len()),
        (vec![0, 1, 2, 3], 0)
    );

    for (places, mm) in [
        (["0", "10", "20", "30"], *b"10.0"),
        (["0", "1", "2", "3"], *b"1.25"),
    ] {
        let touching = scan(places, mm);
        assert_eq!(
            (touching.goes_on(), touching.gaps()),
            (vec![true; 4], vec![])
        );
        assert_eq!(
            (touching.slabs_mm().len(), &touching.notes[..]),
            (4, &[][..])
        );
    }
}

#[test]
fn no_scan_goes_on_over_two_centimetres() {
    let volume = Volume {
        slice_thickness_mm: None,
        ..open(["0", "20", "40"].map(|z| slice(z, z, "1.2.3")).to_vec()).expect("opens")
    };
    assert_eq!(volume.goes_on(), [false, false, true]);
    assert_eq!(volume.gaps(), [0, 1]);
}

#[test]
fn slices_without_a_position_are_as_far_apart_as_their_locations() {
    let files = ["20.0", "0.0", "10.0"].map(located);
    let volume = open(files.to_vec()).expect("opens");
    assert_eq!(volume.slices(), 3);
    assert_eq!(volume.slice_spacing_mm, Some(10.0), "not their thickness");
    assert!(!volume.is_oriented, "locations may count from the head");
    assert_eq!(volume.slice_positions_mm, [0.0, 10.0, 20.0]);
    assert_eq!(volume.patient_from_voxel, None);
    let said = "The files do not say where each slice lies; they are in the order of their locations along the table.";
    assert!(
        volume.notes.iter().any(|note| note == said),
        "{:?}",
        volume.notes
    );
    // How thick a slice is does not tell it.
    let files = ["5.0", "5.0"].map(located);
    assert_eq!(open(files.to_vec()).expect("opens").slice_spacing_mm, None);
}

#[test]
fn gaps_between_locations_are_told_and_what_is_there_twice_counts_once() {
    let files = ["0.0", "2.5", "2.5", "5.0", "20.0"].map(located);
    let volume = open(files.to_vec()).expect("opens");
    assert_eq!(volume.slice_positions_mm, [0.0, 2.5, 5.0, 20.0]);
    assert_eq!(
        (volume.slice_spacing_mm, volume.gaps()),
        (Some(2.5), vec![2])
    );
    for said in [
        "Left out: 1 slice in the place of another.",
        "The series seems to lack about 5 slices;",
    ] {
        let mut notes = volume.notes.iter();
        assert!(
            notes.any(|note| note.starts_with(said)),
            "{:?}",
            volume.notes
        );
    }
}

#[test]
fn no_slice_is_lost_where_locations_are_rounded() {
    // 0.625 mm apart.
    let files = ["0", "1", "1", "2", "3", "3", "4", "4"].map(located);
    let volume = open(files.to_vec()).expect("opens");
    assert_eq!(volume.slices(), 8);
    assert!(volume.slice_positions_mm.is_empty());
    // Two phases are no rounding.
    let files = ["0", "0", "1", "1", "2", "2"].map(located);
    let volume = open(files.to_vec()).expect("opens");
    assert_eq!(volume.slice_positions_mm, [0.0, 1.0, 2.0]);
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

fn open_one(files: &[NamedFile], wanted: Option<usize>) -> Result<Opened, OpenError> {
    open_series(files.to_vec(), wanted, &mut |_, _| {})
}

/// A series of two slices with number 12, and one of three with number 9.
fn two_series() -> Vec<NamedFile> {
    let mut files = Vec::new();
    files.extend(["10.0", "11.0"].map(|z| numbered(slice(z, z, "1.2.3"), *b"12")));
    files.extend(["0.0", "2.0", "4.0"].map(|z| numbered(slice(z, z, "1.2.4"), *b"9 ")));
    files
}

#[test]
fn all_series_are_told_in_the_order_of_their_numbers() {
    let Opened {
        volume,
        series,
        chosen,
        ..
    } = open_one(&two_series(), None).expect("opens");
    let slices: Vec<usize> = series.iter().map(|it| it.slices).collect();
    assert_eq!((volume.slices(), chosen), (3, 0));
    assert_eq!(slices, [3, 2]);
    let numbers: Vec<Option<i32>> = series.iter().map(|it| it.number).collect();
    assert_eq!(numbers, [Some(9), Some(12)]);
    let thickness = |it: &FoundSeries| it.thickness_mm == Some(2.5);
    assert!(series.iter().all(thickness), "{series:?}");
    let patient = (0x10, 0x20);
    let mut said = series.iter().flat_map(|it| &it.described);
    assert!(said.all(|it| it.tag != patient));
}

#[test]
fn a_series_without_a_number_comes_last() {
    let mut files = vec![slice("a", "20.0", "1.2.0")];
    files.extend(two_series());
    let opened = open_one(&files, None).expect("opens");
    let numbers: Vec<Option<i32>> = opened.series.iter().map(|it| it.number).collect();
    assert_eq!(numbers, [Some(9), Some(12), None]);
}

#[test]
fn another_series_of_the_same_files_is_opened() {
    let files = two_series();
    let other = open_one(&files, Some(1)).expect("opens");
    assert_eq!((other.volume.slices(), other.chosen), (2, 1));
    assert_eq!(other.volume.slice_positions_mm, [10.0, 11.0]);
    assert_eq!(other.series.len(), 2);
    let is_on_choice = |note: &String| note.contains("most slices");
    assert!(!other.volume.notes.iter().any(is_on_choice));
    let zip = NamedFile {
        name: "scans.zip".to_owned(),
        bytes: zip_of(&files.into_iter().map(|it| it.bytes).collect::<Vec<_>>()),
    };
    let of_zip = |wanted| {
        let opened = open_one(std::slice::from_ref(&zip), wanted).expect("opens");
        opened.volume.slices()
    };
    assert_eq!((of_zip(None), of_zip(Some(1))), (3, 2));
}

#[test]
fn a_series_that_is_not_there_is_refused() {
    let refused = open_one(&two_series(), Some(2)).expect_err("there are two");
    assert_eq!(refused, OpenError::NoSuchSeries);
}

#[test]
fn what_is_no_axial_ct_cannot_be_chosen_beside_one() {
    let mut files = two_series();
    for file in &mut files[2..] {
        file.bytes = replace(&file.bytes, b"CS\x02\x00CT", b"CS\x02\x00PT");
    }
    let opened = open_one(&files, None).expect("opens");
    assert_eq!((opened.series.len(), opened.volume.slices()), (1, 2));
}

#[test]
fn a_single_image_is_its_own_series_and_pictures_are_none() {
    let one = open_one(&[slice("a", "0.0", "1.2.3")], None).expect("opens");
    assert_eq!((one.series.len(), one.chosen), (1, 0));
    let picture = open_one(&[file("grey8.png")], None).expect("opens");
    assert!(picture.series.is_empty());
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
fn series_of_two_patients_are_told_apart() {
    let of = |name: &str, z: &str, series: &str, patient: &[u8]| {
        let mut file = slice(name, z, series);
        file.bytes = replace(&file.bytes, b"secret-id", patient);
        file
    };
    let mine = |name, z, series| of(name, z, series, b"secret-id");
    let theirs = |name, z, series| of(name, z, series, b"secret-ie");
    let patients = |files: &[NamedFile]| -> Vec<Option<usize>> {
        let series = open_one(files, None).expect("opens").series;
        series.iter().map(|it| it.patient).collect()
    };
    let (first, second) = (mine("a", "0.0", "1.2.3"), theirs("b", "0.0", "1.2.4"));
    assert_eq!(
        patients(&[first.clone(), second.clone()]),
        [Some(0), Some(1)]
    );
    let own = mine("b", "0.0", "1.2.4");
    assert_eq!(patients(&[first.clone(), own]), [None, None]);
    // One that holds files of both is of neither.
    let mixed = [first, second, mine("c", "1.0", "1.2.4")];
    assert_eq!(patients(&mixed), [Some(0), None]);
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
fn slices_that_are_moved_in_the_middle_of_a_series_are_not_of_a_tilted_gantry() {
    let files = ["0.0", "2.5", "5.0", "7.5"].map(|z| {
        let mut file = slice(z, z, "1.2.3");
        if z >= "5.0" {
            let at = |y| format!("-166.00\\-{y}.70\\{z}").into_bytes();
            file.bytes = replace(&file.bytes, &at(171), &at(151));
        }
        file
    });
    let notes = open(files.to_vec()).expect("opens").notes;
    let said = "The slices are shifted against each other: places in the patient are not exact.";
    assert_eq!(notes, [said]);
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
