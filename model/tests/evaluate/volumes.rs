//! Volumes, with marks or boxes.

use std::collections::BTreeMap;
use std::path::Path;

use model::open::{NamedFile, open_files};

use crate::program::{command, evaluate, fresh, refused, repository, table};

/// One slice as a NIfTI volume, with the header of the program's own writer of masks.
pub(crate) fn nifti(values: Vec<u8>, placed: bool) -> Vec<u8> {
    let volume = model::volume::Volume {
        patient_from_voxel: placed.then_some([
            [0.8, 0.0, 0.0, -200.0],
            [0.0, 0.8, 0.0, -190.0],
            [0.0, 0.0, 2.5, 40.0],
        ]),
        ..model::volume::Volume::without_place(
            (512, 512),
            vec![0; values.len()],
            model::volume::Intensity::Hounsfield,
        )
    };
    let mut file = model::nifti_mask::mask_to_nifti(&volume, &[]).unwrap();
    // Masks are written as 0 and 1; here are other numbers, too.
    file.truncate(352);
    file.extend(values);
    file
}

/// A slice with a mass, in Hounsfield units.
fn with_mass() -> Vec<u8> {
    let path = repository().join("public/sample/m186.500000.dcm");
    let file = NamedFile {
        name: String::new(),
        bytes: std::fs::read(path).unwrap(),
    };
    let volume = open_files(vec![file], &mut |_, _| {}).unwrap();
    let mut nifti = nifti(vec![0; 512 * 512], true);
    nifti.truncate(352);
    // 16 bits, signed.
    nifti[70..74].copy_from_slice(&[4, 0, 16, 0]);
    nifti.extend(volume.voxels.iter().flat_map(|hu| hu.to_le_bytes()));
    nifti
}

pub(crate) fn write(data: &Path, name: &str, bytes: Vec<u8>) {
    std::fs::write(data.join(name), bytes).unwrap();
}

/// Whose each image is, and how large its target.
fn targets(lines: &[BTreeMap<String, String>]) -> Vec<[&str; 2]> {
    let lines = lines.iter();
    lines
        .map(|line| ["patient", "target_px"].map(|name| line[name].as_str()))
        .collect()
}

