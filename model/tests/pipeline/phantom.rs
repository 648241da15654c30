//! Scans of one kind of tissue, and settings under which masks are what the threshold leaves.

use std::collections::BTreeSet;

use model::map::Map;
use model::pipeline::{Series, SliceAnalysis};
use model::settings::Postprocess;
use model::volume::{Intensity, PixelSpacing, Volume};

/// No slice has a say in another one.
static ALONE: BTreeSet<usize> = BTreeSet::new();

/// Regions of any size and form are findings, where they are probable enough.
pub(crate) const ANY_SIZE: Postprocess = Postprocess {
    threshold: 0.5,
    least_peak: 0.9,
    opening_mm: 0.0,
    closing_mm: 0.0,
    fill_holes: false,
    min_area_mm2: 0.0,
    smooth: false,
};

/// Slices of `edge × edge` pixels of 1 mm at −20 HU.
pub(crate) fn tissue(edge: usize, slices: usize, slice_spacing_mm: Option<f32>) -> Volume {
    Volume {
        spacing: Some(PixelSpacing::square(1.0)),
        slice_spacing_mm,
        format: "DICOM".to_owned(),
        ..Volume::without_place(
            (edge, edge),
            vec![-20; slices * edge * edge],
            Intensity::Hounsfield,
        )
    }
}

pub(crate) fn at(threshold: f32) -> Postprocess {
    Postprocess {
        threshold,
        closing_mm: 0.0,
        smooth: false,
        ..Postprocess::default()
    }
}

/// Each slice is judged by itself.
pub(crate) fn alone<'a>(volume: &'a Volume, settings: &'a Postprocess) -> Series<'a> {
    Series::new(volume, &ALONE, settings)
}

/// What is known of a slice.
pub(crate) fn known(analyses: &Map<usize, SliceAnalysis>, slice: usize) -> &SliceAnalysis {
    analyses.get(&slice).unwrap()
}

/// The line around a rectangle of whole pixels.
pub(crate) fn outline(rows: (f32, f32), cols: (f32, f32)) -> [(f32, f32); 4] {
    [
        (rows.0, cols.0),
        (rows.0, cols.1),
        (rows.1, cols.1),
        (rows.1, cols.0),
    ]
}
