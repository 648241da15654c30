//! What the reader says of two lesions, in the numbers of saved analyses and in those of a course.
//!
//! What was said of an analysis goes over to a newer one of the same image, where it is clear which
//! lesions are meant: no correction of an outline costs what the reader has said before.

use std::collections::{BTreeMap, BTreeSet};

use model::follow_up::{Examination, Pairing, Sighting, counterparts};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Visit, images};

/// That two lesions of two saved analyses are one, or are not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paired {
    /// The analyses.
    pub analyses: [Uuid; 2],
    /// The number of the lesion in each.
    pub lesions: [usize; 2],
    /// Whether they are one lesion.
    pub is_one: bool,
    /// Whether it was said of older analyses of the images.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_carried: bool,
}

/// What of all that was said holds.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// In the numbers of the analyses of the course.
    pub(super) paired: Vec<Paired>,
    /// The same, one by one, in those of the course.
    pub(super) pairings: Vec<Pairing>,
    /// Whether some of what was said is of lesions that are not found in the course, or not
    /// followed.
    pub(super) lacks_words: bool,
}

impl Held {
    /// What of `paired`, which is in the order in which it was said, holds for `visits`, with other
    /// analyses of the `same_images`. What was said of the visits themselves comes first, then what
    /// was said last.
    pub(super) fn of(paired: &[Paired], visits: &[&Visit], same_images: &[&Visit]) -> Self {
        let lesions = Lesions::of(paired, visits, same_images);
        let mut held = Self::default();
        let (mut carried, mut lost) = (Vec::new(), Vec::new());
        for said in paired {
            let Some(sightings) = lesions.sightings(said) else {
                lost.push(said);
                continue;
            };
            let is_one = said.is_one;
            let pairing = Pairing { sightings, is_one };
            let [a, b] = sightings;
            if said.analyses.iter().all(|id| lesions.is_visit(*id)) {
                held.paired.push(said.clone());
                held.pairings.push(pairing);
            } else if a.visit != b.visit {
                carried.push(pairing);
            }
        }
        let mut taken = Taken::of(&held.pairings);
        for pairing in carried.into_iter().rev() {
            if !taken.has_instead(pairing) {
                taken.add(pairing);
                // One word has one pairing.
                if let Some(said) = named(pairing, visits) {
                    held.paired.push(said);
                    held.pairings.push(pairing);
                }
            }
        }
        held.lacks_words = lost.iter().any(|said| !lesions.is_replaced(said, &taken));
        held
    }

    /// What of it is of lesions that have a `place` in a course that follows fewer of them.
    pub(super) fn within(self, place: impl Fn(Sighting) -> Option<Sighting>) -> Self {
        let mut held = Self {
            lacks_words: self.lacks_words,
            ..Self::default()
        };
        for (said, pairing) in self.paired.into_iter().zip(self.pairings) {
            let [Some(a), Some(b)] = pairing.sightings.map(&place) else {
                held.lacks_words = true;
                continue;
            };
            held.paired.push(said);
            held.pairings.push(Pairing {
                sightings: [a, b],
                ..pairing
            });
        }
        held
    }
}

/// Those of `paired` that come to a word of these two `lesions` of two analyses, whatever it is,
/// and those in whose place that word is: else taking it back would bring older words back, which
/// nobody sees.
pub fn said_of(
    paired: &[Paired],
    visits: [&Visit; 2],
    same_images: &[Visit],
    lesions: [usize; 2],
) -> Vec<Paired> {
    let same_images: Vec<&Visit> = same_images.iter().collect();
    let known = Lesions::of(paired, &visits, &same_images);
    let [a, b] = visits.map(|it| it.entry.id);
    let two = known.pair([(a, lesions[0]), (b, lesions[1])]);
    let held = Held::of(paired, &visits, &same_images).pairings;
    let in_force = held
        .iter()
        .find(|it| two.is_some_and(|two| is_same(it.sightings, two)));
    // At most a few, unlike all that holds: each word is held against them.
    let beside: Vec<&Pairing> = held
        .iter()
        .filter(|it| in_force.is_some_and(|word| is_instead(*word, **it)))
        .collect();
    let is_gone = |said: &Paired| {
        let (Some(two), Some(sightings)) = (two, known.sightings(said)) else {
            return false;
        };
        let is_one = said.is_one;
        let pairing = Pairing { sightings, is_one };
        let is_replaced = in_force.is_some_and(|it| is_instead(*it, pairing));
        is_same(sightings, two) || is_replaced && !beside.contains(&&pairing)
    };
    paired
        .iter()
        .filter(|said| is_gone(said))
        .cloned()
        .collect()
}

/// Analysis and number of lesions, and what they are in a course.
struct Lesions<'a> {
    visits: &'a [&'a Visit],
    sightings: BTreeMap<(Uuid, usize), Sighting>,
    /// Of which visit's image each analysis is.
    visit_of: BTreeMap<Uuid, usize>,
}

