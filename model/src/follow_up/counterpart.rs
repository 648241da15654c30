//! Which lesion of an analysis is which of another one of the same image.
//!
//! Both lie on one grid, so that slices can be compared by their numbers. Within a slice the server
//! knows places relative to the lung's box only, which a correction at the lung's edge moves a
//! little.

use std::collections::BTreeSet;

use super::conditions::{Conditions, Examination};
use super::matching::within_slice_mm;
use crate::saved::SavedLesion;

/// For each lesion of the analysis `before`, which lesion of the analysis `after` it is: one that
/// nobody has changed since, or else one that it lies in, or that lies in it. `None` where there is
/// none, or more than one.
pub fn counterparts(before: &Examination<'_>, after: &Examination<'_>) -> Vec<Option<usize>> {
    // Of other slices, the lung has another box.
    let is_box_alike = are_slices_alike(before.conditions, after.conditions);
    let spacing_mm = before.conditions.slice_spacing_mm;
    let lies_in =
        |a: &SavedLesion, b: &SavedLesion| is_box_alike && lies_in(a, b, spacing_mm) == Some(true);
    let mut found = vec![None; before.lesions.len()];
    pair_up(&mut found, before, after, is_unchanged);
    pair_up(&mut found, before, after, lies_in);
    found
}

/// Whether the same slices are segmented; of analyses of earlier releases, as many.
fn are_slices_alike(a: &Conditions, b: &Conditions) -> bool {
    let count = |it: &Conditions| it.extent.map(|it| it.segmented);
    let are_known = !a.segmented_runs.is_empty() && !b.segmented_runs.is_empty();
    count(a) == count(b) && (!are_known || a.segmented_runs == b.segmented_runs)
}

/// Adds the pairs of which neither lesion is in another one, among those that are not `found` yet.
fn pair_up(
    found: &mut [Option<usize>],
    before: &Examination<'_>,
    after: &Examination<'_>,
    is_one: impl Fn(&SavedLesion, &SavedLesion) -> bool,
) {
    let taken: BTreeSet<usize> = found.iter().copied().flatten().collect();
    let is_free: Vec<bool> = found.iter().map(Option::is_none).collect();
    let olds = || {
        let free = before.lesions.iter().zip(&is_free);
        free.filter_map(|(lesion, is_free)| is_free.then_some(lesion))
    };
    let news = || {
        let news = after.lesions.iter().enumerate();
        news.filter(|(index, _)| !taken.contains(index))
    };
    for (slot, old) in found.iter_mut().zip(before.lesions) {
        if slot.is_none()
            && let Some((index, new)) = only(news().filter(|(_, new)| is_one(old, new)))
            && only(olds().filter(|old| is_one(old, new))).is_some()
        {
            *slot = Some(index);
        }
    }
}

/// The one there is; `None` if there are more.
fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// Whether all figures are the same: of another outline, they would not be.
fn is_unchanged(a: &SavedLesion, b: &SavedLesion) -> bool {
    let figures = |it: &SavedLesion| {
        let mean = Some(it.mean_value);
        let sizes = [it.longest_mm, it.perpendicular_mm, it.area_mm2, mean];
        (it.key_slice, sizes.map(|size| size.map(f32::to_bits)))
    };
    figures(a) == figures(b)
}

/// A correction leaves no less than this part of a diameter; what is smaller is another lesion.
const LEAST_SHARE: f32 = 1.0 / 3.0;

