//! The weight file: a safetensors file with BatchNorm already folded in.
//!
//! Channels of level `i`: `C_i = width · 2^i`. Tensors may be stored as F32, as F16, or as
//! I8 with a tensor `NAME.scale` of F32 beside it: a factor for each index of the first axis.
//!
//! | name | shape | what |
//! |---|---|---|
//! | `x{i}{j}.conv1.weight`, `.conv2.weight` | `[out, in, 3, 3]` | convolutions of node `X[i][j]` |
//! | `x{i}{j}.conv1.bias`, `.conv2.bias` | `[out]` | |
//! | `x{i}{j}.gate.gating.weight` | `[mid, C_{i+1}]` | attention gate: from the upsampled coarse node |
//! | `x{i}{j}.gate.skip.weight` | `[mid, j·C_i]` | attention gate: from the skips |
//! | `x{i}{j}.gate.bias`, `x{i}{j}.gate.psi.weight` | `[mid]` | |
//! | `x{i}{j}.gate.psi.bias` | `[1]` | |
//! | `head{j}.weight`, `head{j}.bias` | `[C_0]`, `[1]` | 1×1 convolution on `X[0][j]` to one logit |
//! | `golden.input`, `golden.logits` | `[64, 64]` | an input and the logits it must give |
//!
//! String metadata: `config` (JSON of [`NetworkConfig`]), `version`, `threshold`, `least_peak` (may
//! be missing), `temperature`, `trained`. The bytes come over the network, so everything is
//! checked.

mod arbitrary;
mod file;

pub(crate) use kernel::weights::{ConvWeights, GateWeights, HeadWeights};
use sha2::{Digest as _, Sha256};

use self::file::{File, Tensor};
use super::node::{Node, heads, nodes};
use super::stored::{I8, SCALE, decode};
use crate::decimal;
use crate::hex::hex;
use crate::json;
use crate::map::Map;
use crate::network::NetworkConfig;
use crate::settings::Postprocess;

/// Edge length of the golden input in pixels.
pub const GOLDEN_PX: usize = 64;
/// The golden input must divide by `2^depth`, and deeper networks make no sense on it.
pub(crate) const MAX_DEPTH: usize = 6;
/// Keeps the sizes that a damaged `config` could ask for within reason.
pub(crate) const MAX_WIDTH: usize = 128;

/// What is wrong with a weight file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeightsError {
    /// Not a complete safetensors file.
    #[error("The network file is damaged or incomplete ({0}). Download it again.")]
    Format(String),
    /// An entry of the metadata is missing or unusable.
    #[error("The network file's entry \"{key}\" is unusable: {problem}.")]
    Metadata {
        /// Name of the entry.
        key: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A tensor of the described network is not in the file.
    #[error("The network file does not contain \"{0}\", which its network needs.")]
    Missing(String),
    /// A tensor that the described network does not have.
    #[error("The network file contains \"{0}\", which its network does not have.")]
    Unknown(String),
    /// A tensor has another shape than the described network needs.
    #[error("\"{name}\" in the network file has the shape {found:?} instead of {expected:?}.")]
    Shape {
        /// Name of the tensor.
        name: String,
        /// Shape in the file.
        found: Vec<usize>,
        /// Shape that the network needs.
        expected: Vec<usize>,
    },
    /// A tensor is neither F32 nor F16 nor I8.
    #[error("\"{name}\" in the network file is stored as {found}; only F32, F16 and I8 are known.")]
    DataType {
        /// Name of the tensor.
        name: String,
        /// Type in the file.
        found: String,
    },
    /// A tensor holds NaN or infinity.
    #[error("\"{0}\" in the network file contains values that are not numbers.")]
    NotFinite(String),
}

/// All weights of one node.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NodeWeights {
    /// First convolution.
    pub(crate) conv1: ConvWeights,
    /// Second convolution.
    pub(crate) conv2: ConvWeights,
    /// The gate on the skips, if any.
    pub(crate) gate: Option<GateWeights>,
}

/// A checked weight file: every tensor that its network needs, with the right shape
/// and finite values, and nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    config: NetworkConfig,
    version: String,
    threshold: f32,
    least_peak: f32,
    temperature: f32,
    trained: String,
    golden_input: Vec<f32>,
    golden_logits: Vec<f32>,
    sha256: String,
    nodes: Map<Node, NodeWeights>,
    heads: Map<usize, HeadWeights>,
}

