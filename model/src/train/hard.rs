//! Hard negatives: places where the network in training sees a tumour far from any mark.
//! Windows around them are shown more often (Shrivastava et al. 2016 call it online hard
//! example mining; here it is done every so many steps, and written down).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use rand::rngs::StdRng;
use rand::seq::index::sample;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

use super::crops::Crop;
use super::recipe::Recipe;
use super::score::Prediction;
use crate::analysis::morphology::dilate;
use crate::analysis::raw_mask;
use crate::analysis::region::{Region, regions};
use crate::volume::PixelSpacing;

/// Probability from which a pixel counts.
const THRESHOLD: f32 = 0.5;
/// How far a region must stay from every mark. Nearer ones are a matter of the outline.
const FAR_MM: f32 = 3.0;
/// Regions of fewer pixels are no worry.
const LEAST_PX: usize = 6;

/// The middle of a region that should not be there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FalseAlarm {
    /// Place of the crop or whole slice among those of the sampler.
    pub crop: usize,
    /// Its patient.
    pub patient: String,
    /// The crop's coordinates, pixel centres at .5.
    pub row: f32,
    /// See `row`.
    pub column: f32,
    /// Size of the region.
    pub pixels: usize,
}

/// The false alarms in one crop.
///
/// # Arguments
/// `at`: the crop's place among those of the sampler.
pub fn find(at: usize, crop: &Crop, prediction: &Prediction) -> Vec<FalseAlarm> {
    let spacing = PixelSpacing::square(crop.pixel_mm);
    let near = dilate(&crop.marked(), FAR_MM, spacing);
    let answer = raw_mask(
        &prediction.probability(1.0),
        crop.rows,
        crop.columns,
        THRESHOLD,
    );
    let alarm = |region: Region| {
        let pixels = region.pixels.len();
        let middle = |place: &dyn Fn(usize) -> usize| {
            let sum: f32 = region.pixels.iter().map(|&at| place(at) as f32 + 0.5).sum();
            sum / pixels as f32
        };
        FalseAlarm {
            crop: at,
            patient: crop.patient.clone(),
            row: middle(&|at| at / crop.columns),
            column: middle(&|at| at % crop.columns),
            pixels,
        }
    };
    regions(&answer)
        .into_iter()
        .filter(|region| region.pixels.len() >= LEAST_PX && region.pixels_in(&near) == 0)
        .map(alarm)
        .collect()
}

/// The crops that are looked through after `step`, by the seed, and every whole slice after them.
///
/// # Arguments
/// * `crops`: how many there are, whole slices not counted.
/// * `empty`: those of them without a target, in order; the recipe may prefer them.
/// * `slices`: how many whole slices follow the crops.
pub fn chosen(
    recipe: &Recipe,
    step: usize,
    crops: usize,
    empty: &[usize],
    slices: usize,
) -> Vec<usize> {
    let mut rng = StdRng::seed_from_u64(recipe.seed ^ (step as u64).rotate_left(32));
    let mut chosen = match recipe.hard_empty_share {
        None => sample(&mut rng, crops, recipe.hard_crops.min(crops)).into_vec(),
        Some(share) => {
            let others: Vec<usize> = (0..crops)
                .filter(|at| empty.binary_search(at).is_err())
                .collect();
            let wanted = (share.clamp(0.0, 1.0) * recipe.hard_crops as f64).round() as usize;
            let mut chosen = some_of(&mut rng, empty, wanted);
            chosen.extend(some_of(&mut rng, &others, recipe.hard_crops - wanted));
            chosen
        }
    };
    chosen.sort_unstable();
    chosen.extend(crops..crops + slices);
    chosen
}

/// `count` of these at random, or all where there are no more.
fn some_of(rng: &mut StdRng, pool: &[usize], count: usize) -> Vec<usize> {
    let places = sample(rng, pool.len(), count.min(pool.len())).into_iter();
    places.filter_map(|at| pool.get(at).copied()).collect()
}

/// The step that the false alarms in use at `step` were looked for after.
pub fn mined_after(recipe: &Recipe, step: usize) -> Option<usize> {
    let since = step.checked_sub(recipe.hard_from)?;
    mines(recipe).then(|| step - since % recipe.hard_every)
}

/// The next step after `step` that they are looked for after.
pub fn next_after(recipe: &Recipe, step: usize) -> usize {
    match mined_after(recipe, step) {
        Some(after) => after + recipe.hard_every,
        None if mines(recipe) => recipe.hard_from,
        None => usize::MAX,
    }
}

fn mines(recipe: &Recipe) -> bool {
    recipe.hard_every > 0 && recipe.hard_share > 0.0
}

/// One of these at random.
pub(super) fn pick<'a>(rng: &mut StdRng, alarms: &'a [FalseAlarm]) -> Option<&'a FalseAlarm> {
    alarms.get(rng.random_range(0..alarms.len().max(1)))
}

/// Where the false alarms of a step are written down.
pub fn file(folder: &Path, step: usize) -> PathBuf {
    folder.join(format!("hard-{step:06}.csv"))
}

/// Writes them down.
///
/// # Errors
/// What the disk says.
pub fn write(path: &Path, alarms: &[FalseAlarm]) -> Result<()> {
    let mut table =
        csv::Writer::from_path(path).with_context(|| format!("writing {}", path.display()))?;
    // Headings even where there is nothing to write.
    if alarms.is_empty() {
        table.write_record(["crop", "patient", "row", "column", "pixels"])?;
    }
    for alarm in alarms {
        table.serialize(alarm)?;
    }
    Ok(table.flush()?)
}

/// Reads them back.
///
/// # Errors
/// The file cannot be read, or is of other crops.
pub fn read(path: &Path, crops: &[Crop]) -> Result<Vec<FalseAlarm>> {
    let mut table =
        csv::Reader::from_path(path).with_context(|| format!("reading {}", path.display()))?;
    let alarms: Vec<FalseAlarm> = table.deserialize().collect::<Result<_, _>>()?;
    let known = |alarm: &FalseAlarm| {
        let crop = crops.get(alarm.crop);
        crop.is_some_and(|crop| crop.patient == alarm.patient)
    };
    ensure!(
        alarms.iter().all(known),
        "{} belongs to other data",
        path.display()
    );
    Ok(alarms)
}
