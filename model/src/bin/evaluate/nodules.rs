//! Figures of whole nodules: the slices of each together.

use std::collections::BTreeMap;

use model::metric::{Agreement, Confusion};
use model::train::bootstrap::{Interval, interval};
use serde::Serialize;

use crate::evaluate::figures::Figures;
use crate::evaluate::scored::{Scored, is_rated_benign, is_rated_malignant};

/// What counts for a nodule.
const RULE: &str = "pixels of all slices on which the nodule is, together; everything marked there counts against it, \
     but for what lies on, or only touches, another nodule; hd95_mm is the mean over those slices \
     where both masks have a pixel";

/// A line of `per_nodule.csv`.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct OfNodule {
    patient: String,
    image: String,
    nodule: String,
    slices: usize,
    diameter_mm: Option<f32>,
    malignancy: Option<f32>,
    target_px: u64,
    predicted_px: u64,
    true_positive_px: u64,
    dice: f32,
    iou: f32,
    accuracy: Option<f32>,
    precision: Option<f32>,
    recall: Option<f32>,
    specificity: Option<f32>,
    hd95_mm: Option<f32>,
    /// What the figures come from.
    #[serde(skip)]
    counts: Confusion,
    /// Slices where one mask is empty.
    hd95_undefined: usize,
    /// Whether at least one pixel was found on any slice.
    found: bool,
}

/// Means over nodules, with intervals over patients.
#[derive(Debug, Serialize)]
pub(crate) struct OfNodules {
    nodules: usize,
    /// Precision: of the nodules on whose slices something was predicted.
    #[serde(flatten)]
    pub(crate) means: Figures<Interval>,
    /// Nodules without a slice where both masks have a pixel: not part of `hd95_mm`.
    hd95_undefined: usize,
    /// Share of which at least one pixel was found on any slice.
    found: Option<Interval>,
}

/// Figures of all nodules, by their size, and by what readers thought of them.
#[derive(Debug, Serialize)]
pub(crate) struct ByNodule {
    rule: &'static str,
    #[serde(flatten)]
    pub(crate) all: OfNodules,
    by_diameter: BTreeMap<&'static str, OfNodules>,
    /// Where the data say it.
    by_malignancy: BTreeMap<&'static str, OfNodules>,
}

/// Sizes in mm, the upper end not included.
const SIZES: [(&str, std::ops::Range<f32>); 4] = [
    ("< 6 mm", 0.0..6.0),
    ("6 to 10 mm", 6.0..10.0),
    ("10 to 20 mm", 10.0..20.0),
    (">= 20 mm", 20.0..f32::INFINITY),
];

type Rating = (&'static str, fn(f32) -> bool);

/// By the mean of the readers' ratings.
const RATINGS: [Rating; 2] = [("<= 3", is_rated_benign), ("> 3", is_rated_malignant)];

/// The nodules that images with a target show; images that do not say which are left out.
pub(crate) fn nodules(scored: &[&Scored]) -> Vec<OfNodule> {
    let mut slices: BTreeMap<(&str, &str, &str), Vec<&Scored>> = BTreeMap::new();
    for &s in scored {
        let Some(nodule) = &s.nodule else { continue };
        let of = (s.patient.as_str(), s.image.as_str(), nodule.as_str());
        slices.entry(of).or_default().push(s);
    }
    let nodules = slices.into_values();
    nodules.filter_map(|slices| of_slices(&slices)).collect()
}

/// One nodule; `None` without slices.
fn of_slices(slices: &[&Scored]) -> Option<OfNodule> {
    let first = slices.first()?;
    let counts = slices.iter().map(|it| it.counts);
    let counts = counts.fold(Confusion::default(), Confusion::merged);
    let distances: Vec<f32> = slices.iter().filter_map(|it| it.hd95_mm).collect();
    let Agreement {
        counts,
        dice,
        iou,
        accuracy,
        precision,
        recall,
        specificity,
    } = counts.agreement();
    Some(OfNodule {
        patient: first.patient.clone(),
        image: first.image.clone(),
        nodule: first.nodule.clone()?,
        slices: slices.len(),
        diameter_mm: first.diameter_mm,
        malignancy: first.malignancy,
        target_px: counts.true_positive + counts.false_negative,
        predicted_px: counts.true_positive + counts.false_positive,
        true_positive_px: counts.true_positive,
        dice,
        iou,
        accuracy,
        precision,
        recall,
        specificity,
        counts,
        hd95_mm: (!distances.is_empty())
            .then(|| distances.iter().sum::<f32>() / distances.len() as f32),
        hd95_undefined: slices.len() - distances.len(),
        found: counts.true_positive > 0,
    })
}

/// Sums up; `None` where no image says which nodule it shows.
pub(crate) fn by_nodule(nodules: &[OfNodule]) -> Option<ByNodule> {
    let summed = |name: &'static str, is_such: &dyn Fn(&OfNodule) -> bool| {
        let such: Vec<&OfNodule> = nodules.iter().filter(|it| is_such(it)).collect();
        (!such.is_empty()).then(|| (name, of_nodules(&such)))
    };
    let of_size = |(name, size): &(&'static str, std::ops::Range<f32>)| {
        summed(name, &|it| {
            it.diameter_mm.is_some_and(|mm| size.contains(&mm))
        })
    };
    let of_rating =
        |(name, is_rated): &Rating| summed(name, &|it| it.malignancy.is_some_and(is_rated));
    (!nodules.is_empty()).then(|| ByNodule {
        rule: RULE,
        all: of_nodules(&nodules.iter().collect::<Vec<_>>()),
        by_diameter: SIZES.iter().filter_map(of_size).collect(),
        by_malignancy: RATINGS.iter().filter_map(of_rating).collect(),
    })
}

