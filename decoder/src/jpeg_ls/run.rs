//! Runs of like samples, and the samples that end them (A.7).

use super::bits::Bits;
use super::coding::Coding;
use super::golomb;
use super::sizes::Sizes;
use crate::{Fault, Result};

/// Of how many samples, as a power of two, the next part of a run is, J.
const PART_LOG2: [u32; 32] = [
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13,
    14, 15,
];

/// What runs so far have taught.
#[derive(Debug)]
pub(super) struct Runs {
    /// In the table of parts.
    place: usize,
    /// Of samples that end a run, where the one above is unlike the run.
    unlike: Ends,
    /// Where it is like the run.
    like: Ends,
}

/// Errors of prediction of samples that end runs.
#[derive(Debug, Clone, Copy)]
struct Ends {
    sizes: Sizes,
    /// How many of them were negative, Nn.
    negatives: u32,
}

impl Runs {
    pub(super) fn new(coding: &Coding) -> Self {
        let ends = Ends {
            sizes: Sizes::new(coding),
            negatives: 0,
        };
        Self {
            place: 0,
            unlike: ends,
            like: ends,
        }
    }

    /// Samples of the next run, at most the `room` that the row has; if fewer, another sample ends
    /// it.
    pub(super) fn length(&mut self, bits: &mut Bits<'_>, room: usize) -> Result<usize> {
        let mut length = 0;
        while bits.take(1)? == 1 {
            let part = 1 << self.part_log2();
            if part > room - length {
                return Ok(room);
            }
            length += part;
            self.place = (self.place + 1).min(PART_LOG2.len() - 1);
            if length == room {
                return Ok(room);
            }
        }
        length += bits.take(self.part_log2())? as usize;
        if length < room {
            Ok(length)
        } else {
            Err(Fault::Damaged)
        }
    }

    /// The sample after a run of `left`, below one `above`.
    pub(super) fn end(
        &mut self,
        bits: &mut Bits<'_>,
        coding: &Coding,
        left: i32,
        above: i32,
    ) -> Result<i32> {
        let longest_bits = coding.longest_bits - self.part_log2() - 1;
        self.place = self.place.saturating_sub(1);
        if (left - above).abs() <= coding.near {
            let error = self.like.error(bits, coding, longest_bits, true)?;
            Ok(coding.sample(left, error))
        } else {
            let error = self.unlike.error(bits, coding, longest_bits, false)?;
            Ok(coding.sample(above, error * (above - left).signum()))
        }
    }

    fn part_log2(&self) -> u32 {
        PART_LOG2.get(self.place).copied().unwrap_or_default()
    }
}

impl Ends {
    fn error(
        &mut self,
        bits: &mut Bits<'_>,
        coding: &Coding,
        longest_bits: u32,
        is_like: bool,
    ) -> Result<i32> {
        let count = self.sizes.count();
        let low_bits = self.sizes.low_bits(if is_like { count >> 1 } else { 0 });
        let mapped = golomb::read(bits, low_bits, longest_bits, coding)?;
        let doubled = mapped + i32::from(is_like);
        let (size, is_odd) = ((doubled + 1) >> 1, doubled & 1 == 1);
        let is_rather_negative = low_bits > 0 || 2 * self.negatives >= count;
        let error = if is_odd == is_rather_negative {
            -size
        } else {
            size
        };
        let grown = (mapped + 1 - i32::from(is_like)) >> 1;
        self.negatives += u32::from(error < 0);
        if self.sizes.add(grown as u32, coding) {
            self.negatives >>= 1;
        }
        Ok(error)
    }
}
