//! Whether a probability means what it says.

use serde::Serialize;

/// Bins of equal width.
const BINS: usize = 15;

/// Pixels by predicted probability (0…255).
#[derive(Debug, Clone)]
pub(crate) struct Calibration {
    pixels: [u64; 256],
    targets: [u64; 256],
}

impl Default for Calibration {
    fn default() -> Self {
        Self {
            pixels: [0; 256],
            targets: [0; 256],
        }
    }
}

/// One bin of the reliability curve.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Bin {
    pub(crate) mean_probability: f64,
    pub(crate) share_of_targets: f64,
    pub(crate) pixels: u64,
}

/// The curve and its distance from the diagonal.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Curve {
    /// Expected calibration error over all pixels, most of which are certain background.
    pub(crate) ece: f64,
    /// The same over the bins with a mean probability of at least 0.05, which the first one, full
    /// of background, is not: what counts are the pixels with a probability of 18/255 (0.07) and
    /// more.
    pub(crate) ece_where_in_doubt: f64,
    pub(crate) bins: Vec<Bin>,
}

impl Calibration {
    /// Adds an image; `disputed` pixels are left out.
    pub(crate) fn add(&mut self, probability: &[u8], reference: &[u8], disputed: &[bool]) {
        for ((&p, &target), &disputed) in probability.iter().zip(reference).zip(disputed) {
            let at = usize::from(p);
            if let (false, Some(pixels), Some(targets)) =
                (disputed, self.pixels.get_mut(at), self.targets.get_mut(at))
            {
                *pixels += 1;
                *targets += u64::from(target != 0);
            }
        }
    }

    /// The reliability curve.
    pub(crate) fn curve(&self) -> Curve {
        let bins: Vec<Bin> = (0..BINS).filter_map(|bin| self.bin(bin)).collect();
        let error = |least: f64| {
            let bins = bins.iter().filter(|bin| bin.mean_probability >= least);
            let (sum, pixels) = bins.fold((0.0, 0), |(sum, pixels), bin| {
                let off = (bin.mean_probability - bin.share_of_targets).abs();
                (sum + off * bin.pixels as f64, pixels + bin.pixels)
            });
            sum / pixels.max(1) as f64
        };
        Curve {
            ece: error(0.0),
            ece_where_in_doubt: error(0.05),
            bins,
        }
    }

    fn bin(&self, bin: usize) -> Option<Bin> {
        let levels = self.pixels.iter().zip(&self.targets).enumerate();
        let inside = levels.filter(|(level, _)| level * BINS / 256 == bin);
        let (sum, pixels, targets) = inside.fold((0.0, 0, 0), |(sum, pixels, all), (level, n)| {
            (
                sum + level as f64 / 255.0 * *n.0 as f64,
                pixels + n.0,
                all + n.1,
            )
        });
        (pixels > 0).then(|| Bin {
            mean_probability: sum / pixels as f64,
            share_of_targets: targets as f64 / pixels as f64,
            pixels,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The curve of 1,000 pixels of background with a probability of 0, and of one with this
    /// (0…255).
    fn beside_background(probability: u8) -> Curve {
        let mut calibration = Calibration::default();
        calibration.add(&[0; 1000], &[0; 1000], &[false; 1000]);
        calibration.add(&[probability], &[0], &[false]);
        calibration.curve()
    }

    #[test]
    fn in_doubt_are_all_bins_but_that_of_certain_background() {
        let within = beside_background(17);
        assert!(within.ece > 0.0);
        assert!(within.ece_where_in_doubt.abs() < 1e-12);
        let beyond = beside_background(18).ece_where_in_doubt;
        assert!((beyond - 18.0 / 255.0).abs() < 1e-12, "{beyond}");
    }
}
