//! Crops: predicted on their own pixels, without postprocessing.

use anyhow::Result;
use model::analysis::{Beside, final_mask, raw_mask};
use model::engine::Weights;
use model::metric::Confusion;
use model::settings::Postprocess;
use model::train::crops::{Crop, DOUBTFUL};
use model::train::sample::normalise;
use model::train::score::Predictor;

use crate::evaluate::calibration::Calibration;
use crate::evaluate::overlay::Example;
use crate::evaluate::scored::{Scored, readers};

/// Scores every crop.
pub(crate) fn run(
    weights: &Weights,
    settings: &Postprocess,
    crops: &[Crop],
) -> Result<(Vec<Scored>, Calibration, Vec<Example>)> {
    let predictor = Predictor::new(weights)?;
    let mut calibration = Calibration::default();
    let mut scored = Vec::new();
    let mut examples = Vec::new();
    for crop in crops {
        let probability = predictor.probability(crop);
        let mask = raw_mask(&probability, crop.rows, crop.columns, settings.threshold);
        let spacing = crop.view().spacing;
        let reference = crop.reference();
        let disputed: Vec<bool> = crop.label.iter().map(|&label| label == DOUBTFUL).collect();
        calibration.add(&probability, &reference, &disputed);
        let refined = final_mask(
            &mask,
            &probability,
            &Beside::default(),
            None,
            spacing,
            settings,
        );
        let (dice_with_readers, dice_between_readers) = readers(&mask, &crop.about.readers);
        scored.push(Scored {
            kind: "crop",
            patient: crop.patient.clone(),
            nodule: crop.about.place.as_ref().map(|(nodule, _)| nodule.clone()),
            slice: crop.row,
            dice_other_processing: Some(
                Confusion::count(&refined.pixels, &reference)
                    .agreement()
                    .dice,
            ),
            dice_with_readers,
            dice_between_readers,
            hu_exact: Some(crop.hu_exact),
            malignancy: crop.about.malignancy,
            diameter_mm: crop.about.diameter_mm,
            annotators: crop.about.annotators,
            ..Scored::new(&mask, &reference, &disputed, spacing)
        });
        if let (Some(last), true) = (scored.last(), crop.target_pixels() > 0) {
            let grey = crop.hu.iter().map(|&hu| normalise(f32::from(hu)));
            examples.push(Example {
                grey: grey.collect(),
                dice: last.dice,
                target: reference,
                mask,
            });
        }
    }
    Ok((scored, calibration, examples))
}
