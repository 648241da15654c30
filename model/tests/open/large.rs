//! NIfTI files outside of the browser, where more memory may be taken.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use model::open::{OpenError, open_grid, open_labels, open_labels_on};

use crate::fixture::{bytes, open, refused};

/// Nothing but zeros of eight bytes each, as programs write masks that choose no smaller number.
fn empty_mask() -> Vec<u8> {
    let mut header = bytes("phantom_mask.nii")[..352].to_vec();
    for (at, length) in [(42, 2048_u16), (44, 2048), (46, 9)] {
        header[at..at + 2].copy_from_slice(&length.to_le_bytes());
    }
    // Floating-point numbers of 64 bits.
    header[70..74].copy_from_slice(&[64, 0, 64, 0]);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&header).unwrap();
    let block = vec![0; 1 << 20];
    for _ in 0..9 * 32 {
        encoder.write_all(&block).unwrap();
    }
    encoder.finish().unwrap()
}

#[test]
fn an_empty_mask_of_large_numbers_is_a_bomb_in_the_browser_only() {
    let mask = empty_mask();
    let labels = open_labels(mask.clone()).unwrap();
    assert_eq!(labels.size, [2048, 2048, 9]);
    assert!(labels.values.iter().all(|&value| value.abs() < 1e-9));
    drop(labels);
    assert_eq!(open_grid(mask.clone()).unwrap().slices(), 9);
    assert_eq!(refused(mask), OpenError::Bomb);
}

#[test]
fn a_file_that_ends_early_is_told() {
    let mask = empty_mask();
    let half = mask[..mask.len() / 2].to_vec();
    assert_eq!(open_labels(half).unwrap_err(), OpenError::Truncated);
}

/// Of marks that say nothing of places, or something else, whichever way the image is stored.
#[test]
fn labels_as_stored_lie_where_the_image_has_its_voxels() {
    for name in ["phantom_ras.nii", "phantom_lps.nii", "phantom_ail.nii"] {
        let image = open(name);
        let mut marks = bytes(name);
        // The codes of qform and sform.
        marks[252..256].fill(0);
        let labels = open_labels_on(marks, &image.file_grid.unwrap()).unwrap();
        assert_eq!(labels.size, [image.cols, image.rows, image.slices()]);
        let values: Vec<i16> = labels.values.iter().map(|it| it.round() as i16).collect();
        assert!(values == image.voxels, "{name}");
    }
}
