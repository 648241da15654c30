//! What a slice takes besides the network.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use model::analysis::mass::{field_with_masses, halved, joined};
use model::analysis::preprocess::clear_outside;
use model::analysis::{
    Beside, NetworkInput, SliceView, final_mask, findings, lung_field, prepare, raw_mask,
};
use model::bench::median;
use model::clock::now_ms;
use model::engine::{Engine, Weights};
use model::open::{NamedFile, open_files};
use model::pipeline::view;
use model::settings::{Denoise, Postprocess};

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
    let volume = open_files(
        files.iter().map(read).collect::<Result<_, _>>()?,
        &mut |_, _| {},
    )?;
    let index = volume.slices() / 2;
    let example = Example::new(view(&volume, index)?, index, &weights)?;
    let mut times: [Vec<f64>; 8] = Default::default();
    for _ in 0..runs.max(1) {
        for (times, ms) in times.iter_mut().zip(example.laps_ms()) {
            times.push(ms);
        }
    }
    let mut medians = STEPS.map(|name| (name, 0.0));
    for ((_, ms), times) in medians.iter_mut().zip(times) {
        *ms = median(times).unwrap_or_default();
    }
    Ok(medians)
}

/// A slice, and what the network answers for it.
struct Example<'a> {
    slice: SliceView<'a>,
    /// Its place in the scan.
    index: usize,
    /// Edges of the network's input are multiples of it.
    stride: usize,
    settings: Postprocess,
    /// Probabilities at the network's resolution.
    first: Vec<f32>,
    /// Probabilities at half of it.
    second: Vec<f32>,
}

impl<'a> Example<'a> {
    fn new(slice: SliceView<'a>, index: usize, weights: &Weights) -> anyhow::Result<Self> {
        let mut engine = Engine::cpu(weights)?;
        let stride = weights.config().stride();
        let input = prepare(&slice, lung_field(&slice).as_ref(), Denoise::None, stride);
        let mut answer = |input: &NetworkInput| {
            let size = (input.rows, input.cols);
            let step = &mut async |_, _| true;
            let answer = engine.probabilities(&input.pixels, size, weights.temperature(), step);
            pollster::block_on(answer)
        };
        let first = answer(&input)?;
        let second = answer(&halved(&input, stride))?;
        Ok(Self {
            slice,
            index,
            stride,
            settings: weights.postprocess(),
            first,
            second,
        })
    }

    /// Milliseconds of each of the [`STEPS`].
    fn laps_ms(&self) -> [f64; 8] {
        let Self {
            slice, settings, ..
        } = self;
        let mut begin = now_ms();
        let mut lap = || {
            let now = now_ms();
            now - std::mem::replace(&mut begin, now)
        };
        let field = lung_field(slice);
        let field_ms = lap();
        let input = prepare(slice, field.as_ref(), Denoise::None, self.stride);
        let input_ms = lap();
        let half = halved(&input, self.stride);
        let half_ms = lap();
        let (size, second) = ((input.rows, input.cols), half.on_slice(&self.second));
        let answer = joined(self.first.clone(), &second, size, settings.threshold);
        let joined_ms = lap();
        let mut probability = input.probability_on_slice(&answer, None);
        let back_ms = lap();
        let field = field
            .map(|field| field_with_masses(field, &probability, settings.threshold, slice.spacing))
            .map(|(field, _)| field);
        if let Some(field) = &field {
            clear_outside(&mut probability, field);
        }
        let with_masses_ms = lap();
        let raw = raw_mask(&probability, slice.rows, slice.cols, settings.threshold);
        let refined = final_mask(
            &raw,
            &probability,
            &Beside::default(),
            field.as_ref(),
            slice.spacing,
            settings,
        );
        let masks_ms = lap();
        let found = findings(&refined, &probability, slice, self.index);
        let findings_ms = lap();
        drop(found);
        [
            field_ms,
            input_ms,
            half_ms,
            joined_ms,
            back_ms,
            with_masses_ms,
            masks_ms,
            findings_ms,
        ]
    }
}

fn read(path: &PathBuf) -> anyhow::Result<NamedFile> {
    Ok(NamedFile {
        name: path.display().to_string(),
        bytes: std::fs::read(path).with_context(|| format!("reading {}", path.display()))?,
    })
}
