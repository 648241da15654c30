//! Whole slices.

use std::path::Path;

use model::train::crops::read_full_slice;

use crate::crops::crop_folder;
use crate::program::{command, evaluate, fresh, names, slices, table};

#[test]
fn whole_slices_are_scored_with_both_networks_side_by_side() {
    let out = fresh("slices");
    let metrics = evaluate(&slices(), &["unet", "unetpp"], &out);
    assert_eq!(metrics["networks"].as_array().unwrap().len(), 2);
    assert!(metrics["paired"]["dice"].is_object(), "{metrics}");
    let false_regions = &metrics["paired"]["false_regions_per_slice"];
    assert_eq!(false_regions["count"], 3, "{metrics}");
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
        for plot in ["froc", "calibration", "confidence-slices"] {
            let plot = std::fs::read_to_string(out.join(format!("{plot}-{network}.svg")));
            assert!(plot.unwrap().starts_with("<svg"));
        }
        let sheet = image::open(out.join(format!("examples-slices-{network}.jpg"))).unwrap();
        assert_eq!(sheet.width(), 4 * 256);
        let patients = table(&out.join(format!("per_patient-{network}.csv")));
        let with_target = patients.iter().filter(|it| it["images"] != "0").count();
        assert_eq!(patients.len(), with_target, "{patients:?}");
    }
    // Into the same folder, a crop and one network: what that does not write is gone, what is not
    // the program's is there.
    let others = ["examples-mine.jpg", "notes.txt", "per_slice-unet.csv.bak"];
    for name in others {
        std::fs::write(out.join(name), "mine").unwrap();
    }
    for name in [
        "regions-series-unetpp-2.csv",
        "confidence-series-unet.svg",
        "examples-slices.jpg",
    ] {
        std::fs::write(out.join(name), "former").unwrap();
    }
    let index = "patient,row,pixel_mm\none,0,0.7\n";
    let data = crop_folder("after-slices", index, |readers| u8::from(readers > 1));
    evaluate(&data, &["unet"], &out);
    let written = "calibration.svg confidence-alone.svg dice_by_size.svg examples.jpg metrics.json \
                   per_nodule.csv per_patient.csv per_slice.csv regions-alone.csv";
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

/// Two slices of one patient, each a file: they are not independent, and say nothing of others.
#[test]
fn slices_of_one_patient_make_no_interval() {
    let data = fresh("one-patient");
    for place in ["z-12.5", "z+15"] {
        for word in ["image", "marks"] {
            let file = data.join(format!("P_{place}_{word}.png"));
            std::fs::copy(slices().join(format!("mass_{word}.png")), file).unwrap();
        }
    }
    let out = fresh("one-patient-scored");
    let mut command = command(&data, &["unet"], &out);
    let run = command.args(["--pixel-mm", "0.7"]).output().unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    assert!(said.contains("(one patient: no interval)"), "{said}");
    assert!(!said.contains('–'), "{said}");
    assert!(said.contains("pixels of 2 of 2 images assumed"), "{said}");
    let judged = table(&out.join("regions-slices.csv"));
    assert!(!judged.is_empty());
    assert!(judged.iter().all(|it| it["patient"] == "P"), "{judged:?}");
    let images = ["P_z+15", "P_z-12.5"];
    let has = |image: &str| judged.iter().any(|it| it["image"] == image);
    assert!(images.iter().all(|it| has(it)), "{judged:?}");
    let metrics = std::fs::read(out.join("metrics.json")).unwrap();
    let metrics: serde_json::Value = serde_json::from_slice(&metrics).unwrap();
    let network = &metrics["networks"][0];
    assert!(network["report"]["all"]["dice"]["low"].is_null());
    assert!(network["regions"]["slices"]["confidence"]["low"].is_null());
    assert!(network.get("volumes").is_none(), "pictures are no volumes");
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// Numbers of readers are no greys: scaled to 8 bits, 1 to 4 of 65,535 would be 0.
#[test]
fn marks_of_sixteen_bits_are_the_same_marks() {
    let data = fresh("deep-marks");
    let picture = slices().join("mass_image.png");
    std::fs::copy(picture, data.join("mass_image.png")).unwrap();
    let marks = image::open(slices().join("mass_marks.png")).unwrap();
    let marks = marks.into_luma8();
    let (width, height) = marks.dimensions();
    let deep = image::ImageBuffer::from_fn(width, height, |x, y| {
        image::Luma([u16::from(marks.get_pixel(x, y).0[0])])
    });
    deep.save(data.join("mass_marks.png")).unwrap();
    let read = |folder| read_full_slice(folder, "mass", "P", 0.7).unwrap();
    let (deep, plain) = (read(&data), read(&slices()));
    assert!(plain.target_pixels() > 0);
    assert_eq!(deep.label, plain.label);
    std::fs::remove_dir_all(data).unwrap();
}
