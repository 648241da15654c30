//! What a NIfTI file says in numbers that no CT has.

use model::volume::{Intensity, Volume};

use crate::fixture::{bytes, try_open};

/// `phantom_ras.nii` with other numbers in its header.
fn nifti(at: usize, numbers: &[f32]) -> Volume {
    let mut changed = bytes("phantom_ras.nii");
    for (place, number) in numbers.iter().enumerate() {
        changed[at + 4 * place..][..4].copy_from_slice(&number.to_le_bytes());
    }
    try_open("scan.nii", changed).expect("opens")
}

#[test]
fn nifti_of_small_or_large_numbers_keeps_its_shades() {
    const SLOPE: usize = 112;
    let full = nifti(SLOPE, &[1.0, 0.0]);
    assert_eq!(full.intensity, Intensity::Hounsfield);
    let low = full.voxels.iter().copied().min().expect("voxels");
    let high = full.voxels.iter().copied().max().expect("voxels");
    for scaling in [[1.0 / 4096.0, 0.25], [30.0, 30_000.0]] {
        let scaled = nifti(SLOPE, &scaling);
        assert_eq!(scaled.intensity, Intensity::Grey { max: 4095 });
        for (&hu, &grey) in full.voxels.iter().zip(&scaled.voxels) {
            let share = f32::from(hu - low) / f32::from(high - low);
            assert!(
                (share * 4095.0 - f32::from(grey)).abs() < 1.0,
                "{hu}: {grey}"
            );
        }
    }
}

/// `phantom_ras.nii` as decimals, of which some differ.
fn decimals(shift: f32, others: &[f32]) -> Volume {
    let whole = bytes("phantom_ras.nii");
    let (header, voxels) = whole.split_at(352);
    let mut changed = header.to_vec();
    changed[70..74].copy_from_slice(&[16, 0, 32, 0]);
    let stored = voxels.chunks_exact(2);
    let stored = stored.map(|two| f32::from(i16::from_le_bytes([two[0], two[1]])) + shift);
    for (place, value) in stored.enumerate() {
        let value = others.get(place).copied().unwrap_or(value);
        changed.extend(value.to_le_bytes());
    }
    try_open("scan.nii", changed).expect("opens")
}

#[test]
fn infinite_values_of_a_nifti_change_no_others() {
    const NONE: [f32; 3] = [f32::INFINITY, f32::NEG_INFINITY, f32::NAN];
    // Greys as they are, greys that are stretched, and Hounsfield units.
    for shift in [2000.0, 40_000.0, 0.0] {
        let (plain, with) = (decimals(shift, &[]), decimals(shift, &NONE));
        assert_eq!(with.intensity, plain.intensity, "{shift}");
        let differ = with.voxels.iter().zip(&plain.voxels);
        assert!(differ.filter(|(a, b)| a != b).count() <= NONE.len());
        let said = |volume: &Volume| volume.notes.iter().any(|note| note.contains("infinite"));
        assert!(said(&with) && !said(&plain));
    }
}

#[test]
fn distances_that_no_ct_has_are_not_used() {
    const SROW_X: usize = 280;
    let thousandths = [
        0.001, 0.0, 0.0, 0.0, 0.0, 0.001, 0.0, 0.0, 0.0, 0.0, 0.001, 0.0,
    ];
    let volume = nifti(SROW_X, &thousandths);
    assert_eq!((volume.spacing, volume.slice_spacing_mm), (None, None));
    assert!(volume.slice_positions_mm.is_empty() && volume.patient_from_voxel.is_none());
    let said = |note: &String| note.contains("cannot be that of a CT");
    assert!(volume.notes.iter().any(said), "{:?}", volume.notes);
}
