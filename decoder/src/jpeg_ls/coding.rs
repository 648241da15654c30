//! The numbers that a scan is coded with, and what follows from them (A.1, A.2.1, C.2.4.1.1).

/// Of each threshold: that of lossless samples of eight bits, the part of it that does not grow
/// with their range, and how much it grows with the allowed difference.
const BASIC_THRESHOLDS: [[i32; 3]; 3] = [[3, 2, 3], [7, 3, 5], [21, 4, 7]];
const RESET: i32 = 64;
/// Samples may differ by that much where loss is allowed, and by no more than half of their range.
const MOST_NEAR: i32 = 255;

/// Preset parameters as the file has them; 0 stands for the default.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Preset {
    max: i32,
    thresholds: [i32; 3],
    reset: i32,
}

impl Preset {
    /// From the content of the segment, after the number that says what it holds.
    pub(super) fn read(parameters: &[u8]) -> Option<Self> {
        let (words, _) = parameters.as_chunks::<2>();
        let [max, t1, t2, t3, reset] = *words.first_chunk()?;
        let number = |word| i32::from(u16::from_be_bytes(word));
        Some(Self {
            max: number(max),
            thresholds: [t1, t2, t3].map(number),
            reset: number(reset),
        })
    }
}

/// How samples are coded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coding {
    /// The largest sample, MAXVAL.
    pub(super) max: i32,
    /// How much samples may differ from the original, NEAR; 0 is lossless.
    pub(super) near: i32,
    /// Of gradients, T1…T3.
    pub(super) thresholds: [i32; 3],
    /// As often a context is used until what it has learned is halved, RESET.
    pub(super) reset: u32,
    /// How many errors of prediction are told apart, RANGE.
    pub(super) range: i32,
    /// Bits of such an error, qbpp.
    pub(super) error_bits: u32,
    /// Bits of the longest code of an error, LIMIT.
    pub(super) longest_bits: u32,
}

impl Coding {
    /// `None` if the standard allows no such numbers.
    pub(super) fn new(bits: u32, near: i32, preset: Preset) -> Option<Self> {
        if !(2..=16).contains(&bits) {
            return None;
        }
        let most = (1 << bits) - 1;
        let max = or_default(preset.max, most);
        if max > most || near > MOST_NEAR.min(max / 2) {
            return None;
        }
        let [t1, t2, t3] = preset.thresholds;
        let [d1, d2, d3] = default_thresholds(max, near);
        let thresholds = [or_default(t1, d1), or_default(t2, d2), or_default(t3, d3)];
        let reset = or_default(preset.reset, RESET);
        let steps = [near + 1, thresholds[0], thresholds[1], thresholds[2], max];
        if !steps.is_sorted() || !(3..=max.max(255)).contains(&reset) {
            return None;
        }
        let range = (max + 2 * near) / (2 * near + 1) + 1;
        let sample_bits = bits_of(max + 1).max(2);
        Some(Self {
            max,
            near,
            thresholds,
            reset: reset as u32,
            range,
            error_bits: bits_of(range),
            longest_bits: 2 * (sample_bits + sample_bits.max(8)),
        })
    }

    /// The sample that was predicted with an error, which counts steps of the allowed difference
    /// (A.4.5).
    pub(super) fn sample(&self, prediction: i32, error: i32) -> i32 {
        let step = 2 * self.near + 1;
        let sample = prediction + error * step;
        let sample = if sample < -self.near {
            sample + self.range * step
        } else if sample > self.max + self.near {
            sample - self.range * step
        } else {
            sample
        };
        sample.clamp(0, self.max)
    }
}

fn or_default(number: i32, default: i32) -> i32 {
    if number == 0 { default } else { number }
}

/// Bits that tell `count` numbers apart.
fn bits_of(count: i32) -> u32 {
    i32::BITS - (count - 1).leading_zeros()
}

fn default_thresholds(max: i32, near: i32) -> [i32; 3] {
    let mut least = near + 1;
    BASIC_THRESHOLDS.map(|[basic, offset, nears]| {
        let threshold = if max >= 128 {
            let factor = (max.min(4095) + 128) / 256;
            factor * (basic - offset) + offset + nears * near
        } else {
            let factor = 256 / (max + 1);
            offset.max(basic / factor + nears * near)
        };
        if (least..=max).contains(&threshold) {
            least = threshold;
        }
        least
    })
}
