//! Crops: predicted on their own pixels, without postprocessing.

use std::cell::RefCell;

use anyhow::Result;
use model::analysis::preprocess::NetworkInput;
use model::analysis::{final_mask, raw_mask};
use model::engine::{Engine, Weights};
use model::metric::Confusion;
use model::settings::Postprocess;
use model::train::crops::{Crop, DOUBTFUL};
use model::train::sample::normalise;
use model::train::score::predict_by;

use crate::evaluate::calibration::Calibration;
use crate::evaluate::overlay::Example;
use crate::evaluate::scored::{Scored, readers};

/// Scores every crop.
pub(crate) fn run(
    weights: &Weights,
    threshold: f32,
    crops: &[Crop],
) -> Result<(Vec<Scored>, Calibration, Vec<Example>)> {
    let engine = RefCell::new(Engine::cpu(weights)?);
    let answer = |input: &NetworkInput| {
        let mut go_on = async |_, _| true;
        let mut engine = engine.borrow_mut();
        let job = engine.run(&input.pixels, input.rows, input.cols, &mut go_on);
        // Crops are made to fit; an engine that fails answers nothing and scores nothing.
        pollster::block_on(job).unwrap_or_default()
    };
    let settings = Postprocess {
        threshold,
        ..Postprocess::default()
    };
    let mut calibration = Calibration::default();
    let mut scored = Vec::new();
    let mut examples = Vec::new();
    for crop in crops {
        let prediction = predict_by(&answer, weights.config().stride(), crop);
        let probability = prediction.probability(weights.temperature());
        let mask = raw_mask(&probability, crop.rows, crop.columns, threshold);
        let spacing = crop.view().spacing;
        let reference = crop.reference();
        let known = crop.label.iter().map(|&label| label != DOUBTFUL);
        calibration.add(&probability, &reference, known);
        let refined = final_mask(&mask, None, spacing, &settings);
        let (dice_with_readers, dice_between_readers) = readers(&mask, &crop.about.readers);
        scored.push(Scored {
            kind: "crop",
            patient: crop.patient.clone(),
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
            ..Scored::new(&mask, &reference, spacing)
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
