//! A scan that the network has segmented, beside its marks.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, anyhow};
use model::analysis::SliceView;
use model::analysis::region::{Region, regions};
use model::map::Map;
use model::mask::Mask;
use model::pipeline::{BESIDE_MM, Network, Series, SliceAnalysis, segment_volume, threads};
use model::protocol::BackendChoice;
use model::settings::{Postprocess, Settings};
use model::train::calibrate::judged::{Judged, Known, judged};
use model::train::crops::{BACKGROUND, DOUBTFUL, TARGET};

use crate::evaluate::boundary;
use crate::evaluate::froc::{Share, Tally};
use crate::evaluate::scan::Scan;
use crate::evaluate::targets::{Nodule, nodules, target, touches, untouched};

/// A scan, what the network saw in it, and what is to be found there.
#[derive(Clone)]
pub(crate) struct Analysed<'a> {
    pub(crate) scan: &'a Scan,
    pub(crate) analyses: Map<usize, SliceAnalysis>,
    alike: BTreeSet<usize>,
    /// Marks of two readers and more, by slice.
    targets: BTreeMap<usize, Vec<Region>>,
    pub(crate) nodules: Vec<Nodule>,
}

impl<'a> Analysed<'a> {
    pub(crate) fn new(
        scan: &'a Scan,
        networks: &mut [Network],
        settings: &Settings,
    ) -> Result<Self> {
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
    pub(crate) fn tallies(&self, least_peaks: &[f32], settings: Postprocess) -> Result<Vec<Tally>> {
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
    pub(crate) fn refined(&self, slice: usize) -> Option<&Mask> {
        self.analyses.get(&slice).map(|it| &it.refined)
    }

    fn is_marked(&self, slice: usize, pixel: usize) -> bool {
        let mask = self.refined(slice).map(|it| &it.pixels);
        mask.and_then(|it| it.get(pixel)).is_some_and(|&p| p != 0)
    }

    /// Between the boundaries of the final masks and of the marks, in three dimensions;
    /// `None` where one is empty, or voxels are of unknown size.
    pub(crate) fn hd95_mm(&self) -> Option<f32> {
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
    pub(crate) fn tally(&self) -> Tally {
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
    pub(crate) fn judged(&self) -> Vec<Judged> {
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
