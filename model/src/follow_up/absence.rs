//! Why a lesion is missing in an examination: nobody may take one that the reader rejected, or that the
//! scan does not show, for one that is new or gone.

use super::conditions::{Conditions, Extent, Spot};
use super::matching::{Track, cost};
use crate::saved::SavedLesion;

/// A scan with less than this share of another one's lung shows a part of it. Both are taken at full
/// breath, or nearly so, where the height of a lung differs less.
const WHOLE_LUNG: f32 = 0.75;

/// Why a lesion is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// The reader rejected it, or something in its place.
    Rejected,
    /// Not all slices were segmented.
    Unsegmented,
    /// The scan shows less of the lung than the one with the lesion.
    Uncovered,
    /// It was looked for, and not found.
    NotFound,
}

/// One examination, as far as it says why something is missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Examination<'a> {
    /// Its lesions.
    pub lesions: &'a [SavedLesion],
    /// How it was made.
    pub conditions: &'a Conditions,
}

/// For each of the `tracks` through `visits`: the examinations without it and why, oldest first.
pub fn absences(visits: &[Examination<'_>], tracks: &[Track]) -> Vec<Vec<(usize, Absence)>> {
    let mut absences = vec![Vec::new(); tracks.len()];
    for (visit, examination) in visits.iter().enumerate() {
        let nearest: Vec<_> = tracks.iter().map(|track| nearest(track, visit)).collect();
        let spot_of =
            |&(seen, lesion): &(usize, usize)| Spot::of(visits.get(seen)?.lesions.get(lesion)?);
        let mut is_rejected = vec![false; tracks.len()];
        for rejected in &examination.conditions.rejected {
            // A rejected finding stands for the one lesion that it fits best, found here or not.
            let costs = nearest.iter().enumerate().filter_map(|(track, seen)| {
                Some((track, cost(spot_of(seen.as_ref()?)?, *rejected)?))
            });
            let best = costs.min_by(|a, b| a.1.total_cmp(&b.1));
            if let Some(is_rejected) = best.and_then(|(track, _)| is_rejected.get_mut(track)) {
                *is_rejected = true;
            }
        }
        for ((seen, is_rejected), absences) in nearest.iter().zip(is_rejected).zip(&mut absences) {
            let Some((seen, _)) = seen.filter(|&(seen, _)| seen != visit) else {
                continue;
            };
            let extent = |visit: usize| visits.get(visit)?.conditions.extent;
            let why = match extent(visit) {
                _ if is_rejected => Absence::Rejected,
                Some(here) if here.segmented < here.slices => Absence::Unsegmented,
                Some(here) if extent(seen).is_some_and(|there| shows_less(here, there)) => {
                    Absence::Uncovered
                }
                _ => Absence::NotFound,
            };
            absences.push((visit, why));
        }
    }
    absences
}

/// The sighting that is nearest in time, as examination and lesion.
fn nearest(track: &Track, visit: usize) -> Option<(usize, usize)> {
    let sightings = track.sightings.iter();
    let nearest = sightings.min_by_key(|s| s.visit.abs_diff(visit))?;
    Some((nearest.visit, nearest.lesion))
}

fn shows_less(here: Extent, there: Extent) -> bool {
    let is_low = |(here, there): (f32, f32)| here < WHOLE_LUNG * there;
    (here.slices == 1 && there.slices > 1) || here.lung_mm.zip(there.lung_mm).is_some_and(is_low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow_up::matching::tests::lesion;
    use crate::follow_up::tracks;
    use crate::saved::Place;

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
        let lesions: Vec<&[SavedLesion]> = visits.iter().map(|v| v.0).collect();
        absences(&examinations, &tracks(&lesions))
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
            (extent(1, 1, 260.0), Absence::Uncovered),
            (extent(100, 100, 240.0), Absence::NotFound),
            (Conditions::default(), Absence::NotFound),
        ] {
            assert_eq!(found(&[(&seen, whole()), (&[], conditions)]), [[(1, why)]]);
        }
    }
}
