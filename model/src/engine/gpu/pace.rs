//! How much work a GPU is handed at once.
//!
//! All of an image in one submission costs the least. But within a submission nothing can be
//! cancelled and a browser may draw nothing, and one that takes seconds is killed together with
//! the page's GPU. So the engine times each run: a card that computes an image in a moment gets
//! all of it at once, a slow or emulated one gets it in pieces.

/// What a piece may take, milliseconds: with [`AHEAD`], a run ends a tenth of a second after it
/// was cancelled.
const PIECE_MS: f64 = 50.0;
/// The least of a piece, and all that an emulated GPU gets before it was timed: it takes up to a
/// tenth of a second for it.
const LEAST_MACS: u64 = 50_000_000;
/// What a real GPU gets before it was timed: well under a second's work for the slowest, and the
/// self-test at once.
const UNTIMED_MACS: u64 = 2_000_000_000;
/// Pieces that wait while another runs, so that the GPU never idles.
pub(super) const AHEAD: usize = 1;

/// Multiply-accumulates of a piece.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pace(u64);

impl Pace {
    /// The pace for a GPU that was not timed yet.
    pub(super) fn untimed(is_software: bool) -> Self {
        Self(if is_software {
            LEAST_MACS
        } else {
            UNTIMED_MACS
        })
    }

    /// The pace for a GPU that did `macs` multiply-accumulates in `ms`.
    pub(super) fn of(macs: u64, ms: f64) -> Self {
        // Browsers' clocks are coarse.
        let a_ms = macs as f64 / ms.max(1.0);
        Self(LEAST_MACS.max((a_ms * PIECE_MS) as u64))
    }

    /// How many of the steps with these `macs` make up the next piece: what fits, but one at least.
    pub(super) fn piece(self, macs: impl Iterator<Item = u64>) -> usize {
        let within = macs.scan(0, |sum, macs| {
            *sum += macs;
            Some(*sum)
        });
        within.take_while(|&sum| sum <= self.0).count().max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GMAC: u64 = 1_000_000_000;

    #[test]
    fn a_fast_card_gets_all_of_an_image_at_once_and_a_slow_one_pieces() {
        let image = || (0..20).map(|_| GMAC);
        let fast = Pace::of(20 * GMAC, 10.0);
        assert_eq!(fast.piece(image()), 20);
        // 50 ms of 100 GMAC/s.
        let slow = Pace::of(20 * GMAC, 200.0);
        assert_eq!(slow.piece(image()), 5);
    }

    #[test]
    fn a_gpu_that_was_not_timed_or_is_emulated_gets_little() {
        let steps = || [20_000_000, 20_000_000, 20_000_000, GMAC, GMAC].into_iter();
        let emulated = Pace::untimed(true);
        assert_eq!(emulated.piece(steps()), 2);
        assert_eq!(Pace::of(GMAC, 1e6), emulated);
        assert_eq!(emulated.piece([GMAC, 1].into_iter()), 1);
        assert_eq!(Pace::untimed(false).piece(steps()), 4);
    }

    #[test]
    fn a_clock_that_stands_still_does_no_harm() {
        assert_eq!(Pace::of(GMAC, 0.0), Pace::of(GMAC, 1.0));
    }
}
