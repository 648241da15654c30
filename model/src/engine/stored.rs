//! How the values of a tensor are stored: F32, F16, or I8 with a factor for every output
//! channel, a quarter of the size of F32.

use half::f16;

/// What the name of a tensor of I8 is followed by for its factors.
pub(crate) const SCALE: &str = ".scale";

/// Shares of a channel's largest value that its largest whole number may stand for, the whole
/// first: the largest value is cut off where that brings all the others closer to theirs.
#[cfg(feature = "net")]
const SHARES: [f32; 7] = [1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7];

/// What 8-bit whole numbers are called.
pub(crate) const I8: &str = "I8";

/// Bytes of a number of the kind of this name; `None` for a kind that is not known.
pub(crate) fn size_bytes(kind: &str) -> Option<usize> {
    match kind {
        "F32" => Some(4),
        "F16" => Some(2),
        I8 => Some(1),
        _ => None,
    }
}

/// The values of a tensor from its `bytes`; `None` for a type that is not known, or I8 without
/// factors.
///
/// # Arguments
/// `kind` is the name of the type, as `F32`; `scale` holds the factors of a tensor of I8, one for
/// each index of its first axis.
pub(crate) fn decode(kind: &str, bytes: &[u8], scale: Option<&[f32]>) -> Option<Vec<f32>> {
    match kind {
        "F32" => {
            let (values, _) = bytes.as_chunks::<4>();
            Some(values.iter().map(|&b| f32::from_le_bytes(b)).collect())
        }
        "F16" => {
            let (values, _) = bytes.as_chunks::<2>();
            Some(
                values
                    .iter()
                    .map(|&b| f16::from_le_bytes(b).to_f32())
                    .collect(),
            )
        }
        I8 => {
            let scale = scale?;
            let channel = bytes.len().checked_div(scale.len())?;
            let channels = bytes.chunks(channel.max(1)).zip(scale);
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
