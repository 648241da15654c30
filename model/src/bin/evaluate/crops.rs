//! The crops of a split, without postprocessing.

use std::path::Path;

use anyhow::Result;
use burn::tensor::Device;
use model::analysis::raw_mask;
use model::metric::{Agreement, Confusion};
use model::net::Network;
use model::train::bootstrap::{Interval, interval};
use model::train::crops::{self, Split};
use model::train::score::predict;
use serde::Serialize;

use crate::Line;

/// Targets from this many pixels on are the easier ones; readers agree better there too.
const LARGE_PX: usize = 100;

/// Figures over the crops.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    split: &'static str,
    /// Means over the crops with a target, each crop counting once.
    dice: Option<Interval>,
    iou: Option<Interval>,
    /// A crop without a predicted pixel has no precision and is left out here.
    precision: Option<Interval>,
    recall: Option<Interval>,
    /// Dice of targets of at least 100 pixels.
    dice_large: Option<Interval>,
    dice_small: Option<Interval>,
    /// Dice where the HU are exact.
    dice_exact_hu: Option<Interval>,
    /// All pixels of the crops with a target together.
    pooled: Agreement,
    /// Share of the crops without a target where nothing was predicted.
    empty_left_empty: Option<Interval>,
}

/// One scored crop.
struct Scored {
    patient: String,
    target_px: usize,
    hu_exact: bool,
    agreement: Agreement,
}

/// Scores every crop of the split at `(threshold, temperature)`.
pub(crate) fn run(
    network: &Network,
    settings: (f32, f32),
    folder: &Path,
    split: Split,
    lines: &mut Vec<Line>,
) -> Result<Report> {
    let (threshold, temperature) = settings;
    let device = Device::flex();
    let mut scored = Vec::new();
    for crop in crops::read(folder, &[split])? {
        let probability = predict(network, &crop, &device).probability(temperature);
        let mask = raw_mask(&probability, crop.rows, crop.columns, threshold);
        let agreement = Confusion::count(&mask.pixels, &crop.reference()).agreement();
        lines.push(Line {
            kind: "crop",
            patient: crop.patient.clone(),
            slice: crop.row,
            target_px: crop.target_pixels(),
            predicted_px: mask.area_px(),
            true_positive_px: agreement.counts.true_positive as usize,
            dice: agreement.dice,
            iou: agreement.iou,
            precision: agreement.precision,
            recall: agreement.recall,
            false_regions: None,
        });
        scored.push(Scored {
            target_px: crop.target_pixels(),
            hu_exact: crop.hu_exact,
            patient: crop.patient,
            agreement,
        });
    }
    Ok(report(&scored, split))
}

fn report(scored: &[Scored], split: Split) -> Report {
    let over = |wanted: &dyn Fn(&Scored) -> bool, value: &dyn Fn(&Agreement) -> Option<f32>| {
        interval(
            scored
                .iter()
                .filter(|s| wanted(s))
                .filter_map(|s| Some((s.patient.as_str(), f64::from(value(&s.agreement)?)))),
        )
    };
    let dice = |a: &Agreement| Some(a.dice);
    let target = |s: &Scored| s.target_px > 0;
    let nothing = |a: &Agreement| Some(f32::from(u8::from(a.counts.false_positive == 0)));
    Report {
        split: match split {
            Split::Train => "train",
            Split::Val => "val",
            Split::Test => "test",
        },
        dice: over(&target, &dice),
        iou: over(&target, &|a| Some(a.iou)),
        precision: over(&target, &|a| a.precision),
        recall: over(&target, &|a| a.recall),
        dice_large: over(&|s| s.target_px >= LARGE_PX, &dice),
        dice_small: over(&|s| target(s) && s.target_px < LARGE_PX, &dice),
        dice_exact_hu: over(&|s| target(s) && s.hu_exact, &dice),
        pooled: scored
            .iter()
            .filter(|s| target(s))
            .map(|s| s.agreement.counts)
            .fold(Confusion::default(), Confusion::merged)
            .agreement(),
        empty_left_empty: over(&|s| s.target_px == 0, &nothing),
    }
}
