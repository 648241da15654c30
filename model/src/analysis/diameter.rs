//! Longest diameter of a region and the longest chord perpendicular to it, the two
//! lengths radiologists measure (RECIST 1.1, doi:10.1016/j.ejca.2008.10.026; WHO 1979).
//!
//! A pixel counts with its extent: the region is the convex hull of the middles of its
//! pixels' four edges, as in scikit-image's `feret_diameter_max`. A single pixel is one
//! pixel wide. The hull is hand-written because imageproc's sort panics on duplicates.

use crate::finding::Segment;
use crate::order;
use crate::volume::PixelSpacing;

/// The two diameters of a region.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Diameters {
    /// The longest distance between two points of the region's hull.
    pub longest: Segment,
    /// The longest chord of the hull at right angles to `longest`.
    pub perpendicular: Segment,
}

/// A point in mm (row, col).
type Point = (f64, f64);

/// Measures a region of pixels (row, col); lengths are compared in mm. `None` if empty.
pub fn diameters(
    pixels: impl Iterator<Item = (usize, usize)>,
    spacing: PixelSpacing,
) -> Option<Diameters> {
    let hull = hull(pixels, spacing);
    let (from, to) = farthest(&hull)?;
    let perpendicular = perpendicular_chord(&hull, from, to)?;
    let pixel = |(row, col): Point| {
        (
            (row / f64::from(spacing.row_mm)) as f32,
            (col / f64::from(spacing.col_mm)) as f32,
        )
    };
    let segment = |(from, to): (Point, Point)| Segment {
        from: pixel(from),
        to: pixel(to),
    };
    Some(Diameters {
        longest: segment((from, to)),
        perpendicular: segment(perpendicular),
    })
}

/// Length of a segment in mm.
pub fn length_mm(segment: Segment, spacing: PixelSpacing) -> f32 {
    let rows = (segment.to.0 - segment.from.0) * spacing.row_mm;
    let cols = (segment.to.1 - segment.from.1) * spacing.col_mm;
    rows.hypot(cols)
}

/// Corners of the convex hull of the pixels' edge middles, in mm, in order around it
/// (Andrew's monotone chain, in exact half pixels).
fn hull(pixels: impl Iterator<Item = (usize, usize)>, spacing: PixelSpacing) -> Vec<Point> {
    // Between the first and the last pixel of a row none is at a corner.
    let mut ends: Vec<(i64, i64, i64)> = Vec::new();
    for (row, col) in pixels {
        let (r, c) = (2 * row as i64, 2 * col as i64);
        match ends.last_mut() {
            Some((of, first, last)) if *of == r => (*first, *last) = (c.min(*first), c.max(*last)),
            _ => ends.push((r, c, c)),
        }
    }
    let mut points: Vec<(i64, i64)> = Vec::new();
    for (r, first, last) in ends {
        for c in [first, last] {
            points.extend([(r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)]);
        }
    }
    order::sort_by_key(&mut points, |point| *point);
    points.dedup();
    let mut corners = half_hull(points.iter().copied());
    corners.pop();
    let mut back = half_hull(points.iter().rev().copied());
    back.pop();
    corners.append(&mut back);
    let row_mm = f64::from(spacing.row_mm) / 2.0;
    let col_mm = f64::from(spacing.col_mm) / 2.0;
    corners
        .iter()
        .map(|&(r, c)| (r as f64 * row_mm, c as f64 * col_mm))
        .collect()
}

/// One side of the hull of sorted points; of points sorted the other way round, the other side.
pub(super) fn half_hull(points: impl Iterator<Item = (i64, i64)>) -> Vec<(i64, i64)> {
    let mut side: Vec<(i64, i64)> = Vec::new();
    for p in points {
        while let [.., a, b] = side.as_slice() {
            if (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0) > 0 {
                break;
            }
            side.pop();
        }
        side.push(p);
    }
    side
}

/// The two corners farthest apart.
fn farthest(hull: &[Point]) -> Option<(Point, Point)> {
    let mut best: Option<(f64, Point, Point)> = None;
    for (i, &a) in hull.iter().enumerate() {
        for &b in hull.iter().skip(i + 1) {
            let length = (b.0 - a.0).hypot(b.1 - a.1);
            if best.is_none_or(|(most, ..)| length > most + 1e-9) {
                best = Some((length, a, b));
            }
        }
    }
    best.map(|(_, a, b)| (a, b))
}

/// The longest chord across the line `from`–`to`. The chord's length is concave along
/// that line and changes slope only at corners, so one corner lies on the longest.
fn perpendicular_chord(hull: &[Point], from: Point, to: Point) -> Option<(Point, Point)> {
    let length = (to.0 - from.0).hypot(to.1 - from.1);
    let along = ((to.0 - from.0) / length, (to.1 - from.1) / length);
    let position = |p: Point| (p.0 - from.0) * along.0 + (p.1 - from.1) * along.1;
    let across = |p: Point| (p.1 - from.1) * along.0 - (p.0 - from.0) * along.1;
    let mut best: Option<(f64, Point, Point)> = None;
    for &corner in hull {
        let at = position(corner);
        let mut ends: Option<(Point, Point)> = None;
        for (&a, &b) in hull.iter().zip(hull.iter().cycle().skip(1)) {
            let (start, end) = (position(a), position(b));
            if (start - at) * (end - at) > 0.0 {
                continue;
            }
            let share = if (end - start).abs() < 1e-12 {
                0.0
            } else {
                (at - start) / (end - start)
            };
            let point = (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share);
            let (low, high) = ends.get_or_insert((point, point));
            if across(point) < across(*low) {
                *low = point;
            }
            if across(point) > across(*high) {
                *high = point;
            }
        }
        if let Some((low, high)) = ends {
            let chord = across(high) - across(low);
            if best.is_none_or(|(most, ..)| chord > most + 1e-9) {
                best = Some((chord, low, high));
            }
        }
    }
    best.map(|(_, low, high)| (low, high))
}
