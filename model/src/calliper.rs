//! Lengths that the reader measures by hand: lines over a slice with the distance of their ends.

use serde::{Deserialize, Serialize};

use crate::volume::PixelSpacing;

/// A line over a slice, drawn from one point to another; both as (row, col) in the viewer's image
/// space. One that was only begun has both ends in one point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calliper {
    /// The slice it lies on.
    pub slice: usize,
    /// Where it was begun.
    pub from: (f64, f64),
    /// The end that follows the pointer.
    pub to: (f64, f64),
}

impl Calliper {
    /// Whether it has one end so far.
    pub fn is_begun_only(&self) -> bool {
        self.from == self.to
    }

    /// The other way round if its first end lies nearer to `point`.
    fn towards(self, point: (f64, f64)) -> Self {
        if apart(self.from, point) < apart(self.to, point) {
            Self {
                from: self.to,
                to: self.from,
                ..self
            }
        } else {
            self
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
    pub fn words(&self, spacing: Option<PixelSpacing>) -> String {
        match spacing {
            Some(mm) => format!("{:.1}\u{a0}mm", self.length_mm(mm)),
            None => format!("{:.1}\u{a0}px", self.length_px()),
        }
    }
}

/// A press at `point` of a slice: takes hold of the end of a line within `reach_px` image pixels,
/// else ends the line that was begun there last, else begins one. The line that is held is the last
/// one.
pub fn press(lines: &mut Vec<Calliper>, slice: usize, point: (f64, f64), reach_px: f64) {
    let held = lines
        .iter()
        .rposition(|line| line.slice == slice && apart(line.towards(point).to, point) <= reach_px);
    let begun = || {
        lines
            .iter()
            .rposition(|line| line.slice == slice && line.is_begun_only())
    };
    let line = match (held, begun()) {
        (Some(index), _) => lines.remove(index).towards(point),
        (None, Some(index)) => Calliper {
            to: point,
            ..lines.remove(index)
        },
        (None, None) => Calliper {
            slice,
            from: point,
            to: point,
        },
    };
    lines.push(line);
}

/// The end that is held follows the pointer.
pub fn drag(lines: &mut [Calliper], point: (f64, f64)) {
    if let Some(line) = lines.last_mut() {
        line.to = point;
    }
}

/// A press has ended. The line that it held is dropped if it is shorter than a pixel: it was a slip
/// of the hand. One that the press `has_begun` without moving waits for its other end.
pub fn release(lines: &mut Vec<Calliper>, has_begun: bool) {
    lines.pop_if(|line| !has_begun && line.length_px() < 1.0);
}

/// Takes away the line of a slice that was drawn or moved last.
pub fn remove_last(lines: &mut Vec<Calliper>, slice: usize) {
    if let Some(index) = lines.iter().rposition(|line| line.slice == slice) {
        lines.remove(index);
    }
}

fn apart(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REACH: f64 = 3.0;

    fn drawn(from: (f64, f64), to: (f64, f64)) -> Calliper {
        Calliper { slice: 4, from, to }
    }

    #[test]
    fn a_length_counts_rows_and_columns_by_their_own_spacing() {
        let line = drawn((10.0, 10.0), (13.0, 14.0));
        let spacing = PixelSpacing {
            row_mm: 2.0,
            col_mm: 2.0,
        };
        assert_eq!(line.words(Some(spacing)), "10.0\u{a0}mm");
        let tall = PixelSpacing {
            row_mm: 4.0,
            col_mm: 1.25,
        };
        assert_eq!(line.words(Some(tall)), "13.0\u{a0}mm", "12 down, 5 across");
        assert_eq!(line.words(None), "5.0\u{a0}px");
    }

    #[test]
    fn a_line_is_dragged_in_one_go() {
        let mut lines = Vec::new();
        press(&mut lines, 4, (10.0, 10.0), REACH);
        drag(&mut lines, (20.0, 10.0));
        drag(&mut lines, (40.0, 10.0));
        assert_eq!(lines, [drawn((10.0, 10.0), (40.0, 10.0))]);
    }

    #[test]
    fn two_clicks_do_the_same_without_dragging() {
        let mut lines = Vec::new();
        press(&mut lines, 4, (10.0, 10.0), REACH);
        press(&mut lines, 4, (40.0, 10.0), REACH);
        assert_eq!(lines, [drawn((10.0, 10.0), (40.0, 10.0))]);
        press(&mut lines, 4, (60.0, 60.0), REACH);
        assert_eq!(lines.len(), 2, "the first is done");
    }

    #[test]
    fn a_click_waits_for_its_other_end_and_a_double_click_leaves_nothing() {
        let mut lines = Vec::new();
        press(&mut lines, 4, (10.0, 10.0), REACH);
        release(&mut lines, true);
        assert_eq!(lines.len(), 1);
        press(&mut lines, 4, (10.0, 10.0), REACH);
        release(&mut lines, false);
        assert_eq!(lines, []);
    }

    #[test]
    fn a_drag_that_ends_where_it_started_leaves_nothing_and_any_other_its_line() {
        let kept = drawn((80.0, 80.0), (90.0, 80.0));
        let mut lines = vec![kept];
        for (end, left) in [((10.0, 10.9), 1), ((10.0, 12.0), 2)] {
            press(&mut lines, 4, (10.0, 10.0), REACH);
            drag(&mut lines, (40.0, 10.0));
            drag(&mut lines, end);
            release(&mut lines, false);
            assert_eq!(lines.len(), left);
        }
        assert_eq!(lines[0], kept);
    }

    #[test]
    fn either_end_can_be_moved_later() {
        let mut lines = vec![
            drawn((10.0, 10.0), (40.0, 10.0)),
            drawn((80.0, 80.0), (90.0, 80.0)),
        ];
        press(&mut lines, 4, (11.0, 11.0), REACH);
        drag(&mut lines, (12.0, 8.0));
        assert_eq!(lines[1], drawn((40.0, 10.0), (12.0, 8.0)));
        assert_eq!(lines[0], drawn((80.0, 80.0), (90.0, 80.0)));
    }

    #[test]
    fn lines_of_other_slices_are_left_alone() {
        let mut lines = vec![Calliper {
            slice: 5,
            ..drawn((10.0, 10.0), (10.0, 10.0))
        }];
        press(&mut lines, 4, (10.0, 10.0), REACH);
        drag(&mut lines, (30.0, 10.0));
        assert_eq!(lines.len(), 2);
        remove_last(&mut lines, 5);
        assert_eq!(lines, [drawn((10.0, 10.0), (30.0, 10.0))]);
        remove_last(&mut lines, 5);
        assert_eq!(lines.len(), 1);
    }
}
