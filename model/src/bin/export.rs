//! Publishes a trained network: folds it, rounds its kernels to I8, chooses the
//! threshold and the least peak on the validation split, and adds it to the manifest.
//!
//! `export --recipe model/config/unet-1.json --run DIR --data DIR --version 0.1.0 --trained "how" --out public/weights`

#[cfg(test)]
mod export {
    mod tests;
}

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use burn::tensor::{Device, Tensor, TensorData};
use clap::Parser;
use model::analysis::prepare;
use model::engine::Weights;
use model::engine::weights::GOLDEN_PX;
use model::hex::hex;
use model::net::Network;
use model::net::fold::{calibrated, fold};
use model::net::mean::mean;
use model::net::weights::{Label, Steps, Storage, load_folded, to_bytes};
use model::network::NetworkConfig;
use model::settings::Denoise;
use model::train::checkpoint::{load_network, load_run};
use model::train::crops::{self, Crop, Split};
use model::train::recipe::Recipe;
use model::train::score::{Prediction, Predictor};
use model::train::{calibrate, limits, score, whole};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Writes a weight file and its entry in `manifest.json`.
#[derive(Debug, Parser)]
struct Arguments {
    /// Configuration of the run (JSON).
    #[arg(long)]
    recipe: PathBuf,
    /// Folder of the run.
    #[arg(long)]
    run: PathBuf,
    /// Which weights of the run: best or average.
    #[arg(long, default_value = "best")]
    weights: String,
    /// Weights of the same origin: a published file, or `best.bpk` or `average.bpk` in the folder
    /// of another run. What is published is the mean of all. May be given more than once.
    #[arg(long)]
    mean_with: Vec<PathBuf>,
    /// Configuration of a run that this one began from or is averaged with. May be given more than
    /// once, in the order of the runs.
    #[arg(long)]
    after_recipe: Vec<PathBuf>,
    /// Folder with `index.csv`, `images/` and `masks/`.
    #[arg(long)]
    data: PathBuf,
    /// Folder of the weight files and `manifest.json`.
    #[arg(long)]
    out: PathBuf,
    /// Version of the weights.
    #[arg(long)]
    version: String,
    /// How the network was trained, in a few words.
    #[arg(long)]
    trained: String,
    /// The largest whole number that kernels are rounded to, at full resolution and at each level
    /// below: fewer of them are sent in fewer bytes.
    #[arg(long, default_value = "127,127,127,23,15")]
    steps: Steps,
    /// Every how many-th validation crop is used.
    #[arg(long, default_value_t = 1)]
    every: usize,
}

/// One published network.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    file: String,
    sha256: String,
    bytes: usize,
    config: NetworkConfig,
    version: String,
    threshold: f32,
    least_peak: f32,
    temperature: f32,
    /// Mean Dice of the crops with a target, by split; `val_f32` before the kernels were
    /// rounded, `test` is filled in after the test split was looked at.
    dice: BTreeMap<String, f64>,
    /// A manifest of before does not say it.
    #[serde(default)]
    training: Training,
}

/// What is needed to train a network once more.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Training {
    /// In a few words, as in the weight file.
    trained: String,
    /// Files in `model/config` of the runs that it comes from, in their order.
    recipes: Vec<String>,
    /// SHA-256 of `model/config/splits.csv`, which says whose crops are for training.
    splits_sha256: String,
}

impl Training {
    fn new(trained: &str, recipes: &[PathBuf]) -> Self {
        let names = recipes.iter().filter_map(|it| it.file_name());
        Self {
            trained: trained.to_owned(),
            recipes: names.map(|it| it.to_string_lossy().into_owned()).collect(),
            splits_sha256: hex(&Sha256::digest(SPLITS)),
        }
    }
}

