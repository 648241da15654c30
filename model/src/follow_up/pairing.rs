//! What a reader says of two lesions of different examinations.

use super::matching::Sighting;

/// That two lesions are one, or are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pairing {
    /// The two, in any order.
    pub sightings: [Sighting; 2],
    /// Whether they are one lesion.
    pub is_one: bool,
}

/// What a reader says of a track and a lesion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// The lesion belongs to the track.
    One,
    /// It does not.
    Two,
}

impl Pairing {
    /// What it says of two sightings, if it is about them.
    pub fn of(&self, a: Sighting, b: Sighting) -> Option<Word> {
        let is_about = self.sightings == [a, b] || self.sightings == [b, a];
        is_about.then_some(if self.is_one { Word::One } else { Word::Two })
    }
}

/// What the reader says of the sightings of a track and one that may continue it. That one of them is not the same
/// outweighs that another one is: nothing is measured on what is disputed.
pub fn word(pairings: &[Pairing], track: &[Sighting], sighting: Sighting) -> Option<Word> {
    let mut words = track.iter().flat_map(|&other| {
        let said = pairings.iter();
        said.filter_map(move |pairing| pairing.of(other, sighting))
    });
    let first = words.next()?;
    Some(words.fold(first, |all, word| if all == word { all } else { Word::Two }))
}
