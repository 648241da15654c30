//! What the numbers of a mask mean: readers by bits, readers counted, or marked and not marked.

use std::collections::BTreeSet;
use std::fmt;

use super::{BACKGROUND, DOUBTFUL, TARGET};

/// The meaning of a mask's numbers. No file says it, so it is told from the numbers of a
/// whole folder, or by the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Marks {
    /// Bits 0–3 the readers of this nodule, bit 4 one reader of another one, bit 5 two or more
    /// of another.
    Bits,
    /// How many readers marked the pixel.
    Counts,
    /// Marked where it is not 0.
    Binary,
}

/// The highest number that bits 0 to 5 make.
const HIGHEST_BITS: u8 = 0b11_1111;
/// Readers that have bits.
const READERS: u8 = 4;
/// What stands in many masks for pixels that nobody has judged.
const IGNORED: u8 = 255;
/// Readers of one scan are never as many; higher numbers are names of things.
const MOST_READERS: u8 = 12;

impl Marks {
    /// What the numbers of a folder seem to be, where `several` is how they stand for readers
    /// if they do.
    pub fn of(values: &BTreeSet<u8>, several: Self) -> Self {
        let marked = values.iter().filter(|&&value| value != 0);
        let highest = match several {
            Self::Counts => MOST_READERS,
            Self::Bits | Self::Binary => HIGHEST_BITS,
        };
        let is_readers = marked.clone().count() > 1 && marked.clone().max() <= Some(&highest);
        // Outlines that lie within each other pass through every count; bits of four readers
        // would have sums above 4 as well.
        let is_counted = marked.clone().eq(&[1, 2, 3, 4]);
        match (is_readers, is_counted) {
            (false, _) => Self::Binary,
            (true, true) => Self::Counts,
            (true, false) => several,
        }
    }

    /// Whether numbers of readers and bits for them are not told apart by the numbers alone, though
    /// the targets differ: 1, 2, 3 are three readers counted, or two and both.
    pub fn are_in_doubt(values: &BTreeSet<u8>) -> bool {
        let marked: Vec<u8> = values.iter().copied().filter(|&value| value != 0).collect();
        let differs = |&value: &u8| Self::Bits.label(value) != Self::Counts.label(value);
        let are_few = marked.len() > 1 && marked.iter().all(|&value| value <= READERS);
        are_few && marked.iter().any(differs) && Self::of(values, Self::Bits) == Self::Bits
    }

    /// Whether the marks of one image hold the number that stands for "ignore" beside numbers of
    /// things or readers.
    pub fn hold_ignored(values: &BTreeSet<u8>) -> bool {
        let mut others = values
            .iter()
            .filter(|&&value| value != 0 && value != IGNORED);
        let highest = others.clone().max();
        values.contains(&IGNORED) && others.next().is_some() && highest <= Some(&MOST_READERS)
    }

    /// The label of a number.
    pub fn label(self, value: u8) -> u8 {
        let readers = match self {
            Self::Binary => return if value == 0 { BACKGROUND } else { TARGET },
            Self::Counts => u32::from(value),
            Self::Bits if value & 0b10_0000 != 0 => return TARGET,
            Self::Bits => (value & 0b1111).count_ones(),
        };
        match readers {
            2.. => TARGET,
            _ if value != 0 => DOUBTFUL,
            _ => BACKGROUND,
        }
    }

    /// Bits 0–3: who marked a pixel as the crop's nodule. `None` where the numbers do not say it.
    pub fn readers(self, value: u8) -> Option<u8> {
        (self == Self::Bits).then_some(value & 0b1111)
    }
}

impl fmt::Display for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bits => "a bit for every reader",
            Self::Counts => "the number of readers",
            Self::Binary => "marked where not 0",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_alone_is_a_mask_whatever_it_is() {
        for only in [1, 2, 255] {
            assert_eq!(Marks::of(&[0, only].into(), Marks::Bits), Marks::Binary);
            assert_eq!(Marks::Binary.label(only), TARGET);
        }
    }

    #[test]
    fn numbers_of_readers_are_told_from_grey_edges() {
        assert_eq!(Marks::of(&[0, 1, 3, 33].into(), Marks::Bits), Marks::Bits);
        assert_eq!(Marks::of(&[0, 1, 2].into(), Marks::Counts), Marks::Counts);
        assert_eq!(
            Marks::of(&[0, 1, 2, 3, 4].into(), Marks::Bits),
            Marks::Counts
        );
        assert_eq!(Marks::of(&[0, 1, 40].into(), Marks::Counts), Marks::Binary);
        assert_eq!(
            Marks::of(&[0, 7, 128, 255].into(), Marks::Bits),
            Marks::Binary
        );
    }

    #[test]
    fn few_numbers_are_bits_or_counts() {
        let in_doubt = |values: &[u8]| Marks::are_in_doubt(&values.iter().copied().collect());
        for either in [[0, 1, 2].as_slice(), &[0, 1, 2, 3], &[2, 4]] {
            assert!(in_doubt(either), "{either:?}");
        }
        // One number, the same targets both ways, every count, sums of bits.
        for clear in [[0, 2].as_slice(), &[0, 1, 3], &[0, 1, 2, 3, 4], &[1, 3, 7]] {
            assert!(!in_doubt(clear), "{clear:?}");
        }
    }

    #[test]
    fn the_highest_number_beside_small_ones_is_to_be_ignored() {
        let hold = |values: &[u8]| Marks::hold_ignored(&values.iter().copied().collect());
        assert!(hold(&[0, 1, 255]) && hold(&[1, 2, 255]));
        // A mask, one with grey edges, and numbers without it.
        assert!(!hold(&[0, 255]) && !hold(&[0, 7, 128, 255]) && !hold(&[0, 1, 2]));
    }

    #[test]
    fn two_readers_make_a_target() {
        let labels = [0, 1, 0b1000, 0b11, 0b1_0000, 0b10_0000].map(|v| Marks::Bits.label(v));
        let known = [BACKGROUND, DOUBTFUL, DOUBTFUL, TARGET, DOUBTFUL, TARGET];
        assert_eq!(labels, known);
        let labels = [0, 1, 2, 4].map(|v| Marks::Counts.label(v));
        assert_eq!(labels, [BACKGROUND, DOUBTFUL, TARGET, TARGET]);
    }
}
