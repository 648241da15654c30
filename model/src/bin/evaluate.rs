//! How well published weights do on a folder of crops or whole slices.
//!
//! `evaluate --data DIR --weights FILE --out DIR` writes `metrics.json`, `per_slice.csv`,
//! `per_patient.csv`, the regions it judged (`regions-….csv`) and plots. The folder holds `index.csv` with strips of crops, or `NAME_image.nii.gz` (or
//! `.nii`, `.png`) with `NAME_marks.nii.gz` (number of readers a voxel, or a mask) or
//! `boxes.csv`. With a second `--weights`, both are scored and compared image by image.

mod evaluate {
    pub(crate) mod agreement;
    pub(crate) mod boxes;
    pub(crate) mod calibration;
    pub(crate) mod chest;
    pub(crate) mod crops;
    pub(crate) mod froc;
    pub(crate) mod nodules;
    #[cfg(test)]
    mod oracle;
    pub(crate) mod overlay;
    pub(crate) mod patients;
    pub(crate) mod plot;
    pub(crate) mod regions;
    pub(crate) mod report;
    pub(crate) mod resample;
    pub(crate) mod results;
    pub(crate) mod scans;
    pub(crate) mod scored;
    pub(crate) mod source;
    pub(crate) mod targets;
}

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;
use model::engine::{Plan, Weights};
use model::settings::Postprocess;
use model::train::crops::{Assumed, Marks};
use serde::Serialize;

use evaluate::calibration::Curve;
use evaluate::froc::Froc;
use evaluate::patients::patients;
use evaluate::regions::{OfRegions, of_regions};
use evaluate::report::{Paired, Report, paired, report};
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
    /// Output of a U-Net++ that is used, 1 to its depth; default: the deepest, as in the product.
    #[arg(long)]
    level: Option<usize>,
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
    /// Output that was used, and thousand million multiply-adds that it takes for a look at 256 × 256 pixels.
    level: usize,
    gmac_at_256: f64,
    report: Report,
    calibration: Curve,
    /// By how it was judged: whether the confidence of a region means what it says.
    regions: BTreeMap<&'static str, OfRegions>,
    /// Whole slices: sensitivity against false alarms.
    froc: Option<Froc>,
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
    let level = arguments.level.unwrap_or(weights.config().depth);
    let results = match content {
        Content::Crops(crops) => evaluate::crops::run(weights, level, &settings, crops)?,
        Content::Scans(images, assumed) => {
            evaluate::scans::run(weights, level, settings, images, *assumed)?
        }
    };
    let scored = results.scored;
    let curve = results.calibration.curve();
    let architecture = weights.config().architecture;
    let mark = if arguments.weights.len() > 1 {
        format!("-{}", architecture.id())
    } else {
        String::new()
    };
    let file = |name: &str, ending: &str| arguments.out.join(format!("{name}{mark}.{ending}"));
    table(&file("per_slice", "csv"), &scored)?;
    let targets: Vec<&Scored> = scored.iter().filter(|s| s.has_target()).collect();
    table(&file("per_patient", "csv"), &patients(&targets))?;
    for (name, judged) in &results.judged {
        table(&file(&format!("regions-{name}"), "csv"), judged)?;
    }
    std::fs::write(
        file("calibration", "svg"),
        evaluate::plot::calibration(&curve),
    )?;
    std::fs::write(
        file("dice_by_size", "svg"),
        evaluate::plot::dice_by_size(&scored),
    )?;
    let mut examples = results.examples;
    evaluate::overlay::sheet(&file("examples", "jpg"), &mut examples)?;
    let mut slices = results.slices;
    evaluate::chest::sheet(&file("examples-slices", "jpg"), &mut slices)?;
    if let Some(froc) = &results.froc {
        std::fs::write(file("froc", "svg"), evaluate::plot::froc(froc))?;
    }
    let judged = results.judged.iter();
    let scores = Scores {
        network: architecture.title(),
        version: weights.version().to_owned(),
        sha256: weights.sha256().to_owned(),
        threshold: settings.threshold,
        least_peak: settings.least_peak,
        temperature: weights.temperature(),
        level,
        gmac_at_256: gmac_at_256(weights, level)?,
        report: report(&scored),
        calibration: curve,
        regions: judged.map(|(name, it)| (*name, of_regions(it))).collect(),
        froc: results.froc,
    };
    Ok((scores, scored))
}

/// Thousand million multiply-adds of one look at 256 × 256 pixels.
fn gmac_at_256(weights: &Weights, level: usize) -> Result<f64> {
    let plan = Plan::new(weights.config(), level).context("the network has no such level")?;
    Ok(plan.macs(256, 256) as f64 / 1e9)
}

fn table(path: &Path, lines: &[impl Serialize]) -> Result<()> {
    let mut table = csv::Writer::from_path(path)?;
    for line in lines {
        table.serialize(line)?;
    }
    Ok(table.flush()?)
}
