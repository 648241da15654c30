//! Weights and images in the order in which the kernels read them (see `shape.wgsl`).

use crate::engine::weights::{ConvWeights, GateWeights, HeadWeights};

/// Channels of a vector.
pub(super) const GROUP: usize = 4;

/// The two weight buffers of a step.
#[derive(Debug, Default)]
pub(super) struct Packed {
    /// 4×4 matrices, column by column.
    pub(super) matrices: Vec<f32>,
    /// Vectors of four.
    pub(super) vectors: Vec<f32>,
}

/// `[out, in, 3, 3]` to `[out/4][in/4][9]` matrices; a column is one input channel.
///
/// Outputs must be a multiple of four. Inputs need not be: the image has one channel,
/// the missing three get zero weights.
pub(super) fn conv(weights: &ConvWeights) -> Packed {
    let groups = weights.inputs.div_ceil(GROUP);
    let outputs = weights.bias.len();
    let mut matrices = vec![0.0; outputs.div_ceil(GROUP) * groups * 9 * GROUP * GROUP];
    let (kernels, _) = weights.weight.as_chunks::<9>();
    for (index, kernel) in kernels.iter().enumerate() {
        let (output, input) = (index / weights.inputs, index % weights.inputs);
        let first = (output / GROUP * groups + input / GROUP) * 9;
        let entry = input % GROUP * GROUP + output % GROUP;
        for (tap, value) in kernel.iter().enumerate() {
            matrices[(first + tap) * GROUP * GROUP + entry] = *value;
        }
    }
    Packed {
        matrices,
        vectors: weights.bias.clone(),
    }
}

/// `[mid/4][skip/4, then coarse/4]` matrices; vectors: bias, psi, bias of psi.
pub(super) fn gate(weights: &GateWeights) -> Packed {
    let mids = weights.bias.len();
    let mid_groups = mids.div_ceil(GROUP);
    let skips = weights.skip.len() / mids;
    let coarse = weights.gating.len() / mids;
    let groups = skips.div_ceil(GROUP) + coarse.div_ceil(GROUP);
    let mut matrices = vec![0.0; mid_groups * groups * GROUP * GROUP];
    let mut put = |values: &[f32], inputs: usize, first_group: usize| {
        for (index, value) in values.iter().enumerate() {
            let (mid, input) = (index / inputs, index % inputs);
            let matrix = mid / GROUP * groups + first_group + input / GROUP;
            matrices[matrix * GROUP * GROUP + input % GROUP * GROUP + mid % GROUP] = *value;
        }
    };
    put(&weights.skip, skips, 0);
    put(&weights.gating, coarse, skips.div_ceil(GROUP));
    let mut vectors = weights.bias.clone();
    vectors.resize(mid_groups * GROUP, 0.0);
    vectors.extend(&weights.psi);
    vectors.resize(2 * mid_groups * GROUP, 0.0);
    vectors.extend([weights.psi_bias, 0.0, 0.0, 0.0]);
    Packed { matrices, vectors }
}

/// Vectors of weights, then the bias.
pub(super) fn head(weights: &HeadWeights) -> Packed {
    let mut vectors = weights.weight.clone();
    vectors.resize(vectors.len().next_multiple_of(GROUP), 0.0);
    vectors.extend([weights.bias, 0.0, 0.0, 0.0]);
    Packed {
        matrices: Vec::new(),
        vectors,
    }
}

/// An image as one group with a border; three of the four channels are zero.
pub(super) fn image(input: &[f32], rows: usize, cols: usize) -> Vec<f32> {
    let pitch = cols + 2;
    let mut packed = vec![0.0; (rows + 2) * pitch * GROUP];
    let lines = packed.chunks_exact_mut(pitch * GROUP).skip(1);
    for (line, values) in lines.zip(input.chunks_exact(cols)) {
        for (pixel, value) in line.chunks_exact_mut(GROUP).skip(1).zip(values) {
            pixel[0] = *value;
        }
    }
    packed
}
