//! Why a lesion is missing in an examination: nobody may take one that the reader rejected, or that
//! the scan does not show, for one that is new or gone.

use super::conditions::Examination;
use super::covered::is_covered;
use super::height::{Seen, may_be_outside};
use super::matching::{Sighting, Track, cost, is_open};
use super::pairing::{Said, Word};

/// Why a lesion is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// The reader rejected it, or something in its place.
    Rejected,
    /// Not all slices were segmented.
    Unsegmented,
    /// A lesion found there may be the same, but heights in the lung are not known.
    Unmatched,
    /// The reader has said that a lesion there is another one.
    Parted,
    /// The scan may not show its part of the lung.
    Uncovered,
    /// It was looked for, and not found.
    NotFound,
}

/// For each of the `tracks` through `visits`, which what the reader has `said` had a part in: the
/// examinations without it and why, oldest first.
pub fn absences(
    visits: &[Examination<'_>],
    tracks: &[Track],
    said: &Said,
) -> Vec<Vec<(usize, Absence)>> {
    let is_parted = |a: &Track, b: &Track| {
        let mut sightings = a.sightings.iter();
        sightings.any(|it| said.of(&b.sightings, *it) == Some(Word::Two))
    };
    let mut absences = vec![Vec::new(); tracks.len()];
    for (visit, here) in visits.iter().enumerate() {
        let nearest: Vec<_> = tracks.iter().map(|track| nearest(track, visit)).collect();
        let seen_of = |s: Sighting| visits.get(s.visit)?.seen(s.lesion);
        let seen: Vec<_> = nearest.iter().map(|it| seen_of((*it)?)).collect();
        let is_rejected = are_rejected(here, &seen);
        let others: Vec<(&Track, usize)> = tracks
            .iter()
            .filter_map(|track| Some((track, track.lesion_in(visit)?)))
            .collect();
        let of_tracks = tracks.iter().zip(&mut absences);
        let found = nearest.iter().zip(seen).zip(is_rejected);
        for (((nearest, seen), is_rejected), (missing, absences)) in found.zip(of_tracks) {
            let Some(nearest) = nearest.filter(|nearest| nearest.visit != visit) else {
                continue;
            };
            // What was followed into that examination is one of its other lesions.
            let may_be = |&(track, lesion): &(&Track, usize)| {
                let is_one = || {
                    seen.zip(here.seen(lesion))
                        .is_none_or(|(a, b)| is_open(a, b))
                };
                let is_elsewhere = || track.lesion_in(nearest.visit).is_none();
                is_elsewhere() && !is_parted(track, missing) && is_one()
            };
            let is_outside = |extent| {
                seen.is_some_and(|seen| may_be_outside(extent, seen))
                    && !is_covered(visits, tracks, nearest, visit)
            };
            let why = match here.conditions.extent {
                _ if is_rejected => Absence::Rejected,
                _ if others.iter().any(may_be) => Absence::Unmatched,
                _ if others.iter().any(|(track, _)| is_parted(track, missing)) => Absence::Parted,
                Some(extent) if extent.segmented < extent.slices => Absence::Unsegmented,
                Some(extent) if is_outside(extent) => Absence::Uncovered,
                _ => Absence::NotFound,
            };
            absences.push((visit, why));
        }
    }
    absences
}

/// Which of several lesions, as they are `seen` in other examinations, the reader has rejected in
/// this one: a rejected finding stands for the one lesion that it fits best, found here or not.
fn are_rejected(here: &Examination<'_>, seen: &[Option<Seen>]) -> Vec<bool> {
    let mut are_rejected = vec![false; seen.len()];
    for &rejected in &here.conditions.rejected {
        let costs = seen.iter().enumerate();
        let costs = costs.filter_map(|(at, seen)| Some((at, cost((*seen)?, here.at(rejected))?)));
        let best = costs.min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some(is_rejected) = best.and_then(|(at, _)| are_rejected.get_mut(at)) {
            *is_rejected = true;
        }
    }
    are_rejected
}

/// The sighting that is nearest in time.
fn nearest(track: &Track, visit: usize) -> Option<Sighting> {
    let sightings = track.sightings.iter().copied();
    sightings.min_by_key(|s| s.visit.abs_diff(visit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow_up::matching::tests::lesion;
    use crate::follow_up::{Conditions, Extent, Pairing, Spot, tracks};
    use crate::saved::{Place, SavedLesion};

    fn at(left: f32) -> SavedLesion {
        lesion(1, 9.0, Some((left, 0.5, Some(0.5))))
    }

    fn rejected(left: f32) -> Conditions {
        let place = Place {
            left,
            back: 0.5,
            up: Some(0.5),
        };
        Conditions {
            rejected: vec![Spot {
                place,
                longest_mm: Some(8.0),
            }],
            ..whole()
        }
    }

    fn extent(segmented: usize, slices: usize, lung_mm: f32) -> Conditions {
        Conditions {
            extent: Some(Extent {
                segmented,
                slices,
                lung_mm: Some(lung_mm),
            }),
            ..Conditions::default()
        }
    }

    fn whole() -> Conditions {
        extent(120, 120, 260.0)
    }

    fn found(visits: &[(&[SavedLesion], Conditions)]) -> Vec<Vec<(usize, Absence)>> {
        let examinations: Vec<_> = visits
            .iter()
            .map(|(lesions, conditions)| Examination {
                lesions,
                conditions,
            })
            .collect();
        absences(
            &examinations,
            &tracks(&examinations, &Said::default()),
            &Said::default(),
        )
    }

    #[test]
    fn a_lesion_that_was_rejected_before_is_not_new() {
        let seen = [at(0.3)];
        assert_eq!(
            found(&[(&[], rejected(0.32)), (&seen, whole()), (&[], whole())]),
            [[(0, Absence::Rejected), (2, Absence::NotFound)]]
        );
    }

    #[test]
    fn what_was_rejected_elsewhere_says_nothing() {
        let seen = [at(0.3)];
        assert_eq!(
            found(&[(&[], rejected(0.8)), (&seen, whole())]),
            [[(0, Absence::NotFound)]]
        );
    }

    #[test]
    fn of_two_neighbours_the_nearest_is_the_rejected_one() {
        let (both, one) = ([at(0.30), at(0.38)], [at(0.30)]);
        assert_eq!(
            found(&[
                (&both, whole()),
                (&[], rejected(0.37)),
                (&one, rejected(0.30))
            ]),
            [
                vec![(1, Absence::NotFound)],
                vec![(1, Absence::Rejected), (2, Absence::NotFound)]
            ],
            "and what is beside a lesion that is there belongs to that one"
        );
    }

    #[test]
    fn slices_that_were_not_segmented_and_scans_of_a_part_are_told_apart() {
        let seen = [at(0.3)];
        for (conditions, why) in [
            (extent(12, 120, 25.0), Absence::Unsegmented),
            (extent(40, 40, 100.0), Absence::Uncovered),
            (extent(1, 1, 2.5), Absence::Uncovered),
            (extent(100, 100, 240.0), Absence::NotFound),
            (Conditions::default(), Absence::NotFound),
        ] {
            assert_eq!(found(&[(&seen, whole()), (&[], conditions)]), [[(1, why)]]);
        }
    }

    #[test]
    fn a_part_of_as_many_slices_may_be_another_part() {
        let seen = [at(0.3)];
        let both = [
            (seen.as_slice(), extent(11, 11, 27.5)),
            ([].as_slice(), extent(9, 9, 22.5)),
        ];
        let [taller, lower] = &both;
        for (first, second) in [(taller, lower), (lower, taller)] {
            let (first, second) = (first.clone(), second.clone());
            let missing = usize::from(first.0.is_empty());
            let why = found(&[first, second]);
            assert_eq!(why, [[(1 - missing, Absence::Uncovered)]]);
        }
    }

    #[test]
    fn a_lesion_above_the_end_of_a_lower_scan_is_not_gone() {
        let at_the_top = [lesion(1, 9.0, Some((0.3, 0.5, Some(0.95))))];
        assert_eq!(
            found(&[(&at_the_top, whole()), (&[], extent(85, 85, 215.0))]),
            [[(1, Absence::Uncovered)]]
        );
    }

    #[test]
    fn what_cannot_be_told_apart_without_heights_is_neither_gone_nor_new() {
        let part = || extent(24, 24, 60.0);
        let stacked = |numbers: [usize; 2], diameters: [f32; 2]| {
            [0, 1].map(|i| {
                let up = Some(0.2 + 0.6 * i as f32);
                lesion(numbers[i], diameters[i], Some((0.3, 0.5, up)))
            })
        };
        let (first, second) = (stacked([1, 2], [10.0, 12.0]), stacked([1, 2], [12.0, 10.0]));
        for later in [part(), whole()] {
            assert_eq!(
                found(&[(&first, part()), (&second, later)]),
                [
                    [(1, Absence::Unmatched)],
                    [(1, Absence::Unmatched)],
                    [(0, Absence::Unmatched)],
                    [(0, Absence::Unmatched)]
                ]
            );
        }
    }

    #[test]
    fn what_the_reader_parted_is_not_perhaps_the_same() {
        let part = || extent(24, 24, 60.0);
        let (a, b) = ([at(0.3)], [lesion(1, 30.0, Some((0.3, 0.5, Some(0.5))))]);
        let (first, second) = (part(), part());
        let visits = [(&a, &first), (&b, &second)].map(|(lesions, conditions)| Examination {
            lesions,
            conditions,
        });
        let sightings = [0, 1].map(|visit| Sighting { visit, lesion: 0 });
        let why = |pairings: &[Pairing]| {
            let said = Said::new(pairings);
            let found = absences(&visits, &tracks(&visits, &said), &said);
            found
                .concat()
                .into_iter()
                .map(|(_, why)| why)
                .collect::<Vec<_>>()
        };
        assert_eq!(why(&[]), [Absence::Unmatched; 2]);
        let parted = Pairing {
            sightings,
            is_one: false,
        };
        assert_eq!(why(&[parted]), [Absence::Parted; 2]);
    }

    #[test]
    fn the_neighbour_of_a_lesion_that_was_followed_is_not_that_lesion() {
        let part = || extent(24, 24, 60.0);
        let (both, one) = ([at(0.3), at(0.4)], [at(0.3)]);
        assert_eq!(
            found(&[(&both, part()), (&one, part())]),
            [vec![], vec![(1, Absence::Uncovered)]]
        );
    }

    #[test]
    fn what_is_new_between_lesions_of_two_parts_was_not_there_before() {
        let part = |spacing| Conditions {
            slice_spacing_mm: spacing,
            ..extent(9, 9, 22.5)
        };
        let (before, later) = ([at(0.2), at(0.5)], [at(0.2), at(0.5), at(0.8)]);
        for (spacing, why) in [(Some(2.5), Absence::NotFound), (None, Absence::Uncovered)] {
            let (first, second) = (part(spacing), part(spacing));
            let found = found(&[(&before, first), (&later, second)]);
            assert_eq!(found, [vec![], vec![], vec![(0, why)]]);
        }
    }

    #[test]
    fn what_only_a_part_shows_is_new_to_a_whole_lung_without_any_like_it() {
        let (left, right) = ([at(0.2)], [at(0.8)]);
        assert_eq!(
            found(&[(&right, whole()), (&left, extent(24, 24, 60.0))]),
            [[(1, Absence::Uncovered)], [(0, Absence::NotFound)]]
        );
    }

    #[test]
    fn without_a_lung_lesions_cannot_be_matched() {
        let anywhere = [lesion(1, 9.0, None)];
        assert_eq!(
            found(&[(&anywhere, whole()), (&anywhere, whole())]),
            [[(1, Absence::Unmatched)], [(0, Absence::Unmatched)]]
        );
    }
}
