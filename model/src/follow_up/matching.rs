//! Which lesion of one examination is which of another.
//!
//! Places are compared in millimetres of a lung of usual size, because places are kept
//! relative to the lung's box and no two scans have the same box. A pair costs the
//! square of its distance plus the square of its difference in size, each over what is
//! usual; cheapest pairs are taken first.

use crate::order;
use crate::saved::{Place, SavedLesion};

use super::conditions::Spot;

/// Edges of the box around both lungs of an adult, mm: right to left, front to back, feet
/// to head. Only the order of magnitude matters.
const LUNG_MM: (f32, f32, f32) = (290.0, 190.0, 260.0);

/// Farther apart than this, two sightings are not one lesion.
const REACH_MM: f32 = 35.0;

/// How far apart sightings of one lesion usually are: breath and position.
const USUAL_MM: f32 = 15.0;

/// Factor between diameters that counts as much as [`USUAL_MM`].
const USUAL_FACTOR: f32 = 2.0;

/// Four times the diameter within one interval is another lesion.
const LARGEST_FACTOR: f32 = 4.0;

/// A lesion in one examination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// Index of the examination.
    pub visit: usize,
    /// Index of the lesion in it.
    pub lesion: usize,
}

/// One lesion over all examinations in which it was found; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// Where it was found, in the order of the examinations.
    pub sightings: Vec<Sighting>,
}

/// Follows the lesions of `visits`, which are in the order of time. A lesion that is missing
/// in one examination is looked for again in the next. Every lesion belongs to exactly one
/// track; tracks are in the order in which they begin.
pub fn tracks(visits: &[&[SavedLesion]]) -> Vec<Track> {
    let mut tracks: Vec<Track> = Vec::new();
    for (visit, lesions) in visits.iter().enumerate() {
        let mut pairs = Vec::new();
        for (t, track) in tracks.iter().enumerate() {
            let last = track
                .sightings
                .last()
                .and_then(|s| Spot::of(visits.get(s.visit)?.get(s.lesion)?));
            for (l, lesion) in lesions.iter().enumerate() {
                let cost = last.zip(Spot::of(lesion)).and_then(|(a, b)| cost(a, b));
                pairs.extend(cost.map(|c| (c, t, l)));
            }
        }
        order::sort_by(&mut pairs, |a, b| {
            a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2)))
        });
        let mut track_of = vec![None; lesions.len()];
        let mut is_taken = vec![false; tracks.len()];
        for (_, t, l) in pairs {
            if let (Some(taken), Some(track @ None)) = (is_taken.get_mut(t), track_of.get_mut(l))
                && !*taken
            {
                *taken = true;
                *track = Some(t);
            }
        }
        for (lesion, track) in track_of.into_iter().enumerate() {
            let sighting = Sighting { visit, lesion };
            match track.and_then(|t| tracks.get_mut(t)) {
                Some(track) => track.sightings.push(sighting),
                None => tracks.push(Track {
                    sightings: vec![sighting],
                }),
            }
        }
    }
    tracks
}

/// What it costs to take two sightings for one lesion; `None` if they cannot be.
pub(super) fn cost(a: Spot, b: Spot) -> Option<f32> {
    let distance = distance_mm(a.place, b.place);
    let factor = match (a.longest_mm, b.longest_mm) {
        (Some(a), Some(b)) if a > 0.0 && b > 0.0 => (b / a).ln().abs(),
        // In pixels of unknown size nothing is known about growth.
        _ => 0.0,
    };
    let is_possible = distance <= REACH_MM && factor <= LARGEST_FACTOR.ln();
    is_possible.then(|| (distance / USUAL_MM).powi(2) + (factor / USUAL_FACTOR.ln()).powi(2))
}

