//! From stored samples to the values of a volume (PS3.3 C.11.1, modality LUT).

use super::super::error::{OpenError, Result};
use super::super::limit;
use super::geometry::FrameInfo;
use super::header::Samples;

/// What stands for padding: darker than anything that was measured.
pub(super) const PADDING: i16 = i16::MIN;

/// A value may be padding only where no tissue is, below this or above all that fits: some files
/// name 0 as padding although 0 HU is water, and some spell −2000 as 63536 among unsigned numbers.
const MAX_PADDING_HU: f64 = -500.0;

/// The rescaled value of every possible sample, so that a frame is a look-up a pixel.
#[derive(Debug)]
pub(super) struct Table {
    values: Vec<i16>,
    made_for: (Samples, Option<f64>, Option<f64>),
}

impl Table {
    /// The table of a frame.
    pub(super) fn new(samples: &Samples, frame: &FrameInfo) -> Result<Self> {
        let mut values = Vec::new();
        let count = 1 << samples.bits_allocated;
        limit::reserve(&mut values, count)?;
        let slope = frame.slope.unwrap_or(1.0);
        let intercept = frame.intercept.unwrap_or(0.0);
        values.extend((0..count).map(|sample| {
            let word = sample as u16;
            let stored = samples.stored(word);
            let value = f64::from(stored) * slope + intercept;
            let is_padding = samples.padding_word == Some(word)
                || (is_padding(samples, stored) && !is_tissue(value));
            if is_padding {
                PADDING
            } else {
                value.round() as i16
            }
        }));
        Ok(Self {
            values,
            made_for: (*samples, frame.slope, frame.intercept),
        })
    }

    /// Whether the table serves this frame too.
    pub(super) fn fits(&self, samples: &Samples, frame: &FrameInfo) -> bool {
        self.made_for == (*samples, frame.slope, frame.intercept)
    }

    /// The value of a sample.
    pub(super) fn value(&self, sample: u16) -> Result<i16> {
        self.values
            .get(usize::from(sample))
            .copied()
            .ok_or_else(|| OpenError::Malformed {
                format: "DICOM",
                detail: "a pixel has more bits than the header says".to_owned(),
            })
    }
}

fn is_tissue(hu: f64) -> bool {
    (MAX_PADDING_HU..=i16::MAX.into()).contains(&hu)
}

fn is_padding(samples: &Samples, stored: i32) -> bool {
    samples
        .padding
        .is_some_and(|(low, high)| (low..=high).contains(&stored))
}
