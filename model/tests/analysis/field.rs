//! The lung field on real slices.

use model::analysis::{SliceView, lung_field};
use model::mask::Mask;
use model::metric::Confusion;
use model::volume::{Intensity, PixelSpacing};

/// A slice of the fixtures: HU, number of readers, and scikit-image's lung mask.
pub(crate) struct Case {
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    pub(crate) hu: Vec<i16>,
    pub(crate) readers: Vec<u8>,
    lung: Vec<u8>,
    pixel_mm: f32,
}

impl Case {
    pub(crate) fn load(name: &str, pixel_mm: f32) -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/analysis");
        let open = |part: &str| image::open(format!("{folder}/{name}_{part}.png")).unwrap();
        let image = open("image").into_luma16();
        Self {
            rows: image.height() as usize,
            cols: image.width() as usize,
            hu: image
                .iter()
                .map(|&v| (i32::from(v) - 1024) as i16)
                .collect(),
            readers: open("marks").into_luma8().into_raw(),
            lung: open("lung").into_luma8().into_raw(),
            pixel_mm,
        }
    }

    pub(crate) fn all() -> [Self; 3] {
        [
            Self::load("nodule", 0.703_125),
            Self::load("pleural", 0.681_64),
            Self::load("mass", 0.791),
        ]
    }

    pub(crate) fn view(&self) -> SliceView<'_> {
        SliceView {
            values: &self.hu,
            rows: self.rows,
            cols: self.cols,
            intensity: Intensity::Hounsfield,
            spacing: Some(PixelSpacing::square(self.pixel_mm)),
        }
    }
}

fn dice(a: &Mask, b: &[u8]) -> f32 {
    Confusion::count(&a.pixels, b).agreement().dice
}

#[test]
fn every_pixel_that_two_readers_marked_lies_in_the_field() {
    for case in Case::all() {
        let field = lung_field(&case.view()).unwrap();
        let marked = case.readers.iter().filter(|&&readers| readers >= 2).count();
        let inside = case.readers.iter().zip(&field.pixels);
        let inside = inside
            .filter(|(readers, p)| **readers >= 2 && **p == 1)
            .count();
        assert!(marked > 0);
        assert_eq!(inside, marked);
    }
}

#[test]
fn the_field_agrees_with_scikit_image() {
    for case in Case::all() {
        let field = lung_field(&case.view()).unwrap();
        let agreement = dice(&field, &case.lung);
        assert!(agreement > 0.95, "Dice {agreement}");
    }
}

#[test]
fn an_eight_bit_picture_of_the_same_slice_has_nearly_the_same_field() {
    let case = Case::load("nodule", 0.703_125);
    let grey: Vec<i16> = case
        .hu
        .iter()
        .map(|&hu| ((hu.clamp(-1350, 150) + 1350) / 6).min(255))
        .collect();
    let picture = SliceView {
        values: &grey,
        intensity: Intensity::Grey { max: 255 },
        spacing: None,
        ..case.view()
    };
    let field = lung_field(&picture).unwrap();
    assert!(dice(&field, &lung_field(&case.view()).unwrap().pixels) > 0.95);
}

/// A body of tissue with lungs where `is_lung` says so of (row, column), 1 mm a pixel.
fn body(is_lung: impl Fn(f32, f32) -> bool) -> Vec<i16> {
    let inside = |row: f32, col: f32| ((row - 150.0) / 110.0).hypot((col - 150.0) / 140.0) < 1.0;
    let places = (0..300).flat_map(|row| (0..300).map(move |col| (row as f32, col as f32)));
    places
        .map(|(row, col)| match () {
            () if !inside(row, col) => -1000,
            () if is_lung(row, col) => -850,
            () => 40,
        })
        .collect()
}

#[test]
fn a_mass_on_the_chest_wall_is_in_the_field_and_the_dome_of_the_liver_is_not() {
    let spacing = Some(PixelSpacing::square(1.0));
    let from = |row: f32, col: f32, at: (f32, f32)| (row - at.0).hypot(col - at.1);
    let lung = |row: f32, col: f32| {
        let side = (col - 150.0).abs();
        (25.0..105.0).contains(&side) && (row - 150.0).abs() < 55.0
    };
    let mass = (150.0, 48.0);
    let values = body(|row, col| lung(row, col) && from(row, col, mass) > 18.0);
    let case = Case::load("mass", 1.0);
    let view = SliceView {
        spacing,
        ..case.view_of(&values, 300)
    };
    let field = lung_field(&view).unwrap();
    assert!(field.contains(150, 48), "a mass of 36 mm on the wall");

    // The bases: crescents of 8 mm around liver and spleen, from the spine to the side.
    let liver = (120.0, 75.0);
    let base = |row: f32, col: f32| {
        let at = from(row, col, liver);
        (70.0..78.0).contains(&at) && row > 120.0 && col > 30.0 && col < 140.0
    };
    let values = body(|row, col| base(row, col) || base(row, 300.0 - col));
    let view = SliceView {
        spacing,
        ..case.view_of(&values, 300)
    };
    let field = lung_field(&view).unwrap();
    assert!(field.contains(194, 75), "the lung behind the liver");
    assert!(!field.contains(162, 100), "the liver");
}

#[test]
fn a_nodule_crop_has_no_field() {
    let case = Case::load("nodule", 0.703_125);
    let centre = case
        .readers
        .iter()
        .position(|&readers| readers >= 2)
        .unwrap();
    let (top, left) = (centre / case.cols - 64, centre % case.cols - 64);
    let crop: Vec<i16> = (0..128 * 128)
        .map(|i| case.hu[(top + i / 128) * case.cols + left + i % 128])
        .collect();
    let view = SliceView {
        values: &crop,
        rows: 128,
        cols: 128,
        ..case.view()
    };
    assert!(lung_field(&view).is_none());
    let unknown = SliceView {
        spacing: None,
        ..view
    };
    assert!(lung_field(&unknown).is_none());
}

#[test]
fn water_air_and_broken_sizes_have_no_field() {
    for value in [0, -1000] {
        let values = vec![value; 300 * 300];
        let mut view = Case::load("mass", 0.791).view_of(&values, 300);
        assert!(lung_field(&view).is_none());
        view.rows = 299;
        assert!(lung_field(&view).is_none());
    }
}

impl Case {
    fn view_of<'a>(&self, values: &'a [i16], edge: usize) -> SliceView<'a> {
        SliceView {
            values,
            rows: edge,
            cols: edge,
            intensity: Intensity::Hounsfield,
            spacing: self.view().spacing,
        }
    }
}
