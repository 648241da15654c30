//! Whole slices, by the product's own way from values to the final mask.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use model::analysis::region::regions;
use model::engine::{Engine, Weights};
use model::mask::Mask;
use model::metric::{Agreement, Confusion};
use model::open::{NamedFile, open_files};
use model::pipeline::{Network, segment_slice};
use model::settings::{Denoise, Postprocess, Settings};
use model::volume::Volume;
use serde::Serialize;

use crate::Line;

/// Figures over whole slices.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    scans: usize,
    slices: usize,
    /// Slices where at least two readers marked something.
    slices_with_target: usize,
    /// Of those, slices where the final mask touches it.
    slices_hit: usize,
    /// Regions of final masks that touch no reader's mark, per slice.
    false_regions_per_slice: f64,
    /// Mean Dice of the slices with a target.
    dice: f64,
    /// All slices together.
    pooled: Option<Agreement>,
}

/// Scores every `NAME_image.nii.gz` of the folder.
pub(crate) fn run(
    weights: &Weights,
    threshold: f32,
    folder: &Path,
    lines: &mut Vec<Line>,
) -> Result<Report> {
    let mut network = Network::new(Engine::cpu(weights)?, weights);
    let settings = Settings {
        architecture: weights.config().architecture,
        denoise: Denoise::None,
        postprocess: Postprocess {
            threshold,
            ..Postprocess::default()
        },
    };
    let (mut report, mut counts) = (Report::default(), Confusion::default());
    let (mut dice, mut false_regions) = (0.0, 0);
    for (name, image, marks) in scans(folder)? {
        let (image, marks) = (volume(&image)?, volume(&marks)?);
        ensure!(
            image.voxels.len() == marks.voxels.len(),
            "image and marks of {name} differ in size"
        );
        report.scans += 1;
        for index in 0..image.slices() {
            let mut go_on = async |_, _| true;
            let job = segment_slice(&image, index, &mut network, &settings, || 0.0, &mut go_on);
            let mask = pollster::block_on(job)?.refined;
            let readers = marks.slice(index).context("the marks have fewer slices")?;
            let at_least = |n: i16| {
                readers
                    .iter()
                    .map(|&v| u8::from(v >= n))
                    .collect::<Vec<u8>>()
            };
            let agreement = Confusion::count(&mask.pixels, &at_least(2)).agreement();
            let target_px =
                (agreement.counts.true_positive + agreement.counts.false_negative) as usize;
            let wrong = regions_without(&mask, &at_least(1));
            report.slices += 1;
            false_regions += wrong;
            if target_px > 0 {
                report.slices_with_target += 1;
                report.slices_hit += usize::from(agreement.counts.true_positive > 0);
                dice += f64::from(agreement.dice);
            }
            counts = counts.merged(agreement.counts);
            lines.push(Line {
                kind: "slice",
                patient: name.clone(),
                slice: index,
                target_px,
                predicted_px: mask.area_px(),
                true_positive_px: agreement.counts.true_positive as usize,
                dice: agreement.dice,
                iou: agreement.iou,
                precision: agreement.precision,
                recall: agreement.recall,
                false_regions: Some(wrong),
            });
        }
    }
    report.dice = dice / report.slices_with_target.max(1) as f64;
    report.false_regions_per_slice = false_regions as f64 / report.slices.max(1) as f64;
    report.pooled = Some(counts.agreement());
    Ok(report)
}

/// Regions of the mask without a single marked pixel.
fn regions_without(mask: &Mask, marked: &[u8]) -> usize {
    let is_marked = |index: &usize| marked.get(*index).is_some_and(|&m| m != 0);
    regions(mask)
        .iter()
        .filter(|region| !region.pixels.iter().any(is_marked))
        .count()
}

/// Name, image and marks of each scan.
fn scans(folder: &Path) -> Result<Vec<(String, PathBuf, PathBuf)>> {
    let mut scans = Vec::new();
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?
    {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|n| n.to_str())
            .and_then(|n| n.strip_suffix("_image.nii.gz"));
        if let Some(name) = name {
            scans.push((
                name.to_owned(),
                path.clone(),
                folder.join(format!("{name}_marks.nii.gz")),
            ));
        }
    }
    scans.sort();
    Ok(scans)
}

fn volume(path: &Path) -> Result<Volume> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let file = NamedFile {
        name: path.display().to_string(),
        bytes,
    };
    Ok(open_files(vec![file], &mut |_, _| {})?)
}
