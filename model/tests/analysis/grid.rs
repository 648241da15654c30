//! There and back between the slice grid and the network grid.

use super::field::Case;
use model::analysis::{SliceView, lung_field, prepare};
use model::mask::Mask;
use model::settings::Denoise;
use model::volume::{Intensity, PixelSpacing};

/// A slice of air with a bright, off-centre, asymmetric mark, and the mark's centre.
fn phantom(rows: usize, cols: usize) -> (Vec<i16>, (f32, f32)) {
    let mut values = vec![-1000; rows * cols];
    let (top, left, height, width) = (rows / 5, 2 * cols / 3, 13, 7);
    for row in top..top + height {
        for col in left..left + width {
            values[row * cols + col] = 400;
        }
    }
    let middle = |start: usize, len: usize| start as f32 + (len as f32 - 1.0) / 2.0;
    (values, (middle(top, height), middle(left, width)))
}

/// Centre of mass.
pub(super) fn centre(weights: &[f32], cols: usize) -> (f32, f32) {
    let (mut row, mut col, mut sum) = (0.0, 0.0, 0.0);
    for (i, &w) in weights.iter().enumerate() {
        row += f64::from(w) * (i / cols) as f64;
        col += f64::from(w) * (i % cols) as f64;
        sum += f64::from(w);
    }
    ((row / sum) as f32, (col / sum) as f32)
}

#[test]
fn a_mark_stays_in_place_to_a_tenth_of_a_pixel() {
    let sizes = [
        (101, 87, 0.9, 0.6),
        (130, 211, 0.52, 0.98),
        (96, 96, 0.75, 0.75),
    ];
    for (rows, cols, row_mm, col_mm) in sizes {
        let (values, mark) = phantom(rows, cols);
        let slice = SliceView {
            values: &values,
            rows,
            cols,
            intensity: Intensity::Hounsfield,
            spacing: Some(PixelSpacing { row_mm, col_mm }),
        };
        let mut field = Mask::empty(rows, cols);
        field
            .pixels
            .iter_mut()
            .zip(&values)
            .for_each(|(p, &v)| *p = u8::from(v > 0));
        for field in [None, Some(&field)] {
            let input = prepare(&slice, field, Denoise::Gaussian, 16);
            assert_eq!((input.rows % 16, input.cols % 16), (0, 0));
            assert_eq!(input.pixels.len(), input.rows * input.cols);
            let probability: Vec<f32> = input.pixels.iter().map(|p| (p + 1.0) / 2.0).collect();
            let on_input = centre(&probability, input.cols);
            let expected = input.position_from_slice(mark.0, mark.1);
            assert!(
                (on_input.0 - expected.0).abs() < 0.1,
                "{on_input:?} {expected:?}"
            );
            assert!(
                (on_input.1 - expected.1).abs() < 0.1,
                "{on_input:?} {expected:?}"
            );

            let back = input.probability_on_slice(&probability, None);
            let back: Vec<f32> = back.iter().map(|&p| f32::from(p)).collect();
            let found = centre(&back, cols);
            assert!((found.0 - mark.0).abs() < 0.1, "{found:?} {mark:?}");
            assert!((found.1 - mark.1).abs() < 0.1, "{found:?} {mark:?}");
        }
    }
}

#[test]
fn the_input_covers_the_field_and_its_margin_and_pads_with_air() {
    let values = vec![400; 40 * 50];
    let slice = SliceView {
        values: &values,
        rows: 40,
        cols: 50,
        intensity: Intensity::Hounsfield,
        spacing: Some(PixelSpacing::square(0.75)),
    };
    let input = prepare(&slice, None, Denoise::None, 32);
    assert_eq!((input.rows, input.cols), (64, 64));
    for (i, &p) in input.pixels.iter().enumerate() {
        let is_image = i / 64 < 40 && i % 64 < 50;
        assert!((p - if is_image { 1.0 } else { -1.0 }).abs() < 1e-6);
    }
    let back = input.probability_on_slice(&vec![1.0; 64 * 64], None);
    assert!(back.iter().all(|&p| p == 255));
}

#[test]
fn outside_the_field_the_probability_is_zero() {
    let case = Case::load("pleural", 0.681_64);
    let field = lung_field(&case.view()).unwrap();
    let input = prepare(&case.view(), Some(&field), Denoise::Median, 16);
    assert!(input.rows < 480 && input.cols < 480, "cropped to the lungs");
    let all = vec![1.0; input.rows * input.cols];
    let back = input.probability_on_slice(&all, Some(&field));
    for (&p, &inside) in back.iter().zip(&field.pixels) {
        assert_eq!(p, 255 * inside);
    }
}

#[test]
fn a_picture_of_unknown_spacing_keeps_its_pixels_up_to_512() {
    for (edge, expected) in [(128, 128), (512, 512), (1024, 512)] {
        let values = vec![255; edge * edge];
        let slice = SliceView {
            values: &values,
            rows: edge,
            cols: edge,
            intensity: Intensity::Grey { max: 255 },
            spacing: None,
        };
        let input = prepare(&slice, None, Denoise::None, 16);
        assert_eq!((input.rows, input.cols), (expected, expected));
        assert!(input.pixels.iter().all(|&p| (p - 1.0).abs() < 1e-5));
    }
}
