//! How large errors of prediction have been, which says how the next one is coded (A.6, A.7).

use super::coding::Coding;
use super::golomb;

/// Sizes of errors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Their sum, A.
    sum: u32,
    /// How many they are, N.
    count: u32,
}

impl Sizes {
    /// What is assumed before there are any.
    pub(super) fn new(coding: &Coding) -> Self {
        Self {
            sum: ((coding.range + 32) / 64).max(2) as u32,
            count: 1,
        }
    }

    pub(super) fn count(self) -> u32 {
        self.count
    }

    /// How many low bits of the next error are coded as they are, k, if the sum were by so much
    /// `more`.
    pub(super) fn low_bits(self, more: u32) -> u32 {
        golomb::low_bits(self.sum.saturating_add(more), self.count)
    }

    /// Adds one. Whether older ones count half from now on, as whatever else is summed up must,
    /// too.
    pub(super) fn add(&mut self, size: u32, coding: &Coding) -> bool {
        self.sum = self.sum.saturating_add(size);
        let is_halved = self.count == coding.reset;
        if is_halved {
            self.sum >>= 1;
            self.count >>= 1;
        }
        self.count += 1;
        is_halved
    }
}
