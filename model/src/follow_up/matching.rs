//! Which lesion of one examination is which of another.
//!
//! Places are compared in millimetres of a lung of usual size, because places are kept relative to
//! the lung's box and no two scans have the same box. A pair costs the square of its distance plus
//! the square of its difference in size, each over what is usual; cheapest pairs are taken first.
//! Where heights cannot be compared ([`super::height`]), a pair must be closer, and without a
//! rival: growth of what is not one lesion is worse than none. What the reader says of two lesions
//! comes before all of this ([`Said`]).

use crate::order;
use crate::saved::Place;

use super::conditions::Examination;
use super::height::Seen;
use super::pairing::{Said, Word};

/// Edges of the box around both lungs of an adult, mm: right to left, front to back. Only the order
/// of magnitude matters.
const LUNG_MM: (f32, f32) = (290.0, 190.0);

/// Farther apart than this, two sightings are not one lesion.
const REACH_MM: f32 = 35.0;

/// How far apart sightings of one lesion usually are: breath and position.
const USUAL_MM: f32 = 15.0;

/// Factor between diameters that counts as much as [`USUAL_MM`].
const USUAL_FACTOR: f32 = 2.0;

/// Four times the diameter within one interval is another lesion.
const LARGEST_FACTOR: f32 = 4.0;

/// Without heights a pair costs no more than this: distance and difference in size are usual.
const MOST_WITHOUT_HEIGHT: f32 = 2.0;

/// Without heights a pair is taken only if any other costs so much more: half of the usual
/// distance.
const LEAST_LEAD: f32 = 0.25;

/// What the reader joins is taken before all else.
const FREE: f32 = -1.0;

/// A lesion in one examination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Whether any of them were taken for one lesion without knowing their heights.
    pub lacks_height: bool,
}

impl Track {
    /// Which lesion of an examination it is.
    pub(super) fn lesion_in(&self, visit: usize) -> Option<usize> {
        let found = self.sightings.binary_search_by_key(&visit, |s| s.visit);
        Some(self.sightings.get(found.ok()?)?.lesion)
    }
}

/// A lesion of an examination that may be one of a track.
#[derive(Debug, Clone, Copy)]
struct Pair {
    cost: f32,
    track: usize,
    lesion: usize,
    is_height_known: bool,
}

