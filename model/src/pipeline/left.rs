//! What is left of a series while several workers compute its slices.

use std::collections::VecDeque;

/// The slices of a run: to do, done, and those that came back damaged. What is with another worker
/// is in none of these.
#[derive(Debug)]
pub struct Left {
    /// Not begun, in order.
    todo: VecDeque<usize>,
    damaged: Vec<usize>,
    done: Vec<usize>,
    total: usize,
    /// Longest time that a slice has taken.
    slowest_ms: f64,
}

/// How long a worker may be silent with a slice in hand before it is looked into, and how many
/// times longer than the slowest slice so far.
const PATIENCE_MS: f64 = 30_000.0;
const PATIENCE: f64 = 10.0;

impl Left {
    /// All of them.
    pub fn of(slices: Vec<usize>) -> Self {
        Self {
            total: slices.len(),
            todo: slices.into(),
            damaged: Vec::new(),
            done: Vec::new(),
            slowest_ms: 0.0,
        }
    }

    /// The next one for another worker.
    pub fn hand_out(&mut self) -> Option<usize> {
        self.todo.pop_front()
    }

    /// The next one for whoever hands them out: nothing while the others `suffice`, and at last
    /// what these have damaged.
    pub fn take_next(&mut self, suffice: bool) -> Option<usize> {
        if suffice {
            return None;
        }
        self.hand_out().or_else(|| self.damaged.pop())
    }

    /// This slice is done, in so many milliseconds.
    pub fn finish(&mut self, slice: usize, total_ms: f64) {
        self.done.push(slice);
        self.slowest_ms = self.slowest_ms.max(total_ms);
    }

    /// How long no news of a slice with another worker are good news, in ms: on a slow machine
    /// longer.
    pub fn patience_ms(&self) -> f64 {
        PATIENCE_MS.max(PATIENCE * self.slowest_ms)
    }

    /// This slice came back as it cannot be. It is not given out again.
    pub fn spoil(&mut self, slice: usize) {
        self.damaged.push(slice);
    }

    /// Whoever had these slices will not do them: they come next, in this order.
    pub fn put_back(&mut self, slices: impl IntoIterator<Item = usize>) {
        let slices: Vec<usize> = slices.into_iter().collect();
        for slice in slices.into_iter().rev() {
            self.todo.push_front(slice);
        }
    }

    /// What is done, in the order in which it came.
    pub fn done(&self) -> &[usize] {
        &self.done
    }

    /// How many are not begun.
    pub fn todo(&self) -> usize {
        self.todo.len()
    }

    /// How many slices were asked for.
    pub fn total(&self) -> usize {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn while_others_do_it_all_there_is_nothing_to_do() {
        let mut left = Left::of(vec![4, 5]);
        assert_eq!(left.take_next(true), None);
        assert_eq!(left.take_next(false), Some(4));
        assert_eq!(left.take_next(false), Some(5));
        assert_eq!(left.take_next(false), None);
    }

    #[test]
    fn what_others_leave_comes_next_and_what_they_damage_comes_last() {
        let mut left = Left::of(vec![0, 1, 2, 3]);
        let given: Vec<usize> = std::iter::from_fn(|| left.hand_out()).take(3).collect();
        left.spoil(given[0]);
        left.put_back(given[1..].iter().copied());
        let order: Vec<usize> = std::iter::from_fn(|| left.take_next(false)).collect();
        assert_eq!(order, [1, 2, 3, 0]);
        for slice in order {
            left.finish(slice, 40.0);
        }
        assert_eq!((left.done(), left.total()), (&[1, 2, 3, 0][..], 4));
    }

    #[test]
    fn a_slow_machine_is_waited_for_longer() {
        let mut left = Left::of(vec![0, 1, 2]);
        assert!((left.patience_ms() - 30_000.0).abs() < 1e-9);
        left.finish(0, 40_000.0);
        left.finish(1, 900.0);
        assert!((left.patience_ms() - 400_000.0).abs() < 1e-9);
    }
}
