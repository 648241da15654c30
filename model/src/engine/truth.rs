//! What burn answers for a single step, given what the engine's own buffers hold before it: an
//! error is found in the step that makes it, and errors of earlier steps do not add up.
//!
//! Tests ask it of both back ends natively, and of both in a browser (`web.rs`, a module that is
//! built for `end2end/tests/truth.test.mjs`).

#[cfg(all(feature = "truth-web", target_arch = "wasm32"))]
pub mod web;

use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor, TensorData};

use super::plan::{Buffer, NodeConv, Step, View};
use super::weights::GOLDEN_PX;
use super::{EngineError, Weights};
use crate::analysis::{SliceView, lung_field, prepare};
use crate::net::network::{pool, upsample};
use crate::net::{Network, WeightsError, head_columns, load_folded};
use crate::settings::Denoise;
use crate::volume::{Intensity, PixelSpacing};

/// Networks to try, each with its weights: random ones of several widths, and the published ones.
#[cfg(test)]
pub(super) fn networks() -> Vec<(Weights, Truth)> {
    let folder = env!("CARGO_MANIFEST_DIR");
    let random = ["unet4", "unetpp4", "unetpp6", "unet8", "unetpp8"]
        .map(|name| format!("{folder}/tests/fixtures/engine/{name}.safetensors"));
    let published =
        ["unet", "unetpp"].map(|name| format!("{folder}/../public/weights/{name}.safetensors"));
    random
        .into_iter()
        .chain(published)
        .map(|path| {
            let bytes = std::fs::read(path).unwrap();
            let truth = Truth::load(&bytes).unwrap();
            (Weights::from_bytes(&bytes).unwrap(), truth)
        })
        .collect()
}

/// A real slice, with a mass.
#[cfg(test)]
pub(super) fn real_slice() -> Image {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/analysis/mass_image.png"
    );
    let image = image::open(file).unwrap().into_luma16();
    let values: Vec<i16> = image
        .iter()
        .map(|&value| (i32::from(value) - 1024) as i16)
        .collect();
    Image::of_slice(&values, 0.791, 16)
}

/// What a network is given.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) pixels: Vec<f32>,
    pub(super) rows: usize,
    pub(super) cols: usize,
}

impl Image {
    /// The golden one of a file of weights.
    pub(super) fn golden(weights: &Weights) -> Self {
        Self {
            pixels: weights.golden().0.to_vec(),
            rows: GOLDEN_PX,
            cols: GOLDEN_PX,
        }
    }

    /// What the product makes of a square slice in HU.
    pub(super) fn of_slice(values: &[i16], pixel_mm: f32, stride: usize) -> Self {
        let edge = values.len().isqrt();
        let slice = SliceView {
            values,
            rows: edge,
            cols: edge,
            intensity: Intensity::Hounsfield,
            spacing: Some(PixelSpacing::square(pixel_mm)),
        };
        let input = prepare(&slice, lung_field(&slice).as_ref(), Denoise::None, stride);
        Self {
            pixels: input.pixels,
            rows: input.rows,
            cols: input.cols,
        }
    }

    /// The middle 48 × 144 pixels, which take an emulated GPU a moment. Below full resolution their
    /// planes end within tiles of the kernels, and the deepest has odd sides.
    pub(super) fn middle(&self) -> Self {
        let (rows, cols) = (self.rows.min(48), self.cols.min(144));
        let (top, left) = ((self.rows - rows) / 2, (self.cols - cols) / 2);
        let lines = self.pixels.chunks_exact(self.cols).skip(top).take(rows);
        let pixels = lines.flat_map(|line| line.iter().skip(left).take(cols));
        Self {
            pixels: pixels.copied().collect(),
            rows,
            cols,
        }
    }
}

/// Planes of a buffer, one after the other, and their rows and columns.
pub(super) type Planes = (Vec<f32>, (usize, usize));

/// A network in burn.
#[derive(Debug)]
pub(super) struct Truth(Network);

impl Truth {
    /// The network of a file of weights.
    pub(super) fn load(bytes: &[u8]) -> Result<Self, WeightsError> {
        load_folded(bytes).map(Self)
    }

    /// What `step` has to write.
    ///
    /// # Arguments
    /// `read`: gives planes of the engine's buffers.
    ///
    /// # Errors
    /// Those of `read`; the step is none of this network.
    pub(super) async fn answer(
        &self,
        step: &Step,
        read: &impl AsyncFn(View) -> Result<Planes, EngineError>,
    ) -> Result<Vec<f32>, EngineError> {
        let read = async |view: View| {
            let (values, (rows, cols)) = read(view).await?;
            let data = TensorData::new(values, [1, view.channels, rows, cols]);
            Ok::<_, EngineError>(Tensor::<4>::from_data(data, &Device::flex()))
        };
        let expected = match step {
            Step::Conv {
                node: (level, column),
                conv,
                skip,
                gate,
                coarse,
                ..
            } => {
                let skips = match gate {
                    Some(gate) => read(*skip).await? * read(single(*gate)).await?,
                    None => read(*skip).await?,
                };
                let input = match coarse {
                    Some(coarse) => Tensor::cat(vec![skips, upsample(read(*coarse).await?)], 1),
                    None => skips,
                };
                let node = &self.0.rows[*level][*column];
                match conv {
                    NodeConv::First => node.conv1.forward(input),
                    NodeConv::Second => node.conv2.forward(input),
                }
            }
            Step::Pool { source, .. } => pool(read(*source).await?),
            Step::Gate {
                node: (level, column),
                skip,
                coarse,
                ..
            } => {
                let gate = &self.0.gates[*level][column - 1];
                gate.factors(read(*skip).await?, read(*coarse).await?)
            }
            Step::Head { column, source } => {
                let head = self.head(*column);
                let head = head.ok_or(EngineError::NoSuchDepth(*column))?;
                head.forward(read(*source).await?)
            }
        };
        values(expected)
    }

    /// The logits of a whole image, whose sides are multiples of the network's stride.
    #[cfg(feature = "truth-web")]
    pub(super) fn logits(&self, image: &Image) -> Result<Vec<f32>, EngineError> {
        let data = TensorData::new(image.pixels.clone(), [1, 1, image.rows, image.cols]);
        let image = Tensor::<4>::from_data(data, &Device::flex());
        values(self.0.infer(image))
    }

    fn head(&self, column: usize) -> Option<&Conv2d> {
        let columns = head_columns(&self.0.config);
        let at = columns.iter().position(|&it| it == column)?;
        self.0.heads.get(at)
    }
}

fn values(tensor: Tensor<4>) -> Result<Vec<f32>, EngineError> {
    let values = tensor.into_data().try_into_vec();
    values.map_err(|e| EngineError::Plan(format!("{e:?}")))
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
