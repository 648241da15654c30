//! Images without a word, sessions of subjects, and marks of single readers.

use std::path::Path;

use super::is_of_one_reader;
use super::tests::{expected, found};

#[test]
fn an_image_may_be_called_as_its_case_is() {
    for word in ["seg", "mask", "label", "Marks"] {
        for join in ["_", "-"] {
            for ending in ["nii.gz", "nii", "png"] {
                let (image, marks) = (format!("x.1.{ending}"), format!("x.1{join}{word}.{ending}"));
                let pair = ("x.1", image.as_str(), marks.as_str());
                assert_eq!(found("plain", &[&image, &marks]), expected(&[pair]));
            }
        }
    }
    let files = ["a_ct.nii", "a_ct_seg.nii.gz", "b_1.nii", "b_1_mask.nii"];
    let pairs = [
        ("a_ct", "a_ct.nii", "a_ct_seg.nii.gz"),
        ("b_1", "b_1.nii", "b_1_mask.nii"),
    ];
    assert_eq!(found("plain-parts", &files), expected(&pairs));
}

#[test]
fn an_image_with_a_word_goes_before_one_without() {
    let files = [
        "a.nii",
        "a_image.nii",
        "a_seg.nii",
        "c.nii",
        "d.nii",
        "c_seg.png",
    ];
    let pair = ("a", "a_image.nii", "a_seg.nii");
    assert_eq!(found("worded", &files), expected(&[pair]));
}

#[test]
fn sessions_of_a_subject_lie_three_folders_deep() {
    let files = [
        "sub-01/ses-01/anat/sub-01_ses-01_ct.nii.gz",
        "sub-01/ses-01/anat/sub-01_ses-01_seg.nii.gz",
        "sub-02/ses-01/anat/ct.nii.gz",
        "sub-02/ses-01/anat/seg.nii.gz",
    ];
    let pairs = [
        ("sub-01_ses-01", files[0], files[1]),
        ("sub-02/ses-01/anat", files[2], files[3]),
    ];
    assert_eq!(found("sessions", &files), expected(&pairs));
}

#[test]
fn marks_of_single_readers_have_numbers() {
    for name in ["p_marks1.nii.gz", "p_seg_4.nii", "x/p-mask-02.png"] {
        assert!(is_of_one_reader(Path::new(name)), "{name}");
    }
    for name in ["p_marks.nii.gz", "p_001.nii", "mask_7.nii.gz", "seg1.nii"] {
        assert!(!is_of_one_reader(Path::new(name)), "{name}");
    }
}
