//! Figures of patients: each counts once, however many images there are of it.

use std::collections::BTreeMap;

use model::train::bootstrap::{Interval, interval};
use serde::Serialize;

use crate::evaluate::scored::Scored;

/// A line of `per_patient.csv`: means over the patient's images with a target.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Means {
    patient: String,
    images: usize,
    dice: Option<f64>,
    iou: Option<f64>,
    /// Of the images where something was predicted.
    precision: Option<f64>,
    recall: Option<f64>,
    accuracy: Option<f64>,
    specificity: Option<f64>,
    /// Of the images where both masks have a pixel.
    hd95_mm: Option<f64>,
    /// Images where one mask is empty.
    hd95_undefined: usize,
    /// Share of the images where at least one pixel of the target was found.
    found: Option<f64>,
}

/// Means over patients, with intervals over them.
#[derive(Debug, Serialize)]
pub(crate) struct ByPatient {
    patients: usize,
    pub(crate) dice: Option<Interval>,
    pub(crate) iou: Option<Interval>,
    pub(crate) precision: Option<Interval>,
    pub(crate) recall: Option<Interval>,
    pub(crate) accuracy: Option<Interval>,
    pub(crate) specificity: Option<Interval>,
    pub(crate) hd95_mm: Option<Interval>,
    /// Patients without an image where both masks have a pixel: not part of `hd95_mm`.
    hd95_undefined: usize,
    found: Option<Interval>,
}

/// The patients of images with a target.
pub(crate) fn patients(scored: &[&Scored]) -> Vec<Means> {
    let mut by_patient: BTreeMap<&str, Vec<&Scored>> = BTreeMap::new();
    for &s in scored {
        by_patient.entry(&s.patient).or_default().push(s);
    }
    let each = by_patient.into_iter().map(|(patient, images)| {
        let mean = |value: fn(&Scored) -> Option<f32>| {
            let values: Vec<f64> = images
                .iter()
                .filter_map(|s| value(s).map(f64::from))
                .collect();
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        };
        Means {
            patient: patient.to_owned(),
            images: images.len(),
            dice: mean(|s| Some(s.dice)),
            iou: mean(|s| Some(s.iou)),
            precision: mean(|s| s.precision),
            recall: mean(|s| s.recall),
            accuracy: mean(|s| s.accuracy),
            specificity: mean(|s| s.specificity),
            hd95_mm: mean(|s| s.hd95_mm),
            hd95_undefined: images.iter().filter(|s| s.hd95_mm.is_none()).count(),
            found: mean(|s| Some(f32::from(u8::from(s.true_positive_px > 0)))),
        }
    });
    each.collect()
}

/// Sums up.
pub(crate) fn by_patient(patients: &[Means]) -> ByPatient {
    let over = |value: fn(&Means) -> Option<f64>| {
        interval(
            patients
                .iter()
                .filter_map(|it| Some((it.patient.as_str(), value(it)?))),
        )
    };
    ByPatient {
        patients: patients.len(),
        dice: over(|it| it.dice),
        iou: over(|it| it.iou),
        precision: over(|it| it.precision),
        recall: over(|it| it.recall),
        accuracy: over(|it| it.accuracy),
        specificity: over(|it| it.specificity),
        hd95_mm: over(|it| it.hd95_mm),
        hd95_undefined: patients.iter().filter(|it| it.hd95_mm.is_none()).count(),
        found: over(|it| it.found),
    }
}