fn of_nodules(nodules: &[&OfNodule]) -> OfNodules {
    let figures = |it: &&OfNodule| Figures::of(it.counts, it.hd95_mm);
    let each = nodules.iter().map(|it| (it.patient.as_str(), figures(it)));
    let found = nodules.iter();
    let found = found.map(|it| (it.patient.as_str(), f64::from(u8::from(it.found))));
    OfNodules {
        nodules: nodules.len(),
        means: Figures::means(&each.collect::<Vec<_>>()),
        hd95_undefined: nodules.iter().filter(|it| it.hd95_mm.is_none()).count(),
        found: interval(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(nodule: &str, hit: u64, missed: u64, hd95_mm: Option<f32>) -> Scored {
        Scored {
            patient: "one".to_owned(),
            nodule: Some(nodule.to_owned()),
            counts: Confusion {
                true_positive: hit,
                false_negative: missed,
                ..Confusion::default()
            },
            diameter_mm: Some(7.0),
            hd95_mm,
            ..Scored::default()
        }
    }

    #[test]
    fn a_nodule_counts_once_however_many_slices_show_it() {
        let slices = [
            slice("a", 30, 0, Some(2.0)),
            slice("a", 0, 10, None),
            slice("b", 0, 5, None),
        ];
        let slices: Vec<&Scored> = slices.iter().collect();
        let lines = nodules(&slices);
        assert_eq!((lines[0].slices, lines[0].hd95_undefined), (2, 1));
        let summary = by_nodule(&lines).unwrap();
        assert_eq!(summary.all.nodules, 2);
        assert!((summary.all.found.unwrap().mean - 0.5).abs() < 1e-9);
        // 0.75 of the first nodule's pixels, none of the second's.
        assert!((summary.all.means.recall.unwrap().mean - 0.375).abs() < 1e-6);
        let distance = summary.all.means.hd95_mm.unwrap();
        assert_eq!((distance.count, summary.all.hd95_undefined), (1, 1));
        let sizes: Vec<&str> = summary.by_diameter.into_keys().collect();
        assert_eq!(sizes, ["6 to 10 mm"]);
        assert!(summary.by_malignancy.is_empty(), "nobody rated them");
    }

    #[test]
    fn nodules_are_told_apart_by_their_rating_where_they_have_one() {
        let rated = |nodule, malignancy| Scored {
            malignancy,
            ..slice(nodule, 9, 0, None)
        };
        let slices = [
            rated("a", Some(3.0)),
            rated("b", Some(3.25)),
            rated("c", Some(4.0)),
            rated("d", None),
        ];
        let lines = nodules(&slices.iter().collect::<Vec<_>>());
        let by_malignancy = by_nodule(&lines).unwrap().by_malignancy.into_iter();
        let counts: Vec<(&str, usize)> = by_malignancy.map(|it| (it.0, it.1.nodules)).collect();
        assert_eq!(counts, [("<= 3", 1), ("> 3", 2)]);
    }

    #[test]
    fn nodules_of_two_scans_of_a_patient_are_two() {
        let first = slice("1", 1, 0, None);
        let second = Scored {
            image: "second".to_owned(),
            ..first.clone()
        };
        assert_eq!(nodules(&[&first, &second]).len(), 2);
    }

    #[test]
    fn where_no_image_names_its_nodule_there_are_no_figures() {
        assert!(by_nodule(&nodules(&[&Scored::default()])).is_none());
    }
}
