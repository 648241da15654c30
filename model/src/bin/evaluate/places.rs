//! Whether image and marks have their voxels in the same places.

use anyhow::{Result, bail, ensure};
use model::open::Labels;
use model::volume::{FileGrid, Volume};

type Affine = [[f64; 4]; 3];

/// Share of a voxel's shortest edge by which places may differ: the voxel that lies nearest is the
/// same all the way up to the half.
const NEAREST: f64 = 0.49;
/// What is not worth a word, in millimetres: files round their places.
const SAME_PLACE_MM: f64 = 0.05;
/// What can be done about marks that seem to lie elsewhere.
const WAY_OUT: &str = "resample the marks to the image's voxels, or say with --marks-as-stored that both files have the \
     same voxels in the same order, whatever they say of places";

/// Checks that the grids are the same, or so near that the voxels are. Where one file does not say
/// where its voxels are, its axes may run another way: marks would lie mirrored.
///
/// # Returns
/// By how many millimetres places differ, where that is worth a word.
///
/// # Errors
/// Other sizes, or other places.
pub(crate) fn check(image: &Volume, marks: &Labels) -> Result<Option<f64>> {
    check_size(image, marks)?;
    match (&image.patient_from_voxel, &marks.patient_from_voxel) {
        (Some(placed), Some(marks)) => {
            let apart_mm = apart_mm(placed, marks, [image.cols, image.rows, image.slices()]);
            let pixel_mm = image.spacing.map_or(0.0, |it| it.row_mm.min(it.col_mm));
            // Slices may lie closer to each other than pixels do.
            let edge_mm = image
                .slice_spacing_mm
                .map_or(pixel_mm, |mm| mm.min(pixel_mm));
            let most_mm = (NEAREST * f64::from(edge_mm)).max(SAME_PLACE_MM);
            ensure!(
                apart_mm <= most_mm,
                "do not have their voxels in the same places, but up to {apart_mm:.1} mm apart: {WAY_OUT}"
            );
            Ok((apart_mm > SAME_PLACE_MM).then_some(apart_mm))
        }
        (None, None) => Ok(None),
        _ => bail!(
            "do not have their voxels in the same places: one of them does not say how the patient \
             lies: {WAY_OUT}"
        ),
    }
}

/// Whether a file says that its voxels are cubes of 1 mm along the patient's axes and begin at 0: what
/// programs write that know neither size nor place.
pub(crate) fn say_nothing(grid: &FileGrid) -> bool {
    let is_near = |value: f32, expected: f32| (value - expected).abs() < 1e-6;
    let rows = grid.space.sform.iter().enumerate();
    let mut values = rows.flat_map(|(row, values)| {
        let each = values.iter().enumerate();
        each.map(move |(col, value)| (*value, if row == col { 1.0 } else { 0.0 }))
    });
    grid.space.codes[1] > 0 && values.all(|(value, expected)| is_near(value, expected))
}

/// Checks that there are as many voxels along every axis.
///
/// # Errors
/// There are not.
pub(crate) fn check_size(image: &Volume, marks: &Labels) -> Result<()> {
    let size = [image.cols, image.rows, image.slices()];
    ensure!(
        size == marks.size,
        "differ in size: {size:?} and {:?} columns, rows, slices: resample the marks to the image's \
         voxels",
        marks.size
    );
    Ok(())
}

/// The largest distance between the places of a voxel: affine maps differ most at a corner.
fn apart_mm(image: &Affine, marks: &Affine, size: [usize; 3]) -> f64 {
    let [cols, rows, slices] = size.map(|count| [0.0, count.saturating_sub(1) as f64]);
    let corners = cols.into_iter().flat_map(|col| {
        let line = move |row| slices.map(|slice| [col, row, slice, 1.0]);
        rows.into_iter().flat_map(line)
    });
    let apart = |corner: [f64; 4]| {
        let along = |(image, marks): (&[f64; 4], &[f64; 4])| {
            let terms = image.iter().zip(marks).zip(corner);
            let sum: f64 = terms.map(|((image, marks), at)| (image - marks) * at).sum();
            sum * sum
        };
        image.iter().zip(marks).map(along).sum::<f64>().sqrt()
    };
    corners.map(apart).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::blank::blank;
    use model::volume::{NiftiSpace, PixelSpacing};

    const PLACED: Affine = [
        [0.8, 0.0, 0.0, -200.0],
        [0.0, 0.8, 0.0, -190.0],
        [0.0, 0.0, 2.5, 40.0],
    ];

    /// What is said of marks of 11 slices of 101 × 101 pixels, whose places are changed.
    fn checked(change: fn(&mut Affine)) -> Result<Option<f64>> {
        checked_at(2.5, change)
    }

    /// The same of slices that lie so far apart.
    fn checked_at(slice_mm: f32, change: fn(&mut Affine)) -> Result<Option<f64>> {
        let mut placed = PLACED;
        placed[2][2] = f64::from(slice_mm);
        let image = Volume {
            spacing: Some(PixelSpacing::square(0.8)),
            slice_spacing_mm: Some(slice_mm),
            patient_from_voxel: Some(placed),
            ..blank(11, 101, 101)
        };
        change(&mut placed);
        let marks = Labels {
            size: [101, 101, 11],
            patient_from_voxel: Some(placed),
            values: Vec::new(),
        };
        check(&image, &marks)
    }

    #[test]
    fn a_grid_of_nothing_but_ones_says_nothing() {
        let says_nothing = |sform, code| {
            let space = NiftiSpace {
                pixdim: [1.0; 4],
                xyzt_units: 2,
                codes: [0, code],
                qform: [0.0; 6],
                sform,
            };
            say_nothing(&FileGrid {
                size: [4; 3],
                axis: [0, 1, 2],
                flip: [false; 3],
                space,
            })
        };
        let mut sform = [
            [1.0, 0.0, 0.0, 0.0],
            [0.0, 1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.0],
        ];
        assert!(says_nothing(sform, 2));
        assert!(!says_nothing(sform, 0), "it is not used");
        sform[2][3] = -120.0;
        assert!(!says_nothing(sform, 2));
    }

    #[test]
    fn places_that_files_round_are_the_same() {
        assert_eq!(checked(|_| {}).unwrap(), None);
        assert_eq!(checked(|it| it[0][3] += 0.04).unwrap(), None);
        assert_eq!(checked(|it| it[1][1] += 0.0004).unwrap(), None);
    }

    #[test]
    fn less_than_half_a_pixel_is_the_same_voxel_and_told() {
        let apart = checked(|it| it[0][3] += 0.3).unwrap().unwrap();
        assert!((apart - 0.3).abs() < 1e-9, "{apart}");
        assert!(checked(|it| it[0][3] += 0.4).is_err());
    }

    /// 0.3 mm are more than half the way to the next one of slices that lie 0.5 mm apart.
    #[test]
    fn of_thin_slices_another_one_may_be_nearest() {
        let apart = checked_at(0.5, |it| it[2][3] += 0.2).unwrap().unwrap();
        assert!((apart - 0.2).abs() < 1e-9, "{apart}");
        assert!(checked_at(0.5, |it| it[2][3] += 0.3).is_err());
    }

    /// A step of 0.82 in the place of 0.8 mm is two millimetres at the hundredth pixel.
    #[test]
    fn pixels_of_another_size_are_elsewhere_at_the_other_side() {
        let said = checked(|it| it[1][1] = 0.82).unwrap_err().to_string();
        assert!(
            said.contains("2.0 mm") && said.contains("--marks-as-stored"),
            "{said}"
        );
        assert!(checked(|it| it[0][0] = -0.8).is_err());
    }
}
