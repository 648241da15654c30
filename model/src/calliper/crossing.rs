//! The second axis of a length: a line that crosses it at a right angle, as the short axis of a
//! lesion crosses the long one.

use serde::{Deserialize, Serialize};

use super::Axis;
use crate::volume::PixelSpacing;

/// Where a line is crossed at a right angle, and how far its second axis reaches on either side: in
/// mm, because pixels need not be square, or in pixels where nobody knows how large these are.
/// Written as a list in the order of its fields, as [`Enclosed`](super::Enclosed) is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "(f64, f64, f64)", into = "(f64, f64, f64)")]
pub struct Crossing {
    /// From the line's middle towards its end `to`; beyond the line, its end is meant.
    pub along: f64,
    /// From the line to the first end.
    pub first: f64,
    /// From the line to the second end, which lies on the other side and has the other sign.
    pub second: f64,
}

impl From<(f64, f64, f64)> for Crossing {
    fn from((along, first, second): (f64, f64, f64)) -> Self {
        Self {
            along,
            first,
            second,
        }
    }
}

impl From<Crossing> for (f64, f64, f64) {
    fn from(it: Crossing) -> Self {
        (it.along, it.first, it.second)
    }
}

impl Crossing {
    /// Begun at `point`, or as near as a line at a right angle comes to it: both ends lie there.
    pub(super) fn begun(line: Axis, point: (f64, f64), spacing: Option<PixelSpacing>) -> Self {
        let (along, side) = beside(line, point, spacing);
        Self {
            along,
            first: side,
            second: side,
        }
    }

    /// Whether it has ends on both sides: else it was only begun, or does not cross the line.
    pub fn is_whole(&self) -> bool {
        self.first * self.second < 0.0
    }

    /// Where it lies, if this is the line that it crosses.
    pub(super) fn axis(self, line: Axis, spacing: Option<PixelSpacing>) -> Axis {
        let (scale, half) = (scale(spacing), line.length(spacing) / 2.0);
        let (down, right) = way(line, scale);
        let along = self.along.min(half).max(-half);
        let middle = line.middle();
        let end = |side: f64| {
            (
                middle.0 + (along * down - side * right) / scale.0,
                middle.1 + (along * right + side * down) / scale.1,
            )
        };
        Axis {
            from: end(self.first),
            to: end(self.second),
        }
    }

    /// One of its ends goes towards `point`, but not over the line: there the other end lies.
    pub(super) fn reach(
        &mut self,
        line: Axis,
        point: (f64, f64),
        is_first: bool,
        spacing: Option<PixelSpacing>,
    ) {
        let (_, side) = beside(line, point, spacing);
        let (end, other) = if is_first {
            (&mut self.first, self.second)
        } else {
            (&mut self.second, self.first)
        };
        *end = if other > 0.0 {
            side.min(0.0)
        } else {
            side.max(0.0)
        };
    }

    /// The same where lengths are counted in units of which so many make one of before.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self {
            along: self.along * factor,
            first: self.first * factor,
            second: self.second * factor,
        }
    }

    /// The same of a line that is the other way round.
    pub(super) fn turned(self) -> Self {
        Self {
            along: -self.along,
            first: -self.first,
            second: -self.second,
        }
    }
}

/// Height and width of a pixel in what lengths are counted in.
pub(super) fn scale(spacing: Option<PixelSpacing>) -> (f64, f64) {
    spacing.map_or((1.0, 1.0), |it| (it.row_mm.into(), it.col_mm.into()))
}

/// The direction of a line, of length 1, as (down, right); none of a line without a length.
fn way(line: Axis, scale: (f64, f64)) -> (f64, f64) {
    let down = (line.to.0 - line.from.0) * scale.0;
    let right = (line.to.1 - line.from.1) * scale.1;
    let length = down.hypot(right).max(f64::MIN_POSITIVE);
    (down / length, right / length)
}

/// How far a point lies along a line from its middle, and how far beside it.
fn beside(line: Axis, point: (f64, f64), spacing: Option<PixelSpacing>) -> (f64, f64) {
    let scale = scale(spacing);
    let (down, right) = way(line, scale);
    let middle = line.middle();
    let below = (point.0 - middle.0) * scale.0;
    let after = (point.1 - middle.1) * scale.1;
    (below * down + after * right, after * down - below * right)
}
