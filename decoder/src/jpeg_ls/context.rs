//! What samples in like surroundings have taught of errors of prediction (A.3, A.4, A.6).

use super::bits::Bits;
use super::coding::Coding;
use super::golomb;
use super::sizes::Sizes;
use crate::Result;

/// Surroundings that are told apart: three gradients of nine levels each, those of opposite signs
/// as one.
pub(super) const COUNT: usize = 365;
/// Of what predictions are corrected by.
const LEAST_CORRECTION: i32 = -128;
const MOST_CORRECTION: i32 = 127;

/// Which surroundings these gradients are, by its absolute number, −364…364; the sign says whether
/// errors are meant the other way round, 0 that all is flat.
pub(super) fn surroundings(gradients: [i32; 3], coding: &Coding) -> i32 {
    let [t1, t2, t3] = coding.thresholds;
    gradients.into_iter().fold(0, |number, gradient| {
        let size = gradient.abs();
        let level = i32::from(size > coding.near)
            + i32::from(size >= t1)
            + i32::from(size >= t2)
            + i32::from(size >= t3);
        number * 9 + level * gradient.signum()
    })
}

/// The sample that is expected after one at its `left`, below one `above`, with one in the `corner`
/// between.
pub(super) fn prediction(left: i32, above: i32, corner: i32) -> i32 {
    let (low, high) = (left.min(above), left.max(above));
    if corner >= high {
        low
    } else if corner <= low {
        high
    } else {
        left + above - corner
    }
}

/// What is known of one kind of surroundings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context {
    /// Sizes of errors.
    sizes: Sizes,
    /// Sum of the errors since the correction was right, B.
    bias: i32,
    /// What predictions are corrected by, C.
    correction: i32,
}

impl Context {
    pub(super) fn new(coding: &Coding) -> Self {
        Self {
            sizes: Sizes::new(coding),
            bias: 0,
            correction: 0,
        }
    }

    /// The next sample. `sign` is 1, or -1 where errors are meant the other way round.
    pub(super) fn sample(
        &mut self,
        bits: &mut Bits<'_>,
        coding: &Coding,
        prediction: i32,
        sign: i32,
    ) -> Result<i32> {
        let prediction = (prediction + sign * self.correction).clamp(0, coding.max);
        let error = self.error(bits, coding)?;
        self.learn(error, coding);
        Ok(coding.sample(prediction, sign * error))
    }

    fn error(&self, bits: &mut Bits<'_>, coding: &Coding) -> Result<i32> {
        let low_bits = self.sizes.low_bits(0);
        let mapped = golomb::read(bits, low_bits, coding.longest_bits, coding)?;
        // 0, −1, 1, −2, …, or −1, 0, −2, 1, … where errors are rather negative.
        let error = mapped >> 1 ^ -(mapped & 1);
        let count = self.sizes.count() as i32;
        let is_turned = coding.near == 0 && low_bits == 0 && 2 * self.bias <= -count;
        Ok(if is_turned { !error } else { error })
    }

    fn learn(&mut self, error: i32, coding: &Coding) {
        self.bias += error * (2 * coding.near + 1);
        if self.sizes.add(error.unsigned_abs(), coding) {
            self.bias >>= 1;
        }
        let count = self.sizes.count() as i32;
        if self.bias <= -count {
            self.correction = (self.correction - 1).max(LEAST_CORRECTION);
            self.bias = (self.bias + count).max(1 - count);
        } else if self.bias > 0 {
            self.correction = (self.correction + 1).min(MOST_CORRECTION);
            self.bias = (self.bias - count).min(0);
        }
    }
}
