//! What the reader measures by hand over a slice: lines with the distance of their ends, and
//! ellipses with the values that they enclose.

mod enclosed;
mod steps;

use serde::{Deserialize, Serialize};

use crate::volume::PixelSpacing;

pub use enclosed::Enclosed;
pub use steps::Steps;

/// A line over a slice, drawn from one point to another, or an ellipse, drawn from corner to corner
/// of its box; both points as (row, col) in the viewer's image space. One that was only begun has
/// both in one place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calliper {
    /// The slice it lies on.
    pub slice: usize,
    /// Where it was begun.
    pub from: (f64, f64),
    /// The end that follows the pointer.
    pub to: (f64, f64),
    /// What it encloses if it is an ellipse; absent of lines, and in documents of earlier releases,
    /// which know nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enclosed: Option<Enclosed>,
}

/// What a press has taken hold of: it follows the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// An end of a line, or a corner of an ellipse's box.
    End,
    /// An ellipse, by its middle.
    Whole,
}

impl Calliper {
    /// Whether it has one end so far.
    pub fn is_begun_only(&self) -> bool {
        self.from == self.to
    }

    /// Whether it is an ellipse, not a line.
    pub fn is_ellipse(&self) -> bool {
        self.enclosed.is_some()
    }

    /// What it is called.
    pub fn kind(&self) -> &'static str {
        if self.is_ellipse() { "ellipse" } else { "line" }
    }

    /// Its middle as (row, col).
    pub fn middle(&self) -> (f64, f64) {
        (
            f64::midpoint(self.from.0, self.to.0),
            f64::midpoint(self.from.1, self.to.1),
        )
    }

    /// The other way round.
    fn turned(self) -> Self {
        Self {
            from: self.to,
            to: self.from,
            ..self
        }
    }

    /// The other way round if its first end lies nearer to `point`.
    fn towards(self, point: (f64, f64)) -> Self {
        if apart(self.from, point) < apart(self.to, point) {
            self.turned()
        } else {
            self
        }
    }

    /// What a press at `point` would take hold of.
    fn grip(self, point: (f64, f64), reach_px: f64) -> Option<Held> {
        let is_near = |place| apart(place, point) <= reach_px;
        if is_near(self.towards(point).to) {
            Some(Held::End)
        } else {
            (self.is_ellipse() && is_near(self.middle())).then_some(Held::Whole)
        }
    }

    /// Length in pixels.
    pub fn length_px(&self) -> f64 {
        apart(self.from, self.to)
    }

    /// Length in mm.
    pub fn length_mm(&self, spacing: PixelSpacing) -> f64 {
        let (rows, cols) = (self.to.0 - self.from.0, self.to.1 - self.from.1);
        (rows * f64::from(spacing.row_mm)).hypot(cols * f64::from(spacing.col_mm))
    }

    /// `12.3 mm`, or in pixels where the spacing is unknown.
    pub fn length(&self, spacing: Option<PixelSpacing>) -> String {
        match spacing {
            Some(mm) => format!("{:.1}\u{a0}mm", self.length_mm(mm)),
            None => format!("{:.1}\u{a0}px", self.length_px()),
        }
    }
}

/// A press at `point` of a slice: takes hold of a line, or of an ellipse if it is to be one, within
/// `reach_px` image pixels, else ends what was begun there last, else begins it. What is held is
/// the last one.
pub fn press(
    lines: &mut Vec<Calliper>,
    slice: usize,
    point: (f64, f64),
    reach_px: f64,
    is_ellipse: bool,
) -> Held {
    let is_meant = |line: &Calliper| line.slice == slice && line.is_ellipse() == is_ellipse;
    let last = |what: &dyn Fn(&Calliper) -> bool| {
        lines.iter().rposition(|line| is_meant(line) && what(line))
    };
    let at_grip = last(&|line| line.grip(point, reach_px).is_some());
    let begun = last(&Calliper::is_begun_only);
    let (line, held) = match (at_grip, begun) {
        (Some(index), _) => {
            let line = lines.remove(index);
            let held = line.grip(point, reach_px).unwrap_or(Held::End);
            (line.towards(point), held)
        }
        (None, Some(index)) => {
            let to = point;
            let line = lines.remove(index);
            (Calliper { to, ..line }, Held::End)
        }
        (None, None) => {
            let begun = Calliper {
                slice,
                from: point,
                to: point,
                enclosed: is_ellipse.then(Enclosed::default),
            };
            (begun, Held::End)
        }
    };
    lines.push(line);
    held
}

/// What is held follows the pointer.
pub fn drag(lines: &mut [Calliper], point: (f64, f64), held: Held) {
    let Some(line) = lines.last_mut() else { return };
    match held {
        Held::End => line.to = point,
        Held::Whole => {
            let middle = line.middle();
            let (down, right) = (point.0 - middle.0, point.1 - middle.1);
            for corner in [&mut line.from, &mut line.to] {
                *corner = (corner.0 + down, corner.1 + right);
            }
        }
    }
}

/// The values of its slice, of `cols` columns, that the ellipse which was drawn or moved last now
/// encloses.
pub fn enclose(lines: &mut [Calliper], values: &[i16], cols: usize) {
    if let Some(line) = lines.last_mut()
        && line.is_ellipse()
    {
        line.enclosed = Some(Enclosed::between((line.from, line.to), values, cols));
    }
}

/// A press has ended. The line that it held is dropped if it is shorter than a pixel, and an
/// ellipse if no pixel is inside: it was a slip of the hand. One that the press `has_begun` without
/// moving waits for its other end. What was dropped.
pub fn release(lines: &mut Vec<Calliper>, has_begun: bool) -> Option<Calliper> {
    let is_slip = |line: &Calliper| match line.enclosed {
        Some(enclosed) => enclosed.area_px == 0,
        None => line.length_px() < 1.0,
    };
    lines.pop_if(|line| !has_begun && is_slip(line))
}

/// Takes away the line or ellipse of a slice that was drawn or moved last.
pub fn remove_last(lines: &mut Vec<Calliper>, slice: usize) {
    if let Some(index) = lines.iter().rposition(|line| line.slice == slice) {
        lines.remove(index);
    }
}

fn apart(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

#[cfg(test)]
mod tests;
