//! What gives no figures.

use crate::crops::crop_folder;
use crate::program::{command, fresh, refused, slices};

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
