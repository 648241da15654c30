//! How the values of a tensor are stored: F32, F16, or I8 with a factor for every output
//! channel, a quarter of the size of F32.

use half::f16;
use safetensors::Dtype;
use safetensors::tensor::TensorView;

/// What the name of a tensor of I8 is followed by for its factors.
pub(crate) const SCALE: &str = ".scale";

/// The largest value of I8 that is used: the same on both sides of zero.
#[cfg(feature = "net")]
const LARGEST: f32 = 127.0;

/// The values of a tensor; `None` for a type that is not known, or I8 without one factor
/// for each of its channels.
///
/// # Arguments
/// `scale` holds the factors of a tensor of I8, one for each index of its first axis.
pub(crate) fn decode(tensor: &TensorView<'_>, scale: Option<&[f32]>) -> Option<Vec<f32>> {
    let bytes = tensor.data();
    match tensor.dtype() {
        Dtype::F32 => {
            let (values, _) = bytes.as_chunks::<4>();
            Some(values.iter().map(|&b| f32::from_le_bytes(b)).collect())
        }
        Dtype::F16 => {
            let (values, _) = bytes.as_chunks::<2>();
            Some(
                values
                    .iter()
                    .map(|&b| f16::from_le_bytes(b).to_f32())
                    .collect(),
            )
        }
        Dtype::I8 => {
            let scale = scale?;
            if tensor.shape().first() != Some(&scale.len()) || scale.is_empty() {
                return None;
            }
            let channels = bytes.chunks(bytes.len() / scale.len()).zip(scale);
            let value = |byte: &u8, factor: &f32| f32::from(i8::from_le_bytes([*byte])) * factor;
            Some(
                channels
                    .flat_map(|(bytes, factor)| bytes.iter().map(move |byte| value(byte, factor)))
                    .collect(),
            )
        }
        _ => None,
    }
}

/// `values` as I8 and the factors of its `channels`, as equally long parts.
///
/// Factors have the precision of F16, so that 127 of them are exact in F32: values that were
/// read back give the same bytes and factors again.
#[cfg(feature = "net")]
pub(crate) fn encode(values: &[f32], channels: usize) -> (Vec<u8>, Vec<f32>) {
    let mut bytes = Vec::with_capacity(values.len());
    let mut scale = Vec::with_capacity(channels);
    for channel in values.chunks((values.len() / channels.max(1)).max(1)) {
        let largest = channel.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
        let factor = short(largest / LARGEST);
        bytes.extend(channel.iter().map(|value| {
            let steps = if factor > 0.0 { value / factor } else { 0.0 };
            let [byte] = (steps.round().clamp(-LARGEST, LARGEST) as i8).to_le_bytes();
            byte
        }));
        scale.push(factor);
    }
    (bytes, scale)
}

/// Rounded to the eleven digits of F16, with the range of F32.
#[cfg(feature = "net")]
fn short(value: f32) -> f32 {
    const DROPPED: u32 = 23 - 10;
    let rounded = value.to_bits().saturating_add(1 << (DROPPED - 1));
    f32::from_bits(rounded & !((1 << DROPPED) - 1))
}
