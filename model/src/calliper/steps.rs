//! What was done to the lines and ellipses, in the order in which it was done, so that it can be
//! undone and done again.

use super::Calliper;

/// One thing that was done: something was drawn, moved or taken away.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    /// What was there; `None` if it was drawn.
    before: Option<Calliper>,
    /// What has come in its place; `None` if it was taken away.
    after: Option<Calliper>,
}

/// All of them, the last one at the end.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Steps {
    done: Vec<Step>,
    undone: Vec<Step>,
}

impl Steps {
    /// Takes down what has changed between two states of the list. What was only begun, be it a
    /// line or the second axis of one, is nothing yet.
    pub fn note(&mut self, before: &[Calliper], now: &[Calliper]) {
        let other = |these: &[Calliper], those: &[Calliper]| {
            let is_among = |it: &Calliper| those.iter().any(|that| is_same(*it, *that));
            let is_other = |it: &&Calliper| !it.is_begun_only() && !is_among(it);
            these.iter().find(is_other).map(|it| it.settled())
        };
        let step = Step {
            before: other(before, now),
            after: other(now, before),
        };
        if step.before.or(step.after).is_some() {
            self.done.push(step);
            self.undone.clear();
        }
    }

    /// Whether there is something to undo: what was only begun, too.
    pub fn can_undo(&self, lines: &[Calliper]) -> bool {
        !self.done.is_empty() || lines.iter().any(Calliper::awaits_end)
    }

    /// Whether there is something to do again.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Undoes what was done last; the slice on which that was. What was only begun goes first.
    pub fn undo(&mut self, lines: &mut Vec<Calliper>) -> Option<usize> {
        if let Some(place) = lines.iter().rposition(Calliper::awaits_end) {
            let line = lines.remove(place);
            if !line.is_begun_only() {
                lines.insert(place, line.settled());
            }
            return Some(line.slice);
        }
        let step = self.done.pop()?;
        self.undone.push(step);
        replace(lines, step.after, step.before)
    }

    /// Does again what was undone last; the slice on which that is.
    pub fn redo(&mut self, lines: &mut Vec<Calliper>) -> Option<usize> {
        let step = self.undone.pop()?;
        self.done.push(step);
        replace(lines, step.before, step.after)
    }
}

/// What comes may be there already: a saved analysis that was restored has brought it.
fn replace(
    lines: &mut Vec<Calliper>,
    gone: Option<Calliper>,
    come: Option<Calliper>,
) -> Option<usize> {
    let is_either = |line: Calliper| gone.into_iter().chain(come).any(|it| is_same(line, it));
    lines.retain(|line| !is_either(*line));
    lines.extend(come);
    come.or(gone).map(|line| line.slice)
}

