//! Weights as the kernels take them: plain, in the order of the framework's files.

/// One 3×3 convolution, BatchNorm folded in.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvWeights {
    /// Input channels.
    pub inputs: usize,
    /// `[out, in, 3, 3]`.
    pub weight: Vec<f32>,
    /// `[out]`: what an output's weights are whole multiples of, if they were stored as I8;
    /// otherwise empty.
    pub factors: Vec<f32>,
    /// `[out]`.
    pub bias: Vec<f32>,
}

/// An attention gate (Oktay et al. 2018), all convolutions 1×1.
#[derive(Debug, Clone, PartialEq)]
pub struct GateWeights {
    /// `[mid, coarse channels]`.
    pub gating: Vec<f32>,
    /// As [`ConvWeights::factors`], of `gating`.
    pub gating_factors: Vec<f32>,
    /// `[mid, skip channels]`.
    pub skip: Vec<f32>,
    /// The same of `skip`.
    pub skip_factors: Vec<f32>,
    /// `[mid]`.
    pub bias: Vec<f32>,
    /// `[mid]`.
    pub psi: Vec<f32>,
    /// Added before the sigmoid.
    pub psi_bias: f32,
}

/// The 1×1 convolution to one logit.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadWeights {
    /// `[C_0]`.
    pub weight: Vec<f32>,
    /// Added to the sum.
    pub bias: f32,
}
