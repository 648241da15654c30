//! Trains a network: `train --recipe model/config/unet-1.json --data DIR --out DIR`.

mod train {
    pub(crate) mod device;
}

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use model::train::crops::{self, Crop, Split};
use model::train::curve;
use model::train::fit::fit;
use model::train::loader;
use model::train::pack;
use model::train::recipe::Recipe;
use model::train::run::Place;
use model::train::sample::Sampler;
use model::train::split;

use self::train::device::{devices, libtorch};

/// Trains U-Net or U-Net++ on the LIDC-IDRI nodule crops.
///
/// A run is saved at every validation (the recipe's `validate_every` steps) and at its end. Ctrl-C
/// ends it at once: what it did since then is lost. --stop-after and --stop-after-minutes save
/// before they stop, as does the display of a program built with train-tui (q, then s).
#[derive(Debug, Parser)]
struct Arguments {
    /// Configuration of the run (JSON).
    #[arg(long)]
    recipe: PathBuf,
    /// Folder with `index.csv`, `images/` and `masks/`.
    #[arg(long)]
    data: PathBuf,
    /// A file that the decoded crops are written to, or read back from where it is there already:
    /// the strips of PNG take many times as long.
    #[arg(long)]
    pack: Option<PathBuf>,
    /// Whole training slices: `FOLDER,STEM,PATIENT,PIXEL_MM`. May be given more than once.
    #[arg(long, value_parser = whole_slice)]
    slice: Vec<WholeSlice>,
    /// Checkpoints and logs; a run found there goes on.
    #[arg(long, required_unless_present = "time_loader")]
    out: Option<PathBuf>,
    /// Where to compute: flex or tch (CPU), tch-cuda, cuda, vulkan or wgpu, where built in. With
    /// several graphics cards their numbers: cuda:0,1 shares every batch between the first two;
    /// tch-cuda takes one.
    #[arg(long, default_value = "flex")]
    device: String,
    /// Threads that make batches; as many as there are cores but one where it is not said.
    #[arg(long, default_value_t = loader::usual_threads())]
    loaders: usize,
    /// Do not train: print how many windows a second 1 to LOADERS threads make, each measured
    /// for so many seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    time_loader: Option<Duration>,
    /// Folder of another run, or a published weight file, to go on from its weights with
    /// this recipe. A run that goes on does without.
    #[arg(long)]
    start_from: Option<PathBuf>,
    /// Folder of another run whose network is learnt from, for the recipe's share `taught` of
    /// the loss. May be given more than once; needs --device tch or tch-cuda.
    #[arg(long)]
    teacher: Vec<PathBuf>,
    /// Save and stop after this many steps of the whole run; the same command without it goes on.
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

fn seconds(text: &str) -> Result<Duration, String> {
    let number = text
        .parse()
        .map_err(|_| format!("\"{text}\" is not a number"))?;
    Duration::try_from_secs_f64(number).map_err(|error| error.to_string())
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let recipe = Recipe::read(&arguments.recipe)?;
    let (training, validation): (Vec<_>, Vec<_>) = read_crops(&arguments)?
        .into_iter()
        .partition(|c| c.split == Split::Train);
    let slices = arguments
        .slice
        .iter()
        .map(|s| crops::read_full_slice(&s.folder, &s.stem, &s.patient, s.pixel_mm))
        .collect::<Result<Vec<_>>>()?;
    let of_slices: Vec<&str> = arguments
        .slice
        .iter()
        .map(|it| it.patient.as_str())
        .collect();
    split::check(&arguments.data, &training, &validation, &of_slices)?;
    if let Some(time) = arguments.time_loader {
        return time_loader(
            &recipe,
            Sampler::new(training, slices, recipe.clone()),
            &arguments,
            time,
        );
    }
    let libtorch = libtorch(&arguments.device)?;
    check_teachers(&arguments, &recipe, libtorch.is_some())?;
    // Beside libtorch, burn's part is to draw the first weights and to keep the last.
    let mut devices = devices(if libtorch.is_some() {
        "flex"
    } else {
        &arguments.device
    })?;
    let out = arguments.out.as_deref().context("--out is missing")?;
    let place = Place {
        folder: out,
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
    if let Some(libtorch) = libtorch {
        let device = libtorch.device()?;
        model::train::libtorch::fit::fit(&recipe, sampler, &validation, &place, device)?;
        return curve::draw(out);
    }
    fit(&recipe, sampler, &validation, &place)?;
    curve::draw(out)
}

/// Whether there are other networks to learn from, where the recipe wants it and there alone.
fn check_teachers(arguments: &Arguments, recipe: &Recipe, is_libtorch: bool) -> Result<()> {
    ensure!(
        is_libtorch || arguments.teacher.is_empty(),
        "only --device tch and tch-cuda learn from other networks"
    );
    ensure!(
        (recipe.taught > 0.0) != arguments.teacher.is_empty(),
        "a recipe with a share \"taught\" needs --teacher, and one without has no use for it"
    );
    Ok(())
}

/// The crops of training and validation; how long that took is printed.
fn read_crops(arguments: &Arguments) -> Result<Vec<Crop>> {
    let begin = Instant::now();
    let splits = [Split::Train, Split::Val];
    let crops = match &arguments.pack {
        Some(file) => pack::read(file, &arguments.data, &splits)?,
        None => crops::read(&arguments.data, &splits)?,
    };
    let (count, seconds) = (crops.len(), begin.elapsed().as_secs_f64());
    // A closed terminal must not end the run.
    writeln!(std::io::stderr(), "{count} crops read in {seconds:.1} s").ok();
    Ok(crops)
}

/// Prints what the loader alone makes, of the windows that a run begins with and of those it ends
/// with.
fn time_loader(
    recipe: &Recipe,
    sampler: Sampler,
    arguments: &Arguments,
    time: Duration,
) -> Result<()> {
    let sampler = Arc::new(sampler);
    let (first, last) = (0, recipe.steps);
    let mut steps = vec![first];
    if recipe.window_at(last) != recipe.window_at(first) {
        steps.push(last);
    }
    for step in steps {
        let edge = recipe.window_at(step);
        for threads in 1..=arguments.loaders {
            let rate = loader::windows_per_second(&sampler, step, threads, time);
            writeln!(
                std::io::stdout(),
                "{edge} × {edge} pixels, {threads} threads: {rate:.0} windows/s, {:.1} ms a batch of {}",
                recipe.batch as f64 / rate * 1e3,
                recipe.batch,
            )?;
        }
    }
    Ok(())
}
