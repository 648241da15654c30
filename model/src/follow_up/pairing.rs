//! What a reader says of two lesions of different examinations.

use std::collections::{BTreeMap, BTreeSet};

use super::matching::Sighting;

/// That two lesions are one, or are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pairing {
    /// The two, in any order.
    pub sightings: [Sighting; 2],
    /// Whether they are one lesion.
    pub is_one: bool,
}

/// What a reader says of a lesion and others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// They are one.
    One,
    /// They are not.
    Two,
}

/// All that a reader says, by lesion.
#[derive(Debug, Clone, Default)]
pub struct Said {
    words: BTreeMap<Sighting, Vec<(Sighting, Word)>>,
    /// Lesions that are one, be it by way of others, have one number; every lesion of which anything is said has one.
    groups: BTreeMap<Sighting, usize>,
    /// Groups of which lesions are not one, the lower number first.
    parted: BTreeSet<(usize, usize)>,
}

impl Said {
    /// What `pairings` come to. What is one with the same lesion is one; what is not one with it is not one with any of
    /// those.
    pub fn new(pairings: &[Pairing]) -> Self {
        let mut said = Self::default();
        for pairing in pairings {
            let [a, b] = pairing.sightings;
            let word = if pairing.is_one { Word::One } else { Word::Two };
            said.words.entry(a).or_default().push((b, word));
            said.words.entry(b).or_default().push((a, word));
            let [of_a, of_b] = [a, b].map(|it| said.group_of(it));
            if pairing.is_one && of_a != of_b {
                let of_either = said.groups.values_mut().filter(|group| **group == of_a);
                of_either.for_each(|group| *group = of_b);
            }
        }
        for pairing in pairings.iter().filter(|it| !it.is_one) {
            let [a, b] = pairing.sightings.map(|it| said.group_of(it));
            said.parted.insert(in_order(a, b));
        }
        said
    }

    /// The group of a lesion; a new one, of it alone, where nothing was said of it yet.
    fn group_of(&mut self, sighting: Sighting) -> usize {
        // As many groups have begun as there are lesions: their numbers go on.
        let next = self.groups.len();
        *self.groups.entry(sighting).or_insert(next)
    }

    /// What is said of the sightings of a track and one that may continue it. What is said of the very lesions comes before
    /// what follows from words on others, and either time that they are not one comes first: nothing is measured on what
    /// is disputed.
    pub fn of(&self, track: &[Sighting], sighting: Sighting) -> Option<Word> {
        let words = self.words.get(&sighting)?;
        let about_track = || words.iter().filter(|(other, _)| track.contains(other));
        let is_said = |word: Word| about_track().any(|(_, it)| *it == word);
        let group = *self.groups.get(&sighting)?;
        let of_track = || track.iter().filter_map(|it| self.groups.get(it).copied());
        let is_parted = || of_track().any(|other| self.parted.contains(&in_order(group, other)));
        if is_said(Word::Two) {
            Some(Word::Two)
        } else if is_said(Word::One) {
            Some(Word::One)
        } else if is_parted() {
            Some(Word::Two)
        } else {
            of_track().any(|other| other == group).then_some(Word::One)
        }
    }

    /// Whether a lesion is said not to be another one.
    pub fn is_parted(&self, sighting: Sighting) -> bool {
        let words = self.words.get(&sighting);
        words.is_some_and(|words| words.iter().any(|(_, word)| *word == Word::Two))
    }
}

fn in_order(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}
