//! The program that scores weights, run as its users run it, on real slices.
#![cfg(all(feature = "train", feature = "cli"))]
#![expect(
    clippy::unwrap_used,
    reason = "what cannot be read or started fails the test"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn slices() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/analysis")
}

/// A folder that is not there yet.
fn fresh(name: &str) -> PathBuf {
    let name = format!("neurocare-evaluate-{}-{name}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Scoring the published weights of `networks`.
fn command(data: &Path, networks: &[&str], out: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evaluate"));
    command.arg("--data").arg(data).arg("--out").arg(out);
    for network in networks {
        let file = format!("public/weights/{network}.safetensors");
        command.arg("--weights").arg(repository().join(file));
    }
    command
}

/// The content of `metrics.json`.
fn evaluate(data: &Path, networks: &[&str], out: &Path) -> Value {
    let mut command = command(data, networks, out);
    let run = command.args(["--pixel-mm", "0.7"]).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    let metrics = std::fs::read(out.join("metrics.json")).unwrap();
    serde_json::from_slice(&metrics).unwrap()
}

/// The lines of a table, by column.
fn table(path: &Path) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn whole_slices_are_scored_with_both_networks_side_by_side() {
    let out = fresh("slices");
    let metrics = evaluate(&slices(), &["unet", "unetpp"], &out);
    assert_eq!(metrics["networks"].as_array().unwrap().len(), 2);
    assert!(metrics["paired"]["dice"].is_object(), "{metrics}");
    for (at, network) in ["unet", "unetpp"].into_iter().enumerate() {
        let lines = table(&out.join(format!("per_slice-{network}.csv")));
        let sum = |name: &str| {
            lines
                .iter()
                .map(|it| it[name].parse::<f64>().unwrap())
                .sum::<f64>()
        };
        let froc = &metrics["networks"][at]["froc"];
        let false_regions = froc["operating"]["false_regions_per_slice"]
            .as_f64()
            .unwrap();
        assert!(
            (false_regions * 3.0 - sum("false_regions")).abs() < 1e-9,
            "{froc}"
        );
        let rates = froc["at_rates"].as_array().unwrap().iter();
        let found: Vec<f64> = rates
            .filter_map(|it| it["by_nodule"]["value"].as_f64())
            .collect();
        assert_eq!(found.len(), 6, "{froc}");
        assert!(
            found.is_sorted(),
            "more is found where more is allowed: {found:?}"
        );
        assert_eq!(lines.len(), 3, "one line for each of three slices");
        for line in lines {
            let number = |name: &str| line[name].parse::<f32>().unwrap();
            let all = number("target_px") + number("predicted_px");
            let dice = 2.0 * number("true_positive_px") / all;
            assert!((dice - number("dice")).abs() < 1e-5, "{line:?}");
            assert!(number("dice_undisputed") >= dice - 1e-5, "{line:?}");
        }
        let plot = std::fs::read_to_string(out.join(format!("froc-{network}.svg"))).unwrap();
        assert!(plot.starts_with("<svg"));
        let sheet = image::open(out.join(format!("examples-slices-{network}.jpg"))).unwrap();
        assert_eq!(sheet.width(), 4 * 256);
        let patients = table(&out.join(format!("per_patient-{network}.csv")));
        let with_target = patients.iter().filter(|it| it["images"] != "0").count();
        assert_eq!(patients.len(), with_target, "{patients:?}");
    }
    // Into the same folder, a crop and one network: what that does not write is gone, what is not the
    // program's is there.
    let others = ["examples-mine.jpg", "notes.txt", "per_slice-unet.csv.bak"];
    for name in others {
        std::fs::write(out.join(name), "mine").unwrap();
    }
    for name in ["regions-series-unetpp-2.csv", "examples-slices.jpg"] {
        std::fs::write(out.join(name), "former").unwrap();
    }
    let index = "patient,row,pixel_mm\none,0,0.7\n";
    let data = crop_folder("after-slices", index, |readers| u8::from(readers > 1));
    evaluate(&data, &["unet"], &out);
    let written = "calibration.svg dice_by_size.svg examples.jpg metrics.json per_patient.csv \
                   per_slice.csv regions-alone.csv";
    let mut expected: Vec<&str> = written.split_whitespace().chain(others).collect();
    expected.sort_unstable();
    assert_eq!(names(&out), expected);
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// The same slice in a strip with an index: it has a lung field, and is judged as a whole slice.
#[test]
fn strips_of_whole_slices_are_scored_as_whole_slices() {
    let data = fresh("strips");
    for (folder, name) in [("images", "mass_image.png"), ("masks", "mass_marks.png")] {
        std::fs::create_dir_all(data.join(folder)).unwrap();
        std::fs::copy(slices().join(name), data.join(folder).join("one.png")).unwrap();
    }
    std::fs::write(data.join("index.csv"), "patient,row,pixel_mm\none,0,0.7\n").unwrap();
    let out = fresh("strips-scored");
    let mut command = command(&data, &["unet"], &out);
    let run = command.args(["--marks", "counts"]).output().unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let alone = fresh("strips-alone");
    evaluate(&slices(), &["unet"], &alone);
    let line = |folder: &Path, patient: &str| {
        let lines = table(&folder.join("per_slice.csv"));
        let mut line = lines
            .into_iter()
            .find(|it| it["patient"] == patient)
            .unwrap();
        line.remove("patient");
        line.remove("image");
        line
    };
    assert_eq!(line(&out, "one"), line(&alone, "mass"));
    for folder in [data, out, alone] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

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
type Number = fn(u8) -> u8;

/// A folder with one crop, whose marks are `number` of how many readers marked a pixel.
fn crop_folder(name: &str, index: &str, number: Number) -> PathBuf {
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

/// The names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// What the program says before it gives up.
fn refused(data: &Path, more: &[&str]) -> String {
    let out = fresh("refused");
    let run = command(data, &["unet"], &out).args(more).output().unwrap();
    assert!(!run.status.success());
    std::fs::remove_dir_all(out).unwrap();
    String::from_utf8_lossy(&run.stderr).into_owned()
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
    assert_eq!(patients, "patient,images,dice,iou,precision,recall,found\n");
    assert!(!names(&out).contains(&"examples.jpg".to_owned()));
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

#[test]
fn what_would_give_figures_of_nothing_is_refused() {
    let index = "patient,split,row\none,val,0\n";
    let data = crop_folder("refused-data", index, |readers| readers);
    let said = refused(&data, &["--split", "test"]);
    assert!(
        said.contains("no line of the index has the split test"),
        "{said}"
    );
    // Without a scale, greys of 8 bits are no HU.
    let image = data.join("images/one.png");
    let grey = image::open(&image).unwrap().into_luma8();
    grey.save(&image).unwrap();
    let said = refused(&data, &["--split", "Val"]);
    assert!(said.contains("greys of 8 bits need hu_slope"), "{said}");
    let said = refused(&data, &["--threshold", "1.5"]);
    assert!(said.contains("expected a number from 0 to 1"), "{said}");
    let said = refused(&data, &["--least-peak", "nan"]);
    assert!(said.contains("expected a number from 0 to 1"), "{said}");
    let said = refused(&data, &["--pixel-mm", "-0.7"]);
    assert!(said.contains("expected a number from 0.05 to 10"), "{said}");
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_file_in_the_place_of_the_folder_is_named() {
    let folder = fresh("no-folder");
    let out = folder.join("scores");
    std::fs::write(&out, "mine").unwrap();
    let run = command(&slices(), &["unet"], &out).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(!run.status.success());
    assert!(said.contains(&out.display().to_string()), "{said}");
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "mine");
    std::fs::remove_dir_all(folder).unwrap();
}

/// One slice as a NIfTI volume, by the program's own writer of masks.
fn nifti(values: Vec<u8>, placed: bool) -> Vec<u8> {
    let volume = model::volume::Volume {
        rows: 512,
        cols: 512,
        voxels: vec![0; values.len()],
        intensity: model::volume::Intensity::Hounsfield,
        spacing: None,
        slice_spacing_mm: None,
        slice_positions_mm: Vec::new(),
        patient_from_voxel: placed.then_some([
            [0.8, 0.0, 0.0, -200.0],
            [0.0, 0.8, 0.0, -190.0],
            [0.0, 0.0, 2.5, 40.0],
        ]),
        file_grid: None,
        format: String::new(),
        notes: Vec::new(),
    };
    let mask = model::mask::Mask {
        pixels: values,
        ..model::mask::Mask::empty(512, 512)
    };
    model::open::mask_to_nifti(&volume, &[Some(mask)])
}

#[test]
fn a_volume_is_scored_by_a_binary_mask_or_by_boxes_but_not_by_marks_that_lie_elsewhere() {
    let data = fresh("volumes");
    let mut square = vec![0_u8; 512 * 512];
    for row in 200..220 {
        square[row * 512 + 100..row * 512 + 130].fill(1);
    }
    let write = |name: &str, bytes: Vec<u8>| std::fs::write(data.join(name), bytes).unwrap();
    write("a_image.nii", nifti(vec![0; 512 * 512], true));
    write("a_mask.nii", nifti(square.clone(), true));
    write("b_image.nii", nifti(vec![0; 512 * 512], true));
    let boxes = "patient,slice_in_image,xmin,ymin,xmax,ymax\nb,0,100,200,129,219\n";
    write("boxes.csv", boxes.into());
    write("c_image.nii", nifti(vec![0; 512 * 512], true));
    write("c_marks.nii", nifti(square, false));
    let out = fresh("volumes-scored");
    let metrics = evaluate(&data, &["unet"], &out);
    let lines = table(&out.join("per_slice.csv"));
    let targets: Vec<(&str, &str)> = lines
        .iter()
        .map(|line| (line["patient"].as_str(), line["target_px"].as_str()))
        .collect();
    assert_eq!(targets, [("a", "600"), ("b", "600")]);
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
    let write = |name: &str, bytes: Vec<u8>| std::fs::write(data.join(name), bytes).unwrap();
    write("a_image.nii", nifti(vec![0; 512 * 512], true));
    write("a_marks.nii", nifti(marks, true));
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
