//! What the numbers of masks mean, where several things are possible.

use std::path::{Path, PathBuf};

use crate::crops::{Number, crop_folder};
use crate::program::{command, fresh, fresh_for, refused, table};
use crate::volumes::{nifti, write};

const INDEX: &str = "patient,row,pixel_mm\none,0,0.791\n";

/// The mark of a pixel, by its row and column.
type Mark = fn(usize, usize) -> u8;

/// A scan of one slice without anything to see, whose marks are `mark` of row and column.
fn scan(name: &str, mark: Mark) -> PathBuf {
    let data = fresh(name);
    let marks = (0..512 * 512).map(|at| mark(at / 512, at % 512));
    write(&data, "a_image.nii", nifti(vec![0; 512 * 512], true));
    write(&data, "a_marks.nii", nifti(marks.collect(), true));
    data
}

/// Whether a pixel lies in a square of such a half edge around the middle of a lung.
fn within(half: usize, row: usize, col: usize) -> bool {
    row.abs_diff(256) <= half && col.abs_diff(150) <= half
}

/// What the program prints of figures, and the pixels of the first target.
fn scored(data: &Path, more: &[&str]) -> (String, usize) {
    let out = fresh_for(data);
    let run = command(data, &["unet"], &out).args(more).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    let target = table(&out.join("per_slice.csv"))[0]["target_px"].clone();
    std::fs::remove_dir_all(out).unwrap();
    let printed = String::from_utf8(run.stdout).unwrap();
    (printed, target.parse().unwrap())
}

/// One reader, and two: as bits these would be the first and the second one.
#[test]
fn crops_whose_numbers_are_bits_or_counts_need_a_word() {
    let data = crop_folder("bits-or-counts", INDEX, |readers| readers.min(2));
    let said = refused(&data, &[]);
    for word in ["--marks counts", "--marks bits", "--label", "area_target"] {
        assert!(said.contains(word), "{said}");
    }
    let (said, target) = scored(&data, &["--marks", "counts"]);
    assert!(target > 0 && !said.contains("assumed"), "{said}");
    // The index says it as well.
    let index = format!("patient,row,pixel_mm,area_target\none,0,0.791,{target}\n");
    std::fs::write(data.join("index.csv"), index).unwrap();
    let (said, told) = scored(&data, &[]);
    assert!(told == target && !said.contains("assumed"), "{said}");
    std::fs::remove_dir_all(data).unwrap();
    let bits: Number = |readers| if readers > 1 { 3 } else { readers };
    let data = crop_folder("clear-bits", INDEX, bits);
    let (said, told) = scored(&data, &[]);
    let assumed = "; numbers of the masks assumed to be a bit for every reader";
    assert!(told == target && said.contains(assumed), "{said}");
    std::fs::remove_dir_all(data).unwrap();
}

