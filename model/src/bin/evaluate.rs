//! How well published weights do on a folder of crops or whole slices.
//!
//! `evaluate --data DIR --weights FILE --out DIR` writes `metrics.json`, `per_slice.csv`
//! and plots. The folder holds `index.csv` with strips of crops, or `NAME_image.nii.gz` (or
//! `.nii`, `.png`) with `NAME_marks.nii.gz` (number of readers a voxel, or a mask) or
//! `boxes.csv`. With a second `--weights`, both are scored and compared image by image.

mod evaluate {
    pub(crate) mod boxes;
    pub(crate) mod calibration;
    pub(crate) mod crops;
    pub(crate) mod nodules;
    pub(crate) mod overlay;
    pub(crate) mod plot;
    pub(crate) mod report;
    pub(crate) mod scans;
    pub(crate) mod scored;
    pub(crate) mod source;
}

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;
use model::engine::Weights;
use model::settings::Postprocess;
use model::train::crops::{Assumed, Marks};
use serde::Serialize;

use evaluate::calibration::{Calibration, Curve};
use evaluate::report::{Paired, Report, paired, report};
use evaluate::scans::Point;
use evaluate::scored::Scored;
use evaluate::source::{self, Content};

/// Scores weight files.
#[derive(Debug, Parser)]
struct Arguments {
    /// Folder of crops or of whole slices.
    #[arg(long)]
    data: PathBuf,
    /// The weight file; twice to compare a second with a first.
    #[arg(long, required = true)]
    weights: Vec<PathBuf>,
    /// Of an index with splits: a split's name, or all; default: test, or all if there is none.
    #[arg(long)]
    split: Option<String>,
    /// Edge of a pixel in mm where the data do not say it.
    #[arg(long)]
    pixel_mm: Option<f32>,
    /// What the numbers of masks are; default: told from the numbers.
    #[arg(long)]
    marks: Option<Marks>,
    /// Probability from which a pixel counts as tumour; default: the weights' own.
    #[arg(long)]
    threshold: Option<f32>,
    /// Probability that a small region must reach somewhere; default: the weights' own.
    #[arg(long)]
    least_peak: Option<f32>,
    /// Folder of the results.
    #[arg(long)]
    out: PathBuf,
}

/// The content of `metrics.json`.
#[derive(Debug, Serialize)]
struct Metrics<'a> {
    /// What had to be assumed of the data, and what of them could not be scored.
    notes: &'a [String],
    networks: Vec<Scores>,
    /// The second network against the first.
    paired: Option<Paired>,
}

/// One network's part.
#[derive(Debug, Serialize)]
struct Scores {
    network: &'static str,
    version: String,
    sha256: String,
    threshold: f32,
    least_peak: f32,
    temperature: f32,
    report: Report,
    calibration: Curve,
    /// Whole slices: sensitivity against false alarms.
    froc: Vec<Point>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let assumed = Assumed {
        pixel_mm: arguments.pixel_mm,
        marks: arguments.marks,
    };
    let source = source::open(&arguments.data, arguments.split.as_deref(), assumed)?;
    for note in &source.notes {
        writeln!(std::io::stderr(), "{note}")?;
    }
    std::fs::create_dir_all(&arguments.out)?;
    let mut networks = Vec::new();
    let mut lines = Vec::new();
    for path in &arguments.weights {
        let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        let weights = Weights::from_bytes(&bytes)?;
        let (scores, scored) = score(&weights, &source.content, &arguments)?;
        let (name, report) = (scores.network, &scores.report);
        writeln!(std::io::stdout(), "{name} {}: {report}", scores.version)?;
        networks.push(scores);
        lines.push(scored);
    }
    let paired = match lines.as_slice() {
        [first, second, ..] => Some(paired(first, second)),
        _ => None,
    };
    let metrics = serde_json::to_string_pretty(&Metrics {
        notes: &source.notes,
        networks,
        paired,
    })?;
    std::fs::write(arguments.out.join("metrics.json"), metrics)?;
    Ok(())
}

/// Scores one network; its table and plots are named after it when there are two.
fn score(
    weights: &Weights,
    content: &Content,
    arguments: &Arguments,
) -> Result<(Scores, Vec<Scored>)> {
    let advised = weights.postprocess();
    let settings = Postprocess {
        threshold: arguments.threshold.unwrap_or(advised.threshold),
        least_peak: arguments.least_peak.unwrap_or(advised.least_peak),
        ..advised
    };
    let mut examples = Vec::new();
    let (scored, calibration, froc): (_, Calibration, _) = match content {
        Content::Crops(crops) => {
            let (scored, calibration, all) = evaluate::crops::run(weights, &settings, crops)?;
            examples = all;
            (scored, calibration, Vec::new())
        }
        Content::Scans(images, assumed) => {
            evaluate::scans::run(weights, settings, images, *assumed)?
        }
    };
    let curve = calibration.curve();
    let architecture = weights.config().architecture;
    let mark = if arguments.weights.len() > 1 {
        format!("-{}", architecture.id())
    } else {
        String::new()
    };
    let file = |name: &str, ending: &str| arguments.out.join(format!("{name}{mark}.{ending}"));
    table(&file("per_slice", "csv"), &scored)?;
    std::fs::write(
        file("calibration", "svg"),
        evaluate::plot::calibration(&curve),
    )?;
    std::fs::write(
        file("dice_by_size", "svg"),
        evaluate::plot::dice_by_size(&scored),
    )?;
    evaluate::overlay::sheet(&file("examples", "jpg"), &mut examples)?;
    if !froc.is_empty() {
        std::fs::write(file("froc", "svg"), evaluate::plot::froc(&froc))?;
    }
    let scores = Scores {
        network: architecture.title(),
        version: weights.version().to_owned(),
        sha256: weights.sha256().to_owned(),
        threshold: settings.threshold,
        least_peak: settings.least_peak,
        temperature: weights.temperature(),
        report: report(&scored),
        calibration: curve,
        froc,
    };
    Ok((scores, scored))
}

fn table(path: &Path, scored: &[Scored]) -> Result<()> {
    let mut table = csv::Writer::from_path(path)?;
    for line in scored {
        table.serialize(line)?;
    }
    Ok(table.flush()?)
}
