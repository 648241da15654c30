//! How many lesions of each examination are followed: matching takes a time, and answers take a room, that grow with all
//! lesions and with all examinations.

use std::borrow::Cow;
use std::collections::BTreeSet;

use model::saved::SavedLesion;
use uuid::Uuid;

use super::{Paired, Visit};

/// Most lesions of a course, times its examinations. All of fifteen examinations with 200 lesions each are within it,
/// and so are five lesions in each of a hundred. A course of so many takes some tenths of a second, and a few megabytes.
const MOST: usize = 50_000;

/// What of the examinations is followed.
#[derive(Debug)]
pub(super) struct Followable<'a> {
    /// The examinations with the lesions that are followed.
    pub(super) visits: Vec<Cow<'a, Visit>>,
    /// How many of the lesions of each are followed at most, if not all.
    pub(super) most: Option<usize>,
}

impl<'a> Followable<'a> {
    /// All lesions of `visits`, or, where they are too many, as many of each as the course has room for: those of which the
    /// reader has said something (`paired`), then the largest.
    pub(super) fn of(visits: &[&'a Visit], paired: &[Paired]) -> Self {
        let counts: Vec<usize> = visits.iter().map(|visit| visit.lesions.len()).collect();
        let most = most_of_each(&counts);
        let named: BTreeSet<(Uuid, usize)> = paired
            .iter()
            .flat_map(|said| said.analyses.into_iter().zip(said.lesions))
            .collect();
        let visits = visits.iter().map(|&visit| match most {
            Some(most) if visit.lesions.len() > most => Cow::Owned(cut(visit, most, &named)),
            _ => Cow::Borrowed(visit),
        });
        Self {
            visits: visits.collect(),
            most,
        }
    }

    /// Whether lesions of an examination are left out.
    pub(super) fn is_cut(&self, visit: usize) -> bool {
        matches!(self.visits.get(visit), Some(Cow::Owned(_)))
    }

    /// What the reader must know of it.
    pub(super) fn remark(&self) -> Option<String> {
        let most = self.most?;
        Some(format!(
            "There are too many lesions to follow all of them: no more than {most} of each examination are, the largest, \
             and those of which something was said in Compare. Compare two analyses to see all of theirs."
        ))
    }
}

/// How many lesions of each examination, of which there are `counts`, may be followed at most; `None` if all may.
fn most_of_each(counts: &[usize]) -> Option<usize> {
    let fits = |most: usize| {
        let lesions: usize = counts.iter().map(|count| most.min(*count)).sum();
        lesions * counts.len() <= MOST
    };
    let largest = counts.iter().copied().max()?;
    (!fits(largest)).then(|| (1..largest).rev().find(|most| fits(*most)).unwrap_or(1))
}

/// An examination with `most` of its lesions, in their order.
fn cut(visit: &Visit, most: usize, named: &BTreeSet<(Uuid, usize)>) -> Visit {
    let is_named = |lesion: &SavedLesion| named.contains(&(visit.entry.id, lesion.number));
    let size = |lesion: &SavedLesion| lesion.longest_mm.unwrap_or(0.0);
    let mut order: Vec<(usize, &SavedLesion)> = visit.lesions.iter().enumerate().collect();
    order.sort_by(|(_, a), (_, b)| {
        let by_name = is_named(b).cmp(&is_named(a));
        by_name.then(size(b).total_cmp(&size(a)))
    });
    order.truncate(most);
    order.sort_by_key(|(place, _)| *place);
    Visit {
        entry: visit.entry.clone(),
        lesions: order
            .into_iter()
            .map(|(_, lesion)| lesion.clone())
            .collect(),
        conditions: visit.conditions.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{lesion, visit};
    use super::*;
    use crate::course::Course;

    /// An examination with so many lesions, the largest last.
    fn with(id: u128, lesions: usize) -> Visit {
        let lesions = (1..=lesions).map(|number| SavedLesion {
            number,
            ..lesion(3.0 + number as f32 / 8.0, 0.2)
        });
        let mut visit = visit("2026-01-01", lesions.collect());
        visit.entry.id = Uuid::from_u128(id);
        visit
    }

    #[test]
    fn only_very_many_lesions_of_many_examinations_are_left_out() {
        assert_eq!(most_of_each(&[]), None);
        assert_eq!(most_of_each(&[200; 15]), None);
        assert_eq!(most_of_each(&[5; 100]), None);
        assert_eq!(most_of_each(&[200; 100]), Some(5));
        // Who has few leaves room for the others.
        let mut few = [2; 100];
        few[..1].fill(200);
        assert_eq!(most_of_each(&few), None);
        few[..10].fill(200);
        assert_eq!(most_of_each(&few), Some(32));
    }

    #[test]
    fn the_largest_are_followed_and_those_of_which_something_was_said() {
        let many = with(1, 5);
        let numbers = |named: &[usize]| -> Vec<usize> {
            let named = named.iter().map(|number| (many.entry.id, *number));
            let cut = cut(&many, 3, &named.collect());
            cut.lesions.iter().map(|lesion| lesion.number).collect()
        };
        assert_eq!(numbers(&[]), [3, 4, 5]);
        assert_eq!(numbers(&[2]), [2, 4, 5]);
    }

    /// Nobody may take a lesion that is left out for one that is gone.
    #[test]
    fn an_examination_of_which_lesions_are_left_out_does_not_say_that_one_is_not_found() {
        let mut visits: Vec<Visit> = (0..100).map(|id| with(id, 200)).collect();
        visits[0].lesions = vec![lesion(40.0, 0.9)];
        visits[1].lesions.clear();
        let course = Course::of_images(&visits, &[]);
        let words = course.remarks.join(" ");
        assert!(words.contains("no more than 5 of each"), "{words}");
        let first = course.lesions.iter().find(|it| it.points[0].visit == 0);
        let absent = &first.unwrap().absent;
        assert_eq!(absent.matches("smaller lesions are left out").count(), 98);
        let length = serde_json::to_string(&course).unwrap().len();
        assert!(length < 5 << 20, "{length} bytes");
    }
}
