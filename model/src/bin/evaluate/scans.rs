//! Whole slices, by the product's own way from values to the final mask.

use std::collections::BTreeMap;
use std::io::Write as _;

use anyhow::{Context, Result};
use model::analysis::preprocess::normalise_hu;
use model::analysis::region::regions;
use model::engine::{Engine, Weights};
use model::mask::Mask;
use model::metric::Confusion;
use model::pipeline::{Network, SliceAnalysis, threads};
use model::protocol::BackendChoice;
use model::saved::runs;
use model::settings::{Denoise, Postprocess, Settings};
use model::train::calibrate::judged::Judged;
use model::train::crops::Assumed;

use crate::evaluate::analysed::Analysed;
use crate::evaluate::calibration::Calibration;
use crate::evaluate::candidates::{Candidate, Candidates};
use crate::evaluate::each_nodule::{self, NamedNodule, largest_on, named};
use crate::evaluate::froc::{Tally, froc};
use crate::evaluate::nodules::nodules as nodules_of;
use crate::evaluate::overlay::Example;
use crate::evaluate::results::Results;
use crate::evaluate::scan::Scan;
use crate::evaluate::scored::Scored;
use crate::evaluate::source::Image;
use crate::evaluate::targets::{target, touches, untouched};
use crate::evaluate::volumes::Voxels;

/// What is said of a slice that is scored, and whose picture cannot be made.
const NO_PICTURE: &str = "the picture of a slice alone";

/// Least peaks of the curve: none, then even steps of log-odds up to what 8 bits can tell from
/// certainty.
fn least_peaks() -> Vec<f32> {
    let steps = (-16..=24).map(|quarter: i8| 1.0 / (1.0 + (-f32::from(quarter) / 4.0).exp()));
    std::iter::once(0.0).chain(steps).collect()
}

/// Scores every slice of every scan.
pub(crate) fn run(
    weights: &Weights,
    level: usize,
    postprocess: Postprocess,
    images: &[Image],
    assumed: Assumed,
) -> Result<Results> {
    let start = |_| {
        let mut engine = Engine::cpu(weights)?;
        engine.set_level(level)?;
        anyhow::Ok(Network::new(engine, weights))
    };
    let mut networks: Vec<Network> = (0..threads(BackendChoice::Cpu))
        .map(start)
        .collect::<Result<_>>()?;
    let settings = Settings {
        architecture: weights.config().architecture,
        denoise: Denoise::None,
        postprocess,
    };
    let mut scored = ScoredScans::default();
    for (at, image) in images.iter().enumerate() {
        if image.is_volume() {
            let (number, all) = (at + 1, images.len());
            writeln!(
                std::io::stderr(),
                "scan {number} of {all}: {}",
                image.name()
            )?;
        }
        let Some(scan) = scored.results.kept(image.open(assumed)) else {
            continue;
        };
        let analysed = Analysed::new(&scan, &mut networks, &settings);
        let analysed = analysed.context(image.name().to_owned());
        if let Some(analysed) = scored.results.kept(analysed) {
            scored.add(at, image.is_volume(), &analysed, postprocess)?;
        }
    }
    scored.results(images, assumed, postprocess)
}

/// What the scans of a folder are scored to, one after another.
#[derive(Default)]
struct ScoredScans {
    results: Results,
    judged: Vec<Judged>,
    candidates: Candidates,
    /// At the settings' own least peak.
    operating: Tally,
    /// Of each patient, at each of the [`least_peaks`].
    patients: BTreeMap<String, Vec<Tally>>,
}

