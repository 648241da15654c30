//! Regions of final masks, and whether they are nodules.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::analysis::SliceView;
use crate::analysis::measure::findings;
use crate::analysis::region::regions;
use crate::mask::Mask;
use crate::train::crops::{BACKGROUND, Crop, TARGET};
use crate::train::limits::Marked;

/// One region of a final mask.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Judged {
    /// Whose it is.
    pub patient: String,
    /// The strip or scan that it is part of.
    pub image: String,
    /// Place in the patient's strip or scan.
    pub slice: usize,
    /// What the product says, 0…1: the mean probability of its pixels.
    pub confidence: f32,
    /// Highest probability, 0…255.
    pub peak: u8,
    /// Highest probability in its place on the slices beside, 0…255; `None` where these are not
    /// known.
    pub peak_beside: Option<u8>,
    /// Area; `None` where the size of pixels is not known.
    pub area_mm2: Option<f32>,
    /// Whether it touches what at least two readers marked, rather than no mark at all.
    pub is_nodule: bool,
}

/// What a slice's regions are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Whose slice it is.
    pub patient: &'a str,
    /// The strip or scan that it is part of.
    pub image: &'a str,
    /// Place in the patient's strip or scan.
    pub slice: usize,
    /// 0…255, as many as pixels.
    pub probability: &'a [u8],
    /// The same of the slices beside; empty where they are not known.
    pub beside: &'a [&'a [u8]],
    /// [`BACKGROUND`] or [`TARGET`], anything else where readers do not agree; as many as pixels.
    pub label: &'a [u8],
}

/// The regions of a slice's final mask. Those are left out that touch marks of single readers only:
/// nobody knows what they are.
pub fn judged(mask: &Mask, view: &SliceView<'_>, known: &Known<'_>) -> Vec<Judged> {
    let found = findings(mask, known.probability, view, known.slice);
    let each = regions(mask).into_iter().zip(found);
    let judged = each.filter_map(|(region, finding)| {
        let label = |&at: &usize| known.label.get(at).copied().unwrap_or(BACKGROUND);
        let is_nodule = region.pixels.iter().any(|at| label(at) == TARGET);
        let is_untouched = region.pixels.iter().all(|at| label(at) == BACKGROUND);
        (is_nodule || is_untouched).then(|| Judged {
            patient: known.patient.to_owned(),
            image: known.image.to_owned(),
            slice: known.slice,
            confidence: finding.confidence,
            peak: region.peak(known.probability),
            peak_beside: known.beside.iter().map(|plane| region.peak(plane)).max(),
            area_mm2: finding.area_mm2,
            is_nodule,
        })
    });
    judged.collect()
}

/// The regions of crops, see [`alone`](crate::train::limits::alone) and
/// [`in_series`](crate::train::stack::in_series).
///
/// # Arguments
/// * `answers`: probabilities (0…255) of all crops.
/// * `is_series`: whether the slices beside had a say.
pub fn of_crops(
    marked: &[Marked<'_>],
    answers: &[(&Crop, Vec<u8>)],
    is_series: bool,
) -> Vec<Judged> {
    let mut by_row = BTreeMap::new();
    let mut by_place = BTreeMap::new();
    for (crop, probability) in answers {
        let probability = probability.as_slice();
        by_row.insert((crop.patient.as_str(), crop.row), probability);
        if let Some((nodule, slice)) = &crop.about.place {
            by_place.insert(
                (crop.patient.as_str(), nodule.as_str(), *slice),
                probability,
            );
        }
    }
    let mut all = Vec::new();
    for Marked { crop, mask } in marked {
        let patient = crop.patient.as_str();
        let place = crop.about.place.as_ref().filter(|_| is_series);
        let beside = place
            .map(|(nodule, slice)| [slice - 1, slice + 1].map(|at| (patient, nodule.as_str(), at)));
        let beside = beside
            .iter()
            .flatten()
            .filter_map(|place| by_place.get(place).copied());
        let beside: Vec<&[u8]> = beside.collect();
        let known = Known {
            patient,
            image: patient,
            slice: crop.row,
            probability: by_row
                .get(&(patient, crop.row))
                .copied()
                .unwrap_or_default(),
            beside: &beside,
            label: &crop.label,
        };
        all.extend(judged(mask, &crop.view(), &known));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::crops::DOUBTFUL;
    use crate::volume::{Intensity, PixelSpacing};

    #[test]
    fn regions_of_single_readers_are_neither_right_nor_wrong() {
        let pixels = vec![1, 1, 0, 1, 0, 1];
        let label = [
            TARGET, BACKGROUND, BACKGROUND, DOUBTFUL, BACKGROUND, BACKGROUND,
        ];
        let probability = [255, 204, 0, 250, 0, 230];
        let mask = Mask {
            pixels,
            ..Mask::empty(1, 6)
        };
        let view = SliceView {
            values: &[0; 6],
            rows: 1,
            cols: 6,
            intensity: Intensity::Hounsfield,
            spacing: Some(PixelSpacing {
                row_mm: 2.0,
                col_mm: 1.0,
            }),
        };
        let found = judged(
            &mask,
            &view,
            &Known {
                patient: "one",
                image: "one/second",
                slice: 3,
                probability: &probability,
                beside: &[&[7, 9, 0, 0, 0, 1], &[8, 0, 0, 0, 0, 2]],
                label: &label,
            },
        );
        let [nodule, other] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert!(nodule.is_nodule && !other.is_nodule);
        assert!((nodule.confidence - 0.9).abs() < 1e-6);
        assert_eq!((nodule.peak, nodule.peak_beside), (255, Some(9)));
        assert_eq!((other.peak, other.peak_beside), (230, Some(2)));
        assert_eq!((nodule.area_mm2, nodule.slice), (Some(4.0), 3));
        assert_eq!((&*nodule.patient, &*nodule.image), ("one", "one/second"));
    }
}
