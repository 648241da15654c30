//! Where a run begins: at random weights, at those of another run, or at published ones.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};

use super::checkpoint::load_run;
use super::nest::nest;
use super::recipe::Recipe;
use super::sample::Sampler;
use crate::net::unfold::unfold;
use crate::net::{Network, Normalisation, load_folded};

/// Batches that the statistics of published weights are measured on.
const BATCHES: usize = 4;

/// The network that a run of this recipe begins with, on a device without gradients.
///
/// # Arguments
/// * `from`: the folder of another run, whose averaged weights are taken, or a published
///   weight file. A U-Net, where the recipe wants a U-Net++ of the same size, is put
///   inside random weights.
///
/// # Errors
/// Weights that cannot be read, or that do not suit the recipe: another size, another
/// normalisation.
pub fn start(
    recipe: &Recipe,
    sampler: &Sampler,
    from: Option<&Path>,
    device: &Device,
) -> Result<Network> {
    device.seed(recipe.seed);
    let fresh = || Network::new(recipe.network, recipe.form(), device).materialize();
    let Some(from) = from else {
        return Ok(fresh());
    };
    let found = if from.is_dir() {
        load_run(from, "average.bpk", device)?
    } else {
        published(from, recipe, sampler, device)?
    };
    ensure!(
        found.normalisation() == recipe.normalisation,
        "the network in {} was trained with {:?} normalisation, and the recipe wants {:?}",
        from.display(),
        found.normalisation(),
        recipe.normalisation
    );
    if found.config == recipe.network {
        return Ok(found);
    }
    ensure!(
        (found.config.width, found.config.depth) == (recipe.network.width, recipe.network.depth),
        "the network in {} has another size than the recipe's",
        from.display()
    );
    Ok(nest(fresh(), &found))
}

/// Published weights in the form that is trained.
fn published(path: &Path, recipe: &Recipe, sampler: &Sampler, device: &Device) -> Result<Network> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let folded = load_folded(&bytes)?.to_device(device);
    match recipe.normalisation {
        Normalisation::Batch => {}
        Normalisation::None => return Ok(folded.unfreeze()),
        Normalisation::Group => bail!(
            "{} was published without group normalisation: a run with it cannot begin there",
            path.display()
        ),
    }
    let edge = recipe.window_at(0);
    let images: Vec<f32> = (0..BATCHES)
        .flat_map(|step| sampler.batch(step).input)
        .collect();
    let shape = [BATCHES * recipe.batch, 1, edge, edge];
    let images = Tensor::<4>::from_data(TensorData::new(images, shape), device);
    Ok(unfold(&folded, &images))
}