impl<'a> Lesions<'a> {
    /// Those of `visits`, and those of analyses of the `same_images` that were saved before, that
    /// `paired` names and that are found again in them.
    fn of(paired: &[Paired], visits: &'a [&'a Visit], same_images: &[&Visit]) -> Self {
        let (mut sightings, mut visit_of) = (BTreeMap::new(), BTreeMap::new());
        for (visit, here) in visits.iter().enumerate() {
            visit_of.insert(here.entry.id, visit);
            for (lesion, saved) in here.lesions.iter().enumerate() {
                let key = (here.entry.id, saved.number);
                sightings.entry(key).or_insert(Sighting { visit, lesion });
            }
        }
        for before in same_images {
            let id = before.entry.id;
            let is_named = paired.iter().any(|said| said.analyses.contains(&id));
            let Some(visit) = images::successor(before, visits).filter(|_| is_named) else {
                continue;
            };
            let Some(after) = visits.get(visit) else {
                continue;
            };
            visit_of.insert(id, visit);
            let found = counterparts(&examination(before), &examination(after));
            for (saved, lesion) in before.lesions.iter().zip(found) {
                if let Some(lesion) = lesion {
                    let key = (id, saved.number);
                    sightings.entry(key).or_insert(Sighting { visit, lesion });
                }
            }
        }
        Self {
            visits,
            sightings,
            visit_of,
        }
    }

    /// Whether nothing is missing where `said`, one of whose lesions is not found, does not count:
    /// it is of two analyses of one image, or one of the words that hold is of the other lesion and
    /// the same image.
    fn is_replaced(&self, said: &Paired, holding: &Taken) -> bool {
        let visits = said.analyses.map(|id| self.visit_of.get(&id).copied());
        let [Some(a), Some(b)] = visits else {
            return false;
        };
        let [m, n] = said.lesions;
        let found =
            [(said.analyses[0], m), (said.analyses[1], n)].map(|it| self.sightings.get(&it));
        let is_said_of = |lesion: Option<&Sighting>, other: usize| {
            lesion.is_some_and(|lesion| holding.named.contains(&(*lesion, other)))
        };
        a == b || is_said_of(found[0], b) || is_said_of(found[1], a)
    }

    fn is_visit(&self, id: Uuid) -> bool {
        self.visits.iter().any(|visit| visit.entry.id == id)
    }

    fn sightings(&self, said: &Paired) -> Option<[Sighting; 2]> {
        let ([a, b], [m, n]) = (said.analyses, said.lesions);
        self.pair([(a, m), (b, n)])
    }

    fn pair(&self, [a, b]: [(Uuid, usize); 2]) -> Option<[Sighting; 2]> {
        Some([*self.sightings.get(&a)?, *self.sightings.get(&b)?])
    }
}

fn examination(visit: &Visit) -> Examination<'_> {
    Examination {
        lesions: &visit.lesions,
        conditions: &visit.conditions,
    }
}

/// Whether `said` is in the place of another word: it is about the same two lesions, or joins one
/// of them to another lesion of the same analysis.
fn is_instead(said: Pairing, other: Pairing) -> bool {
    let is_shared = |it: Sighting| said.sightings.contains(&it);
    let visits = |it: Pairing| it.sightings.map(|it| it.visit);
    let [a, b] = visits(other);
    let is_of_both = visits(said) == [a, b] || visits(said) == [b, a];
    let is_joined = said.is_one && other.is_one;
    is_same(said.sightings, other.sightings)
        || is_joined && is_of_both && other.sightings.into_iter().any(is_shared)
}

/// What words are about: an account may have so many that each cannot be held against each.
#[derive(Debug, Default)]
struct Taken {
    /// The two lesions, the first one first.
    pairs: BTreeSet<[Sighting; 2]>,
    /// Lesions, and other examinations of which one is named with them.
    named: BTreeSet<(Sighting, usize)>,
    /// Those that are joined to one of another examination.
    joined: BTreeSet<(Sighting, usize)>,
}

impl Taken {
    fn of(pairings: &[Pairing]) -> Self {
        let mut taken = Self::default();
        for pairing in pairings {
            taken.add(*pairing);
        }
        taken
    }

    fn add(&mut self, pairing: Pairing) {
        let [a, b] = pairing.sightings;
        self.pairs.insert([a.min(b), a.max(b)]);
        let both = [(a, b.visit), (b, a.visit)];
        self.named.extend(both);
        if pairing.is_one {
            self.joined.extend(both);
        }
    }

    /// Whether any of the words [`is_instead`] of another one.
    fn has_instead(&self, other: Pairing) -> bool {
        let [a, b] = other.sightings;
        let is_joined = || {
            let mut both = [(a, b.visit), (b, a.visit)].into_iter();
            other.is_one && both.any(|it| self.joined.contains(&it))
        };
        self.pairs.contains(&[a.min(b), a.max(b)]) || is_joined()
    }
}

fn is_same([a, b]: [Sighting; 2], other: [Sighting; 2]) -> bool {
    other == [a, b] || other == [b, a]
}

/// A word that goes over from older analyses, in the numbers of those of the course.
fn named(pairing: Pairing, visits: &[&Visit]) -> Option<Paired> {
    let named = |it: Sighting| {
        let visit = visits.get(it.visit)?;
        Some((visit.entry.id, visit.lesions.get(it.lesion)?.number))
    };
    let [a, b] = pairing.sightings.map(named);
    let ((a, m), (b, n)) = a.zip(b)?;
    Some(Paired {
        analyses: [a, b],
        lesions: [m, n],
        is_one: pairing.is_one,
        is_carried: true,
    })
}

#[cfg(test)]
mod tests;
