//! What the reader measures by hand over a slice: lines with the distance of their ends and, if
//! they are given one, a second axis across them; and ellipses with the values that they enclose.

mod axis;
mod crossing;
mod enclosed;
mod steps;

use serde::{Deserialize, Serialize};

use crate::volume::PixelSpacing;

pub use axis::Axis;
pub use crossing::Crossing;
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
    /// The second axis of a line; absent where it has none, and in documents of earlier releases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crossing: Option<Crossing>,
}

/// What a press has taken hold of: it follows the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// An end of a line, or a corner of an ellipse's box.
    End,
    /// An ellipse, by its middle.
    Whole,
    /// The first end of a line's second axis.
    First,
    /// The second end of it.
    Second,
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
        if self.is_ellipse() {
            "ellipse"
        } else if self.settled().crossing.is_some() {
            "axes"
        } else {
            "line"
        }
    }

    /// Without a second axis that was only begun.
    #[must_use]
    pub fn settled(self) -> Self {
        let crossing = self.crossing.filter(Crossing::is_whole);
        Self { crossing, ..self }
    }

    /// Whether it has a second axis with one end so far, or one that does not cross it.
    pub fn is_half_crossed(&self) -> bool {
        self.crossing.is_some_and(|it| !it.is_whole())
    }

    /// Whether an end is still to come, its own or that of its second axis.
    fn awaits_end(&self) -> bool {
        self.is_begun_only() || self.is_half_crossed()
    }

    /// The line itself, or what an ellipse's box was drawn along.
    pub fn axis(&self) -> Axis {
        Axis {
            from: self.from,
            to: self.to,
        }
    }

    /// The second axis of a line, also one that was only begun.
    pub fn second_axis(&self, spacing: Option<PixelSpacing>) -> Option<Axis> {
        let axis = |it: Crossing| it.axis(self.axis(), spacing);
        self.crossing.map(axis)
    }

    /// The longer axis, and the shorter one of a line that has two.
    pub fn axes(&self, spacing: Option<PixelSpacing>) -> (Axis, Option<Axis>) {
        let own = self.axis();
        match self.settled().second_axis(spacing) {
            Some(other) if other.length(spacing) > own.length(spacing) => (other, Some(own)),
            other => (own, other),
        }
    }

    /// The other way round.
    fn turned(self) -> Self {
        Self {
            from: self.to,
            to: self.from,
            crossing: self.crossing.map(Crossing::turned),
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
    fn grip(self, point: (f64, f64), reach_px: f64, spacing: Option<PixelSpacing>) -> Option<Held> {
        let is_near = |place| apart(place, point) <= reach_px;
        if is_near(self.towards(point).to) {
            return Some(Held::End);
        }
        if self.is_ellipse() {
            return is_near(self.axis().middle()).then_some(Held::Whole);
        }
        let second = self.second_axis(spacing)?;
        if is_near(second.from) {
            Some(Held::First)
        } else {
            is_near(second.to).then_some(Held::Second)
        }
    }

    /// `12.3 mm`, or `12.3 × 8.1 mm, mean 10.2 mm` of a line with two axes, the longer one first;
    /// in pixels where the spacing is unknown.
    pub fn size(&self, spacing: Option<PixelSpacing>) -> String {
        let unit = match spacing {
            Some(_) => "\u{a0}mm",
            None => "\u{a0}px",
        };
        let told = |length: f64| format!("{length:.1}");
        let (long, short) = self.axes(spacing);
        let long = long.length(spacing);
        let Some(short) = short else {
            return told(long) + unit;
        };
        let short = short.length(spacing);
        let mean = told(f64::midpoint(long, short));
        let [long, short] = [long, short].map(told);
        [&long, " × ", &short, unit, ", mean ", &mean, unit].concat()
    }
}

/// A press at `point` of a slice: ends a second axis that was begun there, else takes hold of a
/// line, or of an ellipse if it is to be one, within `reach_px` image pixels, else ends what was
/// begun there last, else begins it. What is held is of the last one.
pub fn press(
    lines: &mut Vec<Calliper>,
    slice: usize,
    point: (f64, f64),
    reach_px: f64,
    is_ellipse: bool,
    spacing: Option<PixelSpacing>,
) -> Held {
    let is_meant = |line: &Calliper| line.slice == slice && line.is_ellipse() == is_ellipse;
    let last = |what: &dyn Fn(&Calliper) -> bool| {
        lines.iter().rposition(|line| is_meant(line) && what(line))
    };
    // Before all grips: of a small lesion every end is within reach.
    if let Some(index) = last(&Calliper::is_half_crossed) {
        let line = lines.remove(index);
        lines.push(line);
        drag(lines, point, Held::Second, spacing);
        return Held::Second;
    }
    let at_grip = last(&|line| line.grip(point, reach_px, spacing).is_some());
    let begun = last(&Calliper::is_begun_only);
    let (line, held) = match (at_grip, begun) {
        (Some(index), _) => {
            let line = lines.remove(index);
            let held = line.grip(point, reach_px, spacing);
            (line.towards(point), held.unwrap_or(Held::End))
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
                crossing: None,
            };
            (begun, Held::End)
        }
    };
    lines.push(line);
    held
}

