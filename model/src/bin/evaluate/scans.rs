//! Whole slices, by the product's own way from values to the final mask.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use model::analysis::region::{Region, regions};
use model::engine::{Engine, Weights};
use model::mask::Mask;
use model::metric::Confusion;
use model::pipeline::{Network, refine, segment_slice};
use model::settings::{Denoise, Postprocess, Settings};
use model::train::crops::Assumed;
use serde::Serialize;

use crate::evaluate::calibration::Calibration;
use crate::evaluate::scored::Scored;
use crate::evaluate::source::Scan;

/// Thresholds of the curve of sensitivity against false alarms; the least peak stays.
const THRESHOLDS: [f32; 13] = [
    0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98,
];

/// One threshold.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Point {
    pub(crate) threshold: f32,
    /// Share of the regions that two readers marked, slice by slice, that are touched.
    pub(crate) sensitivity: f64,
    /// Regions that touch no mark at all.
    pub(crate) false_regions_per_slice: f64,
    #[serde(skip)]
    found: usize,
    #[serde(skip)]
    targets: usize,
    #[serde(skip)]
    wrong: usize,
}

/// Scores every slice of every scan.
pub(crate) fn run(
    weights: &Weights,
    postprocess: Postprocess,
    images: &[PathBuf],
    assumed: Assumed,
) -> Result<(Vec<Scored>, Calibration, Vec<Point>)> {
    let mut network = Network::new(Engine::cpu(weights)?, weights);
    let post = |threshold: f32| Postprocess {
        threshold,
        ..postprocess
    };
    let settings = Settings {
        architecture: weights.config().architecture,
        denoise: Denoise::None,
        postprocess,
    };
    let mut curve = THRESHOLDS.map(|threshold| Point {
        threshold,
        ..Point::default()
    });
    let mut calibration = Calibration::default();
    let mut scored = Vec::new();
    for path in images {
        let scan = Scan::open(path, assumed)?;
        let slices = 0..scan.image.slices();
        let mut analyses = BTreeMap::new();
        for index in slices.clone() {
            let mut go_on = async |_, _| true;
            let job = segment_slice(
                &scan.image,
                index,
                &mut network,
                &settings,
                || 0.0,
                &mut go_on,
            );
            analyses.insert(index, pollster::block_on(job)?);
        }
        let alike = slices.collect();
        refine(&scan.image, &mut analyses, &alike, &postprocess);
        let mut targets = Vec::new();
        for (&index, analysis) in &analyses {
            let readers = scan.slice_readers(index);
            let target: Vec<u8> = readers.iter().map(|&n| u8::from(n >= 2)).collect();
            let disputed: Vec<bool> = readers.iter().map(|&n| n == 1).collect();
            calibration.add(&analysis.probability, &target, &disputed);
            let raw = Confusion::count(&analysis.raw.pixels, &target).agreement();
            scored.push(Scored {
                kind: "slice",
                patient: scan.name.clone(),
                slice: index,
                dice_other_processing: Some(raw.dice),
                false_regions: Some(untouched(&analysis.refined, readers)),
                ..Scored::new(&analysis.refined, &target, &disputed, scan.image.spacing)
            });
            targets.push(regions(&Mask {
                pixels: target,
                ..analysis.refined.clone()
            }));
        }
        for point in &mut curve {
            let settings = post(point.threshold);
            refine(&scan.image, &mut analyses, &alike, &settings);
            for ((&index, analysis), targets) in analyses.iter().zip(&targets) {
                let hit = |region: &&Region| touches(region, &analysis.refined.pixels);
                point.found += targets.iter().filter(hit).count();
                point.targets += targets.len();
                point.wrong += untouched(&analysis.refined, scan.slice_readers(index));
            }
        }
    }
    for point in &mut curve {
        point.sensitivity = point.found as f64 / point.targets.max(1) as f64;
        point.false_regions_per_slice = point.wrong as f64 / scored.len().max(1) as f64;
    }
    Ok((scored, calibration, curve.to_vec()))
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
