//! A step shared among devices, as burn-train's learner does it with several devices: each gets a
//! copy of the network and a part of the batch, and the gradients are added up on the first one, in
//! their order. burn's distributed training (its all-reduce) exists on cards with `CubeCL`'s back
//! ends only: on `flex` it is not implemented, so no test without two cards could hold it to
//! anything.

use anyhow::{Context, Result, ensure};
use burn::module::Module;
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::{Device, Tensor, TensorData};

use crate::net::Network;
use crate::train::loss::over_heads;
use crate::train::recipe::Recipe;
use crate::train::sample::Batch;

/// The gradients of a batch on the first device, and its loss.
///
/// # Arguments
/// * `devices`: with gradients, the network's own first; the batch must divide among them.
/// * `window`: edge of the batch's windows.
pub(super) fn gradients(
    network: &Network,
    devices: &[Device],
    recipe: &Recipe,
    window: usize,
    batch: Batch,
) -> Result<(GradientsParams, f64)> {
    let count = devices.len();
    let first = devices.first().context("there is no device to train on")?;
    if count == 1 {
        return part(network, first, recipe, window, batch, 1);
    }
    ensure!(
        recipe.batch.is_multiple_of(count),
        "{} windows cannot be shared by {count} devices",
        recipe.batch
    );
    let pixels = recipe.batch / count * window * window;
    let cut = |values: &[f32], at: usize| -> Vec<f32> {
        let values = values.chunks(pixels).nth(at);
        values.unwrap_or_default().to_vec()
    };
    let answers = std::thread::scope(|scope| {
        let threads = devices.iter().enumerate().map(|(at, device)| {
            let own = Batch {
                input: cut(&batch.input, at),
                target: cut(&batch.target, at),
                weight: cut(&batch.weight, at),
            };
            let copy = network.clone();
            scope.spawn(move || {
                let copy = if at == 0 { copy } else { copy.fork(device) };
                part(&copy, device, recipe, window, own, count)
            })
        });
        let threads: Vec<_> = threads.collect();
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.collect::<Vec<_>>()
    });
    let (mut sum, mut loss) = (GradientsAccumulator::new(), 0.0);
    for answer in answers {
        let answer = answer
            .ok()
            .context("a device stopped in the middle of a step")?;
        let (gradients, share) = answer?;
        sum.accumulate(network, gradients.to_device(first, network));
        loss += share;
    }
    Ok((sum.grads(), loss))
}

/// The same of one part out of `count`, weighted by its share.
fn part(
    network: &Network,
    device: &Device,
    recipe: &Recipe,
    window: usize,
    batch: Batch,
    count: usize,
) -> Result<(GradientsParams, f64)> {
    let shape = [recipe.batch / count, 1, window, window];
    let tensor = |values: Vec<f32>| Tensor::<4>::from_data(TensorData::new(values, shape), device);
    let (target, weight) = (tensor(batch.target), tensor(batch.weight));
    let heads = network.forward(tensor(batch.input));
    let loss = over_heads(heads, &target, &weight, recipe.terms())
        .context("the network has no head")?
        .div_scalar(count as f64);
    let value = f64::from(loss.clone().into_scalar::<f32>());
    Ok((GradientsParams::from_grads(loss.backward(), network), value))
}