/// Follows the lesions of `visits`, which are in the order of time, as the reader has `said` and
/// else by place and size. A lesion that is missing in one examination is looked for again in the
/// next. Every lesion belongs to exactly one track; tracks are in the order in which they begin.
pub fn tracks(visits: &[Examination<'_>], said: &Said) -> Vec<Track> {
    let mut tracks: Vec<Track> = Vec::new();
    for (visit, here) in visits.iter().enumerate() {
        let word = |track: &Track, lesion| said.of(&track.sightings, Sighting { visit, lesion });
        let pairs = pairs(visits, &tracks, here, word);
        let mut pair_of = vec![None; here.lesions.len()];
        let mut is_taken = vec![false; tracks.len()];
        for pair in pairs {
            if let (Some(taken), Some(free @ None)) =
                (is_taken.get_mut(pair.track), pair_of.get_mut(pair.lesion))
                && !*taken
            {
                *taken = true;
                *free = Some(pair);
            }
        }
        for (lesion, pair) in pair_of.into_iter().enumerate() {
            let sighting = Sighting { visit, lesion };
            match pair.and_then(|pair| Some((pair, tracks.get_mut(pair.track)?))) {
                Some((pair, track)) => {
                    track.sightings.push(sighting);
                    track.lacks_height |= !pair.is_height_known;
                }
                None => tracks.push(Track {
                    sightings: vec![sighting],
                    lacks_height: false,
                }),
            }
        }
    }
    tracks
}

/// What may be one lesion, cheapest first; `word` is what the reader says of a track and a lesion.
fn pairs(
    visits: &[Examination<'_>],
    tracks: &[Track],
    here: &Examination<'_>,
    word: impl Fn(&Track, usize) -> Option<Word>,
) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (track, followed) in tracks.iter().enumerate() {
        let before = reference(visits, followed, here);
        for lesion in 0..here.lesions.len() {
            let both = before.zip(here.seen(lesion));
            let by_place = || both.and_then(|(before, now)| cost(before, now));
            let (cost, is_height_known) = match word(followed, lesion) {
                Some(Word::One) => (Some(FREE), true),
                Some(Word::Two) => (None, true),
                None => (by_place(), both.is_some_and(|(a, b)| a.gap(b).is_known)),
            };
            pairs.extend(cost.map(|cost| Pair {
                cost,
                track,
                lesion,
                is_height_known,
            }));
        }
    }
    order::sort_by(&mut pairs, |a, b| {
        let places = (a.track, a.lesion).cmp(&(b.track, b.lesion));
        a.cost.total_cmp(&b.cost).then(places)
    });
    let mut of_track = vec![[f32::INFINITY; 2]; tracks.len()];
    let mut of_lesion = vec![[f32::INFINITY; 2]; here.lesions.len()];
    for pair in &pairs {
        let cheapest = [of_track.get_mut(pair.track), of_lesion.get_mut(pair.lesion)];
        for [first, second] in cheapest.into_iter().flatten() {
            if first.is_infinite() {
                *first = pair.cost;
            } else if second.is_infinite() {
                *second = pair.cost;
            }
        }
    }
    // One without heights is kept only where it is clearly the best of both its lesions.
    pairs.retain(|pair| {
        let cheapest = [of_track.get(pair.track), of_lesion.get(pair.lesion)];
        let mut rivals = cheapest.into_iter().flatten();
        pair.is_height_known
            || rivals.all(|[first, second]| pair.cost <= *first && second - pair.cost >= LEAST_LEAD)
    });
    pairs
}

/// The sighting of a track by which it is looked for `here`: the last one with a height that can be
/// compared, or the last one.
fn reference(visits: &[Examination<'_>], track: &Track, here: &Examination<'_>) -> Option<Seen> {
    // Either all lesions of an examination have a height, or none.
    let now = here.seen(0)?;
    let seen = |sighting: &Sighting| visits.get(sighting.visit)?.seen(sighting.lesion);
    let mut newest_first = track.sightings.iter().rev().filter_map(seen);
    let has_height = |before: &Seen| before.gap(now).is_known;
    let last = track.sightings.last().and_then(seen);
    newest_first.find(has_height).or(last)
}

/// What it costs to take two sightings for one lesion; `None` if they cannot be.
pub(super) fn cost(a: Seen, b: Seen) -> Option<f32> {
    let gap = a.gap(b);
    let distance = within_slice_mm(a.spot.place, b.spot.place).hypot(gap.least_mm);
    let factor = size_factor(a, b);
    let cost = (distance / USUAL_MM).powi(2) + (factor.ln() / USUAL_FACTOR.ln()).powi(2);
    let is_possible = distance <= REACH_MM
        && factor <= LARGEST_FACTOR
        && (gap.is_known || cost <= MOST_WITHOUT_HEIGHT);
    is_possible.then_some(cost)
}

/// Whether nobody can tell that two lesions, which were not matched, are not one. Boxes of parts of
/// the lung are of unlike width, so that places in them may lie twice as far apart.
pub(super) fn is_open(a: Seen, b: Seen) -> bool {
    let gap = a.gap(b);
    !gap.is_known
        && gap.least_mm <= REACH_MM
        && within_slice_mm(a.spot.place, b.spot.place) <= 2.0 * REACH_MM
        && size_factor(a, b) <= LARGEST_FACTOR
}

/// Longer through shorter diameter; 1 where one is not known.
fn size_factor(a: Seen, b: Seen) -> f32 {
    match (a.spot.longest_mm, b.spot.longest_mm) {
        (Some(a), Some(b)) if a > 0.0 && b > 0.0 => (b / a).max(a / b),
        // In pixels of unknown size nothing is known about growth.
        _ => 1.0,
    }
}

/// How far apart two places are within the slice, mm.
pub(super) fn within_slice_mm(a: Place, b: Place) -> f32 {
    ((a.left - b.left) * LUNG_MM.0).hypot((a.back - b.back) * LUNG_MM.1)
}

#[cfg(test)]
pub(super) mod tests;
