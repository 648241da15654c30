//! Folded networks as safetensors: kernels in I8 with a factor for each output channel, the rest in
//! F32, and beside them what the engine needs to know and to test itself with. The engine's reader
//! documents the names and shapes.

use std::collections::BTreeMap;

use burn::module::{Module, Param};
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor, TensorData};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::network::{Form, Network, head_columns};
use super::normalisation::Normalisation;
use crate::engine::stored::{SCALE, decode, encode};
use crate::engine::weights::{GOLDEN_PX, MAX_DEPTH, MAX_WIDTH};
use crate::network::{Architecture, NetworkConfig};

/// What is wrong with a weight file, or with writing one.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// Not a complete safetensors file.
    #[error("the weight file is damaged: {0}")]
    Format(#[from] safetensors::SafeTensorError),
    /// The description of the network is missing or unreadable.
    #[error("the weight file does not describe its network: {0}")]
    Config(String),
    /// A tensor is missing, or has another shape or type.
    #[error("the weight file has no usable tensor \"{0}\"")]
    Tensor(String),
    /// Only convolutions can be written.
    #[error("the network's normalisation is not folded into its convolutions")]
    NotFolded,
    /// Burn could not hand out the values of a tensor.
    #[error("the weights cannot be read from the device: {0}")]
    Device(String),
}

/// What is written beside the weights.
#[derive(Debug, Clone)]
pub struct Label {
    /// Version of the weights.
    pub version: String,
    /// Recommended probability threshold.
    pub threshold: f32,
    /// Recommended probability that a small region must reach somewhere.
    pub least_peak: f32,
    /// Logits are divided by this before the sigmoid.
    pub temperature: f32,
    /// How the network was trained, in words.
    pub trained: String,
}

/// One convolution of a network, and what it is called in a file.
struct Slot<'a> {
    weight: String,
    bias: Option<String>,
    shape: Vec<usize>,
    /// Of the node that it belongs to.
    level: usize,
    conv: &'a mut Conv2d,
}

/// Every convolution of a folded network.
fn slots(network: &mut Network) -> Vec<Slot<'_>> {
    let mut slots = Vec::new();
    let columns = head_columns(&network.config);
    for (i, row) in network.rows.iter_mut().enumerate() {
        for (j, node) in row.iter_mut().enumerate() {
            let name = format!("x{i}{j}");
            slots.push(Slot::new(&format!("{name}.conv1"), i, &mut node.conv1.conv));
            slots.push(Slot::new(&format!("{name}.conv2"), i, &mut node.conv2.conv));
        }
    }
    for (i, row) in network.gates.iter_mut().enumerate() {
        for (j, gate) in (1..).zip(row) {
            let name = format!("x{i}{j}.gate");
            slots.push(Slot {
                // The bias of the sum, not of this part of it.
                bias: Some(format!("{name}.bias")),
                ..Slot::new(&format!("{name}.gating"), i, &mut gate.gating)
            });
            slots.push(Slot {
                bias: None,
                ..Slot::new(&format!("{name}.skip"), i, &mut gate.skip)
            });
            slots.push(Slot::new(&format!("{name}.psi"), i, &mut gate.psi));
        }
    }
    for (j, head) in columns.into_iter().zip(&mut network.heads) {
        slots.push(Slot::new(&format!("head{j}"), 0, head));
    }
    slots
}

impl<'a> Slot<'a> {
    fn new(name: &str, level: usize, conv: &'a mut Conv2d) -> Self {
        Self {
            weight: format!("{name}.weight"),
            bias: Some(format!("{name}.bias")),
            shape: file_shape(conv),
            level,
            conv,
        }
    }
}

/// `[out, in, 3, 3]` as it is; 1×1 kernels as `[out, in]`, or `[in]` for one output.
fn file_shape(conv: &Conv2d) -> Vec<usize> {
    match conv.weight.dims() {
        [1, channels_in, 1, 1] => vec![channels_in],
        [channels_out, channels_in, 1, 1] => vec![channels_out, channels_in],
        dims => dims.to_vec(),
    }
}

/// How kernels are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// As they are: to measure what the rounding costs.
    F32,
    /// Rounded, as they are published.
    I8(Steps),
}

