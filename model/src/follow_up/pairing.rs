//! What a reader says of two lesions of different examinations.

use std::collections::BTreeMap;

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
    /// Lesions that are one, be it by way of others, have one number.
    groups: BTreeMap<Sighting, usize>,
}

impl Said {
    /// What `pairings` come to. What is one with the same lesion is one.
    pub fn new(pairings: &[Pairing]) -> Self {
        let mut said = Self::default();
        for (number, pairing) in pairings.iter().enumerate() {
            let [a, b] = pairing.sightings;
            let word = if pairing.is_one { Word::One } else { Word::Two };
            said.words.entry(a).or_default().push((b, word));
            said.words.entry(b).or_default().push((a, word));
            if pairing.is_one {
                said.join(a, b, number);
            }
        }
        said
    }

    fn join(&mut self, a: Sighting, b: Sighting, number: usize) {
        let old = [a, b].map(|it| self.groups.get(&it).copied());
        for group in self.groups.values_mut() {
            if old.contains(&Some(*group)) {
                *group = number;
            }
        }
        self.groups.extend([(a, number), (b, number)]);
    }

    /// What is said of the sightings of a track and one that may continue it. That one of them is not the same outweighs
    /// that another one is: nothing is measured on what is disputed.
    pub fn of(&self, track: &[Sighting], sighting: Sighting) -> Option<Word> {
        let words = self.words.get(&sighting)?;
        let about_track = words.iter().filter(|(other, _)| track.contains(other));
        let mut is_one = false;
        for (_, word) in about_track {
            match word {
                Word::Two => return Some(Word::Two),
                Word::One => is_one = true,
            }
        }
        let group = self.groups.get(&sighting);
        let is_one =
            is_one || group.is_some() && track.iter().any(|other| self.groups.get(other) == group);
        is_one.then_some(Word::One)
    }

    /// Whether a lesion is said not to be another one.
    pub fn is_parted(&self, sighting: Sighting) -> bool {
        let words = self.words.get(&sighting);
        words.is_some_and(|words| words.iter().any(|(_, word)| *word == Word::Two))
    }
}
