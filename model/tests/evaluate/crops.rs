//! Crops around a target, and the index beside them.

use std::path::PathBuf;

use serde_json::Value;

use crate::program::{command, evaluate, fresh, names, refused, slices, table};

/// How many readers marked each pixel around a mass of 46 mm, and what is to be seen there.
fn around_the_mass() -> (
    image::ImageBuffer<image::Luma<u16>, Vec<u16>>,
    image::GrayImage,
) {
    let open = |name: &str| image::open(slices().join(name)).unwrap();
    let (picture, marks) = (open("mass_image.png"), open("mass_marks.png").into_luma8());
    let marked = marks
        .enumerate_pixels()
        .filter(|(_, _, mark)| mark.0[0] > 1);
    let marked: Vec<(u32, u32)> = marked.map(|(x, y, _)| (x, y)).collect();
    let middle = |sum: u32| (sum / marked.len() as u32).clamp(64, 448) - 64;
    let (left, top) = (
        middle(marked.iter().map(|at| at.0).sum()),
        middle(marked.iter().map(|at| at.1).sum()),
    );
    let cut = |image: image::DynamicImage| image.crop_imm(left, top, 128, 128);
    (cut(picture).into_luma16(), cut(marks.into()).into_luma8())
}

/// What a mask says of a pixel that so many readers marked.
pub(crate) type Number = fn(u8) -> u8;

/// A folder with one crop, whose marks are `number` of how many readers marked a pixel.
pub(crate) fn crop_folder(name: &str, index: &str, number: Number) -> PathBuf {
    let data = fresh(name);
    let (picture, mut marks) = around_the_mass();
    for folder in ["images", "masks"] {
        std::fs::create_dir_all(data.join(folder)).unwrap();
    }
    for mark in marks.pixels_mut() {
        mark.0[0] = number(mark.0[0]);
    }
    picture.save(data.join("images/one.png")).unwrap();
    marks.save(data.join("masks/one.png")).unwrap();
    std::fs::write(data.join("index.csv"), index).unwrap();
    data
}

