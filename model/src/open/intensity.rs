//! What stored numbers mean: Hounsfield units, or grey levels.

use crate::volume::Intensity;

/// Nothing is thinner than air (−1000 HU); scanners write values below this outside of
/// their field of view (−2000, −3024).
pub(super) const AIR_HU: i16 = -1024;

/// Where the values of a CT begin, roughly.
pub(super) const LIKE_AIR_HU: f64 = -1000.0;

/// The air around and inside a chest is far below this; grey levels never are.
pub(super) const SURELY_HOUNSFIELD: i16 = -200;

/// What is said where no value is below [`SURELY_HOUNSFIELD`].
pub(super) const NO_AIR: &str =
    "No value is as low as air in Hounsfield units; the values are taken as grey levels.";

/// A Hounsfield value that fits a volume.
pub(super) fn hounsfield(value: f64) -> i16 {
    // A saturating cast; NaN, of which nothing is known, counts as air.
    if value.is_nan() {
        AIR_HU
    } else {
        (value.round() as i16).max(AIR_HU)
    }
}

/// A grey level that fits a volume.
pub(super) fn grey(value: f64) -> i16 {
    (value.round() as i16).max(0)
}

/// A grey level of 12 bits for a value between `low` and `high`.
pub(super) fn stretched(value: f64, low: f64, high: f64) -> i16 {
    grey((value - low) / (high - low) * 4095.0)
}

/// Grey levels up to the brightest one in `voxels`; 255 for what fits 8 bits.
pub(super) fn grey_up_to_brightest(voxels: &[i16]) -> Intensity {
    Intensity::Grey {
        max: voxels.iter().copied().max().unwrap_or(255).max(255),
    }
}

/// Brightness of a colour, Rec. 709 weights.
pub(super) fn luma([red, green, blue]: [u16; 3]) -> u16 {
    let [red, green, blue] = [red, green, blue].map(u32::from);
    ((2126 * red + 7152 * green + 722 * blue) / 10_000) as u16
}