impl Weights {
    /// Reads and checks a weight file.
    ///
    /// # Errors
    /// Something is missing, of another shape or kind than the network needs, out of its range, no
    /// number, or more than is needed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        let File { about, tensors } = File::parse(bytes)?;
        let config = config(&about)?;
        let mut file = Tensors { tensors };
        let mut all_nodes = Map::new();
        for node in nodes(&config, config.depth) {
            all_nodes.insert(node, file.node(node, &config)?);
        }
        let mut all_heads = Map::new();
        for column in heads(&config) {
            let head = HeadWeights {
                weight: file.take(&format!("head{column}.weight"), &[config.width])?,
                bias: file.take_scalar(&format!("head{column}.bias"))?,
            };
            all_heads.insert(column, head);
        }
        let golden_shape = [GOLDEN_PX, GOLDEN_PX];
        let weights = Self {
            version: text(&about, "version")?.to_owned(),
            threshold: number(&about, "threshold", |t| t > 0.0 && t < 1.0)?,
            least_peak: match about.get("least_peak") {
                Some(_) => number(&about, "least_peak", |p| (0.0..1.0).contains(&p))?,
                None => 0.0,
            },
            temperature: number(&about, "temperature", |t| t > 0.0)?,
            trained: text(&about, "trained")?.to_owned(),
            golden_input: file.take("golden.input", &golden_shape)?,
            golden_logits: file.take("golden.logits", &golden_shape)?,
            sha256: hex(&Sha256::digest(bytes)),
            nodes: all_nodes,
            heads: all_heads,
            config,
        };
        match file.tensors.into_iter().next() {
            Some((name, _)) => Err(WeightsError::Unknown(name)),
            None => Ok(weights),
        }
    }

    /// The network that the weights belong to.
    pub fn config(&self) -> &NetworkConfig {
        &self.config
    }

    /// Version of the weights, as written by the training.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Recommended probability threshold, between 0 and 1.
    pub fn threshold(&self) -> f32 {
        self.threshold
    }

    /// Recommended probability that a small region must reach somewhere; 0 if none is.
    pub fn least_peak(&self) -> f32 {
        self.least_peak
    }

    /// The postprocessing that suits the network best.
    pub fn postprocess(&self) -> Postprocess {
        Postprocess::advised(self.threshold, self.least_peak)
    }

    /// Logits are divided by this before the sigmoid, so that probabilities are calibrated.
    pub fn temperature(&self) -> f32 {
        self.temperature
    }

    /// How the network was trained, in words.
    pub fn trained(&self) -> &str {
        &self.trained
    }

    /// An input (`64 × 64`, −1…1) and the logits that the whole network must give for it.
    pub fn golden(&self) -> (&[f32], &[f32]) {
        (&self.golden_input, &self.golden_logits)
    }

    /// SHA-256 of the file in lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Every node with its weights.
    pub(crate) fn nodes(&self) -> &Map<Node, NodeWeights> {
        &self.nodes
    }

    /// Every head by the column it sits on.
    pub(crate) fn heads(&self) -> &Map<usize, HeadWeights> {
        &self.heads
    }
}

/// The tensors of a file that nobody has taken yet.
struct Tensors<'a> {
    tensors: Map<String, Tensor<'a>>,
}