#[test]
fn crops_are_scored_and_the_examples_can_be_looked_at() {
    let index = "patient,row,pixel_mm\none,0,0.791\n";
    let data = crop_folder("crops", index, |readers| if readers > 1 { 255 } else { 0 });
    let out = fresh("crops-scored");
    let metrics = evaluate(&data, &["unetpp"], &out);
    let dice = metrics["networks"][0]["report"]["all"]["dice"]["mean"]
        .as_f64()
        .unwrap();
    assert!(dice > 0.5, "the mass is found: {dice}");
    assert_eq!(table(&out.join("per_slice.csv")).len(), 1);
    let examples = image::open(out.join("examples.jpg")).unwrap();
    // One picture, once.
    assert_eq!((examples.width(), examples.height()), (256, 256));
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// Figures of patients that a network has learned from are better than those of others.
#[test]
fn patients_whom_the_published_networks_know_are_told_beside_the_figures() {
    let index = "patient,file,row,pixel_mm\nLIDC-IDRI-0661,one,0,0.791\n";
    let data = crop_folder("known", index, |readers| u8::from(readers > 1));
    let out = fresh("known-scored");
    let run = command(&data, &["unet"], &out).output().unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    assert!(
        said.contains("the published networks learned from 1 of these 1 patients"),
        "{said}"
    );
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// Two files of one architecture, and a third file.
#[test]
fn every_file_keeps_its_tables_and_is_compared_with_the_first() {
    let index = "patient,row,pixel_mm\none,0,0.791\n";
    let data = crop_folder("three", index, |readers| u8::from(readers > 1));
    let out = fresh("three-scored");
    let metrics = evaluate(&data, &["unetpp", "unet", "unetpp"], &out);
    let dice = |mark: &str| {
        let lines = table(&out.join(format!("per_slice-{mark}.csv")));
        lines[0]["dice"].parse::<f64>().unwrap()
    };
    let (first, second) = (dice("unetpp-1"), dice("unet"));
    assert_eq!(first.to_bits(), dice("unetpp-2").to_bits());
    let difference = |pair: &Value| pair["dice"]["mean"].as_f64().unwrap();
    assert!((difference(&metrics["paired"]) - (second - first)).abs() < 1e-6);
    let further = metrics["paired_further"].as_array().unwrap();
    assert_eq!(further.len(), 1, "{metrics}");
    assert!(difference(&further[0]).abs() < 1e-9);
    for mark in ["unetpp-1", "unet", "unetpp-2"] {
        assert!(out.join(format!("examples-{mark}.jpg")).exists());
    }
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn without_a_target_tables_have_their_columns() {
    let data = crop_folder("empty", "patient,row,pixel_mm\none,0,0.791\n", |_| 0);
    let out = fresh("empty-scored");
    evaluate(&data, &["unet"], &out);
    let patients = std::fs::read_to_string(out.join("per_patient.csv")).unwrap();
    assert_eq!(
        patients,
        "patient,images,dice,iou,precision,recall,accuracy,specificity,hd95_mm,hd95_undefined,found\n"
    );
    assert!(!names(&out).contains(&"examples.jpg".to_owned()));
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// The subsets of LUNA16 are folds of a cross-validation: a split that is asked for is none of them.
#[test]
fn folds_of_a_data_set_are_no_splits() {
    let index = "patient,subset,row,pixel_mm\none,subset3,0,0.791\n";
    let data = crop_folder("folds", index, |readers| u8::from(readers > 1));
    let out = fresh("folds-scored");
    let mut command = command(&data, &["unet"], &out);
    let run = command.args(["--split", "test"]).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    assert_eq!(table(&out.join("per_slice.csv")).len(), 1);
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// The same crop with its target written down in three ways, in indices that others make.
#[test]
fn the_target_is_the_same_however_marks_and_index_are_written() {
    let bits = |readers: u8| {
        if readers > 0 {
            (1_u8 << readers) - 1
        } else {
            0
        }
    };
    let ways: [(&str, &str, Number); 3] = [
        (
            "bits",
            "patient,split,row,nodule,slice,nodule_annotators,malignancy_mean,pixel_mm\none,Held out,0,n,0,4.0,NA,0.791\n",
            bits,
        ),
        (
            "ones",
            "patient;file;row;hu_slope;hu_intercept;pixel_mm\nA 1;one.png;0;1;-1024;0.791\n",
            |readers| u8::from(readers > 1),
        ),
        (
            "full",
            "file,row,pixel_mm\none,0,0.791\nmissing,0,0.791\n",
            |readers| {
                if readers > 1 { 255 } else { 0 }
            },
        ),
    ];
    let mut targets = Vec::new();
    for (name, index, number) in ways {
        let data = crop_folder(name, index, number);
        let out = fresh(&format!("{name}-scored"));
        let metrics = evaluate(&data, &["unet"], &out);
        let lines = table(&out.join("per_slice.csv"));
        assert_eq!(lines.len(), 1, "{metrics}");
        targets.push(lines[0]["target_px"].clone());
        let report = &metrics["networks"][0]["report"];
        assert_eq!(report["by_nodule"].is_object(), name == "bits");
        let notes = metrics["notes"].to_string();
        assert_eq!(notes.contains("not scored"), name == "full", "{notes}");
        for folder in [data, out] {
            std::fs::remove_dir_all(folder).unwrap();
        }
    }
    assert_ne!(targets[0], "0");
    assert!(
        targets.iter().all(|target| target == &targets[0]),
        "{targets:?}"
    );
}

/// What the index says of the size of targets decides what the numbers of masks are.
#[test]
fn the_index_knows_how_large_targets_are() {
    let index = |pixels: usize| format!("patient,row,pixel_mm,area_target\none,0,0.791,{pixels}\n");
    let once: Number = |readers| u8::from(readers == 1);
    let target = |name: &str, pixels: usize| {
        let data = crop_folder(name, &index(pixels), once);
        let out = fresh(&format!("{name}-scored"));
        evaluate(&data, &["unet"], &out);
        let target = table(&out.join("per_slice.csv"))[0]["target_px"].clone();
        for folder in [data, out] {
            std::fs::remove_dir_all(folder).unwrap();
        }
        target.parse::<usize>().unwrap()
    };
    assert_eq!(target("of-one-reader", 0), 0, "marked by one reader alone");
    let marked = target("marked", 1);
    assert!(marked > 0, "nothing fits, so it is a mask");
}

/// Lines of which one has no number of its row, and one no name, under names of columns that others
/// give them.
#[test]
fn lines_that_cannot_be_read_are_left_out_and_told() {
    let index = "subject,image,row,pixel_size_mm\nA,images/one.png,0,0.791\nA,one.png,NA,0.791\n,,0,0.791\n";
    let data = crop_folder("unreadable", index, |readers| u8::from(readers > 1));
    let out = fresh("unreadable-scored");
    let metrics = evaluate(&data, &["unet"], &out);
    let lines = table(&out.join("per_slice.csv"));
    assert_eq!((lines.len(), lines[0]["patient"].as_str()), (1, "A"));
    let notes = metrics["notes"].to_string();
    assert!(notes.contains("2 of 3 lines of the index"), "{notes}");
    assert!(!notes.contains("--pixel-mm"), "the size is given: {notes}");
    std::fs::write(data.join("index.csv"), "patient,row\none,NA\n").unwrap();
    let said = refused(&data, &[]);
    assert!(
        said.contains("NA") || said.contains("invalid float"),
        "{said}"
    );
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// Who reads the figures alone must see what they rest on.
#[test]
fn an_assumed_size_of_pixels_stands_beside_the_figures() {
    let said = |name: &str, index: &str| {
        let data = crop_folder(name, index, |readers| u8::from(readers > 1));
        let out = fresh(&format!("{name}-scored"));
        let run = command(&data, &["unet"], &out).output().unwrap();
        assert!(run.status.success());
        for folder in [data, out] {
            std::fs::remove_dir_all(folder).unwrap();
        }
        String::from_utf8(run.stdout).unwrap()
    };
    let assumed = said("of-no-size", "patient,row,pixel_mm\none,0,nan\n");
    let expected = "; pixels of 1 of 1 images assumed to be 0.7 mm large\n";
    assert!(assumed.ends_with(expected), "{assumed}");
    let given = said("of-a-size", "patient,row,spacing_mm\none,0,0.791\n");
    assert!(!given.contains("assumed"), "{given}");
}

/// Of data that do not say it nobody knows whether their HU are exact.
#[test]
fn figures_by_how_hu_were_come_by_are_of_data_that_say_it() {
    let exact = |name: &str, index: &str| {
        let data = crop_folder(name, index, |readers| u8::from(readers > 1));
        let out = fresh(&format!("{name}-scored"));
        let metrics = evaluate(&data, &["unet"], &out);
        let groups = &metrics["networks"][0]["report"]["groups"];
        let found = ["exact HU", "estimated HU"].map(|group| groups[group].is_object());
        let said = table(&out.join("per_slice.csv"))[0]["hu_exact"].clone();
        for folder in [data, out] {
            std::fs::remove_dir_all(folder).unwrap();
        }
        (found, said)
    };
    let index = |method: &str| format!("patient,row,pixel_mm,hu_method\none,0,0.791,{method}\n");
    assert_eq!(
        exact("hu-exact", &index("exact")),
        ([true, false], "true".to_owned())
    );
    let estimated = exact("hu-estimated", &index("estimated"));
    assert_eq!(estimated, ([false, true], "false".to_owned()));
    for (name, index) in [
        (
            "hu-unsaid",
            "patient,row,pixel_mm\none,0,0.791\n".to_owned(),
        ),
        ("hu-empty", index("")),
    ] {
        assert_eq!(exact(name, &index), ([false; 2], String::new()), "{name}");
    }
}

/// The weights' own limits were chosen on validation crops; others may fit the very data.
#[test]
fn limits_that_were_set_by_hand_are_told_beside_the_figures() {
    let index = "patient,row,pixel_mm\none,0,0.791\n";
    let data = crop_folder("by-hand", index, |readers| u8::from(readers > 1));
    let out = fresh("by-hand-scored");
    let said = |more: &[&str]| {
        let run = command(&data, &["unet"], &out).args(more).output().unwrap();
        assert!(run.status.success());
        let metrics = std::fs::read_to_string(out.join("metrics.json")).unwrap();
        let said = String::from_utf8(run.stdout).unwrap();
        [said, metrics].map(|it| it.contains("set by hand"))
    };
    assert_eq!(said(&[]), [false; 2]);
    assert_eq!(said(&["--threshold", "0.4"]), [true; 2]);
    assert_eq!(said(&["--least-peak", "0"]), [true; 2]);
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}
