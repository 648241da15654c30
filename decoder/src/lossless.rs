//! Predictions of lossless JPEG (ITU-T T.81 annex H).
//!
//! `jpeg-decoder` 0.3.2 gives other samples where a scan has restart intervals, after each of which
//! prediction begins anew, or a point transform. What it reads from such a scan is right: how far
//! each sample is from its prediction. So it is told that every sample was predicted from the one
//! before, which can be undone without loss, and the samples are predicted again here.

use crate::segment::{INTERVAL, SCAN, segments};
use crate::{Fault, Result};

/// "Start of frame, lossless, Huffman coding".
const FRAME: u8 = 0xc3;

/// A scan that `jpeg-decoder` predicts wrongly.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scan {
    /// Where the file says how samples are predicted.
    at: usize,
    /// Which of the neighbours predict a sample, 1…7.
    predictor: u8,
    /// Bits that every sample was cut by.
    cut_bits: u32,
    /// Bits that are left, 1…16.
    bits: u32,
    cols: usize,
    /// Rows from one restart to the next; 0 where there is none.
    restart_rows: usize,
}

impl Scan {
    /// `None` of any other picture.
    ///
    /// # Errors
    /// It has colours, or restarts in the middle of a row.
    pub(crate) fn read(packed: &[u8]) -> Result<Option<Self>> {
        let (mut frame, mut interval) = (None, 0);
        for (at, marker, segment) in segments(packed) {
            match (marker, segment) {
                (FRAME, [bits, _, _, c1, c0, components, ..]) => {
                    let cols = usize::from(u16::from_be_bytes([*c1, *c0]));
                    frame = Some((u32::from(*bits), cols, *components));
                }
                (INTERVAL, [high, low]) => {
                    interval = usize::from(u16::from_be_bytes([*high, *low]));
                }
                (SCAN, [before @ .., predictor, _, cut]) => {
                    let cut_bits = u32::from(cut & 0x0f);
                    let Some((all_bits, cols, components)) =
                        frame.filter(|_| interval > 0 || cut_bits > 0)
                    else {
                        return Ok(None);
                    };
                    let scan = Self {
                        at: at + before.len(),
                        predictor: *predictor,
                        cut_bits,
                        bits: all_bits.saturating_sub(cut_bits),
                        cols,
                        restart_rows: interval.checked_div(cols).unwrap_or(0),
                    };
                    let is_sound = components == 1
                        && scan.restart_rows * cols == interval
                        && (1..=16).contains(&scan.bits);
                    return is_sound.then_some(Some(scan)).ok_or(Fault::Damaged);
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Makes the file say that every sample was predicted from the one before.
    pub(crate) fn simplify(&self, packed: &mut [u8]) {
        if let Some([predictor, _, cut]) = packed.get_mut(self.at..self.at + 3) {
            (*predictor, *cut) = (1, 0);
        }
    }

    /// The samples of the file, row-major, from those of the simplified one.
    pub(crate) fn predict(&self, samples: &mut [u16]) {
        let simple = Self {
            predictor: 1,
            bits: self.bits + self.cut_bits,
            restart_rows: 0,
            ..*self
        };
        // Backwards, so that what a sample was predicted from is still there.
        for at in (0..samples.len()).rev() {
            let prediction = simple.prediction(samples, at);
            if let Some(sample) = samples.get_mut(at) {
                *sample = sample.wrapping_sub(prediction);
            }
        }
        let most = u16::MAX >> (16 - self.bits);
        for at in 0..samples.len() {
            let prediction = self.prediction(samples, at);
            if let Some(sample) = samples.get_mut(at) {
                *sample = sample.wrapping_add(prediction) & most;
            }
        }
        for sample in samples {
            *sample <<= self.cut_bits;
        }
    }

    /// What sample `at` is predicted to be (H.1.2.1, table H.1), modulo 2¹⁶.
    fn prediction(&self, samples: &[u16], at: usize) -> u16 {
        let back = |by: usize| {
            let sample = at.checked_sub(by).and_then(|it| samples.get(it));
            sample.map_or(0, |&it| i32::from(it))
        };
        let (left, above, corner) = (back(1), back(self.cols), back(self.cols + 1));
        let row = at.checked_div(self.cols).unwrap_or(0);
        let is_first = row.checked_rem(self.restart_rows).unwrap_or(row) == 0;
        let prediction = match (is_first, at == row * self.cols, self.predictor) {
            (true, true, _) => 1 << (self.bits - 1),
            (true, false, _) | (false, false, 1) => left,
            (false, true, _) | (false, false, 2) => above,
            (_, _, 3) => corner,
            (_, _, 4) => left + above - corner,
            (_, _, 5) => left + ((above - corner) >> 1),
            (_, _, 6) => above + ((left - corner) >> 1),
            (_, _, 7) => (left + above) >> 1,
            _ => 0,
        };
        prediction as u16
    }
}