/// Distance of two places; without height (single slices) within the slice.
fn distance_mm(a: Place, b: Place) -> f32 {
    let up = a.up.zip(b.up).map_or(0.0, |(a, b)| (a - b) * LUNG_MM.2);
    let (left, back) = ((a.left - b.left) * LUNG_MM.0, (a.back - b.back) * LUNG_MM.1);
    (left * left + back * back + up * up).sqrt()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A lesion with its number, diameter and place (left, back, up).
    pub(in crate::follow_up) fn lesion(
        number: usize,
        longest_mm: f32,
        place: Option<(f32, f32, Option<f32>)>,
    ) -> SavedLesion {
        SavedLesion {
            number,
            key_slice: 0,
            longest_mm: Some(longest_mm),
            perpendicular_mm: None,
            area_mm2: None,
            volume_ml: None,
            mean_value: 0.0,
            confidence: 0.5,
            place: place.map(|(left, back, up)| Place { left, back, up }),
        }
    }

    fn at(number: usize, longest_mm: f32, left: f32, back: f32, up: f32) -> SavedLesion {
        lesion(number, longest_mm, Some((left, back, Some(up))))
    }

    /// Tracks as (visit, lesion) pairs.
    fn found(visits: &[&[SavedLesion]]) -> Vec<Vec<(usize, usize)>> {
        tracks(visits)
            .into_iter()
            .map(|t| t.sightings.iter().map(|s| (s.visit, s.lesion)).collect())
            .collect()
    }

    #[test]
    fn lesions_keep_their_identity_when_their_order_changes() {
        let first = [at(1, 12.0, 0.2, 0.4, 0.7), at(2, 8.0, 0.8, 0.5, 0.3)];
        // The second one has outgrown the first; both moved a little.
        let second = [at(1, 15.0, 0.81, 0.52, 0.32), at(2, 12.5, 0.21, 0.38, 0.71)];
        assert_eq!(
            found(&[&first, &second]),
            [vec![(0, 0), (1, 1)], vec![(0, 1), (1, 0)]]
        );
    }

    #[test]
    fn the_other_lung_is_another_lesion() {
        let (first, second) = ([at(1, 9.0, 0.2, 0.5, 0.5)], [at(1, 9.0, 0.8, 0.5, 0.5)]);
        assert_eq!(found(&[&first, &second]), [vec![(0, 0)], vec![(1, 0)]]);
    }

    #[test]
    fn a_lesion_that_was_missed_once_is_found_again() {
        let seen = [at(1, 9.0, 0.3, 0.5, 0.5)];
        assert_eq!(found(&[&seen, &[], &seen]), [vec![(0, 0), (2, 0)]]);
    }

    #[test]
    fn of_two_neighbours_each_finds_its_own() {
        let first = [at(1, 10.0, 0.30, 0.5, 0.5), at(2, 10.0, 0.36, 0.5, 0.5)];
        let second = [at(1, 10.0, 0.37, 0.5, 0.5), at(2, 10.0, 0.31, 0.5, 0.5)];
        assert_eq!(
            found(&[&first, &second]),
            [vec![(0, 0), (1, 1)], vec![(0, 1), (1, 0)]]
        );
    }

    #[test]
    fn size_decides_where_place_does_not() {
        let first = [at(1, 20.0, 0.3, 0.5, 0.5), at(2, 6.0, 0.3, 0.54, 0.5)];
        let second = [at(1, 21.0, 0.3, 0.52, 0.5), at(2, 6.0, 0.3, 0.52, 0.5)];
        assert_eq!(
            found(&[&first, &second]),
            [vec![(0, 0), (1, 0)], vec![(0, 1), (1, 1)]]
        );
    }

    #[test]
    fn five_times_the_size_is_another_lesion() {
        let (first, second) = ([at(1, 6.0, 0.3, 0.5, 0.5)], [at(1, 30.0, 0.3, 0.5, 0.5)]);
        assert_eq!(found(&[&first, &second]).len(), 2);
    }

    #[test]
    fn single_slices_are_compared_within_the_slice() {
        let (first, second) = (
            [lesion(1, 9.0, Some((0.3, 0.5, None)))],
            [lesion(1, 9.5, Some((0.32, 0.5, Some(0.9))))],
        );
        assert_eq!(found(&[&first, &second]), [vec![(0, 0), (1, 0)]]);
    }

    #[test]
    fn without_a_lung_there_is_no_place_and_no_match() {
        let first = [lesion(1, 9.0, None)];
        assert_eq!(found(&[&first, &first]), [vec![(0, 0)], vec![(1, 0)]]);
    }

    #[test]
    fn every_lesion_is_in_exactly_one_track() {
        let visit: Vec<SavedLesion> = (0..20)
            .map(|i| at(i, 8.0, 0.05 * i as f32, 0.5, 0.5))
            .collect();
        let found = found(&[&visit, &visit, &visit]);
        assert_eq!(found.len(), 20);
        assert!(found.iter().all(|track| track.len() == 3));
    }
}