const SPLITS: &[u8] = include_bytes!("../../config/splits.csv");

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let recipe = Recipe::read(&arguments.recipe)?;
    // Before an hour of computing, not after it.
    let manifest = read_manifest(&arguments.out)?;
    let device = Device::flex();
    let folded = folded(&arguments, &recipe, &device)?;
    let mut label = Label {
        version: arguments.version.clone(),
        threshold: 0.5,
        least_peak: 0.0,
        temperature: 1.0,
        trained: arguments.trained.clone(),
    };
    // Everything from here on is measured on what is published: rounded and read back.
    let storage = Storage::I8(arguments.steps);
    let rounded = load_folded(&to_bytes(&folded, &label, None, storage)?)?;
    let validation = crops::read(&arguments.data, &[Split::Val])?;
    let kept: Vec<&Crop> = validation.iter().step_by(arguments.every.max(1)).collect();
    let best = choose_limits(&mut label, &rounded, &kept)?;
    // The same threshold without the rounding.
    let exact = dice(&predict(&folded, &label, &kept)?, &label);
    let exact = exact.iter().find(|(at, _)| *at >= label.threshold);
    let dice = [("val", best), ("val_f32", exact.map_or(0.0, |e| e.1))];
    // Published are calibrated logits: how far engines may differ is said in logits, which would
    // mean less the higher the temperature is.
    let rounded = calibrated(&rounded, label.temperature);
    label.temperature = 1.0;
    let input = golden_input(&arguments.data)?;
    let logits = golden_logits(&rounded, &input, &device)?;
    let bytes = to_bytes(&rounded, &label, Some((&input, &logits)), storage)?;
    let recipes = [arguments.after_recipe, vec![arguments.recipe]].concat();
    let published = Published {
        label: &label,
        bytes: &bytes,
        dice: &dice,
        recipes: &recipes,
    };
    publish(&arguments.out, manifest, &rounded, &published)
}

/// The network of the run, folded; with others, the mean of all.
fn folded(arguments: &Arguments, recipe: &Recipe, device: &Device) -> Result<Network> {
    let weights = format!("{}.bpk", arguments.weights);
    let trained = load_network(&arguments.run, &weights, recipe, device)?;
    let mut folded = vec![fold(&trained)?];
    for path in &arguments.mean_with {
        folded.push(other(path, trained.config, device)?);
    }
    mean(&folded).context("there are no weights")
}

/// Chooses temperature, threshold and least peak on validation crops, and prints what they are
/// chosen among; the mean Dice at that threshold.
///
/// # Errors
/// No crop has a target.
fn choose_limits(label: &mut Label, network: &Network, crops: &[&Crop]) -> Result<f64> {
    let with_target = crops.iter().filter(|crop| crop.target_pixels() > 0).count();
    ensure!(
        with_target > 0,
        "threshold, least peak and temperature are chosen on validation crops with a target, and none of {} is one",
        crops.len()
    );
    let predictions = predict(network, label, crops)?;
    label.temperature = calibrate::temperature(&predictions);
    let by_threshold = dice(&predictions, label);
    for (threshold, dice) in &by_threshold {
        eprintln!("threshold {threshold:.2}: Dice {dice:.4}");
    }
    let (threshold, best) = limits::generous(&by_threshold);
    label.threshold = threshold;
    let answers: Vec<(&Crop, Vec<u8>)> = predictions
        .iter()
        .map(|(crop, answer)| (*crop, answer.probability(label.temperature)))
        .collect();
    let (least_peak, effect) = limits::least_peak(&answers, threshold);
    eprintln!("temperature {:.2}", label.temperature);
    eprintln!("least peak {least_peak:.2}: {effect:?}");
    label.least_peak = least_peak;
    Ok(best)
}

/// The folded network of another run, or a published one.
fn other(path: &Path, config: NetworkConfig, device: &Device) -> Result<Network> {
    let network = if path.extension().is_some_and(|it| it == "bpk") {
        let folder = path.parent().context("the weights lie in no folder")?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        fold(&load_run(folder, &name, device)?)?
    } else {
        let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        load_folded(&bytes)?
    };
    ensure!(
        network.config == config,
        "the network in {} is not the run's",
        path.display()
    );
    Ok(network)
}

