//! Trains a network: `train --recipe model/config/unet-1.json --data DIR --out DIR`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use burn::tensor::Device;
use clap::Parser;
use model::train::crops::{self, Split};
use model::train::curve;
use model::train::fit::fit;
use model::train::recipe::Recipe;
use model::train::run::Place;
use model::train::sample::Sampler;

/// Trains U-Net or U-Net++ on the LIDC-IDRI nodule crops.
#[derive(Debug, Parser)]
struct Arguments {
    /// Configuration of the run (JSON).
    #[arg(long)]
    recipe: PathBuf,
    /// Folder with `index.csv`, `images/` and `masks/`.
    #[arg(long)]
    data: PathBuf,
    /// Whole training slices: `FOLDER,STEM,PATIENT,PIXEL_MM`. May be given more than once.
    #[arg(long, value_parser = whole_slice)]
    slice: Vec<WholeSlice>,
    /// Checkpoints and logs; a run found there goes on.
    #[arg(long)]
    out: PathBuf,
    /// Where to compute: flex or tch (CPU), tch-cuda, cuda or vulkan, where built in. With several
    /// graphics cards their numbers: cuda:0,1 shares every batch between the first two.
    #[arg(long, default_value = "flex")]
    device: String,
    /// Threads that make batches.
    #[arg(long, default_value_t = 1)]
    loaders: usize,
    /// Folder of another run, or a published weight file, to go on from its weights with
    /// this recipe.
    #[arg(long)]
    start_from: Option<PathBuf>,
    /// Folder of another run whose network is learnt from, for the recipe's share `taught` of
    /// the loss. May be given more than once; needs --device tch or tch-cuda.
    #[arg(long)]
    teacher: Vec<PathBuf>,
    /// Stop after this many steps (to measure).
    #[arg(long)]
    stop_after: Option<usize>,
    /// Save and stop after this time; the same command goes on another day.
    #[arg(long)]
    stop_after_minutes: Option<f64>,
}

#[derive(Debug, Clone)]
struct WholeSlice {
    folder: PathBuf,
    stem: String,
    patient: String,
    pixel_mm: f32,
}

fn whole_slice(text: &str) -> Result<WholeSlice, String> {
    let parts: Vec<&str> = text.split(',').collect();
    let [folder, stem, patient, pixel_mm] = parts.as_slice() else {
        return Err("expected FOLDER,STEM,PATIENT,PIXEL_MM".to_owned());
    };
    Ok(WholeSlice {
        folder: PathBuf::from(folder),
        stem: (*stem).to_owned(),
        patient: (*patient).to_owned(),
        pixel_mm: pixel_mm
            .parse()
            .map_err(|_| format!("\"{pixel_mm}\" is not a number"))?,
    })
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let recipe = Recipe::read(&arguments.recipe)?;
    let crops = crops::read(&arguments.data, &[Split::Train, Split::Val])?;
    let (training, validation): (Vec<_>, Vec<_>) =
        crops.into_iter().partition(|c| c.split == Split::Train);
    let slices = arguments
        .slice
        .iter()
        .map(|s| crops::read_full_slice(&s.folder, &s.stem, &s.patient, s.pixel_mm))
        .collect::<Result<Vec<_>>>()?;
    let libtorch =
        cfg!(feature = "train-tch") && matches!(arguments.device.as_str(), "tch" | "tch-cuda");
    ensure!(
        libtorch || arguments.teacher.is_empty(),
        "only --device tch and tch-cuda learn from other networks"
    );
    ensure!(
        (recipe.taught > 0.0) != arguments.teacher.is_empty(),
        "a recipe with a share \"taught\" needs --teacher, and one without has no use for it"
    );
    // Beside libtorch, burn's part is to draw the first weights and to keep the last.
    let mut devices = devices(if libtorch { "flex" } else { &arguments.device })?;
    let place = Place {
        folder: &arguments.out,
        device: devices.remove(0),
        beside: devices,
        loaders: arguments.loaders,
        stop_after: arguments.stop_after,
        stop_after_minutes: arguments.stop_after_minutes,
        start_from: arguments.start_from.as_deref(),
        teachers: arguments.teacher.clone(),
    };
    let sampler = Sampler::new(training, slices, recipe.clone());
    #[cfg(feature = "train-tch")]
    if libtorch {
        let device = if arguments.device == "tch-cuda" {
            ensure!(tch::Cuda::is_available(), "libtorch finds no CUDA here");
            tch::Device::Cuda(0)
        } else {
            tch::Device::Cpu
        };
        model::train::libtorch::fit::fit(&recipe, sampler, &validation, &place, device)?;
        return curve::draw(&arguments.out);
    }
    fit(&recipe, sampler, &validation, &place)?;
    curve::draw(&arguments.out)
}

/// The devices of `NAME` or `NAME:NUMBER,NUMBER…`; at least one.
fn devices(text: &str) -> Result<Vec<Device>> {
    let (name, numbers) = text.split_once(':').unwrap_or((text, "0"));
    let number = |number: &str| {
        let number = number.parse::<usize>();
        device(
            name,
            number.with_context(|| format!("\"{text}\" names no device"))?,
        )
    };
    numbers.split(',').map(number).collect()
}

/// The device of that name, if it was built in.
fn device(name: &str, number: usize) -> Result<Device> {
    match (name, number) {
        ("flex", 0) => Ok(Device::flex()),
        #[cfg(feature = "train-cuda")]
        ("cuda", _) => Ok(Device::cuda(number)),
        #[cfg(feature = "train-wgpu")]
        ("vulkan", 0) => Ok(Device::vulkan(burn::tensor::DeviceKind::default())),
        #[cfg(feature = "train-wgpu")]
        ("vulkan", _) => Ok(Device::vulkan(burn::tensor::DeviceKind::DiscreteGpu(
            number,
        ))),
        _ => bail!(
            "no device \"{name}\" of number {number} in this build: flex is always there, tch needs the feature train-tch, cuda train-cuda, vulkan train-wgpu"
        ),
    }
}
