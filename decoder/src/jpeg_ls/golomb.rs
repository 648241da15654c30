//! Numbers in the Golomb code whose length is limited (A.5).

use std::cmp::Ordering;

use super::bits::Bits;
use super::coding::Coding;
use crate::{Fault, Result};

/// More than any sound file needs; keeps what follows inside of 32 bits.
const MOST_LOW_BITS: u32 = 16;

/// How many low bits of a number are coded as they are, k, where `count` numbers before made up
/// `sum`.
pub(super) fn low_bits(sum: u32, count: u32) -> u32 {
    let mut bits = 0;
    while bits < MOST_LOW_BITS && count << bits < sum {
        bits += 1;
    }
    bits
}

/// The next number, below 2²³: its high bits as so many zeros, or all of it where they were too
/// many.
pub(super) fn read(
    bits: &mut Bits<'_>,
    low_bits: u32,
    longest_bits: u32,
    coding: &Coding,
) -> Result<i32> {
    let most = longest_bits.saturating_sub(coding.error_bits + 1);
    let high = bits.zeros()?;
    match high.cmp(&most) {
        Ordering::Less => Ok((high << low_bits | bits.take(low_bits)?) as i32),
        Ordering::Equal => Ok(bits.take(coding.error_bits)? as i32 + 1),
        Ordering::Greater => Err(Fault::Damaged),
    }
}
