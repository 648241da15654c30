//! Lines that are given a second axis, lines and ellipses that are taken away, and what of all that
//! was measured is undone.

use leptos::prelude::*;
use model::calliper::{Calliper, Steps, give_up, remove_last, to_cross};

use super::{Room, Tool};
#[cfg(any(feature = "hydrate", test))]
use crate::engine::state::Desk;

/// [`Steps::undo`] or [`Steps::redo`].
type Take = fn(&mut Steps, &mut Vec<Calliper>) -> Option<usize>;

/// What was measured when a press began: it comes back if that is given up.
#[cfg(any(feature = "hydrate", test))]
#[derive(Debug, Default)]
pub struct BeforePress {
    lines: Vec<Calliper>,
    /// The reader's calibration then, mm.
    pixel_mm: Option<f32>,
}

#[cfg(any(feature = "hydrate", test))]
impl BeforePress {
    /// As it is now.
    pub fn of(room: Room) -> Self {
        Self {
            lines: room.callipers.get_untracked(),
            pixel_mm: room.desk.with_untracked(Desk::calibrated_mm),
        }
    }

    /// The lines and ellipses in the units of now: a calibration may have ended since the press.
    pub fn lines(self, room: Room) -> Vec<Calliper> {
        let now = room.desk.with_untracked(Desk::calibrated_mm);
        let mut lines = self.lines;
        keep_in_place(&mut lines, self.pixel_mm, now);
        lines
    }
}

/// Second axes, which are kept in mm, or in pixels without them, stay where they are where pixels
/// had another size `before`, in mm, than `now`.
#[cfg(any(feature = "hydrate", test))]
fn keep_in_place<'a>(
    lines: impl IntoIterator<Item = &'a mut Calliper>,
    before: Option<f32>,
    now: Option<f32>,
) {
    let factor = f64::from(now.unwrap_or(1.0)) / f64::from(before.unwrap_or(1.0));
    for line in lines {
        line.crossing = line.crossing.map(|it| it.scaled(factor));
    }
}

impl Room {
    /// Takes down what was drawn, moved or taken away since the list was like this.
    pub fn has_measured(&self, before: &[Calliper]) {
        let note = |now: &Vec<Calliper>| self.measuring.update(|steps| steps.note(before, now));
        self.callipers.with_untracked(note);
    }

    /// Whether the shown slice's last line can be given a second axis (tracks slice and lines).
    pub fn can_cross(&self) -> bool {
        let slice = self.slice.get();
        self.callipers
            .with(|lines| to_cross(lines, slice).is_some())
    }

    /// The next press begins a second axis, or no longer; says why it cannot.
    pub fn switch_short_axis(&self) {
        let is_on = self.tool.get_untracked() == Tool::ShortAxis;
        if !is_on && !untrack(|| self.can_cross()) {
            let words = "Measure a length on this slice first. Then it can have a short axis.";
            return self.notify(false, words);
        }
        self.tool.set(if is_on {
            Tool::Measure
        } else {
            Tool::ShortAxis
        });
    }

    /// What a saved analysis has comes to what is drawn. Nothing that was done before can be undone
    /// then: it was done to another list.
    pub fn add_saved(&self, saved: &[Calliper]) {
        self.callipers.update(|lines| {
            lines.retain(|line| !saved.contains(line));
            lines.extend(saved);
        });
        self.measuring.set(Steps::default());
    }

    /// Takes away what was drawn or moved last on the shown slice.
    pub fn remove_calliper(&self) {
        let slice = self.slice.get_untracked();
        let before = self.callipers.get_untracked();
        self.callipers.update(|lines| remove_last(lines, slice));
        self.has_measured(&before);
    }

    /// Second axes stay where they are where pixels had another size `before`, in mm. Nothing that
    /// was measured then can be undone: it was in other units.
    #[cfg(any(feature = "hydrate", test))]
    pub(super) fn keep_axes(&self, before: Option<f32>) {
        let now = self.desk.with_untracked(Desk::calibrated_mm);
        if now == before {
            return;
        }
        self.callipers
            .update(|lines| keep_in_place(lines, before, now));
        // Else it is told of what is not there any more.
        self.by_keys.update(|line| keep_in_place(line, before, now));
        self.measuring.set(Steps::default());
    }

