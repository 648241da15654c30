//! Several reconstructions of one acquisition in one series: another thickness, another kernel.

use model::open::NamedFile;
use model::volume::Volume;

use crate::fixture::replace;
use crate::slices::{numbered, open, slice, thick};

const SAID: &str = "Left out: 2 images of another thickness or kernel.";

/// A slice of a reconstruction, with its number and the value of its last pixel.
fn made(z: &str, (mm, kernel): ([u8; 4], &[u8; 4]), number: u8, hu: u8) -> NamedFile {
    let mut file = thick(z, mm);
    let next = b"\x20\x00\x0e\x00UI";
    let element = [b"\x18\x00\x10\x12SH\x04\x00", &kernel[..], next].concat();
    file.bytes = replace(&file.bytes, next, &element);
    let instance = |number| [b"\x20\x00\x13\x00IS\x02\x00".as_slice(), &[number, b' ']].concat();
    file.bytes = replace(&file.bytes, &instance(b'1'), &instance(b'0' + number));
    let last = file.bytes.len() - 2;
    // With its intercept of -1024.
    file.bytes[last..].copy_from_slice(&[hu, 4]);
    file
}

const SHARP: ([u8; 4], &[u8; 4]) = (*b"1.00", b"B70f");
const SOFT: ([u8; 4], &[u8; 4]) = (*b"5.00", b"B31f");

/// The last pixel of each slice.
fn last_pixels(volume: &Volume) -> Vec<i16> {
    let slices = (0..volume.slices()).filter_map(|i| volume.slice(i)?.last());
    slices.copied().collect()
}

/// Thin slices, and thick ones with lower numbers in the places of some.
fn mixed() -> Vec<NamedFile> {
    let thick = ["0.0", "5.0"].map(|z| made(z, SOFT, 1, 50));
    let thin = ["0.0", "1.0", "2.0", "3.0", "4.0", "5.0"].map(|z| made(z, SHARP, 2, 10));
    [thick.to_vec(), thin.to_vec()].concat()
}

fn without_places(mut files: Vec<NamedFile>) -> Vec<NamedFile> {
    for file in &mut files {
        file.bytes = replace(&file.bytes, b"\x20\x00\x32\x00DS", b"\x20\x00\x33\x00DS");
    }
    files
}

#[test]
fn thick_soft_slices_do_not_take_the_places_of_thin_sharp_ones() {
    let volume = open(mixed()).expect("opens");
    assert_eq!(last_pixels(&volume), [10; 6]);
    assert_eq!(
        (volume.slice_spacing_mm, volume.slice_thickness_mm),
        (Some(1.0), Some(1.0))
    );
    assert_eq!(volume.notes, [SAID]);
}

#[test]
fn nor_do_they_lie_between_them_where_no_places_are_said() {
    let thick = [("0.0", 1), ("5.0", 2)].map(|(z, number)| made(z, SOFT, number, 50));
    let thin = [("0.0", 1), ("1.0", 2), ("2.0", 3)].map(|(z, number)| made(z, SHARP, number, 10));
    let files = without_places([thick.to_vec(), thin.to_vec()].concat());
    let volume = open(files).expect("opens");
    assert_eq!(last_pixels(&volume), [10; 3]);
    assert!(
        volume.notes.iter().any(|note| note == SAID),
        "{:?}",
        volume.notes
    );
}

#[test]
fn of_two_kernels_with_as_many_slices_the_one_that_comes_first_is_opened() {
    let lung = ["0.0", "1.0"].map(|z| made(z, (*b"1.00", b"B70f"), 2, 10));
    let soft = ["0.0", "1.0"].map(|z| made(z, (*b"1.00", b"B31f"), 1, 50));
    for files in [[lung.clone(), soft.clone()], [soft, lung]] {
        let volume = open(files.concat()).expect("opens");
        assert_eq!(last_pixels(&volume), [50; 2]);
        assert_eq!(volume.notes, [SAID]);
    }
}

#[test]
fn a_part_of_the_patient_that_only_thick_slices_show_stays() {
    let thin = ["0.0", "1.0", "2.0"].map(|z| made(z, SHARP, 1, 10));
    let thick = ["5.0", "10.0"].map(|z| made(z, SOFT, 2, 50));
    let volume = open([thin.to_vec(), thick.to_vec()].concat()).expect("opens");
    assert_eq!(last_pixels(&volume), [10, 10, 10, 50, 50]);
}