impl ScoredScans {
    /// Scores the image in this place.
    fn add(
        &mut self,
        at: usize,
        is_volume: bool,
        analysed: &Analysed<'_>,
        postprocess: Postprocess,
    ) -> Result<()> {
        let (scan, results) = (analysed.scan, &mut self.results);
        let first = results.scored.len();
        let nodules = named(&analysed.nodules, &scan.image, scan.first);
        let of_nodules = each_nodule::scored(scan, &nodules, |slice| analysed.refined(slice));
        results
            .nodules
            .extend(nodules_of(&of_nodules.iter().collect::<Vec<_>>()));
        for (&index, analysis) in &analysed.analyses {
            let nodule = largest_on(&nodules, index);
            let scored = Scored {
                place: at,
                ..scored(scan, index, analysis, nodule, &mut results.calibration)
            };
            let candidate = candidate(scan, (at, index), analysis, &scored);
            self.candidates.add(candidate);
            results.scored.push(scored);
        }
        if is_volume {
            let slices = results.scored.get(first..).unwrap_or_default();
            results
                .volumes
                .extend(Voxels::of(slices, analysed.hd95_mm()));
        }
        self.judged.extend(analysed.judged());
        self.operating.add(analysed.tally());
        let least_peaks = least_peaks();
        let tallies = self.patients.entry(scan.patient.clone()).or_default();
        tallies.resize(least_peaks.len(), Tally::default());
        let own = analysed.tallies(&least_peaks, postprocess)?;
        for (tally, own) in tallies.iter_mut().zip(own) {
            tally.add(own);
        }
        Ok(())
    }

    /// All of it, with curve and pictures.
    fn results(
        self,
        images: &[Image],
        assumed: Assumed,
        postprocess: Postprocess,
    ) -> Result<Results> {
        let mut results = self.results;
        let patients: Vec<Vec<Tally>> = self.patients.into_values().collect();
        let operating = (postprocess.least_peak, self.operating);
        results.froc = Some(froc(&least_peaks(), &patients, operating));
        results.judged = vec![("slices", self.judged)];
        results.slices = self.candidates.chosen().map(|chosen| {
            let examples = chosen.iter();
            let examples = examples.map(|it| example(it, images, assumed).context(NO_PICTURE));
            examples.filter_map(|it| results.kept(it)).collect()
        });
        results.of_any()
    }
}

/// One slice beside its marks.
fn scored(
    scan: &Scan,
    index: usize,
    analysis: &SliceAnalysis,
    nodule: Option<&NamedNodule>,
    calibration: &mut Calibration,
) -> Scored {
    let readers = scan.slice_readers(index);
    let target = target(readers);
    let disputed: Vec<bool> = readers.iter().map(|&n| n == 1).collect();
    calibration.add(&scan.patient, &analysis.probability, &target, &disputed);
    let raw = Confusion::count(&analysis.raw.pixels, &target).agreement();
    Scored {
        kind: "slice",
        patient: scan.patient.clone(),
        image: scan.name.clone(),
        slice: scan.first + index,
        dice_raw: Some(raw.dice),
        raw: Some(raw),
        nodule: nodule.map(|it| it.name.clone()),
        diameter_mm: nodule.and_then(|it| it.diameter_mm),
        false_regions: Some(untouched(&analysis.refined, readers)),
        ..Scored::new(&analysis.refined, &target, &disputed, scan.image.spacing)
    }
}

/// The slice as it may be shown.
fn candidate(
    scan: &Scan,
    place: (usize, usize),
    analysis: &SliceAnalysis,
    scored: &Scored,
) -> Candidate {
    let readers = scan.slice_readers(place.1);
    let wrong = regions(&analysis.refined).into_iter();
    let wrong = wrong.filter(|region| !touches(region, readers));
    let pixels = wrong.map(|region| region.pixels.len()).sum();
    Candidate {
        place,
        dice: scored.has_target().then_some(scored.dice),
        wrong: (scored.false_regions.unwrap_or(0), pixels),
        mask: runs::encode(&analysis.refined.pixels),
    }
}

/// The picture of a slice, which is opened again for it.
fn example(slice: &Candidate, images: &[Image], assumed: Assumed) -> Result<Example> {
    let (image, index) = slice.place;
    let scan = images.get(image).context("no such image")?.open(assumed)?;
    let values = scan.image.slice(index).unwrap_or_default();
    let (rows, cols) = (scan.image.rows, scan.image.cols);
    let grey = values.iter().map(|&hu| normalise_hu(f32::from(hu)));
    let mask = Mask {
        rows,
        cols,
        pixels: runs::decode(&slice.mask, rows * cols)?,
    };
    let target = target(scan.slice_readers(index));
    Ok(Example::new(grey.collect(), &target, &mask))
}
