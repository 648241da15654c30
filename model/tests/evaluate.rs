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

/// Scores the published weights of `networks`; the content of `metrics.json`.
fn evaluate(data: &Path, networks: &[&str], out: &Path) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evaluate"));
    command.arg("--data").arg(data).arg("--out").arg(out);
    command.args(["--pixel-mm", "0.7", "--split", "all"]);
    for network in networks {
        let file = format!("public/weights/{network}.safetensors");
        command.arg("--weights").arg(repository().join(file));
    }
    let run = command.output().unwrap();
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
    let froc = metrics["networks"][0]["froc"].as_array().unwrap();
    assert!(froc.len() > 5);
    for network in ["unet", "unetpp"] {
        let lines = table(&out.join(format!("per_slice-{network}.csv")));
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
    }
    std::fs::remove_dir_all(out).unwrap();
}

#[test]
fn crops_are_scored_and_the_examples_can_be_looked_at() {
    let data = fresh("crops");
    let open = |name: &str| image::open(slices().join(name)).unwrap();
    let (picture, marks) = (open("mass_image.png"), open("mass_marks.png").into_luma8());
    // Around the mass, as crops are.
    let marked = marks
        .enumerate_pixels()
        .filter(|(_, _, mark)| mark.0[0] > 1);
    let marked: Vec<(u32, u32)> = marked.map(|(x, y, _)| (x, y)).collect();
    let middle = |sum: u32| (sum / marked.len() as u32).clamp(64, 448) - 64;
    let (left, top) = (
        middle(marked.iter().map(|at| at.0).sum()),
        middle(marked.iter().map(|at| at.1).sum()),
    );
    for folder in ["images", "masks"] {
        std::fs::create_dir(data.join(folder)).unwrap();
    }
    let crop = image::DynamicImage::from(picture.into_luma16()).crop_imm(left, top, 128, 128);
    crop.save(data.join("images/one.png")).unwrap();
    let mut target = image::DynamicImage::from(marks)
        .crop_imm(left, top, 128, 128)
        .into_luma8();
    for mark in target.pixels_mut() {
        mark.0[0] = if mark.0[0] > 1 { 255 } else { 0 };
    }
    target.save(data.join("masks/one.png")).unwrap();
    std::fs::write(
        data.join("index.csv"),
        "patient,row,pixel_mm\none,0,0.791\n",
    )
    .unwrap();

    let out = fresh("crops-scored");
    let metrics = evaluate(&data, &["unetpp"], &out);
    let dice = metrics["networks"][0]["report"]["all"]["dice"]["mean"]
        .as_f64()
        .unwrap();
    assert!(dice > 0.5, "the mass is found: {dice}");
    assert_eq!(table(&out.join("per_slice.csv")).len(), 1);
    let examples = image::open(out.join("examples.jpg")).unwrap();
    assert!(examples.width() >= 128 && examples.height() >= 128);
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}