#[test]
fn a_part_in_the_middle_that_only_thin_slices_show_stays() {
    let thick = ["0.0", "5.0", "10.0", "15.0", "35.0", "40.0"].map(|z| made(z, SOFT, 1, 50));
    let thin = ["20.0", "21.0", "22.0", "23.0", "24.0"].map(|z| made(z, SHARP, 2, 10));
    let volume = open([thick.to_vec(), thin.to_vec()].concat()).expect("opens");
    let shown = [50, 50, 50, 50, 10, 10, 10, 10, 10, 50, 50];
    assert_eq!(last_pixels(&volume), shown);
}

#[test]
fn what_a_file_does_not_say_is_as_in_the_others() {
    let mut files = ["0.0", "1.0", "2.0", "3.0"].map(|z| made(z, SHARP, 1, 10));
    files[1].bytes = replace(
        &files[1].bytes,
        b"\x18\x00\x50\x00DS",
        b"\x18\x00\x51\x00DS",
    );
    files[2].bytes = replace(
        &files[2].bytes,
        b"\x18\x00\x10\x12SH",
        b"\x18\x00\x11\x12SH",
    );
    let volume = open(files.to_vec()).expect("opens");
    assert_eq!(volume.slice_positions_mm, [0.0, 1.0, 2.0, 3.0]);
}

#[test]
fn slices_a_little_thicker_and_thinner_are_of_one_make() {
    let thicknesses = [*b"0.94", *b"1.06", *b"1.00", *b"0.97"];
    let heights = ["0.0", "1.0", "2.0", "3.0"].into_iter().zip(thicknesses);
    let files = heights
        .map(|(z, mm)| made(z, (mm, b"B70f"), 1, 10))
        .collect();
    let volume = open(files).expect("opens");
    assert_eq!(volume.slice_positions_mm, [0.0, 1.0, 2.0, 3.0]);
}

#[test]
fn without_places_slices_of_another_make_with_numbers_of_their_own_stay() {
    let neck = ["0.0", "1.0"].into_iter().zip([1, 2]);
    let neck = neck.map(|(z, number)| made(z, SOFT, number, 50));
    let chest = ["2.0", "3.0", "4.0"].into_iter().zip([3, 4, 5]);
    let chest = chest.map(|(z, number)| made(z, SHARP, number, 10));
    let volume = open(without_places(neck.chain(chest).collect())).expect("opens");
    assert_eq!(last_pixels(&volume), [50, 50, 10, 10, 10]);
}

#[test]
fn files_without_a_number_belong_to_the_series_that_has_one() {
    let mut files = ["0.0", "2.0"]
        .map(|z| numbered(slice(z, z, "1.2.3"), *b"2 "))
        .to_vec();
    files.extend(["1.0", "3.0"].map(|z| slice(z, z, "1.2.3")));
    let volume = open(files).expect("opens");
    assert_eq!(volume.slice_positions_mm, [0.0, 1.0, 2.0, 3.0]);
}

#[test]
fn files_of_one_series_with_two_numbers_are_two_series() {
    for uid in ["1.2.3", ""] {
        let of = |z: &str, number| {
            let mut file = numbered(slice(z, z, "1.2.3"), number);
            let named = b"UI\x06\x001.2.3\0";
            let length = [uid.len().next_multiple_of(2) as u8, 0];
            let mut padded = uid.as_bytes().to_vec();
            padded.resize(uid.len().next_multiple_of(2), 0);
            file.bytes = replace(&file.bytes, named, &[b"UI", &length[..], &padded].concat());
            file
        };
        let mut files = ["0.5", "1.5"].map(|z| of(z, *b"2 ")).to_vec();
        files.extend(["0.0", "1.0", "2.0"].map(|z| of(z, *b"3 ")));
        let volume = open(files).expect("opens");
        assert_eq!(volume.slice_positions_mm, [0.0, 1.0, 2.0], "{uid}");
        let said = |note: &String| note.contains("2 series found");
        assert!(volume.notes.iter().any(said), "{:?}", volume.notes);
    }
}
