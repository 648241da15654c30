//! How well published weights do on a folder of crops or whole slices.
//!
//! `evaluate --data DIR --weights FILE --out DIR` writes `metrics.json`, `per_slice.csv`,
//! `per_patient.csv`, `per_nodule.csv`, the regions it judged (`regions-….csv`) and plots. The
//! folder holds `index.csv` with strips of crops, or `NAME_image.nii.gz` (or another of
//! the endings in `evaluate/pairs/named.rs`) with `NAME_marks.nii.gz` (number of readers a voxel, or
//! a mask) or `boxes.csv`; other names that are usual are in `evaluate/pairs.rs`. With several
//! `--weights`, each is scored, and compared image by image with the first.

mod evaluate {
    pub(crate) mod agreement;
    pub(crate) mod analysed;
    #[cfg(test)]
    mod blank;
    pub(crate) mod boundary;
    pub(crate) mod boxes;
    pub(crate) mod calibration;
    pub(crate) mod candidates;
    pub(crate) mod chest;
    pub(crate) mod contacts;
    pub(crate) mod crops;
    pub(crate) mod each_nodule;
    pub(crate) mod figures;
    pub(crate) mod folder;
    pub(crate) mod froc;
    pub(crate) mod learnt;
    pub(crate) mod nodules;
    #[cfg(test)]
    mod oracle;
    pub(crate) mod overlay;
    pub(crate) mod pairs;
    pub(crate) mod patients;
    pub(crate) mod places;
    pub(crate) mod plot;
    pub(crate) mod regions;
    pub(crate) mod report;
    pub(crate) mod resample;
    pub(crate) mod results;
    pub(crate) mod scan;
    pub(crate) mod scans;
    pub(crate) mod scored;
    pub(crate) mod size;
    pub(crate) mod source;
    pub(crate) mod survey;
    pub(crate) mod table;
    pub(crate) mod targets;
    pub(crate) mod volumes;
}

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;
use model::argument::{probability, within};
use model::engine::{Plan, Weights};
use model::settings::Postprocess;
use model::train::crops::{Assumed, Marks, NOT_SCORED, PIXEL_MM};
use serde::Serialize;

use evaluate::calibration::Curve;
use evaluate::folder;
use evaluate::froc::Froc;
use evaluate::patients::patients;
use evaluate::regions::{OfRegions, of_regions};
use evaluate::report::{Paired, Report, paired, report};
use evaluate::results::Results;
use evaluate::scored::Scored;
use evaluate::source::{self, Content};
use evaluate::table;
use evaluate::volumes::{OfVolumes, of_volumes};

/// What stands beside figures at limits that are not the weights' own.
const BY_HAND: &str =
    "threshold or least peak set by hand, not those that were chosen on validation crops";
/// What stands beside the figures where they are not of all that is there.
const NOT_ALL: &str = "not all of the data is scored: see the notes in metrics.json";

/// Scores weight files.
#[derive(Debug, Parser)]
struct Arguments {
    /// Folder of crops or of whole slices.
    #[arg(long)]
    data: PathBuf,
    /// The weight file; several times to compare others with the first.
    #[arg(long, required = true)]
    weights: Vec<PathBuf>,
    /// Of an index with splits: a split's name, or all; default: test, or all if there is none.
    #[arg(long)]
    split: Option<String>,
    /// Edge of a pixel in mm where the data do not say it.
    #[arg(long, value_parser = pixel_mm, allow_negative_numbers = true)]
    pixel_mm: Option<f32>,
    /// What the numbers of masks are; default: told from the numbers.
    #[arg(long)]
    marks: Option<Marks>,
    /// Number of the tumour, where masks number several things.
    #[arg(long, conflicts_with = "marks")]
    label: Option<u8>,
    /// Marks of volumes are those of the image's voxels in the order of both files, wherever these
    /// say that they lie.
    #[arg(long)]
    marks_as_stored: bool,
    /// Probability from which a pixel counts as tumour; default: the weights' own.
    #[arg(long, value_parser = probability, allow_negative_numbers = true)]
    threshold: Option<f32>,
    /// Probability that a small region must reach somewhere; default: the weights' own.
    #[arg(long, value_parser = probability, allow_negative_numbers = true)]
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
    /// And those after it, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    paired_further: Vec<Paired>,
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
    /// Output that was used, and thousand million multiply-adds that it takes for a look at 256 ×
    /// 256 pixels.
    level: usize,
    gmac_at_256: f64,
    report: Report,
    calibration: Curve,
    /// By how it was judged: whether the confidence of a region means what it says.
    regions: BTreeMap<&'static str, OfRegions>,
    /// Volumes: all voxels of each together.
    #[serde(skip_serializing_if = "Option::is_none")]
    volumes: Option<OfVolumes>,
    /// Whole slices: sensitivity against false alarms.
    froc: Option<Froc>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let assumed = Assumed {
        pixel_mm: arguments.pixel_mm,
        marks: arguments.marks,
        label: arguments.label,
        as_stored: arguments.marks_as_stored,
    };
    let source::Source {
        content,
        mut notes,
        mut assumed,
    } = source::open(&arguments.data, arguments.split.as_deref(), assumed)?;
    if arguments.threshold.or(arguments.least_peak).is_some() {
        notes.push(BY_HAND.to_owned());
        assumed.push(BY_HAND.to_owned());
    }
    for note in &notes {
        writeln!(std::io::stderr(), "{note}")?;
    }
    folder::create(&arguments.out)?;
    let weights = arguments.weights.iter().map(|path| read(path));
    let weights: Vec<Weights> = weights.collect::<Result<_>>()?;
    let architectures = weights.iter().map(|it| it.config().architecture);
    let marks = folder::marks(&architectures.collect::<Vec<_>>());
    let mut networks = Vec::new();
    let mut lines = Vec::new();
    for (weights, mark) in weights.iter().zip(&marks) {
        let (scores, results) = score(weights, &content, &arguments)?;
        if networks.is_empty() {
            folder::clear(&arguments.out)?;
        }
        write(&arguments.out, mark, &scores, &results)?;
        for error in &results.unscored {
            let note = format!("{NOT_SCORED}{error:#}");
            if !notes.contains(&note) {
                writeln!(std::io::stderr(), "{note}")?;
                notes.push(note);
            }
        }
        print(&scores, &notes, &assumed)?;
        networks.push(scores);
        lines.push(results.scored);
    }
    let first = lines.first();
    let others = lines.iter().skip(1);
    let mut pairs = others.filter_map(|other| Some(paired(first?, other)));
    let metrics = serde_json::to_string_pretty(&Metrics {
        notes: &notes,
        networks,
        paired: pairs.next(),
        paired_further: pairs.collect(),
    })?;
    std::fs::write(arguments.out.join(folder::METRICS), metrics)?;
    Ok(())
}

