//! Measuring, linking and advising.

use super::oracle::Oracle;
use model::analysis::measure::measure_again;
use model::analysis::{AnalysedSlice, SliceView, VolumeGeometry, findings, link};
use model::finding::{Finding, Lesion};
use model::mask::Mask;
use model::volume::{Intensity, PixelSpacing};

fn measured(mask: &Mask, spacing: Option<PixelSpacing>, slice: usize) -> Vec<Finding> {
    let values = vec![-100; mask.pixels.len()];
    let view = SliceView {
        values: &values,
        rows: mask.rows,
        cols: mask.cols,
        intensity: Intensity::Hounsfield,
        spacing,
    };
    findings(mask, &vec![204; mask.pixels.len()], &view, slice)
}

#[test]
fn a_rectangle_has_its_edges_measured_in_mm() {
    let mut mask = Mask::empty(20, 30);
    for col in 4..16 {
        mask.pixels[7 * 30 + col] = 1;
    }
    let spacing = PixelSpacing {
        row_mm: 2.0,
        col_mm: 0.5,
    };
    let found = measured(&mask, Some(spacing), 0);
    let line = &found[0];
    assert_eq!((found.len(), line.area_px), (1, 12));
    assert!((line.area_mm2.unwrap() - 12.0).abs() < 1e-4);
    assert!((line.longest_mm.unwrap() - 6.0).abs() < 1e-4);
    assert!((line.longest_px - 12.0).abs() < 1e-4);
    assert!((line.perpendicular_mm.unwrap() - 2.0).abs() < 1e-4);
    assert!((line.confidence - 0.8).abs() < 1e-4 && (line.mean_value + 100.0).abs() < 1e-4);
    assert_eq!(line.centre, (7.0, 9.5));

    let unknown = &measured(&mask, None, 0)[0];
    assert_eq!((unknown.longest_mm, unknown.area_mm2), (None, None));
    assert!((unknown.longest_px - 12.0).abs() < 1e-4);
}

#[test]
fn what_was_found_without_a_pixel_size_has_the_same_sizes_once_that_is_known() {
    let mut mask = Mask::empty(20, 30);
    for (row, cols) in [(6, 4..9), (7, 4..16), (8, 5..14), (15, 20..22)] {
        for col in cols {
            mask.pixels[row * 30 + col] = 1;
        }
    }
    let spacing = Some(PixelSpacing::square(0.75));
    let mut found = measured(&mask, None, 0);
    assert!(found.iter().all(|it| it.longest_mm.is_none()));
    for finding in &mut found {
        measure_again(finding, spacing);
    }
    assert_eq!(found.len(), 2);
    assert_eq!(found, measured(&mask, spacing, 0));
    for finding in &mut found {
        measure_again(finding, None);
    }
    assert_eq!(found, measured(&mask, None, 0));
}

