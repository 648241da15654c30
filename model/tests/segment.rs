//! Segmenting scans with the program.
#![cfg(feature = "cli")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its example shall fail"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use model::open::{NamedFile, open_files, open_reference};
use model::window::Window;
use serde_json::{Value, json};

fn model() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The fixture under another series, and as another kind of image.
fn write(path: &Path, series: &str, modality: &str) {
    let original = std::fs::read(model().join("tests/fixtures/open/lidc_explicit.dcm")).unwrap();
    let mut bytes = original;
    for (old, new) in [
        (b"UI\x06\x001.2.3\0".as_slice(), series.as_bytes()),
        (b"\x08\x00\x60\x00CS\x02\x00CT", modality.as_bytes()),
    ] {
        let is_there = |at: &usize| bytes[*at..].starts_with(old);
        let end =
            (0..bytes.len()).find(is_there).unwrap() + old.len() - usize::from(new.len() == 5);
        bytes[end - new.len()..end].copy_from_slice(new);
    }
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// The folders of results, and what was said.
fn segment(files: &[PathBuf], out: &Path) -> (Vec<String>, String) {
    segment_with(&[], files, out)
}

/// The same with these arguments.
fn segment_with(arguments: &[&str], files: &[PathBuf], out: &Path) -> (Vec<String>, String) {
    let weights = model().join("../public/weights");
    let mut command = Command::new(env!("CARGO_BIN_EXE_segment"));
    command.args(files).args(["--threads", "1"]).args(arguments);
    command.arg("--weights").arg(weights).arg("--out").arg(out);
    let run = command.output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{said}");
    let mut names: Vec<String> = std::fs::read_dir(out)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("findings.json").is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    (names, said)
}

#[test]
fn a_threshold_that_is_no_probability_is_refused() {
    for wrong in ["50", "nan", "-0.5"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segment"));
        command.args(["scan.nii", "--out", "out", "--threshold", wrong]);
        let run = command.output().unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(!run.status.success());
        assert!(said.contains("expected a number from 0 to 1"), "{said}");
    }
}

/// A slice of the sample as a screen shows it, from air (black) to 400 HU (white).
fn write_picture(path: &Path) {
    let sample = model().join("../public/sample/m186.500000.dcm");
    let name = sample.display().to_string();
    let bytes = std::fs::read(sample).unwrap();
    let scan = open_files(vec![NamedFile { name, bytes }], &mut |_, _| {}).unwrap();
    let window = Window {
        centre: -300.0,
        width: 1400.0,
    };
    let levels = scan.voxels.iter().map(|&hu| window.grey(hu)).collect();
    let (cols, rows) = (scan.cols as u32, scan.rows as u32);
    let picture = image::GrayImage::from_raw(cols, rows, levels).unwrap();
    picture.save(path).unwrap();
}

fn findings(folder: &Path) -> Value {
    let text = std::fs::read_to_string(folder.join("findings.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn sizes_of_a_picture_are_by_the_callers_word_and_those_of_a_scan_by_its_own() {
    let root = std::env::temp_dir().join(format!("neurocare-segment-mm-{}", std::process::id()));
    let out = root.join("out");
    std::fs::create_dir_all(&root).unwrap();
    write_picture(&root.join("picture.png"));
    write(&root.join("scan.dcm"), "1.2.10", "CT");
    let files = ["picture.png", "scan.dcm"].map(|name| root.join(name));
    let (names, said) = segment_with(&["--pixel-mm", "0.8,0.85"], &files, &out);
    assert_eq!(names, ["picture", "scan"], "{said}");

    assert!(
        said.contains("picture: Sizes in mm are by --pixel-mm."),
        "{said}"
    );
    let picture = findings(&out.join("picture"));
    let [row_mm, col_mm] =
        ["row_mm", "col_mm"].map(|it| picture["scan"]["pixel_spacing"][it].as_f64().unwrap());
    assert!((row_mm - 0.8).abs() < 1e-6 && (col_mm - 0.85).abs() < 1e-6);
    assert_eq!(picture["scan"]["is_calibrated_by_reader"], true);
    let found = picture["summary"]["findings"].as_array().unwrap();
    assert!(!found.is_empty());
    for finding in found {
        let area = |unit: &str| finding[unit].as_f64().unwrap();
        let mm2 = area("area_px") * row_mm * col_mm;
        assert!((area("area_mm2") / mm2 - 1.0).abs() < 1e-4, "{finding}");
    }
    let mask = std::fs::read(out.join("picture/mask.nii")).unwrap();
    let by_reader = b"Pixel size by the reader's calibration";
    assert!(mask.windows(by_reader.len()).any(|it| it == by_reader));

    assert!(
        said.contains("scan: The file says how large its pixels are"),
        "{said}"
    );
    let scan = findings(&out.join("scan"));
    assert_eq!(scan["scan"]["is_calibrated_by_reader"], false);
    assert_ne!(
        scan["scan"]["pixel_spacing"],
        picture["scan"]["pixel_spacing"]
    );
    std::fs::remove_dir_all(root).unwrap();
}

#[test]
fn what_is_no_size_of_pixels_is_refused() {
    for wrong in ["700", "0,7", "-0.7"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segment"));
        command.args(["slice.png", "--out", "out"]);
        let run = command.arg(format!("--pixel-mm={wrong}")).output().unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(!run.status.success());
        assert!(
            said.contains("expected millimetres from 0.1 to 10"),
            "{said}"
        );
    }
}

#[test]
fn the_tumour_of_the_sample_is_marked_where_the_readers_drew_it() {
    let root =
        std::env::temp_dir().join(format!("neurocare-segment-sample-{}", std::process::id()));
    let sample = model().join("../public/sample");
    let slices = ["m184.000000.dcm", "m186.500000.dcm", "m189.000000.dcm"];
    let study = root.join("study");
    std::fs::create_dir_all(&study).unwrap();
    for name in slices {
        std::fs::copy(sample.join(name), study.join(name)).unwrap();
    }
    let (names, said) = segment(std::slice::from_ref(&study), &root);
    assert_eq!(names, ["study"], "{said}");
    let read = |path: &Path| NamedFile {
        name: path.display().to_string(),
        bytes: std::fs::read(path).unwrap(),
    };
    let files = slices.map(|name| read(&study.join(name))).into();
    let scan = open_files(files, &mut |_, _| {}).unwrap();
    let masks = |path: &Path| open_reference(vec![read(path)], &scan).unwrap().masks;
    let expected = masks(&sample.join("reference.nii.gz"));
    let marked = masks(&study.join("mask.nii"));

    let found = findings(&study);
    let lesion = &found["summary"]["lesions"][0];
    assert_eq!(
        (&lesion["number"], &lesion["slices"]),
        (&json!(1), &json!([0, 2]))
    );
    let findings = found["summary"]["findings"].as_array().unwrap();
    // Voxels have the numbers of their lesions.
    let mask = std::fs::read(study.join("mask.nii")).unwrap();
    let voxels = || mask[352..].iter().copied().map(u64::from);
    let of_lesion = |number: u64| voxels().filter(|it| *it == number).count() as u64;
    let mut numbered = 0;
    for number in 1..=255 {
        let own = findings.iter().filter(|it| it["lesion"] == number);
        let area: u64 = own.map(|it| it["area_px"].as_u64().unwrap()).sum();
        assert_eq!(of_lesion(number), area, "lesion {number}");
        numbered += usize::from(area > 0);
    }
    assert!(numbered > 0 && Some(numbered) == found["summary"]["lesions"].as_array().map(Vec::len));
    for (slice, expected) in expected.iter().enumerate() {
        let here = findings.iter().filter(|it| it["slice"] == slice);
        let area = |it: &Value| it["area_px"].as_u64().unwrap() as usize;
        assert_eq!(
            here.clone().map(area).sum::<usize>(),
            marked[slice].area_px()
        );
        let tumour = here.clone().find(|it| it["lesion"] == 1).unwrap();
        let (ours, readers) = (area(tumour) as f32, expected.area_px() as f32);
        assert!((ours / readers - 1.0).abs() < 0.2, "{ours} of {readers}");
        let share = |along: fn(usize) -> usize| {
            let set = expected.pixels.iter().enumerate().filter(|it| *it.1 > 0);
            set.map(|(at, _)| along(at) as f32).sum::<f32>() / readers
        };
        let middle = [share(|at| at / 512), share(|at| at % 512)];
        for (axis, middle) in middle.into_iter().enumerate() {
            let centre = tumour["centre"][axis].as_f64().unwrap() as f32;
            assert!((centre - middle).abs() < 3.0, "{centre} and {middle}");
        }
    }
    std::fs::remove_dir_all(root).unwrap();
}

#[test]
fn dicom_without_preamble_and_ending_is_found_as_it_is_opened() {
    let root = std::env::temp_dir().join(format!("neurocare-segment-bare-{}", std::process::id()));
    let study = root.join("study");
    write(&study.join("first"), "1.2.3", "CT");
    let whole = std::fs::read(study.join("first")).unwrap();
    std::fs::write(study.join("first"), &whole[132..]).unwrap();
    write(&study.join("second/IM1"), "1.2.4", "CT");
    std::fs::write(study.join("about"), "no image").unwrap();
    let (names, said) = segment(&[study], &root.join("out"));
    assert_eq!(names, ["second", "study"], "{said}");
    std::fs::remove_dir_all(root).unwrap();
}

#[test]
fn a_header_and_its_voxels_are_one_scan_in_a_folder_and_one_by_one() {
    let root = std::env::temp_dir().join(format!("neurocare-segment-pair-{}", std::process::id()));
    let folder = root.join("scans");
    std::fs::create_dir_all(&folder).unwrap();
    let files = ["phantom_ail.mhd", "phantom_ail.raw"].map(|name| {
        let path = folder.join(name);
        std::fs::copy(model().join("tests/fixtures/open").join(name), &path).unwrap();
        path
    });
    let (names, said) = segment(&files, &root.join("out"));
    assert_eq!(names, ["phantom_ail"], "{said}");
    // As in the reading room, where files are chosen together.
    std::fs::rename(&files[1], folder.join("Phantom_Ail.RAW")).unwrap();
    for name in ["phantom_pair.hdr", "phantom_pair.img"] {
        let original = model().join("tests/fixtures/open").join(name);
        std::fs::copy(original, folder.join(name)).unwrap();
    }
    let (names, said) = segment(&[folder], &root.join("again"));
    assert_eq!(names, ["phantom_ail", "phantom_pair"], "{said}");
    std::fs::remove_dir_all(root).unwrap();
}

#[test]
fn every_series_below_a_folder_is_a_scan_and_no_result_is_lost() {
    let root = std::env::temp_dir().join(format!("neurocare-segment-{}", std::process::id()));
    let study = root.join("study");
    write(&study.join("first/1.dcm"), "1.2.3", "CT");
    write(&study.join("second/1.dcm"), "1.2.4", "CT");
    write(&study.join("third/1.dcm"), "1.2.5", "MR");
    std::fs::write(study.join("first/about.txt"), "no image").unwrap();
    write(&root.join("single/first.dcm"), "1.2.6", "CT");
    let files = [study, root.join("single/first.dcm")];
    let (names, said) = segment(&files, &root.join("out"));
    assert_eq!(names, ["second", "single-first", "study-first"]);
    assert!(
        said.contains("1 series that are no axial CT left out."),
        "{said}"
    );

    // Of a former run nothing stays, and what is not the program's does.
    for name in [
        "second/mask.dcm",
        "second/contours.dcm",
        "second/measurements.dcm",
        "second/overlay_0099.png",
        "second/mine.png",
    ] {
        std::fs::write(root.join("out").join(name), "of before").unwrap();
    }
    segment(&files, &root.join("out"));
    let left = |name: &str| root.join("out/second").join(name).exists();
    assert!(left("mask.nii") && left("overlay_0001.png") && left("mine.png"));
    assert!(!left("mask.dcm") && !left("contours.dcm") && !left("measurements.dcm"));
    assert!(!left("overlay_0099.png"));

    // One series alone has the folder's name, and what opening says is said.
    let picture = root.join("pictures/grey.png");
    std::fs::create_dir_all(picture.parent().unwrap()).unwrap();
    std::fs::copy(model().join("tests/fixtures/open/grey8.png"), picture).unwrap();
    let (names, said) = segment(
        &[root.join("single"), root.join("pictures")],
        &root.join("again"),
    );
    assert_eq!(names, ["grey", "single"]);
    assert!(
        said.contains("grey: Pictures hold no Hounsfield units"),
        "{said}"
    );
    std::fs::remove_dir_all(root).unwrap();
}

#[test]
fn a_file_that_cannot_be_read_fails_alone() {
    let root = std::env::temp_dir().join(format!("neurocare-segment-gone-{}", std::process::id()));
    write(&root.join("one.dcm"), "1.2.8", "CT");
    write(&root.join("two.dcm"), "1.2.9", "CT");
    let files = ["one.dcm", "gone.dcm", "two.dcm"].map(|name| root.join(name));
    let out = root.join("out");
    let weights = model().join("../public/weights");
    let mut command = Command::new(env!("CARGO_BIN_EXE_segment"));
    command.args(files).args(["--threads", "1"]);
    command.arg("--weights").arg(weights).arg("--out").arg(&out);
    let run = command.output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(!run.status.success() && said.contains("gone.dcm"), "{said}");
    for name in ["one", "two"] {
        assert!(out.join(name).join("findings.json").is_file(), "{said}");
    }
    std::fs::remove_dir_all(root).unwrap();
}

/// Given one by one, as a shell does for `*.dcm`.
#[test]
fn files_of_one_series_are_one_scan() {
    let root = std::env::temp_dir().join(format!("neurocare-segment-files-{}", std::process::id()));
    let study = root.join("study");
    std::fs::create_dir_all(&study).unwrap();
    let names = ["m184.000000.dcm", "m186.500000.dcm", "m189.000000.dcm"];
    let mut files: Vec<PathBuf> = names.iter().map(|name| study.join(name)).collect();
    for file in &files {
        let original = model()
            .join("../public/sample")
            .join(file.file_name().unwrap());
        std::fs::copy(original, file).unwrap();
    }
    write(&study.join("other.dcm"), "1.2.9", "CT");
    files.insert(1, study.join("other.dcm"));
    let (names, said) = segment(&files, &root.join("out"));
    assert_eq!(names, ["other", "study"], "{said}");
    let pictures = std::fs::read_dir(root.join("out/study")).unwrap();
    let pictures = pictures.map(|it| it.unwrap().file_name().into_string().unwrap());
    let pictures = pictures.filter(|it| it.starts_with("overlay")).count();
    assert_eq!(pictures, 3);
    std::fs::remove_dir_all(root).unwrap();
}