/// Bits of two readers who marked nothing together.
#[test]
fn marks_of_crops_that_leave_no_target_are_told() {
    let apart: Number = |readers| match readers {
        0 => 0,
        1 => 1,
        _ => 8,
    };
    let data = crop_folder("no-target-left", INDEX, apart);
    let said = refused(&data, &[]);
    assert!(said.contains("no pixel is a target"), "{said}");
    assert_eq!(scored(&data, &["--marks", "bits"]).1, 0);
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn numbers_of_things_are_not_taken_for_numbers_of_readers() {
    let things: [(&str, Mark, &str); 3] = [
        (
            "lung-and-tumour",
            |row, col| match (within(10, row, col), within(120, row, col)) {
                (true, _) => 2,
                (_, true) => 1,
                _ => 0,
            },
            "1 covers more than a twentieth of a slice of a",
        ),
        (
            "tumour-and-lung",
            |row, col| match (within(10, row, col), within(120, row, col)) {
                (true, _) => 1,
                (_, true) => 2,
                _ => 0,
            },
            "2 covers more than a twentieth of a slice of a",
        ),
        (
            "core-and-rim",
            |row, col| match (within(7, row, col), within(10, row, col)) {
                (true, _) => 1,
                (_, true) => 2,
                _ => 0,
            },
            "higher numbers do not lie within lower ones",
        ),
    ];
    let ways = [
        ["--label", "1"],
        ["--marks", "counts"],
        ["--marks", "binary"],
    ];
    for ((name, mark, why), told) in things.into_iter().zip(ways) {
        let data = scan(name, mark);
        let said = refused(&data, &[]);
        for word in [why, "--label", "--marks counts"] {
            assert!(said.contains(word), "{name}: {said}");
        }
        let (said, _) = scored(&data, &told);
        assert!(!said.contains("assumed to be"), "{said}");
        std::fs::remove_dir_all(data).unwrap();
    }
}

#[test]
fn scans_of_one_number_each_that_differ_need_a_word() {
    let data = scan("one-number-each", |row, col| u8::from(within(7, row, col)));
    let marks = (0..512 * 512).map(|at| 2 * u8::from(within(7, at / 512, at % 512)));
    write(&data, "b_image.nii", nifti(vec![0; 512 * 512], true));
    write(&data, "b_marks.nii", nifti(marks.collect(), true));
    let said = refused(&data, &[]);
    for word in ["no scan has several of them", "--label", "--marks counts"] {
        assert!(said.contains(word), "{said}");
    }
    scored(&data, &["--marks", "binary"]);
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn numbers_taken_for_those_of_readers_stand_beside_the_figures() {
    let data = scan("taken-for-readers", |row, col| {
        u8::from(within(10, row, col)) + u8::from(within(7, row, col))
    });
    let (said, target) = scored(&data, &["--split", "test"]);
    assert_eq!(target, 15 * 15);
    assert!(
        said.contains("; numbers of the marks assumed to be the number of readers"),
        "{said}"
    );
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_label_that_no_mask_has_is_refused() {
    let data = scan("no-such-label", |row, col| u8::from(within(7, row, col)));
    let said = refused(&data, &["--label", "7"]);
    assert!(said.contains("no mask has 7; there are 0, 1"), "{said}");
    std::fs::remove_dir_all(data).unwrap();
    let data = crop_folder("no-such-label-crop", INDEX, |readers| u8::from(readers > 1));
    let said = refused(&data, &["--label", "7"]);
    assert!(said.contains("no mask has 7; there are 0, 1"), "{said}");
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn pixels_to_be_ignored_are_no_target() {
    let data = scan("ignored", |row, col| {
        match (within(7, row, col), within(10, row, col)) {
            (true, _) => 1,
            (_, true) => 255,
            _ => 0,
        }
    });
    let said = refused(&data, &[]);
    assert!(
        said.contains("a: 255 stands beside small numbers"),
        "{said}"
    );
    assert_eq!(scored(&data, &["--label", "1"]).1, 15 * 15);
    assert_eq!(scored(&data, &["--marks", "binary"]).1, 21 * 21);
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_split_of_scans_is_said_not_to_be_used() {
    let data = scan("split-of-scans", |row, col| u8::from(within(7, row, col)));
    let out = fresh("split-of-scans-scored");
    let mut command = command(&data, &["unet"], &out);
    let run = command.args(["--split", "test"]).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success());
    assert!(
        said.contains("--split is for the lines of an index"),
        "{said}"
    );
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// One file of marks of each reader, and all in one with a 4th dimension.
#[test]
fn marks_in_another_arrangement_are_told_as_such() {
    let data = scan("of-each-reader", |row, col| u8::from(within(7, row, col)));
    std::fs::rename(data.join("a_marks.nii"), data.join("a_marks1.nii")).unwrap();
    let said = refused(&data, &[]);
    assert!(
        said.contains("a_marks1.nii") && said.contains("the marks of one reader"),
        "{said}"
    );
    let mut marks = nifti(vec![1; 512 * 512], true);
    marks.extend(vec![1; 512 * 512]);
    // The number of dimensions, and the length of the fourth.
    marks[40] = 4;
    marks[48..50].copy_from_slice(&2_u16.to_le_bytes());
    write(&data, "a_marks.nii", marks);
    let said = refused(&data, &[]);
    assert!(said.contains("marks with a 4th dimension"), "{said}");
    std::fs::remove_dir_all(data).unwrap();
}
