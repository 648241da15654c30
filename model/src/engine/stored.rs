//! How the values of a tensor are stored: F32, F16, or I8 with a factor for every output
//! channel, a quarter of the size of F32.

use half::f16;
use safetensors::Dtype;
use safetensors::tensor::TensorView;

/// What the name of a tensor of I8 is followed by for its factors.
pub(crate) const SCALE: &str = ".scale";

/// Shares of a channel's largest value that its largest whole number may stand for, the whole
/// first: the largest value is cut off where that brings all the others closer to theirs.
#[cfg(feature = "net")]
const SHARES: [f32; 7] = [1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7];

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
            let channels = bytes.chunks((bytes.len() / scale.len()).max(1)).zip(scale);
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

/// `values` of a kernel as whole numbers up to `largest`, on both sides of zero, and the factors of
/// its `channels`, as equally long parts.
///
/// Factors have the precision of F16, so that 127 of them are exact in F32: values that were
/// read back give the same bytes and factors again.
#[cfg(feature = "net")]
pub(crate) fn encode(values: &[f32], channels: usize, largest: i8) -> (Vec<u8>, Vec<f32>) {
    let steps = f32::from(largest);
    let mut bytes = Vec::with_capacity(values.len());
    let mut scale = Vec::with_capacity(channels);
    for channel in values.chunks((values.len() / channels.max(1)).max(1)) {
        let largest = channel.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
        let mut best = (f32::INFINITY, 0.0);
        for share in SHARES {
            let factor = short(largest * share / steps);
            let off = |value: &f32| (value - whole(*value, factor, steps) * factor).powi(2);
            let error = channel.iter().map(off).sum();
            if error < best.0 {
                best = (error, factor);
            }
        }
        let (_, factor) = best;
        bytes.extend(channel.iter().map(|value| {
            let [byte] = (whole(*value, factor, steps) as i8).to_le_bytes();
            byte
        }));
        scale.push(factor);
    }
    (bytes, scale)
}

/// The nearest of the whole numbers up to `steps` times `factor`.
#[cfg(feature = "net")]
fn whole(value: f32, factor: f32, steps: f32) -> f32 {
    if factor > 0.0 {
        (value / factor).round().clamp(-steps, steps)
    } else {
        0.0
    }
}

/// Rounded to the eleven significant bits of F16, with the range of F32.
#[cfg(feature = "net")]
fn short(value: f32) -> f32 {
    const DROPPED: u32 = 23 - 10;
    let rounded = value.to_bits().saturating_add(1 << (DROPPED - 1));
    f32::from_bits(rounded & !((1 << DROPPED) - 1))
}
