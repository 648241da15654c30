//! What counts as air.

use crate::analysis::SliceView;
use crate::mask::Mask;
use crate::volume::Intensity;

/// Between lung (about −850 HU) and soft tissue (about 40 HU).
const AIR_BELOW_HU: i16 = -400;

/// Pixels as dark as air or lung; `None` if the image has one grey level only.
pub(super) fn air(slice: &SliceView<'_>) -> Option<Mask> {
    let below = match slice.intensity {
        Intensity::Hounsfield => AIR_BELOW_HU,
        Intensity::Grey { max } => otsu(slice.values, max)?,
    };
    let mut mask = Mask::empty(slice.rows, slice.cols);
    for (pixel, &value) in mask.pixels.iter_mut().zip(slice.values) {
        *pixel = u8::from(value < below);
    }
    Some(mask)
}

/// The grey level that separates dark from bright best (Otsu 1979,
/// doi:10.1109/TSMC.1979.4310076), over 256 levels from 0 to `max`.
///
/// imageproc's works on 8-bit images only; grey levels here go up to 15 bits.
fn otsu(values: &[i16], max: i16) -> Option<i16> {
    const LEVELS: usize = 256;
    let top = f32::from(max.max(1));
    let level = |value: i16| {
        let share = (f32::from(value) / top).clamp(0.0, 1.0);
        ((share * LEVELS as f32) as usize).min(LEVELS - 1)
    };
    let mut counts = [0u32; LEVELS];
    for &value in values {
        if let Some(count) = counts.get_mut(level(value)) {
            *count += 1;
        }
    }
    let total: f64 = values.len() as f64;
    let sum: f64 = counts
        .iter()
        .enumerate()
        .map(|(i, &n)| i as f64 * f64::from(n))
        .sum();
    let (mut dark, mut dark_sum) = (0.0, 0.0);
    let mut best: Option<(f64, usize)> = None;
    for (i, &n) in counts.iter().enumerate() {
        dark += f64::from(n);
        dark_sum += i as f64 * f64::from(n);
        let bright = total - dark;
        if dark <= 0.0 || bright <= 0.0 {
            continue;
        }
        let between = dark * bright * (dark_sum / dark - (sum - dark_sum) / bright).powi(2);
        if best.is_none_or(|(most, _)| between > most) {
            best = Some((between, i));
        }
    }
    best.map(|(_, i)| (((i + 1) as f32 / LEVELS as f32) * top).ceil() as i16)
}
