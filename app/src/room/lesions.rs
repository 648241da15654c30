//! Turning from lesion to lesion.

use leptos::prelude::*;
use model::finding::Lesion;
use model::finding::advice::size;
use model::order::sort_by;

use super::{Room, Selected};
use crate::engine::state::Desk;

impl Room {
    /// Selects the lesion's finding on its key slice.
    pub fn visit(&self, lesion: &Lesion) {
        self.visit_on(lesion.key_slice, lesion.number);
    }

    /// Selects what there is of a lesion on one of its slices.
    pub fn visit_on(&self, slice: usize, lesion: usize) {
        let index = self.desk.with_untracked(|d| {
            let findings = &d.open.results.get(&slice)?.findings;
            findings.iter().position(|it| it.lesion == lesion)
        });
        match index {
            Some(index) => self.select(Selected { slice, index }),
            None => self.turn_to(slice),
        }
    }

    /// Visits the lesion after the one that was selected last, or the one before it, and goes round
    /// at the ends.
    pub fn turn_to_lesion(&self, is_forward: bool) {
        let last = self.visited.get_value();
        let lesion = self.desk.with_untracked(|d| {
            let lesions = &d.open.summary.as_ref()?.lesions;
            next(lesions, last, is_forward).cloned()
        });
        if let Some(lesion) = lesion {
            self.visit(&lesion);
        }
    }
}

/// The lesion after that with the number `last`, which may be gone, or before it; lesions come in
/// the order of their numbers.
fn next(lesions: &[Lesion], last: usize, is_forward: bool) -> Option<&Lesion> {
    if is_forward {
        let after = lesions.iter().find(|it| it.number > last);
        after.or(lesions.first())
    } else {
        let before = lesions.iter().rfind(|it| it.number < last);
        before.or(lesions.last())
    }
}

/// The largest first, whose numbers tell nothing of that: they stay what they were when others came
/// or grew. Equally large ones by number.
pub fn largest_first(desk: &Desk) -> Vec<&Lesion> {
    let lesions = desk.open.summary.iter().flat_map(|it| &it.lesions);
    let mut sized: Vec<(f32, &Lesion)> = lesions.map(|it| (0.0, it)).collect();
    for finding in desk.open.results.values().flat_map(|it| &it.findings) {
        let place = sized.binary_search_by_key(&finding.lesion, |(_, it)| it.number);
        if let Some((largest, _)) = place.ok().and_then(|it| sized.get_mut(it)) {
            *largest = largest.max(size(finding));
        }
    }
    sort_by(&mut sized, |a, b| b.0.total_cmp(&a.0));
    sized.into_iter().map(|(_, it)| it).collect()
}

/// Where the largest finding is; `None` where nothing is marked.
pub fn largest(desk: &Desk) -> Option<Selected> {
    let mut largest = (0.0, None);
    for result in desk.open.results.values() {
        for (index, it) in result.findings.iter().enumerate() {
            if size(it) > largest.0 {
                let slice = result.slice;
                largest = (size(it), Some(Selected { slice, index }));
            }
        }
    }
    largest.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::state::tests::fixture::{finding, lesion, result};
    use model::finding::Finding;
    use model::protocol::Summary;

    #[test]
    fn lesions_follow_each_other_by_number_and_go_round() {
        let three = [1, 2, 5].map(lesion);
        let after = |last, is_forward| next(&three, last, is_forward).map(|it| it.number);
        assert_eq!(
            [0, 1, 2, 5].map(|it| after(it, true)),
            [1, 2, 5, 1].map(Some)
        );
        assert_eq!(
            [0, 1, 2, 5].map(|it| after(it, false)),
            [5, 5, 1, 2].map(Some)
        );
        // It was rejected.
        assert_eq!([after(3, true), after(3, false)], [Some(5), Some(2)]);
        assert!(next(&[], 1, true).is_none());
    }

    #[test]
    fn the_largest_is_that_of_the_largest_mean_diameter() {
        let sized = |slice, number, longest_px, perpendicular_px| Finding {
            longest_px,
            perpendicular_px,
            ..finding(slice, number)
        };
        let mut desk = Desk::default();
        assert_eq!(largest(&desk), None);
        for (slice, findings) in [
            (2, vec![sized(2, 1, 20.0, 5.0), sized(2, 2, 16.0, 14.0)]),
            (3, vec![sized(3, 3, 14.0, 14.0)]),
        ] {
            let mut result = result(1, slice);
            result.findings = findings;
            desk.open.results.insert(slice, result);
        }
        assert_eq!(largest(&desk), Some(Selected { slice: 2, index: 1 }));
    }

    #[test]
    fn lesions_come_by_their_largest_mean_diameter_in_mm_or_else_in_pixels() {
        let numbers = |mm_per_px: Option<f32>| {
            let sized = |slice, number, longest_px, perpendicular_px| Finding {
                longest_px,
                perpendicular_px,
                longest_mm: mm_per_px.map(|it| it * longest_px),
                perpendicular_mm: mm_per_px.map(|it| it * perpendicular_px),
                ..finding(slice, number)
            };
            let mut desk = Desk::default();
            desk.open.summary = Some(Summary {
                lesions: [1, 2, 4, 5, 7].map(lesion).into(),
                ..Summary::default()
            });
            for (slice, findings) in [
                (2, vec![sized(2, 1, 20.0, 5.0), sized(2, 2, 9.0, 9.0)]),
                (3, vec![sized(3, 4, 16.0, 14.0), sized(3, 2, 13.0, 13.0)]),
                // The last of them has no number yet.
                (4, vec![sized(4, 5, 13.0, 13.0), sized(4, 0, 40.0, 40.0)]),
            ] {
                let mut result = result(1, slice);
                result.findings = findings;
                desk.open.results.insert(slice, result);
            }
            let lesions = largest_first(&desk).into_iter();
            lesions.map(|it| it.number).collect::<Vec<_>>()
        };
        assert_eq!(numbers(Some(0.7)), [4, 2, 5, 1, 7]);
        assert_eq!(numbers(None), [4, 2, 5, 1, 7]);
    }
}
