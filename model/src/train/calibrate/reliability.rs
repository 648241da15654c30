//! How far numbers that are meant as probabilities are from the truth.

use serde::Serialize;

/// Bins of equal width.
const BINS: usize = 10;

/// One bin that is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// Mean of what was said, 0…1.
    pub said: f64,
    /// Share that was true, 0…1.
    pub was: f64,
    /// How many.
    pub count: usize,
}

/// A reliability table and what it sums up to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reliability {
    /// Their [`expected_error`].
    pub ece: f64,
    /// Brier score: mean squared distance of what was said from 0 or 1.
    pub brier: f64,
    /// By what was said, ten of equal width, without empty ones.
    pub bins: Vec<Bin>,
}

/// Expected calibration error of bins of a reliability curve, each as what was said in it, what was
/// true, and how much is in it: the mean of what they are off by, each weighing as much as is in it;
/// 0 of none.
pub fn expected_error(bins: impl Iterator<Item = (f64, f64, u64)>) -> f64 {
    let (sum, all) = bins.fold((0.0, 0), |(sum, all), (said, was, count)| {
        (sum + (said - was).abs() * count as f64, all + count)
    });
    sum / all.max(1) as f64
}

/// Compares what was said (0…1) with what was true; `None` of nothing.
pub fn reliability(pairs: &[(f64, bool)]) -> Option<Reliability> {
    let mut sums = [(0.0, 0.0, 0_usize); BINS];
    let mut brier = 0.0;
    for &(said, is_true) in pairs {
        let was = f64::from(u8::from(is_true));
        brier += (said - was).powi(2);
        let bin = ((said * BINS as f64) as usize).min(BINS - 1);
        if let Some(sum) = sums.get_mut(bin) {
            *sum = (sum.0 + said, sum.1 + was, sum.2 + 1);
        }
    }
    let filled = sums.iter().filter(|sum| sum.2 > 0);
    let bins: Vec<Bin> = filled
        .map(|&(said, was, count)| Bin {
            said: said / count as f64,
            was: was / count as f64,
            count,
        })
        .collect();
    (!pairs.is_empty()).then(|| Reliability {
        ece: expected_error(bins.iter().map(|bin| (bin.said, bin.was, bin.count as u64))),
        brier: brier / pairs.len() as f64,
        bins,
    })
}