impl Tensors<'_> {
    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, WeightsError> {
        self.take_with_scale(name, shape).map(|(values, _)| values)
    }

    /// A tensor's values and, if it is stored as I8, its factors.
    fn take_with_scale(
        &mut self,
        name: &str,
        shape: &[usize],
    ) -> Result<(Vec<f32>, Option<Vec<f32>>), WeightsError> {
        let tensor = self
            .tensors
            .remove(name)
            .ok_or_else(|| WeightsError::Missing(name.to_owned()))?;
        if tensor.shape != shape {
            return Err(WeightsError::Shape {
                name: name.to_owned(),
                found: tensor.shape,
                expected: shape.to_vec(),
            });
        }
        let scale = match (tensor.kind.as_str(), shape.first()) {
            (I8, Some(&channels)) => Some(self.take_scale(&format!("{name}{SCALE}"), channels)?),
            _ => None,
        };
        let values = decode(&tensor.kind, tensor.bytes, scale.as_deref());
        let values = values.ok_or_else(|| WeightsError::DataType {
            name: name.to_owned(),
            found: tensor.kind,
        })?;
        if values.iter().all(|v| v.is_finite()) {
            Ok((values, scale))
        } else {
            Err(WeightsError::NotFinite(name.to_owned()))
        }
    }

    /// The factors of a tensor of I8: never I8 themselves.
    fn take_scale(&mut self, name: &str, channels: usize) -> Result<Vec<f32>, WeightsError> {
        match self.tensors.get(name) {
            Some(tensor) if tensor.kind == I8 => Err(WeightsError::DataType {
                name: name.to_owned(),
                found: I8.to_owned(),
            }),
            _ => self.take(name, &[channels]),
        }
    }

    fn take_scalar(&mut self, name: &str) -> Result<f32, WeightsError> {
        let values = self.take(name, &[1])?;
        values
            .first()
            .copied()
            .ok_or_else(|| WeightsError::Missing(name.to_owned()))
    }

    fn conv(
        &mut self,
        name: &str,
        outputs: usize,
        inputs: usize,
    ) -> Result<ConvWeights, WeightsError> {
        let shape = [outputs, inputs, 3, 3];
        let (weight, scale) = self.take_with_scale(&format!("{name}.weight"), &shape)?;
        Ok(ConvWeights {
            inputs,
            weight,
            factors: scale.unwrap_or_default(),
            bias: self.take(&format!("{name}.bias"), &[outputs])?,
        })
    }

    fn node(&mut self, node: Node, config: &NetworkConfig) -> Result<NodeWeights, WeightsError> {
        let name = node.name();
        let channels = config.channels(node.level);
        let conv1 = self.conv(&format!("{name}.conv1"), channels, node.in_channels(config))?;
        let conv2 = self.conv(&format!("{name}.conv2"), channels, channels)?;
        let gate = match node.gate_channels(config) {
            None => None,
            Some(mid) => {
                let coarse = config.channels(node.level + 1);
                let skip = node.skip_channels(config);
                let mut take = |part: &str, inputs: usize| {
                    let name = format!("{name}.gate.{part}.weight");
                    let (values, scale) = self.take_with_scale(&name, &[mid, inputs])?;
                    Ok((values, scale.unwrap_or_default()))
                };
                let (gating, gating_factors) = take("gating", coarse)?;
                let (skip, skip_factors) = take("skip", skip)?;
                Some(GateWeights {
                    gating,
                    gating_factors,
                    skip,
                    skip_factors,
                    bias: self.take(&format!("{name}.gate.bias"), &[mid])?,
                    psi: self.take(&format!("{name}.gate.psi.weight"), &[mid])?,
                    psi_bias: self.take_scalar(&format!("{name}.gate.psi.bias"))?,
                })
            }
        };
        Ok(NodeWeights { conv1, conv2, gate })
    }
}

fn text<'a>(entries: &'a Map<String, String>, key: &'static str) -> Result<&'a str, WeightsError> {
    entries
        .get(key)
        .map(String::as_str)
        .ok_or_else(|| WeightsError::Metadata {
            key,
            problem: "it is missing".to_owned(),
        })
}

fn number(
    entries: &Map<String, String>,
    key: &'static str,
    is_allowed: impl Fn(f32) -> bool,
) -> Result<f32, WeightsError> {
    let written = text(entries, key)?;
    match decimal::parse(written.trim()).map(|value| value as f32) {
        Some(value) if value.is_finite() && is_allowed(value) => Ok(value),
        _ => Err(WeightsError::Metadata {
            key,
            problem: format!("\"{written}\" is not a number in its range"),
        }),
    }
}

fn config(entries: &Map<String, String>) -> Result<NetworkConfig, WeightsError> {
    let problem = |problem: String| WeightsError::Metadata {
        key: "config",
        problem,
    };
    let config: NetworkConfig =
        json::read(text(entries, "config")?).map_err(|e| problem(e.to_string()))?;
    if !(1..=MAX_WIDTH).contains(&config.width) {
        return Err(problem(format!("width must be 1 to {MAX_WIDTH}")));
    }
    if !(1..=MAX_DEPTH).contains(&config.depth) {
        return Err(problem(format!("depth must be 1 to {MAX_DEPTH}")));
    }
    Ok(config)
}