/// Prints the figures of a network, and what they rest on.
fn print(scores: &Scores, notes: &[String], assumed: &[String]) -> std::io::Result<()> {
    let is_part = notes.iter().any(|it| it.starts_with(NOT_SCORED));
    let beside = assumed.iter().map(String::as_str);
    let beside = beside.chain(is_part.then_some(NOT_ALL));
    let beside: String = beside.flat_map(|it| ["; ", it]).collect();
    let Scores {
        network,
        version,
        report,
        ..
    } = scores;
    writeln!(std::io::stdout(), "{network} {version}: {report}{beside}")
}

/// The edge of a pixel in mm.
fn pixel_mm(text: &str) -> Result<f32, String> {
    within(text, PIXEL_MM)
}

fn read(path: &Path) -> Result<Weights> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    Weights::from_bytes(&bytes).with_context(|| format!("opening {}", path.display()))
}

/// Scores one network.
fn score(weights: &Weights, content: &Content, arguments: &Arguments) -> Result<(Scores, Results)> {
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
    let judged = results.judged.iter();
    let scores = Scores {
        network: weights.config().architecture.title(),
        version: weights.version().to_owned(),
        sha256: weights.sha256().to_owned(),
        threshold: settings.threshold,
        least_peak: settings.least_peak,
        temperature: weights.temperature(),
        level,
        gmac_at_256: gmac_at_256(weights, level)?,
        report: report(&results.scored, &results.nodules),
        calibration: results.calibration.curve(),
        regions: judged.map(|(name, it)| (*name, of_regions(it))).collect(),
        volumes: of_volumes(&results.volumes),
        froc: results.froc.clone(),
    };
    Ok((scores, results))
}

/// Writes a network's tables and plots.
fn write(out: &Path, mark: &str, scores: &Scores, results: &Results) -> Result<()> {
    let file = |name: &str, ending: &str| out.join(format!("{name}{mark}.{ending}"));
    table::write(&file("per_slice", "csv"), &results.scored)?;
    let targets = results.scored.iter().filter(|s| s.has_target());
    let targets: Vec<&Scored> = targets.collect();
    table::write(&file("per_patient", "csv"), &patients(&targets))?;
    table::write(&file("per_nodule", "csv"), &results.nodules)?;
    for (name, judged) in &results.judged {
        table::write(&file(&format!("regions-{name}"), "csv"), judged)?;
    }
    for (name, of_regions) in &scores.regions {
        std::fs::write(
            file(&format!("confidence-{name}"), "svg"),
            evaluate::plot::confidence(&of_regions.bins),
        )?;
    }
    std::fs::write(
        file("calibration", "svg"),
        evaluate::plot::calibration(&scores.calibration),
    )?;
    std::fs::write(
        file("dice_by_size", "svg"),
        evaluate::plot::dice_by_size(&results.scored),
    )?;
    evaluate::overlay::sheet(&file("examples", "jpg"), &results.examples)?;
    evaluate::chest::sheet(&file("examples-slices", "jpg"), &results.slices)?;
    if let Some(froc) = &results.froc {
        std::fs::write(file("froc", "svg"), evaluate::plot::froc(froc))?;
    }
    Ok(())
}

/// Thousand million multiply-adds of one look at 256 × 256 pixels.
fn gmac_at_256(weights: &Weights, level: usize) -> Result<f64> {
    let plan = Plan::new(weights.config(), level).context("the network has no such level")?;
    Ok(plan.macs(256, 256) as f64 / 1e9)
}
