//! Turning from slice to slice.

use leptos::prelude::*;

use super::Room;

impl Room {
    /// Goes to a slice that the reader turns to. Until an area is done, the slice stays.
    pub fn turn_to(&self, slice: usize) {
        if self.may_turn_to(slice) {
            self.show(slice);
        }
    }

    /// Whether the reader may turn to a slice; says why not.
    pub fn may_turn_to(&self, slice: usize) -> bool {
        let may_turn = slice == self.slice.get_untracked() || !self.has_corners();
        if !may_turn {
            let words =
                "Close the area first: press Enter on its first corner. Escape gives it up.";
            self.notify(false, words);
        }
        may_turn
    }

    /// `steps` slices towards the head (negative: towards the feet).
    pub fn step(&self, steps: isize) {
        self.turn_to(self.slice.get_untracked().saturating_add_signed(steps));
    }
}
