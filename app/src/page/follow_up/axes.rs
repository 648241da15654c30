//! Where values lie in the drawing of lesions over time.

use crate::course::Course;
use crate::ui::number::size;

/// Size of the drawing area and its place in SVG units.
pub(super) const WIDTH: f64 = 490.0;
const HEIGHT: f64 = 190.0;
pub(super) const LEFT: f64 = 64.0;
const TOP: f64 = 20.0;

/// Where the drawing area ends below.
pub(super) const BOTTOM: f64 = TOP + HEIGHT;

/// At most so many lines above that of nothing.
const LINES: f64 = 4.0;

/// Days from left to right, values from nothing upwards.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axes {
    pub(super) first_day: f64,
    pub(super) days: f64,
    /// From one line of the grid to the next, and how many there are above that of nothing.
    step: f64,
    steps: f64,
    /// Digits after the point of the grid's values.
    digits: usize,
}

impl Axes {
    /// Axes for all examinations and values up to `largest`.
    pub(super) fn of(course: &Course, largest: f64) -> Self {
        let numbers = || course.visits.iter().map(|v| f64::from(v.number));
        let first_day = numbers().fold(f64::INFINITY, f64::min);
        let last_day = numbers().fold(f64::NEG_INFINITY, f64::max);
        let (step, steps, digits) = round(largest);
        Self {
            first_day,
            days: (last_day - first_day).max(1.0),
            step,
            steps,
            digits,
        }
    }

    pub(super) fn x(self, day: i32) -> f64 {
        LEFT + (f64::from(day) - self.first_day) / self.days * WIDTH
    }

    pub(super) fn y(self, value: f64) -> f64 {
        BOTTOM - value / (self.step * self.steps) * HEIGHT
    }

    /// Values of the grid's lines, in words too.
    pub(super) fn lines(self) -> impl Iterator<Item = (f64, String)> {
        (0..=self.steps as usize).map(move |i| {
            let value = i as f64 * self.step;
            (value, size(value, self.digits))
        })
    }
}

/// The smallest step of 1, 2 or 5 times a power of ten of which at most [`LINES`] reach
/// `largest`, how many do, and the digits after the point that it has.
fn round(largest: f64) -> (f64, f64, usize) {
    let least = if largest > 0.0 { largest / LINES } else { 0.25 };
    // Powers by multiplying: the general function is a thousand bytes of the download.
    let (mut power, mut digits) = (1.0, 0);
    while power * 10.0 <= least {
        power *= 10.0;
    }
    while power > least && digits < 9 {
        power /= 10.0;
        digits += 1;
    }
    let step = [1.0, 2.0, 5.0]
        .into_iter()
        .map(|step| step * power)
        .find(|&step| step >= least * 0.999)
        .unwrap_or(10.0 * power);
    let digits = if step > 9.0 * power {
        digits.max(1) - 1
    } else {
        digits
    };
    (step, (largest / step * 0.999).ceil().max(1.0), digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(largest: f64) -> Vec<String> {
        let axes = Axes::of(&Course::default(), largest);
        axes.lines().map(|(_, words)| words).collect()
    }

    #[test]
    fn lines_stand_at_round_numbers() {
        for (largest, lines) in [
            (27.9, "0 10 20 30"),
            (20.0, "0 5 10 15 20"),
            (20.1, "0 10 20 30"),
            (387.0, "0 100 200 300 400"),
            (1_499.0, "0 500 1\u{202f}000 1\u{202f}500"),
            (9.2, "0 5 10"),
            (0.21, "0.0 0.1 0.2 0.3"),
            (0.07, "0.00 0.02 0.04 0.06 0.08"),
            (0.0, "0.0 0.5"),
        ] {
            assert_eq!(words(largest).join(" "), lines, "{largest}");
        }
    }

    #[test]
    fn values_lie_between_nothing_and_the_highest_line() {
        for largest in [0.07, 1.0, 27.9, 1234.0] {
            let axes = Axes::of(&Course::default(), largest);
            assert!((axes.y(0.0) - BOTTOM).abs() < 1e-9);
            assert!(axes.y(largest) >= TOP - 0.2, "{largest}");
        }
    }
}
