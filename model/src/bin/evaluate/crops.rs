//! Crops: predicted on their own pixels, without postprocessing.

use anyhow::{Context, Result, anyhow};
use model::analysis::preprocess::normalise_hu;
use model::analysis::raw_mask;
use model::engine::Weights;
use model::metric::Confusion;
use model::pipeline::threads;
use model::protocol::BackendChoice;
use model::settings::Postprocess;
use model::train::calibrate::judged::{Judged, of_crops};
use model::train::crops::{Crop, DOUBTFUL};
use model::train::limits::{Marked, alone};
use model::train::score::Predictor;
use model::train::stack::in_series;

use crate::evaluate::nodules::nodules;
use crate::evaluate::overlay::{Example, spread};
use crate::evaluate::results::Results;
use crate::evaluate::scored::{Scored, readers};

/// Scores every crop.
pub(crate) fn run(
    weights: &Weights,
    level: usize,
    settings: &Postprocess,
    crops: &[Crop],
) -> Result<Results> {
    let mut results = Results::default();
    let (mut places, mut answered) = (Vec::new(), Vec::new());
    for (place, answer) in answers(weights, level, crops)?.into_iter().enumerate() {
        if let Some(answer) = results.kept(answer) {
            places.push(place);
            answered.push(answer);
        }
    }
    let answers = answered;
    let marked = alone(&answers, settings);
    let mut targets = Vec::new();
    let each = answers.iter().zip(&marked).zip(places);
    for (((crop, probability), Marked { mask: refined, .. }), place) in each {
        let mask = raw_mask(probability, crop.rows, crop.columns, settings.threshold);
        let spacing = crop.view().spacing;
        let reference = crop.reference();
        let disputed: Vec<bool> = crop.label.iter().map(|&label| label == DOUBTFUL).collect();
        results
            .calibration
            .add(&crop.patient, probability, &reference, &disputed);
        let postprocessed = Confusion::count(&refined.pixels, &reference).agreement();
        let readers = readers(&mask, &crop.about.readers);
        results.scored.push(Scored {
            kind: "crop",
            patient: crop.patient.clone(),
            image: crop.patient.clone(),
            nodule: crop.about.place.as_ref().map(|(nodule, _)| nodule.clone()),
            slice: crop.row,
            place,
            dice_postprocessed: Some(postprocessed.dice),
            postprocessed: Some(postprocessed),
            readers: readers.count,
            dice_with_readers: readers.with_mask,
            dice_between_readers: readers.between,
            hu_exact: (!crop.about.hu_assumed).then_some(crop.hu_exact),
            malignancy: crop.about.malignancy,
            diameter_mm: crop.about.diameter_mm,
            annotators: crop.about.annotators,
            ..Scored::new(&mask, &reference, &disputed, spacing)
        });
        if let (Some(last), true) = (results.scored.last(), crop.target_pixels() > 0) {
            targets.push((last.dice, (*crop, probability)));
        }
    }
    let chosen = spread(targets).into_iter();
    let examples = chosen.map(|(crop, probability)| example(crop, probability, settings));
    results.examples = examples.collect();
    let with_target = results.scored.iter().filter(|it| it.has_target());
    results.nodules = nodules(&with_target.collect::<Vec<_>>());
    results.judged = judged(&answers, &marked, settings);
    results.of_any()
}

/// A crop with the probability of each of its pixels.
type Answer<'a> = (&'a Crop, Vec<u8>);

/// What the network answers for every crop, in their order: as many threads as pay, with a part of
/// them each.
fn answers<'a>(
    weights: &Weights,
    level: usize,
    crops: &'a [Crop],
) -> Result<Vec<Result<Answer<'a>>>> {
    let part = crops.len().div_ceil(threads(BackendChoice::Cpu)).max(1);
    std::thread::scope(|scope| {
        let of_part = |crops: &'a [Crop]| {
            scope.spawn(move || {
                let predictor = Predictor::new(weights)?.at_level(level)?;
                let answers = crops.iter().map(|crop| answer(&predictor, crop));
                anyhow::Ok(answers.collect::<Vec<_>>())
            })
        };
        let parts: Vec<_> = crops.chunks(part).map(of_part).collect();
        let mut answers = Vec::new();
        for part in parts {
            let ended = part
                .join()
                .map_err(|_| anyhow!("a thread that scores has ended"));
            answers.extend(ended??);
        }
        Ok(answers)
    })
}

fn answer<'a>(predictor: &Predictor, crop: &'a Crop) -> Result<Answer<'a>> {
    let probability = predictor.probability(crop);
    let named = || format!("scoring {}, row {}", crop.patient, crop.row);
    Ok((crop, probability.with_context(named)?))
}

fn example(crop: &Crop, probability: &[u8], settings: &Postprocess) -> Example {
    let grey = crop.hu.iter().map(|&hu| normalise_hu(f32::from(hu)));
    let mask = raw_mask(probability, crop.rows, crop.columns, settings.threshold);
    Example::new(grey.collect(), &crop.reference(), &mask)
}

/// The regions that the product leaves of crops judged alone, and of those with a slice beside them
/// judged as series.
fn judged(
    answers: &[(&Crop, Vec<u8>)],
    alone: &[Marked<'_>],
    settings: &Postprocess,
) -> Vec<(&'static str, Vec<Judged>)> {
    let ways = [
        ("alone", of_crops(alone, answers, false)),
        (
            "series",
            of_crops(&in_series(answers, settings), answers, true),
        ),
    ];
    ways.into_iter().filter(|it| !it.1.is_empty()).collect()
}
