//! What a reader says of two lesions of different examinations.

use std::collections::{BTreeMap, BTreeSet};

use super::group::SightingGroups;
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
    /// Every lesion of which anything is said is in one.
    groups: SightingGroups,
    /// Groups of which lesions are not one, the lower number first.
    parted: BTreeSet<(usize, usize)>,
}

impl Said {
    /// What `pairings` come to. What is one with the same lesion is one; what is not one with it is
    /// not one with any of those.
    pub fn new(pairings: &[Pairing]) -> Self {
        let mut said = Self::default();
        for pairing in pairings {
            let [a, b] = pairing.sightings;
            let word = if pairing.is_one { Word::One } else { Word::Two };
            said.words.entry(a).or_default().push((b, word));
            said.words.entry(b).or_default().push((a, word));
            if pairing.is_one {
                said.groups.join(a, b);
            }
        }
        for pairing in pairings.iter().filter(|it| !it.is_one) {
            let [a, b] = pairing.sightings.map(|it| said.groups.of(it));
            said.parted.insert(in_order(a, b));
        }
        said
    }

    /// What is said of the sightings of a track and one that may continue it. What is said of the
    /// very lesions comes before what follows from words on others, and either time that they are
    /// not one comes first: nothing is measured on what is disputed.
    pub fn of(&self, track: &[Sighting], sighting: Sighting) -> Option<Word> {
        let words = self.words.get(&sighting)?;
        let about_track = || words.iter().filter(|(other, _)| track.contains(other));
        let is_said = |word: Word| about_track().any(|(_, it)| *it == word);
        let group = self.groups.get(sighting)?;
        let of_track = || track.iter().filter_map(|it| self.groups.get(*it));
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairing(a: Sighting, b: Sighting, is_one: bool) -> Pairing {
        Pairing {
            sightings: [a, b],
            is_one,
        }
    }

    /// All that are one with a lesion.
    fn one_with(sighting: Sighting, pairings: &[Pairing]) -> BTreeSet<Sighting> {
        let mut all = BTreeSet::from([sighting]);
        loop {
            let before = all.len();
            for joined in pairings.iter().filter(|it| it.is_one) {
                if joined.sightings.iter().any(|it| all.contains(it)) {
                    all.extend(joined.sightings);
                }
            }
            if all.len() == before {
                return all;
            }
        }
    }

    /// What is said, word by word as [`Said::of`] has it.
    fn by_definition(pairings: &[Pairing], track: &[Sighting], sighting: Sighting) -> Option<Word> {
        let is_said = |is_one: bool| {
            let mut words = pairings.iter().filter(|it| it.is_one == is_one);
            words.any(|it| {
                let [a, b] = it.sightings;
                a == sighting && track.contains(&b) || b == sighting && track.contains(&a)
            })
        };
        let own = one_with(sighting, pairings);
        let of_track = track.iter().flat_map(|it| one_with(*it, pairings));
        let of_track: BTreeSet<Sighting> = of_track.collect();
        let mut parted = pairings.iter().filter(|it| !it.is_one);
        let is_between = |[a, b]: [Sighting; 2]| own.contains(&a) && of_track.contains(&b);
        if is_said(false) {
            Some(Word::Two)
        } else if is_said(true) {
            Some(Word::One)
        } else if parted.any(|it| {
            let [a, b] = it.sightings;
            is_between([a, b]) || is_between([b, a])
        }) {
            Some(Word::Two)
        } else {
            of_track.contains(&sighting).then_some(Word::One)
        }
    }

    proptest! {
        #[test]
        fn words_part_and_join_all_that_is_one(
            words in prop::collection::vec((0..4_usize, 0..3_usize, 0..4_usize, 0..3_usize, prop::bool::weighted(0.7)), 0..14),
            track in prop::collection::btree_set(0..3_usize, 1..3),
        ) {
            let at = |visit, lesion| Sighting { visit, lesion };
            let words = words.into_iter().map(|(v, a, w, b, is_one)| pairing(at(v, a), at(w, b), is_one));
            let pairings: Vec<Pairing> = words.collect();
            let track: Vec<Sighting> = track.into_iter().map(|visit| at(visit, 0)).collect();
            let said = Said::new(&pairings);
            for lesion in 0..3 {
                let sighting = at(3, lesion);
                prop_assert_eq!(said.of(&track, sighting), by_definition(&pairings, &track, sighting));
            }
        }
    }

    /// With a look at every lesion for every word, these would be five thousand million looks:
    /// minutes.
    #[test]
    fn words_go_on_over_very_many_visits() {
        const MANY: usize = 100_000;
        let at = |visit| Sighting { visit, lesion: 0 };
        let chain = (1..MANY).map(|visit| pairing(at(visit - 1), at(visit), true));
        let parted = pairing(at(0), at(MANY), false);
        let said = Said::new(&chain.chain([parted]).collect::<Vec<_>>());
        assert_eq!(said.of(&[at(0)], at(MANY - 1)), Some(Word::One));
        assert_eq!(said.of(&[at(MANY - 1)], at(MANY)), Some(Word::Two));
    }
}
