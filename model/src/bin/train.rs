//! Trains a network: `train --recipe model/config/unet-1.json --data DIR --out DIR`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
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
    /// Where to compute: flex or tch (CPU), cuda or vulkan, where built in.
    #[arg(long, default_value = "flex")]
    device: String,
    /// Threads that make batches.
    #[arg(long, default_value_t = 1)]
    loaders: usize,
    /// Folder of another run, to go on from its weights with this recipe.
    #[arg(long)]
    start_from: Option<PathBuf>,
    /// Stop after this many steps (to measure).
    #[arg(long)]
    stop_after: Option<usize>,
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
    let text = std::fs::read_to_string(&arguments.recipe)
        .with_context(|| format!("reading {}", arguments.recipe.display()))?;
    let recipe: Recipe =
        serde_json::from_str(&text).context("the recipe is not a valid configuration")?;
    let crops = crops::read(&arguments.data, &[Split::Train, Split::Val])?;
    let (training, validation): (Vec<_>, Vec<_>) =
        crops.into_iter().partition(|c| c.split == Split::Train);
    let slices = arguments
        .slice
        .iter()
        .map(|s| crops::read_full_slice(&s.folder, &s.stem, &s.patient, s.pixel_mm))
        .collect::<Result<Vec<_>>>()?;
    let libtorch = cfg!(feature = "train-tch") && arguments.device == "tch";
    let place = Place {
        folder: &arguments.out,
        // Beside libtorch, burn's part is to draw the first weights and to keep the last.
        device: device(if libtorch { "flex" } else { &arguments.device })?,
        loaders: arguments.loaders,
        stop_after: arguments.stop_after,
        start_from: arguments.start_from.as_deref(),
    };
    let sampler = Sampler::new(training, slices, recipe.clone());
    #[cfg(feature = "train-tch")]
    if libtorch {
        model::train::libtorch::fit::fit(&recipe, sampler, &validation, &place)?;
        return curve::draw(&arguments.out);
    }
    fit(&recipe, sampler, &validation, &place)?;
    curve::draw(&arguments.out)
}

/// The device of that name, if it was built in.
fn device(name: &str) -> Result<Device> {
    match name {
        "flex" => Ok(Device::flex()),
        #[cfg(feature = "train-cuda")]
        "cuda" => Ok(Device::cuda(0_usize)),
        #[cfg(feature = "train-wgpu")]
        "vulkan" => Ok(Device::vulkan(burn::tensor::DeviceKind::default())),
        _ => bail!(
            "no device \"{name}\" in this build: flex is always there, tch needs the feature train-tch, cuda train-cuda, vulkan train-wgpu"
        ),
    }
}