/// Whether the middle of one is no farther from that of the other than half the diameter of the
/// larger one, and it is not much smaller. `None` where places or sizes are not known.
fn lies_in(a: &SavedLesion, b: &SavedLesion, slice_spacing_mm: Option<f32>) -> Option<bool> {
    let within_slice = within_slice_mm(a.place?, b.place?);
    let across_mm = match a.key_slice.abs_diff(b.key_slice) {
        0 => 0.0,
        slices => slices as f32 * slice_spacing_mm?,
    };
    let (a_mm, b_mm) = (a.longest_mm?, b.longest_mm?);
    let (smaller_mm, larger_mm) = (a_mm.min(b_mm), a_mm.max(b_mm));
    Some(smaller_mm >= LEAST_SHARE * larger_mm && within_slice.hypot(across_mm) <= larger_mm / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow_up::Extent;
    use crate::follow_up::matching::tests::lesion;

    fn of(segmented: usize) -> Conditions {
        Conditions {
            extent: Some(Extent {
                segmented,
                slices: 100,
                lung_mm: Some(260.0),
            }),
            slice_spacing_mm: Some(2.5),
            ..Conditions::default()
        }
    }

    /// A lesion of a diameter and a place from right to left, on a slice.
    fn at(longest_mm: f32, left: f32, key_slice: usize) -> SavedLesion {
        SavedLesion {
            key_slice,
            ..lesion(1, longest_mm, Some((left, 0.5, None)))
        }
    }

    fn found(before: &[SavedLesion], after: &[SavedLesion]) -> Vec<Option<usize>> {
        found_in((before, 100), (after, 100))
    }

    /// The same in analyses of so many slices.
    fn found_in(
        before: (&[SavedLesion], usize),
        after: (&[SavedLesion], usize),
    ) -> Vec<Option<usize>> {
        found_under((before.0, &of(before.1)), (after.0, &of(after.1)))
    }

    fn found_under(
        before: (&[SavedLesion], &Conditions),
        after: (&[SavedLesion], &Conditions),
    ) -> Vec<Option<usize>> {
        let [a, b] = [before, after].map(|(lesions, conditions)| Examination {
            lesions,
            conditions,
        });
        counterparts(&a, &b)
    }

    #[test]
    fn lesions_are_found_again_whatever_their_order() {
        let before = [at(20.0, 0.2, 40), at(8.0, 0.8, 60)];
        let after = [at(8.0, 0.8, 60), at(20.0, 0.2, 40)];
        assert_eq!(found(&before, &after), [Some(1), Some(0)]);
    }

    #[test]
    fn a_corrected_outline_is_the_one_that_it_lies_in() {
        // 290 mm are the width of the lung: 0.03 are 8.7 mm.
        let before = [at(20.0, 0.20, 40), at(8.0, 0.80, 60)];
        let after = [at(12.0, 0.23, 41), at(7.0, 0.83, 60)];
        assert_eq!(found(&before, &after), [Some(0), None]);
        assert_eq!(found(&after, &before), [Some(0), None]);
    }

    #[test]
    fn a_small_lesion_where_a_large_one_was_is_another() {
        // 14.5 mm apart.
        let (before, after) = ([at(40.0, 0.20, 40)], [at(6.0, 0.25, 40)]);
        assert_eq!(found(&before, &after), [None]);
        assert_eq!(found(&before, &[at(14.0, 0.25, 40)]), [Some(0)]);
    }

    #[test]
    fn what_lies_slices_away_is_another_lesion() {
        let before = [at(8.0, 0.2, 40)];
        assert_eq!(found(&before, &[at(9.0, 0.2, 41)]), [Some(0)]);
        assert_eq!(found(&before, &[at(9.0, 0.2, 42)]), [None]);
    }

    #[test]
    fn of_lesions_that_were_joined_or_parted_by_hand_nobody_knows_which_is_which() {
        let two = [at(10.0, 0.20, 40), at(10.0, 0.24, 40)];
        let one = [at(26.0, 0.22, 40)];
        assert_eq!(found(&two, &one), [None, None]);
        assert_eq!(found(&one, &two), [None]);
    }

    #[test]
    fn what_nobody_has_changed_is_the_same_beside_what_was_changed() {
        // The small one lies within half the diameter of the large one.
        let before = [at(40.0, 0.20, 40), at(6.0, 0.25, 40)];
        let after = [at(41.0, 0.20, 40), at(6.0, 0.25, 40)];
        assert_eq!(found(&before, &after), [Some(0), Some(1)]);
    }

    #[test]
    fn of_other_slices_places_tell_nothing_and_the_very_same_figures_do() {
        let (before, moved) = (at(20.0, 0.2, 40), at(20.0, 0.21, 40));
        let corrected = at(19.0, 0.2, 40);
        assert_eq!(
            found_in((std::slice::from_ref(&before), 1), (&[moved], 100)),
            [Some(0)]
        );
        assert_eq!(found_in((&[before], 1), (&[corrected], 100)), [None]);
    }

    /// At the same place in the box of the upper slices and in that of the lower ones, two lesions
    /// may lie far apart.
    #[test]
    fn as_many_other_slices_are_not_the_same_ones() {
        let run = |first| Conditions {
            segmented_runs: vec![(first, first + 9)],
            ..of(10)
        };
        let (upper, lower) = ([at(20.0, 0.2, 49)], [at(19.0, 0.2, 50)]);
        let found = |after: Conditions| found_under((&upper, &run(40)), (&lower, &after));
        assert_eq!(found(run(50)), [None]);
        assert_eq!(found(run(40)), [Some(0)]);
        assert_eq!(found(of(10)), [Some(0)], "of an earlier release");
    }

    #[test]
    fn without_a_lung_only_what_nobody_has_changed_is_found_again() {
        let bare = |longest_mm| lesion(1, longest_mm, None);
        assert_eq!(found(&[bare(9.0)], &[bare(9.0)]), [Some(0)]);
        assert_eq!(found(&[bare(9.0)], &[bare(9.5)]), [None]);
    }
}
