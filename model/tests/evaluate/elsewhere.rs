//! Marks that lie elsewhere than the image, as their files say it.

use crate::program::{command, evaluate, fresh, refused, table};
use crate::volumes::{nifti, square, write};

#[test]
fn marks_as_stored_are_those_of_the_image_s_voxels() {
    let data = fresh("as-stored");
    write(&data, "a_image.nii", nifti(vec![0; 512 * 512], true));
    write(&data, "a_mask.nii", nifti(square(), false));
    let said = refused(&data, &[]);
    assert!(said.contains("--marks-as-stored"), "{said}");
    let out = fresh("as-stored-scored");
    let mut command = command(&data, &["unet"], &out);
    let run = command.arg("--marks-as-stored").output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    assert!(said.contains("in the order of both files"), "{said}");
    assert!(said.contains("scan 1 of 1: a"), "{said}");
    assert_eq!(table(&out.join("per_slice.csv"))[0]["target_px"], "600");
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// The same file so many millimetres further to the right.
fn moved(mut file: Vec<u8>, by_mm: f32) -> Vec<u8> {
    let place = 292..296;
    let x = f32::from_le_bytes(file[place.clone()].try_into().unwrap());
    file[place].copy_from_slice(&(x + by_mm).to_le_bytes());
    file
}

#[test]
fn marks_less_than_half_a_pixel_aside_are_scored_and_others_are_not() {
    let data = fresh("aside");
    for (name, by_mm) in [("a", 0.0), ("b", 0.3), ("c", 0.6)] {
        write(
            &data,
            &format!("{name}_image.nii"),
            nifti(vec![0; 512 * 512], true),
        );
        write(
            &data,
            &format!("{name}_mask.nii"),
            moved(nifti(square(), true), by_mm),
        );
    }
    let out = fresh("aside-scored");
    let metrics = evaluate(&data, &["unet"], &out);
    let lines = table(&out.join("per_slice.csv"));
    let patients: Vec<&str> = lines.iter().map(|it| it["patient"].as_str()).collect();
    assert_eq!(patients, ["a", "b"]);
    let notes = metrics["notes"].to_string();
    assert!(
        notes.contains("b: marks lie up to half a pixel beside"),
        "{notes}"
    );
    assert!(notes.contains("up to 0.6 mm apart"), "{notes}");
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// What is left out is said beside the figures, too.
#[test]
fn figures_of_a_part_are_told_from_figures_of_all() {
    let data = fresh("part");
    write(&data, "a_image.nii", nifti(vec![0; 512 * 512], true));
    write(&data, "a_mask.nii", nifti(square(), true));
    let out = fresh("part-scored");
    let said = || {
        let run = command(&data, &["unet"], &out).output().unwrap();
        assert!(run.status.success());
        String::from_utf8(run.stdout).unwrap()
    };
    assert!(!said().contains("not all of the data"), "{}", said());
    write(&data, "b_image.nii", vec![0; 9]);
    write(&data, "b_mask.nii", nifti(square(), true));
    assert!(
        said().contains("not all of the data is scored"),
        "{}",
        said()
    );
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}