    /// Lets go of what was only begun on the shown slice, a short axis that is still to be begun
    /// among it.
    pub fn give_up_measuring(&self) {
        if self.tool.get_untracked() == Tool::ShortAxis {
            self.tool.set(Tool::Measure);
        }
        let slice = self.slice.get_untracked();
        let settle_lines = |lines: &mut Vec<Calliper>| {
            let is_any = give_up(lines, slice);
            (is_any, is_any)
        };
        if self.callipers.try_maybe_update(settle_lines) == Some(true) {
            // Else it is told of what is not there any more.
            let settle = |it: &mut Option<Calliper>| *it = it.map(Calliper::settled);
            self.by_keys.update(settle);
        }
    }

    /// Undoes what was measured last, or does it again, and shows its slice.
    pub(super) fn take_measure_back(&self, take: Take) {
        let (mut steps, mut lines) = (
            self.measuring.get_untracked(),
            self.callipers.get_untracked(),
        );
        // Nothing is taken back out of sight.
        if let Some(slice) = take(&mut steps, &mut lines)
            && self.may_turn_to(slice)
        {
            self.measuring.set(steps);
            self.callipers.set(lines);
            self.show(slice);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(slice: usize) -> Calliper {
        Calliper {
            slice,
            from: (0.0, 0.0),
            to: (0.0, 10.0),
            enclosed: None,
            crossing: None,
        }
    }

    #[test]
    fn a_line_is_told_as_it_was_when_its_short_axis_is_given_up() {
        let owner = Owner::new();
        owner.set();
        let room = Room::new();
        room.slice.set(1);
        let half = Calliper {
            crossing: Some((0.0, 2.0, 2.0).into()),
            ..line(1)
        };
        room.tool.set(Tool::ShortAxis);
        room.callipers.set(vec![half]);
        room.by_keys.set(Some(half));
        room.give_up_measuring();
        assert_eq!(room.tool.get_untracked(), Tool::Measure);
        assert_eq!(room.callipers.get_untracked(), [line(1)]);
        assert_eq!(room.by_keys.get_untracked(), Some(line(1)));
    }

    #[test]
    fn a_short_axis_stays_where_it_is_when_pixels_get_a_size() {
        use crate::engine::state::tests::fixture::scan;

        let owner = Owner::new();
        owner.set();
        let room = Room::new();
        let crossing = Some((5.0, -2.0, 4.0).into());
        room.callipers.set(vec![Calliper {
            crossing,
            ..line(0)
        }]);
        let axis = || room.callipers.with_untracked(|lines| lines[0].crossing);
        let told = || room.by_keys.get_untracked();
        let first = || room.callipers.with_untracked(|lines| lines[0]);
        room.by_keys.set(Some(first()));
        room.desk.update(|d| d.open.scan = Some(scan(1)));
        room.keep_axes(None);
        assert_eq!(axis(), crossing, "they have none yet");
        let pressed = BeforePress::of(room);
        room.desk.update(|d| {
            if let Some(scan) = &mut d.open.scan {
                scan.calibrate(Some(0.5));
            }
        });
        room.keep_axes(None);
        assert_eq!(axis(), Some((2.5, -1.0, 2.0).into()));
        assert_eq!(told(), Some(first()));
        assert_eq!(pressed.lines(room), [first()], "pressed before that");
        room.keep_axes(Some(0.5));
        assert_eq!(axis(), Some((2.5, -1.0, 2.0).into()));
        assert_eq!(BeforePress::of(room).lines(room), [first()]);
    }

    #[test]
    fn what_was_measured_before_a_saved_analysis_came_back_is_not_undone() {
        let owner = Owner::new();
        owner.set();
        let room = Room::new();
        room.callipers.set(vec![line(1)]);
        room.has_measured(&[]);
        room.callipers.set(Vec::new());
        room.has_measured(&[line(1)]);
        let lines = room.callipers.get_untracked();
        assert!(room.measuring.with_untracked(|it| it.can_undo(&lines)));

        room.add_saved(&[line(2)]);
        room.take_measure_back(Steps::undo);
        assert_eq!(room.callipers.get_untracked(), [line(2)]);

        // What is measured from then on is.
        room.callipers.set(vec![line(2), line(3)]);
        room.has_measured(&[line(2)]);
        room.take_measure_back(Steps::undo);
        assert_eq!(room.callipers.get_untracked(), [line(2)]);
    }
}
