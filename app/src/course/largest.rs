//! How many lesions of each examination are followed: storing them takes room, matching takes a
//! time, and answers take a room, that grow with all lesions and with all examinations.

use std::borrow::Cow;
use std::collections::BTreeSet;

use model::follow_up::{Pairing, Sighting};
use model::saved::SavedLesion;

use super::Visit;

/// Most lesions of a course, times its examinations. All of fifteen examinations with 200 lesions
/// each are within it, and so are five lesions in each of a hundred. A course of so many takes some
/// tenths of a second, and a few megabytes.
const MOST: usize = 50_000;

/// Most lesions of an analysis that are stored for follow-up.
const MOST_STORED: usize = 200;

/// What is stored of the lesions of an analysis for follow-up: the longest, in their order. Earlier
/// releases stored those of the lowest numbers, which are the largest where the reader has neither
/// judged nor drawn anything. Without a pixel spacing no size is known, and those come first, too.
pub fn largest(lesions: &[SavedLesion]) -> Vec<&SavedLesion> {
    if lesions.len() <= MOST_STORED {
        return lesions.iter().collect();
    }
    let places = kept(lesions, MOST_STORED, |_| false);
    places.iter().filter_map(|it| lesions.get(*it)).collect()
}

/// What of the examinations is followed.
#[derive(Debug)]
pub(super) struct Followable<'a> {
    /// The examinations with the lesions that are followed.
    pub(super) visits: Vec<Cow<'a, Visit>>,
    /// Which of the lesions of each these are, in their order, if not all.
    kept: Vec<Option<Vec<usize>>>,
    /// How many of the lesions of each are followed at most, if not all that are stored.
    most: Option<usize>,
    /// Whether not all lesions of each were stored.
    lacks_stored: Vec<bool>,
}

impl<'a> Followable<'a> {
    /// All lesions of `visits`, or, where they are too many, as many of each as the course has room
    /// for: those of which the reader has said something (`pairings`), then the longest.
    pub(super) fn of(visits: &[&'a Visit], pairings: &[Pairing]) -> Self {
        let counts: Vec<usize> = visits.iter().map(|visit| visit.lesions.len()).collect();
        let most = most_of_each(&counts);
        let named: BTreeSet<Sighting> = pairings.iter().flat_map(|it| it.sightings).collect();
        let kept: Vec<Option<Vec<usize>>> = visits
            .iter()
            .enumerate()
            .map(|(visit, it)| {
                let most = most.filter(|most| it.lesions.len() > *most)?;
                let is_named = |lesion| named.contains(&Sighting { visit, lesion });
                Some(kept(&it.lesions, most, is_named))
            })
            .collect();
        let followed = visits.iter().zip(&kept).map(|(&visit, kept)| match kept {
            Some(kept) => Cow::Owned(with_only(visit, kept)),
            None => Cow::Borrowed(visit),
        });
        Self {
            visits: followed.collect(),
            kept,
            most,
            lacks_stored: visits.iter().map(|it| lacks_stored(it)).collect(),
        }
    }

    /// What a lesion of the examinations is among those that are followed, if it is.
    pub(super) fn place(&self, Sighting { visit, lesion }: Sighting) -> Option<Sighting> {
        let lesion = match self.kept.get(visit)? {
            Some(kept) => kept.binary_search(&lesion).ok()?,
            None => lesion,
        };
        Some(Sighting { visit, lesion })
    }

    /// Whether lesions of an examination are left out.
    pub(super) fn lacks_lesions(&self, visit: usize) -> bool {
        matches!(self.kept.get(visit), Some(Some(_))) || self.lacks_stored.get(visit) == Some(&true)
    }

    /// What the reader must know of it.
    pub(super) fn remarks(&self) -> impl Iterator<Item = String> {
        let of_all = self.most.map(|most| {
            format!(
                "There are too many lesions to follow all of them: no more than {most} of each examination are, the longest, \
                 and those of which something was said in Compare. Compare two analyses to see more of theirs."
            )
        });
        let of_one = self.lacks_stored.contains(&true).then(|| {
            format!(
                "Of an examination with more than {MOST_STORED} lesions, {MOST_STORED} are followed, as a rule the longest."
            )
        });
        of_all.into_iter().chain(of_one)
    }
}

/// The analysis counts all of its lesions, however many of them are stored for follow-up.
fn lacks_stored(visit: &Visit) -> bool {
    visit.entry.lesions as usize > visit.lesions.len()
}

/// How many lesions of each examination, of which there are `counts`, may be followed at most;
/// `None` if all may.
fn most_of_each(counts: &[usize]) -> Option<usize> {
    let fits = |most: usize| {
        let lesions: usize = counts.iter().map(|count| most.min(*count)).sum();
        lesions * counts.len() <= MOST
    };
    let largest = counts.iter().copied().max()?;
    (!fits(largest)).then(|| (1..largest).rev().find(|most| fits(*most)).unwrap_or(1))
}

/// Which `most` of the lesions are followed, in their order.
fn kept(lesions: &[SavedLesion], most: usize, is_named: impl Fn(usize) -> bool) -> Vec<usize> {
    let size = |lesion: &SavedLesion| lesion.longest_mm.unwrap_or(0.0);
    let mut order: Vec<(usize, &SavedLesion)> = lesions.iter().enumerate().collect();
    order.sort_by(|(i, a), (j, b)| {
        let by_name = is_named(*j).cmp(&is_named(*i));
        by_name.then(size(b).total_cmp(&size(a)))
    });
    order.truncate(most);
    let mut kept: Vec<usize> = order.into_iter().map(|(place, _)| place).collect();
    kept.sort_unstable();
    kept
}

/// An examination with these of its lesions.
fn with_only(visit: &Visit, kept: &[usize]) -> Visit {
    let lesions = kept.iter().filter_map(|place| visit.lesions.get(*place));
    Visit {
        entry: visit.entry.clone(),
        lesions: lesions.cloned().collect(),
        conditions: visit.conditions.clone(),
    }
}

#[cfg(test)]
mod tests;
