//! What a slice takes besides the network.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use model::analysis::mass::{field_with_masses, halved, joined};
use model::analysis::preprocess::clear_outside;
use model::analysis::{Beside, final_mask, findings, lung_field, prepare, raw_mask};
use model::bench::median;
use model::clock::now_ms;
use model::engine::{Engine, Weights};
use model::open::{NamedFile, open_files};
use model::pipeline::view;
use model::settings::Denoise;

/// Steps before and after the network, and between its two looks.
const STEPS: [&str; 8] = [
    "lung field",
    "network input",
    "half the resolution",
    "both looks",
    "back to the slice",
    "lung field with masses",
    "masks",
    "findings",
];

/// Median milliseconds of each step on the middle slice of the scan in `files`, with what the
/// network in `weights` finds there.
pub(crate) fn measure(
    files: &[PathBuf],
    weights: &Path,
    runs: usize,
) -> anyhow::Result<[(&'static str, f64); 8]> {
    let bytes = std::fs::read(weights).with_context(|| format!("reading {}", weights.display()))?;
    let weights = Weights::from_bytes(&bytes)?;
    let mut engine = Engine::cpu(&weights)?;
    let volume = open_files(
        files.iter().map(read).collect::<Result<_, _>>()?,
        &mut |_, _| {},
    )?;
    let index = volume.slices() / 2;
    let slice = view(&volume, index)?;
    let (rows, cols) = (slice.rows, slice.cols);
    let settings = weights.postprocess();
    let stride = weights.config().stride();

    let input = prepare(&slice, lung_field(&slice).as_ref(), Denoise::None, stride);
    let size = (input.rows, input.cols);
    let step = &mut async |_, _| true;
    let first = engine.probabilities(&input.pixels, size, weights.temperature(), step);
    let first = pollster::block_on(first)?;
    let half = halved(&input, stride);
    let half_size = (half.rows, half.cols);
    let second = engine.probabilities(&half.pixels, half_size, weights.temperature(), step);
    let second = pollster::block_on(second)?;

    let mut times: [Vec<f64>; 8] = Default::default();
    for _ in 0..runs.max(1) {
        let mut begin = now_ms();
        let mut lap = || {
            let now = now_ms();
            now - std::mem::replace(&mut begin, now)
        };
        let field = lung_field(&slice);
        let field_ms = lap();
        let input = prepare(&slice, field.as_ref(), Denoise::None, stride);
        let input_ms = lap();
        let half = halved(&input, stride);
        let half_ms = lap();
        let answer = first.clone();
        let answer = joined(answer, &half.on_slice(&second), size, settings.threshold);
        let joined_ms = lap();
        let mut probability = input.probability_on_slice(&answer, None);
        let back_ms = lap();
        let field = field.map(|field| {
            let (field, _) =
                field_with_masses(field, &probability, settings.threshold, slice.spacing);
            field
        });
        if let Some(field) = &field {
            clear_outside(&mut probability, field);
        }
        let with_masses_ms = lap();
        let raw = raw_mask(&probability, rows, cols, settings.threshold);
        let spacing = slice.spacing;
        let refined = final_mask(
            &raw,
            &probability,
            &Beside::default(),
            field.as_ref(),
            spacing,
            &settings,
        );
        let masks_ms = lap();
        let found = findings(&refined, &probability, &slice, index);
        let findings_ms = lap();
        drop(found);
        let laps = [
            field_ms,
            input_ms,
            half_ms,
            joined_ms,
            back_ms,
            with_masses_ms,
            masks_ms,
            findings_ms,
        ];
        for (times, ms) in times.iter_mut().zip(laps) {
            times.push(ms);
        }
    }
    let mut medians = STEPS.map(|name| (name, 0.0));
    for ((_, ms), times) in medians.iter_mut().zip(times) {
        *ms = median(times).unwrap_or_default();
    }
    Ok(medians)
}

fn read(path: &PathBuf) -> anyhow::Result<NamedFile> {
    Ok(NamedFile {
        name: path.display().to_string(),
        bytes: std::fs::read(path).with_context(|| format!("reading {}", path.display()))?,
    })
}
