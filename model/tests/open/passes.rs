//! Slices of which several lie in one place: phases, and second passes over the same region.

use model::open::NamedFile;
use model::volume::Volume;

use crate::fixture::{file, replace};
use crate::slices::{open, slice};

#[test]
fn slices_in_the_same_place_count_once() {
    let files = ["0.0", "2.5", "2.5"].map(|z| slice(z, z, "1.2.3"));
    let volume = open(files.to_vec()).expect("opens");
    assert_eq!(volume.slices(), 2);
    assert!(
        volume
            .notes
            .iter()
            .any(|note| note == "Left out: 1 slice in the place of another."),
        "{:?}",
        volume.notes
    );
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
fn last_pixels(volume: &Volume) -> Vec<i16> {
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
        |note: &String| note == "Left out: 3 images of another acquisition of the same region.";
    assert!(volume.notes.iter().any(said), "{:?}", volume.notes);

    let beyond = ["7.0", "9.5"].map(|z| pass(z, 2, 2, 20));
    let volume = open([first.to_vec(), beyond.to_vec()].concat()).expect("opens");
    assert_eq!(volume.slices(), 5, "what is shown once stays");
    let halved = ["1.25", "3.75"].map(|z| pass(z, 2, 2, 20));
    let volume = open([first.to_vec(), halved.to_vec()].concat()).expect("opens");
    assert_eq!(volume.slices(), 5, "one scan, made in two passes");
}
