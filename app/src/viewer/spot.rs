//! The place that the reader points at, through which planes across the slices are laid.

use leptos::prelude::*;

use super::across;
use crate::room::Room;

/// Points at what is under a place on the screen; at nothing beside the image, and in scans without
/// such planes.
pub(super) fn point(at: (f64, f64), room: Room) {
    let Some(frame) = room.frame.get_untracked() else {
        return;
    };
    let map = room.view.get_untracked().screen_from_image(frame);
    let (row, col) = map.invert(at);
    let is_inside = row >= 0.0 && col >= 0.0 && row < frame.rows as f64 && col < frame.cols as f64;
    let is_possible = untrack(|| across::is_possible(room));
    let place = [room.slice.get_untracked(), row as usize, col as usize];
    room.spot.set((is_inside && is_possible).then_some(place));
}

/// The same at the middle of the screen, for the keyboard.
pub(super) fn point_at_middle(room: Room) {
    if let Some(frame) = room.frame.get_untracked() {
        room.selected.set(None);
        point((frame.width / 2.0, frame.height / 2.0), room);
    }
}
