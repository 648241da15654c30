//! How well published weights do: on the crops of a split, and on whole slices as the
//! product sees them.
//!
//! `evaluate --weights public/weights/unet.safetensors --crops DIR --slices DIR --out DIR`
//! writes `metrics.json` and `per_slice.csv`.

mod evaluate {
    pub(crate) mod crops;
    pub(crate) mod slices;
}

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;
use model::engine::Weights;
use model::net::load_folded;
use model::train::crops::Split;
use serde::Serialize;

/// Scores a weight file.
#[derive(Debug, Parser)]
struct Arguments {
    /// The weight file.
    #[arg(long)]
    weights: PathBuf,
    /// Folder of crops: `index.csv`, `images/`, `masks/`.
    #[arg(long)]
    crops: Option<PathBuf>,
    /// Split of the crops: val or test.
    #[arg(long, default_value = "val", value_parser = split)]
    split: Split,
    /// Folder of whole scans: `NAME_image.nii.gz` with `NAME_marks.nii.gz` (number of readers).
    #[arg(long)]
    slices: Option<PathBuf>,
    /// Probability from which a pixel counts as tumour; default: the weights' own.
    #[arg(long)]
    threshold: Option<f32>,
    /// Folder of the results.
    #[arg(long)]
    out: PathBuf,
}

/// The content of `metrics.json`.
#[derive(Debug, Serialize)]
struct Metrics {
    weights: String,
    version: String,
    threshold: f32,
    crops: Option<evaluate::crops::Report>,
    slices: Option<evaluate::slices::Report>,
}

/// One line of `per_slice.csv`.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    kind: &'static str,
    patient: String,
    slice: usize,
    target_px: usize,
    predicted_px: usize,
    true_positive_px: usize,
    dice: f32,
    iou: f32,
    precision: Option<f32>,
    recall: Option<f32>,
    false_regions: Option<usize>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let bytes = std::fs::read(&arguments.weights)
        .with_context(|| format!("reading {}", arguments.weights.display()))?;
    let weights = Weights::from_bytes(&bytes)?;
    let threshold = arguments.threshold.unwrap_or(weights.threshold());
    let mut lines = Vec::new();
    let crops = match &arguments.crops {
        Some(folder) => {
            let network = load_folded(&bytes)?;
            let settings = (threshold, weights.temperature());
            Some(evaluate::crops::run(
                &network,
                settings,
                folder,
                arguments.split,
                &mut lines,
            )?)
        }
        None => None,
    };
    let slices = match &arguments.slices {
        Some(folder) => Some(evaluate::slices::run(
            &weights, threshold, folder, &mut lines,
        )?),
        None => None,
    };
    let metrics = Metrics {
        weights: weights.config().architecture.title().to_owned(),
        version: weights.version().to_owned(),
        threshold,
        crops,
        slices,
    };
    std::fs::create_dir_all(&arguments.out)?;
    std::fs::write(
        arguments.out.join("metrics.json"),
        serde_json::to_string_pretty(&metrics)?,
    )?;
    let mut table = csv::Writer::from_path(arguments.out.join("per_slice.csv"))?;
    for line in &lines {
        table.serialize(line)?;
    }
    Ok(table.flush()?)
}

fn split(name: &str) -> Result<Split, String> {
    match name {
        "train" => Ok(Split::Train),
        "val" => Ok(Split::Val),
        "test" => Ok(Split::Test),
        _ => Err(format!("no split \"{name}\": train, val or test")),
    }
}
