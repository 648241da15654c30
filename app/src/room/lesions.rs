//! Turning from lesion to lesion.

use leptos::prelude::*;
use model::finding::Lesion;
use model::finding::advice::mean_diameter_mm;

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

/// Where the largest mean diameter is; `None` where nothing is marked.
pub fn largest(desk: &Desk) -> Option<Selected> {
    let mut largest = (0.0, None);
    for result in desk.open.results.values() {
        for (index, it) in result.findings.iter().enumerate() {
            let mean_px = || f32::midpoint(it.longest_px, it.perpendicular_px);
            let size = mean_diameter_mm(it).unwrap_or_else(mean_px);
            if size > largest.0 {
                let slice = result.slice;
                largest = (size, Some(Selected { slice, index }));
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
}
