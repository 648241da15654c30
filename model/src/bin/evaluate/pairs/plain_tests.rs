//! Images without a word, sessions of subjects, and marks of single readers.

use std::path::Path;

use super::is_of_one_reader;
use super::pairs;
use super::tests::{expected, folder, found};

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
fn images_and_marks_may_be_headers_with_voxels_beside_them() {
    let files = [
        "P_image.hdr",
        "P_image.img",
        "P_mask.hdr.gz",
        "P_mask.img.gz",
        "Q.mhd",
        "Q.raw",
        "Q_seg.nhdr",
        "Q_seg.raw.gz",
    ];
    let pairs = [
        ("P", "P_image.hdr", "P_mask.hdr.gz"),
        ("Q", "Q.mhd", "Q_seg.nhdr"),
    ];
    assert_eq!(found("headers", &files), expected(&pairs));
}

/// As 3D Slicer writes them, and other programs label maps in the same formats.
#[test]
fn marks_need_not_be_nifti_where_the_image_is() {
    for (image, marks) in [
        ("P.nii.gz", "P.seg.nrrd"),
        ("P_ct.nii.gz", "P.seg.nrrd"),
        ("P_image.nrrd", "P.seg.nhdr"),
        ("P.nrrd", "P_mask.seg.nrrd"),
        ("P_ct.nrrd", "P-Segmentation.seg.nrrd"),
        ("P.mha", "P_mask.mha"),
        ("P_image.nii.gz", "P_label.mha"),
        ("images/P.nii.gz", "labels/P.nrrd"),
        ("images/P.nii.gz", "labels/P.mha"),
        ("images/P.nii.gz", "labels/P.seg.nrrd"),
        ("images/P_0000.nii.gz", "labels/P.seg.nrrd"),
    ] {
        let found = found("slicer", &[image, marks]);
        assert_eq!(found, expected(&[("P", image, marks)]), "{image} {marks}");
    }
    // Dots are part of names; a word before the dot is one, too.
    let files = ["x.1.nii", "x.1.seg.nrrd", "a_ct.nrrd", "a_ct.seg.nrrd"];
    let pairs = [
        ("a_ct", "a_ct.nrrd", "a_ct.seg.nrrd"),
        ("x.1", "x.1.nii", "x.1.seg.nrrd"),
    ];
    assert_eq!(found("slicer-dots", &files), expected(&pairs));
    let files = ["P1/ct.nrrd", "P1/Segmentation.seg.nrrd"];
    let pair = ("P1", files[0], files[1]);
    assert_eq!(found("slicer-folder", &files), expected(&[pair]));
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

#[test]
fn boxes_are_those_of_the_folder_around_where_a_patient_s_has_none() {
    let files = [
        "boxes.csv",
        "P1/thorax_ct.nii.gz",
        "P2/P2.nii.gz",
        "P2/notes.txt",
    ];
    let pairs = [
        ("P2", "P2/P2.nii.gz", ""),
        ("thorax", "P1/thorax_ct.nii.gz", ""),
    ];
    assert_eq!(found("boxes-around", &files), expected(&pairs));
}

#[test]
fn where_boxes_are_a_volume_needs_no_word_unless_others_have_one() {
    let plain = found("boxes-plain", &["boxes.csv", "P1.nii", "P2-a.nii.gz"]);
    assert_eq!(
        plain,
        expected(&[("P1", "P1.nii", ""), ("P2-a", "P2-a.nii.gz", "")])
    );
    let worded = found("boxes-worded", &["boxes.csv", "P1_ct.nii", "P1_pet.nii"]);
    assert_eq!(worded, expected(&[("P1", "P1_ct.nii", "")]));
}

/// The folder of all data, one of which has crops: strips are no slices.
#[test]
fn a_folder_of_crops_among_others_is_told() {
    let files = [
        "crops/images/P.png",
        "crops/masks/P.png",
        "scans/P_ct.nii",
        "scans/P_seg.nii",
    ];
    let folder = folder("crops-among", &files);
    std::fs::write(folder.join("crops/index.csv"), "patient,row\nP,0\n").unwrap();
    let found = pairs(&folder).unwrap();
    let names: Vec<&str> = found.pairs.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["P"]);
    assert_eq!(found.of_crops, [folder.join("crops")]);
    std::fs::remove_dir_all(folder.join("scans")).unwrap();
    let said = pairs(&folder).unwrap_err().to_string();
    assert!(said.contains("scored on its own, as --data"), "{said}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn files_that_are_not_read_are_told() {
    let folder = folder("foreign", &["P1/scan.npy"]);
    let said = pairs(&folder).unwrap_err().to_string();
    assert!(
        said.contains("scan.npy is of a kind that is not read here"),
        "{said}"
    );
    std::fs::remove_dir_all(folder).unwrap();
}
