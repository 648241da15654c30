//! Lesions that are one, be it by way of others.

use std::collections::BTreeMap;

use super::matching::Sighting;

/// Groups of lesions; the number of a group says no more than which one it is.
#[derive(Debug, Clone, Default)]
pub(super) struct SightingGroups {
    number: BTreeMap<Sighting, usize>,
    /// The lesions of each group; none where they have gone over to another one.
    members: Vec<Vec<Sighting>>,
}

impl SightingGroups {
    /// The group of a lesion, if it is in one.
    pub(super) fn get(&self, sighting: Sighting) -> Option<usize> {
        self.number.get(&sighting).copied()
    }

    /// The group of a lesion; a new one, of it alone, where it is in none yet.
    pub(super) fn of(&mut self, sighting: Sighting) -> usize {
        let next = self.members.len();
        let number = *self.number.entry(sighting).or_insert(next);
        if number == next {
            self.members.push(vec![sighting]);
        }
        number
    }

    /// Makes the groups of two lesions one. The smaller one goes over to the larger one, so that no
    /// lesion goes over often: an account may have many thousands of words.
    pub(super) fn join(&mut self, a: Sighting, b: Sighting) {
        let (a, b) = (self.of(a), self.of(b));
        if a == b {
            return;
        }
        let size = |group: usize| self.members.get(group).map_or(0, Vec::len);
        let (small, large) = if size(a) < size(b) { (a, b) } else { (b, a) };
        let gone_over = self.members.get_mut(small).map(std::mem::take);
        let gone_over = gone_over.unwrap_or_default();
        for sighting in &gone_over {
            self.number.insert(*sighting, large);
        }
        if let Some(members) = self.members.get_mut(large) {
            members.extend(gone_over);
        }
    }
}
