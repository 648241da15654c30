//! What burn answers for a single step, given what the engine's own buffers hold before it: an
//! error is found in the step that makes it, and errors of earlier steps do not add up.

use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor, TensorData};

use super::Weights;
use super::plan::{Buffer, Half, Step, View};
use crate::net::network::{pool, upsample};
use crate::net::{Network, head_columns, load_folded};
use crate::network::Architecture;

/// Networks to try, each with its weights: random ones of several widths, and the published ones.
pub(super) fn networks() -> Vec<(Weights, Truth)> {
    let folder = env!("CARGO_MANIFEST_DIR");
    let random = ["unet4", "unetpp4", "unet8", "unetpp8"]
        .map(|name| format!("{folder}/tests/fixtures/engine/{name}.safetensors"));
    let published =
        Architecture::ALL.map(|it| format!("{folder}/../public/weights/{}.safetensors", it.id()));
    random
        .into_iter()
        .chain(published)
        .map(|path| {
            let bytes = std::fs::read(path).unwrap();
            let truth = Truth(load_folded(&bytes).unwrap());
            (Weights::from_bytes(&bytes).unwrap(), truth)
        })
        .collect()
}

/// A network in burn.
pub(super) struct Truth(Network);

impl Truth {
    /// What `step` has to write.
    ///
    /// # Arguments
    /// `read`: planes of the engine's buffers, with their rows and columns.
    pub(super) fn answer(
        &self,
        step: &Step,
        read: &dyn Fn(View) -> (Vec<f32>, (usize, usize)),
    ) -> Vec<f32> {
        let read = |view: View| {
            let (values, (rows, cols)) = read(view);
            let data = TensorData::new(values, [1, view.channels, rows, cols]);
            Tensor::<4>::from_data(data, &Device::flex())
        };
        let expected = match step {
            Step::Conv {
                node: (level, column),
                half,
                skip,
                gate,
                coarse,
                ..
            } => {
                let skips = match gate {
                    Some(gate) => read(*skip) * read(single(*gate)),
                    None => read(*skip),
                };
                let input = match coarse {
                    Some(coarse) => Tensor::cat(vec![skips, upsample(read(*coarse))], 1),
                    None => skips,
                };
                let node = &self.0.rows[*level][*column];
                match half {
                    Half::First => node.conv1.forward(input),
                    Half::Second => node.conv2.forward(input),
                }
            }
            Step::Pool { source, .. } => pool(read(*source)),
            Step::Gate {
                node: (level, column),
                skip,
                coarse,
                ..
            } => self.0.gates[*level][column - 1].factors(read(*skip), read(*coarse)),
            Step::Head { column, source } => self.head(*column).forward(read(*source)),
        };
        expected.into_data().try_into_vec().unwrap()
    }

    fn head(&self, column: usize) -> &Conv2d {
        let columns = head_columns(&self.0.config);
        let at = columns.iter().position(|&it| it == column).unwrap();
        &self.0.heads[at]
    }
}

/// What `step` writes.
pub(super) fn target(step: &Step) -> View {
    match step {
        Step::Conv { target, .. } | Step::Pool { target, .. } => *target,
        Step::Gate { target, .. } => single(*target),
        Step::Head { .. } => single(Buffer::Logits),
    }
}

/// A buffer of one channel.
fn single(buffer: Buffer) -> View {
    View {
        buffer,
        first: 0,
        channels: 1,
    }
}

/// Fails where a value is further from the expected one than `tolerance` of the largest.
pub(super) fn assert_close(found: &[f32], expected: &[f32], tolerance: f32, step: &Step) {
    let largest = expected.iter().fold(0.0_f32, |most, it| most.max(it.abs()));
    let off = super::largest_deviation(found, expected);
    assert!(
        off <= tolerance * largest,
        "{step:?} is off by {off}, and its largest value is {largest}"
    );
}
