//! Images and marks find each other in folders as people keep them.

use super::*;

/// A folder with such files, all empty.
pub(super) fn folder(name: &str, files: &[&str]) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("neurocare-{}-{name}", std::process::id()));
    for file in files {
        let path = folder.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, []).unwrap();
    }
    folder
}

/// Name, image and marks of every pair, as paths below the folder.
pub(super) fn found(name: &str, files: &[&str]) -> Vec<(String, String, Option<String>)> {
    let folder = folder(name, files);
    let below = |path: &PathBuf| {
        let path = path.strip_prefix(&folder).unwrap();
        path.to_string_lossy().into_owned()
    };
    let all = pairs(&folder).unwrap().pairs;
    let all = all
        .iter()
        .map(|it| {
            (
                it.name.clone(),
                below(&it.image),
                it.marks.as_ref().map(below),
            )
        })
        .collect();
    std::fs::remove_dir_all(&folder).unwrap();
    all
}

pub(super) fn expected(pairs: &[(&str, &str, &str)]) -> Vec<(String, String, Option<String>)> {
    let owned = |text: &str| text.to_owned();
    let pair = |&(name, image, marks): &(&str, &str, &str)| {
        let marks = (!marks.is_empty()).then(|| owned(marks));
        (owned(name), owned(image), marks)
    };
    pairs.iter().map(pair).collect()
}

#[test]
fn image_and_marks_lie_beside_each_other() {
    let files = [
        "P1_image.nii.gz",
        "P1_marks.nii.gz",
        "P2_image.nii",
        "Q_z-074.75_image.png",
        "Q_z-074.75_mask.png",
        "R_gt.nii.gz",
        "R_ct.nii.gz",
        "S_ct.nii",
        "S_image.nii",
        "S_mask.nii",
        "S_seg.nii",
        "notes.txt",
        "._P1_image.nii.gz",
        "contact-sheet.png",
    ];
    let pairs = [
        ("P1", "P1_image.nii.gz", "P1_marks.nii.gz"),
        ("P2", "P2_image.nii", ""),
        ("Q_z-074.75", "Q_z-074.75_image.png", "Q_z-074.75_mask.png"),
        ("R", "R_ct.nii.gz", "R_gt.nii.gz"),
        ("S", "S_image.nii", "S_mask.nii"),
    ];
    assert_eq!(found("beside", &files), expected(&pairs));
}

#[test]
fn each_case_has_a_folder() {
    let files = [
        "one/ct.nii.gz",
        "one/mask.nii.gz",
        "two/two_image.nii.gz",
        "two/two_seg.nii.gz",
    ];
    let pairs = [
        ("one", "one/ct.nii.gz", "one/mask.nii.gz"),
        ("two", "two/two_image.nii.gz", "two/two_seg.nii.gz"),
    ];
    assert_eq!(found("cases", &files), expected(&pairs));
}

#[test]
fn a_challenge_has_folders_of_images_and_of_labels() {
    let files = [
        "imagesTr/lung_001.nii.gz",
        "labelsTr/lung_001.nii.gz",
        "imagesTs/lung_002_0000.nii.gz",
        "labelsTs/lung_002.nii",
    ];
    let pairs = [
        (
            "lung_001",
            "imagesTr/lung_001.nii.gz",
            "labelsTr/lung_001.nii.gz",
        ),
        (
            "lung_002",
            "imagesTs/lung_002_0000.nii.gz",
            "labelsTs/lung_002.nii",
        ),
    ];
    assert_eq!(found("challenge", &files), expected(&pairs));
}

#[test]
fn marks_are_called_after_what_they_mark() {
    let words = [
        "tumour",
        "tumor",
        "lesion",
        "nodule",
        "gtv",
        "roi",
        "annotation",
    ];
    for word in words {
        let marks = format!("P_{word}.nii");
        let pair = ("P", "P_ct.nii", marks.as_str());
        assert_eq!(found(word, &["P_ct.nii", &marks]), expected(&[pair]));
    }
}

#[test]
fn studies_lie_in_the_folders_of_patients() {
    let files = [
        "P1/first/ct.nii",
        "P1/first/mask.nii",
        "P1/second/ct.nii",
        "P1/second/mask.nii",
        "P2/first/x_ct.nii",
        "P2/first/x_mask.nii",
        "part/imagesTr/lung_001.nii",
        "part/labelsTr/lung_001.nii",
        "much/too/far/away/ct.nii",
        "much/too/far/away/mask.nii",
    ];
    let pairs = [
        ("P1/first", "P1/first/ct.nii", "P1/first/mask.nii"),
        ("P1/second", "P1/second/ct.nii", "P1/second/mask.nii"),
        (
            "lung_001",
            "part/imagesTr/lung_001.nii",
            "part/labelsTr/lung_001.nii",
        ),
        ("x", "P2/first/x_ct.nii", "P2/first/x_mask.nii"),
    ];
    assert_eq!(found("levels", &files), expected(&pairs));
}

