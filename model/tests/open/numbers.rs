//! What the file calls its images.

use crate::fixture::open as fixture;

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