#[test]
fn a_volume_is_scored_by_a_binary_mask_or_by_boxes_but_not_by_marks_that_lie_elsewhere() {
    let data = fresh("volumes");
    write(&data, "a_image.nii", nifti(vec![0; 512 * 512], true));
    write(&data, "a_mask.nii", nifti(square(), true));
    write(&data, "b_image.nii", nifti(vec![0; 512 * 512], true));
    let boxes = "patient,slice_in_image,xmin,ymin,xmax,ymax\nb,0,100,200,129,219\n";
    write(&data, "boxes.csv", boxes.into());
    write(&data, "c_image.nii", nifti(vec![0; 512 * 512], true));
    write(&data, "c_marks.nii", nifti(square(), false));
    let out = fresh("volumes-scored");
    let metrics = evaluate(&data, &["unet"], &out);
    let lines = table(&out.join("per_slice.csv"));
    let targets: Vec<(&str, &str)> = lines
        .iter()
        .map(|line| (line["patient"].as_str(), line["target_px"].as_str()))
        .collect();
    assert_eq!(targets, [("a", "600"), ("b", "600")]);
    let volumes = &metrics["networks"][0]["volumes"];
    assert_eq!(
        (&volumes["scans"], &volumes["with_target"]),
        (&2.into(), &2.into())
    );
    assert_eq!(volumes["dice"]["mean"], 0.0, "there is nothing to see");
    assert_eq!(volumes["dice"]["patients"], 2);
    let notes = metrics["notes"].to_string();
    assert!(notes.contains("voxels in the same places"), "{notes}");
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// Counts of readers are small numbers, which a picture would have stretched to greys.
#[test]
fn readers_are_counted_in_marks_of_volumes() {
    let data = fresh("counts");
    let mut marks = vec![0_u8; 512 * 512];
    for row in 200..220 {
        let line = &mut marks[row * 512 + 100..row * 512 + 130];
        line.fill(1);
        line[10..].fill(2);
        line[20..].fill(4);
    }
    write(&data, "a_image.nii", nifti(vec![0; 512 * 512], true));
    write(&data, "a_marks.nii", nifti(marks, true));
    let out = fresh("counts-scored");
    let target = |arguments: &[&str]| {
        let mut command = command(&data, &["unet"], &out);
        assert!(command.args(arguments).output().unwrap().status.success());
        table(&out.join("per_slice.csv"))[0]["target_px"].clone()
    };
    assert_eq!(target(&[]), "400", "two readers and more");
    assert_eq!(target(&["--marks", "binary"]), "600");
    assert_eq!(target(&["--label", "4"]), "200");
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// A square of marks on one slice.
pub(crate) fn square() -> Vec<u8> {
    let mut square = vec![0_u8; 512 * 512];
    for row in 200..220 {
        square[row * 512 + 100..row * 512 + 130].fill(1);
    }
    square
}

#[test]
fn an_index_of_something_else_does_not_hide_the_scans() {
    let data = fresh("other-index");
    write(&data, "a_image.nii", nifti(vec![0; 512 * 512], true));
    write(&data, "a_mask.nii", nifti(square(), true));
    write(&data, "index.csv", "patient,age\na,61\n".into());
    let out = fresh("other-index-scored");
    let metrics = evaluate(&data, &["unet"], &out);
    assert_eq!(table(&out.join("per_slice.csv"))[0]["target_px"], "600");
    let notes = metrics["notes"].to_string();
    assert!(notes.contains("index.csv is not one of crops"), "{notes}");
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn boxes_are_those_of_the_folder_that_a_scan_is_in() {
    let data = fresh("boxes-of-parts");
    for (part, width) in [("train", 30), ("test", 20)] {
        std::fs::create_dir(data.join(part)).unwrap();
        let boxes = format!(
            "patient,slice_in_image,xmin,ymin,xmax,ymax\na,0,100,200,{},219\n",
            99 + width
        );
        write(
            &data,
            &format!("{part}/a_image.nii"),
            nifti(vec![0; 512 * 512], true),
        );
        write(&data, &format!("{part}/boxes.csv"), boxes.into());
    }
    let out = fresh("boxes-of-parts-scored");
    let metrics = evaluate(&data, &["unet"], &out);
    let lines = table(&out.join("per_slice.csv"));
    assert_eq!(targets(&lines), [["test/a", "400"], ["train/a", "600"]]);
    let notes = metrics["notes"].to_string();
    assert!(
        notes.contains("scans of two folders have one name"),
        "{notes}"
    );
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// What is marked there is a false alarm all the same.
#[test]
fn a_scan_without_a_box_has_no_target() {
    let data = fresh("boxes");
    write(&data, "a_image.nii", nifti(vec![0; 512 * 512], true));
    write(&data, "b_ct.nii", with_mass());
    let header = "patient,slice_in_image,xmin,ymin,xmax,ymax\n";
    write(
        &data,
        "boxes.csv",
        format!("{header}a,0,100,200,129,219\n").into(),
    );
    let out = fresh("boxes-scored");
    let metrics = evaluate(&data, &["unet"], &out);
    let lines = table(&out.join("per_slice.csv"));
    assert_eq!(targets(&lines), [["a", "600"], ["b", "0"]]);
    let false_regions = |at: usize| lines[at]["false_regions"].parse::<usize>().unwrap();
    assert_eq!(false_regions(0), 0);
    assert!(false_regions(1) >= 1, "the mass is marked");
    let notes = metrics["notes"].to_string();
    assert!(notes.contains("b: no line in boxes.csv"), "{notes}");
    // None of the patients is known: the names differ, and it is not that there are no tumours.
    write(
        &data,
        "boxes.csv",
        format!("{header}Z,0,100,200,129,219\n").into(),
    );
    let said = refused(&data, &[]);
    assert!(said.contains("no scan has a line in boxes.csv"), "{said}");
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn images_without_marks_are_told() {
    let data = fresh("no-marks");
    write(&data, "a_ct.nii", nifti(vec![0; 512 * 512], true));
    write(&data, "a_tumour.nii", nifti(square(), true));
    write(&data, "b_ct.nii", nifti(vec![0; 512 * 512], true));
    let out = fresh("no-marks-scored");
    let metrics = evaluate(&data, &["unet"], &out);
    assert_eq!(table(&out.join("per_slice.csv")).len(), 1);
    let notes = metrics["notes"].to_string();
    assert!(
        notes.contains("b_ct.nii: nothing is known to belong"),
        "{notes}"
    );
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// Two nodules of one scan with numbers of their own, which are not numbers of readers: both are
/// targets, and each has its size and its figures.
#[test]
fn each_nodule_of_a_folder_of_images_and_one_of_marks_has_figures() {
    let data = fresh("each-nodule");
    for folder in ["images", "marks"] {
        std::fs::create_dir_all(data.join(folder)).unwrap();
    }
    let mut marks = square();
    for row in 300..310 {
        marks[row * 512 + 300..row * 512 + 310].fill(2);
    }
    write(&data, "images/a_image.nii", nifti(vec![0; 512 * 512], true));
    write(&data, "marks/a_marks.nii", nifti(marks, true));
    let out = fresh("each-nodule-scored");
    let metrics = evaluate(&data, &["unet"], &out);
    let notes = metrics["notes"].to_string();
    assert!(notes.contains("taken for numbers of nodules"), "{notes}");
    let slices = table(&out.join("per_slice.csv"));
    assert_eq!(slices[0]["target_px"], "700");
    assert_eq!(slices[0]["nodule"], "0.1", "the larger one");
    let nodules = table(&out.join("per_nodule.csv"));
    // Discs of 600 and 100 pixels of 0.64 mm².
    let expected = [("0.1", "600", 22.108), ("0.2", "100", 9.027)];
    assert_eq!(nodules.len(), expected.len());
    for (line, (name, target_px, diameter_mm)) in nodules.iter().zip(expected) {
        assert_eq!((&*line["nodule"], &*line["target_px"]), (name, target_px));
        let found: f64 = line["diameter_mm"].parse().unwrap();
        assert!((found - diameter_mm).abs() < 1e-2, "{line:?}");
        assert_eq!((&*line["found"], &*line["hd95_undefined"]), ("false", "1"));
    }
    let network = &metrics["networks"][0];
    let report = &network["report"];
    assert_eq!(report["groups"]["nodule >= 20 mm"]["images"], 1);
    assert_eq!(report["by_nodule"]["nodules"], 2);
    assert_eq!(report["by_nodule"]["recall"]["mean"], 0.0);
    let small = &report["by_nodule"]["by_diameter"]["6 to 10 mm"];
    assert_eq!(small["nodules"], 1, "{report}");
    assert!(report["diameters"].to_string().contains("ball"));
    assert_eq!(report["postprocessing"]["dice"]["mean"], 0.0);
    for undefined in [&report["all"], &report["by_patient"], &network["volumes"]] {
        assert_eq!(undefined["hd95_undefined"], 1);
        assert!(undefined["specificity"].is_object() && undefined["accuracy"].is_object());
    }
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn marks_that_lie_elsewhere_are_named_where_there_are_no_others() {
    let data = fresh("elsewhere");
    write(&data, "c_image.nii", nifti(vec![0; 512 * 512], true));
    write(&data, "c_seg.nii", nifti(square(), false));
    let said = refused(&data, &[]);
    assert!(
        said.contains("c_image.nii") && said.contains("c_seg.nii"),
        "{said}"
    );
    std::fs::remove_dir_all(data).unwrap();
}