/// What the product's engine answers for crops, kernels not rounded any further.
fn predict<'a>(
    network: &Network,
    label: &Label,
    crops: &[&'a Crop],
) -> Result<Vec<(&'a Crop, Prediction)>> {
    let blank = [0.0; GOLDEN_PX * GOLDEN_PX];
    let bytes = to_bytes(network, label, Some((&blank, &blank)), Storage::F32)?;
    let predictor = Predictor::new(&Weights::from_bytes(&bytes)?)?;
    let answers = crops.iter();
    let answers = answers.map(|&crop| Ok((crop, predictor.predict(crop)?)));
    answers.collect()
}

fn dice(predictions: &[(&Crop, Prediction)], label: &Label) -> Vec<(f32, f64)> {
    let predictions = predictions.iter().map(|(crop, answer)| (*crop, answer));
    score::dice_by_threshold(predictions, label.temperature)
}

/// What is published, by network.
type Manifest = BTreeMap<String, Entry>;

const MANIFEST: &str = "manifest.json";

/// Nothing is published where there is no manifest.
fn read_manifest(out: &Path) -> Result<Manifest> {
    whole::settle(out)?;
    let path = out.join(MANIFEST);
    let wrong = || format!("reading {}", path.display());
    match std::fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Manifest::new()),
        text => serde_json::from_slice(&text.with_context(wrong)?).with_context(wrong),
    }
}

/// What is published of a network.
struct Published<'a> {
    label: &'a Label,
    /// The weight file.
    bytes: &'a [u8],
    /// Mean Dice by split.
    dice: &'a [(&'a str, f64)],
    recipes: &'a [PathBuf],
}

/// Writes the weights and their entry in the manifest, both or neither.
fn publish(
    out: &Path,
    mut manifest: Manifest,
    network: &Network,
    published: &Published<'_>,
) -> Result<()> {
    let &Published {
        label,
        bytes,
        dice,
        recipes,
    } = published;
    let id = network.config.architecture.id();
    let file = format!("{id}.safetensors");
    let entry = Entry {
        file: file.clone(),
        sha256: hex(&Sha256::digest(bytes)),
        bytes: bytes.len(),
        config: network.config,
        version: label.version.clone(),
        threshold: label.threshold,
        least_peak: label.least_peak,
        temperature: label.temperature,
        dice: dice
            .iter()
            .map(|(split, dice)| ((*split).to_owned(), (dice * 1e4).round() / 1e4))
            .collect(),
        training: Training::new(&label.trained, recipes),
    };
    manifest.insert(id.to_owned(), entry);
    let text = serde_json::to_string_pretty(&manifest)? + "\n";
    whole::write(out, |part| {
        std::fs::write(part.join(&file), bytes).with_context(|| format!("writing {file}"))?;
        std::fs::write(part.join(MANIFEST), text).context("writing the manifest")
    })
}

/// The middle of the training crop with the largest target, as the network sees it.
fn golden_input(data: &Path) -> Result<Vec<f32>> {
    let crops = crops::read(data, &[Split::Train])?;
    let crop = crops
        .iter()
        .filter(|crop| crop.hu_exact)
        .max_by_key(|crop| crop.target_pixels())
        .context("the training split is empty")?;
    let input = prepare(&crop.view(), None, Denoise::None, 16);
    let margin = |size: usize| size.saturating_sub(GOLDEN_PX) / 2;
    let lines = input.pixels.chunks(input.cols).skip(margin(input.rows));
    let values: Vec<f32> = lines
        .take(GOLDEN_PX)
        .flat_map(|row| row.iter().skip(margin(input.cols)).take(GOLDEN_PX).copied())
        .collect();
    ensure!(
        values.len() == GOLDEN_PX * GOLDEN_PX,
        "the crop is too small"
    );
    Ok(values)
}

/// What a network answers for the golden input, in logits.
fn golden_logits(network: &Network, input: &[f32], device: &Device) -> Result<Vec<f32>> {
    let input = TensorData::new(input.to_vec(), [1, 1, GOLDEN_PX, GOLDEN_PX]);
    let logits = network.infer(Tensor::<4>::from_data(input, device));
    let logits = logits.into_data().convert::<f32>().try_into_vec();
    logits.map_err(|error| anyhow::anyhow!("{error:?}"))
}