#[test]
fn what_has_no_marks_is_named() {
    let files = [
        "A_ct.nii",
        "A_image.nii",
        "A_mask.nii",
        "A_seg.nii",
        "B_ct.nii",
        "C.nii.gz",
        "D_scan.png",
        "imagesTr/lung_1.nii",
        "labelsTr/lung_1.nii",
        "labelsTr/lung_2.nii",
        "contact-sheet.png",
        "inner/volume.nii",
        "E_mask.nii",
        "F_seg.png",
    ];
    let folder = folder("left-out", &files);
    let left_out = pairs(&folder).unwrap().left_out;
    std::fs::remove_dir_all(&folder).unwrap();
    let below = left_out.iter().map(|it| it.strip_prefix(&folder).unwrap());
    let mut below: Vec<&Path> = below.collect();
    below.sort();
    let expected = [
        "B_ct.nii",
        "C.nii.gz",
        "D_scan.png",
        "E_mask.nii",
        "F_seg.png",
        "inner/volume.nii",
        "labelsTr/lung_2.nii",
    ];
    assert_eq!(below, expected.map(Path::new));
}

#[test]
fn a_folder_without_images_is_told_what_they_are_called() {
    let folder = folder("none", &["a.dcm"]);
    let said = pairs(&folder).unwrap_err().to_string();
    std::fs::remove_dir_all(&folder).unwrap();
    for word in [
        "index.csv",
        "NAME_image",
        "NAME_marks",
        "mask",
        "imagesTr",
        "labelsTr",
    ] {
        assert!(said.contains(word), "{said}");
    }
}

#[test]
fn an_image_that_is_there_twice_is_scored_once() {
    let files = [
        "P_image.nii",
        "P_image.nii.gz",
        "P_marks.nii.gz",
        "Q-ct.nii.gz",
        "Q_ct.nii.gz",
        "Q_mask.nii.gz",
    ];
    let pairs = [
        ("P", "P_image.nii", "P_marks.nii.gz"),
        ("Q", "Q-ct.nii.gz", "Q_mask.nii.gz"),
    ];
    assert_eq!(found("twice", &files), expected(&pairs));
    let files = [
        "imagesTr/lung_1.nii",
        "imagesTr/lung_1.nii.gz",
        "imagesTr/lung_1.png",
        "labelsTr/lung_1.nii",
        "labelsTr/lung_1.nii.gz",
        "labelsTr/lung_1.png",
    ];
    let pairs = [
        ("lung_1", "imagesTr/lung_1.nii", "labelsTr/lung_1.nii.gz"),
        ("lung_1", "imagesTr/lung_1.png", "labelsTr/lung_1.png"),
    ];
    assert_eq!(found("challenge-twice", &files), expected(&pairs));
    let folder = folder("twice-left-out", &files);
    let left_out = super::pairs(&folder).unwrap().left_out;
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(left_out.is_empty(), "{left_out:?}");
}

#[test]
fn a_folder_of_images_lies_beside_one_of_marks() {
    let folders = [
        ("images", "marks"),
        ("images", "mark"),
        ("images", "masks"),
        ("images", "mask"),
        ("images", "labels"),
        ("images", "label"),
        ("images", "segmentations"),
        ("images", "segmentation"),
        ("images", "seg"),
        ("image", "mask"),
        ("image", "label"),
        ("image", "masks"),
        ("Images", "Labels"),
        ("imgs", "gt"),
        ("ct", "seg"),
        ("volumes", "labels"),
        ("imagesVal", "labelsVal"),
    ];
    let names = [
        ("P.nii.gz", "P.nii.gz"),
        ("P_image.nii.gz", "P_marks.nii.gz"),
        ("P_image.nii.gz", "P_mask.nii"),
        ("P_image.nii", "P_seg.nii.gz"),
        ("P_ct.nii", "P_label.nii"),
        ("P_image.nii.gz", "P.nii.gz"),
        ("P_image.nii.gz", "P_image.nii.gz"),
        ("P.nii.gz", "P_segmentation.nii.gz"),
        ("P_0000.nii.gz", "P_mask.nii.gz"),
        ("image_P.nii.gz", "mask_P.nii.gz"),
        ("P_image.png", "P_mask.png"),
    ];
    for (images, marks) in folders {
        for (image, mark) in names {
            let (image, mark) = (format!("{images}/{image}"), format!("{marks}/{mark}"));
            let pair = ("P", image.as_str(), mark.as_str());
            let found = found("two-folders", &[&image, &mark]);
            assert_eq!(found, expected(&[pair]), "{image} {mark}");
        }
    }
}