/// The largest whole number that kernels of a level are rounded to, on either side of zero, full
/// resolution first; the last one holds for all deeper levels.
///
/// Most kernels lie deep in the network, where single ones matter least: with fewer numbers they
/// are sent in half of the bytes, for compression sees how few there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps([i8; 5]);

impl Steps {
    /// `None` if one of them is not positive.
    pub fn new(largest: [i8; 5]) -> Option<Self> {
        largest.iter().all(|&it| it > 0).then_some(Self(largest))
    }

    fn at(self, level: usize) -> i8 {
        let [.., deepest] = self.0;
        self.0.get(level).copied().unwrap_or(deepest)
    }
}

impl std::str::FromStr for Steps {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers: Option<Vec<i8>> = text.split(',').map(|it| it.parse().ok()).collect();
        numbers
            .and_then(|numbers| Self::new(numbers.try_into().ok()?))
            .ok_or_else(|| format!("\"{text}\" is not five whole numbers from 1 to 127"))
    }
}

/// Tensors by name: type, shape, values.
type Parts = BTreeMap<String, (Dtype, Vec<usize>, Vec<u8>)>;

/// Adds kernel and bias of a convolution.
fn store(slot: Slot<'_>, storage: Storage, parts: &mut Parts) -> Result<(), WeightsError> {
    let weight = values(slot.conv.weight.val())?;
    match (storage, slot.shape.as_slice()) {
        // One output: too few values to be worth it.
        (Storage::F32, _) | (_, [_]) => {
            parts.insert(slot.weight, (Dtype::F32, slot.shape, le_bytes(&weight)))
        }
        (Storage::I8(steps), [channels, ..]) => {
            let (bytes, scale) = encode(&weight, *channels, steps.at(slot.level));
            let factors = (Dtype::F32, vec![scale.len()], le_bytes(&scale));
            parts.insert(format!("{}{SCALE}", slot.weight), factors);
            parts.insert(slot.weight, (Dtype::I8, slot.shape, bytes))
        }
        (_, []) => None,
    };
    if let (Some(name), Some(bias)) = (slot.bias, &slot.conv.bias) {
        let bias = values(bias.val())?;
        parts.insert(name, (Dtype::F32, vec![bias.len()], le_bytes(&bias)));
    }
    Ok(())
}

/// A folded network as the bytes of a file.
///
/// `golden` is an input of [`GOLDEN_PX`]² values and the logits of the *rounded*
/// network for it: write without, read back with [`load_folded`], compute, write again.
///
/// # Errors
/// [`WeightsError::NotFolded`]; or what burn, safetensors or JSON say.
pub fn to_bytes(
    network: &Network,
    label: &Label,
    golden: Option<(&[f32], &[f32])>,
    storage: Storage,
) -> Result<Vec<u8>, WeightsError> {
    if network.normalisation() != Normalisation::None {
        return Err(WeightsError::NotFolded);
    }
    let mut network = network.clone();
    let config =
        serde_json::to_string(&network.config).map_err(|e| WeightsError::Config(e.to_string()))?;
    let mut parts = Parts::new();
    for slot in slots(&mut network) {
        store(slot, storage, &mut parts)?;
    }
    if let Some((input, logits)) = golden {
        for (name, values) in [("golden.input", input), ("golden.logits", logits)] {
            parts.insert(
                name.to_owned(),
                (Dtype::F32, vec![GOLDEN_PX, GOLDEN_PX], le_bytes(values)),
            );
        }
    }
    let about = [
        ("config", config),
        ("version", label.version.clone()),
        ("threshold", label.threshold.to_string()),
        ("least_peak", label.least_peak.to_string()),
        ("temperature", label.temperature.to_string()),
        ("trained", label.trained.clone()),
    ];
    let about: BTreeMap<&str, String> = about.into();
    let views = parts
        .iter()
        .map(|(name, (dtype, shape, bytes))| {
            Ok((
                name.as_str(),
                TensorView::new(*dtype, shape.clone(), bytes)?,
            ))
        })
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
    with_metadata(&safetensors::serialize(views, None)?, &about)
}

