//! Whole slices, by the product's own way from values to the final mask.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use anyhow::{Context, Result, anyhow};
use model::analysis::SliceView;
use model::analysis::preprocess::normalise_hu;
use model::analysis::region::{Region, regions};
use model::engine::{Engine, Weights};
use model::map::Map;
use model::mask::Mask;
use model::metric::Confusion;
use model::pipeline::{BESIDE_MM, Network, Series, SliceAnalysis, segment_volume, threads};
use model::protocol::BackendChoice;
use model::saved::runs;
use model::settings::{Denoise, Postprocess, Settings};
use model::train::calibrate::judged::{Judged, Known, judged};
use model::train::crops::{Assumed, BACKGROUND, DOUBTFUL, TARGET};

use crate::evaluate::boundary;
use crate::evaluate::calibration::Calibration;
use crate::evaluate::candidates::{Candidate, Candidates};
use crate::evaluate::each_nodule::{self, NamedNodule, largest_on, named};
use crate::evaluate::froc::{Share, Tally, froc};
use crate::evaluate::nodules::nodules as nodules_of;
use crate::evaluate::overlay::Example;
use crate::evaluate::results::Results;
use crate::evaluate::scan::Scan;
use crate::evaluate::scored::Scored;
use crate::evaluate::source::Image;
use crate::evaluate::targets::{Nodule, nodules};
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
    let least_peaks = least_peaks();
    let mut patients: BTreeMap<String, Vec<Tally>> = BTreeMap::new();
    let mut operating = Tally::default();
    let mut results = Results::default();
    let mut judged = Vec::new();
    let mut candidates = Candidates::default();
    for (at, image) in images.iter().enumerate() {
        if image.is_volume() {
            let (number, all) = (at + 1, images.len());
            writeln!(
                std::io::stderr(),
                "scan {number} of {all}: {}",
                image.name()
            )?;
        }
        let Some(scan) = results.kept(image.open(assumed)) else {
            continue;
        };
        let analysed = Analysed::new(&scan, &mut networks, &settings);
        let Some(analysed) = results.kept(analysed.context(image.name().to_owned())) else {
            continue;
        };
        let first = results.scored.len();
        let nodules = named(&analysed.nodules, &scan.image, scan.first);
        let of_nodules = each_nodule::scored(&scan, &nodules, |slice| analysed.refined(slice));
        results
            .nodules
            .extend(nodules_of(&of_nodules.iter().collect::<Vec<_>>()));
        for (&index, analysis) in &analysed.analyses {
            let nodule = largest_on(&nodules, index);
            let scored = Scored {
                place: at,
                ..scored(&scan, index, analysis, nodule, &mut results.calibration)
            };
            candidates.add(candidate(&scan, (at, index), analysis, &scored));
            results.scored.push(scored);
        }
        if image.is_volume() {
            let slices = results.scored.get(first..).unwrap_or_default();
            results
                .volumes
                .extend(Voxels::of(slices, analysed.hd95_mm()));
        }
        judged.extend(analysed.judged());
        operating.add(analysed.tally());
        let tallies = patients.entry(scan.patient.clone()).or_default();
        tallies.resize(least_peaks.len(), Tally::default());
        let own = analysed.tallies(&least_peaks, postprocess)?;
        for (tally, own) in tallies.iter_mut().zip(own) {
            tally.add(own);
        }
    }
    let patients: Vec<Vec<Tally>> = patients.into_values().collect();
    let operating = (postprocess.least_peak, operating);
    results.froc = Some(froc(&least_peaks, &patients, operating));
    results.judged = vec![("slices", judged)];
    results.slices = candidates.chosen().map(|chosen| {
        let examples = chosen.iter();
        let examples = examples.map(|it| example(it, images, assumed).context(NO_PICTURE));
        examples.filter_map(|it| results.kept(it)).collect()
    });
    results.of_any()
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
    calibration.add(&analysis.probability, &target, &disputed);
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

/// A scan, what the network saw in it, and what is to be found there.
#[derive(Clone)]
struct Analysed<'a> {
    scan: &'a Scan,
    analyses: Map<usize, SliceAnalysis>,
    alike: BTreeSet<usize>,
    /// Marks of two readers and more, by slice.
    targets: BTreeMap<usize, Vec<Region>>,
    nodules: Vec<Nodule>,
}

impl<'a> Analysed<'a> {
    fn new(scan: &'a Scan, networks: &mut [Network], settings: &Settings) -> Result<Self> {
        let analyses = segment_volume(&scan.image, networks, settings, || 0.0, || {})?;
        let (mut targets, mut masks) = (BTreeMap::new(), Vec::new());
        for index in 0..scan.image.slices() {
            let pixels = target(scan.slice_readers(index));
            let mask = Mask {
                pixels,
                ..Mask::empty(scan.image.rows, scan.image.cols)
            };
            targets.insert(index, regions(&mask));
            masks.push(mask.pixels);
        }
        Ok(Self {
            scan,
            alike: analyses.keys().copied().collect(),
            analyses,
            targets,
            nodules: nodules(&masks, scan.image.cols),
        })
    }

