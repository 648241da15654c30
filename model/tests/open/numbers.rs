//! What the file calls its images.

use model::open::open_files;

use crate::fixture::{file, open as fixture, replace};

#[test]
fn slices_keep_the_numbers_that_their_images_have_in_the_file() {
    // `make.py` numbers the images by the order of its files, and the frames from the head.
    assert_eq!(
        fixture("phantom_supine.zip").instance_numbers,
        [1, 3, 5, 0, 4, 2]
    );
    assert_eq!(
        fixture("phantom_multiframe.dcm").instance_numbers,
        [6, 5, 4, 3, 2, 1]
    );
    for without in ["phantom_lps.nii", "rgb.png"] {
        assert!(fixture(without).instance_numbers.is_empty(), "{without}");
    }
}

#[test]
fn what_is_no_number_of_an_image_is_none() {
    let number = |text: &[u8; 2]| [b"\x20\x00\x13\x00IS\x02\x00".as_slice(), text].concat();
    for (text, numbers) in [
        (b"7 ", vec![7]),
        (b".5", vec![]),
        (b"-1", vec![]),
        (b"9E", vec![]),
    ] {
        let mut one = file("lidc_explicit.dcm");
        one.bytes = replace(&one.bytes, &number(b"1 "), &number(text));
        let volume = open_files(vec![one], &mut |_, _| {}).unwrap();
        assert_eq!(volume.instance_numbers, numbers);
    }
}