/// Place of the line that can be given a second axis, or another one: the last of its slice, if it
/// has all its ends.
pub fn to_cross(lines: &[Calliper], slice: usize) -> Option<usize> {
    let is_meant = |line: &Calliper| line.slice == slice && !line.is_ellipse();
    let last = lines.iter().rposition(is_meant);
    last.filter(|&index| lines.get(index).is_some_and(|line| !line.awaits_end()))
}

/// A press at `point` begins the second axis of a slice's last line; `None` if there is no such
/// line. What is held is of the last one.
pub fn cross(
    lines: &mut Vec<Calliper>,
    slice: usize,
    point: (f64, f64),
    spacing: Option<PixelSpacing>,
) -> Option<Held> {
    let mut line = lines.remove(to_cross(lines, slice)?);
    line.crossing = Some(Crossing::begun(line.axis(), point, spacing));
    lines.push(line);
    Some(Held::Second)
}

/// Whether a press has only begun something: more of them await an end than `before`.
pub fn has_begun(before: &[Calliper], lines: &[Calliper]) -> bool {
    let awaiting = |these: &[Calliper]| these.iter().filter(|it| it.awaits_end()).count();
    awaiting(lines) > awaiting(before)
}

/// What is held follows the pointer, and an end of a second axis at a right angle to its line.
pub fn drag(lines: &mut [Calliper], point: (f64, f64), held: Held, spacing: Option<PixelSpacing>) {
    let Some(line) = lines.last_mut() else { return };
    let axis = line.axis();
    match held {
        Held::End => line.to = point,
        Held::Whole => {
            let middle = axis.middle();
            let (down, right) = (point.0 - middle.0, point.1 - middle.1);
            for corner in [&mut line.from, &mut line.to] {
                *corner = (corner.0 + down, corner.1 + right);
            }
        }
        Held::First | Held::Second => {
            if let Some(crossing) = &mut line.crossing {
                crossing.reach(axis, point, held == Held::First, spacing);
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

/// A press has ended. The line that it held is dropped if it is shorter than a pixel, an ellipse if
/// no pixel is inside, and a second axis if it does not cross its line: it was a slip of the hand.
/// What the press `has_begun` without moving waits for its other end. What was dropped, or the line
/// as it was with the axis that was.
pub fn release(lines: &mut Vec<Calliper>, has_begun: bool) -> Option<Calliper> {
    if has_begun {
        return None;
    }
    let line = lines.last_mut()?;
    if line.is_half_crossed() {
        let held = *line;
        line.crossing = None;
        return Some(held);
    }
    lines.pop_if(|line| match line.enclosed {
        Some(enclosed) => enclosed.area_px == 0,
        None => line.axis().length(None) < 1.0,
    })
}

/// Lets go of what was only begun on a slice, a line, an ellipse or the second axis of a line;
/// whether anything was.
pub fn give_up(lines: &mut Vec<Calliper>, slice: usize) -> bool {
    let is_meant = |line: &Calliper| line.slice == slice && line.awaits_end();
    let is_any = lines.iter().any(is_meant);
    lines.retain(|line| line.slice != slice || !line.is_begun_only());
    for line in lines.iter_mut().filter(|line| is_meant(line)) {
        *line = line.settled();
    }
    is_any
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
