//! What gives no figures.

use serde_json::Value;

use crate::crops::crop_folder;
use crate::program::{command, fresh, refused, slices, weights};

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

/// An index may have the scanner's scale beside pictures of a window.
#[test]
fn the_scale_of_a_scanner_is_none_of_greys_of_8_bits() {
    let index = "patient,row,rescale_slope,rescale_intercept\none,0,1,-1024\n";
    let data = crop_folder("scanner-scale", index, |readers| readers);
    let image = data.join("images/one.png");
    let grey = image::open(&image).unwrap().into_luma8();
    grey.save(&image).unwrap();
    let said = refused(&data, &[]);
    assert!(said.contains("span too few HU"), "{said}");
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

/// The published network with a last layer whose sums no number is large enough for.
fn overflowing() -> Vec<u8> {
    let mut bytes = std::fs::read(weights("unet")).unwrap();
    let head = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let tensors: Value = serde_json::from_slice(&bytes[8..head]).unwrap();
    for name in ["head1.weight", "head1.bias"] {
        let place = tensors[name]["data_offsets"].as_array().unwrap();
        let at = |end: usize| head + place[end].as_u64().unwrap() as usize;
        for value in bytes[at(0)..at(1)].chunks_mut(4) {
            value.copy_from_slice(&f32::MAX.to_le_bytes());
        }
    }
    bytes
}

#[test]
fn an_engine_that_fails_is_no_network_that_finds_nothing() {
    let index = "patient,row,pixel_mm\none,0,0.791\n";
    let data = crop_folder("failing", index, |readers| u8::from(readers > 1));
    let (file, out) = (data.join("failing.safetensors"), fresh("failing-scored"));
    std::fs::write(&file, overflowing()).unwrap();
    let mut command = command(&data, &[], &out);
    let run = command.arg("--weights").arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(!run.status.success(), "{said}");
    assert!(
        said.contains("scoring one, row 0") && said.contains("values that are not numbers"),
        "{said}"
    );
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn an_engine_that_fails_on_every_scan_gives_no_figures_of_none() {
    let folder = fresh("failing-scans");
    let (file, out) = (folder.join("failing.safetensors"), folder.join("scored"));
    std::fs::write(&file, overflowing()).unwrap();
    let mut command = command(&slices(), &[], &out);
    let run = command.arg("--weights").arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(!run.status.success(), "{said}");
    assert!(said.contains("values that are not numbers"), "{said}");
    assert!(!out.join("metrics.json").exists());
    std::fs::remove_dir_all(folder).unwrap();
}
