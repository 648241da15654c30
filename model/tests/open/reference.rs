//! Reference masks on the grid of the open scan.

use model::open::{NamedFile, OpenError, Reference, open_reference};

use crate::fixture::{file, open};

#[test]
fn a_nifti_mask_is_turned_like_the_scan() {
    let Reference { masks, apart_mm } =
        open_reference(vec![file("phantom_mask.nii")], &open("phantom_prone.zip")).expect("opens");
    assert_eq!(apart_mm, None);
    assert_eq!(masks.len(), 6);
    let set: usize = masks.iter().map(model::mask::Mask::area_px).sum();
    assert_eq!(set, 2);
    assert!(masks[4].contains(3, 15) && masks[0].contains(1, 2));
}

#[test]
fn a_picture_marks_whatever_is_not_black() {
    let scan = open("rgb.png");
    let opened = open_reference(vec![file("grey8.png")], &scan).expect("opens");
    assert_eq!(opened.apart_mm, None, "a picture says nothing of its place");
    let masks = opened.masks;
    let expected = crate::fixture::expected("grey8.i16")
        .iter()
        .filter(|&&level| level > 0)
        .count();
    assert_eq!((masks.len(), masks[0].area_px()), (1, expected));
}

#[test]
fn a_dark_grey_16_bit_picture_still_marks() {
    // The first pixel is 1 of 65535, which the image's 15 bits would round to black.
    let opened = open_reference(vec![file("grey16.png")], &open("rgb.png")).expect("opens");
    assert!(opened.masks[0].contains(0, 0));
}

#[test]
fn a_mask_of_another_scan_is_refused() {
    let error =
        open_reference(vec![file("phantom_mask.nii")], &open("rgb.png")).expect_err("sizes differ");
    assert!(matches!(error, OpenError::MaskSize { .. }), "{error}");
    assert!(
        error.to_string().contains("20 × 16 × 6") && error.to_string().contains("12 × 10 × 1"),
        "{error}"
    );
}

#[test]
fn a_mask_that_lies_elsewhere_says_how_far() {
    let mut scan = open("phantom_prone.zip");
    let affine = scan.patient_from_voxel.as_mut().expect("a place");
    affine[0][3] += 3.0;
    affine[2][3] -= 4.0;
    let moved = open_reference(vec![file("phantom_mask.nii")], &scan).expect("opens");
    assert!((moved.apart_mm.expect("elsewhere") - 5.0).abs() < 1e-3);
    // With other distances of slices; the first one stays.
    let mut scan = open("phantom_prone.zip");
    let affine = scan.patient_from_voxel.as_mut().expect("a place");
    affine[2][2] *= 2.0;
    let stretched = open_reference(vec![file("phantom_mask.nii")], &scan).expect("opens");
    assert!(stretched.apart_mm.is_some());
    scan.patient_from_voxel = None;
    let placeless = open_reference(vec![file("phantom_mask.nii")], &scan).expect("opens");
    assert_eq!(placeless.apart_mm, None);
}

#[test]
fn text_is_no_mask() {
    let text = NamedFile {
        name: "mask.nii".to_owned(),
        bytes: b"no mask".to_vec(),
    };
    assert_eq!(
        open_reference(vec![text], &open("rgb.png")),
        Err(OpenError::MaskFormat)
    );
}