/// The file with metadata in the order of their names: `safetensors` takes them in a map without
/// one, and the same network would be another file, of another SHA-256, every time.
///
/// The head of a file is its length in 8 bytes and JSON, filled up with spaces to a multiple of 8;
/// places of tensors are counted from its end.
fn with_metadata(file: &[u8], about: &BTreeMap<&str, String>) -> Result<Vec<u8>, WeightsError> {
    /// Bytes of the length.
    const LENGTH: usize = 8;
    let (length, _) = SafeTensors::read_metadata(file)?;
    let (head, tensors) = file.split_at(LENGTH + length);
    let head = String::from_utf8_lossy(head.get(LENGTH..).unwrap_or_default());
    let tensors_in_head = head.trim_end().trim_start_matches('{');
    let about = serde_json::to_string(about).map_err(|e| WeightsError::Config(e.to_string()))?;
    let mut head = format!("{{\"__metadata__\":{about},{tensors_in_head}");
    while !head.len().is_multiple_of(LENGTH) {
        head.push(' ');
    }
    let length = (head.len() as u64).to_le_bytes();
    Ok([length.as_slice(), head.as_bytes(), tensors].concat())
}

/// The folded network of a weight file, on the CPU: the engine's reference.
///
/// # Errors
/// It is no weight file, or its tensors are not those of its configuration.
pub fn load_folded(bytes: &[u8]) -> Result<Network, WeightsError> {
    let (_, header) = SafeTensors::read_metadata(bytes)?;
    let about = header.metadata().clone().unwrap_or_default();
    let config = about
        .get("config")
        .ok_or_else(|| WeightsError::Config("the entry \"config\" is missing".to_owned()))?;
    let config: NetworkConfig =
        serde_json::from_str(config).map_err(|e| WeightsError::Config(e.to_string()))?;
    check(&config)?;
    let file = SafeTensors::deserialize(bytes)?;
    let device = Device::flex();
    let mut network = Network::new(config, Form::Folded, &device);
    for slot in slots(&mut network) {
        let dims = slot.conv.weight.dims();
        let weight = read(&file, &slot.weight, &slot.shape)?;
        let weight = Tensor::<4>::from_data(TensorData::new(weight, dims), &device);
        slot.conv.weight = Param::from_tensor(weight);
        if let Some(name) = slot.bias {
            let [channels, ..] = dims;
            let bias = read(&file, &name, &[channels])?;
            let bias = Tensor::<1>::from_data(TensorData::new(bias, [channels]), &device);
            slot.conv.bias = Some(Param::from_tensor(bias));
        }
    }
    Ok(network.no_grad())
}

/// Refuses sizes that only a damaged file would ask for, before memory is taken.
fn check(config: &NetworkConfig) -> Result<(), WeightsError> {
    if !(1..=MAX_WIDTH).contains(&config.width) || !(1..=MAX_DEPTH).contains(&config.depth) {
        return Err(WeightsError::Config(format!(
            "width {} and depth {} are not those of a network",
            config.width, config.depth
        )));
    }
    if config.architecture == Architecture::Unet && (config.attention || config.deep_supervision) {
        return Err(WeightsError::Config(
            "U-Net has neither gates nor side heads".to_owned(),
        ));
    }
    Ok(())
}

fn read(file: &SafeTensors<'_>, name: &str, shape: &[usize]) -> Result<Vec<f32>, WeightsError> {
    let missing = || WeightsError::Tensor(name.to_owned());
    let tensor = file.tensor(name).map_err(|_| missing())?;
    if tensor.shape() != shape {
        return Err(missing());
    }
    let scale = match (tensor.dtype(), shape.first()) {
        (Dtype::I8, Some(&channels)) => {
            let name = format!("{name}{SCALE}");
            let factors = file.tensor(&name).map_err(|_| missing())?;
            if factors.shape() != [channels] || factors.dtype() == Dtype::I8 {
                return Err(WeightsError::Tensor(name));
            }
            decode(&factors.dtype().to_string(), factors.data(), None)
        }
        _ => None,
    };
    let kind = tensor.dtype().to_string();
    decode(&kind, tensor.data(), scale.as_deref()).ok_or_else(missing)
}

fn values<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, WeightsError> {
    tensor
        .into_data()
        .convert::<f32>()
        .try_into_vec()
        .map_err(|e| WeightsError::Device(format!("{e:?}")))
}

fn le_bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}
