//! Crops of consecutive slices of a nodule as the series that they come from.

use std::collections::BTreeMap;

use super::crops::Crop;
use super::limits::Marked;
use crate::map::Map;
use crate::pipeline::{Series, SliceAnalysis};
use crate::settings::Postprocess;
use crate::volume::{Intensity, Volume};

/// Slices of LIDC-IDRI lie nowhere further apart. The index does not say how far for every crop,
/// and nothing else depends on it here.
const AT_MOST_MM: f32 = 5.0;

/// What the product's postprocessing leaves of answers (probabilities 0…255) for crops with a slice
/// beside them, which have a say in each other as in a series. Where the crops of a nodule end, the
/// series does.
pub fn in_series<'a>(
    answers: &'a [(&'a Crop, Vec<u8>)],
    settings: &Postprocess,
) -> Vec<Marked<'a>> {
    let mut by_place = BTreeMap::new();
    for answer in answers {
        if let Some((nodule, slice)) = &answer.0.about.place {
            by_place.insert((&answer.0.patient, nodule, *slice), answer);
        }
    }
    let mut marked = Vec::new();
    let mut stack: Vec<&(&Crop, Vec<u8>)> = Vec::new();
    let mut next = None;
    for ((patient, nodule, slice), answer) in by_place {
        if next != Some((patient, nodule, slice)) {
            marked.extend(of_stack(&stack, settings));
            stack.clear();
        }
        stack.push(answer);
        next = Some((patient, nodule, slice + 1));
    }
    marked.extend(of_stack(&stack, settings));
    marked
}

fn of_stack<'a>(stack: &[&(&'a Crop, Vec<u8>)], settings: &Postprocess) -> Vec<Marked<'a>> {
    let [first, _, ..] = stack else {
        return Vec::new();
    };
    let (rows, cols) = (first.0.rows, first.0.columns);
    let voxels = stack.iter().flat_map(|it| it.0.hu.clone()).collect();
    let volume = Volume {
        spacing: first.0.view().spacing,
        slice_spacing_mm: Some(AT_MOST_MM),
        ..Volume::without_place((rows, cols), voxels, Intensity::Hounsfield)
    };
    let analysis = |probability: &Vec<u8>| {
        let probability = probability.clone();
        SliceAnalysis::unmarked((rows, cols), probability)
    };
    let analyses = stack.iter().map(|it| analysis(&it.1)).enumerate();
    let mut analyses: Map<usize, SliceAnalysis> = analyses.collect();
    let alike = analyses.keys().copied().collect();
    let series = Series::new(&volume, &alike, settings);
    series.refine(&mut analyses);
    let masks = analyses.into_values().map(|analysis| analysis.refined);
    let crops = stack.iter().map(|it| it.0);
    crops
        .zip(masks)
        .map(|(crop, mask)| Marked { crop, mask })
        .collect()
}
