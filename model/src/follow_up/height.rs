//! How much of the lung examinations show, and what that says of where lesions lie from feet to
//! head.
//!
//! Heights are kept as shares of the lung that is shown, so they can be compared only where both
//! scans show all of it. Of a part nobody knows from which height it is. Positions of slices would
//! not say so either: they begin anew with every positioning on the table.

use super::conditions::{Extent, Spot};

/// Height of the box around both lungs of an adult, mm. Only the order of magnitude matters.
const LUNG_MM: f32 = 260.0;

/// A scan with less lung than this shows a part of it: the lungs of few adults are as low. An
/// assumption, on the safe side: between parts, less is said.
const LEAST_WHOLE_MM: f32 = 150.0;

/// A scan with less than this share of another one's lung shows a part of it. Both are taken at
/// full breath, or nearly so, where the height of a lung differs less.
const WHOLE_LUNG: f32 = 0.75;

/// A lesion, or a rejected finding, with how much its examination shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) spot: Spot,
    pub(super) extent: Option<Extent>,
}

/// How far apart two lesions are from feet to head.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gap {
    /// At least so far, mm.
    pub(super) least_mm: f32,
    /// Whether it is that, and not perhaps more.
    pub(super) is_known: bool,
}

impl Seen {
    /// How far apart this and `other` are from feet to head.
    pub(super) fn gap(self, other: Self) -> Gap {
        let unknown = Gap {
            least_mm: 0.0,
            is_known: false,
        };
        let (Some(a), Some(b)) = (self.height(), other.height()) else {
            return unknown;
        };
        let (part, whole) = if a.1 <= b.1 { (a, b) } else { (b, a) };
        if whole.1 < LEAST_WHOLE_MM {
            return unknown;
        }
        if part.1 >= LEAST_WHOLE_MM.max(WHOLE_LUNG * whole.1) {
            return Gap {
                least_mm: (part.0 - whole.0).abs() * LUNG_MM,
                is_known: true,
            };
        }
        // The part begins somewhere between the lower end of the whole and this much above it.
        let room = whole.1 - part.1;
        let start = whole.0 * whole.1 - part.0 * part.1;
        Gap {
            least_mm: (-start).max(start - room).max(0.0),
            is_known: false,
        }
    }

    /// Height as a share of the lung that is shown, and how much that is, mm.
    fn height(self) -> Option<(f32, f32)> {
        // Examinations of releases that did not keep it are taken for whole ones, as most are.
        let lung_mm = self.extent.map_or(Some(LUNG_MM), |extent| extent.lung_mm);
        self.spot.place.up.zip(lung_mm)
    }
}

/// Whether an examination of `here` may not show what was `seen` in another one.
pub(super) fn may_be_outside(here: Extent, seen: Seen) -> bool {
    let Some(lung_mm) = here.lung_mm.filter(|&mm| mm >= LEAST_WHOLE_MM) else {
        return true;
    };
    let Some(there_mm) = seen.extent.and_then(|there| there.lung_mm) else {
        return false;
    };
    // What is missing may be missing at either end.
    let missing_mm = there_mm - lung_mm;
    let is_at_end = |up: f32| up.min(1.0 - up) * there_mm < missing_mm;
    lung_mm < WHOLE_LUNG * there_mm || seen.spot.place.up.is_some_and(is_at_end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saved::Place;

    fn seen(up: Option<f32>, lung_mm: f32) -> Seen {
        Seen {
            spot: Spot {
                place: Place {
                    left: 0.3,
                    back: 0.5,
                    up,
                },
                longest_mm: None,
            },
            extent: Some(extent(lung_mm)),
        }
    }

    fn extent(lung_mm: f32) -> Extent {
        Extent {
            segmented: 100,
            slices: 100,
            lung_mm: Some(lung_mm),
        }
    }

    #[test]
    fn heights_in_whole_lungs_are_compared_whatever_the_breath() {
        let gap = seen(Some(0.5), 260.0).gap(seen(Some(0.5), 220.0));
        assert_eq!((gap.least_mm, gap.is_known), (0.0, true));
        let gap = seen(Some(0.5), 260.0).gap(seen(Some(0.6), 260.0));
        assert!(gap.is_known && (gap.least_mm - 26.0).abs() < 0.01);
    }

    #[test]
    fn of_parts_and_of_single_slices_no_height_is_known() {
        let low = seen(Some(0.1), 7.5);
        for other in [
            seen(Some(0.9), 7.5),
            seen(Some(0.9), 260.0),
            seen(None, 260.0),
        ] {
            for gap in [low.gap(other), other.gap(low)] {
                assert_eq!((gap.least_mm < 30.0, gap.is_known), (true, false));
            }
        }
    }

    #[test]
    fn a_part_cannot_reach_out_of_the_whole() {
        // 126 mm above the lower end of a part, and 13 mm above that of the whole lung.
        let gap = seen(Some(0.9), 140.0).gap(seen(Some(0.05), 260.0));
        assert!((gap.least_mm - 113.0).abs() < 0.01 && !gap.is_known);
    }

    #[test]
    fn what_lies_at_an_end_may_be_cut_off_by_a_scan_that_shows_a_little_less() {
        for (up, here_mm, is_outside) in [
            (0.5, 210.0, false),
            (0.1, 210.0, true),
            (0.9, 210.0, true),
            (0.1, 260.0, false),
            (0.5, 180.0, true),
            (0.5, 20.0, true),
        ] {
            let found = may_be_outside(extent(here_mm), seen(Some(up), 260.0));
            assert_eq!(found, is_outside, "{up} in {here_mm} mm");
        }
    }
}
