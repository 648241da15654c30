//! Which whole slices are shown: those with the most false regions, and those with a target from
//! the worst Dice to the best. Which Dice lie between is known at the end only, and the pictures of
//! all slices together do not fit into memory: until then a slice is its place and its mask.

use std::cmp::Reverse;

/// Slices of each of the two kinds.
pub(crate) const EACH: usize = 4;

/// A slice that may be shown.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// Which of the images, and the slice of it.
    pub(crate) place: (usize, usize),
    /// Of a slice with a target.
    pub(crate) dice: Option<f32>,
    /// Regions that touch no mark, and their pixels.
    pub(crate) wrong: (usize, usize),
    /// Its final mask as [`model::saved::runs`]: a hundredth of its size.
    pub(crate) mask: Vec<u8>,
}

/// The slices that may be shown, of those seen so far.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    wrong: Vec<Candidate>,
    targets: Vec<Candidate>,
}

impl Candidates {
    pub(crate) fn add(&mut self, slice: Candidate) {
        if slice.dice.is_some() {
            self.targets.push(slice.clone());
        }
        if slice.wrong.0 > 0 {
            self.wrong.push(slice);
            self.wrong.sort_by_key(|it| Reverse(it.wrong));
            self.wrong.truncate(EACH);
        }
    }

    /// The most false regions first; targets at even ranks of Dice, the worst first.
    pub(crate) fn chosen(mut self) -> [Vec<Candidate>; 2] {
        self.targets.sort_by(|a, b| {
            let by_dice = a.dice.unwrap_or(0.0).total_cmp(&b.dice.unwrap_or(0.0));
            by_dice.then(b.wrong.cmp(&a.wrong))
        });
        let last = self.targets.len().saturating_sub(1);
        let mut ranks: Vec<usize> = (0..EACH).map(|rank| rank * last / (EACH - 1)).collect();
        ranks.dedup();
        let ranks = ranks.into_iter();
        let targets = ranks.filter_map(|rank| self.targets.get(rank).cloned());
        [self.wrong, targets.collect()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(at: usize, dice: Option<f32>, wrong: (usize, usize)) -> Candidate {
        Candidate {
            place: (0, at),
            dice,
            wrong,
            mask: Vec::new(),
        }
    }

    fn places(slices: &[Candidate]) -> Vec<usize> {
        slices.iter().map(|it| it.place.1).collect()
    }

    /// Every third slice has a target; figures come in no order, and many of them twice.
    fn many() -> Vec<Candidate> {
        let each = (0..200).map(|at: usize| {
            let dice = at.is_multiple_of(3).then(|| (at * 37 % 11) as f32 / 10.0);
            slice(at, dice, (at * 53 % 7, at * 29 % 5))
        });
        each.collect()
    }

    #[test]
    fn the_slices_are_those_that_all_of_them_in_order_would_give() {
        let mut all = many();
        let mut candidates = Candidates::default();
        for slice in all.clone() {
            candidates.add(slice);
        }
        let [wrong, targets] = candidates.chosen();
        all.sort_by_key(|it| Reverse(it.wrong));
        assert_eq!(places(&wrong), places(&all[..EACH]));
        all.retain(|it| it.dice.is_some());
        all.sort_by(|a, b| a.dice.unwrap().total_cmp(&b.dice.unwrap()));
        let last = all.len() - 1;
        let even = [0, last / 3, last * 2 / 3, last].map(|rank| all[rank].place.1);
        assert_eq!(places(&targets), even);
    }

    #[test]
    fn what_cannot_be_shown_any_more_is_not_kept() {
        let mut candidates = Candidates::default();
        for slice in many() {
            candidates.add(Candidate {
                dice: None,
                ..slice
            });
            assert!(candidates.wrong.len() <= EACH);
        }
        candidates.add(slice(0, None, (0, 0)));
        assert!(candidates.targets.is_empty());
    }

    #[test]
    fn few_targets_are_shown_once_each() {
        for count in 0..=EACH {
            let mut candidates = Candidates::default();
            for at in 0..count {
                candidates.add(slice(at, Some(0.5), (0, 0)));
            }
            let [wrong, targets] = candidates.chosen();
            assert!(wrong.is_empty());
            assert!(places(&targets).into_iter().eq(0..count));
        }
    }
}
