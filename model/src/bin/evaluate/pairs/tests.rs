use super::*;

/// A folder with such files, all empty.
fn folder(name: &str, files: &[&str]) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("neurocare-{}-{name}", std::process::id()));
    for file in files {
        let path = folder.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, []).unwrap();
    }
    folder
}

/// Name, image and marks of every pair, as paths below the folder.
fn found(name: &str, files: &[&str]) -> Vec<(String, String, Option<String>)> {
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

fn expected(pairs: &[(&str, &str, &str)]) -> Vec<(String, String, Option<String>)> {
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
        "too/far/away/ct.nii",
        "too/far/away/mask.nii",
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
    assert!(
        said.contains("NAME_image") && said.contains("imagesTr"),
        "{said}"
    );
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