#[test]
fn of_marks_beside_each_other_the_likelier_are_taken_and_nobody_elses() {
    let files = [
        "images/P1_image.nii.gz",
        "images/P10_image.nii.gz",
        "images/P2_image.nii.gz",
        "marks/P1_seg.nii.gz",
        "marks/P1_marks.nii.gz",
        "marks/P10_mask.nii.gz",
    ];
    let pairs = [
        ("P1", "images/P1_image.nii.gz", "marks/P1_marks.nii.gz"),
        ("P10", "images/P10_image.nii.gz", "marks/P10_mask.nii.gz"),
        ("P2", "images/P2_image.nii.gz", ""),
    ];
    assert_eq!(found("likelier", &files), expected(&pairs));
}

#[test]
fn a_word_may_stand_before_the_case() {
    let files = [
        "volume-0.nii",
        "segmentation-0.nii",
        "CT_7.nii.gz",
        "mask_7.nii.gz",
    ];
    let pairs = [
        ("0", "volume-0.nii", "segmentation-0.nii"),
        ("7", "CT_7.nii.gz", "mask_7.nii.gz"),
    ];
    assert_eq!(found("leading", &files), expected(&pairs));
}

/// Were both called `scan`, two patients would be taken for one.
#[test]
fn files_of_several_patients_that_are_called_the_same_have_the_names_of_their_folders() {
    let files = [
        "P1/scan_image.nii.gz",
        "P1/scan_mask.nii.gz",
        "P2/scan_image.nii.gz",
        "P2/scan_mask.nii.gz",
        "P3/images/0.nii.gz",
        "P3/labels/0.nii.gz",
    ];
    let pairs = [
        ("P1/scan", "P1/scan_image.nii.gz", "P1/scan_mask.nii.gz"),
        ("P2/scan", "P2/scan_image.nii.gz", "P2/scan_mask.nii.gz"),
        ("P3/0", "P3/images/0.nii.gz", "P3/labels/0.nii.gz"),
    ];
    assert_eq!(found("same-names", &files), expected(&pairs));
}

#[test]
fn folders_of_images_and_of_marks_hold_folders_of_patients() {
    let files = [
        "images/P1/ct.nii.gz",
        "masks/P1/seg.nii.gz",
        "images/P2/001.png",
        "images/P2/002.png",
        "masks/P2/001.png",
        "masks/P2/002.png",
    ];
    let pairs = [
        ("P1", "images/P1/ct.nii.gz", "masks/P1/seg.nii.gz"),
        ("P2/001", "images/P2/001.png", "masks/P2/001.png"),
        ("P2/002", "images/P2/002.png", "masks/P2/002.png"),
    ];
    assert_eq!(found("patients", &files), expected(&pairs));
}

/// The patients of such files, each with marks.
fn patients(name: &str, images: &[&str]) -> Vec<String> {
    let marks = images.iter().map(|it| it.replace("image", "marks"));
    let marks: Vec<String> = marks.collect();
    let marks = marks.iter().map(String::as_str);
    let folder = folder(
        name,
        &images.iter().copied().chain(marks).collect::<Vec<_>>(),
    );
    let patients = pairs(&folder).unwrap().pairs.into_iter();
    let patients = patients.map(|it| it.patient()).collect();
    std::fs::remove_dir_all(&folder).unwrap();
    patients
}

#[test]
fn patients_whose_names_begin_anew_in_each_part_are_not_one() {
    let anew = [
        "train/001/image.nii",
        "train/002/image.nii",
        "test/001/image.nii",
    ];
    let expected = ["test/001", "train/001", "train/002"];
    assert_eq!(patients("anew", &anew), expected);
    let files = ["train/001_image.nii", "test/001_image.nii"];
    assert_eq!(patients("anew-files", &files), ["test/001", "train/001"]);
    let on = [
        "train/P1_z-3_image.png",
        "train/P1_z-4_image.png",
        "test/P1_z-5_image.png",
        "test/P2_z-3_image.png",
    ];
    assert_eq!(patients("going-on", &on), ["P1", "P1", "P1", "P2"]);
    let studies = ["P1/a/image.nii", "P1/b/image.nii", "P2/a/image.nii"];
    assert_eq!(patients("studies", &studies), ["P1", "P1", "P2"]);
}