    fn refine(&mut self, settings: &Postprocess) {
        let series = Series::new(&self.scan.image, &self.alike, settings);
        series.refine(&mut self.analyses);
    }

    /// What is found at each least peak. A few threads share them, each with the scan's masks once
    /// more in memory.
    fn tallies(&self, least_peaks: &[f32], settings: Postprocess) -> Result<Vec<Tally>> {
        const THREADS: usize = 4;
        let share = least_peaks
            .len()
            .div_ceil(THREADS.min(threads(BackendChoice::Cpu)));
        std::thread::scope(|scope| {
            let parts = least_peaks.chunks(share.max(1)).map(|part| {
                let mut own = self.clone();
                scope.spawn(move || {
                    let tally = |&least_peak: &f32| {
                        own.refine(&Postprocess {
                            least_peak,
                            ..settings
                        });
                        own.tally()
                    };
                    part.iter().map(tally).collect::<Vec<Tally>>()
                })
            });
            let parts: Vec<_> = parts.collect();
            let mut tallies = Vec::new();
            for part in parts {
                let part = part.join();
                tallies.extend(part.map_err(|_| anyhow!("a thread of the curve has ended"))?);
            }
            Ok(tallies)
        })
    }

    /// The final mask of a slice.
    fn refined(&self, slice: usize) -> Option<&Mask> {
        self.analyses.get(&slice).map(|it| &it.refined)
    }

    fn is_marked(&self, slice: usize, pixel: usize) -> bool {
        let mask = self.refined(slice).map(|it| &it.pixels);
        mask.and_then(|it| it.get(pixel)).is_some_and(|&p| p != 0)
    }

    /// Between the boundaries of the final masks and of the marks, in three dimensions;
    /// `None` where one is empty, or voxels are of unknown size.
    fn hd95_mm(&self) -> Option<f32> {
        let image = &self.scan.image;
        let empty = || Mask::empty(image.rows, image.cols);
        let slices = 0..image.slices();
        let masks = slices.map(|slice| self.refined(slice).map_or_else(empty, Mask::clone));
        let masks: Vec<Mask> = masks.collect();
        let targets = (0..image.slices()).map(|slice| Mask {
            pixels: target(self.scan.slice_readers(slice)),
            ..empty()
        });
        let targets: Vec<Mask> = targets.collect();
        boundary::hd95_mm([&masks, &targets], image.spacing?, &image.steps_mm())
    }

    /// What is found, and what is marked in vain.
    fn tally(&self) -> Tally {
        let mut tally = Tally {
            slices: self.analyses.len(),
            ..Tally::default()
        };
        for nodule in &self.nodules {
            let mut voxels = nodule.iter();
            tally.nodules.all += 1;
            tally.nodules.found +=
                usize::from(voxels.any(|&(slice, pixel)| self.is_marked(slice, pixel)));
        }
        for (&index, analysis) in &self.analyses {
            let targets = self.targets.get(&index).map_or(&[][..], Vec::as_slice);
            let hit = |region: &&Region| touches(region, &analysis.refined.pixels);
            tally.regions.add(Share {
                found: targets.iter().filter(hit).count(),
                all: targets.len(),
            });
            tally.wrong += untouched(&analysis.refined, self.scan.slice_readers(index));
        }
        tally
    }

    /// The regions of all slices.
    fn judged(&self) -> Vec<Judged> {
        let mut all = Vec::new();
        let steps_mm = self.scan.image.steps_mm();
        let is_near = |from: usize| steps_mm.get(from).is_some_and(|&mm| mm <= BESIDE_MM);
        for (&slice, analysis) in &self.analyses {
            let Some(view) = SliceView::of(&self.scan.image, slice) else {
                continue;
            };
            let readers = self.scan.slice_readers(slice);
            let label: Vec<u8> = readers.iter().map(|&readers| label(readers)).collect();
            let before = slice.checked_sub(1).filter(|&before| is_near(before));
            let after = Some(slice + 1).filter(|_| is_near(slice));
            let beside: Vec<&[u8]> = [before, after]
                .into_iter()
                .flatten()
                .filter_map(|at| Some(self.analyses.get(&at)?.probability.as_slice()))
                .collect();
            let known = Known {
                patient: &self.scan.patient,
                image: &self.scan.name,
                slice: self.scan.first + slice,
                probability: &analysis.probability,
                beside: &beside,
                label: &label,
            };
            all.extend(judged(&analysis.refined, &view, &known));
        }
        all
    }
}

fn label(readers: u8) -> u8 {
    match readers {
        0 => BACKGROUND,
        1 => DOUBTFUL,
        _ => TARGET,
    }
}

/// 1 where at least two readers marked.
fn target(readers: &[u8]) -> Vec<u8> {
    readers.iter().map(|&n| u8::from(n >= 2)).collect()
}

/// Regions of the mask without a single marked pixel.
fn untouched(mask: &Mask, marked: &[u8]) -> usize {
    let regions = regions(mask);
    regions.iter().filter(|r| !touches(r, marked)).count()
}

fn touches(region: &Region, pixels: &[u8]) -> bool {
    let is_set = |&at: &usize| pixels.get(at).is_some_and(|&p| p != 0);
    region.pixels.iter().any(is_set)
}