#[test]
fn regions_of_neighbouring_slices_are_linked_as_scipy_labels_them() {
    let oracle = Oracle::load();
    let (rows, cols) = oracle.size("/volume");
    let bytes: Vec<u8> = oracle
        .numbers("/volume/mask")
        .iter()
        .map(|&v| v as u8)
        .collect();
    let spacing = PixelSpacing {
        row_mm: 0.5,
        col_mm: 0.8,
    };
    let masks: Vec<Mask> = bytes
        .chunks_exact(rows * cols)
        .map(|slice| Mask::from_bytes(rows, cols, slice).unwrap())
        .collect();
    // Nothing before and after, so that every lesion is seen to end.
    let empty = || std::iter::once(Mask::empty(rows, cols));
    let masks: Vec<Mask> = empty().chain(masks).chain(empty()).collect();
    let mut found: Vec<Vec<Finding>> = (0..masks.len())
        .map(|i| measured(&masks[i], Some(spacing), i))
        .collect();
    let mut slices: Vec<AnalysedSlice<'_>> = masks
        .iter()
        .zip(&mut found)
        .enumerate()
        .rev()
        .map(|(slice, (mask, findings))| AnalysedSlice {
            slice,
            mask,
            findings,
        })
        .collect();
    let geometry = VolumeGeometry {
        spacing: Some(spacing),
        slabs_mm: vec![2.5; masks.len()],
        goes_on: vec![true; masks.len()],
    };
    let lesions = link(&mut slices, &geometry, 0);
    let voxel_ml = 0.5 * 0.8 * 2.5 / 1000.0;
    let sizes = oracle.numbers("/volume/lesions_px");
    assert_eq!(lesions.len(), sizes.len());
    let several = |l: &&Lesion| l.slices.0 < l.slices.1;
    assert!(lesions.iter().filter(several).count() > 1);
    for (lesion, size) in lesions.iter().zip(sizes) {
        let found = lesion.volume_ml.map(|ml| (ml / voxel_ml).round());
        assert_eq!(found, Some(size).filter(|_| several(&lesion)));
    }
    for (i, lesion) in lesions.iter().enumerate() {
        assert_eq!(lesion.number, i + 1);
        let own: Vec<&Finding> = found
            .iter()
            .flatten()
            .filter(|f| f.lesion == i + 1)
            .collect();
        assert_eq!(lesion.slices.0, own.iter().map(|f| f.slice).min().unwrap());
        assert_eq!(lesion.slices.1, own.iter().map(|f| f.slice).max().unwrap());
        assert!((lesion.confidence - 0.8).abs() < 1e-4);
    }
    assert!(found.iter().flatten().all(|f| f.lesion > 0));
}

#[test]
fn a_lesion_has_a_volume_only_where_several_slices_show_it_to_its_end() {
    let spacing = Some(PixelSpacing::square(1.0));
    let mut marked = Mask::empty(9, 9);
    marked.pixels[40] = 1;
    let empty = Mask::empty(9, 9);
    // Marked on some slices; which others are analysed?
    let linked_over = |goes_on: [bool; 5], at: &[usize], analysed: &[usize], slabs_mm: &[f32]| {
        let mask = |slice| if at.contains(&slice) { &marked } else { &empty };
        let mut found: Vec<Vec<Finding>> = analysed
            .iter()
            .map(|&slice| measured(mask(slice), spacing, slice))
            .collect();
        let mut slices: Vec<AnalysedSlice<'_>> = analysed
            .iter()
            .zip(&mut found)
            .map(|(&slice, findings)| AnalysedSlice {
                slice,
                mask: mask(slice),
                findings,
            })
            .collect();
        let geometry = VolumeGeometry {
            spacing,
            slabs_mm: slabs_mm.to_vec(),
            goes_on: goes_on.to_vec(),
        };
        link(&mut slices, &geometry, 0)[0].volume_ml
    };
    let linked = |at: &[usize], analysed: &[usize], slabs_mm: &[f32]| {
        linked_over([true; 5], at, analysed, slabs_mm)
    };
    let all = [0, 1, 2, 3];
    assert_eq!(linked(&[1, 2], &all, &[2.0; 4]), Some(0.004));
    assert_eq!(linked(&[1, 2], &all, &[]), None);
    assert_eq!(linked(&[1], &all, &[2.0; 4]), None, "of one slice");
    for part in [&[1, 2][..], &[0, 1, 2], &[1, 2, 3], &[1, 2, 4]] {
        assert_eq!(linked(&[1, 2], part, &[2.0; 5]), None, "{part:?}");
    }
    let uneven = linked(&[1, 2], &all, &[2.0, 3.0, 4.0, 5.0]);
    assert_eq!(uneven, Some(0.007), "what its own slices stand for");
    for gap in [0, 2] {
        let mut goes_on = [true; 5];
        goes_on[gap] = false;
        let volume = linked_over(goes_on, &[1, 2], &all, &[2.0; 4]);
        assert_eq!(volume, None, "it may go on in the gap after {gap}");
    }
    for end in [[0, 1], [2, 3]] {
        let volume = linked(&end, &all, &[2.0; 4]);
        assert_eq!(volume, None, "cut off at {end:?}");
    }
}