/// Whether both are one, whichever end follows the pointer, but for an axis that was only begun.
fn is_same(a: Calliper, b: Calliper) -> bool {
    let (a, b) = (a.settled(), b.settled());
    a == b || a == b.turned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calliper::Crossing;

    fn line(slice: usize, end: f64) -> Calliper {
        Calliper {
            slice,
            from: (0.0, 0.0),
            to: (0.0, end),
            enclosed: None,
            crossing: None,
        }
    }

    fn crossed(line: Calliper, first: f64, second: f64) -> Calliper {
        let crossing = Crossing {
            along: 0.25,
            first,
            second,
        };
        Calliper {
            crossing: Some(crossing),
            ..line
        }
    }

    /// A list with all that is done to it taken down.
    #[derive(Default)]
    struct Sheet {
        lines: Vec<Calliper>,
        steps: Steps,
    }

    impl Sheet {
        fn become_these(&mut self, lines: &[Calliper]) {
            self.steps.note(&self.lines, lines);
            self.lines = lines.to_vec();
        }

        fn can_undo(&self) -> bool {
            self.steps.can_undo(&self.lines)
        }

        fn undo(&mut self) -> Option<usize> {
            self.steps.undo(&mut self.lines)
        }

        fn redo(&mut self) -> Option<usize> {
            self.steps.redo(&mut self.lines)
        }
    }

    #[test]
    fn what_was_drawn_moved_or_taken_away_is_undone_and_done_again() {
        let (first, second, moved) = (line(1, 10.0), line(2, 20.0), line(2, 30.0));
        let mut sheet = Sheet::default();
        let states: [&[Calliper]; 5] = [&[], &[first], &[first, second], &[first, moved], &[moved]];
        for state in states {
            sheet.become_these(state);
        }
        assert_eq!(sheet.undo(), Some(1), "the one that was taken away");
        assert_eq!(sheet.lines, [moved, first]);
        assert_eq!(sheet.undo(), Some(2), "where it was before it was moved");
        assert_eq!(sheet.lines, [first, second]);
        assert_eq!(sheet.undo(), Some(2));
        assert_eq!(sheet.undo(), Some(1));
        assert_eq!((sheet.undo(), sheet.can_undo()), (None, false));
        assert_eq!(sheet.lines, []);
        for _ in 0..4 {
            assert!(sheet.redo().is_some());
        }
        assert_eq!((sheet.redo(), sheet.steps.can_redo()), (None, false));
        assert_eq!(sheet.lines, [moved]);
    }

    #[test]
    fn a_press_that_only_begins_a_line_is_no_step_and_the_whole_line_is_one() {
        let begun = line(1, 0.0);
        let mut sheet = Sheet::default();
        sheet.become_these(&[begun]);
        assert!(sheet.can_undo());
        assert_eq!(sheet.undo(), Some(1));
        assert_eq!(sheet.lines, []);
        assert!(!sheet.can_undo());
        sheet.become_these(&[begun]);
        sheet.become_these(&[line(1, 10.0)]);
        assert_eq!(sheet.undo(), Some(1));
        assert_eq!(sheet.lines, []);
        assert!(!sheet.can_undo());
    }

    #[test]
    fn a_second_axis_is_a_step_of_its_own_once_it_has_both_ends() {
        let (drawn, half) = (line(1, 10.0), crossed(line(1, 10.0), 2.0, 2.0));
        let (whole, longer) = (crossed(drawn, 2.0, -3.0), crossed(drawn, 2.0, -4.0));
        let mut sheet = Sheet::default();
        let states: [&[Calliper]; 4] = [&[drawn], &[half], &[whole], &[longer.turned()]];
        for state in states {
            sheet.become_these(state);
        }
        assert_eq!(sheet.undo(), Some(1));
        assert_eq!(sheet.lines, [whole], "where its end was before");
        assert_eq!(sheet.undo(), Some(1));
        assert_eq!(sheet.lines, [drawn], "the line without it");
        assert_eq!(sheet.redo(), Some(1));
        assert_eq!(sheet.lines, [whole]);
        sheet.become_these(&[half]);
        assert_eq!(sheet.undo(), Some(1));
        assert_eq!(sheet.lines, [drawn], "what was only begun goes first");
        assert_eq!(sheet.undo(), Some(1));
        assert_eq!(
            sheet.lines,
            [whole],
            "then the one that it came in place of"
        );
        assert_eq!((sheet.undo(), sheet.undo()), (Some(1), Some(1)));
        assert_eq!((sheet.lines.len(), sheet.can_undo()), (0, false));
    }

    #[test]
    fn what_a_restored_analysis_brought_back_does_not_come_twice() {
        let drawn = line(1, 10.0);
        let mut sheet = Sheet::default();
        sheet.become_these(&[drawn]);
        sheet.become_these(&[]);
        sheet.lines = vec![drawn.turned()];
        assert_eq!(sheet.undo(), Some(1));
        assert_eq!(sheet.lines, [drawn]);
        assert_eq!(sheet.redo(), Some(1));
        assert_eq!(sheet.lines, []);
    }

    #[test]
    fn taking_hold_of_the_other_end_is_no_step() {
        let drawn = line(1, 10.0);
        let mut sheet = Sheet::default();
        sheet.become_these(&[drawn]);
        sheet.become_these(&[drawn.turned()]);
        assert_eq!(sheet.undo(), Some(1));
        assert_eq!(sheet.lines, []);
    }

    #[test]
    fn what_is_done_anew_leaves_no_way_back_to_what_was_undone() {
        let mut sheet = Sheet::default();
        sheet.become_these(&[line(1, 10.0)]);
        sheet.undo();
        sheet.become_these(&[line(1, 20.0)]);
        assert!(!sheet.steps.can_redo());
    }
}
