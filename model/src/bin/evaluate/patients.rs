//! Figures of patients: each counts once, however many images there are of it.

use std::collections::BTreeMap;

use model::train::bootstrap::{Interval, interval};
use serde::Serialize;

use crate::evaluate::figures::Figures;
use crate::evaluate::scored::Scored;

/// A line of `per_patient.csv`: means over the patient's images with a target. The writer of CSV
/// takes structures one after another, not one in another.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Means(Images, Figures<f64>, Found);

#[derive(Debug, Clone, Default, Serialize)]
struct Images {
    patient: String,
    images: usize,
}

#[derive(Debug, Clone, Default, Serialize)]
struct Found {
    /// Images where one mask is empty.
    hd95_undefined: usize,
    /// Share of the images where at least one pixel of the target was found.
    found: Option<f64>,
}

/// Means over patients, with intervals over them.
#[derive(Debug, Serialize)]
pub(crate) struct ByPatient {
    patients: usize,
    #[serde(flatten)]
    pub(crate) means: Figures<Interval>,
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
        let figures: Vec<Figures<f64>> = images.iter().map(|it| it.figures()).collect();
        let found = images.iter().map(|it| it.true_positive_px > 0);
        Means(
            Images {
                patient: patient.to_owned(),
                images: images.len(),
            },
            Figures::each(|figure| mean(figures.iter().filter_map(figure))),
            Found {
                hd95_undefined: images.iter().filter(|s| s.hd95_mm.is_none()).count(),
                found: mean(found.map(|is_found| f64::from(u8::from(is_found)))),
            },
        )
    });
    each.collect()
}

/// `None` without values.
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0);
    for value in values {
        sum += value;
        count += 1;
    }
    (count > 0).then(|| sum / f64::from(count))
}

/// Sums up.
pub(crate) fn by_patient(patients: &[Means]) -> ByPatient {
    let each = || {
        patients
            .iter()
            .map(|Means(images, figures, found)| (images.patient.as_str(), figures, found))
    };
    let figures: Vec<(&str, Figures<f64>)> = each()
        .map(|(patient, figures, _)| (patient, *figures))
        .collect();
    ByPatient {
        patients: patients.len(),
        means: Figures::means(&figures),
        hd95_undefined: figures
            .iter()
            .filter(|(_, it)| it.hd95_mm.is_none())
            .count(),
        found: interval(each().filter_map(|(patient, _, it)| Some((patient, it.found?)))),
    }
}
