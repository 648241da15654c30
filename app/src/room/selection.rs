//! A slice can come again with other findings: when the slices beside it are known, with other
//! settings, or because one was rejected. Then the highlight stays on the finding that it was on.

use model::finding::Finding;

/// The place in `now` of the finding that was `before`: the one with the nearest centre, if that is
/// within half the longer of both longest diameters. Regions of a slice do not overlap, so one that
/// has grown or shrunk is nearer to itself than to others.
pub(super) fn follow(before: &Finding, now: &[Finding]) -> Option<usize> {
    let distance_px = |finding: &Finding| {
        let (row, column) = (
            finding.centre.0 - before.centre.0,
            finding.centre.1 - before.centre.1,
        );
        row.hypot(column)
    };
    now.iter()
        .enumerate()
        .map(|(at, finding)| (at, distance_px(finding), finding.longest_px))
        .filter(|&(_, distance, longest)| distance <= longest.max(before.longest_px) / 2.0)
        .min_by(|(_, a, _), (_, b, _)| a.total_cmp(b))
        .map(|(at, ..)| at)
}

#[cfg(test)]
mod tests {
    use model::finding::Segment;

    use super::*;

    fn at(row: f32, column: f32, longest_px: f32) -> Finding {
        let point = Segment {
            from: (row, column),
            to: (row, column),
        };
        Finding {
            slice: 3,
            lesion: 1,
            area_px: 9,
            area_mm2: None,
            longest: point,
            longest_mm: None,
            longest_px,
            perpendicular: point,
            perpendicular_mm: None,
            perpendicular_px: longest_px,
            mean_value: 0.0,
            confidence: 0.8,
            centre: (row, column),
        }
    }

    #[test]
    fn a_finding_is_followed_to_another_place_in_the_list() {
        let before = at(40.0, 50.0, 8.0);
        let now = [at(100.0, 20.0, 30.0), at(41.5, 50.5, 11.0)];
        assert_eq!(follow(&before, &now), Some(1));
    }

    #[test]
    fn a_neighbour_does_not_take_the_place_of_one_that_is_gone() {
        let before = at(40.0, 50.0, 8.0);
        let now = [at(40.0, 62.0, 10.0)];
        assert_eq!(follow(&before, &now), None);
        assert_eq!(follow(&before, &[]), None);
    }

    #[test]
    fn of_two_pieces_the_nearer_one_is_kept() {
        let before = at(40.0, 50.0, 20.0);
        let now = [at(40.0, 58.0, 6.0), at(40.0, 47.0, 9.0)];
        assert_eq!(follow(&before, &now), Some(1));
    }
}
