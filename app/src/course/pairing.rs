//! What the reader says of two lesions, in the numbers of saved analyses and in those of a course.

use model::follow_up::{Pairing, Sighting};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Visit;

/// That two lesions of two saved analyses are one, or are not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paired {
    /// The analyses.
    pub analyses: [Uuid; 2],
    /// The number of the lesion in each.
    pub lesions: [usize; 2],
    /// Whether they are one lesion.
    pub is_one: bool,
}

/// Those of `paired` whose lesions are found in `visits`.
pub(super) fn in_visits<'a>(
    paired: &'a [Paired],
    visits: &[&Visit],
) -> (Vec<&'a Paired>, Vec<Pairing>) {
    let sighting = |analysis: Uuid, number: usize| {
        let visit = visits.iter().position(|it| it.entry.id == analysis)?;
        let mut lesions = visits.get(visit)?.lesions.iter();
        let lesion = lesions.position(|it| it.number == number)?;
        Some(Sighting { visit, lesion })
    };
    let found = paired.iter().filter_map(|said| {
        let ([a, b], [m, n]) = (said.analyses, said.lesions);
        let sightings = [sighting(a, m)?, sighting(b, n)?];
        let is_one = said.is_one;
        Some((said, Pairing { sightings, is_one }))
    });
    found.unzip()
}
