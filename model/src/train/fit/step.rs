//! What burn-train is told of a network: its step in training, and its answer in a validation.

use burn::optim::GradientsParams;
use burn::tensor::{Device, ExecutionError, Tensor, TensorData};
use burn::train::{InferenceStep, ItemLazy, TrainOutput, TrainStep};

use crate::net::Network;
use crate::train::loss::{Terms, over_heads};
use crate::train::sample::Batch;

/// What one device learns from in a step.
#[derive(Debug)]
pub struct Share {
    /// Its place among the devices.
    pub at: usize,
    /// How many devices share the batch.
    pub count: usize,
    /// The device, with gradients.
    pub device: Device,
    /// Its windows.
    pub batch: Batch,
    /// Edge of a window, in pixels.
    pub window: usize,
    /// What the loss is made of.
    pub terms: Terms,
}

/// What a share adds to the loss of its batch, `[1]`.
#[derive(Debug)]
pub struct Loss {
    /// Whose share it was.
    pub at: usize,
    /// The share's own loss, divided by how many there are.
    pub value: Tensor<1>,
}

impl ItemLazy for Loss {
    fn sync(self) -> Result<Self, ExecutionError> {
        let (at, device) = (self.at, Device::flex());
        let value = self.value.to_device(&device);
        Ok(Self { at, value })
    }
}

impl TrainStep for Network {
    type Input = Share;
    type Output = Loss;

    fn step(&self, share: Share) -> TrainOutput<Loss> {
        let Share { at, device, .. } = share;
        let windows = share.batch.input.len() / (share.window * share.window);
        let shape = [windows, 1, share.window, share.window];
        let tensor =
            |values: Vec<f32>| Tensor::<4>::from_data(TensorData::new(values, shape), &device);
        let (target, weight) = (tensor(share.batch.target), tensor(share.batch.weight));
        let heads = self.forward(tensor(share.batch.input));
        let Some(loss) = over_heads(heads, &target, &weight, share.terms) else {
            // A step has no way to fail: the run refuses a loss that is no number.
            let value = Tensor::from_data([f32::NAN], &device);
            return TrainOutput {
                grads: GradientsParams::new(),
                item: Loss { at, value },
            };
        };
        let loss = loss.div_scalar(share.count as f64);
        let value = loss.clone().detach();
        TrainOutput::new(self, loss.backward(), Loss { at, value })
    }
}

/// Logits of the last head, `[batch, 1, rows, columns]`.
#[derive(Debug)]
pub struct Logits(pub Tensor<4>);

impl ItemLazy for Logits {
    fn sync(self) -> Result<Self, ExecutionError> {
        Ok(Self(self.0.to_device(&Device::flex())))
    }
}

impl InferenceStep for Network {
    type Input = Tensor<4>;
    type Output = Logits;

    fn step(&self, input: Tensor<4>) -> Logits {
        Logits(self.infer(input))
    }
}
